"""Large files in real repositories: what git holds decides, not what stands in the work tree."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.checks.base import run
from holdshort.model.finding import Outcome
from holdshort.storage.repo import Repo

Git = Callable[..., str]
WEIGHTS = b"w" * 6_000_000


def commit(folder: Path, git: Git, name: str, tracked: bytes, standing: bytes) -> Repo:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(tracked)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=Model")
    (folder / name).write_bytes(standing)
    return Repo.discover(folder)


def outcomes(repo: Repo, check_id: str) -> set[Outcome]:
    views = (repo.view(repo.head()), repo.worktree())
    return {finding.outcome for view in views for finding in run(view, [check_id])}


@pytest.mark.parametrize(
    ("check_id", "name"),
    [("model-artifacts-tracked", "models/a.pt"), ("data-versioned", "data/a.csv")],
)
def test_large_file_storage_is_no_large_file(
    repository: Path, git: Git, check_id: str, name: str
) -> None:
    digest = hashlib.sha256(WEIGHTS).hexdigest()
    head = "version https://git-lfs.github.com/spec/v1"
    pointer = f"{head}\noid sha256:{digest}\nsize {len(WEIGHTS)}\n".encode()
    repo = commit(repository, git, name, pointer, WEIGHTS)

    assert outcomes(repo, check_id) == {Outcome.PASS}


@pytest.mark.parametrize(
    ("check_id", "name"),
    [("model-artifacts-tracked", "models/a.pt"), ("data-versioned", "data/a.csv")],
)
def test_a_large_file_stays_one_when_only_the_work_tree_has_a_small_one(
    repository: Path, git: Git, check_id: str, name: str
) -> None:
    repo = commit(repository, git, name, WEIGHTS, b"small")

    assert outcomes(repo, check_id) == {Outcome.FAIL}


def test_a_model_that_is_not_in_this_clone_is_unknown(repository: Path, git: Git) -> None:
    repo = commit(repository, git, "models/a.pt", b"w", b"w")
    blob = git(repository, "rev-parse", "HEAD:models/a.pt").strip()
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    (finding,) = run(repo.view(repo.head()), ["model-artifacts-tracked"])

    assert finding.outcome is Outcome.UNKNOWN
    assert finding.coverage.errors == ("models/a.pt: its object is not in this clone",)
