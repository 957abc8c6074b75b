"""What checks read: the inventory, texts, and facts per file, each made once and shared.

In: a `RepoView`. Out: facts. One `Repository` serves all checks of a run; `begin` starts the
coverage of the next check, so that every check can say what it read, skipped and failed to read.
Limits are checked between files: `TimeoutError` ends one check, not the run.
"""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property

from holdshort.checks.facts.imports import Imported, imports_at_margin
from holdshort.checks.facts.inventory import File, Inventory, Kind, is_test_path, take_inventory
from holdshort.checks.facts.program import Call, Program
from holdshort.checks.facts.programs import Programs
from holdshort.checks.facts.python_calls import Code
from holdshort.checks.facts.python_facts import (
    NOTHING,
    PythonFacts,
    may_tell,
    notebook_facts,
    python_facts,
)
from holdshort.checks.facts.random_names import effect_of, seeding_helpers
from holdshort.checks.facts.randomness import Happening, Randomness, State
from holdshort.checks.facts.secret_facts import secrets_in
from holdshort.checks.facts.secret_patterns import Secret
from holdshort.checks.facts.settings import seed_settings
from holdshort.checks.facts.sightings import Sighting
from holdshort.checks.facts.text import decode
from holdshort.checks.facts.view import RepoView
from holdshort.model.finding import Coverage
from holdshort.model.text import one_line, visible

MAX_FILE_BYTES = 2_000_000
"""Largest file read. Source: docs/promises.md, G9."""

WHOLE_FILES = 400
"""Up to so many Python files are all parsed; beyond, those with a word that some check looks for,
and those that call a function which sets a seed. Source: our own limit; a megabyte takes about
0.1 s to parse."""

MAX_ERRORS_NAMED = 20
"""Most unreadable files named in a finding; the rest are counted. Source: our own limit."""


