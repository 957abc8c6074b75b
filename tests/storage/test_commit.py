"""Committing: exactly the given files, and nobody else's work, in every state of a repository."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from holdshort.errors import (
    ExitCode,
    HoldshortError,
    IntegrityError,
    MissingEnvironmentError,
    RepositoryStateError,
)
from holdshort.storage import commit as committing
from holdshort.storage.commit import commit_files, create_commit, init_repository, tag
from holdshort.storage.repo import Identity, Repo
from holdshort.storage.repo_files import WorkFiles

Git = Callable[..., str]

RECORD = "reviews/churn/1.4.0/ml-model-release/ada.yaml"
SEALED = "status: sealed\nnote: ünï\n".encode()
ADA = Identity("Ada Lovelace", "ada@example.org")


@pytest.fixture
def repo(repository: Path, git: Git) -> Repo:
    for name in ("staged", "unstaged", "partial", "deleted", "removed"):
        (repository / name).write_text(f"{name}\n" * 9, encoding="utf-8")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message=Files")
    return Repo.discover(repository)


def seal(repo: Repo, **options: object) -> str:
    files = {RECORD: SEALED}
    return commit_files(repo, files, "Review churn 1.4.0", expected_head=repo.head(), **options)  # type: ignore[arg-type] # options as named


def work_of_others(git: Git, root: Path) -> dict[str, str | bytes]:
    """Return everything of the index and the work tree that is not the record."""
    others = (".", ":(exclude)reviews")
    state: dict[str, str | bytes] = {
        "index": git(root, "ls-files", "--stage", "-v", "-f", "--", *others),
        "staged": git(root, "diff", "--cached", "--binary", "--", *others),
        "unsaved": git(root, "diff", "--binary", "--", *others),
        "status": git(root, "status", "--porcelain=v2", "--", *others),
    }
    for place in sorted(root.rglob("*")):
        inside = place.relative_to(root).parts
        if inside[0] not in (".git", "reviews") and place.is_file():
            state[str(place)] = place.read_bytes()
    return state


def test_one_commit_holds_exactly_the_record(repo: Repo, git: Git) -> None:
    before = repo.head()

    commit = seal(repo)

    assert commit == repo.head() == git(repo.root, "rev-parse", "main")
    made = repo.commit_info(commit)
    assert (made.parents, made.author, made.committer) == ((before,), ADA, ADA)
    assert made.message == "Review churn 1.4.0"
    (change,) = repo.changes([made])
    assert (change.path, change.old_blob, change.new_mode) == (RECORD, "", "100644")
    assert repo.read_blob_at(commit, RECORD) == (repo.root / RECORD).read_bytes() == SEALED
    assert git(repo.root, "status", "--porcelain") == ""
    assert git(repo.root, "reflog", "-1", "--format=%gs") == "commit: Review churn 1.4.0"
    git(repo.root, "fsck", "--strict")


def test_work_in_progress_stays_byte_for_byte(repo: Repo, git: Git) -> None:
    root = repo.root
    (root / "staged").write_text("staged change\n", encoding="utf-8")
    (root / "partial").write_text("first change\n" + "partial\n" * 9, encoding="utf-8")
    git(root, "add", "staged", "partial")
    (root / "partial").write_text("second\n", encoding="utf-8")
    (root / "unstaged").write_text("unsaved\r\n", encoding="utf-8")
    git(root, "rm", "--quiet", "removed")
    (root / "deleted").unlink()
    (root / "untracked").write_text("untracked", encoding="utf-8")
    (root / "intended").write_text("intended", encoding="utf-8")
    git(root, "add", "--intent-to-add", "intended")
    (root / "new").write_text("new", encoding="utf-8")
    git(root, "add", "new")
    before = work_of_others(git, root)
    assert len(str(before["status"]).splitlines()) == 8

    seal(repo)

    assert work_of_others(git, root) == before
    assert git(root, "status", "--porcelain", "--", "reviews") == ""


def test_a_change_that_git_could_overlook_stays_visible(repo: Repo, git: Git) -> None:
    """A change of the same size in the second of the index: git finds it by the index's time."""
    git(repo.root, "config", "core.checkStat", "minimal")
    git(repo.root, "config", "core.trustCtime", "false")
    changed, second = repo.root / "unstaged", (1_700_000_000, 1_700_000_000)
    os.utime(changed, second)
    git(repo.root, "add", "--renormalize", "unstaged")
    git(repo.root, "update-index", "--refresh")
    changed.write_text("UNSTAGED\n" * 9, encoding="utf-8")
    os.utime(changed, second)
    os.utime(repo.git_dir / "index", second)

    seal(repo)

    assert git(repo.root, "--no-optional-locks", "status", "--porcelain") == "M unstaged"


