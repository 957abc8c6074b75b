"""Files of the work tree, read and written without leaving the repository.

Only regular files, never through a symbolic link, a FIFO or a device, never above the root and
never inside `.git`. Paths are relative, with `/`. Everything refused is an OSError.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_OPEN = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_PIECE_BYTES = 1024 * 1024


class WorkFiles:
    """The work tree under one root; folders found to be real are remembered."""

    def __init__(self, root: Path) -> None:
        """Look at the work tree under `root`, which is absolute and real."""
        self._root = os.fspath(root)
        self._real = {""}

    def read(self, path: str, limit_bytes: int) -> bytes:
        """Return a regular file's bytes.

        Raises:
            OSError: it is not there, not readable, not regular, too large, or outside.
        """
        with self.opened(path) as (descriptor, size):
            if size > limit_bytes:
                raise OSError(errno.EFBIG, f"{size} bytes, more than {limit_bytes}", path)
            return b"".join(_pieces(descriptor, limit_bytes))

    def blob_id(self, path: str, algorithm: str) -> str:
        """Return the id git would give the file's bytes, unfiltered.

        Raises:
            OSError: as for `read`, or the file grew meanwhile.
        """
        with self.opened(path) as (descriptor, size):
            total = hashlib.new(algorithm, b"blob %d\0" % size, usedforsecurity=False)
            for piece in _pieces(descriptor, size):
                total.update(piece)
            return total.hexdigest()

    def mode(self, path: str) -> int:
        """Return the file's `st_mode`, of a symbolic link its own; 0 when nothing is there.

        Raises:
            OSError: a parent folder is not a real one, or cannot be looked at.
        """
        found = self.status(path)
        return found.st_mode if found else 0

    def status(self, path: str) -> os.stat_result | None:
        """Return the file's `stat`, of a symbolic link its own; None when nothing is there.

        Raises:
            OSError: as for `mode`.
        """
        try:
            return os.lstat(self._place(path))
        except FileNotFoundError:
            return None

    def link(self, path: str) -> bytes:
        """Return where a symbolic link points, as it is written.

        Raises:
            OSError: it is no link, or a parent folder is not a real one.
        """
        return os.fsencode(os.readlink(self._place(path)))  # noqa: PTH115 - as in `write`

    @contextmanager
    def opened(self, path: str) -> Iterator[tuple[int, int]]:
        """Open a regular file for reading: its descriptor and size in bytes.

        Raises:
            OSError: as for `read`.
        """
        descriptor = os.open(self._place(path), os.O_RDONLY | _OPEN)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise OSError(errno.EINVAL, "not a regular file", path)
            yield descriptor, found.st_size
        finally:
            os.close(descriptor)

    def write(self, path: str, data: bytes) -> None:
        """Put a file in place: old or new, never a mixture, and on the disk on return.

        Raises:
            OSError: the disk, a permission, or a parent that is no real folder.
        """
        place = self._place(path, create=True)
        spare = f"{place}.{os.getpid()}.tmp"
        descriptor = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _OPEN, 0o666)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(spare, place)  # noqa: PTH105 - names with foreign bytes stay strings here
        except BaseException:
            os.unlink(spare)  # noqa: PTH108 - as above
            raise
        _sync_folder(os.path.dirname(place))  # noqa: PTH120 - as above

    def _place(self, path: str, *, create: bool = False) -> str:
        parts = path.split("/")
        if any(part in ("", ".", "..") or part.casefold() == ".git" for part in parts):
            raise OSError(errno.EINVAL, "not a path inside the work tree", path)
        self._check_folder("/".join(parts[:-1]), create=create)
        return f"{self._root}/{path}"

    def _check_folder(self, folder: str, *, create: bool) -> None:
        if folder in self._real:
            return
        self._check_folder(folder.rpartition("/")[0], create=create)
        place = f"{self._root}/{folder}"
        if create:
            with suppress(FileExistsError):
                os.mkdir(place)  # noqa: PTH102 - as in `write`
        if not stat.S_ISDIR(os.lstat(place).st_mode):
            raise NotADirectoryError(errno.ENOTDIR, "not a real folder", folder)
        self._real.add(folder)


def _pieces(descriptor: int, limit_bytes: int) -> Iterator[bytes]:
    """Yield what can be read; more than the limit is a file that grew, and refused."""
    while piece := os.read(descriptor, min(limit_bytes + 1, _PIECE_BYTES)):
        limit_bytes -= len(piece)
        if limit_bytes < 0:
            raise OSError(errno.EFBIG, "the file grew while it was read")
        yield piece


def _sync_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
