"""What every command shares: settings, the terminal, output, and how an error is told.

stdout is the product, stderr is talk. Text reaches either only through `visible`.
"""

from __future__ import annotations

import os
import shutil
import sys
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdshort.errors import (
    BadInputError,
    ExitCode,
    HoldshortError,
    IntegrityError,
    UsageError,
)
from holdshort.model.text import visible, visible_lines

if TYPE_CHECKING:
    from holdshort.walkthrough.visit import Visit

MIN_COLUMNS, MIN_ROWS = 40, 10
MAX_COLUMNS = 100
"""Widest line of text. Source: our own choice; longer ones are hard to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """The settings of one run."""

    repo: Path
    plain: bool = False
    no_input: bool = False

    @property
    def interactive(self) -> bool:
        """Whether a person can be asked: both ends are a terminal and asking is allowed."""
        return not self.no_input and sys.stdin.isatty() and sys.stdout.isatty()

    def plain_reason(self) -> str:
        """Say why lines are used instead of a screen, or return an empty text."""
        if self.plain:
            return "--plain"
        for name in ("HOLDSHORT_PLAIN", "ACCESSIBLE"):
            if os.environ.get(name, "") not in {"", "0"}:
                return f"{name}={os.environ[name]}"
        if (term := os.environ.get("TERM", "")) in {"", "dumb", "unknown"}:
            return f"TERM={term}"
        columns, rows = os.get_terminal_size() if sys.stdout.isatty() else (80, 24)
        if columns < MIN_COLUMNS or rows < MIN_ROWS:
            return f"the window is {columns}x{rows}"
        return ""

    def visit(self) -> Visit:
        """Open the repository."""
        from holdshort.walkthrough.visit import Visit  # noqa: PLC0415 - lazy by design

        return Visit.open(self.repo, state=state_folder(), now=now)


def now() -> datetime:
    """Return the time, aware, in UTC."""
    return datetime.now(UTC)


def state_folder() -> Path:
    """Return the folder of drafts and crash reports.

    Raises:
        UsageError: HOLDSHORT_STATE_DIR is a relative path.
    """
    import platformdirs  # noqa: PLC0415 - lazy by design

    usual = platformdirs.user_state_path("holdshort", appauthor=False)
    return _folder("HOLDSHORT_STATE_DIR") or usual


def cache_folder() -> Path:
    """Return the folder of what may be lost at any time: facts made by earlier checks.

    Raises:
        UsageError: HOLDSHORT_CACHE_DIR is a relative path.
    """
    import platformdirs  # noqa: PLC0415 - lazy by design

    usual = platformdirs.user_cache_path("holdshort", appauthor=False)
    return _folder("HOLDSHORT_CACHE_DIR") or usual


def _folder(variable: str) -> Path | None:
    given = os.environ.get(variable)
    if given and not Path(given).is_absolute():
        raise UsageError(f"{variable} must be an absolute path")
    return Path(given) if given else None


def columns() -> int:
    """Return how wide lines of text may be: the terminal, at most 100; 80 without one."""
    return min(max(shutil.get_terminal_size((80, 24)).columns, MIN_COLUMNS), MAX_COLUMNS)


def arrow() -> str:
    """Return an arrow that stdout can write."""
    return "→" if draws("→") else "->"


def draws(text: str) -> bool:
    """Tell whether stdout can write these characters."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def say(text: str) -> None:
    """Print a line of the product."""
    click.echo(visible_lines(text))


def ask(prompt: str) -> str:
    """Print a prompt as part of the product and return the line typed.

    Raises:
        EOFError: the input has ended.
    """
    click.echo(visible(prompt), nl=False)
    return input()


def talk(text: str) -> None:
    """Print a line about the product, on stderr."""
    click.echo(visible_lines(text), err=True)


def failed(error: HoldshortError) -> int:
    """Tell an error and return its exit code."""
    talk(f"holdshort: {error.message}")
    if error.hint:
        talk(f"  {error.hint}")
    return int(error.exit_code)


def malformed(error: HoldshortError) -> HoldshortError:
    """Return the error of a record that cannot be read: its integrity is what is in doubt."""
    if isinstance(error, BadInputError):
        return IntegrityError(error.message, error.hint)
    return error


def report_crash(error: BaseException) -> int:
    """Write a crash report, say where it is, and return the code of a defect."""
    text = "".join(traceback.format_exception(error))
    talk(f"holdshort: a defect in holdshort stopped this command ({type(error).__name__})")
    try:
        folder = state_folder() / "crashes"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{now():%Y%m%dT%H%M%S}-{os.getpid()}.txt"
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
        talk(f"  Your saved answers are safe. The report: {path}")
    except (OSError, UsageError):
        talk(f"  Your saved answers are safe. The report could not be written: {error}")
    return int(ExitCode.DEFECT)
