"""Every run-time dependency installs to one exact version.

Reads manifests and locks unit by unit. A lock pins what it covers; without one a requirement pins
itself or not at all. What a manifest computes when it runs stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.declared import Declared
from holdshort.checks.facts.dependency_units import Unit, satisfies, units_of
from holdshort.checks.facts.inventory import Kind
from holdshort.checks.facts.libraries import is_library
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.requirements import Pin, Requirement
from holdshort.checks.facts.told_installs import told_installs
from holdshort.model.finding import Confidence, Level, Outcome, Place

_WORST = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.WARN, Outcome.PASS, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What one unit came to; `floating` are the requirements that nothing pins."""

    unit: Unit
    outcome: Outcome
    pinned: bool | str | None
    total: int
    exact: int
    floating: tuple[Requirement, ...]
    places: tuple[Place, ...]


def look(repository: Repository) -> Verdict:
    """Judge every unit and report the worst."""
    units = units_of(repository)
    if not units:
        return _without_manifest(repository)
    folders = frozenset(unit.folder for unit in units)
    is_main = any(_requires(unit) and not unit.is_example for unit in units)
    judged = [
        _judge(
            unit,
            may_float=(unit.is_example and is_main)
            or is_library(unit, repository.paths, folders, repository.text),
        )
        for unit in units
    ]
    outcome = min((j.outcome for j in judged), key=_WORST.index)
    return Verdict(
        outcome=outcome,
        headline=_headline(judged),
        evidence=tuple(sorted({p for j in judged for p in j.places}, key=_strength)),
        facts=_facts(judged),
        remediation=_REMEDIATION if outcome in {Outcome.FAIL, Outcome.WARN} else "",
    )


_REMEDIATION = (
    "Let a resolver write every version down and commit the result, for example:\n"
    "uv lock\n"
    "or: uv pip compile --universal --generate-hashes requirements.in -o requirements.txt"
)


def _requires(unit: Unit) -> bool:
    return unit.main is not None and bool(unit.main.requirements)


def _judge(unit: Unit, *, may_float: bool) -> _Judged:
    main = unit.main
    if main is None or (not main.requirements and (main.is_dynamic or unit.unreadable)):
        return _undecided(unit)
    rows = [r for r in main.requirements if r.pin is not Pin.INVALID]
    floating = tuple(r for r in rows if not _is_pinned(r, unit) and r.pin is not Pin.PREFIX)
    prefixes = [r for r in rows if r.pin is Pin.PREFIX and not _is_pinned(r, unit)]
    return _Judged(
        unit=unit,
        outcome=_outcome(unit, main, floating, prefixes, may_float=may_float),
        pinned=None if floating and unit.unread_locks else _pinned(rows, floating, prefixes),
        total=len(rows),
        exact=len(rows) - len(floating) - len(prefixes),
        floating=floating,
        places=tuple(_places(unit, main, floating, prefixes, may_float=may_float)),
    )


def _is_pinned(requirement: Requirement, unit: Unit) -> bool:
    if requirement.pin is Pin.EXACT:
        return True
    lock = unit.lock_of(requirement.name)
    if lock is not None:
        return satisfies(requirement, lock.of(requirement.name)) or _is_overridden(
            requirement, unit
        )
    if unit.locks and (requirement.conditional or requirement.name == "python"):
        return True
    pins = (r for other in unit.others for r in other.requirements if other.kind != "conda")
    return any(r.name == requirement.name and r.pin is Pin.EXACT for r in pins)


def _is_overridden(requirement: Requirement, unit: Unit) -> bool:
    return any(requirement.name in declared.overridden for declared in unit.declared)


def _pinned(
    rows: list[Requirement], floating: tuple[Requirement, ...], prefixes: list[Requirement]
) -> bool | str | None:
    if not rows:
        return None
    if floating:
        return False
    return "partial" if prefixes else True


def _outcome(
    unit: Unit,
    main: Declared,
    floating: tuple[Requirement, ...],
    prefixes: list[Requirement],
    *,
    may_float: bool,
) -> Outcome:
    if any(r.pin is Pin.OPEN for r in floating):
        if main.unconstrained or unit.unread_locks:
            return Outcome.UNKNOWN
        return Outcome.WARN if may_float else Outcome.FAIL
    if unit.unreadable or main.is_dynamic or any(r.pin is Pin.INVALID for r in main.requirements):
        return Outcome.UNKNOWN
    if not main.requirements:
        return Outcome.NOT_APPLICABLE
    if floating or prefixes or not _is_closed(unit, main) or _open_alternatives(unit):
        return Outcome.WARN
    return Outcome.PASS


