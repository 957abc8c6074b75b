"""One look: what the checks say about the files of one commit.

Made for a process that looks at many commits of one line after another: the files are told by what
changed since the look before, blobs come out of one open program, and facts stay in memory. What
was found is kept in the user's cache by tree, so that a second run takes it up from there.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from holdshort.checks.base import look_at
from holdshort.checks.facts.codec import decode, encode
from holdshort.checks.facts.fact_cache import FactCache, key_of
from holdshort.checks.facts.fact_store import Memo
from holdshort.checks.facts.repository import Repository
from holdshort.errors import HoldshortError
from holdshort.model.finding import Outcome
from holdshort.model.history import Look, Seen
from holdshort.model.text import one_line
from holdshort.storage.blobs import Blobs
from holdshort.storage.line import Line, LineFiles

TURN = 8
"""Looks after which facts that were not used are let go. Source: our own choice; a memory of two
turns spans a batch."""

MAX_WHY_CHARS = 200


class Looker:
    """Looks at commits of one line; opens its cache and its git only when it first looks."""

    def __init__(self, folder: Path, line: Line, ids: Sequence[str], cache: Path | None) -> None:
        """Look for these checks; `cache` is the file of kept facts, None keeps nothing."""
        self._line = line
        self._ids = tuple(ids)
        self._cache = FactCache(cache)
        self._memo = Memo()
        self._files = LineFiles(folder, line, Blobs(folder))
        self._looks = 0
        self._last: dict[str, _Found] = {}

    def look(self, at: int) -> Look:
        """Return what the checks say at a place of the line, kept or found."""
        key = key_of("look 1", self._line.trees[at], *self._ids)
        kept = _kept(self._cache.get([key]).get(key))
        if kept is not None:
            return kept
        try:
            found = self._looked(at)
        except HoldshortError as error:
            return unlooked(self._ids, error.message)
        if found.is_settled:
            self._cache.put({key: zlib.compress(encode(found))})
        return found

    def _looked(self, at: int) -> Look:
        """Run the checks, but those that would read again what they read at the look before."""
        last, self._last = self._last, {}
        view, edited = self._files.view(at), self._files.edited
        found = {
            name: one
            for name, one in last.items()
            if edited is not None and one.read.isdisjoint(edited)
        }
        repository = Repository(view, cache=self._cache, memo=self._memo)
        for finding, is_settled in look_at(repository, [n for n in self._ids if n not in found]):
            lacks = len(repository.used & repository.missing)
            seen = _without(lacks) if lacks else Seen(finding.outcome, finding.headline)
            found[finding.id] = _Found(seen, frozenset(repository.used), is_settled)
        self._turn()
        self._last = {name: one for name, one in found.items() if one.is_settled}
        return Look(
            {name: found[name].seen for name in self._ids},
            frozenset().union(*(one.read for one in found.values())),
            problem=_lack(repository.missing),
            is_settled=len(self._last) == len(found),
        )

    def _turn(self) -> None:
        self._looks += 1
        if self._looks % TURN == 0:
            self._memo.turn()


@dataclass(frozen=True, slots=True)
class _Found:
    """What one check found, and the paths that it read for that."""

    seen: Seen
    read: frozenset[str]
    is_settled: bool


def unlooked(ids: Sequence[str], why: str) -> Look:
    """Return the look at a commit that could not be looked at: every check is unknown."""
    problem = one_line(why, MAX_WHY_CHARS)
    seen = {name: Seen(Outcome.UNKNOWN, f"Not checked: {problem}") for name in ids}
    return Look(seen, problem=problem, is_settled=False)


def _without(files: int) -> Seen:
    """Return what a check says that lacks files: what it saw of the others may mislead."""
    noun = "file is" if files == 1 else "files are"
    return Seen(Outcome.UNKNOWN, f"Not checked: {files} {noun} not in this clone")


def _lack(missing: Collection[str]) -> str:
    if not missing:
        return ""
    more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    return one_line(f"not in this clone: {min(missing)}{more}", MAX_WHY_CHARS)


def _kept(row: bytes | None) -> Look | None:
    try:
        return decode(Look, zlib.decompress(row)) if row is not None else None
    except (ValueError, zlib.error):
        return None
