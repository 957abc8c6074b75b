"""The repository: facts about it, its files at a commit or in the work tree, its history.

A folder goes in, a `Repo` comes out; every question asks git again, so an answer is never
older than the question. User text is resolved to a full id once, and only ids go further.
It refuses bare repositories and work trees that their own configuration places elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from holdshort.errors import (
    HoldshortError,
    MissingEnvironmentError,
    RepositoryStateError,
    UsageError,
)
from holdshort.model.subject import Scope, SourceEntry, Subject, source_sha256
from holdshort.model.text import visible
from holdshort.storage import git_objects as objects
from holdshort.storage.git import GitError, check_version, run
from holdshort.storage.git_objects import Change, Commit, Entry, Identity
from holdshort.storage.repo_files import WorkFiles
from holdshort.storage.repo_views import CommitView, WorktreeView

__all__ = ["Change", "Commit", "Entry", "Identity", "PathState", "Repo"]

_IN_PROGRESS = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
    "sequencer": "cherry-pick",
}
"""Source: git's wt-status.c, `wt_status_get_state`."""

_TRUSTED_SCOPES = ("system", "global")
_TRUSTED_KEYS = r"^(user|author|gpg|commit)\."
MAX_FILE_BYTES = 64 * 1024 * 1024


class PathState(StrEnum):
    """Whether a path can be committed without taking anyone's work along."""

    FREE = "free"
    STAGED = "staged"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Repo:
    """One git repository with a work tree.

    Attributes:
        root: the work tree's top folder, absolute and real.
        git_dir: this work tree's own git folder (a linked work tree has its own).
        object_format: `sha1` or `sha256`.
    """

    root: Path
    git_dir: Path
    object_format: str

    @classmethod
    def discover(cls, start: Path) -> Repo:
        """Find the repository a folder belongs to.

        Raises:
            RepositoryStateError: there is none, it is bare, or its work tree is elsewhere.
            MissingEnvironmentError: git is missing or too old, or another user owns it.
        """
        check_version()
        try:
            start = start.resolve()
        except OSError as error:
            raise RepositoryStateError(f"this folder is gone: {error.strerror}") from error
        asked = ("--is-bare-repository", "--show-object-format", "--show-toplevel")
        try:
            answer = run(start, "rev-parse", *asked).text
            git_dir = run(start, "rev-parse", "--absolute-git-dir").text
        except GitError as error:
            raise _undiscovered(start, error) from error
        _, object_format, top = answer.split("\n", 2)
        root = Path(top)
        if root not in (start, *start.parents) or not (root / ".git").exists():
            raise RepositoryStateError(
                f"the repository at '{visible(str(start))}' keeps its work tree elsewhere",
                "Its `core.worktree` is not followed; run holdshort in an ordinary clone.",
            )
        return cls(root, Path(git_dir), object_format)

    def head(self) -> str:
        """Return the id of the commit HEAD stands at.

        Raises:
            RepositoryStateError: there is no commit yet.
        """
        if found := self._commit_id("HEAD"):
            return found
        raise RepositoryStateError(
            "this branch has no commit yet", "Commit your files first; nothing was changed."
        )

    def branch(self) -> str | None:
        """Return the checked-out branch's name, None when HEAD is detached."""
        said = run(self.root, "symbolic-ref", "--quiet", "HEAD", may_fail=True)
        return said.text.removeprefix("refs/heads/") if said.code == 0 else None

    def in_progress(self) -> str | None:
        """Name the unfinished merge, rebase, cherry-pick, revert or bisect, if there is one."""
        return next((what for name, what in _IN_PROGRESS.items() if self._has(name)), None)

    def root_commit(self) -> str:
        """Return the oldest commit on HEAD's first-parent line.

        The same in every clone and work tree; in a shallow clone it is where history ends.

        Raises:
            RepositoryStateError: there is no commit yet.
        """
        return objects.ids_of(self.root, "--first-parent", "--max-parents=0", self.head())[0]

    def is_shallow(self) -> bool:
        """Tell whether older history is missing from this clone."""
        return run(self.root, "rev-parse", "--is-shallow-repository").text == "true"

    def has_remote(self) -> bool:
        """Tell whether the repository names any remote."""
        names = ("config", "--name-only", "--get-regexp", r"^remote\..*\.url$")
        return run(self.root, *names, may_fail=True).code == 0

    def tags_at(self, commit: str) -> tuple[str, ...]:
        """Return the names of the tags on a commit, highest version first."""
        wanted = ("--sort=-version:refname", "--format=%(refname:lstrip=2)", "refs/tags")
        pointed = f"--points-at={_full(commit)}"
        return tuple(run(self.root, "for-each-ref", pointed, *wanted).text.splitlines())

    def resolve(self, revision: str) -> str:
        """Return the commit id a user's revision names.

        Raises:
            UsageError: it names no commit, or both a branch and a tag.
        """
        if found := self._commit_id(revision):
            return found
        raise UsageError(
            f"'{visible(revision)}' names no commit here",
            "Name a branch, a tag or a commit; `git fetch` brings what only the remote has.",
        )

    def merge_base(self, one: str, other: str) -> str | None:
        """Return the best common ancestor of two commits, None when they share none."""
        said = run(self.root, "merge-base", _full(one), _full(other), may_fail=True)
        if said.code > 1:
            raise GitError("merge-base", said.code, said.stderr)
        return said.text or None

    def trusted_config(self) -> dict[str, str]:
        """Return the user's own user, author, gpg and commit settings, by lower-case key.

        System and global configuration with their includes; never the repository's own.
        """
        asked = ("config", "--includes", "--show-scope", "-z", "--get-regexp", _TRUSTED_KEYS)
        said = run(self.root, *asked, may_fail=True)
        fields = iter(said.text.split("\0"))
        pairs = ((scope, next(fields, "").partition("\n")) for scope in fields)
        return {key: value for scope, (key, _, value) in pairs if scope in _TRUSTED_SCOPES}

    def default_identity(self) -> Identity:
        """Return who commits, from the user's own configuration.

        Raises:
            MissingEnvironmentError: it names nobody; nobody is invented.
        """
        config = self.trusted_config()
        name = config.get("author.name") or config.get("user.name", "")
        email = config.get("author.email") or config.get("user.email", "")
        if name.strip() and email.strip():
            return Identity(name, email)
        raise MissingEnvironmentError(
            "git does not know who you are",
            'Run `git config --global user.name "Your Name"` and '
            "`git config --global user.email you@example.com`, then try again. "
            "The repository's own settings are not used for this.",
        )

    def ls_tree(self, commit: str, *under: str) -> tuple[Entry, ...]:
        """Return every tracked path at a commit, or those under literal paths, sorted."""
        return objects.list_tree(self.root, _full(commit), *under)

    def blobs(self, ids: Sequence[str], limit_bytes: int) -> Iterator[tuple[str, bytes | OSError]]:
        """Yield the contents of blobs in the order asked; an OSError where one cannot be read."""
        return objects.read_blobs(self.root, [_full(one) for one in ids], limit_bytes)

    def read_blob_at(self, commit: str, path: str, limit_bytes: int = MAX_FILE_BYTES) -> bytes:
        """Return a file's content at a commit.

        Raises:
            OSError: it is not there, no regular file, or too large.
        """
        plain = not {"", ".", ".."} & set(path.split("/")) and "\0" not in path
        under = (path,) if plain else ()
        return CommitView(self.root, _full(commit), *under).read(path, limit_bytes)

    def view(self, commit: str) -> CommitView:
        """Return the files of a commit for reading."""
        return CommitView(self.root, _full(commit))

    def worktree(self, cache: Path | None = None) -> WorktreeView:
        """Return the tracked files of the work tree, as they stand on the disk.

        Args:
            cache: the folder that keeps what it costs to identify them; None keeps nothing.
        """
        return WorktreeView(self.root, self._commit_id("HEAD"), self.object_format, cache)

    def source_entries(self, commit: str, scope: Scope) -> list[SourceEntry]:
        """Return the in-scope files of a commit with the SHA-256 of their content.

        Raises:
            UndeterminedError: a blob is not in this clone.
        """
        entries = [one for one in self.ls_tree(commit) if scope.holds(one.path)]
        blobs = (one.blob for one in entries if one.mode != objects.SUBMODULE)
        digests = objects.digests_of(self.root, blobs)
        return [SourceEntry(one.mode, digests.get(one.blob, one.blob), one.path) for one in entries]

    def subject(self, commit: str, scope: Scope, base: str = "") -> Subject:
        """Return what is reviewed: the commit, its tree and the digest of its source.

        Raises:
            UndeterminedError: a blob is not in this clone.
        """
        digest = source_sha256(self.source_entries(commit, scope))
        tree = self.commit_info(commit).tree
        return Subject(commit=commit, tree=tree, base=base, scope=scope, source_sha256=digest)

    def commit_info(self, commit: str) -> Commit:
        """Return one commit."""
        return objects.read_commits(self.root, [_full(commit)])[0]

    def commits(
        self,
        tip: str,
        *,
        without: Iterable[str] = (),
        first_parent: bool = False,
        touching: Sequence[str] = (),
    ) -> tuple[Commit, ...]:
        """Return the commits reachable from a tip and from none of `without`, newest first.

        With `touching`, only those that changed something under one of these literal paths.
        """
        flags = ["--first-parent"] if first_parent else []
        flags += ["--full-history"] if touching else []  # a merge may drop what one side brought
        ends = (_full(tip), *(f"^{_full(one)}" for one in without))
        found = objects.ids_of(self.root, *flags, *ends, "--", *touching)
        return objects.read_commits(self.root, found)

    def history_of(self, path: str, tip: str) -> tuple[Commit, ...]:
        """Return the first-parent commits that changed a path, newest first."""
        flags = ("--first-parent", "--full-history", _full(tip), "--", path)
        return objects.read_commits(self.root, objects.ids_of(self.root, *flags))

    def changes(self, commits: Sequence[Commit], *under: str) -> Iterator[Change]:
        """Yield what each commit changed from each of its parents, under literal paths.

        Every parent of a merge is compared, so a merge that drops a file shows it.
        """
        return objects.changes_of(self.root, commits, *under)

    def path_state(self, path: str, new: bytes | None = None) -> PathState:
        """Tell whether somebody's work stands at a path, staged or in the work tree.

        A file that already holds `new`, or differs from HEAD by its line ends only, is nobody's
        work; neither is one that is missing from the work tree.

        Raises:
            RepositoryStateError: there is no commit yet.
        """
        head = objects.list_tree(self.root, self.head(), path)
        staged = objects.list_index(self.root, path)
        blob = self.blob_id(new) if new is not None else ""
        if staged != head and [one.blob for one in staged if one.path == path] != [blob]:
            return PathState.STAGED
        files = WorkFiles(self.root)
        try:
            if not files.mode(path):
                return PathState.FREE
            stands = files.read(path, MAX_FILE_BYTES)
        except OSError:
            return PathState.DIFFERENT
        expected = {blob, *(one.blob for one in head if one.path == path)}
        found = {self.blob_id(stands), self.blob_id(stands.replace(b"\r\n", b"\n"))}
        return PathState.FREE if expected & found else PathState.DIFFERENT

    def blob_id(self, data: bytes) -> str:
        """Return the id git gives these bytes as a blob."""
        return objects.blob_id(data, self.object_format)

    def _has(self, name: str) -> bool:
        return (self.git_dir / name).exists()

    def _commit_id(self, revision: str) -> str:
        """Return the id of the commit a revision names, empty when it names none."""
        if not revision or "\0" in revision:
            return ""
        asked = ("--verify", "--end-of-options", f"{revision}^{{commit}}")
        said = run(self.root, "rev-parse", *asked, may_fail=True)
        if said.code == 0 and "is ambiguous" in said.stderr:
            raise UsageError(
                f"'{visible(revision)}' is both a branch and a tag",
                f"Say which: refs/heads/{visible(revision)} or refs/tags/{visible(revision)}.",
            )
        return said.text if said.code == 0 else ""


def _full(commit: str) -> str:
    if not _FULL_ID.fullmatch(commit):
        raise ValueError(f"{commit!r} is not a full object id")
    return commit


_FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def _undiscovered(start: Path, error: GitError) -> HoldshortError:
    place = visible(str(start))
    if "not a git repository" in error.stderr:
        return RepositoryStateError(
            f"'{place}' is not inside a git repository",
            "Go to your model's repository, or start one with `git init`.",
        )
    if "bare repository" in error.stderr or "must be run in a work tree" in error.stderr:
        return RepositoryStateError(
            f"'{place}' is a bare repository: it has no work tree",
            "Clone it, or add a work tree with `git worktree add`, and run holdshort there.",
        )
    return error
