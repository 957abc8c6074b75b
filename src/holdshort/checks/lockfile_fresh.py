"""The lock file still fits what the manifest declares.

Compares each unit's run-time requirements with the lock that belongs to it, name by name, and the
input that Pipenv, Poetry, PDM and uv write into their locks.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.declared import Declared
from holdshort.checks.facts.dependency_units import Unit, satisfies, units_of
from holdshort.checks.facts.inventory import Kind, is_aside_path
from holdshort.checks.facts.lock_files import LOCATED, LockFile
from holdshort.checks.facts.lock_inputs import HASHES
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.requirement_files import read_requirement_file
from holdshort.checks.facts.requirements import Pin, Requirement
from holdshort.model.finding import Confidence, Level, Outcome, Place


@dataclass(frozen=True, slots=True)
class _Compared:
    """A manifest beside its lock; `aside` is what extras and groups miss in it."""

    folder: str
    lock: str
    missing: tuple[Requirement, ...] = ()
    violated: tuple[Requirement, ...] = ()
    aside: tuple[Requirement, ...] = ()
    hash_differs: bool = False
    computed: bool = False

    @property
    def outcome(self) -> Outcome:
        """What this pair comes to."""
        if self.missing or self.violated:
            return Outcome.FAIL
        if self.computed:
            return Outcome.UNKNOWN
        return Outcome.WARN if self.hash_differs or self.aside else Outcome.PASS


_WORST = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.WARN, Outcome.PASS)


def look(repository: Repository) -> Verdict:
    """Compare every lock with its manifest."""
    units = units_of(repository)
    compared = [row for unit in units for row in _locks(repository, unit)]
    compared += _compiled(repository)
    broken = [path for unit in units for path in unit.unreadable]
    facts = _facts(compared)
    if not compared:
        return _without_lock(repository, broken, facts)
    outcome = min((row.outcome for row in compared), key=_WORST.index)
    if broken and outcome is not Outcome.FAIL:
        outcome = Outcome.UNKNOWN
    return Verdict(
        outcome=outcome,
        headline=_headline(compared) + repository.unread_note(),
        evidence=tuple(dict.fromkeys(p for row in compared for p in _places(row))),
        facts=facts,
        remediation=_REMEDIATION if outcome in {Outcome.FAIL, Outcome.WARN} else "",
    )


_REMEDIATION = "Write the lock anew and commit it: uv lock, poetry lock, pdm lock or pipenv lock"


def _locks(repository: Repository, unit: Unit) -> Iterator[_Compared]:
    for lock in unit.locks:
        declared = _source_of(lock, unit)
        if declared is None or lock.path in declared.paths:
            continue
        rows = [r for r in declared.requirements if r.pin is not Pin.INVALID and _is_locked(r)]
        missing = (r for r in rows if not (lock.holds(r.name) or r.conditional or r.inside))
        aside = (r for r in declared.development if r.name and not lock.of(r.name))
        complete = posixpath.basename(lock.path) in _COMPLETE
        yield _Compared(
            unit.folder,
            lock.path,
            tuple(missing),
            tuple(_violated(rows, lock, declared)),
            tuple(r for r in aside if not r.conditional) if complete else (),
            _hash_differs(repository, unit, lock) or _asked_differs(lock, declared),
            declared.is_dynamic and not rows,
        )


_COMPLETE = frozenset({"uv.lock", "poetry.lock", "Pipfile.lock"})
"""Locks that hold every extra and group, whichever is installed."""

_SOURCES = {
    "uv.lock": ("pyproject",),
    "poetry.lock": ("pyproject",),
    "pdm.lock": ("pyproject",),
    "pipfile.lock": ("pipfile",),
    "pixi.lock": ("pixi", "pyproject"),
}


def _source_of(lock: LockFile, unit: Unit) -> Declared | None:
    """Return the manifest a lock was made from, by what its tool reads."""
    kinds = _SOURCES.get(posixpath.basename(lock.path).lower())
    if kinds is None:
        kinds = ("conda",) if lock.is_conda else ("pyproject", "requirements", "setup.cfg")
    found = (d for kind in kinds for d in unit.declared if d.kind == kind)
    return next(found, None)


def _is_locked(requirement: Requirement) -> bool:
    """Tell whether a lock has to hold it; the interpreter need not be in one."""
    return requirement.name not in {"", "python"}


def _violated(rows: list[Requirement], lock: LockFile, declared: Declared) -> Iterator[Requirement]:
    """Yield what no locked version satisfies; of rows for several platforms one has to be."""
    present = [r for r in rows if lock.holds(r.name) and r.name not in declared.overridden]
    fitting = {r.name for r in present if satisfies(r, lock.of(r.name))}
    for row in present:
        is_fine = satisfies(row, lock.of(row.name))
        if not is_fine and not (row.conditional and row.name in fitting):
            yield row


def _asked_differs(lock: LockFile, declared: Declared) -> bool:
    """Tell whether uv made a lock from other requirements than are declared now."""
    asked = lock.asked.get(declared.name)
    if asked is None or declared.is_dynamic:
        return False
    placed = {r.name for r in declared.requirements if r.inside or r.hashed}
    placed |= {name for name, specifier in asked if specifier == LOCATED}
    now = {(r.name, r.specifier) for r in declared.requirements if r.name not in placed}
    before = {(name, specifier) for name, specifier in asked if name not in placed}
    names = {r.name for r in declared.requirements}
    return names != {name for name, _ in asked} or _normal(now) != _normal(before)


def _normal(pairs: Iterable[tuple[str, str]]) -> set[tuple[str, SpecifierSet | str]]:
    found: set[tuple[str, SpecifierSet | str]] = set()
    for name, specifier in pairs:
        try:
            found.add((name, SpecifierSet(specifier)))
        except InvalidSpecifier:
            found.add((name, specifier))
    return found


def _hash_differs(repository: Repository, unit: Unit, lock: LockFile) -> bool:
    """Tell whether a lock says it was made from another manifest; no claim is no difference."""
    source, hashes = HASHES.get(posixpath.basename(lock.path).lower(), ("", None))
    path = posixpath.join(unit.folder, source)
    if not lock.input_hash or hashes is None or path not in repository.paths:
        return False
    text = repository.text(path)
    try:
        own = hashes(text) if text else frozenset()
    except UnreadableSourceError:
        return False
    return bool(own) and lock.input_hash not in own


def _compiled(repository: Repository) -> Iterator[_Compared]:
    """Compare each `x.in` with the `x.txt` that a resolver wrote from it."""
    for file in repository.inventory.of(Kind.MANIFEST):
        target = file.path.removesuffix(".in") + ".txt"
        if not file.path.endswith(".in") or target not in repository.paths:
            continue
        source, result = repository.text(file.path), repository.text(target)
        if source is None or result is None or is_aside_path(file.path):
            continue
        written = read_requirement_file(result, target).requirements
        if any(row.pin not in {Pin.EXACT, Pin.INVALID} for row in written):
            continue
        locked: dict[str, tuple[str, ...]] = {}
        for row in written:
            locked[row.name] = (*locked.get(row.name, ()), row.specifier.lstrip("="))
        rows = [r for r in read_requirement_file(source, file.path).requirements if r.name]
        missing = tuple(r for r in rows if r.name not in locked and not r.conditional)
        present = (r for r in rows if r.name in locked)
        violated = tuple(r for r in present if not satisfies(r, locked[r.name]))
        yield _Compared(file.folder, target, missing, violated)


def _facts(compared: list[_Compared]) -> dict[str, object]:
    missing = sorted({r.name for row in compared for r in row.missing})
    violations = sorted({r.name for row in compared for r in row.violated})
    return {
        "stale_lock": bool(missing or violations) if compared else None,
        "missing_in_lock": missing,
        "violations": violations,
        "dev_missing_in_lock": sorted({r.name for row in compared for r in row.aside}),
        "hash_differs": [row.lock for row in compared if row.hash_differs],
        "locks": sorted({row.lock for row in compared}),
        "units": [
            {"folder": row.folder, "lock": row.lock, "outcome": str(row.outcome)}
            for row in compared
        ],
    }


def _places(row: _Compared) -> Iterator[Place]:
    for found in row.missing:
        yield place(found.path, found.line, Level.FAIL, f"{found.name} is not in {row.lock}")
    for found in row.violated:
        why = f"{found.name}{found.specifier} is not what {row.lock} holds"
        yield place(found.path, found.line, Level.FAIL, why)
    for found in row.aside:
        why = f"{found.name}, for development or an extra, is not in {row.lock}"
        yield place(found.path, found.line, Level.WARN, why)
    if row.hash_differs:
        yield place(row.lock, 0, Level.WARN, "was made from another version of the manifest")
    elif row.outcome is Outcome.PASS:
        yield place(row.lock, 0, Level.PASS, "holds every declared name in an allowed version")


def _headline(compared: list[_Compared]) -> str:
    missing = sum(len(row.missing) for row in compared)
    violated = sum(len(row.violated) for row in compared)
    locks = len({row.lock for row in compared})
    count = "1 lock file" if locks == 1 else f"{locks} lock files"
    if missing or violated:
        return f"Compared {count}: {missing} names missing, {violated} versions not allowed"
    if any(row.computed for row in compared):
        return f"Compared {count}, but the manifest computes what it requires"
    if any(row.hash_differs for row in compared):
        return f"Compared {count}: every name fits, but the manifest changed since"
    if any(row.aside for row in compared):
        return f"Compared {count}: every run-time name fits, but extras or groups are missing"
    return f"Compared {count}: every declared name is there in an allowed version"


def _without_lock(repository: Repository, broken: list[str], facts: dict[str, object]) -> Verdict:
    if broken or repository.has_errors():
        return Verdict(
            outcome=Outcome.UNKNOWN,
            confidence=Confidence.UNSURE,
            headline="A manifest or lock file could not be read",
            facts=facts,
        )
    locks = repository.inventory.of(Kind.LOCK)
    if locks:
        return Verdict(
            outcome=Outcome.UNKNOWN,
            headline=f"Found {locks[0].path}, but no manifest it belongs to",
            facts=facts,
        )
    return Verdict(
        outcome=Outcome.NOT_APPLICABLE, headline="Found no lock file of Python", facts=facts
    )


CHECK = Check(
    id="lockfile-fresh",
    version="2",
    title="lock file",
    statement="The lock file still fits what the manifest declares.",
    outcomes={
        Outcome.PASS: "every declared name is in the lock, in a version that is allowed",
        Outcome.WARN: (
            "the names and versions fit, but the lock was made from another manifest, or lacks a"
            " package of an extra or group"
        ),
        Outcome.FAIL: "a declared name is missing, or locked in a version that is not allowed",
        Outcome.NOT_APPLICABLE: "no lock file",
        Outcome.UNKNOWN: (
            "a manifest or lock cannot be read, the lock belongs to none, or the manifest computes"
            " what it requires"
        ),
    },
    rules=(
        (
            "A lock is compared with the manifest its tool reads, in its own folder or of its uv"
            " workspace."
        ),
        "A requirement with an environment marker may be missing.",
        "A requirements.in is compared with the requirements.txt written from it.",
        "A run-time name that is locked for development only is missing.",
        "A name that uv or PDM override may be locked in any version.",
        "The input hash is computed for Pipenv, Poetry and PDM; uv writes its input down.",
    ),
    facts={
        "stale_lock": "whether a name is missing or violated, null without a lock",
        "missing_in_lock": "declared names the lock does not hold",
        "violations": "names locked in a version that is not allowed",
        "dev_missing_in_lock": "names of extras and groups the lock does not hold",
        "hash_differs": "locks made from another manifest",
        "locks": "the locks compared",
        "units": "folder, lock and outcome of each pair",
    },
    not_checked="whether the locked packages can still be downloaded",
    look=look,
)
