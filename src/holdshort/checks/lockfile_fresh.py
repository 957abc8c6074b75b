"""The lock file still fits what the manifest declares.

Compares each unit's run-time requirements with the lock that belongs to it, name by name, and the
input hash that Pipenv and Poetry write into their locks.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.dependency_units import Unit, find_units, satisfies
from holdshort.checks.facts.inventory import Kind
from holdshort.checks.facts.lock_files import LockFile, pipfile_hash, poetry_hash
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.requirement_files import read_requirement_file
from holdshort.checks.facts.requirements import Pin, Requirement
from holdshort.model.finding import Confidence, Level, Outcome, Place


@dataclass(frozen=True, slots=True)
class _Compared:
    """A manifest beside its lock."""

    lock: str
    missing: tuple[Requirement, ...]
    violated: tuple[Requirement, ...]
    hash_differs: bool


def look(repository: Repository) -> Verdict:
    """Compare every lock with its manifest."""
    units = find_units(repository)
    compared = [
        *(row for unit in units for row in _locks(repository, unit)),
        *_compiled(repository),
    ]
    broken = [path for unit in units for path in unit.unreadable]
    facts = _facts(compared)
    if not compared:
        return _without_lock(repository, broken, facts)
    stale = any(row.missing or row.violated for row in compared)
    doubt = broken or any(row.hash_differs for row in compared)
    outcome = Outcome.FAIL if stale else Outcome.WARN if doubt else Outcome.PASS
    return Verdict(
        outcome=Outcome.UNKNOWN if broken and not stale else outcome,
        headline=_headline(compared),
        evidence=tuple(p for row in compared for p in _places(row)),
        facts=facts,
        remediation="" if outcome is Outcome.PASS else _REMEDIATION,
    )


_REMEDIATION = "Write the lock anew and commit it: uv lock, poetry lock, pdm lock or pipenv lock"


def _locks(repository: Repository, unit: Unit) -> Iterator[_Compared]:
    if unit.main is None:
        return
    for lock in unit.locks:
        conda = posixpath.basename(lock.path).lower().startswith(("conda-lock", "pixi"))
        if conda != (unit.main.kind == "conda"):
            continue
        rows = [r for r in unit.main.requirements if r.pin is not Pin.INVALID and r.name]
        missing = (r for r in rows if r.name not in lock.versions and not r.conditional)
        present = (r for r in rows if r.name in lock.versions)
        violated = tuple(r for r in present if not satisfies(r, lock.versions[r.name]))
        differs = _hash_differs(repository, unit, lock)
        yield _Compared(lock.path, tuple(missing), violated, differs)


def _hash_differs(repository: Repository, unit: Unit, lock: LockFile) -> bool:
    """Tell whether a lock says it was made from another manifest; no claim is no difference."""
    if not lock.input_hash:
        return False
    name = posixpath.basename(lock.path).lower()
    source, of = {
        "pipfile.lock": ("Pipfile", pipfile_hash),
        "poetry.lock": ("pyproject.toml", poetry_hash),
    }.get(name, ("", None))
    path = posixpath.join(unit.folder, source)
    text = repository.text(path) if path in repository.paths and of else None
    try:
        own = of(text) if text and of else ""
    except UnreadableSourceError:
        return False
    return bool(own) and own != lock.input_hash


def _compiled(repository: Repository) -> Iterator[_Compared]:
    """Compare each `x.in` with the `x.txt` that a resolver wrote from it."""
    for file in repository.inventory.of(Kind.MANIFEST):
        target = file.path.removesuffix(".in") + ".txt"
        if not file.path.endswith(".in") or target not in repository.paths:
            continue
        source, result = repository.text(file.path), repository.text(target)
        if source is None or result is None:
            continue
        locked = {r.name: r for r in read_requirement_file(result, target).requirements}
        rows = [r for r in read_requirement_file(source, file.path).requirements if r.name]
        missing = tuple(r for r in rows if r.name not in locked and not r.conditional)
        violated = tuple(
            r
            for r in rows
            if r.name in locked and not satisfies(r, (locked[r.name].specifier.lstrip("="),))
        )
        yield _Compared(target, missing, violated, hash_differs=False)


def _facts(compared: list[_Compared]) -> dict[str, object]:
    missing = sorted({r.name for row in compared for r in row.missing})
    violations = sorted({r.name for row in compared for r in row.violated})
    return {
        "stale_lock": bool(missing or violations) if compared else None,
        "missing_in_lock": missing,
        "violations": violations,
        "hash_differs": [row.lock for row in compared if row.hash_differs],
        "locks": [row.lock for row in compared],
    }


def _places(row: _Compared) -> Iterator[Place]:
    for found in row.missing:
        yield place(found.path, found.line, Level.FAIL, f"{found.name} is not in {row.lock}")
    for found in row.violated:
        why = f"{found.name}{found.specifier} is not what {row.lock} holds"
        yield place(found.path, found.line, Level.FAIL, why)
    if row.hash_differs:
        yield place(row.lock, 0, Level.WARN, "was made from another version of the manifest")
    elif not row.missing and not row.violated:
        yield place(row.lock, 0, Level.PASS, "holds every declared name in an allowed version")


def _headline(compared: list[_Compared]) -> str:
    missing = sum(len(row.missing) for row in compared)
    violated = sum(len(row.violated) for row in compared)
    count = "1 lock file" if len(compared) == 1 else f"{len(compared)} lock files"
    if missing or violated:
        return f"Compared {count}: {missing} names missing, {violated} versions not allowed"
    if any(row.hash_differs for row in compared):
        return f"Compared {count}: every name fits, but the manifest changed since"
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
    version="1",
    title="lock file",
    statement="The lock file still fits what the manifest declares.",
    outcomes={
        Outcome.PASS: "every declared name is in the lock, in a version that is allowed",
        Outcome.WARN: "the names and versions fit, but the lock was made from another manifest",
        Outcome.FAIL: "a declared name is missing, or locked in a version that is not allowed",
        Outcome.NOT_APPLICABLE: "no lock file",
        Outcome.UNKNOWN: "a manifest or lock cannot be read, or the lock belongs to none",
    },
    rules=(
        "A lock is compared with the manifest of its own folder, or of its uv workspace.",
        "A requirement with an environment marker may be missing.",
        "A requirements.in is compared with the requirements.txt written from it.",
        "The input hash is computed for Pipenv, and for Poetry without a [project] table.",
    ),
    facts={
        "stale_lock": "whether a name is missing or violated, null without a lock",
        "missing_in_lock": "declared names the lock does not hold",
        "violations": "names locked in a version that is not allowed",
        "hash_differs": "locks made from another manifest",
        "locks": "the locks compared",
    },
    not_checked="whether the locked packages can still be downloaded",
    look=look,
)
