"""A repository with the team's own checklist, and a way to open a review of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.checks.child import not_checked
from holdshort.model.finding import Finding, Level, Outcome, Place
from holdshort.walkthrough.session import Walkthrough
from holdshort.walkthrough.visit import Visit
from holdshort.walkthrough.wanted import Wanted

Git = Callable[..., str]
TEAM = """\
schema: holdshort/checklist/v1
id: team
version: '1.0.0'
title: Team
roles: {ml_engineer: ML engineer, sre: SRE}
profiles:
  quick:
    title: Quick
    questions: [serving, seeded, manual, online, metric, pick, words, items, watched]
  deep:
    title: Deep
    questions: [serving, seeded, manual, online, metric, pick, words, items, watched, extra]
sections:
- id: first
  title: First
  questions:
  - id: serving
    text: How is it served?
    role: ml_engineer
    answer: {type: choice, choices: [batch, online]}
    facet: 'true'
  - id: seeded
    text: Is it seeded?
    severity: blocker
    role: ml_engineer
    checks: [{id: seeds-set}]
    na: forbidden
  - id: manual
    text: Was it read?
    severity: blocker
    role: ml_engineer
    evidence: {need: required}
  - id: online
    text: Is the endpoint closed?
    role: ml_engineer
    applies_if: [{question: serving, any_of: [online]}]
- id: second
  title: Second
  questions:
  - id: metric
    text: Is it good?
    role: ml_engineer
    answer: {type: number, unit: AUC, target: '>= 0.9'}
  - id: pick
    text: Which one?
    severity: minor
    role: ml_engineer
    answer: {type: choice, choices: [one, two]}
  - id: words
    text: What is it for?
    severity: minor
    role: ml_engineer
    answer: {type: text}
  - id: items
    text: Who uses it?
    severity: minor
    role: ml_engineer
    answer: {type: list}
  - id: watched
    text: Is it watched?
    role: sre
  - id: extra
    text: Anything else?
    severity: minor
    role: ml_engineer
"""
FILES = {
    "checklists/team.yaml": TEAM,
    "train.py": "import random\n\nrandom.seed(7)\nrandom.random()\n",
    "docs/a b.md": "one\ntwo\nthree\nfour\nfive\nsix\nseven\n",
}
QUICK = Wanted(release="1.0.0", checklist="team")


@pytest.fixture
def project(repository: Path, git: Git, ssh_key: Path) -> Path:
    """Give the repository the team's checklist, some code, and its owner a key."""
    assert ssh_key.exists()
    write(repository, FILES)
    commit(git, repository)
    return repository


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files by path."""
    for name, text in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")


def commit(git: Git, folder: Path) -> str:
    """Commit everything and return the id."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message=More")
    return git(folder, "rev-parse", "HEAD")


def finding(outcome: Outcome, *, line: int = 3, headline: str = "Found 1 generator") -> Finding:
    """Return what the check beside `seeded` says, about `train.py`."""
    level = Level.PASS if outcome is Outcome.PASS else Level.FAIL
    return Finding(
        id="seeds-set",
        version="1",
        outcome=outcome,
        headline=headline,
        evidence=(Place(path="train.py", line=line, end_line=line, level=level, why="seed(7)"),),
        remediation="random.seed(7)" if outcome is Outcome.FAIL else "",
    )


@pytest.fixture
def visit(project: Path, tmp_path: Path, clock: Callable[..., object]) -> Callable[..., Visit]:
    """Look at the project; every check has told, and `told` says what the others did not."""

    def look(*told: Finding, at: Path = project) -> Visit:
        seen = Visit.open(at, state=tmp_path / "state", now=clock)  # type: ignore[arg-type]  # the fake clock
        for check in seen.check_ids:
            seen.take(not_checked(check, "not part of this test"))
        for one in told:
            seen.take(one)
        return seen

    return look


@pytest.fixture
def begin(visit: Callable[..., Visit]) -> Callable[..., Walkthrough]:
    """Open or resume the review of the project."""

    def begin(*told: Finding, wanted: Wanted = QUICK) -> Walkthrough:
        return visit(*told).begin(wanted)

    return begin
