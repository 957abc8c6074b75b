"""Draws the pictures of the README: the real app, on the sample, exported as SVG.

    make pictures

Run again whenever a screen changes; the pictures are committed.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from textual.pilot import Pilot

from holdshort.setup.demo import create_sample, demo_identity
from holdshort.setup.sample import RELEASE, sample_review
from holdshort.tui.app import HoldshortApp
from holdshort.tui.settings import Settings
from holdshort.walkthrough.script import play, read_script
from holdshort.walkthrough.visit import Visit
from holdshort.walkthrough.wanted import Wanted

HERE = Path(__file__).resolve().parent
NARROW, WIDE = (80, 24), (120, 36)


def main() -> None:
    """Draw every picture."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        root = create_sample(place)
        with demo_identity(place):
            asyncio.run(_draw(root, place, "home", NARROW, []))
            asyncio.run(_draw(root, place, "question", WIDE, ["enter", "enter", "n", "j", "j"]))
            _answer_all(root, place)
            asyncio.run(_draw(root, place, "overview", NARROW, ["enter", "o"]))
            asyncio.run(_draw(root, place, "sign", NARROW, ["enter", "S"]))


def _visit(root: Path, place: Path) -> Visit:
    return Visit.open(root, state=place / "state", now=lambda: datetime.now(UTC))


def _answer_all(root: Path, place: Path) -> None:
    visit = _visit(root, place)
    with (walk := visit.begin(Wanted(release=RELEASE))).draft:
        visit.run_checks()
        play(walk, read_script(sample_review(walk.today()), "sample_review.yaml"))


async def _draw(
    root: Path, place: Path, name: str, size: tuple[int, int], keys: Iterable[str]
) -> None:
    app = HoldshortApp(
        lambda: _visit(root, place),
        Wanted(release=RELEASE),
        straight=False,
        settings=Settings(folder=root.name),
    )
    async with app.run_test(size=size) as pilot:
        await _checked(app, pilot)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.2)
        drawn = app.export_screenshot(title="holdshort")
    app.close()
    (HERE / f"{name}.svg").write_text(_self_contained(drawn), encoding="utf-8")


async def _checked(app: HoldshortApp, pilot: Pilot[int]) -> None:
    """Wait until every check has reported."""
    for _ in range(200):
        await pilot.pause(0.05)
        if app.visit and len(app.visit.findings) >= len(app.visit.check_ids):
            break
    await pilot.pause(0.3)


def _self_contained(drawn: str) -> str:
    """Return the SVG without its web fonts: a picture fetches nothing."""
    return re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)


if __name__ == "__main__":
    main()