def test_a_conflict_left_in_the_index_stays(repo: Repo, git: Git) -> None:
    git(repo.root, "switch", "--quiet", "-c", "side")
    (repo.root / "staged").write_text("side", encoding="utf-8")
    git(repo.root, "stash", "--quiet")
    (repo.root / "staged").write_text("main", encoding="utf-8")
    git(repo.root, "commit", "--quiet", "--all", "--message=Main")
    with pytest.raises(AssertionError):
        git(repo.root, "stash", "pop")
    before = work_of_others(git, repo.root)
    assert "u UU" in str(before["status"])

    seal(repo)

    assert work_of_others(git, repo.root) == before


def test_a_new_version_replaces_the_record(repo: Repo) -> None:
    first = seal(repo)
    (repo.root / RECORD).write_bytes(SEALED.replace(b"\n", b"\r\n"))

    second = commit_files(repo, {RECORD: b"amended"}, "Amend", expected_head=first)

    assert (repo.root / RECORD).read_bytes() == repo.read_blob_at(second, RECORD) == b"amended"


def test_committing_the_same_bytes_again_makes_no_second_commit(repo: Repo) -> None:
    assert seal(repo) == seal(repo)


def test_several_files_are_one_commit(repo: Repo) -> None:
    files = {".holdshort/policy.yaml": b"p", ".holdshort/allowed_signers": b"s"}

    commit = commit_files(repo, files, "Begin", expected_head=repo.head())

    assert {one.path for one in repo.changes([repo.commit_info(commit)])} == set(files)
    assert not repo.worktree().dirty


def test_a_linked_work_tree_commits_on_its_own_branch(repo: Repo, git: Git, tmp_path: Path) -> None:
    git(repo.root, "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    linked, main = Repo.discover(tmp_path / "side"), repo.head()

    commit = seal(linked)

    assert repo.head() == main
    assert git(repo.root, "rev-parse", "side") == commit
    assert git(linked.root, "status", "--porcelain") == ""


def test_a_sha256_repository_gets_its_record(tmp_path: Path, repo: Repo, git: Git) -> None:
    folder = tmp_path / "modern"
    git(tmp_path, "init", "--quiet", "--object-format=sha256", str(folder))
    git(folder, "commit", "--quiet", "--allow-empty", "--message=Begin")
    modern = Repo.discover(folder)

    assert len(seal(modern)) == 64 > len(repo.head())
    assert git(folder, "status", "--porcelain") == ""


def test_a_sparse_checkout_with_a_sparse_index_gets_its_record(
    repo: Repo, git: Git, tmp_path: Path
) -> None:
    for folder in ("a", "b"):
        (repo.root / folder).mkdir()
        (repo.root / folder / "file").write_text(folder, encoding="utf-8")
    git(repo.root, "add", "--all")
    git(repo.root, "commit", "--quiet", "--message=Folders")
    git(tmp_path, "clone", "--quiet", "--sparse", str(repo.root), "sparse")
    sparse = Repo.discover(tmp_path / "sparse")
    git(sparse.root, "sparse-checkout", "set", "--cone", "--sparse-index", "a")
    assert not (sparse.root / "b").exists()

    commit = seal(sparse)

    assert sparse.read_blob_at(commit, "b/file") == b"b"
    assert (sparse.root / RECORD).read_bytes() == SEALED
    assert git(sparse.root, "status", "--porcelain") == ""
    assert not (sparse.root / "b").exists()


def test_a_split_index_stays_readable(repo: Repo, git: Git) -> None:
    git(repo.root, "update-index", "--split-index")
    (repo.root / "staged").write_text("change", encoding="utf-8")
    git(repo.root, "add", "staged")
    before = work_of_others(git, repo.root)

    seal(repo)

    assert work_of_others(git, repo.root) == before


def test_a_work_tree_without_an_index_gets_its_record(repo: Repo, git: Git, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--no-checkout", str(repo.root), "empty")
    empty = Repo.discover(tmp_path / "empty")

    commit = seal(empty)

    assert empty.read_blob_at(commit, "staged").startswith(b"staged")


def refused(repo: Repo, match: str, **options: object) -> HoldshortError:
    """Expect a refusal that changes neither branch, index nor work tree."""
    head, index = repo.resolve("HEAD"), (repo.git_dir / "index").read_bytes()
    with pytest.raises(HoldshortError, match=match) as caught:
        seal(repo, **options)
    assert repo.resolve("HEAD") == head
    assert (repo.git_dir / "index").read_bytes() == index
    assert "Nothing was changed." in caught.value.hint or caught.value.exit_code == 7
    return caught.value


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("MERGE_HEAD", "git merge --abort"),
        ("rebase-merge", "git rebase --abort"),
        ("CHERRY_PICK_HEAD", "git cherry-pick --abort"),
        ("REVERT_HEAD", "git revert --abort"),
        ("BISECT_LOG", "git bisect reset"),
    ],
)
def test_an_unfinished_operation_is_refused(repo: Repo, name: str, what: str) -> None:
    (repo.git_dir / name).write_text("", encoding="utf-8")

    assert what in refused(repo, "in progress").hint
    assert not (repo.root / RECORD).exists()


