"""Committing exactly the files given, and nothing of anybody else's work.

Plumbing only: blobs, a temporary index from the parent, a tree, a commit that is read back and
compared, then one compare-and-swap of the branch. The user's index is locked for that time;
only the given paths change in it and in the work tree, so staged and unstaged work stays byte
for byte. Hooks are not run, nobody's identity is invented, nothing is pushed.
Source: git-commit-tree(1), git-update-ref(1), git-update-index(1).
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from holdshort.errors import (
    HoldshortError,
    IntegrityError,
    MissingEnvironmentError,
    RepositoryStateError,
)
from holdshort.model.text import one_line, visible
from holdshort.storage.git import GitError, run
from holdshort.storage.repo import Identity, PathState, Repo
from holdshort.storage.repo_files import WorkFiles

_MODE = "100644"
_KEPT = "Nothing was changed."


def commit_files(
    repo: Repo,
    files: Mapping[str, bytes],
    message: str,
    *,
    expected_head: str,
    allow_detached: bool = False,
    on_terminal: bool = False,
) -> str:
    """Commit these files on top of HEAD, write them to the work tree, and return the commit id.

    The commit is signed when the user's own `commit.gpgSign` says so. When HEAD already holds
    exactly these bytes nothing is committed and HEAD is returned.

    Args:
        repo: where to commit.
        files: content by path; the only paths that change.
        message: the commit message.
        expected_head: the commit the caller looked at; another one is refused.
        allow_detached: commit even when no branch is checked out.
        on_terminal: let the program that signs the commit ask on the caller's terminal.

    Raises:
        RepositoryStateError: an unfinished merge and the like, an unborn branch, a detached
            HEAD, a moved HEAD, another file at one of the paths, or a lock.
        MissingEnvironmentError: no identity, no key, no permission or no disk space.
    """
    reference = _reference(repo, allow_detached=allow_detached)
    check_committable(repo, files, expected_head=expected_head, allow_detached=allow_detached)
    draft = _Draft(repo, files, message, expected_head, repo.default_identity())
    signing = _signing(repo, draft.author)
    return _publish(draft, reference, signing, on_terminal=on_terminal)


def check_committable(
    repo: Repo, files: Mapping[str, bytes], *, expected_head: str, allow_detached: bool = False
) -> None:
    """Refuse now what `commit_files` would refuse, before anybody is asked for a passphrase.

    Raises:
        RepositoryStateError: as `commit_files`.
    """
    _reference(repo, allow_detached=allow_detached)
    _refuse_moved(repo, expected_head)
    _refuse_foreign_work(repo, files)


def create_commit(
    repo: Repo, files: Mapping[str, bytes], message: str, *, author: Identity, at: datetime
) -> str:
    """Commit files in a repository made by `init_repository`, unsigned, and return the id.

    Unlike `commit_files` it works on a branch without commits, under any name and date, and
    looks for nobody's work: it is for samples.
    """
    try:
        parent = repo.head()
    except RepositoryStateError:
        parent = ""
    draft = _Draft(repo, files, message, parent, author, at)
    return _publish(draft, _reference(repo), _Signing(), on_terminal=False)


def init_repository(folder: Path) -> Repo:
    """Make an empty repository with branch `main`, without anybody's template."""
    folder.mkdir(parents=True, exist_ok=True)
    run(folder, "init", "--quiet", "--initial-branch=main", "--template=")
    return Repo.discover(folder)


def tag(repo: Repo, name: str, commit: str) -> None:
    """Put a lightweight tag on a commit.

    Raises:
        RepositoryStateError: the tag exists, or its name is none git accepts.
    """
    run(repo.root, "update-ref", f"refs/tags/{name}", commit, "0" * len(commit))


@dataclass(frozen=True, slots=True)
class _Draft:
    repo: Repo
    files: Mapping[str, bytes]
    message: str
    parent: str
    author: Identity
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Signing:
    flags: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)


def _reference(repo: Repo, *, allow_detached: bool = False) -> str:
    """Return the reference the commit moves, or refuse because of the repository's state."""
    if what := repo.in_progress():
        raise RepositoryStateError(
            f"a {what} is in progress in this repository",
            f"Finish it, or undo it with `git {what} {_UNDO.get(what, '--abort')}`. {_KEPT}",
        )
    branch = repo.branch()
    if branch is None and not allow_detached:
        raise RepositoryStateError(
            "no branch is checked out (detached HEAD): the commit could get lost",
            f"Check a branch out (`git switch BRANCH`) or: holdshort sign --detached. {_KEPT}",
        )
    return f"refs/heads/{branch}" if branch is not None else "HEAD"


_UNDO = {"bisect": "reset"}


