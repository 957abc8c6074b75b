"""The write-ahead journal of a draft: an answer shown as saved is on the disk.

One folder per draft in the user's own state directory, 0700, files 0600:
`journal.jsonl`, one line per step, `<first 16 hex of SHA-256 of the JSON> <JSON>`, appended and
fsynced before the screen is repainted; `lock`, held with flock while a session writes, naming
host, pid and start time. The journal is never rewritten, so there is no snapshot to tear
(`docs/adr/0004-journal-without-snapshots.md`).

A torn last line is dropped. Damage before it ends the reading there: the file is kept aside as
`journal.damaged` and the caller is told. Order is the order of lines, never a clock.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from holdshort.errors import BadInputError, MissingEnvironmentError, RepositoryStateError
from holdshort.model.canonical import plain
from holdshort.model.review import Change, History
from holdshort.model.text import one_line
from holdshort.storage.documents import build

_SUM_CHARS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftKey:
    """What a draft belongs to; found again from a fresh clone or another worktree."""

    root_commit: str
    model: str
    release: str
    checklist: str
    reviewer: str

    @property
    def folder(self) -> str:
        """The folder's name: readable, and unique by digest."""
        parts = (self.root_commit, self.model, self.release, self.checklist, self.reviewer)
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
        return f"{self.model}-{self.release}-{self.reviewer}-{digest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the person is: question id and filter."""

    question: str = ""
    filter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftState:
    """Everything a journal says."""

    key: DraftKey
    profile: str
    started_at: str
    history: History = field(default_factory=History)
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftInfo:
    """One draft in a list, with the time its journal last grew (seconds since the epoch)."""

    state: DraftState
    folder: Path
    saved_at: float


class Draft:
    """One open draft: the state and, unless another session writes, the right to change it.

    Attributes:
        state: what has been saved.
        holder: who else writes it, in words; empty when this session may write.
        damage: what could not be read, in words; empty when all was well.
    """

    def __init__(self, folder: Path, state: DraftState) -> None:
        """Use `DraftStore.open`; this only keeps the parts."""
        self.folder = folder
        self.state = state
        self.damage = ""
        self.holder = ""
        self._lock: int | None = None
        self._journal: int | None = None

    def record(self, change: Change) -> None:
        """Save one change and move the state on.

        Raises:
            MissingEnvironmentError: not saved; the state is as before.
            RepositoryStateError: another session holds the draft.
        """
        self._append(
            {"op": "change", **_plain_change(change)},
            replace(self.state, history=self.state.history.record(change)),
        )

    def undo(self) -> Change | None:
        """Take back the last change and return it, or None at the start."""
        change = self.state.history.undoable
        if change:
            state = replace(self.state, history=self.state.history.undo())
            self._append({"op": "undo"}, state)
        return change

    def redo(self) -> Change | None:
        """Bring back the last undone change and return it, or None at the end."""
        change = self.state.history.redoable
        if change:
            state = replace(self.state, history=self.state.history.redo())
            self._append({"op": "redo"}, state)
        return change

    def move(self, place: Place) -> None:
        """Remember where the person is; not worth a disk flush of its own."""
        if place != self.state.place and not self.holder:
            event = {"op": "place", "question": place.question, "filter": place.filter}
            self._append(event, replace(self.state, place=place), flush=False)

    def deepen(self, profile: str) -> None:
        """Continue the draft at another profile."""
        if profile != self.state.profile:
            event = {"op": "profile", "profile": profile}
            self._append(event, replace(self.state, profile=profile))

    def close(self) -> None:
        """Give up the lock; what was saved stays."""
        for handle in (self._journal, self._lock):
            if handle is not None:
                os.close(handle)
        self._journal = self._lock = None

    def remove(self) -> None:
        """Delete the draft, after its record has been committed."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def take_lock(self) -> None:
        """Become the writing session, or say in `holder` who is."""
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.holder = (
                one_line(os.read(handle, 200).decode(errors="replace")) or "another session"
            )
            os.close(handle)
            return
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()} on {socket.gethostname()}".encode(), 0)
        self._lock = handle

    def _append(
        self, event: Mapping[str, object], state: DraftState, *, flush: bool = True
    ) -> None:
        if self.holder:
            raise RepositoryStateError(
                f"this draft is being written by {self.holder}",
                "Nothing was changed. Close the other session, then try again.",
            )
        try:
            self._write(_line(event), flush=flush)
        except OSError as error:
            raise MissingEnvironmentError(
                f"NOT SAVED: {error.strerror or error} ({self.folder / 'journal.jsonl'})",
                "Everything saved before is kept. Make room or fix the folder, then answer again.",
            ) from error
        self.state = state

    def _write(self, data: bytes, *, flush: bool) -> None:
        if self._journal is None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
            self._journal = os.open(self.folder / "journal.jsonl", flags, 0o600)
        before = os.fstat(self._journal).st_size
        try:
            _write_whole(self._journal, data)
            if flush:
                os.fsync(self._journal)
        except OSError:
            os.ftruncate(self._journal, before)
            raise
        if not before:
            _sync_folder(self.folder)


class DraftStore:
    """The drafts of one user, in one folder."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder; it is made when the first draft is."""
        self._folder = folder

    def list(self, root_commit: str = "") -> tuple[DraftInfo, ...]:
        """Return the drafts, newest first; of one repository when its root commit is given."""
        found = sorted(self._read_all(root_commit), key=lambda one: -one.saved_at)
        return tuple(found)

    def open(self, key: DraftKey, *, profile: str, started_at: str) -> Draft:
        """Open a draft, or begin one; a lock held elsewhere leaves it readable.

        Raises:
            MissingEnvironmentError: the state directory cannot be written.
            BadInputError: the journal does not begin as one.
        """
        folder = self._folder / key.folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            state = DraftState(key=key, profile=profile, started_at=started_at)
            draft = Draft(folder, state)
            draft.take_lock()
            journal = folder / "journal.jsonl"
            if journal.exists() and journal.stat().st_size:
                draft.state, draft.damage = _replayed(journal, repair=not draft.holder)
                return draft
        except OSError as error:
            raise MissingEnvironmentError(
                f"the draft folder cannot be used: {error}",
                "Nothing was changed. Set HOLDSHORT_STATE_DIR to a folder you can write.",
            ) from error
        opening = {"op": "open", "profile": profile, "started_at": started_at}
        draft._append({**opening, **_plain_key(key)}, state)  # noqa: SLF001 - its own maker
        return draft

    def peek(self, key: DraftKey, *, profile: str, started_at: str) -> Draft:
        """Return a draft for reading only, empty when none was begun; nothing is written.

        Raises:
            BadInputError: the journal does not begin as one.
        """
        folder = self._folder / key.folder
        draft = Draft(folder, DraftState(key=key, profile=profile, started_at=started_at))
        draft.holder = "nobody: it was opened for reading"
        if (folder / "journal.jsonl").is_file():
            draft.state, draft.damage = _replayed(folder / "journal.jsonl", repair=False)
        return draft

    def _read_all(self, root_commit: str) -> Iterator[DraftInfo]:
        for journal in self._folder.glob("*/journal.jsonl"):
            try:
                state, _ = _replayed(journal, repair=False)
                saved_at = journal.stat().st_mtime
            except (BadInputError, OSError):
                continue
            if not root_commit or state.key.root_commit == root_commit:
                yield DraftInfo(state=state, folder=journal.parent, saved_at=saved_at)