def test_a_detached_head_is_refused_unless_allowed(repo: Repo, git: Git) -> None:
    git(repo.root, "switch", "--quiet", "--detach")
    main = repo.resolve("main")

    assert refused(repo, "detached").exit_code is ExitCode.REPOSITORY_STATE
    commit = seal(repo, allow_detached=True)
    assert (repo.head(), repo.resolve("main"), repo.branch()) == (commit, main, None)


def test_a_branch_without_a_commit_is_refused(tmp_path: Path, git: Git, repo: Repo) -> None:
    git(tmp_path, "init", "--quiet", "new")
    new = Repo.discover(tmp_path / "new")

    with pytest.raises(RepositoryStateError, match="no commit yet"):
        commit_files(new, {RECORD: SEALED}, "Review", expected_head=repo.head())


def test_a_moved_head_is_refused(repo: Repo, git: Git) -> None:
    looked_at = repo.head()
    git(repo.root, "commit", "--quiet", "--allow-empty", "--message=Meanwhile")

    with pytest.raises(RepositoryStateError, match="HEAD moved from"):
        commit_files(repo, {RECORD: SEALED}, "Review", expected_head=looked_at)


def in_the_middle(monkeypatch: pytest.MonkeyPatch, what: Callable[[], object]) -> None:
    """Let something happen when the commit is made but not yet on its branch."""
    check = committing._check

    def meanwhile(*arguments: object) -> None:
        check(*arguments)  # type: ignore[arg-type] # passed on
        what()

    monkeypatch.setattr(committing, "_check", meanwhile)


