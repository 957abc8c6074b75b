"""A small model repository with a checklist of every kind of question, and a screen to drive."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot

from holdshort.tui.app import HoldshortApp
from holdshort.tui.screens.question import QuestionScreen
from holdshort.tui.settings import Settings
from holdshort.walkthrough.session import Walkthrough
from holdshort.walkthrough.visit import Visit
from holdshort.walkthrough.wanted import Wanted

CHECKLIST = """\
schema: holdshort/checklist/v1
id: tiny
version: '1'
title: Every kind of question
roles: {dev: Developer, ops: Operations}
profiles:
  quick:
    title: Short
    questions: [seeded, tested, proven, kind, score, level, names, plain, batch-only]
  deep: {title: Long, questions: [seeded, tested, proven, plain, batch-only]}
sections:
- id: first
  title: First things
  questions:
  - id: seeded
    text: Is every random number generator seeded?
    guidance: {why: Runs differ without., good: One seed set early., weak: A helper nobody calls.}
    severity: blocker
    role: dev
    checks: [{id: seeds-set, relation: supports}]
  - id: tested
    text: Do tests exercise the code?
    role: dev
    checks: [{id: tests-present, relation: supports}]
  - id: proven
    text: Is there proof?
    severity: blocker
    role: dev
    evidence: {need: required, hint: any file}
    na: forbidden
- id: second
  title: Second things
  questions:
  - id: kind
    text: What kind of release is it?
    role: dev
    answer: {type: choice, choices: [online, batch]}
    facet: true
  - id: score
    text: Is the score good enough?
    role: dev
    answer: {type: number, unit: auc, target: '>= 0.9'}
  - id: level
    text: Is the level right?
    role: dev
    answer: {type: choice, choices: [low, high]}
  - id: names
    text: Are the names known?
    role: dev
    answer: {type: list}
- id: third
  title: Third things
  questions:
  - id: plain
    text: Is it plain?
    severity: minor
    role: ops
  - id: batch-only
    text: Does the nightly job run?
    role: ops
    applies_if: [{question: kind, any_of: [batch]}]
"""

FILES = {
    "checklists/tiny.yaml": CHECKLIST,
    "requirements.txt": "numpy==2.1.0\n",
    "train.py": "import numpy as np\n\nnp.random.seed(7)\nweights = np.random.rand(3)\n",
    "docs/proof.md": "Looked at by Bob.\nNothing found.\n",
}


@pytest.fixture
def project(repository: Path, git: Callable[..., str]) -> Path:
    """Give the repository a model, a checklist and something for the checks to see."""
    for path, text in FILES.items():
        (repository / path).parent.mkdir(exist_ok=True)
        (repository / path).write_text(text, encoding="utf-8")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message=Train")
    return repository


class Driven:
    """A running interface: keys in, rows of characters out."""

    def __init__(self, app: HoldshortApp, pilot: Pilot[int]) -> None:
        """Drive an app through its pilot."""
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys, as Textual names them."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Press the keys of a text."""
        await self.press(*("space" if char == " " else char for char in text))

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait for something that happens beside the interface."""
        deadline = time.monotonic() + 20
        while not holds():
            assert time.monotonic() < deadline, self.text
            await self.pilot.pause(0.02)
        await self.pilot.pause()

    @property
    def rows(self) -> list[str]:
        """What stands on the screen, row by row."""
        strips = self.app.screen._compositor.render_strips(self.app.size)
        return [strip.text for strip in strips]

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(self.rows)

    @property
    def is_harmless(self) -> bool:
        """Whether nothing on the screen could steer a terminal."""
        return all(char.isprintable() for row in self.rows for char in row)

    @property
    def walk(self) -> Walkthrough:
        """The open review."""
        assert self.app.walk is not None
        return self.app.walk

    @property
    def question(self) -> QuestionScreen:
        """The question screen, which is in view."""
        assert isinstance(self.app.screen, QuestionScreen)
        return self.app.screen

    async def checked(self) -> None:
        """Wait until every check has reported."""
        await self.until(
            lambda: self.app.checking is not None and self.app.checking.done and not self.running
        )

    @property
    def running(self) -> bool:
        """Whether checks have still to report."""
        return self.app.checking is None or bool(self.app.checking.running)

    async def goto(self, question: str) -> None:
        """Show a question."""
        self.question.go(question)
        self.question.refresh_all()
        await self.pilot.pause()


Clock = Callable[[], datetime]
Play = Callable[[Driven], Awaitable[None]]
Drive = Callable[..., HoldshortApp]


@pytest.fixture
def drive(project: Path, home: Path, clock: Clock) -> Drive:
    """Run one session of the interface on the project; it must not fail."""

    def session(
        play: Play,
        *,
        straight: bool = True,
        size: tuple[int, int] = (80, 24),
        wanted: Wanted | None = None,
        theme: str = "",
    ) -> HoldshortApp:
        app = HoldshortApp(
            lambda: Visit.open(project, state=home / "state", now=clock),
            wanted or Wanted(checklist="tiny", release="1.0"),
            straight=straight,
            settings=Settings(folder="project", theme=theme),
        )

        async def main() -> None:
            async with app.run_test(size=size) as pilot:
                driven = Driven(app, pilot)
                await driven.until(lambda: app.failure or (app.visit and len(app.screen_stack) > 1))
                if app.failure:
                    return
                await play(driven)

        try:
            asyncio.run(main())
        finally:
            app.close()
        if app.failure:
            raise app.failure
        return app

    return session
