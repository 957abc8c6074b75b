"""Drafts: what a person has answered and not yet signed, one journal each.

One folder per draft in the user's own state directory, 0700, files 0600: `journal.jsonl`, to
which every step is appended before the screen is repainted (`storage.journal`), and `lock`,
held with flock while a session writes, naming host, process and start time. The journal is
never rewritten, so there is no snapshot to tear (`docs/adr/0004-journal-without-snapshots.md`).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from holdshort.errors import (
    BadInputError,
    HoldshortError,
    MissingEnvironmentError,
    RepositoryStateError,
)
from holdshort.model.review import Change
from holdshort.model.text import one_line
from holdshort.storage.draft_state import (
    DraftKey,
    DraftState,
    Place,
    change_step,
    opening_step,
    replayed,
)
from holdshort.storage.journal import Journal

__all__ = ["Draft", "DraftInfo", "DraftKey", "DraftState", "DraftStore", "Place"]

_JOURNAL = "journal.jsonl"


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
        self._journal = Journal(folder / _JOURNAL)

    def record(self, change: Change) -> None:
        """Save one change and move the state on.

        Raises:
            MissingEnvironmentError: not saved; the state is as before.
            RepositoryStateError: another session holds the draft.
        """
        self._append(
            change_step(change),
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
        """Remember where the person is: worth no disk flush, and no answer when it fails."""
        if place == self.state.place:
            return
        event = {"op": "place", "question": place.question, "filter": place.filter}
        state = replace(self.state, place=place)
        with suppress(HoldshortError):
            self._append(event, state, flush=False)
        self.state = state

    def deepen(self, profile: str) -> None:
        """Continue the draft at another profile."""
        if profile != self.state.profile:
            event = {"op": "profile", "profile": profile}
            self._append(event, replace(self.state, profile=profile))

    def close(self) -> None:
        """Give up the lock; what was saved stays."""
        self._journal.close()
        if self._lock is not None:
            os.close(self._lock)
        self._lock = None

    def remove(self) -> None:
        """Delete the draft, after its record has been committed."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def take_lock(self, since: str = "") -> None:
        """Become the writing session, or say in `holder` who is.

        Raises:
            OSError: the lock cannot be made.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        handle = os.open(self.folder / "lock", flags, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            said = os.read(handle, 200).decode(errors="replace")
            self.holder = one_line(said) or "another session"
            os.close(handle)
            return
        self._lock = handle
        when = f" since {since}" if since else ""
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()} on {socket.gethostname()}{when}".encode(), 0)

    def load(self, key: DraftKey) -> bool:
        """Read what was saved, if anything was, and say whether there was.

        Raises:
            BadInputError: the journal cannot be read, or is that of another draft.
            OSError: it cannot be repaired.
        """
        found = self._journal.read(repair=not self.holder)
        if not found.steps:
            return False
        self.state, self.damage = replayed(found.steps, str(self.folder / _JOURNAL)), found.damage
        if self.state.key != key:
            raise BadInputError(
                f"{self.folder / _JOURNAL} is the journal of another draft",
                "It was left as it is. Move it away to begin the draft anew.",
            )
        return True

    def _append(
        self, event: Mapping[str, object], state: DraftState, *, flush: bool = True
    ) -> None:
        if self.holder:
            raise RepositoryStateError(
                f"this draft is being written by {self.holder}",
                "Nothing was changed. Close the other session, then try again.",
            )
        try:
            self._journal.append(event, flush=flush)
        except OSError as error:
            raise MissingEnvironmentError(
                f"NOT SAVED: {error.strerror or error} ({self.folder / _JOURNAL})",
                "Everything saved before is kept. Make room or fix the folder, then answer again.",
            ) from error
        self.state = state

    def begin(self) -> None:
        """Write the first step of a new draft.

        Raises:
            MissingEnvironmentError: it was not saved.
        """
        self._append(opening_step(self.state), self.state)


class DraftStore:
    """The drafts of one user, in one folder."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder; it is made when the first draft is."""
        self._folder = folder

    def list(self, root_commit: str = "") -> tuple[DraftInfo, ...]:
        """Return the drafts, newest first; of one repository when its root commit is given."""
        found = []
        for folder in self._folders():
            with suppress(BadInputError, OSError):
                found.append(self._info(folder))
        kept = [one for one in found if one and root_commit in {"", one.state.key.root_commit}]
        return tuple(sorted(kept, key=lambda one: -one.saved_at))

    def unreadable(self) -> tuple[str, ...]:
        """Return why each draft that `list` leaves out cannot be read."""
        said = []
        for folder in self._folders():
            try:
                self._info(folder)
            except (BadInputError, OSError) as error:
                said.append(str(error))
        return tuple(said)

    def open(self, key: DraftKey, *, profile: str, started_at: str) -> Draft:
        """Open a draft, or begin one; a lock held elsewhere leaves it readable.

        Raises:
            MissingEnvironmentError: the state directory cannot be written.
            BadInputError: the journal cannot be read.
        """
        draft = self._blank(key, profile, started_at)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.folder.mkdir(mode=0o700, exist_ok=True)
            draft.take_lock(started_at)
            if not draft.load(key):
                draft.begin()
        except OSError as error:
            draft.close()
            raise MissingEnvironmentError(
                f"the draft folder cannot be used: {error}",
                "Nothing was changed. Set HOLDSHORT_STATE_DIR to a folder you can write.",
            ) from error
        except HoldshortError:
            draft.close()
            raise
        return draft

    def peek(self, key: DraftKey, *, profile: str, started_at: str) -> Draft:
        """Return a draft for reading only, empty when none was begun; nothing is written.

        Raises:
            MissingEnvironmentError: it may not be read.
            BadInputError: the journal cannot be read.
        """
        draft = self._blank(key, profile, started_at)
        draft.holder = "nobody: it was opened for reading"
        try:
            draft.load(key)
        except OSError as error:
            raise MissingEnvironmentError(f"the draft cannot be read: {error}") from error
        return draft

    def delete(self, name: str) -> bool:
        """Delete a draft by the name of its folder; False when there is none.

        Raises:
            RepositoryStateError: a session is writing it.
            MissingEnvironmentError: it cannot be deleted.
        """
        folder = next((one for one in self._folders() if one.name == name), None)
        if folder is None:
            return False
        key = DraftKey(root_commit="", model="", release="", checklist="", reviewer="")
        with Draft(folder, DraftState(key=key, profile="", started_at="")) as draft:
            try:
                draft.take_lock()
                if not draft.holder:
                    shutil.rmtree(folder)
            except OSError as error:
                raise MissingEnvironmentError(f"{name} was not deleted: {error}") from error
            if draft.holder:
                raise RepositoryStateError(
                    f"{name} is being written by {draft.holder}",
                    "Nothing was deleted. Close the other session first.",
                )
        return True

    def _blank(self, key: DraftKey, profile: str, started_at: str) -> Draft:
        state = DraftState(key=key, profile=profile, started_at=started_at)
        return Draft(self._folder / key.folder, state)

    def _folders(self) -> Iterator[Path]:
        """Yield the folders that hold a journal, whatever it is."""
        yield from sorted(one.parent for one in self._folder.glob(f"*/{_JOURNAL}"))

    def _info(self, folder: Path) -> DraftInfo | None:
        """Return a draft for a list, None when nothing was ever saved in it.

        Raises:
            BadInputError: it cannot be read.
            OSError: it may not be read.
        """
        journal = folder / _JOURNAL
        steps = Journal(journal).read().steps
        if not steps:
            return None
        state = replayed(steps, str(journal))
        return DraftInfo(state=state, folder=folder, saved_at=journal.stat().st_mtime)
