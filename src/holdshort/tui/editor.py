"""The real terminal, lent to another program: the person's editor, or one that asks a passphrase.

`$VISUAL` or `$EDITOR` is split into words and started without a shell, on the real terminal while
the interface is suspended. A text passes through a private temporary file.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from textual.app import App, SuspendNotSupported

from holdshort.errors import HoldshortError, MissingEnvironmentError

_Result = TypeVar("_Result")

FALLBACK = "vi"
"""Source: POSIX, the editor every system has."""


def edit_text(app: App[int], value: str) -> str:
    """Let the person edit a text, and return it.

    Raises:
        MissingEnvironmentError: there is no editor, or it failed; nothing was changed.
    """
    with tempfile.TemporaryDirectory(prefix="holdshort-") as folder:
        path = Path(folder) / "note.txt"
        path.write_text(value, encoding="utf-8")
        _run(app, [*_editor(), str(path)])
        return path.read_text(encoding="utf-8", errors="replace")


def open_file(app: App[int], path: Path, line: int) -> None:
    """Show a file at a line.

    Raises:
        MissingEnvironmentError: there is no editor, or it failed.
    """
    _run(app, [*_editor(), *([f"+{line}"] if line else []), str(path)])


def _editor() -> list[str]:
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or FALLBACK
    try:
        return shlex.split(chosen) or [FALLBACK]
    except ValueError as error:
        raise MissingEnvironmentError(f"the editor {chosen!r} cannot be read: {error}") from error


def on_terminal(app: App[int], work: Callable[[], _Result]) -> _Result:
    """Do something on the real terminal while the interface stands aside, and come back.

    Raises:
        MissingEnvironmentError: this terminal cannot be lent.
        HoldshortError: what the work raised.
    """
    failed: list[Exception] = []
    done: list[_Result] = []
    try:
        with app.suspend():  # Textual comes back only when nothing is raised in here
            try:
                done.append(work())
            except (HoldshortError, OSError) as error:
                failed.append(error)
    except SuspendNotSupported as error:
        raise MissingEnvironmentError("this terminal cannot be lent to a program") from error
    if failed:
        raise failed[0]
    return done[0]


def _run(app: App[int], command: list[str]) -> None:
    def work() -> int:
        return subprocess.run(command, check=False).returncode  # noqa: S603 - one's own editor

    try:
        code = on_terminal(app, work)
    except OSError as error:
        raise MissingEnvironmentError(
            f"the editor {command[0]!r} cannot be started: {error.strerror}",
            "Set EDITOR, then try again.",
        ) from error
    if code:
        raise MissingEnvironmentError(
            f"the editor {command[0]!r} ended with {code}; nothing was changed"
        )