def _replayed(journal: Path, *, repair: bool) -> tuple[DraftState, str]:
    """Read a journal; with `repair` also cut a torn end off and set damage aside."""
    data = journal.read_bytes()
    state: DraftState | None = None
    good_end = 0
    for raw in data.splitlines(keepends=True):
        event = _event(raw)
        if event is None:
            break
        state = _applied(state, event, journal)
        good_end += len(raw)
    if state is None:
        raise BadInputError(
            f"{journal}:1: not a draft journal",
            "It was left as it is. Move it away to begin the draft anew.",
        )
    rest = data[good_end:]
    torn = rest.count(b"\n") <= 1 and (not rest.endswith(b"\n"))
    damage = ""
    if rest and not torn:
        line = data[:good_end].count(b"\n") + 1
        damage = f"{journal}:{line}: damaged; what stands from here on was set aside, not read"
        if repair:
            shutil.copyfile(journal, journal.with_name("journal.damaged"))
    if rest and repair:
        os.truncate(journal, good_end)
    return state, damage


def _applied(state: DraftState | None, event: dict[str, object], journal: Path) -> DraftState:
    kind = event.pop("op", "")
    if state is None:
        if kind != "open":
            raise BadInputError(f"{journal}:1: the first step of a draft must open it")
        profile, started = str(event.pop("profile")), str(event.pop("started_at"))
        return DraftState(key=build(DraftKey, event), profile=profile, started_at=started)
    match kind:
        case "change":
            return replace(state, history=state.history.record(build(Change, event)))
        case "undo":
            return replace(state, history=state.history.undo())
        case "redo":
            return replace(state, history=state.history.redo())
        case "profile":
            return replace(state, profile=str(event["profile"]))
        case "place":
            return replace(state, place=build(Place, event))
    raise BadInputError(
        f"{journal}: unknown step {one_line(str(kind), 40)!r}",
        "The draft was written by a newer holdshort; it was left as it is.",
    )


def _event(raw: bytes) -> dict[str, object] | None:
    digest, _, body = raw.rstrip(b"\n").partition(b" ")
    if not raw.endswith(b"\n") or hashlib.sha256(body).hexdigest()[:_SUM_CHARS].encode() != digest:
        return None
    event = json.loads(body)
    return event if isinstance(event, dict) else None


def _line(event: Mapping[str, object]) -> bytes:
    body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    return hashlib.sha256(body).hexdigest()[:_SUM_CHARS].encode() + b" " + body + b"\n"


def _plain_key(key: DraftKey) -> dict[str, object]:
    value = plain(key)
    return dict(value) if isinstance(value, dict) else {}


def _plain_change(change: Change) -> dict[str, object]:
    """Return a change as JSON values; here None means removed and is kept."""

    def rows(items: Mapping[str, object]) -> dict[str, object]:
        return {key: None if item is None else plain(item) for key, item in items.items()}

    return {
        "label": change.label,
        "at": change.at,
        "question": change.question,
        "outcomes": rows(change.outcomes),
        "answers": rows(change.answers),
        "waivers": rows(change.waivers),
        "facets": rows(change.facets),
    }


def _write_whole(handle: int, data: bytes) -> None:
    if os.write(handle, data) != len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
