"""The transcripts in docs/plain-mode.md are what a person really hears on the sample repository."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from holdshort.plain.walk import run
from holdshort.setup.demo import create_sample, demo_identity
from holdshort.walkthrough.visit import Visit
from holdshort.walkthrough.wanted import Wanted

PAGE = Path(__file__).parents[2] / "docs" / "plain-mode.md"
TYPED = (
    *("?", "", "n", "Neither runs in the weekly job.", "p", "Only the CI matrix names 3.11."),
    *("y", "n", "", "e", "2", "y", ""),
    *("", "0.8214", "y", "metrics.json:12"),
    *("y", "docs/leakage.md:3-10", "y", "data/README.md:5-10"),
    *("w", "A wrong call list costs one Monday.", "Jonas Weber", "2026-12-20"),
    *("n", "Last rehearsed on the old scheduler.", "y", "o", "S", "a", "sign"),
)
SAME_EVERYWHERE = (
    (r"\b[0-9a-f]{7}\.$", "642e054."),
    (r"\b[0-9a-f]{10}\b", "642e05445c"),
    (r"SHA256:\S+\n\S+/key$", "SHA256:++cmllGjslyVdiip9otr9RL0KMWr5+BqvNLaHV8OSYo\n~/sample/key"),
)
"""What no two samples share: commit ids, and the demo key with its place."""


@pytest.fixture
def transcript(tmp_path: Path, clock: Callable[[], datetime]) -> str:
    """Hold the session on a fresh sample."""
    root, heard, typing = create_sample(tmp_path), list[str](), iter(TYPED)

    def ask(prompt: str) -> str:
        heard.append(prompt + (typed := next(typing)))
        return typed

    def opened() -> Visit:
        return Visit.open(root, state=tmp_path / "state", now=clock)

    with demo_identity(tmp_path):
        run(opened, Wanted(release="1.4.0"), reason="TERM=dumb", ask=ask, say=heard.append)
    text = "\n".join(line.rstrip() for line in heard)
    for found, same in SAME_EVERYWHERE:
        text = re.sub(found, same, text, flags=re.MULTILINE)
    return text


def test_every_transcript_in_the_page_is_heard(transcript: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    shown = re.findall(r"^```text\n(.+?)\n```$", page, re.DOTALL | re.MULTILINE)
    assert len(shown) >= 5
    assert [one for one in shown if one not in transcript] == [], transcript
