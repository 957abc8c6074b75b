"""How many keys a quick review takes: a person who follows the screen, key by key.

Free text is not counted, the keys around it are. Target: at most two keys a question in the mean.
Run: `python bench/review_keys.py [REPOSITORY]`; without one, over the embedded sample.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from holdshort.model.progress import Need, QuestionView
from holdshort.model.review import Verdict
from holdshort.tui.app import HoldshortApp
from holdshort.tui.screens.question import QuestionScreen
from holdshort.tui.settings import Settings
from holdshort.walkthrough.visit import Visit
from holdshort.walkthrough.wanted import Wanted

NOTE = "as the finding says"
VALUE = "0.9"
FILE = "README"
LETTERS = {Verdict.MET: "y", Verdict.UNMET: "n", Verdict.PARTLY: "p"}


def keys_for(view: QuestionView) -> tuple[list[str], int]:
    """Return what a person presses for a question, and how many of it are free text."""
    if view.suggestion.acceptable:
        return ["enter"], 0
    verdict = view.suggestion.verdict or Verdict.MET
    keys, free = [LETTERS[verdict]], 0
    if verdict is Verdict.MET and view.question.answer.type.value == "number":
        keys, free = ["y", *VALUE, "enter", "y"], len(VALUE)
    return keys, free


def keys_after(view: QuestionView) -> tuple[list[str], int]:
    """Return what the answer given still needs."""
    if Need.EVIDENCE in view.needs:
        if view.suggestion.places:
            return ["1"], 0
        return ["e", *FILE, "enter"], len(FILE)
    if Need.NOTE in view.needs and view.suggestion.verdict:
        return ["enter"], 0
    if {Need.NOTE, Need.REASON} & set(view.needs):
        typed = ["space" if char == " " else char for char in NOTE]
        return ["c", *typed, "enter"], len(NOTE)
    return [], 0


async def review(root: Path, state: Path) -> None:
    """Answer every question of the quick profile and print the keys of each."""
    from holdshort.cli.console import now  # noqa: PLC0415 - the true clock

    wanted = Wanted(release="1.0", profile="quick")
    app = HoldshortApp(
        lambda: Visit.open(root, state=state, now=now), wanted, straight=True, settings=Settings()
    )
    counts: list[int] = []
    async with app.run_test(size=(80, 24)) as pilot:
        while not (app.checking and app.checking.done and not app.checking.running):
            await pilot.pause(0.05)
        while app.walk and (progress := app.walk.progress()).answered < progress.total:
            screen = app.screen
            if not isinstance(screen, QuestionScreen):
                raise TypeError(screen)
            at, count = screen.at, 0
            keys, free = keys_for(screen.view)
            while keys:
                await pilot.press(*keys)
                await pilot.pause()
                count += len(keys) - free
                keys, free = keys_after(app.walk.view(at)) if screen.at == at else ([], 0)
            counts.append(count)
            print(f"{count:>3}  {at}")
        await pilot.press("q")
    app.close()
    print(f"{sum(counts)} keys, {len(counts)} questions, mean {sum(counts) / len(counts):.2f}")


def main() -> None:
    """Review the repository named, or the sample."""
    from holdshort.setup.demo import create_sample, demo_identity  # noqa: PLC0415 - one of two

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        sample = create_sample(place)
        root = Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else sample
        with demo_identity(place):
            os.chdir(root)
            asyncio.run(review(root, place / "bench"))


if __name__ == "__main__":
    main()
