"""Promise G2: opening, reading and committing to a repository runs nothing that it names.

Every trap drops a marker; each test first springs the trap with the plain git, so that a trap
that never worked cannot pass.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from holdshort.model.subject import Scope
from holdshort.storage.commit import commit_files
from holdshort.storage.repo import Repo

Git = Callable[..., str]

HOOKS = """
applypatch-msg pre-applypatch post-applypatch pre-commit pre-merge-commit prepare-commit-msg
commit-msg post-commit pre-rebase post-checkout post-merge pre-push pre-receive update
proc-receive post-receive post-update reference-transaction push-to-checkout pre-auto-gc
post-rewrite sendemail-validate fsmonitor-watchman post-index-change
"""
"""Source: githooks(5)."""

SETTINGS = """
core.fsmonitor core.pager core.editor core.askPass core.sshCommand core.gitProxy
core.alternateRefsCommand sequence.editor diff.external diff.evil.textconv diff.evil.command
diff.evil.process filter.evil.clean filter.evil.smudge filter.evil.process
merge.evil.driver gpg.program gpg.ssh.program gpg.openpgp.program gpg.x509.program
gpg.ssh.defaultKeyCommand credential.helper pager.cat-file pager.log pager.rev-list
pager.ls-tree pager.config pager.diff-tree interactive.diffFilter uploadpack.packObjectsHook
remote.origin.uploadpack trailer.evil.command hook.evil.command
"""
"""Source: git-config(1); every setting whose value is a command."""


LATER = 4_000_000_000
ADD_ENTRY = ("--add", "--cacheinfo", "100644,e69de29bb2d1d6434b8b29ae775ad8c2e48c5391,x")


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """Make a program that leaves `sprung` beside itself."""
    program = tmp_path / "trap"
    program.write_text(f"#!/bin/sh\necho $0 $* >> {tmp_path}/sprung\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    return program


@pytest.fixture
def hostile(repository: Path, trap: Path, git: Git) -> Path:
    """Set every trap that a repository's own folder can hold."""
    (repository / ".gitattributes").write_text("* filter=evil diff=evil merge=evil\n", "utf-8")
    (repository / "reviews").mkdir()
    (repository / "reviews" / "old.yaml").write_text("old", encoding="utf-8")
    for place in (repository / "README.md", repository / "reviews" / "old.yaml"):
        os.utime(place, (LATER, LATER))  # git is unsure of files younger than its index
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message=Attributes")
    for name in HOOKS.split():
        hook = repository / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.symlink_to(trap)
        git(repository, "config", "--add", "hook.evil.event", name)
    for name in SETTINGS.split():
        git(repository, "config", name, str(trap))
    git(repository, "config", "commit.gpgSign", "true")
    git(repository, "config", "log.showSignature", "true")
    git(repository, "config", "extensions.partialClone", "origin")
    git(repository, "config", "remote.origin.url", f"ext::{trap}")
    git(repository, "config", "remote.origin.promisor", "true")
    git(repository, "config", "protocol.ext.allow", "always")
    git(repository, "config", "include.path", "../included")
    (repository / "included").write_text(f"[core]\n\tfsmonitor = {trap}\n", encoding="utf-8")
    for name in ("git", "ssh-keygen", "gpg", "yaml.py", "git.py", "sitecustomize.py"):
        place = repository / name
        place.write_text(f"#!/bin/sh\n{trap}\n", encoding="utf-8")
        place.chmod(0o755)
    (repository / "README.md").write_text("changed", encoding="utf-8")
    os.utime(repository / "README.md", (LATER, LATER))
    return repository


@pytest.fixture
def sprung(trap: Path) -> Iterator[Path]:
    """Name the file the traps write, and demand at the end that it is not there."""
    marker = trap.with_name("sprung")
    marker.unlink(missing_ok=True)
    yield marker
    assert not marker.exists(), marker.read_text(encoding="utf-8")


def plainly(folder: Path, *arguments: str) -> None:
    """Run the plain git, come what may."""
    subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False, timeout=60)


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("diff",),
        ("add", "--all"),
        ("update-ref", "refs/heads/probe", "HEAD"),
        ("-c", "core.fsmonitor=", "-c", "core.hooksPath=/dev/null", "update-index", *ADD_ENTRY),
        ("commit-tree", "-S", "-m", "x", "HEAD^{tree}"),
        ("cat-file", "blob", "1" * 40),
    ],
)
def test_the_traps_work(hostile: Path, trap: Path, command: tuple[str, ...]) -> None:
    trap.with_name("sprung").unlink(missing_ok=True)

    plainly(hostile, *command)

    assert trap.with_name("sprung").exists()


def read_everything(repo: Repo) -> None:
    """Ask every question the gateway can answer."""
    head = repo.head()
    commits = repo.commits(head, touching=["reviews"])
    assert repo.branch() == "main"
    assert repo.in_progress() is None
    assert repo.has_remote()
    assert not repo.is_shallow()
    assert repo.tags_at(head) == ()
    assert repo.merge_base(head, repo.root_commit()) == repo.root_commit()
    assert repo.resolve("main") == head
    assert repo.default_identity().name == "Ada Lovelace"
    assert repo.subject(head, Scope()).commit == head
    assert [one.path for one in repo.changes(commits, "reviews")] == ["reviews/old.yaml"]
    assert len(repo.history_of("reviews/old.yaml", head)) == 1
    assert repo.path_state("README.md") == "different"
    for view in (repo.view(head), repo.worktree()):
        paths = [one.path for one in view.entries()]
        assert len(list(view.read_many(paths, 1000))) == len(paths)
    assert repo.worktree().dirty


def test_reading_runs_nothing(hostile: Path, sprung: Path) -> None:
    read_everything(Repo.discover(hostile))

    assert not sprung.exists()


def test_reading_from_inside_runs_no_program_of_the_repository(
    hostile: Path, sprung: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(hostile)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.environ['PATH']}")

    read_everything(Repo.discover(Path()))

    assert not sprung.exists()


def test_committing_runs_nothing(hostile: Path, sprung: Path, git: Git) -> None:
    repo = Repo.discover(hostile)
    commit = commit_files(repo, {"reviews/new.yaml": b"new"}, "Review", expected_head=repo.head())

    assert not sprung.exists()
    assert repo.read_blob_at(commit, "reviews/new.yaml") == b"new"
    assert (hostile / "README.md").read_text(encoding="utf-8") == "changed"
    assert git(hostile, "cat-file", "-t", commit) == "commit"


def test_a_missing_object_is_not_fetched(hostile: Path, sprung: Path) -> None:
    repo = Repo.discover(hostile)
    blob = repo.ls_tree(repo.head())[0].blob
    (hostile / ".git" / "objects" / blob[:2] / blob[2:]).unlink()

    with pytest.raises(Exception, match=r"not in this clone|promisor|failed"):
        repo.subject(repo.head(), Scope())
    assert not sprung.exists()


def test_traps_in_the_configuration_of_a_work_tree_do_not_spring(
    repository: Path, tmp_path: Path, trap: Path, sprung: Path, git: Git
) -> None:
    git(repository, "config", "extensions.worktreeConfig", "true")
    git(repository, "worktree", "add", "--quiet", str(tmp_path / "side"))
    git(tmp_path / "side", "config", "--worktree", "core.fsmonitor", str(trap))
    plainly(tmp_path / "side", "status")
    assert sprung.exists()
    sprung.unlink()
    repo = Repo.discover(tmp_path / "side")

    commit_files(repo, {"reviews/new.yaml": b"new"}, "Review", expected_head=repo.head())

    assert not repo.worktree().dirty
    assert not sprung.exists()
