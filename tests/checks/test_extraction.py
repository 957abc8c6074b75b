"""Facts made on two processors: the same as on one, whatever happens to the second."""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from holdshort.checks.facts.codec import decode
from holdshort.checks.facts.extraction import ALONE, extract
from holdshort.checks.facts.extractors import PYTHON, Extractor
from holdshort.checks.facts.inventory import File, Kind
from holdshort.checks.facts.python_facts import PythonFacts, python_facts
from holdshort.checks.facts.repository import Repository

MakeView = Callable[[Mapping[str, str]], Any]
SOURCES = {
    f"part{n:03}.py": f"import random\nrandom.seed({n})\n" + "x = 1\n" * n for n in range(3 * ALONE)
}
FILES = [File(path, Kind.PYTHON) for path in SOURCES]


def never() -> None:
    """Let time pass."""


@dataclass(frozen=True)
class Size:
    """How many bytes a file has, and which process counted."""

    size_bytes: int
    process: int


def made(extractor: Extractor[Any], view: Any, tick: Callable[[], None] = never) -> dict[str, Any]:
    rows = extract(extractor, view, FILES, tick)
    return {
        path: decode(extractor.kind, row) if isinstance(row, bytes) else row for path, row in rows
    }


def counting(look: Callable[[File, bytes], None]) -> Extractor[Size]:
    def count(file: File, data: bytes) -> Size:
        look(file, data)
        return Size(len(data), os.getpid())

    return Extractor("size", Size, count)


def slowly(file: File, data: bytes) -> None:
    time.sleep(0.002)
    del file, data


def test_two_processes_find_what_one_finds(view: MakeView) -> None:
    assert made(PYTHON, view(SOURCES)) == {
        path: python_facts(text.encode()) for path, text in SOURCES.items()
    }


def test_both_take_part(view: MakeView) -> None:
    found = made(counting(slowly), view(SOURCES))
    assert {path: one.size_bytes for path, one in found.items()} == {
        path: len(text) for path, text in SOURCES.items()
    }
    assert len({one.process for one in found.values()}) == 2


def test_what_a_killed_one_leaves_undone_is_done_by_the_other(view: MakeView) -> None:
    parent = os.getpid()

    def dying(file: File, data: bytes) -> None:
        slowly(file, data)
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    found = made(counting(dying), view(SOURCES))
    assert len(found) == len(SOURCES)
    assert {one.process for one in found.values()} == {parent}


def test_one_strange_file_is_named_and_the_others_go_on(view: MakeView) -> None:
    def failing(file: File, data: bytes) -> None:
        if file.path in {"part003.py", "part004.py"}:
            raise ZeroDivisionError(len(data))

    found = made(counting(failing), view(SOURCES))
    assert (
        str(found["part003.py"]) == f"[Errno {errno.EIO}] could not be analysed (ZeroDivisionError)"
    )
    assert isinstance(found["part004.py"], OSError)
    assert len(found) == len(SOURCES)


def test_no_process_is_left_when_time_is_up(view: MakeView) -> None:
    left = 10

    def tick() -> None:
        nonlocal left
        left -= 1
        if not left:
            raise TimeoutError

    with pytest.raises(TimeoutError):
        made(counting(slowly), view(SOURCES), tick)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


class Unreadable:
    """A view of files some of which cannot be read."""

    def __init__(self, inner: Any, bad: str) -> None:
        """Refuse one path of another view."""
        self.inner, self.bad = inner, bad

    def read_many(self, paths: Sequence[str], limit: int) -> Iterator[tuple[str, bytes | OSError]]:
        """Yield the files of the other view, the bad one as refused."""
        for path, data in self.inner.read_many(paths, limit):
            yield path, PermissionError(errno.EACCES, "denied") if path == self.bad else data


@pytest.mark.parametrize("bad", ["part000.py", "part001.py", "part143.py"])
def test_a_file_that_cannot_be_read_is_told_whoever_met_it(view: MakeView, bad: str) -> None:
    found = made(PYTHON, Unreadable(view(SOURCES), bad))
    assert isinstance(found[bad], PermissionError)
    assert sum(isinstance(one, PythonFacts) for one in found.values()) == len(SOURCES) - 1


def test_facts_of_a_real_repository_come_whole(view: MakeView) -> None:
    ours = Path(__file__).parents[2] / "src"
    sources = {str(p.relative_to(ours)): p.read_text("utf-8") for p in ours.rglob("*.py")}
    repository = Repository(view(sources))
    repository.begin(float("inf"))
    paths = [file.path for file, _ in repository.code()]
    assert paths == sorted(sources)
