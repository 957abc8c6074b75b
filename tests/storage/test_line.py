"""A first-parent line: its commits, and the files at each of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from holdshort.errors import UndeterminedError
from holdshort.storage.blobs import Blobs
from holdshort.storage.line import MAX_SUBJECT_CHARS, Line, LineFiles, read_line, with_steps
from holdshort.storage.repo import Repo

Git = Callable[..., str]


def at(day: int) -> dict[str, str]:
    """Return what dates a commit by a day of May."""
    return {"GIT_COMMITTER_DATE": f"2036-05-{day:02} 12:00:00 +0200"}


@pytest.fixture
def grown(repository: Path, git: Git) -> Path:
    """Add, change, rename, link and drop files, and merge, over some commits."""
    for day, (name, text) in enumerate(
        [("a.py", "1"), ("b/c.py", "2"), ("a.py", "3"), ("z\u00e9 \n.txt", "4")], 2
    ):
        (repository / name).parent.mkdir(exist_ok=True)
        (repository / name).write_text(text, "utf-8")
        git(repository, "add", "--all")
        git(repository, "commit", "--quiet", f"--message=Add {name}", **at(day))
    git(repository, "mv", "b/c.py", "b.py")
    (repository / "link").symlink_to("a.py")
    git(repository, "add", "--all")
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},lib")
    git(repository, "commit", "--quiet", "--message=Move", **at(6))
    git(repository, "checkout", "--quiet", "-b", "side", "HEAD~2")
    (repository / "side.py").write_text("5", "utf-8")
    git(repository, "add", "side.py")
    git(repository, "commit", "--quiet", "--message=Aside", **at(7))
    git(repository, "checkout", "--quiet", "--force", "main")
    git(repository, "merge", "--quiet", "--no-ff", "--message=Merge side", "side", **at(8))
    git(repository, "rm", "--quiet", "a.py")
    git(repository, "commit", "--quiet", "--message=Drop", **at(9))
    git(repository, "commit", "--quiet", "--allow-empty", "--message=Nothing", **at(10))
    return repository


def line_of(folder: Path, since: str = "", after: datetime | None = None) -> Line:
    return with_steps(folder, read_line(folder, Repo.discover(folder).head(), since, after))


def test_the_line_follows_first_parents_oldest_first(grown: Path) -> None:
    line = line_of(grown)

    assert [one.subject for one in line.moments] == [
        *("Begin", "Add a.py", "Add b/c.py", "Add a.py", "Add z\u00e9 .txt"),
        *("Move", "Merge side", "Drop", "Nothing"),
    ]
    assert [one.is_merge for one in line.moments].index(True) == 6
    assert line.moments[1].at == datetime(2036, 5, 2, 10, tzinfo=UTC)
    assert line.trees[-1] == line.trees[-2] != line.trees[-3]
    assert not line.is_cut


def test_a_step_is_what_a_commit_changed_of_its_first_parent(grown: Path) -> None:
    steps = line_of(grown).steps

    assert steps[0] is None
    assert [[one.path for one in step] for step in steps if step is not None] == [
        *(["a.py"], ["b/c.py"], ["a.py"], ["z\u00e9 \n.txt"]),
        *(["b.py", "b/c.py", "lib", "link"], ["side.py"], ["a.py"], []),
    ]


def test_the_files_are_those_of_the_commit_whatever_the_way_there(grown: Path) -> None:
    repo, line = Repo.discover(grown), line_of(grown)
    with Blobs(grown) as blobs:
        files = LineFiles(grown, line, blobs)
        for place in [8, 0, 5, 4, 6, 6, 1, 7, 2, 3]:
            seen, told = files.view(place), repo.view(line.moments[place].commit)
            paths = [one.path for one in told.entries()]
            assert seen.entries() == told.entries()
            assert seen.state() == told.state()
            for one, other in zip(
                seen.read_many(paths, 99), told.read_many(paths, 99), strict=True
            ):
                assert str(one) == str(other)
            assert list(seen.tracked(paths, 0)) == list(told.tracked(paths, 0))


def test_the_line_since_a_commit_begins_with_what_it_holds(grown: Path, git: Git) -> None:
    assert [one.subject for one in line_of(grown, git(grown, "rev-parse", "HEAD~2")).moments] == [
        "Merge side",
        "Drop",
        "Nothing",
    ]
    aside = git(grown, "rev-parse", "side~1")
    assert len(line_of(grown, aside).moments) == 6
    assert len(line_of(grown, git(grown, "rev-parse", "HEAD")).moments) == 1


def test_the_line_since_a_day_begins_on_that_day(grown: Path) -> None:
    assert line_of(grown, after=datetime(2036, 5, 9, tzinfo=UTC)).moments[0].subject == "Drop"
    assert len(line_of(grown, after=datetime(2999, 1, 1, tzinfo=UTC)).moments) == 1


def test_a_shallow_clone_says_that_there_is_more(grown: Path, tmp_path: Path, git: Git) -> None:
    git(tmp_path, "clone", "--quiet", "--depth=3", f"file://{grown}", "shallow")

    line = line_of(tmp_path / "shallow")

    assert line.is_cut
    assert [one.subject for one in line.moments] == ["Merge side", "Drop", "Nothing"]
    assert not line_of(tmp_path / "shallow", line.moments[1].commit).is_cut
    git(tmp_path, "clone", "--quiet", "--depth=99", f"file://{grown}", "deep")
    assert not line_of(tmp_path / "deep").is_cut


def test_folders_that_are_not_in_the_clone_are_said_at_their_commit(
    grown: Path, tmp_path: Path, git: Git
) -> None:
    git(grown, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--filter=tree:0", f"file://{grown}", "bare")
    folder = tmp_path / "bare"
    line = line_of(folder)

    with Blobs(folder) as blobs:
        files = LineFiles(folder, line, blobs)
        assert files.view(8).entries()[0].path == "README.md"
        with pytest.raises(UndeterminedError, match="cannot be read in this clone"):
            files.view(3)
        assert files.view(8).entries()


def test_a_blob_that_is_not_in_the_clone_is_refused_and_never_fetched(
    grown: Path, tmp_path: Path, git: Git
) -> None:
    git(grown, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", f"file://{grown}", "bare")
    folder = tmp_path / "bare"
    line = line_of(folder)

    with Blobs(folder) as blobs:
        files = LineFiles(folder, line, blobs)
        told = dict(files.view(1).read_many(["README.md", "a.py"], 99))
    assert told["README.md"] == b"# Churn\n"
    assert isinstance(told["a.py"], FileNotFoundError)


def test_a_hostile_subject_is_kept_short(repository: Path, git: Git) -> None:
    git(repository, "commit", "--quiet", "--allow-empty", "-m", "x" * 2000 + "\x1b[31m")

    (_, last) = line_of(repository).moments

    assert last.subject == "x" * MAX_SUBJECT_CHARS


def test_a_process_of_its_own_reads_blobs_through_a_program_of_its_own(grown: Path) -> None:
    repo = Repo.discover(grown)
    ids = [one.blob for one in repo.ls_tree(repo.head()) if one.is_file]
    with Blobs(grown) as blobs:
        before = list(blobs.read(ids, 99))
        child = os.fork()
        if not child:
            os._exit(0 if list(blobs.read(ids, 99)) == before else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert list(blobs.read(ids, 99)) == before
        assert list(blobs.read(ids, 7)) != before
