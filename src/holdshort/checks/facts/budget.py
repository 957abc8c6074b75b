"""The time a check may take, looked at between files.

Reading what all checks share is not charged to the one that asks first: it counts against the
time of all checks together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Budget:
    """When the present check, and all of them, must have ended, by one clock in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Limit nothing yet."""
        self._clock = clock
        self._deadline_s = self._end_s = float("inf")

    def begin(self, deadline_s: float, end_s: float) -> None:
        """Give the next check its own deadline, and all checks theirs."""
        self._deadline_s, self._end_s = min(deadline_s, end_s), end_s

    def tick(self) -> None:
        """Stop the check when its time is up.

        Raises:
            TimeoutError: the deadline has passed.
        """
        if self._clock() > self._deadline_s:
            raise TimeoutError

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Charge what happens inside to all checks together."""
        began_s, deadline_s = self._clock(), self._deadline_s
        self._deadline_s = self._end_s
        try:
            yield
        finally:
            self._deadline_s = min(deadline_s + self._clock() - began_s, self._end_s)
