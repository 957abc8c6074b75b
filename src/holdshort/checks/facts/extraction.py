"""Facts made of many files at once, on two processors where that saves time.

In: an extractor, a view and files. Out: each file with its facts, or why there are none; facts of a
second process come as `codec.encode` wrote them. It is made by `fork`, so it shares memory and
starts at once; both take the next few files from one pipe until it is empty. What a dead one
leaves undone, the first does.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import signal
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from holdshort.checks.facts.codec import encode
from holdshort.checks.facts.extractors import Extractor, Fact
from holdshort.checks.facts.inventory import File
from holdshort.checks.facts.view import RepoView

ALONE = 48
"""Up to so many files one process is faster. Source: measured; a fork costs about 5 ms."""

_BATCHES = 12
"""Parts of the work; each costs a view two programs, and the last one is waited for."""

_WAIT_S = 0.002


def extract(
    extractor: Extractor[Fact], view: RepoView, files: Sequence[File], tick: Callable[[], None]
) -> Iterator[tuple[str, Fact | OSError | bytes]]:
    """Yield each path with its facts, in no promised order.

    `tick` is called between files; what it raises ends the work.
    """
    with _no_collection():
        if len(files) > ALONE and _may_fork():
            batches = [files[at::_BATCHES] for at in range(_BATCHES)]
            yield from _shared(extractor, view, batches, tick)
            return
        for path, row in _rows(extractor, view, files):
            tick()
            yield path, row


def _shared(
    extractor: Extractor[Fact],
    view: RepoView,
    batches: Sequence[Sequence[File]],
    tick: Callable[[], None],
) -> Iterator[tuple[str, Fact | OSError | bytes]]:
    queue, entrance = os.pipe()
    os.write(entrance, bytes(range(len(batches))))
    os.close(entrance)
    missing = {file.path: file for batch in batches for file in batch}
    with tempfile.TemporaryFile() as results:
        child = _helper(extractor, view, batches, queue, results)
        try:
            for batch in _taken(batches, queue):
                for path, row in _rows(extractor, view, batch):
                    tick()
                    del missing[path]
                    yield path, row
            while not os.waitpid(child, os.WNOHANG)[0]:
                tick()
                time.sleep(_WAIT_S)
            child = 0
        finally:
            os.close(queue)
            if child:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
        for path, written in _read(results):
            if missing.pop(path, None):
                yield path, written
    for path, row in _rows(extractor, view, list(missing.values())):
        tick()
        yield path, row


def _helper(
    extractor: Extractor[Fact],
    view: RepoView,
    batches: Sequence[Sequence[File]],
    queue: int,
    results: IO[bytes],
) -> int:
    """Start the second process and return its id; it leaves without any clean-up of ours."""
    child = os.fork()
    if child:
        return child
    try:
        for batch in _taken(batches, queue):
            for path, row in _rows(extractor, view, batch):
                if not isinstance(row, OSError):
                    name, written = os.fsencode(path), encode(row)
                    results.write(b"%d %d\n%b%b" % (len(name), len(written), name, written))
        results.flush()
    finally:
        os._exit(0)


def _taken(batches: Sequence[Sequence[File]], queue: int) -> Iterator[Sequence[File]]:
    while token := os.read(queue, 1):
        yield batches[token[0]]


def _read(results: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield the whole rows of the second process; one cut off by its death is left out."""
    results.seek(0)
    while head := results.readline():
        name, size = map(int, head.split())
        path, row = results.read(name), results.read(size)
        if len(row) < size:
            return
        yield os.fsdecode(path), row


def _rows(
    extractor: Extractor[Fact], view: RepoView, files: Sequence[File]
) -> Iterator[tuple[str, Fact | OSError]]:
    by_limit: defaultdict[int, dict[str, File]] = defaultdict(dict)
    for file in files:
        by_limit[extractor.limit_bytes(file)][file.path] = file
    for limit_bytes, by_path in by_limit.items():
        for path, data in view.read_many(list(by_path), limit_bytes):
            yield path, _made(extractor.extract, by_path[path], data)


def _made(make: Callable[[File, bytes], Fact], file: File, data: bytes | OSError) -> Fact | OSError:
    if isinstance(data, OSError):
        return data
    try:
        return make(file, data)
    # A defect met in one strange file must not hide what all the others say.
    except Exception as error:  # noqa: BLE001 - named in the coverage of every check that asks
        return OSError(errno.EIO, f"could not be analysed ({type(error).__name__})")


def _may_fork() -> bool:
    return (os.cpu_count() or 1) > 1 and threading.active_count() == 1


@contextmanager
def _no_collection() -> Iterator[None]:
    """Pause the garbage collector: trees hold no cycles, and it costs a third of the parsing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