def _refuse_moved(repo: Repo, expected: str) -> None:
    if (head := repo.head()) != expected:
        raise RepositoryStateError(
            f"HEAD moved from {expected[:12]} to {head[:12]} meanwhile",
            f"Look at what changed (`git log {expected[:12]}..`) and try again. {_KEPT}",
        )


def _refuse_foreign_work(repo: Repo, files: Mapping[str, bytes]) -> None:
    for path, data in files.items():
        match repo.path_state(path, data):
            case PathState.STAGED:
                raise RepositoryStateError(
                    f"another version of '{visible(path)}' is staged",
                    f"Unstage it with `git restore --staged {visible(path)}`. {_KEPT}",
                )
            case PathState.DIFFERENT:
                raise RepositoryStateError(
                    f"a different file stands at '{visible(path)}'",
                    f"Move it away, then try again. {_KEPT}",
                )
            case PathState.FREE:
                continue


def _signing(repo: Repo, author: Identity) -> _Signing:
    """Return how `commit-tree` signs, from the user's own configuration alone."""
    config = repo.trusted_config()
    if config.get("commit.gpgsign", "").casefold() not in ("true", "yes", "on", "1"):
        return _Signing()
    style = config.get("gpg.format", "openpgp")
    key = config.get("user.signingkey", "")
    if not key and style == "ssh":
        raise MissingEnvironmentError(
            "your git signs commits with SSH, but `user.signingKey` names no key",
            f"Run `git config --global user.signingKey ~/.ssh/id_ed25519.pub`. {_KEPT}",
        )
    settings = {name: config.get(name.lower(), usual) for name, usual in _SIGNERS.items()}
    settings["gpg.openpgp.program"] = config.get("gpg.openpgp.program", settings["gpg.program"])
    return _Signing((f"-S{key or _line(author)}",), {**settings, "gpg.format": style})


_SIGNERS = {"gpg.program": "gpg", "gpg.ssh.program": "ssh-keygen", "gpg.x509.program": "gpgsm"}


def _publish(draft: _Draft, reference: str, signing: _Signing, *, on_terminal: bool) -> str:
    """Make the commit, move the branch to it, and bring index and work tree up to date."""
    repo = draft.repo
    with tempfile.TemporaryDirectory() as folder, _disk_errors(repo):
        blobs = {path: _write_blob(repo, data) for path, data in draft.files.items()}
        tree = _write_tree(draft, blobs, Path(folder) / "commit")
        if draft.parent and tree == repo.commit_info(draft.parent).tree:
            return draft.parent
        commit = _write_commit(draft, tree, signing, on_terminal=on_terminal)
        _check(draft, commit)
        with _index_lock(repo) as lock, _uninterrupted():
            _prepare_index(repo, blobs, Path(folder) / "users", lock)
            _move(draft, reference, commit)
            lock.replace(repo.git_dir / "index")
            _write_files(draft, commit)
    return commit


@contextmanager
def _disk_errors(repo: Repo) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise MissingEnvironmentError(
            f"cannot write in '{visible(str(repo.git_dir))}': {error.strerror}", _KEPT
        ) from error


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let signals wait while the branch, the index and the work tree change together."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Python handles signals in the main thread alone
        return
    waiting: list[int] = []
    before = {one: signal.signal(one, lambda number, _: waiting.append(number)) for one in _ENDING}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler or signal.SIG_DFL)
        for number in waiting:
            signal.raise_signal(number)


_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _prepare_index(repo: Repo, blobs: Mapping[str, str], spare: Path, lock: Path) -> None:
    """Write the user's index with the blobs added, ready to be renamed into place.

    It keeps its time, by which git tells the files that may have changed unnoticed since.
    """
    index = repo.git_dir / "index"
    with suppress(FileNotFoundError):
        shutil.copy2(index, spare)
    _stage(repo, blobs, spare)
    shutil.copyfile(spare, lock)
    with suppress(FileNotFoundError):
        shutil.copystat(index, lock)


@contextmanager
def _index_lock(repo: Repo) -> Iterator[Path]:
    """Hold git's own lock on the index until the block renames it into place, or fails."""
    lock = repo.git_dir / "index.lock"
    try:
        os.close(os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666))
    except FileExistsError as error:
        raise RepositoryStateError(
            f"another git command is at work: '{visible(str(lock))}' exists",
            f"Wait for it; if none is running, remove that file. {_KEPT}",
        ) from error
    try:
        yield lock
    except BaseException:
        lock.unlink(missing_ok=True)
        raise


def _write_blob(repo: Repo, data: bytes) -> str:
    return run(repo.root, "hash-object", "-w", "--no-filters", "--stdin", stdin=data).text


