"""Repositories with a history of any length, made in one go."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from holdshort.history.trace import trace
from holdshort.model.history import History
from holdshort.storage.repo import Repo

Git = Callable[..., str]
State = Mapping[str, str]
"""Every file of one commit."""

Grow = Callable[[Sequence[State]], Repo]
FIRST_S = 1_800_000_000
DAY_S = 86_400


@pytest.fixture
def grow(tmp_path: Path, git: Git) -> Grow:
    """Make a repository with one commit for each state, a day apart; `commit N` is its subject."""

    def grow(states: Sequence[State]) -> Repo:
        folder = tmp_path / "grown"
        git(tmp_path, "init", "--quiet", "--initial-branch=main", str(folder))
        stream = b"".join(_commit(number, state) for number, state in enumerate(states))
        subprocess.run(
            ["git", "fast-import", "--quiet"], cwd=folder, input=stream, check=True, timeout=60
        )
        git(folder, "reset", "--quiet", "--hard", "main")
        return Repo.discover(folder)

    return grow


def _commit(number: int, state: State) -> bytes:
    said = f"commit {number}".encode()
    rows = [
        b"commit refs/heads/main",
        f"committer Ada <ada@example.org> {FIRST_S + number * DAY_S} +0000".encode(),
        b"data %d\n%s" % (len(said), said),
        b"deleteall",
    ]
    for path, text in state.items():
        rows.append(f"M 100644 inline {path}".encode())
        rows.append(b"data %d\n%s" % (len(text.encode()), text.encode()))
    return b"\n".join(rows) + b"\n"


def traced(repo: Repo, *ids: str, **options: object) -> History:
    """Trace checks along HEAD."""
    return trace(repo, ids, tip=repo.head(), **options)  # type: ignore[arg-type] # any of them


def spans(history: History, name: str) -> list[tuple[str, str]]:
    """Return each span of a check as its outcome and the subject of its first commit."""
    (found,) = (one for one in history.checks if one.id == name)
    return [(span.outcome.value, span.first.subject) for span in found.spans]
