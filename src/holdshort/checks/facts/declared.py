"""What the manifests of one folder declare, with the files they include.

In: a `Repository` and the manifests of a folder. Out: `Declared` values and the paths of what could
not be read. Includes are followed inside of the repository only; a path that a requirement names
has to be there.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from holdshort.checks.facts.conda_files import read_conda
from holdshort.checks.facts.inventory import File, is_conda_name, is_requirements_name
from holdshort.checks.facts.manifest import Manifest
from holdshort.checks.facts.manifests import READERS
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.requirement_files import (
    Closure,
    RequirementFile,
    closure_of,
    is_development_name,
    read_requirement_file,
)
from holdshort.checks.facts.requirement_sets import starts_of
from holdshort.checks.facts.requirements import Pin, Requirement


@dataclass(frozen=True, slots=True)
class Declared:
    """What one manifest, or a set of requirement files, declares.

    Attributes:
        kind: of the manifest; `requirements`, `conda` or `lock` where it is none of packaging.
        paths: the manifest and every file it includes.
        requirements: for run time.
        development: in extras, groups and files for development.
        name: of the project, normalised.
        modules: the import packages it says it installs.
        is_package: it can be built.
        is_dynamic: it computes requirements when it runs.
        is_compiled: a resolver wrote all of it.
        is_aside: it is for development, and there is nothing else.
        overridden: names whose versions are decided elsewhere.
        unconstrained: constraint files that could not be read, so that pins may be missing.
        tools: whose tables the manifest holds, such as `poetry` and `uv`.
    """

    kind: str
    paths: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    development: tuple[Requirement, ...] = ()
    name: str = ""
    modules: tuple[str, ...] = ()
    is_package: bool = False
    is_dynamic: bool = False
    is_compiled: bool = False
    is_aside: bool = False
    overridden: frozenset[str] = frozenset()
    unconstrained: tuple[str, ...] = ()
    tools: frozenset[str] = frozenset()


def declared_in(repository: Repository, files: list[File]) -> tuple[list[Declared], list[str]]:
    """Return what the manifests of one folder declare, and which could not be read."""
    reader = _Reader(repository, [])
    found = [*reader.manifests(files), *reader.condas(files)]
    is_only = not any(d.requirements or d.is_dynamic for d in found)
    found += reader.requirement_files(files, is_only=is_only)
    rows = [
        replace(d, requirements=tuple(map(reader.checked, d.requirements))) if d.requirements else d
        for d in found
    ]
    return rows, reader.unreadable


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads manifests; what cannot be read is noted and collected."""

    repository: Repository
    unreadable: list[str]

    def manifests(self, files: list[File]) -> Iterator[Declared]:
        for file in files:
            reader = READERS.get(file.name.lower())
            if reader is None:
                continue
            text = self.repository.text(file.path)
            try:
                found = reader(text, file.path) if text is not None else None
            except UnreadableSourceError as error:
                found = None
                self.repository.note_error(file.path, str(error))
            if found is None:
                self.unreadable.append(file.path)
            else:
                yield from (self._of_manifest(manifest) for manifest in found)

    def _of_manifest(self, manifest: Manifest) -> Declared:
        folder = posixpath.dirname(manifest.path)
        listed = [posixpath.normpath(posixpath.join(folder, file)) for file in manifest.files]
        if manifest.kind == "setup.py":  # it names files, and does not say for what
            listed = [path for path in listed if path in self.repository.paths]
        aside = [path for path in listed if is_development_name(path)]
        listed = [path for path in listed if path not in aside]
        closure = closure_of(listed, self.read) if listed else None
        self._note_missing(manifest.path, closure)
        return Declared(
            manifest.kind,
            (manifest.path, *(closure.paths if closure else ())),
            manifest.requirements + (closure.requirements if closure else ()),
            manifest.development + closure_of(aside, self.read).requirements,
            name=manifest.name,
            modules=manifest.modules,
            is_package=manifest.is_package,
            is_dynamic=manifest.dynamic and not (closure and closure.paths),
            is_compiled=bool(closure and closure.is_compiled),
            overridden=manifest.overridden,
            unconstrained=tuple(path for path, _ in closure.unconstrained) if closure else (),
            tools=manifest.tools,
        )

    def condas(self, files: list[File]) -> Iterator[Declared]:
        for file in files:
            text = self.repository.text(file.path) if is_conda_name(file.path) else None
            if text is None:
                continue
            try:
                environment = read_conda(text, file.path)
            except UnreadableSourceError as error:
                self.repository.note_error(file.path, str(error))
                self.unreadable.append(file.path)
                continue
            if environment is not None:
                closure = closure_of([], self.read, environment.as_requirement_file())
                self._note_missing(file.path, closure)
                aside = is_development_name(file.path)
                rows = closure.requirements
                yield Declared("conda", closure.paths, () if aside else rows, rows if aside else ())

    def requirement_files(self, files: list[File], *, is_only: bool) -> Iterator[Declared]:
        """Yield the requirement files as one; files for development speak only when alone."""
        paths = [f.path for f in files if is_requirements_name(f.path)]
        compiled = {_txt(p) for p in paths if p.endswith(".in")}
        paths = [p for p in paths if not (p.endswith(".in") and _txt(p) in paths)]
        if not paths:
            return
        starts, aside = starts_of(paths, self.read)
        runtime = starts or (aside if is_only else [])
        closures = {path: closure_of([path], self.read) for path in {*runtime, *aside}}
        for path in runtime:
            self._note_missing(path, closures[path])
        read = dict.fromkeys(p for path in runtime for p in closures[path].paths)
        rows = _rows(aside, closures)
        yield Declared(
            "requirements",
            tuple(read) or tuple(paths),
            _rows(runtime, closures),
            tuple(row for row in rows if row.path not in read),
            is_compiled=bool(runtime)
            and all(_is_compiled(p, closures[p], compiled) for p in runtime),
            is_aside=not starts,
            unconstrained=tuple(p for path in runtime for p, _ in closures[path].unconstrained),
        )

    def read(self, path: str) -> RequirementFile | None:
        """Return a requirement file of the repository, read once."""
        return self.repository.once(_FileReader(path))

    def checked(self, row: Requirement) -> Requirement:
        """Return a requirement, open when the path it names is not in the repository."""
        if row.inside in {"", "."} or self._stands(row.inside):
            return row
        from_root = posixpath.relpath(row.inside, posixpath.dirname(row.path) or ".")
        if not from_root.startswith("..") and self._stands(from_root):
            return row
        return replace(row, pin=Pin.OPEN, hashed=False, why="a path that is not in the repository")

    def _stands(self, path: str) -> bool:
        return path == "." or path in self.repository.every_path

    def _note_missing(self, path: str, closure: Closure | None) -> None:
        for missing, why in closure.missing if closure else ():
            self.repository.note_error(missing, f"included by {path}, {why}")
            self.unreadable.append(missing)
        for missing, why in closure.unconstrained if closure else ():
            self.repository.note_error(missing, f"constrains {path}, {why}")


@dataclass(frozen=True, slots=True)
class _FileReader:
    """Reads one requirement file, once."""

    path: str

    def __call__(self, repository: Repository) -> RequirementFile | None:
        text = repository.text(self.path) if self.path in repository.paths else None
        return None if text is None else read_requirement_file(text, self.path)


def _rows(paths: list[str], closures: Mapping[str, Closure]) -> tuple[Requirement, ...]:
    rows = {(r.path, r.line, r.name): r for p in paths for r in closures[p].requirements}
    return tuple(rows.values())


def _is_compiled(path: str, closure: Closure, compiled: set[str]) -> bool:
    """Tell whether a resolver wrote a file: it says so, or all of it is exact beside its source."""
    exact = all(row.pin is Pin.EXACT for row in closure.requirements)
    return closure.is_compiled or (path in compiled and exact)


def _txt(path: str) -> str:
    return path.removesuffix(".in") + ".txt"
