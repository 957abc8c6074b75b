"""Facts about a repository, and what is refused before any of them is asked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.errors import (
    ExitCode,
    MissingEnvironmentError,
    RepositoryStateError,
    UndeterminedError,
    UsageError,
)
from holdshort.model.subject import Scope, source_sha256
from holdshort.storage.repo import Identity, PathState, Repo

Git = Callable[..., str]


@pytest.fixture
def repo(repository: Path) -> Repo:
    return Repo.discover(repository)


def commit(git: Git, folder: Path, **files: str | None) -> str:
    """Commit files by name, `_` standing for `/`; None removes one."""
    for name, text in files.items():
        place = folder / name.replace("_", "/")
        if text is None:
            place.unlink()
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=More")
    return git(folder, "rev-parse", "HEAD")


def test_a_repository_is_found_from_any_folder_inside(repository: Path) -> None:
    inside = repository / "a" / "b"
    inside.mkdir(parents=True)

    assert Repo.discover(inside).root == repository
    assert Repo.discover(inside).object_format == "sha1"


def test_a_folder_outside_of_any_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RepositoryStateError, match="not inside a git repository") as caught:
        Repo.discover(tmp_path)
    assert caught.value.exit_code is ExitCode.REPOSITORY_STATE
    assert "git init" in caught.value.hint


@pytest.mark.parametrize("inside", ["bare.git", "repository/.git"])
def test_a_bare_repository_is_refused(
    tmp_path: Path, repository: Path, git: Git, inside: str
) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), "bare.git")

    with pytest.raises(RepositoryStateError, match="bare"):
        Repo.discover(tmp_path / inside)


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RepositoryStateError, match="No such file"):
        Repo.discover(tmp_path / "nowhere")


def test_a_working_directory_that_was_deleted_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    with pytest.raises(RepositoryStateError, match="is gone"):
        Repo.discover(Path())


def test_a_work_tree_that_its_own_configuration_moves_is_refused(
    repository: Path, git: Git, home: Path
) -> None:
    git(repository, "config", "core.worktree", str(home))

    with pytest.raises(RepositoryStateError, match="work tree elsewhere"):
        Repo.discover(repository)


def test_a_linked_work_tree_knows_its_own_branch_and_state(
    repository: Path, tmp_path: Path, git: Git
) -> None:
    git(repository, "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    linked = Repo.discover(tmp_path / "side")
    (linked.git_dir / "MERGE_HEAD").write_text("", encoding="utf-8")

    assert linked.root == tmp_path / "side"
    assert linked.branch() == "side"
    assert linked.in_progress() == "merge"
    assert Repo.discover(repository).in_progress() is None


def test_a_work_tree_of_a_bare_repository_is_found(
    repository: Path, tmp_path: Path, git: Git
) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), "bare.git")
    git(tmp_path / "bare.git", "worktree", "add", "--quiet", str(tmp_path / "side"))

    assert Repo.discover(tmp_path / "side").root == tmp_path / "side"


@pytest.mark.usefixtures("repository")
def test_a_sha256_repository_is_read(tmp_path: Path, git: Git) -> None:
    folder = tmp_path / "modern"
    git(tmp_path, "init", "--quiet", "--object-format=sha256", str(folder))
    commit(git, folder, a="1")
    repo = Repo.discover(folder)

    assert len(repo.head()) == 64
    assert repo.read_blob_at(repo.head(), "a") == b"1"
    assert not repo.worktree().dirty


def test_head_before_the_first_commit_says_what_to_do(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "--quiet", "new")
    repo = Repo.discover(tmp_path / "new")

    with pytest.raises(RepositoryStateError, match="no commit yet"):
        repo.head()
    assert repo.worktree().commit == ""


def test_a_detached_head_has_no_branch(repo: Repo, repository: Path, git: Git) -> None:
    assert repo.branch() == "main"
    git(repository, "switch", "--quiet", "--detach")
    assert repo.branch() is None


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("MERGE_HEAD", "merge"),
        ("rebase-merge", "rebase"),
        ("rebase-apply", "rebase"),
        ("CHERRY_PICK_HEAD", "cherry-pick"),
        ("REVERT_HEAD", "revert"),
        ("BISECT_LOG", "bisect"),
    ],
)
def test_an_unfinished_operation_is_named(repo: Repo, name: str, what: str) -> None:
    assert repo.in_progress() is None
    (repo.git_dir / name).write_text("", encoding="utf-8")
    assert repo.in_progress() == what


def test_a_real_conflicting_rebase_is_noticed(repo: Repo, repository: Path, git: Git) -> None:
    git(repository, "switch", "--quiet", "-c", "side")
    commit(git, repository, a="side")
    git(repository, "switch", "--quiet", "main")
    commit(git, repository, a="main")
    with pytest.raises(AssertionError):
        git(repository, "rebase", "side")

    assert repo.in_progress() == "rebase"


def test_the_root_commit_is_the_same_in_a_clone_and_after_a_foreign_merge(
    repo: Repo, repository: Path, tmp_path: Path, git: Git
) -> None:
    root = repo.head()
    git(repository, "switch", "--quiet", "--orphan", "docs")
    commit(git, repository, d="docs")
    git(repository, "switch", "--quiet", "main")
    commit(git, repository, a="1")
    git(repository, "merge", "--quiet", "--allow-unrelated-histories", "-m", "Merge", "docs")
    git(tmp_path, "clone", "--quiet", str(repository), "clone")

    assert repo.root_commit() == root
    assert Repo.discover(tmp_path / "clone").root_commit() == root


def test_a_shallow_clone_says_so(repo: Repo, repository: Path, tmp_path: Path, git: Git) -> None:
    commit(git, repository, a="1")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{repository}", "shallow")

    assert Repo.discover(tmp_path / "shallow").is_shallow()
    assert Repo.discover(tmp_path / "shallow").has_remote()
    assert not repo.is_shallow()
    assert not repo.has_remote()


def test_tags_come_highest_version_first(repo: Repo, repository: Path, git: Git) -> None:
    git(repository, "tag", "v1.9")
    git(repository, "tag", "--annotate", "v1.10", "-m", "Ten")
    tagged = repo.head()
    commit(git, repository, a="1")

    assert repo.tags_at(tagged) == ("v1.10", "v1.9")
    assert repo.tags_at(repo.head()) == ()


def test_a_revision_is_resolved_to_a_commit(repo: Repo, repository: Path, git: Git) -> None:
    git(repository, "tag", "--annotate", "v1", "-m", "One")

    assert repo.resolve("v1") == repo.resolve("main") == repo.resolve("HEAD") == repo.head()


@pytest.mark.parametrize(
    "revision", ["nothing", "", "--all", "-h", "main:README.md", "a\0b", "a..b", "\x1b[31m"]
)
def test_what_names_no_commit_is_refused_and_shown_harmlessly(repo: Repo, revision: str) -> None:
    with pytest.raises(UsageError) as caught:
        repo.resolve(revision)
    assert caught.value.message.isprintable()


def test_a_tag_that_takes_a_branchs_name_is_refused(repo: Repo, repository: Path, git: Git) -> None:
    git(repository, "config", "core.warnAmbiguousRefs", "false")
    git(repository, "tag", "main")

    with pytest.raises(UsageError, match="both a branch and a tag") as caught:
        repo.resolve("main")
    assert "refs/heads/main" in caught.value.hint
    assert repo.resolve("refs/heads/main") == repo.head()


def test_only_full_ids_go_further(repo: Repo) -> None:
    for ask in (repo.ls_tree, repo.tags_at, repo.commit_info, repo.view):
        with pytest.raises(ValueError, match="not a full object id"):
            ask("--output=x")


def test_the_merge_base_of_unrelated_commits_is_none(
    repo: Repo, repository: Path, git: Git
) -> None:
    base = repo.head()
    git(repository, "switch", "--quiet", "-c", "side")
    side = commit(git, repository, a="1")
    git(repository, "switch", "--quiet", "--orphan", "other")
    other = commit(git, repository, b="1")

    assert repo.merge_base(base, side) == base
    assert repo.merge_base(side, other) is None
    with pytest.raises(RepositoryStateError, match="merge-base"):
        repo.merge_base(base, "1" * 40)


def test_the_identity_comes_from_the_users_own_configuration_only(
    repo: Repo, repository: Path, git: Git
) -> None:
    git(repository, "config", "user.name", "Mallory")
    git(repository, "config", "user.email", "mallory@example.org")

    assert repo.default_identity() == Identity("Ada Lovelace", "ada@example.org")


def test_a_conditional_include_of_the_user_counts(
    repo: Repo, repository: Path, home: Path, git: Git
) -> None:
    (home / "work").write_text("[user]\n\temail = ada@work.example\n", encoding="utf-8")
    git(repository, "config", "--global", f"includeIf.gitdir:{repository}/.path", "~/work")

    assert repo.default_identity().email == "ada@work.example"


def test_no_identity_is_invented(repo: Repo, repository: Path, git: Git) -> None:
    git(repository, "config", "--global", "--unset", "user.email")
    git(repository, "config", "user.email", "mallory@example.org")

    with pytest.raises(MissingEnvironmentError, match="does not know who you are") as caught:
        repo.default_identity()
    assert "git config --global user.email" in caught.value.hint


def test_only_the_users_own_signing_settings_are_trusted(
    repo: Repo, repository: Path, git: Git
) -> None:
    git(repository, "config", "gpg.ssh.program", "./evil")
    git(repository, "config", "--global", "gpg.format", "ssh")
    git(repository, "config", "--global", "user.signingKey", "~/.ssh/id\nline")

    assert repo.trusted_config() == {
        "user.name": "Ada Lovelace",
        "user.email": "ada@example.org",
        "user.signingkey": "~/.ssh/id\nline",
        "gpg.format": "ssh",
    }


def test_the_source_digest_is_that_of_the_files_in_scope(
    repo: Repo, repository: Path, git: Git
) -> None:
    (repository / "link").symlink_to("README.md")
    (repository / "run.sh").write_text("exit\n", encoding="utf-8")
    (repository / "run.sh").chmod(0o755)
    head = commit(git, repository, src_a="1", **{"reviews_m": "not source", "note.md": "out"})
    scope = Scope(exclude=("*.md",))

    entries = repo.source_entries(head, scope)
    subject = repo.subject(head, scope, base="b" * 40)

    assert [(one.mode, one.path) for one in entries] == [
        ("120000", "link"),
        ("100755", "run.sh"),
        ("100644", "src/a"),
    ]
    assert entries[2].digest == ("6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b")
    assert subject.source_sha256 == source_sha256(entries)
    assert subject.tree == git(repository, "rev-parse", "HEAD^{tree}")
    assert (subject.commit, subject.base, subject.scope) == (head, "b" * 40, scope)


def test_blobs_are_read_by_id(repo: Repo) -> None:
    (readme,) = repo.ls_tree(repo.head())

    assert list(repo.blobs([readme.blob], 100)) == [(readme.blob, b"# Churn\n")]


def test_a_submodule_counts_by_its_commit(repo: Repo, repository: Path, git: Git) -> None:
    pinned = repo.head()
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{pinned},lib")
    git(repository, "commit", "--quiet", "--message=Pin")

    entries = repo.source_entries(repo.head(), Scope(include=("lib",)))

    assert [(one.mode, one.digest) for one in entries] == [("160000", pinned)]


def test_a_blob_that_is_not_in_the_clone_is_never_fetched(
    repository: Path, tmp_path: Path, git: Git
) -> None:
    git(repository, "config", "uploadpack.allowFilter", "true")
    clone = ["clone", "--quiet", "--no-checkout", "--filter=blob:none"]
    git(tmp_path, *clone, f"file://{repository}", "partial")
    repo = Repo.discover(tmp_path / "partial")

    with pytest.raises((UndeterminedError, RepositoryStateError)):
        repo.subject(repo.head(), Scope())
    with pytest.raises((OSError, RepositoryStateError)):
        repo.read_blob_at(repo.head(), "README.md")


def test_a_free_path_can_be_committed(repo: Repo, repository: Path) -> None:
    assert repo.path_state("reviews/new.yaml") is PathState.FREE
    assert repo.path_state("README.md") is PathState.FREE
    (repository / "README.md").write_bytes(b"# Churn\r\n")
    assert repo.path_state("README.md") is PathState.FREE
    (repository / "README.md").unlink()
    assert repo.path_state("README.md") is PathState.FREE


def test_a_different_file_in_the_work_tree_is_seen(repo: Repo, repository: Path) -> None:
    (repository / "README.md").write_text("mine", encoding="utf-8")
    (repository / "new").write_text("mine", encoding="utf-8")
    (repository / "real").mkdir()
    (repository / "linked").symlink_to("real")

    for path in ("README.md", "new", "real", "linked", "linked/record.yaml"):
        assert repo.path_state(path) is PathState.DIFFERENT, path
    assert repo.path_state("new", b"mine") is PathState.FREE


def test_a_different_staged_file_is_seen(repo: Repo, repository: Path, git: Git) -> None:
    (repository / "new").write_text("mine", encoding="utf-8")
    git(repository, "add", "new")
    git(repository, "rm", "--quiet", "--cached", "README.md")

    assert repo.path_state("new") is PathState.STAGED
    assert repo.path_state("new", b"mine") is PathState.FREE
    assert repo.path_state("README.md") is PathState.STAGED


def test_an_alternate_history_of_the_repositorys_own_making_is_not_believed(
    repo: Repo, repository: Path, git: Git
) -> None:
    first = repo.head()
    second = commit(git, repository, a="1")
    forged = git(repository, "commit-tree", "-m", "Forged", f"{second}^{{tree}}")
    git(repository, "replace", second, forged)
    (repo.git_dir / "info").mkdir(exist_ok=True)
    (repo.git_dir / "info" / "grafts").write_text(f"{second}\n", encoding="utf-8")
    assert git(repository, "log", "--format=%s").splitlines() == ["Forged"]

    assert [one.id for one in repo.commits(second)] == [second, first]
    assert repo.root_commit() == first


def test_a_moved_clone_answers_the_same(repo: Repo, repository: Path, tmp_path: Path) -> None:
    shutil.copytree(repository, tmp_path / "copy")
    copy = Repo.discover(tmp_path / "copy")

    assert copy.subject(copy.head(), Scope()) == repo.subject(repo.head(), Scope())
