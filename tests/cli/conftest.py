"""The program as a person starts it: in its own process, in a repository that can be reviewed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from holdshort.checks.base import run as checks_of
from holdshort.walkthrough.script import play, read_script
from holdshort.walkthrough.visit import Visit
from holdshort.walkthrough.wanted import Wanted

ROOT = Path(__file__).parent.parent.parent
Git = Callable[..., str]
COMMAND = [sys.executable, "-P", "-m", "holdshort"]
CHECKLIST = """\
schema: holdshort/checklist/v1
id: ml-model-release
version: '9'
title: Short
roles: {ml_engineer: ML engineer, sre: SRE}
profiles: {quick: {title: Quick, questions: [serving, seeded, read, watched]}}
sections:
- id: only
  title: Only
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
  - id: read
    text: Was it read?
    role: ml_engineer
  - id: watched
    text: Is it watched?
    role: sre
"""
ANSWERS = """\
serving: {value: batch}
seeded: {verdict: unmet, note: later}
read: {verdict: met}
watched: {verdict: met}
"""


@dataclass(frozen=True)
class Done:
    """What a run left: its exit code and what it said."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a person at an ordinary terminal."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), **more}


@pytest.fixture
def run(project: Path) -> Run:
    """Start holdshort in the project, without a terminal, and wait for it."""

    def run(*arguments: str, at: Path = project, stdin: str = "", **variables: str) -> Done:
        done = subprocess.run(
            [*COMMAND, *arguments],
            cwd=at,
            env=environment(**variables),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def project(repository: Path, git: Git, ssh_key: Path) -> Path:
    """Give the repository a short checklist, code, a tag, and its owner a key."""
    assert ssh_key.exists()
    (repository / "checklists").mkdir()
    (repository / "checklists" / "short.yaml").write_text(CHECKLIST, "utf-8")
    (repository / "train.py").write_text("import random\n\nrandom.random()\n", "utf-8")
    (repository / ".gitignore").write_text("answers.yaml\n", "utf-8")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message=Model")
    git(repository, "tag", "v1.0.0")
    (repository / "answers.yaml").write_text(ANSWERS, "utf-8")
    return repository


@pytest.fixture
def answered(project: Path, home: Path) -> Path:
    """Answer everything, so that a signature is all that is missing."""
    state = home / ".local" / "state" / "holdshort"
    visit = Visit.open(project, state=state, now=lambda: datetime.now(UTC))
    for finding in checks_of(visit.repo.view(visit.commit)):
        visit.take(finding)
    walk = visit.begin(Wanted())
    with walk.draft:
        play(walk, read_script(ANSWERS.encode(), "answers.yaml"))
    return project


def footprint(project: Path, home: Path, git: Git) -> Mapping[str, object]:
    """Return what a command could have changed: refs, index, work tree and drafts."""
    state = home / ".local" / "state" / "holdshort"
    return {
        "refs": (project / ".git" / "HEAD").read_text("utf-8") + git(project, "for-each-ref"),
        "status": git(project, "status", "--short"),
        "drafts": {one: one.read_bytes() for one in state.rglob("journal.jsonl")},
    }
