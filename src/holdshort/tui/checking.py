"""The checks beside the interface: a child process read by a thread, handed over in batches.

The thread only reads the pipe. Findings reach the engine on the interface's own thread, at most
once every `BATCH_S` seconds, so that a burst of them never stands between a key and the screen.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holdshort.model.finding import Finding
    from holdshort.walkthrough.visit import Visit

BATCH_S = 0.1
"""Source: measured; shorter batches made keys slower, longer ones look like a stall."""


class Checking:
    """The runs of one visit.

    Attributes:
        running: ids that have been asked for and have not reported.
        elapsed_s: seconds from the start of the last run to its newest finding.
    """

    def __init__(self, visit: Visit, later: Callable[[float, Callable[[], None]], object]) -> None:
        """Keep the visit and the interface's timer, `later(seconds, callback)`."""
        self._visit = visit
        self._later = later
        self._arrived: deque[Finding] = deque()
        self._stops: list[Callable[[], None]] = []
        self._started = 0.0
        self.running: set[str] = set()
        self.elapsed_s = 0.0

    @property
    def total(self) -> int:
        """How many checks there are."""
        return len(self._visit.check_ids)

    @property
    def done(self) -> int:
        """How many have reported."""
        return len(self._visit.findings)

    def start(self, changed: Callable[[], None], ids: tuple[str, ...] = ()) -> None:
        """Run these checks, or all; call `changed` after each batch of findings."""
        wanted = ids or self._visit.check_ids
        run = self._visit.start_checks(wanted)
        self.running.update(wanted)
        self._started = time.monotonic()
        self._stops.append(run.stop)
        threading.Thread(target=self._read, args=(run,), daemon=True, name="checks").start()
        self._later(BATCH_S, lambda: self._hand_over(changed))

    def stop(self) -> None:
        """End every child process."""
        self.running.clear()
        for stop in self._stops:
            stop()
        self._stops.clear()

    def _read(self, run: Iterable[Finding]) -> None:
        try:
            for finding in run:
                self._arrived.append(finding)
        except (OSError, ValueError):
            return  # the pipe was closed under us: the interface is leaving

    def _hand_over(self, changed: Callable[[], None]) -> None:
        arrived = bool(self._arrived)
        while self._arrived:
            finding = self._arrived.popleft()
            self._visit.take(finding)
            self.running.discard(finding.id)
            self.elapsed_s = time.monotonic() - self._started
        if arrived:
            changed()
        if self.running:
            self._later(BATCH_S, lambda: self._hand_over(changed))
