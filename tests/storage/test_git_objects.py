"""Reading objects: trees, blobs in batches, commits, and what each commit changed."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import UndeterminedError
from holdshort.storage import git_objects as objects
from holdshort.storage.git import GitError, run
from holdshort.storage.git_objects import Change, Identity
from holdshort.storage.repo import Repo

Git = Callable[..., str]


def store(repository: Path, data: bytes, kind: str = "blob") -> str:
    arguments = ("hash-object", "-w", "--stdin", "--literally", "-t", kind)
    return run(repository, *arguments, stdin=data).text


def test_names_of_every_kind_come_back_byte_for_byte(repository: Path, git: Git) -> None:
    names = ["a b", "-dash", "line\nbreak", "tab\there", ":colon", "\udcff raw", "ünï"]
    for name in names:
        (repository / name).write_text(name, encoding="utf-8", errors="surrogateescape")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message=Names")
    repo = Repo.discover(repository)

    expected = sorted([*names, "README.md"], key=lambda one: one.encode("utf-8", "surrogateescape"))
    assert [one.path for one in repo.ls_tree(repo.head())] == expected
    assert [one.path for one in objects.list_index(repository)] == expected
    assert repo.read_blob_at(repo.head(), "\udcff raw") == b"\xff raw"
    assert [one.path for one in repo.changes([repo.commit_info(repo.head())])] == sorted(names)
    assert [one.id for one in repo.history_of(":colon", repo.head())] == [repo.head()]


def test_contents_come_in_the_order_asked_with_what_cannot_be_read(repository: Path) -> None:
    small, large, empty = (store(repository, one) for one in (b"s\n\nx", b"l" * 1000, b""))
    absent = "0123456789" * 4

    read = list(objects.read_blobs(repository, [large, empty, absent, small, small], 999))

    assert [name for name, _ in read] == [large, empty, absent, small, small]
    assert "1000 bytes" in str(read[0][1])
    assert read[1][1] == b""
    assert isinstance(read[2][1], FileNotFoundError)
    assert read[3][1] == read[4][1] == b"s\n\nx"


def test_a_large_blob_is_digested_in_pieces(repository: Path) -> None:
    data = bytes(range(256)) * 20_000
    name = store(repository, data)

    digests = objects.digests_of(repository, [name, name])

    assert digests == {name: hashlib.sha256(data).hexdigest()}
    with pytest.raises(UndeterminedError, match="not in this clone"):
        objects.digests_of(repository, [name, "1" * 40])


@given(data=st.binary(max_size=200), algorithm=st.sampled_from(["sha1", "sha256"]))
def test_a_blobs_id_is_the_hash_of_its_header_and_bytes(data: bytes, algorithm: str) -> None:
    whole = b"blob " + str(len(data)).encode() + b"\0" + data
    expected = hashlib.new(algorithm, whole, usedforsecurity=False).hexdigest()

    assert objects.blob_id(data, algorithm) == expected


def test_a_commit_names_its_authors_and_when(repository: Path, git: Git) -> None:
    text = "Subject\n\nBody\n\nCo-authored-by: Grace Hopper <grace@example.org>\n"
    text += "co-Authored-By:   <nameless@example.org>\nNot-by: Eve <eve@example.org>"
    dates = {
        "GIT_AUTHOR_DATE": "2026-01-02T03:04:05+02:00",
        "GIT_COMMITTER_DATE": "2026-02-03T04:05:06Z",
    }
    git(repository, "commit", "--quiet", "--allow-empty", "--message", text, **dates)
    repo = Repo.discover(repository)
    first, second = repo.commits(repo.head())

    assert first.subject == "Subject"
    assert first.authors == (
        Identity("Ada Lovelace", "ada@example.org"),
        Identity("Grace Hopper", "grace@example.org"),
        Identity("", "nameless@example.org"),
    )
    assert first.authored_at == datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)
    assert first.committed_at == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert (first.parents, second.parents) == ((second.id,), ())


@pytest.mark.parametrize(
    ("line", "identity", "year"),
    [
        ("A <b> <c@d> 1700000000 +0000", Identity("A", "b"), 2023),
        ("<> 99999999999 +0000", Identity("", ""), 5138),
        ("A <a@b> 999999999999999999999999 +0000", Identity("A", "a@b"), 1970),
        ("A <a@b> -5 +0000", Identity("A", "a@b"), 1970),
        ("nothing at all", Identity("nothing at all", ""), 1970),
    ],
)
def test_a_malformed_author_line_is_read_as_git_does(
    repository: Path, git: Git, line: str, identity: Identity, year: int
) -> None:
    tree = git(repository, "rev-parse", "HEAD^{tree}")
    text = f"tree {tree}\nauthor {line}\ncommitter {line}\nparent {'1' * 40}\n\nparent not\n"
    (commit,) = objects.read_commits(repository, [store(repository, text.encode(), "commit")])

    assert (commit.author, commit.committed_at.year) == (identity, year)
    assert commit.parents == ()


@pytest.mark.parametrize("text", [b"", b"tree 12\n", b"author A <a@b> 1 +0000\n\nx"])
def test_an_object_that_is_no_commit_is_refused(repository: Path, text: bytes) -> None:
    name = store(repository, text, "commit")

    with pytest.raises(UndeterminedError, match="not a readable commit"):
        objects.read_commits(repository, [name])


def test_a_missing_commit_says_how_to_fetch_it(repository: Path) -> None:
    with pytest.raises(UndeterminedError, match="cannot be read") as caught:
        objects.read_commits(repository, ["1" * 40])
    assert "--unshallow" in caught.value.hint


@pytest.fixture
def merged(repository: Path, git: Git) -> Repo:
    """Make a merge that drops the record its side branch brought."""
    (repository / "reviews").mkdir()
    git(repository, "switch", "--quiet", "-c", "side")
    (repository / "reviews" / "bob.yaml").write_text("sealed", encoding="utf-8")
    git(repository, "add", "reviews")
    git(repository, "commit", "--quiet", "--message=Bob")
    git(repository, "switch", "--quiet", "main")
    (repository / "README.md").write_text("more", encoding="utf-8")
    git(repository, "commit", "--quiet", "--all", "--message=Main")
    git(repository, "merge", "--quiet", "--strategy=ours", "--message=Evil", "side")
    return Repo.discover(repository)


def test_a_merge_that_drops_a_file_shows_it(merged: Repo) -> None:
    commits = merged.commits(merged.head())
    evil, _, bob, _ = (
        commits
        if commits[1].subject == "Main"
        else (commits[0], commits[2], commits[1], commits[3])
    )
    blob = merged.read_blob_at(bob.id, "reviews/bob.yaml")
    name = objects.blob_id(blob, "sha1")

    found = list(merged.changes(commits, "reviews"))

    dropped = Change(evil.id, bob.id, "reviews/bob.yaml", "100644", name, "", "")
    brought = Change(bob.id, bob.parents[0], "reviews/bob.yaml", "", "", "100644", name)
    assert found == [dropped, brought]
    assert [one.subject for one in merged.commits(merged.head(), touching=["reviews"])] == [
        "Evil",
        "Bob",
    ]


def test_history_follows_the_first_parent_only(merged: Repo, git: Git) -> None:
    assert merged.history_of("reviews/bob.yaml", merged.head()) == ()
    git(merged.root, "reset", "--quiet", "--hard", "HEAD~1")
    git(merged.root, "merge", "--quiet", "--no-ff", "--message=Honest", "side")

    assert [one.subject for one in merged.history_of("reviews/bob.yaml", merged.head())] == [
        "Honest"
    ]
    first_parents = merged.commits(merged.head(), first_parent=True)
    assert [one.subject for one in first_parents] == ["Honest", "Main", "Begin"]


def test_commits_leave_out_what_the_base_already_has(merged: Repo) -> None:
    base = merged.resolve("main~1")

    assert [one.subject for one in merged.commits(merged.head(), without=[base])] == [
        "Evil",
        "Bob",
    ]


def test_a_root_commit_is_compared_with_nothing(repository: Path) -> None:
    repo = Repo.discover(repository)
    (change,) = repo.changes(repo.commits(repo.head()))

    assert (change.parent, change.path, change.old_blob) == ("", "README.md", "")


def test_a_path_in_conflict_is_listed_once_as_heads(repository: Path, git: Git) -> None:
    blob = objects.list_index(repository)[0].blob
    other = store(repository, b"theirs")
    rows = "".join(
        f"100644 {name} {stage}\tREADME.md\n" for stage, name in ((1, other), (2, blob), (3, other))
    )
    git(repository, "update-index", "--force-remove", "README.md")
    subprocess.run(
        ["git", "update-index", "--index-info"], cwd=repository, input=rows.encode(), check=True
    )

    assert [one.blob for one in objects.list_index(repository)] == [blob]


def test_a_batch_that_ends_early_is_an_error() -> None:
    reader = objects.Reader(iter([b"abc"]))

    assert b"".join(reader.take(2)) == b"ab"
    with pytest.raises(GitError, match="ended early"):
        reader.line()
