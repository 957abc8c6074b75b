"""One line on the terminal that tells how far a long command is, and goes away with it.

It is written to stderr, and only where that is a terminal which can take a line back; with
`--plain` nothing moves, and one line says how to stop.
"""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import Self

from holdshort.cli.console import Console, columns, talk
from holdshort.model.history import Moment
from holdshort.model.text import one_line

EVERY_S = 0.1
"""Shortest time between two pictures. Source: our own choice; faster cannot be read."""

_CLEAR = "\r\x1b[K"


class Progress:
    """The line; a context manager that clears it."""

    def __init__(self, console: Console) -> None:
        """Show nothing yet."""
        self._shown_s = 0.0
        is_terminal = sys.stderr.isatty()
        self._moves = is_terminal and not console.plain_reason()
        if is_terminal and not self._moves:
            talk("Looking at commits; Ctrl-C stops and shows what is known so far.")

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Clear the line."""
        if self._shown_s:
            self._write("")

    def show(self, at: Moment, looked: int, known: int, total: int) -> None:
        """Tell that a commit is looked at now."""
        if not self._moves or time.monotonic() - self._shown_s < EVERY_S:
            return
        self._shown_s = time.monotonic()
        said = (
            f"looked at {looked}, {known:,} of {total:,} commits known;"
            f" now {at.commit[:7]}, {at.at:%Y-%m-%d}: {one_line(at.subject)}"
        )
        self._write(one_line(said, columns() - 1))

    def _write(self, text: str) -> None:
        os.write(sys.stderr.fileno(), (_CLEAR + text).encode("ascii", "replace"))
