"""Where the facts of files come from: from memory, from the cache, or made anew.

In: an extractor and files with the ids of their blobs. Out: facts, each remembered wherever it was
not yet. Neighbouring commits share almost every file, and reading a fact out of its written form
costs more than all else that a look at one of them does; so a process that looks at many states
keeps facts in a `Memo`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from holdshort.checks.facts.codec import decode, encode
from holdshort.checks.facts.extraction import extract
from holdshort.checks.facts.extractors import MAX_FILE_BYTES, Extractor, Fact
from holdshort.checks.facts.fact_cache import FactCache, key_of
from holdshort.checks.facts.inventory import File
from holdshort.checks.facts.text import decode as text_of
from holdshort.checks.facts.view import RepoView

_ROWS_AT_ONCE = 200
"""How many facts are written at a time; all of them would take tens of megabytes."""

Mark = tuple[str, str, str]
"""What a fact depends on: extractor, blob, and what else it reads off the file."""


class Memo:
    """Facts in memory by mark, those of the last two turns."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._new: dict[Mark, object] = {}
        self._old: dict[Mark, object] = {}

    def get(self, mark: Mark) -> object:
        """Return a fact, or None when there is none."""
        if mark in self._new:
            return self._new[mark]
        found = self._old.pop(mark, None)
        if found is not None:
            self._new[mark] = found
        return found

    def put(self, mark: Mark, fact: object) -> None:
        """Keep a fact."""
        self._new[mark] = fact

    def turn(self) -> None:
        """Let go of what was not used since the turn before."""
        self._old, self._new = self._new, {}


class FactStore:
    """The facts of the files of one state; a file without a blob id is made anew each time."""

    def __init__(self, view: RepoView, cache: FactCache | None, memo: Memo | None) -> None:
        """Read nothing yet; `cache` holds facts of earlier runs, `memo` those of this process."""
        self._view = view
        self._cache = cache or FactCache(None)
        self._memo = memo or Memo()

    def facts(
        self,
        extractor: Extractor[Fact],
        files: Sequence[File],
        blobs: Mapping[str, str],
        tick: Callable[[], None],
    ) -> Iterator[tuple[str, object]]:
        """Yield each path with its facts or the reason there are none, in no promised order.

        Args:
            extractor: which facts.
            files: of which files.
            blobs: the ids of their blobs by path, empty where unknown.
            tick: called between files; what it raises ends the work, and what was made is kept.
        """
        marks = {
            file.path: (extractor.name, blobs[file.path], extractor.depends_on(file))
            for file in files
            if blobs.get(file.path)
        }
        made = {path: self._memo.get(mark) for path, mark in marks.items()}
        yield from ((path, fact) for path, fact in made.items() if fact is not None)
        left = [file for file in files if made.get(file.path) is None]
        if not left:
            return
        for path, fact in self._kept_or_made(extractor, left, marks, tick):
            if path in marks and not isinstance(fact, OSError):
                self._memo.put(marks[path], fact)
            yield path, fact

    def texts(
        self, paths: Sequence[str], blobs: Mapping[str, str]
    ) -> Iterator[tuple[str, str | OSError]]:
        """Yield each path with its file as text or the reason there is none, in no promised order.

        Args:
            paths: of which files.
            blobs: the ids of their blobs by path, empty where unknown.
        """
        marks = {path: ("text", blobs[path], "") for path in paths if blobs.get(path)}
        known = {path: self._memo.get(mark) for path, mark in marks.items()}
        texts = {path: text for path, text in known.items() if isinstance(text, str)}
        yield from texts.items()
        left = [path for path in paths if path not in texts]
        for path, data in self._view.read_many(left, MAX_FILE_BYTES) if left else ():
            if isinstance(data, OSError):
                yield path, data
                continue
            text = text_of(data)
            if path in marks:
                self._memo.put(marks[path], text)
            yield path, text

    def _kept_or_made(
        self,
        extractor: Extractor[Fact],
        files: Sequence[File],
        marks: Mapping[str, Mark],
        tick: Callable[[], None],
    ) -> Iterator[tuple[str, object]]:
        keys = {f.path: key_of("fact", *marks[f.path]) for f in files if f.path in marks}
        kept = self._cache.get(keys.values())
        found = {path: _read(extractor, kept.get(key)) for path, key in keys.items()}
        yield from ((path, fact) for path, fact in found.items() if fact is not None)
        left = [file for file in files if found.get(file.path) is None]
        fresh: dict[bytes, bytes] = {}
        try:
            for path, made in extract(extractor, self._view, left, tick):
                if self._cache and path in keys and not isinstance(made, OSError):
                    fresh[keys[path]] = made if isinstance(made, bytes) else encode(made)
                if len(fresh) >= _ROWS_AT_ONCE:
                    self._cache.put(fresh)
                    fresh.clear()
                fact = _read(extractor, made) if isinstance(made, bytes) else made
                yield path, fact
        finally:
            self._cache.put(fresh)


def _read(extractor: Extractor[Fact], row: bytes | None) -> Fact | None:
    """Return facts out of their written form, None when there are none or they are unsound."""
    try:
        return decode(extractor.kind, row) if row is not None else None
    except ValueError:
        return None
