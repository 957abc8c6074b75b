"""An append-only file of steps: what has been appended is on the disk.

One step a line: `<first 16 hex of SHA-256 of the JSON> <JSON>`. In: a mapping per step; out: the
steps in the order of their lines, never of a clock. A last line that was never finished is
dropped. A damaged line ends the reading: the rest is set aside in a file of its own, and the
caller is told. Only a regular file is read or written, never through a symbolic link.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from holdshort.errors import BadInputError

Step = dict[str, object]

_SUM_CHARS = 16
_SAFELY = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


@dataclass(frozen=True, slots=True)
class Steps:
    """What a journal holds.

    Attributes:
        steps: every step that could be read, in order.
        damage: what could not, in words; empty when all was well.
    """

    steps: tuple[Step, ...]
    damage: str = ""


class Journal:
    """One journal file; reading makes nothing, the first step makes the file."""

    def __init__(self, path: Path) -> None:
        """Remember where it stands."""
        self._path = path
        self._handle: int | None = None
        self._end = 0
        self._is_torn = False

    def read(self, *, repair: bool = False) -> Steps:
        """Return the steps; with `repair` also clear the way for the next one.

        Raises:
            BadInputError: no regular file stands there, or its first line is no step.
            OSError: it cannot be read, or not be repaired.
        """
        data = _content(self._path)
        steps, good = _steps(data)
        rest = data[good:]
        damage = ""
        if b"\n" in rest:
            where = f"{self._path}:{data.count(bytes([10]), 0, good) + 1}"
            if not steps:
                raise BadInputError(
                    f"{where}: not a draft journal",
                    "It was left as it is. Move it away to begin the draft anew.",
                )
            damage = f"{where}: damaged; what stands from here on was set aside, not read"
            if repair:
                _set_aside(self._path, data)
        if rest and repair:
            os.truncate(self._path, good)
        self._end = good
        return Steps(steps, damage)

    def append(self, step: Mapping[str, object], *, flush: bool = True) -> None:
        """Add one step; with `flush` it is on the disk when this returns.

        Raises:
            OSError: not added; the journal is as it was before.
        """
        data, handle = _line(step), self._opened()
        self._refuse_changed(handle)
        try:
            _write_whole(handle, data)
            if flush:
                os.fsync(handle)
            if not self._end:
                _sync_folders(self._path)
        except OSError:
            self._is_torn = True
            with suppress(OSError):
                self._cut(handle)
            raise
        self._end += len(data)

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        if self._handle is not None:
            os.close(self._handle)
        self._handle = None

    def _opened(self) -> int:
        if self._handle is None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | _SAFELY
            self._handle = os.open(self._path, flags, 0o600)
        return self._handle

    def _refuse_changed(self, handle: int) -> None:
        """Refuse a file that is gone, or that somebody else has written to."""
        if self._is_torn:
            self._cut(handle)
        found = os.fstat(handle)
        if not found.st_nlink:
            raise OSError(errno.ENOENT, "the draft was deleted meanwhile")
        if found.st_size != self._end:
            raise OSError(errno.ESTALE, "another program has changed the journal")

    def _cut(self, handle: int) -> None:
        """Take away what a failed step left; a step after it would be unreadable."""
        os.ftruncate(handle, self._end)
        self._is_torn = False


def _content(path: Path) -> bytes:
    """Return the bytes of a regular file, none when nothing stands there."""
    try:
        handle = os.open(path, os.O_RDONLY | _SAFELY)
    except FileNotFoundError:
        return b""
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.EMLINK}:
            raise BadInputError(f"{path} is a symbolic link, not a journal", _LEFT) from error
        raise
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise BadInputError(f"{path} is no regular file, so not a journal", _LEFT)
        return file.read()


_LEFT = "It was not followed or changed. Move it away to begin the draft anew."


def _steps(data: bytes) -> tuple[tuple[Step, ...], int]:
    """Return the steps up to the first line that is none, and where it begins."""
    steps, good = [], 0
    while (end := data.find(b"\n", good)) >= 0:
        step = _step(data[good:end])
        if step is None:
            break
        steps.append(step)
        good = end + 1
    return tuple(steps), good


def _step(line: bytes) -> Step | None:
    digest, _, body = line.partition(b" ")
    if _sum(body) != digest:
        return None
    step = json.loads(body)
    return step if isinstance(step, dict) else None


def _line(step: Mapping[str, object]) -> bytes:
    body = json.dumps(step, ensure_ascii=False, separators=(",", ":")).encode()
    return _sum(body) + b" " + body + b"\n"


def _sum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:_SUM_CHARS].encode()


def _write_whole(handle: int, data: bytes) -> None:
    if os.write(handle, data) != len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _set_aside(path: Path, data: bytes) -> None:
    """Write a copy beside the journal, on the disk before anything is cut off."""
    number = 1
    while (copy := path.with_name(f"journal.damaged-{number}")).exists():
        number += 1
    handle = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFELY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(handle)


def _sync_folders(path: Path) -> None:
    """Make a new file's name, and those of the folders made for it, survive a power cut."""
    for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
