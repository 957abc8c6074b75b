"""The project units of a repository: each folder that owns a manifest, with its lock.

In: a `Repository`. Out: `Unit` values in folder order. Of several manifests in one folder one
speaks for run time (pyproject, Pipfile, requirement files, conda, setup.cfg, setup.py, in this
order); the others are alternatives. A lock belongs to its own folder, or to the uv workspace that
names the project.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from holdshort.checks.facts import manifests
from holdshort.checks.facts.conda_files import read_conda
from holdshort.checks.facts.inventory import (
    File,
    Kind,
    is_conda_name,
    is_requirements_name,
    is_test_path,
)
from holdshort.checks.facts.lock_files import LockFile, read_lock
from holdshort.checks.facts.manifests import Manifest
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.requirement_files import Closure, is_development_name, read_closure
from holdshort.checks.facts.requirements import Requirement


@dataclass(frozen=True, slots=True)
class Declared:
    """What one manifest, or a set of requirement files, declares."""

    kind: str
    paths: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    development: tuple[Requirement, ...] = ()
    name: str = ""
    is_package: bool = False
    is_dynamic: bool = False
    is_compiled: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """One folder with manifests.

    Attributes:
        folder: empty at the root.
        main: what speaks for run time; None when no manifest could be read.
        others: alternatives, such as a conda environment beside requirement files.
        locks: the locks that belong to it.
        unreadable: manifests and locks that could not be read.
        package: the name under which it can be built and published, empty when it cannot.
    """

    folder: str
    main: Declared | None
    others: tuple[Declared, ...]
    locks: tuple[LockFile, ...]
    unreadable: tuple[str, ...]
    package: str

    def lock_of(self, name: str) -> LockFile | None:
        """Return the lock that fixes a package."""
        return next((lock for lock in self.locks if name in lock.versions), None)


_ORDER = ("pyproject", "pipfile", "requirements", "conda", "setup.cfg", "setup.py")


def find_units(repository: Repository) -> tuple[Unit, ...]:
    """Return every unit; what cannot be read is noted in the coverage."""
    folders: dict[str, list[File]] = {}
    for file in repository.inventory.of(Kind.MANIFEST):
        if not is_test_path(file.path):
            folders.setdefault(_owner(file), []).append(file)
    locks = _Locks(repository)
    return tuple(_unit(repository, folder, folders[folder], locks) for folder in sorted(folders))


def satisfies(requirement: Requirement, versions: tuple[str, ...]) -> bool:
    """Tell whether one of the locked versions is allowed; a location counts as allowed."""
    if not requirement.specifier or "" in versions:
        return True
    try:
        allowed = SpecifierSet(requirement.specifier)
        return any(allowed.contains(Version(v), prereleases=True) for v in versions)
    except (InvalidSpecifier, InvalidVersion):
        return True


def _owner(file: File) -> str:
    """Return the folder a manifest speaks for: `requirements/` belongs to the one above."""
    parent, _, last = file.folder.rpartition("/")
    return parent if last.lower() in {"requirements", "requirement", "reqs"} else file.folder


def _unit(repository: Repository, folder: str, files: list[File], locks: _Locks) -> Unit:
    unreadable: list[str] = []
    found = [
        declared
        for declared in (
            *_tables(repository, files, unreadable),
            _requirement_files(repository, files, unreadable),
            *_condas(repository, files, unreadable),
        )
        if declared is not None
    ]
    found.sort(key=lambda d: (_ORDER.index(d.kind), d.paths))
    declaring = [d for d in found if d.requirements] or [d for d in found if d.is_dynamic]
    main = next(iter(declaring or found), None)
    name = next((d.name for d in found if d.name), "")
    own, broken = locks.of(folder, name)
    others = tuple(d for d in declaring if d is not main)
    package = name if any(d.is_package for d in found) else ""
    return Unit(folder, main, others, own, (*unreadable, *broken), package)


_READERS: dict[str, tuple[str, Callable[[str, str], Manifest]]] = {
    "pyproject.toml": ("pyproject", manifests.read_pyproject),
    "pipfile": ("pipfile", manifests.read_pipfile),
    "setup.cfg": ("setup.cfg", manifests.read_setup_cfg),
    "setup.py": ("setup.py", manifests.read_setup_py),
}


def _tables(
    repository: Repository, files: list[File], unreadable: list[str]
) -> list[Declared | None]:
    rows: list[Declared | None] = []
    for file in files:
        reader = _READERS.get(file.name.lower())
        text = repository.text(file.path) if reader else ""
        if reader is None or text is None:
            unreadable.extend([file.path] if text is None else [])
            continue
        try:
            manifest = reader[1](text, file.path)
        except UnreadableSourceError as error:
            repository.note_error(file.path, str(error))
            unreadable.append(file.path)
            continue
        rows.append(_declared(repository, reader[0], manifest))
    return rows


def _declared(repository: Repository, kind: str, manifest: Manifest) -> Declared:
    folder = posixpath.dirname(manifest.path)
    listed = [posixpath.normpath(posixpath.join(folder, file)) for file in manifest.files]
    closures = [read_closure(path, repository.text) for path in listed if _exists(repository, path)]
    rows = manifest.requirements + tuple(r for c in closures for r in c.requirements)
    return Declared(
        kind,
        (manifest.path, *(path for c in closures for path in c.paths)),
        rows,
        manifest.development,
        name=manifest.name,
        is_package=manifest.is_package,
        is_dynamic=manifest.dynamic and not closures,
        is_compiled=bool(closures) and all(c.is_compiled for c in closures),
    )


def _requirement_files(
    repository: Repository, files: list[File], unreadable: list[str]
) -> Declared | None:
    paths = [f.path for f in files if is_requirements_name(f.path)]
    compiled = {p.removesuffix(".in") + ".txt" for p in paths if p.endswith(".in")}
    paths = [p for p in paths if not (p.endswith(".in") and _txt(p) in paths)]
    closures = {path: read_closure(path, _reader(repository)) for path in paths}
    included = {p for path, c in closures.items() for p in c.paths if p != path}
    tops = [p for p in paths if p not in included or _in_cycle(p, closures)]
    runtime = [p for p in tops if not _is_aside(p, closures)] or tops
    rows: dict[tuple[str, int], Requirement] = {}
    for path in runtime:
        rows.update({(r.path, r.line): r for r in closures[path].requirements})
    for path in runtime:
        for missing in closures[path].missing:
            repository.note_error(missing, f"included by {path}, not in the repository")
            unreadable.append(missing)
    if not paths:
        return None
    whole = bool(runtime) and all(closures[p].is_compiled or p in compiled for p in runtime)
    read = tuple(p for path in runtime for p in closures[path].paths)
    return Declared("requirements", read, tuple(rows.values()), is_compiled=whole)


def _is_aside(path: str, closures: Mapping[str, Closure]) -> bool:
    """Tell whether a file is for development only, or merely constrains."""
    name = posixpath.basename(path).lower()
    alone = len(closures[path].paths) <= 1
    return (alone and is_development_name(path)) or "constraints" in name


def _in_cycle(path: str, closures: Mapping[str, Closure]) -> bool:
    others = [p for p in closures[path].paths if p != path]
    within = [p for p in others if p in closures and path in closures[p].paths]
    return bool(within) and path == min([path, *within])


def _reader(repository: Repository) -> Callable[[str], str | None]:
    return lambda path: repository.text(path) if _exists(repository, path) else None


def _exists(repository: Repository, path: str) -> bool:
    return path in repository.paths


def _txt(path: str) -> str:
    return path.removesuffix(".in") + ".txt"


def _condas(
    repository: Repository, files: list[File], unreadable: list[str]
) -> list[Declared | None]:
    rows: list[Declared | None] = []
    for file in files:
        text = repository.text(file.path) if is_conda_name(file.path) else None
        if text is None:
            continue
        try:
            environment = read_conda(text, file.path)
        except UnreadableSourceError as error:
            repository.note_error(file.path, str(error))
            unreadable.append(file.path)
            continue
        if environment is not None:
            rows.append(Declared("conda", (file.path,), environment.requirements))
    return rows


class _Locks:
    """The lock files of the repository, read when a unit asks."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._files = repository.inventory.of(Kind.LOCK)

    def of(self, folder: str, project: str) -> tuple[tuple[LockFile, ...], tuple[str, ...]]:
        found: list[LockFile] = []
        broken: list[str] = []
        for file in self._files:
            workspace = file.name == "uv.lock" and _is_above(file.folder, folder)
            if file.folder != folder and not workspace:
                continue
            lock = self._read(file)
            if lock is None:
                broken.append(file.path)
            elif file.folder == folder or project in lock.versions:
                found.append(lock)
        return tuple(found), tuple(broken)

    def _read(self, file: File) -> LockFile | None:
        text = self._repository.text(file.path)
        if text is None:
            return None
        try:
            return read_lock(text, file.path)
        except UnreadableSourceError as error:
            self._repository.note_error(file.path, str(error))
            return None


def _is_above(folder: str, other: str) -> bool:
    return folder != other and (not folder or other.startswith(f"{folder}/"))