def _is_closed(unit: Unit, main: Declared) -> bool:
    """Tell whether the versions of what the dependencies need are fixed too."""
    if main.is_compiled or all(r.hashed for r in main.requirements):
        return True
    names = {r.name for r in main.requirements if not r.conditional and not r.hashed} - {"python"}
    if bool(unit.locks) and all(unit.lock_of(name) for name in names):
        return True
    compiled = [o for o in unit.others if o.is_compiled and o.kind == "requirements"]
    return any(names <= {r.name for r in other.requirements} for other in compiled)


def _open_alternatives(unit: Unit) -> list[Requirement]:
    rows = [r for o in unit.others if o.kind in {"conda", "pixi"} for r in o.requirements]
    return [r for r in rows if r.pin is Pin.OPEN and not _is_pinned(r, unit)]


def _places(
    unit: Unit,
    main: Declared,
    floating: tuple[Requirement, ...],
    prefixes: list[Requirement],
    *,
    may_float: bool,
) -> Iterator[Place]:
    for row in floating:
        is_open = row.pin is Pin.OPEN and not may_float and not unit.unread_locks
        why = f"{row.name or 'a location'}: {_reason(row, unit)}"
        yield place(row.path, row.line, Level.FAIL if is_open else Level.WARN, why)
    for row in prefixes:
        yield place(row.path, row.line, Level.WARN, f"{row.name}: {row.why}")
    for row in _open_alternatives(unit):
        yield place(row.path, row.line, Level.WARN, f"{row.name}: {row.why}, in another manifest")
    for row in main.requirements:
        if row.pin is Pin.INVALID:
            yield place(row.path, row.line, Level.WARN, "not a requirement")
    for path in unit.unread_locks:
        yield place(path, 0, Level.WARN, "a lock that cannot be read may pin more")
    if main.is_dynamic:
        yield place(main.paths[0], 0, Level.WARN, "some requirements are computed when it runs")
    for lock in unit.locks:
        yield place(lock.path, 0, Level.PASS, f"locks {len(lock.versions)} packages")
    if not floating and not unit.locks and main.requirements:
        yield place(main.paths[0], 0, Level.PASS, "every requirement names one version")


def _reason(row: Requirement, unit: Unit) -> str:
    lock = unit.lock_of(row.name)
    if lock is not None:
        return f"{lock.path} locks {', '.join(lock.of(row.name))}, not {row.specifier}"
    return f"{row.why}, not in the lock" if unit.locks else row.why


def _undecided(unit: Unit) -> _Judged:
    main = unit.main
    if main is None and not unit.unreadable:
        return _Judged(unit, Outcome.NOT_APPLICABLE, None, 0, 0, (), ())
    why = "its requirements are computed when it runs" if main else "cannot be read"
    paths = unit.unreadable or (main.paths if main else ())
    found = tuple(place(path, 0, Level.WARN, why) for path in paths[:1])
    return _Judged(unit, Outcome.UNKNOWN, None, 0, 0, (), found)


def _headline(judged: list[_Judged]) -> str:
    total = sum(j.total for j in judged)
    exact = sum(j.exact for j in judged)
    locks = sorted({lock.path for j in judged for lock in j.unit.locks})
    if not total:
        return "Found manifests, but no requirement that can be read in them"
    compiled = all(j.unit.main and j.unit.main.is_compiled for j in judged)
    noun = "requirement" if total == 1 else "requirements"
    lock = f"locked in {', '.join(locks[:3])}" if locks else "no lock file"
    lock = "written by a resolver" if compiled and not locks else lock
    where = f" in {len(judged)} projects" if len(judged) > 1 else ""
    return f"Found {total} {noun}{where}, {exact} pinned exactly, {lock}"


