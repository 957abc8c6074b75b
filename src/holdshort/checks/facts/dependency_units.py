"""The project units of a repository: each folder that owns a manifest, with its lock.

In: a `Repository`. Out: `Unit` values in folder order. Of several manifests in one folder one
speaks for run time (pyproject, Pixi, Pipfile, requirement files, conda, setup.cfg, setup.py, in
this order); the others are alternatives. A lock belongs to its own folder, or to the uv workspace
that names the project. Folders of tests, documentation and CI own no unit.
"""

from __future__ import annotations

from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from holdshort.checks.facts.declared import Declared, declared_in
from holdshort.checks.facts.inventory import File, Kind, is_aside_path, is_requirements_name
from holdshort.checks.facts.lock_files import LockFile, read_lock
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.requirements import Pin, Requirement
from holdshort.checks.facts.words import words


@dataclass(frozen=True, slots=True)
class Unit:
    """One folder with manifests.

    Attributes:
        folder: empty at the root.
        main: what speaks for run time; None when no manifest could be read.
        others: alternatives, such as a conda environment beside requirement files.
        locks: the locks that belong to it.
        unreadable: manifests and locks that could not be read.
        unread_locks: the locks among them.
        package: the name under which it can be built and published, empty when it cannot.
    """

    folder: str
    main: Declared | None
    others: tuple[Declared, ...]
    locks: tuple[LockFile, ...]
    unreadable: tuple[str, ...]
    unread_locks: tuple[str, ...]
    package: str

    def lock_of(self, name: str) -> LockFile | None:
        """Return the lock that fixes a package for run time."""
        return next((lock for lock in self.locks if lock.holds(name)), None)

    @property
    def is_example(self) -> bool:
        """Whether it shows how something is used, by the folder it is in."""
        return not _EXAMPLES.isdisjoint(self.folder.lower().split("/"))

    @property
    def declared(self) -> tuple[Declared, ...]:
        """Every manifest, the one that speaks for run time first."""
        return (self.main, *self.others) if self.main is not None else self.others


def units_of(repository: Repository) -> tuple[Unit, ...]:
    """Return every unit; what cannot be read is noted in the coverage."""
    return repository.once(_find_units)


def satisfies(requirement: Requirement, versions: tuple[str, ...]) -> bool:
    """Tell whether one of the locked versions is allowed; a location counts as allowed."""
    if not requirement.specifier or "" in versions:
        return True
    try:
        allowed = SpecifierSet(requirement.specifier)
        return any(allowed.contains(Version(v), prereleases=True) for v in versions)
    except (InvalidSpecifier, InvalidVersion):
        return True


_EXAMPLES = words(
    "example examples demo demos benchmark benchmarks bench tutorial tutorials sample samples"
    " contrib recipes"
)
_ORDER = ("pyproject", "pixi", "pipfile", "requirements", "conda", "setup.cfg", "setup.py", "lock")
_REQUIREMENT_FOLDERS = frozenset({"requirements", "requirement", "reqs"})


def _find_units(repository: Repository) -> tuple[Unit, ...]:
    folders: dict[str, list[File]] = {}
    files = repository.inventory.of(Kind.MANIFEST, Kind.LOCK)
    repository.fetch(file for file in files if not is_aside_path(file.path))
    for file in repository.inventory.of(Kind.MANIFEST):
        if not is_aside_path(file.path):
            folders.setdefault(_owner(file), []).append(file)
    locks = _Locks(repository)
    for folder in locks.folders:
        folders.setdefault(folder, [])
    units = [_unit(repository, folder, folders[folder], locks) for folder in sorted(folders)]
    known = {unit.folder for unit in units if unit.main and unit.main.requirements}
    return tuple(
        unit for unit in units if unit.main or unit.unreadable if not _is_show(unit, known)
    )


def _is_show(unit: Unit, known: set[str]) -> bool:
    """Tell whether a unit is what Binder installs to show a project that has its own manifest."""
    parent, _, last = unit.folder.rpartition("/")
    return last == "binder" and parent in known


def _owner(file: File) -> str:
    """Return the folder a manifest speaks for: `requirements/` belongs to the one above."""
    parent, _, last = file.folder.rpartition("/")
    is_apart = last.lower() in _REQUIREMENT_FOLDERS and is_requirements_name(file.path)
    return parent if is_apart else file.folder


def _unit(repository: Repository, folder: str, files: list[File], locks: _Locks) -> Unit:
    found, unreadable = declared_in(repository, files)
    name = next((d.name for d in found if d.name), "")
    own, broken = locks.of(folder, name)
    if not any(d.requirements or d.is_dynamic for d in found):
        found += [_locked(lock) for lock in own if lock.stands_alone]
    found.sort(key=lambda d: (_ORDER.index(d.kind), d.paths))
    declaring = [d for d in found if d.requirements] or [d for d in found if d.is_dynamic]
    main = next(iter(declaring or found), None)
    others = tuple(d for d in found if d is not main)
    package = name if any(d.is_package for d in found) else ""
    return Unit(folder, main, others, own, (*unreadable, *broken), broken, package)


def _locked(lock: LockFile) -> Declared:
    """Return a lock that nothing was declared for as its own manifest."""
    rows = (Requirement(name, lock.path, 0, Pin.EXACT, hashed=True) for name in lock.versions)
    return Declared("lock", (lock.path,), tuple(rows), is_compiled=True)


class _Locks:
    """The lock files of the repository, read when a unit asks."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        files = repository.inventory.of(Kind.LOCK)
        self._files = [file for file in files if not is_aside_path(file.path)]

    @property
    def folders(self) -> list[str]:
        """The folders with a lock that can be installed on its own."""
        return [f.folder for f in self._files if LockFile(f.path, {}).stands_alone]

    def of(self, folder: str, project: str) -> tuple[tuple[LockFile, ...], tuple[str, ...]]:
        found: list[LockFile] = []
        broken: list[str] = []
        for file in self._files:
            workspace = file.name == "uv.lock" and _is_above(file.folder, folder)
            if file.folder != folder and not workspace:
                continue
            lock = self._read(file)
            if lock is not None and (file.folder == folder or project in lock.versions):
                found.append(lock)
            elif lock is None and file.folder == folder:
                broken.append(file.path)
        return tuple(found), tuple(broken)

    def _read(self, file: File) -> LockFile | None:
        return self._repository.once(_LockReader(file.path))


@dataclass(frozen=True, slots=True)
class _LockReader:
    """Reads one lock, once."""

    path: str

    def __call__(self, repository: Repository) -> LockFile | None:
        text = repository.text(self.path)
        try:
            return None if text is None else read_lock(text, self.path)
        except UnreadableSourceError as error:
            repository.note_error(self.path, str(error))
            return None


def _is_above(folder: str, other: str) -> bool:
    return folder != other and (not folder or other.startswith(f"{folder}/"))
