"""Data files as git holds them, and the rules that send files to Git LFS.

In: a `Repository`. Out: `HeldFiles`. Which files are data is told by their names; what git holds
of them, by the objects.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from holdshort.checks.facts.artifacts import LARGE_BYTES, Artifact, artifact_of, is_fixture
from holdshort.checks.facts.git_lfs import Tracked, lfs_rules
from holdshort.checks.facts.repository import Repository

MAX_FILES = 20_000
"""Most files that are looked at. Source: our own limit."""

MAX_RULES = 200
"""Most Git LFS rules that are compared with paths. Source: our own limit."""

_MAX_STARS = 3


@dataclass(frozen=True, slots=True)
class Held:
    """One file that holds data, or that a rule sends to Git LFS."""

    file: Tracked
    kind: Artifact | None
    ruled: bool

    @property
    def is_large(self) -> bool:
        """Whether git itself holds more of it than it should."""
        return not self.file.is_pointer and self.file.size_bytes > LARGE_BYTES

    @property
    def is_data(self) -> bool:
        """Whether it holds data and not a model, so far as its name tells."""
        return self.kind not in {Artifact.MODEL, Artifact.PERHAPS_MODEL}


@dataclass(frozen=True, slots=True)
class HeldFiles:
    """Data files outside of tests, and the rules for Git LFS with path and line."""

    files: tuple[Held, ...]
    rules: tuple[tuple[str, str, int], ...]

    @property
    def pointers(self) -> tuple[Held, ...]:
        """The files of which git holds a Git LFS pointer."""
        return tuple(held for held in self.files if held.file.is_pointer)


def artifacts_in(repository: Repository) -> Mapping[str, Artifact]:
    """Return what every file probably holds; a path that is neither model nor data is absent."""
    return repository.once(_artifacts)


def _artifacts(repository: Repository) -> Mapping[str, Artifact]:
    named = ((file.path, artifact_of(file.path)) for file in repository.inventory.files)
    return {path: kind for path, kind in named if kind is not None}


def held_files(repository: Repository) -> HeldFiles:
    """Return every data file and every file that a rule sends to Git LFS."""
    rules = tuple(_rules(repository))
    matches = [_matcher(path, pattern) for path, pattern, _ in rules[:MAX_RULES]]
    wanted: dict[str, tuple[Artifact | None, bool]] = {}
    kinds = artifacts_in(repository)
    for file in repository.inventory.files:
        kind = kinds.get(file.path)
        ruled = any(match(file.path) for match in matches)
        is_data = kind not in {None, Artifact.MODEL, Artifact.PERHAPS_MODEL}
        if ruled or (is_data and not is_fixture(file.path)):
            wanted[file.path] = (kind, ruled)
    for path in list(wanted)[MAX_FILES:]:
        repository.note_error(path, "more data files than are looked at")
    held = repository.tracked(list(wanted)[:MAX_FILES])
    return HeldFiles(tuple(Held(one, *wanted[one.path]) for one in held), rules)


def _rules(repository: Repository) -> Iterator[tuple[str, str, int]]:
    files = [f for f in repository.inventory.files if f.name == ".gitattributes"]
    for file, text in repository.texts(files):
        for pattern, line in lfs_rules(text):
            yield file.path, pattern, line


def _matcher(path: str, pattern: str) -> Callable[[str], bool]:
    """Return what tells whether a rule means a path. Source: gitignore(5), "PATTERN FORMAT"."""
    folder = posixpath.dirname(path)
    prefix = f"{folder}/" if folder else ""
    anchored = "/" in pattern.rstrip("/")
    form = _form(pattern.lstrip("/"))
    if form is None:
        return lambda _: False

    def match(other: str) -> bool:
        inner = other.removeprefix(prefix)
        compared = inner if anchored else inner.rpartition("/")[2]
        return other.startswith(prefix) and form.fullmatch(compared) is not None

    return match


def _form(pattern: str) -> re.Pattern[str] | None:
    """Return a glob as a pattern; None for one with so many stars that it could take long."""
    if len(re.findall(r"\*+", pattern)) > _MAX_STARS or len(pattern) > MAX_RULES:
        return None
    parts = re.split(r"(\*\*/|/\*\*$|\*+|\?|\[[\w.-]{1,40}\])", pattern)
    special = {"**/": "(?:.*/)?", "/**": "/.*", "*": "[^/]*", "?": "[^/]"}
    told = (special.get(p) or (p if p.startswith("[") else re.escape(p)) for p in parts)
    try:
        return re.compile("".join(told))
    except re.error:
        return None