def _write_tree(draft: _Draft, blobs: Mapping[str, str], index: Path) -> str:
    root, environment = draft.repo.root, {"GIT_INDEX_FILE": str(index)}
    if draft.parent:
        run(root, "read-tree", draft.parent, environment=environment)
    _stage(draft.repo, blobs, index)
    return run(root, "write-tree", "--missing-ok", environment=environment).text


def _stage(repo: Repo, blobs: Mapping[str, str], index: Path) -> None:
    """Put the blobs into an index, with an empty folder in the place of the work tree.

    While it writes an index, git compares the files it is unsure of, through the filters the
    repository names; where there are no files there is nothing to compare.
    """
    rows = [("--cacheinfo", f"{_MODE},{blob},{path}") for path, blob in blobs.items()]
    flat = [argument for row in rows for argument in row]
    with tempfile.TemporaryDirectory() as empty:
        environment = {
            "GIT_DIR": str(repo.git_dir),
            "GIT_INDEX_FILE": str(index),
            "GIT_WORK_TREE": empty,
        }
        run(Path(empty), "update-index", "--add", *flat, environment=environment)


def _write_commit(draft: _Draft, tree: str, signing: _Signing, *, on_terminal: bool) -> str:
    parents = ("-p", draft.parent) if draft.parent else ()
    try:
        said = run(
            draft.repo.root,
            "commit-tree",
            *signing.flags,
            *parents,
            tree,
            stdin=draft.message.encode(),
            environment=_people(draft),
            settings={"i18n.commitEncoding": "UTF-8", **signing.settings},
            on_terminal=on_terminal,
        )
    except GitError as error:
        if not signing.flags:
            raise
        raise MissingEnvironmentError(
            f"your git signs commits, and signing failed: {one_line(error.stderr, 300)}",
            f"Unlock the key, or run `git config --global commit.gpgSign false`. {_KEPT}",
        ) from error
    return said.text


def _people(draft: _Draft) -> dict[str, str]:
    """Return the variables that keep git from looking for, or inventing, an identity."""
    when = f"@{int(draft.at.timestamp())} +0000" if draft.at else ""
    values = {"NAME": draft.author.name, "EMAIL": draft.author.email, "DATE": when}
    roles = ("AUTHOR", "COMMITTER")
    return {f"GIT_{role}_{part}": value for role in roles for part, value in values.items()}


def _check(draft: _Draft, commit: str) -> None:
    """Read the commit back: the bytes are those given, and no other path changed."""
    view = draft.repo.view(commit)
    largest = max(map(len, draft.files.values()))
    stored = dict(view.read_many(list(draft.files), largest))
    changed = {one.path for one in draft.repo.changes([draft.repo.commit_info(commit)])}
    if stored != dict(draft.files) or not changed <= set(draft.files):
        raise IntegrityError("git did not store what it was given", _KEPT)


def _move(draft: _Draft, reference: str, commit: str) -> None:
    """Move the reference if it still is where it was, and still is what is checked out."""
    if _reference(draft.repo, allow_detached=reference == "HEAD") != reference:
        raise RepositoryStateError(f"'{visible(reference)}' is no longer checked out", _KEPT)
    old = draft.parent or "0" * len(commit)
    log = f"commit: {one_line(draft.message.partition(chr(10))[0], 200)}"
    flags = ("--no-deref",) if reference == "HEAD" else ()
    try:
        arguments = ("-m", log, *flags, reference, commit, old)
        run(draft.repo.root, "update-ref", *arguments, environment=_people(draft))
    except GitError as error:
        if "but expected" in error.stderr or "reference already exists" in error.stderr:
            raise RepositoryStateError(
                f"'{visible(reference)}' moved while the commit was made",
                f"Try again. {_KEPT}",
            ) from error
        if ".lock" in error.stderr:
            raise RepositoryStateError(
                f"another git command holds '{visible(reference)}': {error.message}",
                f"Wait for it; if none is running, remove that lock file. {_KEPT}",
            ) from error
        raise


def _write_files(draft: _Draft, commit: str) -> None:
    files = WorkFiles(draft.repo.root)
    for path, data in draft.files.items():
        try:
            files.write(path, data)
        except OSError as error:
            raise _unwritten(path, commit, error) from error


def _unwritten(path: str, commit: str, error: OSError) -> HoldshortError:
    return MissingEnvironmentError(
        f"committed as {commit[:12]}, but '{visible(path)}' could not be written: {error.strerror}",
        f"Once that is cured, run `git restore {visible(path)}`.",
    )


def _line(who: Identity) -> str:
    return f"{who.name} <{who.email}>"
