"""What checks read: the inventory, texts, and facts per file, each made once and shared.

In: a `RepoView`. Out: facts. One `Repository` serves all checks of a run; `begin` starts the
coverage of the next check, so that every check can say what it read, skipped and failed to read.
Limits are checked between files: `TimeoutError` ends one check, not the run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TypeVar, cast

from holdshort.checks.facts.budget import Budget
from holdshort.checks.facts.chance.seeders import seeding_helpers
from holdshort.checks.facts.code import Code
from holdshort.checks.facts.extractors import (
    MAX_FILE_BYTES,
    PYTHON,
    SECRETS,
    SETTINGS,
    SKIMMED,
    Extractor,
    Fact,
)
from holdshort.checks.facts.fact_cache import FactCache
from holdshort.checks.facts.fact_store import FactStore, Memo
from holdshort.checks.facts.git_lfs import MAX_POINTER_BYTES, Tracked, pointer_size
from holdshort.checks.facts.imports import Imported
from holdshort.checks.facts.inventory import (
    File,
    Inventory,
    Kind,
    is_test_path,
    kind_of,
    take_inventory,
)
from holdshort.checks.facts.notebook_runs import NotebookFacts
from holdshort.checks.facts.python_facts import PythonFacts
from holdshort.checks.facts.randomness import Happening, State
from holdshort.checks.facts.secret_patterns import Secret
from holdshort.checks.facts.sightings import Sighting
from holdshort.checks.facts.view import Entry, RepoView
from holdshort.checks.facts.world import World, make_world
from holdshort.model.finding import Coverage
from holdshort.model.text import one_line, visible

_T = TypeVar("_T")

WHOLE_FILES = 400
"""Up to so many Python files are all parsed; beyond, those with a word that some check looks for,
and those that call a function which sets a seed. Source: our own limit; a megabyte takes about
0.1 s to parse."""

MAX_ERRORS_NAMED = 20
"""Most unreadable files named in a finding; the rest are counted. Source: our own limit."""


class Repository:
    """One state of a repository and everything read out of it so far.

    Attributes:
        view: where it is read from.
        missing: the paths asked for so far that are tracked and not there, as in a partial clone.
        used: the paths whose content was asked for since `begin`, read or not.
    """

    def __init__(
        self,
        view: RepoView,
        clock: Callable[[], float] = time.monotonic,
        cache: FactCache | None = None,
        memo: Memo | None = None,
    ) -> None:
        """Read nothing yet; `cache` holds facts of earlier runs, `memo` those of earlier states."""
        self.view = view
        self.missing: set[str] = set()
        self.used: set[str] = set()
        self._store = FactStore(view, cache, memo)
        self._budget = Budget(clock)
        self._texts: dict[str, str | OSError] = {}
        self._facts: dict[tuple[str, str], object] = {}
        self._whole: set[str] = set()
        self._tracked: dict[str, Tracked] = {}
        self._read: set[str] = set()
        self._errors: dict[str, str] = {}
        self._has_looked_everywhere = False
        self._shared: dict[object, tuple[object, set[str], set[str], dict[str, str]]] = {}

    @cached_property
    def _entries(self) -> Sequence[Entry]:
        return self.view.entries()

    @cached_property
    def _blobs(self) -> dict[str, str]:
        return {entry.path: entry.blob for entry in self._entries}

    @cached_property
    def inventory(self) -> Inventory:
        """Every file, by kind, and what is left out."""
        return take_inventory(self._entries)

    @cached_property
    def paths(self) -> frozenset[str]:
        """The paths of every file that may be read."""
        return frozenset(file.path for file in self.inventory.files)

    @cached_property
    def every_path(self) -> frozenset[str]:
        """The path of every tracked entry and of every folder that holds one."""
        found: set[str] = set()
        for entry in self._entries:
            path = entry.path
            while path and path not in found:
                found.add(path)
                path = path.rpartition("/")[0]
        return frozenset(found)

    @cached_property
    def _no_files(self) -> list[str]:
        """What stands where code could be read and is no file: submodules, and links to code."""
        whys = {"120000": "a link, not followed", "160000": "a submodule, not read"}
        rows = ((one.path, whys.get(one.mode, "")) for one in self._entries if one.mode in whys)
        code = {Kind.PYTHON, Kind.NOTEBOOK}
        return [
            f"{visible(path)}: {why}"
            for path, why in rows
            if why == whys["160000"] or kind_of(path) in code
        ]

    def begin(self, deadline_s: float, end_s: float = float("inf")) -> None:
        """Start the coverage of the next check, which must end by this reading of the clock.

        What all checks share is not charged to it, and must be read by `end_s`.
        """
        self._budget.begin(deadline_s, end_s)
        self._read = set()
        self.used = set()
        self._errors = {}
        self._has_looked_everywhere = False

    def coverage(self, not_checked: str) -> Coverage:
        """Return what was read since `begin`."""
        named = [f"{visible(path)}: {why}" for path, why in sorted(self._errors.items())]
        named += self._no_files if self._has_looked_everywhere else []
        more = len(named) - MAX_ERRORS_NAMED
        errors = named[:MAX_ERRORS_NAMED] + ([f"{more} more files"] if more > 0 else [])
        skipped = sum(reason != "not a file" for _, reason in self.inventory.skipped)
        read = len(self._read - self._errors.keys())
        return Coverage(read=read, skipped=skipped, errors=tuple(errors), not_checked=not_checked)

    def text(self, path: str) -> str | None:
        """Return a file as text, or None after noting why it cannot be read."""
        self.tick()
        self.used.add(path)
        if path not in self._texts:
            self._read_texts([path])
        found = self._texts[path]
        if isinstance(found, OSError):
            self.note_error(path, str(found.strerror or found))
            return None
        self._read.add(path)
        return found

    def texts(self, files: Iterable[File]) -> Iterator[tuple[File, str]]:
        """Yield files as text, read in one go; unreadable ones are noted, not yielded."""
        wanted = list(files)
        self.fetch(wanted)
        for file in wanted:
            text = self.text(file.path)
            if text is not None:
                yield file, text

    def fetch(self, files: Iterable[File]) -> None:
        """Read files in one go, so that `text` need not go for each; nothing is noted yet."""
        self._read_texts([file.path for file in files if file.path not in self._texts])

    def _read_texts(self, paths: Sequence[str]) -> None:
        for path, found in self._store.texts(paths, self._blobs):
            self.tick()
            self._texts[path] = found if isinstance(found, str) else self._unread(path, found)

    def once(self, make: Callable[[Repository], _T]) -> _T:
        """Return what a reader makes of the repository, made once and shared by all checks.

        What it read and could not read is told to every check that asks.
        """
        if make not in self._shared:
            before = self.used, self._read, self._errors
            self.used, self._read, self._errors = set(), set(), {}
            try:
                self._shared[make] = (make(self), self.used, self._read, self._errors)
            finally:
                self.used, self._read, self._errors = before
        value, used, read, errors = self._shared[make]
        self.used |= used
        self._read |= read
        self._errors |= errors
        return cast("_T", value)

    def tracked(self, paths: Iterable[str]) -> tuple[Tracked, ...]:
        """Return how git itself holds files; one whose object is not there is noted, and left out.

        Only candidates should be asked for: it costs a look at each object.
        """
        wanted = list(paths)
        missing = [path for path in wanted if path not in self._tracked]
        self.used.update(wanted)
        for path, size, data in self.view.tracked(missing, MAX_POINTER_BYTES):
            self.tick()
            self._tracked[path] = Tracked(path, size, pointer_size(data))
        for path in wanted:
            if path not in self._tracked:
                self.missing.add(path)
                self.note_error(path, "its object is not in this clone")
        return tuple(self._tracked[path] for path in wanted if path in self._tracked)

    def note_error(self, path: str, why: str) -> None:
        """Remember that a file could not be analysed."""
        self._errors[path] = one_line(why, 80)

    def tick(self) -> None:
        """Stop the check when its time is up.

        Raises:
            TimeoutError: the deadline has passed.
        """
        self._budget.tick()

    def has_errors(self) -> bool:
        """Tell whether a file of this check could not be analysed."""
        return bool(self._errors)

    def unread(self) -> tuple[str, ...]:
        """Return the paths of this check's files that could not be analysed, or not whole."""
        return tuple(sorted(self._errors))

    def unread_note(self) -> str:
        """Return the end of a headline when files could not be analysed, else nothing."""
        count = len(self._errors)
        noun = "file" if count == 1 else "files"
        return f"; {count} {noun} could not be read whole" if count else ""

    def python(self, files: Iterable[File]) -> Iterator[tuple[File, PythonFacts]]:
        """Yield the facts of Python files and notebooks; unreadable ones are noted, not yielded."""
        for file, facts in self._facts_of(list(files)):
            if facts.error:
                self.note_error(file.path, facts.error)
            yield file, facts

    def notebooks(self) -> Iterator[tuple[File, NotebookFacts]]:
        """Yield what running left in each notebook; unreadable ones are noted, not yielded."""
        for file, facts in self._facts_of(self.inventory.of(Kind.NOTEBOOK)):
            if facts.notebook is None:
                self.note_error(file.path, facts.error)
            else:
                yield file, facts.notebook

    def text_notebooks(self) -> Iterator[tuple[File, str]]:
        """Yield each Python file that is a notebook kept as text, with how it is paired.

        In a large repository only folders of notebooks are looked through.
        """
        files = [f for f in self.inventory.python if self._is_small or "notebook" in f.folder]
        for file, facts in self._facts_of(files, noting=False):
            if facts.text_notebook is not None:
                self._read.add(file.path)
                yield file, facts.text_notebook

    def _facts_of(
        self, wanted: Sequence[File], *, noting: bool = True
    ) -> Iterator[tuple[File, PythonFacts]]:
        whole = [file for file in wanted if self._is_small or file.path in self._whole]
        skimmed = [file for file in wanted if not self._is_small and file.path not in self._whole]
        found = dict(self._made(PYTHON, whole, noting=noting))
        found.update(self._made(SKIMMED, skimmed, noting=noting))
        yield from ((file, found[file]) for file in wanted if file in found)

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
        return self.world().happenings

    def world(self) -> World:
        """Return what the code outside of tests does when it is run, made once."""
        return self.once(Repository._make_world)

    def _make_world(self) -> World:
        files = [file for file in self._code_files if not is_test_path(file.path)]
        code = self._code_of(files)
        if not self._is_small and self._find_callers(files, code):
            code = self._code_of(files)
        return make_world(code, self._settings())

    def _code_of(self, files: list[File]) -> dict[str, Code]:
        return {f.path: one.code for f, one in self.python(files) if one.code is not None}

    def _find_callers(self, files: list[File], code: dict[str, Code]) -> bool:
        """Find the files, skimmed so far, that call a function of another which sets a seed."""
        programs = (one.program for one in code.values())
        names = [name.encode() for name in seeding_helpers(programs)]
        helpers = [(name + b"(", b"def " + name) for name in names if not name.endswith(b"seed")]
        if not helpers:
            return False
        paths = [file.path for file in files if file.kind is not Kind.NOTEBOOK]
        self.used.update(paths)
        for path, data in self.view.read_many(paths, MAX_FILE_BYTES):
            self.tick()
            if isinstance(data, bytes) and any(a in data and b not in data for a, b in helpers):
                self._whole.add(path)
        return bool(self._whole)

    def secrets(self) -> Iterator[tuple[File, tuple[Secret, ...]]]:
        """Yield each text file with what looks like a credential in it."""
        files = [file for file in self.inventory.files if file.kind is not Kind.BINARY]
        for file, secrets in self._made(SECRETS, files):
            yield file, secrets.found

    def settings(self) -> Iterator[tuple[File, str, str | None]]:
        """Yield each configured key about chance with its value, None for null, tests aside."""
        files = [f for f in self.inventory.of(Kind.CONFIG) if not is_test_path(f.path)]
        for file, settings in self._made(SETTINGS, files, noting=False):
            for key, value in settings.found:
                yield file, key, value

    def _settings(self) -> dict[str, tuple[State, ...]]:
        found: dict[str, list[State]] = {}
        for _, key, value in self.settings():
            found.setdefault(key, []).append(True if value else None)
        return {key: tuple(values) for key, values in found.items()}

    @cached_property
    def _is_small(self) -> bool:
        return len(self.inventory.python) <= WHOLE_FILES

    def _made(
        self, extractor: Extractor[Fact], files: Sequence[File], *, noting: bool = True
    ) -> Iterator[tuple[File, Fact]]:
        """Yield the facts of files, made once; what cannot be read is noted and left out."""
        self._has_looked_everywhere |= noting
        missing = [file for file in files if (extractor.name, file.path) not in self._facts]
        self.used.update([file.path for file in files])
        with self._budget.shared():
            for path, fact in self._store.facts(extractor, missing, self._blobs, self.tick):
                self._facts[extractor.name, path] = fact
                if isinstance(fact, OSError):
                    self._unread(path, fact)
        for file in files:
            found = self._facts[extractor.name, file.path]
            if isinstance(found, extractor.kind):
                if noting:
                    self._read.add(file.path)
                yield file, found
            elif noting and isinstance(found, OSError):
                self.note_error(file.path, str(found.strerror or found))

    def _unread(self, path: str, error: OSError) -> OSError:
        """Take notice of a tracked file that another time may be there."""
        if isinstance(error, FileNotFoundError) and path in self._blobs:
            self.missing.add(path)
        return error
