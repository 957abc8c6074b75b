"""The person's own editor: for a note, or to look at a file of the repository.

`$VISUAL` or `$EDITOR` is split into words and started without a shell, on the real terminal while
the interface is suspended. A text passes through a private temporary file.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from textual.app import App, SuspendNotSupported

from holdshort.errors import MissingEnvironmentError

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


def _run(app: App[int], command: list[str]) -> None:
    try:
        with app.suspend():
            done = subprocess.run(command, check=False)  # noqa: S603 - the person's own editor
    except (OSError, SuspendNotSupported) as error:
        raise MissingEnvironmentError(
            f"the editor {command[0]!r} cannot be started: {error}", "Set EDITOR, then try again."
        ) from error
    if done.returncode:
        raise MissingEnvironmentError(
            f"the editor {command[0]!r} ended with {done.returncode}; nothing was changed"
        )
