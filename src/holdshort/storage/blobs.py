"""Blobs out of one program that stays open, for many questions in a row.

A look at one commit reads a few dozen small files one by one; starting git for each would cost
more than the look. Ids go in as full hex, bytes come out, or why they cannot be read.
Format: git-cat-file(1) "BATCH OUTPUT".
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from holdshort.model.text import one_line
from holdshort.storage.git import GitError, decode, dialogue
from holdshort.storage.git_objects import Reader, refusal, sizes_of


class Blobs:
    """The blobs of one repository; a context manager that ends the program with its block.

    In a forked process it starts a program of its own, for answers cannot be shared.
    """

    def __init__(self, folder: Path) -> None:
        """Start nothing yet."""
        self._folder = folder
        self._sizes: dict[str, int] = {}
        self._asked: set[str] = set()
        self._open = ExitStack()
        self._inherited: list[ExitStack] = []
        self._owner = 0

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the program."""
        if self._owner == os.getpid():
            self._open.close()
        self._owner = 0

    def prepare(self, ids: Iterable[str], also: Callable[[], Iterable[str]] = lambda: ()) -> None:
        """Learn the sizes of blobs that will be asked for, all at once.

        Args:
            ids: the blobs.
            also: more of them, to be learnt when one of the first is not known.
        """
        unknown = [one for one in dict.fromkeys(ids) if one not in self._asked]
        if unknown:
            unknown += [one for one in dict.fromkeys(also()) if one not in self._asked]
            self._asked.update(unknown)
            self._sizes.update(sizes_of(self._folder, dict.fromkeys(unknown)))

    def read(self, ids: Sequence[str], limit_bytes: int) -> Iterator[tuple[str, bytes | OSError]]:
        """Yield each blob's content in the order asked; an OSError where it cannot be read."""
        self.prepare(ids)
        for one in ids:
            yield one, refusal(one, self._sizes.get(one), limit_bytes) or self._content(one)

    def small(
        self, wanted: Sequence[tuple[str, str]], limit_bytes: int
    ) -> Iterator[tuple[str, int, bytes]]:
        """Yield each name with its blob's size and, up to the limit, content; absent ones not."""
        self.prepare(one for _, one in wanted)
        for name, one in wanted:
            size = self._sizes.get(one)
            data = self._content(one) if size is not None and size <= limit_bytes else b""
            if size is not None and isinstance(data, bytes):
                yield name, size, data

    def _content(self, name: str) -> bytes | OSError:
        try:
            if self._owner != os.getpid():
                self._start()
            self._ask(f"{name}\n".encode())
            header = decode(self._answers.line()).split(" ")
            if header[-1] == "missing":
                return FileNotFoundError(f"object {name} is not in this clone")
            content = b"".join(self._answers.take(int(header[2])))
            self._answers.line()
        except GitError as error:
            self.__exit__()
            return OSError(errno.EIO, one_line(error.message, 80))
        return content

    def _start(self) -> None:
        # Letting go of what a parent process opened would end its program.
        self._inherited.append(self._open)
        self._open = ExitStack()
        self._ask, chunks = self._open.enter_context(dialogue(self._folder, "cat-file", "--batch"))
        self._answers = Reader(chunks)
        self._owner = os.getpid()
