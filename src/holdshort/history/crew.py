"""Looks in child processes, several at a time; one that crashes or hangs costs one commit.

Each child is a fork of this process, so it starts at once with everything that is known. It is
given a batch of states and tells one line for each that it begins and one for each that it has
looked at. When it ends early or falls silent it is killed, the state it was at is unknown with the
reason, and another child does the rest.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, Self

from holdshort.checks.facts.codec import decode, encode
from holdshort.model.history import Look

SILENCE_S = 90.0
"""Longest look, after which its process is ended. Source: 60 s for all checks (docs/promises.md,
G9), and half of it again."""

MAX_PROCESSES = 4
"""Most children. Source: our own limit; each needs the memory of one `holdshort check`."""

_CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Told:
    """A state that a child begins to look at, or has looked at."""

    state: int
    look: Look | None = None


@dataclass(slots=True)
class _Child:
    process: int
    tasks: int
    results: int
    batch: deque[int] = field(default_factory=deque)
    is_busy: bool = False
    heard_s: float = 0.0
    held: bytes = b""


class Crew:
    """A few children that look at states; a context manager that ends them all."""

    def __init__(
        self,
        look: Callable[[int], Look],
        reach: Callable[[int, Look], range],
        unlooked: Callable[[str], Look],
        *,
        silence_s: float = SILENCE_S,
    ) -> None:
        """Start nothing yet.

        Args:
            look: looks at a state, in a child.
            reach: the states around one that a look tells about; a child skips them in a batch.
            unlooked: the look at a state that ended a child, by the reason.
            silence_s: how long a child may say nothing.
        """
        self._look, self._reach, self._unlooked = look, reach, unlooked
        self._silence_s = silence_s
        self._children: list[_Child] = []

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """End every child."""
        for child in list(self._children):
            self._end(child)

    def work(self, batches: Sequence[Sequence[int]]) -> Iterator[Told]:
        """Yield what is told of the states in some batches, until all are looked at or skipped."""
        waiting = deque(deque(batch) for batch in batches)
        while waiting or any(child.is_busy for child in self._children):
            self._give(waiting)
            busy = {child.results: child for child in self._children if child.is_busy}
            ready, _, _ = select.select(list(busy), [], [], self._silence_s / 10)
            for pipe in ready:
                yield from self._heard(busy[pipe], waiting)
            for pipe in busy.keys() - set(ready):
                if time.monotonic() - busy[pipe].heard_s > self._silence_s:
                    why = f"the checks were still busy after {self._silence_s:.0f} s"
                    yield from self._lost(busy[pipe], waiting, why)

    def _give(self, waiting: deque[deque[int]]) -> None:
        """Hand a batch to every idle child, starting children as long as there is work."""
        idle = [child for child in self._children if not child.is_busy]
        while waiting and (idle or len(self._children) < _processes()):
            child = idle.pop() if idle else self._start()
            child.batch, child.is_busy = waiting.popleft(), True
            child.heard_s = time.monotonic()
            with contextlib.suppress(BrokenPipeError):  # its end is noticed when it is listened to
                os.write(child.tasks, " ".join(map(str, child.batch)).encode() + b"\n")

    def _heard(self, child: _Child, waiting: deque[deque[int]]) -> Iterator[Told]:
        """Yield what a child has said; nothing to read means that it has ended."""
        data = os.read(child.results, _CHUNK_BYTES)
        if not data:
            yield from self._lost(child, waiting, "the process of the checks ended early")
            return
        child.heard_s = time.monotonic()
        *lines, child.held = (child.held + data).split(b"\n")
        for line in lines:
            word, state, row = line.split(b" ", 2)
            if word == b"done":
                child.is_busy = False
            elif word == b"begins":
                while child.batch[0] != int(state):
                    child.batch.popleft()
                yield Told(int(state))
            else:
                yield Told(child.batch.popleft(), decode(Look, row))

    def _lost(self, child: _Child, waiting: deque[deque[int]], why: str) -> Iterator[Told]:
        """Yield the state that a child was at, and put back what it has not begun."""
        batch = child.batch
        self._end(child)
        if batch:
            yield Told(batch.popleft(), self._unlooked(why))
        if batch:
            waiting.appendleft(batch)

    def _start(self) -> _Child:
        tasks, give = os.pipe()
        results, tell = os.pipe()
        process = os.fork()
        if not process:
            for other in (give, results, *self._pipes()):
                os.close(other)
            _serve(tasks, tell, self._look, self._reach)
        os.close(tasks)
        os.close(tell)
        with contextlib.suppress(OSError):  # the child does the same, and may have ended
            os.setpgid(process, process)
        child = _Child(process, give, results)
        self._children.append(child)
        return child

    def _pipes(self) -> list[int]:
        return [pipe for child in self._children for pipe in (child.tasks, child.results)]

    def _end(self, child: _Child) -> None:
        self._children.remove(child)
        for pipe in (child.tasks, child.results):
            os.close(pipe)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process, signal.SIGKILL)
        os.waitpid(child.process, 0)


def _processes() -> int:
    return min(os.cpu_count() or 1, MAX_PROCESSES)


def _serve(
    tasks: int, results: int, look: Callable[[int], Look], reach: Callable[[int, Look], range]
) -> None:
    """Look at batch after batch until there is no more, then leave without any clean-up."""
    try:
        os.setpgid(0, 0)  # what it starts is ended with it, and Ctrl-C is for the parent alone
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        with os.fdopen(tasks, "rb") as batches, os.fdopen(results, "wb") as out:
            for batch in batches:
                known: set[int] = set()
                for state in map(int, batch.split()):
                    if state not in known:
                        _tell(out, b"begins %d " % state)
                        found = look(state)
                        known.update(reach(state, found))
                        _tell(out, b"looked %d " % state + encode(found))
                _tell(out, b"done 0 ")
    finally:
        os._exit(0)


def _tell(out: IO[bytes], line: bytes) -> None:
    out.write(line + b"\n")
    out.flush()