def test_a_head_that_moves_in_the_middle_wins(
    repo: Repo, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = ("commit", "--quiet", "--allow-empty", "--message=Meanwhile")
    in_the_middle(monkeypatch, lambda: git(repo.root, *commit))
    index = (repo.git_dir / "index").read_bytes()

    with pytest.raises(RepositoryStateError, match="moved while the commit was made"):
        seal(repo)
    assert repo.commit_info(repo.head()).subject == "Meanwhile"
    assert (repo.git_dir / "index").read_bytes() == index
    assert not (repo.git_dir / "index.lock").exists()
    assert not (repo.root / RECORD).exists()


def test_a_branch_switched_in_the_middle_is_refused(
    repo: Repo, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_middle(monkeypatch, lambda: git(repo.root, "switch", "--quiet", "-c", "other"))

    refused(repo, "no longer checked out")


def test_what_git_changed_on_the_way_is_not_committed(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committing, "_write_blob", lambda repo, _: repo_blob(repo, b"other"))
    before = repo.head()

    with pytest.raises(IntegrityError, match="did not store what it was given"):
        seal(repo)
    assert repo.head() == before


def repo_blob(repo: Repo, data: bytes) -> str:
    done = subprocess.run(
        ["git", "hash-object", "-w", "--stdin"],
        cwd=repo.root,
        input=data,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


@pytest.mark.parametrize("lock", ["index.lock", "refs/heads/main.lock"])
def test_a_lock_of_another_git_command_is_respected(repo: Repo, lock: str) -> None:
    (repo.git_dir / lock).write_text("", encoding="utf-8")

    assert "if none is running" in refused(repo, "another git command").hint
    assert (repo.git_dir / lock).exists()
    (repo.git_dir / lock).unlink()
    seal(repo)


def test_a_different_file_at_the_place_is_refused(repo: Repo) -> None:
    (repo.root / RECORD).parent.mkdir(parents=True)
    (repo.root / RECORD).write_bytes(b"mine")

    refused(repo, "a different file stands")
    assert (repo.root / RECORD).read_bytes() == b"mine"
    (repo.root / RECORD).write_bytes(SEALED)
    seal(repo)


def test_a_different_staged_version_is_refused(repo: Repo, git: Git) -> None:
    (repo.root / RECORD).parent.mkdir(parents=True)
    (repo.root / RECORD).write_bytes(b"mine")
    git(repo.root, "add", RECORD)
    (repo.root / RECORD).unlink()

    assert "git restore --staged" in refused(repo, "is staged").hint


def test_a_folder_that_links_elsewhere_is_refused(repo: Repo, home: Path) -> None:
    (repo.root / "reviews").symlink_to(home)

    refused(repo, "a different file stands")
    assert not (home / "churn").exists()


def test_a_tracked_file_where_a_folder_is_needed_is_refused(repo: Repo, git: Git) -> None:
    (repo.root / "reviews").write_text("not a folder", encoding="utf-8")
    git(repo.root, "add", "reviews")
    git(repo.root, "commit", "--quiet", "--message=File")

    refused(repo, "a different file stands")
    (repo.root / "reviews").unlink()
    refused(repo, "git update-index` failed")


def test_nobody_is_invented_as_author(repo: Repo, git: Git, home: Path) -> None:
    (home / ".gitconfig").unlink()
    git(repo.root, "config", "user.name", "Mallory")
    git(repo.root, "config", "user.email", "mallory@example.org")

    assert refused(repo, "does not know who you are").exit_code is ExitCode.ENVIRONMENT


def test_a_name_git_cannot_write_is_refused(repo: Repo, git: Git) -> None:
    git(repo.root, "config", "--global", "user.name", "<.,>")

    refused(repo, r"empty ident name|consists only of disallowed")


def test_a_branch_that_is_no_longer_writable_is_refused(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = repo.git_dir / "refs" / "heads"

    def spoil() -> None:
        (heads / "main").unlink()
        (heads / "main").mkdir()
        (heads / "main" / "other").write_text(repo.root.name, encoding="utf-8")

    in_the_middle(monkeypatch, spoil)
    with pytest.raises(RepositoryStateError, match=r"update-ref|no longer"):
        seal(repo)
    assert not (repo.git_dir / "index.lock").exists()


def test_a_git_folder_that_cannot_be_written_says_so(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_middle(monkeypatch, lambda: repo.git_dir.rename(repo.root / "away"))

    with pytest.raises(MissingEnvironmentError, match="cannot write in"):
        seal(repo)


@pytest.mark.parametrize("room", [0, 100, 200, 300, 400])
def test_a_disk_that_fills_up_leaves_everything_as_it_was(repo: Repo, git: Git, room: int) -> None:
    """Files may grow to so many bytes only, for git as well; the index is larger."""
    index, head = (repo.git_dir / "index").read_bytes(), repo.head()
    assert len(index) > 400
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    try:
        with pytest.raises(HoldshortError):
            commit_files(repo, {RECORD: SEALED}, "Review", expected_head=head)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert repo.head() == head
    assert (repo.git_dir / "index").read_bytes() == index
    assert git(repo.root, "status", "--porcelain") == ""
    seal(repo)


def test_an_interruption_waits_until_the_commit_is_whole(
    repo: Repo, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = committing._move

    def interrupted(*arguments: object) -> None:
        move(*arguments)  # type: ignore[arg-type] # passed on
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(committing, "_move", interrupted)
    with pytest.raises(KeyboardInterrupt):
        seal(repo)

    assert repo.commit_info(repo.head()).subject == "Review churn 1.4.0"
    assert git(repo.root, "status", "--porcelain") == ""
    assert not (repo.git_dir / "index.lock").exists()


def test_a_full_disk_after_the_commit_says_what_is_kept(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(WorkFiles, "write", full)

    with pytest.raises(MissingEnvironmentError, match=r"committed as .* No space left") as caught:
        seal(repo)
    assert f"git restore {RECORD}" in caught.value.hint
    assert repo.read_blob_at(repo.head(), RECORD) == SEALED


def test_no_hook_runs(repo: Repo, git: Git, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    for name in (
        "pre-commit",
        "commit-msg",
        "post-commit",
        "reference-transaction",
        "post-index-change",
        "prepare-commit-msg",
    ):
        hook = repo.git_dir / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {marker}\n", encoding="utf-8")
        hook.chmod(0o755)
    git(repo.root, "update-ref", "refs/heads/probe", "HEAD")
    assert marker.exists()
    marker.unlink()

    seal(repo)

    assert not marker.exists()


def sign_commits(git: Git, root: Path, key: Path) -> None:
    git(root, "config", "--global", "commit.gpgSign", "true")
    git(root, "config", "--global", "gpg.format", "ssh")
    git(root, "config", "--global", "user.signingKey", str(key))


def test_the_commit_is_signed_as_the_user_configured(
    repo: Repo, git: Git, ssh_key: Path, tmp_path: Path
) -> None:
    sign_commits(git, repo.root, ssh_key)
    marker = tmp_path / "marker"
    (tmp_path / "evil").write_text(f"#!/bin/sh\ntouch {marker}\n", encoding="utf-8")
    (tmp_path / "evil").chmod(0o755)
    git(repo.root, "config", "gpg.ssh.program", str(tmp_path / "evil"))
    signers = tmp_path / "signers"
    public = ssh_key.with_suffix(".pub").read_text(encoding="utf-8")
    signers.write_text(f"{ADA.email} {public}", encoding="utf-8")

    commit = seal(repo)

    assert not marker.exists()
    trusted = ("-c", "gpg.ssh.program=ssh-keygen", "-c", f"gpg.ssh.allowedSignersFile={signers}")
    git(repo.root, *trusted, "verify-commit", commit)


def test_the_commit_is_signed_by_gnupg_when_that_is_configured(
    repo: Repo, git: Git, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "gpg").mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home / "gpg"))
    batch = ["gpg", "--batch", "--passphrase", "", "--quick-generate-key", "Ada <ada@example.org>"]
    subprocess.run(batch, capture_output=True, check=True)
    git(repo.root, "config", "--global", "commit.gpgSign", "yes")
    git(repo.root, "config", "--global", "user.signingKey", "ada@example.org")
    git(repo.root, "config", "gpg.program", str(tmp_path / "evil"))
    git(repo.root, "config", "gpg.format", "ssh")

    commit = seal(repo)

    git(repo.root, "-c", "gpg.program=gpg", "verify-commit", commit)
    subprocess.run(["gpgconf", "--kill", "all"], capture_output=True, check=True)


def test_the_repository_cannot_ask_for_a_commit_signature(repo: Repo, git: Git) -> None:
    git(repo.root, "config", "commit.gpgSign", "true")
    git(repo.root, "config", "gpg.program", "/bin/false")

    assert "gpgsig" not in git(repo.root, "cat-file", "commit", seal(repo))


def test_a_commit_signature_that_fails_changes_nothing(
    repo: Repo, git: Git, tmp_path: Path
) -> None:
    sign_commits(git, repo.root, tmp_path / "nowhere")

    assert "commit.gpgSign false" in refused(repo, "signing failed").hint
    git(repo.root, "config", "--global", "--unset", "user.signingKey")
    assert "user.signingKey" in refused(repo, "names no key").hint


def test_two_reviewers_at_once_never_lose_a_commit(repo: Repo, git: Git) -> None:
    head = repo.head()
    results: list[str] = []

    def review(name: str) -> None:
        try:
            files = {f"reviews/m/1/c/{name}.yaml": name.encode()}
            results.append(commit_files(repo, files, name, expected_head=head))
        except RepositoryStateError:
            results.append("")

    threads = [threading.Thread(target=review, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    made = [one for one in results if one]
    assert (len(results), made) == (4, [repo.head()])
    assert repo.commit_info(repo.head()).parents == (head,)
    assert git(repo.root, "status", "--porcelain") == ""


def test_a_sample_repository_is_the_same_every_time(tmp_path: Path) -> None:
    ids = []
    for name in ("one", "two"):
        repo = init_repository(tmp_path / name)
        at = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
        grace = Identity("Grace Hopper", "grace@example.org")
        first = create_commit(repo, {"a/b": b"1", "c": b""}, "First", author=grace, at=at)
        tag(repo, "v1.0.0", first)
        ids.append((first, create_commit(repo, {"c": b"2"}, "Second", author=grace, at=at)))
        assert repo.branch() == "main"
        assert repo.tags_at(first) == ("v1.0.0",)
        assert repo.commit_info(first).committed_at == at
        assert not repo.worktree().dirty

    assert ids[0] == ids[1]
    with pytest.raises(RepositoryStateError):
        tag(repo, "v1.0.0", first)
    with pytest.raises(RepositoryStateError):
        tag(repo, "not a..name", first)
