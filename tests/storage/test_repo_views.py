"""The files of a commit and of the work tree, as checks read them."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.storage import repo_files, repo_views
from holdshort.storage.git_objects import Entry, blob_id
from holdshort.storage.repo import Repo
from holdshort.storage.repo_files import WorkFiles

Git = Callable[..., str]


@pytest.fixture
def repo(repository: Path, git: Git) -> Repo:
    (repository / "src").mkdir()
    (repository / "src" / "train.py").write_bytes(b"import torch\n")
    (repository / "src" / "big.bin").write_bytes(b"\0" * 5000)
    (repository / "src" / "link").symlink_to("train.py")
    git(repository, "add", "--all")
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},lib")
    git(repository, "commit", "--quiet", "--message=Files")
    (repository / "lib").mkdir()
    return Repo.discover(repository)


def test_both_views_of_a_clean_repository_agree(repo: Repo) -> None:
    commit, worktree = repo.view(repo.head()), repo.worktree()
    paths = [one.path for one in commit.entries()]

    assert paths == ["README.md", "lib", "src/big.bin", "src/link", "src/train.py"]
    assert tuple(commit.entries()) == tuple(worktree.entries())
    assert commit.commit == worktree.commit == repo.head()
    assert not commit.dirty
    assert not worktree.dirty
    for view in (commit, worktree):
        read = dict(view.read_many([*paths, "nothing"], 1000))
        assert {path for path, data in read.items() if isinstance(data, OSError)} == {
            "lib",
            "nothing",
            "src/big.bin",
            "src/link",
        }
        assert read["src/train.py"] == view.read("src/train.py", 13) == b"import torch\n"
        with pytest.raises(OSError, match="13 bytes"):
            view.read("src/train.py", 12)


def test_read_many_keeps_the_order_asked(repo: Repo) -> None:
    paths = ["src/train.py", "nothing", "README.md"]

    assert [path for path, _ in repo.view(repo.head()).read_many(paths, 99)] == paths
    assert [path for path, _ in repo.worktree().read_many(paths, 99)] == paths


def test_a_commit_does_not_see_the_work_tree(repo: Repo) -> None:
    (repo.root / "README.md").write_text("changed", encoding="utf-8")

    assert repo.view(repo.head()).read("README.md", 99) == b"# Churn\n"
    assert repo.worktree().read("README.md", 99) == b"changed"


def test_only_the_work_tree_has_untracked_files(repo: Repo, home: Path) -> None:
    (repo.root / ".gitignore").write_text("uv.lock\n", encoding="utf-8")
    (home / "outside").write_text("", encoding="utf-8")
    for path in ("uv.lock", "src/new.lock"):
        (repo.root / path).write_text("", encoding="utf-8")
    (repo.root / "folder.lock").mkdir()
    (repo.root / "link.lock").symlink_to(home / "outside")
    (repo.root / "away").symlink_to(home)
    asked = ["uv.lock", "src/new.lock", "src/train.py", "folder.lock", "link.lock", "absent.lock"]
    asked += ["away/outside", "../outside", ".git/config"]

    assert repo.worktree().untracked(asked) == ("uv.lock", "src/new.lock")
    assert repo.view(repo.head()).untracked(asked) == ()


@pytest.mark.parametrize("path", ["", "/", "..", "../x", "src", "src/", "./README.md", "a\0b", "x"])
def test_a_path_that_names_no_file_of_the_commit_is_not_found(repo: Repo, path: str) -> None:
    assert repo.read_blob_at(repo.head(), "src/train.py") == b"import torch\n"
    with pytest.raises(FileNotFoundError):
        repo.read_blob_at(repo.head(), path)


def test_an_unsaved_change_is_dirty_and_has_its_own_blob(repo: Repo) -> None:
    (repo.root / "README.md").write_bytes(b"changed")
    view = repo.worktree()

    assert view.dirty
    assert Entry("README.md", "100644", blob_id(b"changed", "sha1")) in view.entries()


def test_flags_of_the_index_hide_no_change(repo: Repo, git: Git) -> None:
    git(repo.root, "update-index", "--assume-unchanged", "README.md")
    git(repo.root, "update-index", "--skip-worktree", "src/train.py")
    (repo.root / "README.md").write_bytes(b"changed")
    assert git(repo.root, "status", "--porcelain") == ""

    assert repo.worktree().dirty


def test_a_staged_change_is_dirty(repo: Repo, git: Git) -> None:
    (repo.root / "new").write_bytes(b"new")
    assert not repo.worktree().dirty
    git(repo.root, "add", "new")
    assert repo.worktree().dirty


def test_a_deleted_file_is_left_out(repo: Repo) -> None:
    (repo.root / "src" / "train.py").unlink()
    view = repo.worktree()

    assert view.dirty
    assert "src/train.py" not in [one.path for one in view.entries()]


@pytest.mark.parametrize("staged", [b"a\nb\n", b"plain"])
def test_windows_line_ends_are_no_difference(repo: Repo, git: Git, staged: bytes) -> None:
    (repo.root / "text").write_bytes(staged)
    git(repo.root, "add", "text")
    git(repo.root, "commit", "--quiet", "--message=Text")
    (repo.root / "text").write_bytes(staged.replace(b"\n", b"\r\n"))
    assert not repo.worktree().dirty
    (repo.root / "text").write_bytes(staged.replace(b"\n", b"\r\n") + b"more")
    assert repo.worktree().dirty


def put_pointer(repo: Repo, git: Git, content: bytes) -> None:
    """Track `model.bin` as a Git LFS pointer while its content stands in the work tree."""
    digest = hashlib.sha256(content).hexdigest()
    version = "version https://git-lfs.github.com/spec/v1"
    pointer = f"{version}\noid sha256:{digest}\nsize {len(content)}\n"
    (repo.root / "model.bin").write_text(pointer, encoding="utf-8")
    git(repo.root, "add", "model.bin")
    git(repo.root, "commit", "--quiet", "--message=Model")
    (repo.root / "model.bin").write_bytes(content)


def test_large_file_storage_content_that_matches_its_pointer_is_clean(repo: Repo, git: Git) -> None:
    put_pointer(repo, git, b"weights")
    assert not repo.worktree().dirty
    (repo.root / "model.bin").write_bytes(b"WEIGHTS")
    assert repo.worktree().dirty


def test_what_git_holds_is_told_by_size_and_by_small_content(repo: Repo, git: Git) -> None:
    paths = ["src/big.bin", "README.md", "src/link", "lib", "nothing", "src/train.py"]
    told = [("src/big.bin", 5000, b""), ("README.md", 8, b"# Churn\n")]
    told.append(("src/train.py", 13, b"import torch\n"))
    (repo.root / "README.md").write_text("changed on the disk", encoding="utf-8")

    assert list(repo.view(repo.head()).tracked(paths, 13)) == told
    assert list(repo.worktree().tracked(paths, 13)) == told
    git(repo.root, "add", "README.md")
    assert list(repo.worktree().tracked(["README.md"], 0)) == [("README.md", 19, b"")]


def test_the_state_tells_what_is_staged_from_what_is_not(repo: Repo, git: Git) -> None:
    (repo.root / "README.md").write_text("changed", encoding="utf-8")
    unstaged = repo.worktree().state()
    git(repo.root, "add", "README.md")

    assert repo.worktree().state() != unstaged
    assert repo.worktree().state() == repo.worktree().state()


def test_of_large_file_storage_git_holds_the_pointer(repo: Repo, git: Git) -> None:
    put_pointer(repo, git, b"w" * 9000)
    for view in (repo.view(repo.head()), repo.worktree()):
        ((path, size, data),) = view.tracked(["model.bin"], 1024)
        assert (path, size) == ("model.bin", len(data))
        assert data.startswith(b"version https://git-lfs")


def test_a_file_whose_object_is_not_in_this_clone_is_left_out(repo: Repo, git: Git) -> None:
    blob = git(repo.root, "rev-parse", "HEAD:src/big.bin").strip()
    (repo.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()

    assert list(repo.worktree().tracked(["src/big.bin", "README.md"], 0)) == [("README.md", 8, b"")]


def test_files_above_the_limit_are_compared_by_size(
    repo: Repo, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repo_views, "MAX_HASHED_BYTES", 1000)
    put_pointer(repo, git, b"w" * 2000)
    view = repo.worktree()
    unread = [one.path for one in view.entries() if not one.blob]

    assert unread == ["model.bin", "src/big.bin"]
    assert not view.dirty
    (repo.root / "model.bin").write_bytes(b"w" * 2001)
    assert repo.worktree().dirty


def test_a_file_that_became_something_else_is_never_followed(repo: Repo, home: Path) -> None:
    (home / "secret").write_text("secret", encoding="utf-8")
    (repo.root / "README.md").unlink()
    (repo.root / "README.md").symlink_to(home / "secret")
    (repo.root / "src" / "train.py").unlink()
    os.mkfifo(repo.root / "src" / "train.py")
    (repo.root / "src" / "link").unlink()
    (repo.root / "src" / "link").mkdir()
    view = repo.worktree()
    entries = {one.path: one for one in view.entries()}

    assert entries["README.md"].mode == "120000"
    assert entries["src/train.py"].blob == ""
    assert "src/link" not in entries
    assert view.dirty
    for path in ("README.md", "src/train.py", "src/link"):
        with pytest.raises(OSError, match=r"symbolic|regular|directory"):
            view.read(path, 1000)


def test_a_file_replaced_by_a_pipe_is_dirty(repo: Repo) -> None:
    (repo.root / "README.md").unlink()
    os.mkfifo(repo.root / "README.md")

    assert repo.worktree().dirty


def test_a_folder_that_became_a_link_is_never_followed(repo: Repo, home: Path) -> None:
    (home / "train.py").write_text("secret", encoding="utf-8")
    (repo.root / "src").rename(repo.root / "old")
    (repo.root / "src").symlink_to(home)
    view = repo.worktree()

    assert {one.blob for one in view.entries() if one.path.startswith("src/")} == {""}
    assert view.dirty
    with pytest.raises(NotADirectoryError):
        view.read("src/train.py", 1000)


def test_devices_and_sockets_are_refused(repo: Repo) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(repo.root / "socket"))
        with pytest.raises(OSError, match="No such device"):
            repo.worktree().read("socket", 10)


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../x", "a/../../x", ".git/config", "a/.GIT/x", "./x", "a//b"]
)
def test_paths_that_leave_the_work_tree_are_refused(repo: Repo, path: str) -> None:
    files = WorkFiles(repo.root)

    with pytest.raises(OSError, match="not a path inside"):
        files.read(path, 10)
    with pytest.raises(OSError, match="not a path inside"):
        files.write(path, b"")


def test_a_file_is_replaced_whole_and_leaves_nothing_beside_it(repo: Repo) -> None:
    files = WorkFiles(repo.root)
    files.write("reviews/a/b.yaml", b"one")
    files.write("reviews/a/b.yaml", b"two")

    assert [one.name for one in (repo.root / "reviews" / "a").iterdir()] == ["b.yaml"]
    assert files.read("reviews/a/b.yaml", 3) == b"two"
    (repo.root / "reviews" / "a" / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        files.write("reviews/a/folder", b"x")
    assert len(list((repo.root / "reviews" / "a").iterdir())) == 2


def test_a_file_that_grows_while_it_is_read_is_refused(repo: Repo) -> None:
    with WorkFiles(repo.root).opened("README.md") as (descriptor, size):
        with (repo.root / "README.md").open("ab") as more:
            more.write(b"more")
        with pytest.raises(OSError, match="grew"):
            list(repo_files._pieces(descriptor, size))
