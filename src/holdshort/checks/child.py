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
import sysconfig
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import holdshort
from holdshort.checks.base import harmless
from holdshort.checks.plugins import installed
from holdshort.model.finding import Confidence, Finding, Outcome
from holdshort.model.text import is_plugin

MAX_LINE_BYTES = 4_000_000

LIMIT_S = 90.0
"""When a child that should have kept its own budgets is ended. Source: 60 s for all checks
(`docs/promises.md`, G9), and half of it again."""


PLUGIN_S = 20.0
"""When the child of a plugin is ended: 10 s for its check, and as long for its imports."""


class CheckRun:
    """One run of the checks; iterate it once for the findings as they come.

    Ours share one child, which starts at once. Each plugin has a child of its own, one after the
    other, so that what it breaks is its own finding.
    """

    def __init__(
        self,
        root: Path,
        commit: str,
        ids: tuple[str, ...],
        *,
        day: date,
        cached: bool = True,
    ) -> None:
        """Start the child process for these checks.

        Args:
            root: the repository.
            commit: its full id; empty for the work tree.
            ids: the checks, of ours and of plugins.
            day: when exceptions are judged, UTC.
            cached: whether facts of earlier runs may be used and kept.
        """
        self._root = root
        self._rest = ["--on", day.isoformat(), "--stream"]
        self._rest += ["--commit", commit] if commit else []
        self._rest += [] if cached else ["--no-cache"]
        ours = tuple(one for one in ids if not is_plugin(one))
        self._waiting = [ours] if ours else []
        self._waiting += [(one,) for one in ids if is_plugin(one)]
        self._stopped = False
        self._child: subprocess.Popen[bytes] | None = None
        if ours:
            self._child = self._start(ours)

    def __iter__(self) -> Iterator[Finding]:
        """Yield findings as they arrive, then an unknown one for each that never did."""
        for batch in self._waiting:
            missing = dict.fromkeys(batch)
            for finding in self._findings(batch):
                if finding.id in missing:
                    del missing[finding.id]
                    yield harmless(finding) if is_plugin(finding.id) else finding
                if not missing and is_plugin(finding.id):
                    break  # it may have left threads behind; ours may still keep facts
            for name in missing:
                yield not_checked(name, "the check process ended before this check reported")

    def stop(self) -> None:
        """End the child and everything it started, and start none; safe to call twice."""
        self._stopped = True
        self._end()

    def _findings(self, batch: tuple[str, ...]) -> Iterator[Finding]:
        if self._child is None and not self._stopped:
            self._child = self._start(batch)
        child = self._child
        if child is None or child.stdout is None:
            return
        limit_s = PLUGIN_S if is_plugin(batch[0]) else LIMIT_S
        deadline = threading.Timer(limit_s, self._kill)
        deadline.daemon = True
        deadline.start()
        try:
            while line := child.stdout.readline(MAX_LINE_BYTES):
                if finding := _finding(line):
                    yield finding
        finally:
            deadline.cancel()
            self._end()

    def _start(self, batch: tuple[str, ...]) -> subprocess.Popen[bytes] | None:
        words, environment = [*batch, *self._rest], own_environment()
        if is_plugin(batch[0]):
            plugin = next((one for one in installed(self._root) if one.id == batch[0]), None)
            if plugin is None:
                return None
            words.append("--inside")
            environment = own_environment(plugin.folder)
        return subprocess.Popen(  # noqa: S603 - our own interpreter and fixed words
            [*own_command(), "--repo", str(self._root), "check", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=environment,
            start_new_session=True,
        )

    def _end(self) -> None:
        child = self._child
        self._kill()
        if child:
            child.wait()
            if child.stdout:
                child.stdout.close()
        self._child = None

    def _kill(self) -> None:
        child = self._child
        if child and child.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)


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


def own_environment(*more: Path) -> dict[str, str]:
    """Return the environment for `own_command`: our package, these folders, no other path."""
    package = Path(holdshort.__file__).resolve().parent
    always = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    known = (str(one) for one in more if str(one) not in always)
    path = os.pathsep.join((str(package.parent), *known))
    return {**os.environ, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"}


def _finding(line: bytes) -> Finding | None:
    try:
        return Finding.from_json(json.loads(line))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
