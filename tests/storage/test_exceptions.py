"""The file of exceptions: read from the state that is checked, refused with its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.model.exceptions import MAX_EXCEPTIONS, PLACE
from holdshort.storage.exceptions import read_exceptions
from holdshort.storage.repo import Repo

Git = Callable[..., str]
HEAD = "schema: holdshort/exceptions/v1\nexceptions:\n"
ROW = "- {check: seeds-set, path: a.py, reason: a fixture, owner: ada, expires: 2026-12-31}\n"


@pytest.fixture
def write(repository: Path, git: Git) -> Callable[[str], Repo]:
    """Put the file in place and stage it."""

    def put(text: str) -> Repo:
        place = repository / PLACE
        place.parent.mkdir(exist_ok=True)
        place.write_text(text, "utf-8")
        git(repository, "add", "--all")
        return Repo.discover(repository)

    return put


def test_without_a_file_there_are_none_and_nothing_is_wrong(repository: Path) -> None:
    repo = Repo.discover(repository)
    for view in (repo.worktree(), repo.view(repo.head())):
        found = read_exceptions(view)
        assert (found.rows, found.problem) == ((), "")


def test_each_exception_has_its_line(write: Callable[[str], Repo]) -> None:
    found = read_exceptions(write(HEAD + ROW + ROW).worktree())
    assert [(line, one.check, one.expires) for line, one in found.rows] == [
        (3, "seeds-set", "2026-12-31"),
        (4, "seeds-set", "2026-12-31"),
    ]


def test_a_commit_and_the_work_tree_have_their_own(
    write: Callable[[str], Repo], git: Git, repository: Path
) -> None:
    repo = write(HEAD + ROW)
    git(repository, "commit", "-qm", "Except")
    write(HEAD + ROW + ROW)
    assert len(read_exceptions(repo.view(repo.head())).rows) == 1
    assert len(read_exceptions(repo.worktree()).rows) == 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("exceptions: []\n", f"{PLACE}:1:1: expected `schema: holdshort/exceptions/v1`"),
        ("schema: holdshort/exceptions/v2\n", f"{PLACE}:1:9: the schema 'holdshort/exceptions/v2'"),
        (HEAD + "- {check: a, path: b}\n", f"{PLACE}:3:3: exceptions.0.reason: Field required"),
        (HEAD + ROW.replace("ada", "ada, sure: 1"), f"{PLACE}:3:65: unknown key"),
        (HEAD + ROW + ROW.replace("2026-12-31", "31.12.2026"), f"{PLACE}:4:3: exceptions.1: `exp"),
        (HEAD + ROW.replace("a.py", "/a"), f"{PLACE}:3:3: exceptions.0: `path`: not a path"),
        (HEAD + "- check: [\n", f"{PLACE}:4:1: not YAML"),
        (HEAD + ROW * (MAX_EXCEPTIONS + 1), f"{PLACE}:1:1: more than 500 exceptions"),
        (HEAD + "- &a {check: b}\n", f"{PLACE}:3:3: anchors are not allowed"),
    ],
)
def test_a_file_that_cannot_be_read_gives_none_and_says_where(
    write: Callable[[str], Repo], text: str, problem: str
) -> None:
    found = read_exceptions(write(text).worktree())
    assert found.rows == ()
    assert found.problem.startswith(problem)


def test_extensions_are_left_alone(write: Callable[[str], Repo]) -> None:
    text = HEAD + ROW.replace("owner", "x-ticket: '7', owner") + "x-team: ml\n"
    assert len(read_exceptions(write(text).worktree()).rows) == 1


def test_a_file_that_git_does_not_track_says_nothing(repository: Path) -> None:
    place = repository / PLACE
    place.parent.mkdir()
    place.write_text(HEAD + ROW, "utf-8")
    found = read_exceptions(Repo.discover(repository).worktree())
    assert (found.rows, "is not tracked" in found.problem) == ((), True)


def test_a_link_is_not_followed(repository: Path, git: Git, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.yaml").write_text(HEAD + ROW, "utf-8")
    (repository / ".holdshort").mkdir()
    (repository / PLACE).symlink_to(tmp_path / "elsewhere.yaml")
    git(repository, "add", "--all")
    git(repository, "commit", "-qm", "Link")
    repo = Repo.discover(repository)
    for view in (repo.worktree(), repo.view(repo.head())):
        found = read_exceptions(view)
        assert (found.rows, "cannot be read" in found.problem) == ((), True)
