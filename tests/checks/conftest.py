"""Repositories in memory, as checks see them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import pytest

from holdshort.checks.base import run
from holdshort.model.finding import Finding

TOO_LARGE = 27


class Entry(NamedTuple):
    """One tracked entry."""

    path: str
    mode: str = "100644"
    blob: str = ""


class MemoryView:
    """A `RepoView` over a mapping of paths to texts or bytes."""

    commit = "0" * 40
    dirty = False

    def __init__(
        self,
        files: Mapping[str, str | bytes],
        modes: Mapping[str, str] | None = None,
        untracked: Collection[str] = (),
    ) -> None:
        """Keep the files; every mode is a plain file unless told otherwise."""
        self._files = {
            path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()
        }
        self._modes = modes or {}
        self._untracked = untracked
        self.reads: list[str] = []

    def entries(self) -> Sequence[Entry]:
        """Return every path, sorted."""
        return [
            Entry(path, self._modes.get(path, "100644"), hashlib.sha1(data).hexdigest())  # noqa: S324
            for path, data in sorted(self._files.items())
        ]

    def read(self, path: str, limit_bytes: int) -> bytes:
        """Return the bytes of a file, or refuse a large one."""
        self.reads.append(path)
        data = self._files[path]
        if len(data) > limit_bytes:
            raise OSError(TOO_LARGE, "too large")
        return data

    def state(self) -> str:
        """Return what tells these files from others."""
        return repr(sorted(self._files.items()))

    def read_many(
        self, paths: Sequence[str], limit_bytes: int
    ) -> Iterator[tuple[str, bytes | OSError]]:
        """Yield each file, or why it is refused."""
        for path in paths:
            try:
                yield path, self.read(path, limit_bytes)
            except OSError as error:
                yield path, error

    def tracked(self, paths: Sequence[str], limit_bytes: int) -> Iterator[tuple[str, int, bytes]]:
        """Yield each file with its size and, up to the limit, its bytes."""
        for path in paths:
            if path in self._files:
                data = self._files[path]
                yield path, len(data), data if len(data) <= limit_bytes else b""

    def untracked(self, paths: Sequence[str]) -> Sequence[str]:
        """Return those of these paths that were said to lie there untracked."""
        return tuple(path for path in paths if path in self._untracked)


Look = Callable[..., Finding]


@pytest.fixture
def look() -> Look:
    """Run one check over files in memory."""

    def look_at(
        files: Mapping[str, str | bytes], check_id: str, untracked: Collection[str] = ()
    ) -> Finding:
        (finding,) = run(MemoryView(files, untracked=untracked), [check_id])
        return finding

    return look_at


@pytest.fixture
def view() -> type[MemoryView]:
    """Make a view of files in memory."""
    return MemoryView
