"""The auto-checks of one commit, in a child process that streams findings as JSON lines.

A thread would cost the interface its latency; a child costs it nothing and can be killed. It
starts as `python -P -m holdshort check --stream` in the root folder, so that nothing of the
reviewed repository is ever on its import path. A check whose finding never arrives is unknown.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import holdshort
from holdshort.model.finding import Confidence, Finding, Outcome

MAX_LINE_BYTES = 4_000_000

LIMIT_S = 90.0
"""When a child that should have kept its own budgets is ended. Source: 60 s for all checks
(`docs/promises.md`, G9), and half of it again."""


class CheckRun:
    """One run of the checks; iterate it once for the findings as they come."""

    def __init__(
        self,
        root: Path,
        commit: str,
        ids: tuple[str, ...],
        *,
        day: date,
        cached: bool = True,
    ) -> None:
        """Start the child process for these checks at a commit.

        Args:
            root: the repository.
            commit: its full id.
            ids: the checks.
            day: when the commit's exceptions are judged, UTC.
            cached: whether facts of earlier runs may be used and kept.
        """
        rest = ["--commit", commit, "--on", day.isoformat(), "--stream"]
        rest += [] if cached else ["--no-cache"]
        self._expected = ids
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and fixed words
            [*own_command(), "--repo", str(root), "check", *ids, *rest],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=own_environment(),
            start_new_session=True,
        )

    def __iter__(self) -> Iterator[Finding]:
        """Yield findings as they arrive, then an unknown one for each that never did."""
        missing = dict.fromkeys(self._expected)
        stream = self._child.stdout
        deadline = threading.Timer(LIMIT_S, self._kill)
        deadline.daemon = True
        deadline.start()
        try:
            while stream and (line := stream.readline(MAX_LINE_BYTES)):
                finding = _finding(line)
                if finding and finding.id in missing:
                    del missing[finding.id]
                    yield finding
        finally:
            deadline.cancel()
            self.stop()
        for name in missing:
            yield not_checked(name, "the check process ended before this check reported")

    def stop(self) -> None:
        """End the child and everything it started; safe to call twice."""
        self._kill()
        self._child.wait()
        if self._child.stdout:
            self._child.stdout.close()

    def _kill(self) -> None:
        if self._child.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)


def not_checked(name: str, why: str) -> Finding:
    """Return the finding of a check that could not look: unknown, never a pass."""
    return Finding(
        id=name,
        version="",
        outcome=Outcome.UNKNOWN,
        confidence=Confidence.UNSURE,
        headline=f"Not checked: {why}",
    )


def own_command() -> list[str]:
    """Return the command that starts this very program without a foreign import path."""
    return [sys.executable, "-P", "-m", "holdshort"]


def own_environment() -> dict[str, str]:
    """Return the environment for `own_command`: our package, and no other import path."""
    package = Path(holdshort.__file__).resolve().parent
    return {**os.environ, "PYTHONPATH": str(package.parent), "PYTHONSAFEPATH": "1"}


def _finding(line: bytes) -> Finding | None:
    try:
        return Finding.from_json(json.loads(line))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