class Repository:
    """One state of a repository and everything read out of it so far."""

    def __init__(self, view: RepoView, clock: Callable[[], float] = time.monotonic) -> None:
        """Read nothing yet."""
        self.view = view
        self._clock = clock
        self._deadline_s = float("inf")
        self._texts: dict[str, str | OSError] = {}
        self._python: dict[str, PythonFacts | OSError] = {}
        self._secrets: dict[str, tuple[Secret, ...] | OSError] = {}
        self._unparsed: set[str] = set()
        self._read: set[str] = set()
        self._errors: dict[str, str] = {}

    @cached_property
    def inventory(self) -> Inventory:
        """Every file, by kind, and what is left out."""
        return take_inventory(self.view.entries())

    @cached_property
    def paths(self) -> frozenset[str]:
        """The paths of every file that may be read."""
        return frozenset(file.path for file in self.inventory.files)

    def begin(self, deadline_s: float) -> None:
        """Start the coverage of the next check, which must end by this reading of the clock."""
        self._deadline_s = deadline_s
        self._read = set()
        self._errors = {}

    def coverage(self, not_checked: str) -> Coverage:
        """Return what was read since `begin`."""
        named = [f"{visible(path)}: {why}" for path, why in sorted(self._errors.items())]
        more = len(named) - MAX_ERRORS_NAMED
        errors = named[:MAX_ERRORS_NAMED] + ([f"{more} more files"] if more > 0 else [])
        skipped = sum(reason != "not a file" for _, reason in self.inventory.skipped)
        read = len(self._read - self._errors.keys())
        return Coverage(read=read, skipped=skipped, errors=tuple(errors), not_checked=not_checked)

    def text(self, path: str) -> str | None:
        """Return a file as text, or None after noting why it cannot be read."""
        self.tick()
        if path not in self._texts:
            try:
                self._texts[path] = decode(self.view.read(path, MAX_FILE_BYTES))
            except OSError as error:
                self._texts[path] = error
        found = self._texts[path]
        if isinstance(found, OSError):
            self.note_error(path, str(found.strerror or found))
            return None
        self._read.add(path)
        return found

    def note_error(self, path: str, why: str) -> None:
        """Remember that a file could not be analysed."""
        self._errors[path] = one_line(why, 80)

    def tick(self) -> None:
        """Stop the check when its time is up.

        Raises:
            TimeoutError: the deadline has passed.
        """
        if self._clock() > self._deadline_s:
            raise TimeoutError

    def has_errors(self) -> bool:
        """Tell whether a file of this check could not be analysed."""
        return bool(self._errors)

    def unread_note(self) -> str:
        """Return the end of a headline when files could not be analysed, else nothing."""
        count = len(self._errors)
        noun = "file" if count == 1 else "files"
        return f"; {count} {noun} could not be read whole" if count else ""

    def python(self, files: Iterable[File]) -> Iterator[tuple[File, PythonFacts]]:
        """Yield the facts of Python files and notebooks; unreadable ones are noted, not yielded."""
        wanted = list(files)
        self._extract([file for file in wanted if file.path not in self._python])
        for file in wanted:
            facts = self._python[file.path]
            if isinstance(facts, OSError):
                self.note_error(file.path, str(facts.strerror or facts))
                continue
            self._read.add(file.path)
            if facts.error:
                self.note_error(file.path, facts.error)
            yield file, facts

    def code(self) -> Iterator[tuple[File, Code]]:
        """Yield what each Python file and notebook does; see `python` for those left out."""
        for file, facts in self.python(self._code_files):
            if facts.code is not None:
                yield file, facts.code

    def imports(self) -> Iterator[tuple[File, tuple[Imported, ...]]]:
        """Yield what each Python file and notebook imports, tests included."""
        for file, facts in self.python(self._code_files):
            yield file, facts.code.imports if facts.code else facts.margin

    def sightings(self, topic: str) -> Iterator[tuple[File, Sighting]]:
        """Yield what a topic of `sights` saw, file by file, tests included."""
        for file, code in self.code():
            for seen in code.sightings:
                if seen.topic == topic:
                    yield file, seen

    @cached_property
    def _code_files(self) -> tuple[File, ...]:
        files = (*self.inventory.python, *self.inventory.of(Kind.NOTEBOOK))
        return tuple(sorted(files, key=lambda file: file.path))

    def happenings(self) -> tuple[Happening, ...]:
        """Return every draw, seed and split outside of tests."""
        files = [file for file in self._code_files if not is_test_path(file.path)]
        programs = self._programs(files)
        if self._unparsed:
            self._parse_callers(programs)
            programs = self._programs(files)
        if self._happenings is None:
            world = Programs(programs, _matters)
            self._happenings = Randomness(world, self._settings()).happenings()
        return self._happenings

    def _programs(self, files: list[File]) -> dict[str, Program]:
        facts = self.python(files)
        return {f.path: one.code.program for f, one in facts if one.code is not None}

    def _parse_callers(self, programs: dict[str, Program]) -> None:
        """Parse the files left aside that mention a function which sets a seed."""
        helpers = [f"{name}(".encode() for name in seeding_helpers(programs.values())]
        for path, data in self.view.read_many(sorted(self._unparsed), MAX_FILE_BYTES):
            self.tick()
            self._unparsed.discard(path)
            if isinstance(data, bytes) and any(name in data for name in helpers):
                self._python[path] = python_facts(data)

    def secrets(self) -> Iterator[tuple[File, tuple[Secret, ...]]]:
        """Yield each text file with what looks like a credential in it."""
        files = [file for file in self.inventory.files if file.kind is not Kind.BINARY]
        missing = {file.path: file for file in files if file.path not in self._secrets}
        for path, data in self.view.read_many(list(missing), MAX_FILE_BYTES):
            self.tick()
            self._secrets[path] = (
                data if isinstance(data, OSError) else secrets_in(missing[path], data)
            )
        for file in files:
            found = self._secrets[file.path]
            if isinstance(found, OSError):
                self.note_error(file.path, str(found.strerror or found))
            else:
                self._read.add(file.path)
                yield file, found

    _happenings: tuple[Happening, ...] | None = None

    def _settings(self) -> dict[str, tuple[State, ...]]:
        found: dict[str, list[State]] = {}
        files = self.inventory.of(Kind.CONFIG)
        paths = [file.path for file in files if not is_test_path(file.path)]
        for _, data in self.view.read_many(paths, MAX_FILE_BYTES):
            self.tick()
            if isinstance(data, bytes) and _SEED_WORD.search(data):
                for key, value in seed_settings(decode(data)):
                    found.setdefault(key, []).append(True if value else None)
        return {key: tuple(values) for key, values in found.items()}

    def _extract(self, files: list[File]) -> None:
        kinds = {file.path: file.kind for file in files}
        small = len(self.inventory.python) <= WHOLE_FILES
        with _no_collection():
            for path, data in self.view.read_many(list(kinds), MAX_FILE_BYTES):
                self.tick()
                if isinstance(data, OSError):
                    self._python[path] = data
                elif kinds[path] is Kind.NOTEBOOK:
                    self._python[path] = notebook_facts(data)
                elif small or may_tell(data):
                    self._python[path] = python_facts(data)
                else:
                    self._python[path] = replace(NOTHING, margin=tuple(imports_at_margin(data)))
                    self._unparsed.add(path)


_SEED_WORD = re.compile(rb"seed|random_state|rng", re.IGNORECASE)


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


def _matters(call: Call) -> bool:
    return effect_of(call) is not None