def _facts(judged: list[_Judged]) -> dict[str, object]:
    states = [j.pinned for j in judged if j.pinned is not None]
    pinned: bool | str | None = None
    if states:
        pinned = next((s for s in (False, "partial") if s in states), True)
    return {
        "pinned": pinned,
        "total": sum(j.total for j in judged),
        "exact": sum(j.exact for j in judged),
        "unpinned": [
            {"name": r.name, "path": r.path, "line": r.line} for j in judged for r in j.floating
        ],
        "dev_unpinned_names": sorted({name for j in judged for name in _development(j.unit)}),
        "units": [
            {
                "folder": j.unit.folder,
                "manifests": list(j.unit.main.paths) if j.unit.main else [],
                "locks": [lock.path for lock in j.unit.locks],
                "outcome": str(j.outcome),
                "pinned": j.pinned,
                "total": j.total,
            }
            for j in judged
        ],
    }


def _development(unit: Unit) -> Iterator[str]:
    """Yield the names of what is needed for development only, and floats."""
    rows = (row for declared in unit.declared for row in declared.development)
    for row in rows:
        locked = any(lock.of(row.name) for lock in unit.locks)
        if row.pin not in {Pin.EXACT, Pin.INVALID} and row.name and not locked:
            yield row.name


def _strength(found: Place) -> tuple[int, str, int, str]:
    order = (Level.FAIL, Level.WARN, Level.PASS, Level.INFO).index(found.level)
    return order, found.path, found.line, found.why


def _without_manifest(repository: Repository) -> Verdict:
    code = repository.inventory.of(Kind.PYTHON, Kind.NOTEBOOK)
    facts = _facts([])
    if not code:
        return Verdict(
            outcome=Outcome.NOT_APPLICABLE, headline="Found no Python and no manifest", facts=facts
        )
    commands = tuple(
        place(c.path, c.line, Level.WARN, "an install command, no versions kept")
        for c in told_installs(repository)
    )
    hint = f"; {commands[0].where} has an install command" if commands else ""
    return Verdict(
        outcome=Outcome.UNKNOWN,
        confidence=Confidence.CERTAIN,
        headline=f"Found no manifest beside {len(code)} Python files and notebooks{hint}",
        evidence=commands,
        facts=facts,
        remediation="Write the dependencies into pyproject.toml, then: uv lock",
    )


CHECK = Check(
    id="dependencies-pinned",
    version="2",
    title="dependencies",
    statement="Every run-time dependency installs to one exact version.",
    outcomes={
        Outcome.PASS: (
            "a tracked lock covers every requirement, or a resolver wrote the whole requirement"
            " file, or every requirement is fixed by a hash or a full commit"
        ),
        Outcome.WARN: (
            "each requirement is exact, but what they need floats; ~=, a tag, an address without"
            " a hash; conda with one or two parts; the ranges of a library or of examples"
        ),
        Outcome.FAIL: "a bare name, a range, a wildcard or a branch in an application",
        Outcome.NOT_APPLICABLE: "no Python, or manifests that require nothing",
        Outcome.UNKNOWN: "no manifest, or one that cannot be read or computes its requirements",
    },
    rules=(
        (
            "==1.2.* and ~= and != are no pins; === is; a bare Poetry version is exact; a single"
            " conda = is a prefix, which counts as exact with three parts."
        ),
        "conda's Python is counted, pip and the other installers are not.",
        "A commit counts in full only: 40 hexadecimal digits; git@host is no commit.",
        "Options, comments and editable installs of the repository itself are not counted.",
        "Extras, groups and files for development, documentation and CI are not run time.",
        (
            "Constraint files pin without adding; includes are relative to the including file and"
            " never leave the repository."
        ),
        (
            "A lock counts for its own folder, or for the members of its uv workspace, and only for"
            " names it holds in a version that is allowed."
        ),
        "dvc.lock and package-lock.json are no Python locks; untracked files do not exist.",
        (
            "A library is a unit that can be built, can be imported, and has no training entry;"
            " examples and benchmarks are no entry."
        ),
        "Examples, demos and benchmarks beside a project of their own may float, as a library may.",
        "Where a constraint file or a lock cannot be read, what it may pin stays unknown.",
        "Zero requirements is no pass.",
    ),
    facts={
        "pinned": "true, false, partial (conda prefixes only), null (no requirement)",
        "total": "run-time requirements found",
        "exact": "how many are fixed, by themselves or by a lock",
        "unpinned": "name, path and line of each requirement that nothing fixes",
        "dev_unpinned_names": "names in extras and groups that nothing fixes",
        "units": "per folder with a manifest: manifests, locks, outcome, pinned, total",
    },
    not_checked="whether the environment the model was trained in had these versions",
    look=look,
)
