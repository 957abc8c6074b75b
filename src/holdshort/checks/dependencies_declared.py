"""What the code imports is declared in a manifest of its own project.

Asks, for each project unit whose code imports somebody else's packages, whether there is a
manifest that requires anything at run time. Which names it requires is another check's question.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.dependency_units import Unit, units_of
from holdshort.checks.facts.foreign_modules import Part, Use, foreign_modules, is_unread
from holdshort.checks.facts.imports import Need
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.told_installs import ToldInstall, told_installs
from holdshort.model.finding import Level, Outcome, Place


@dataclass(frozen=True, slots=True)
class _Judged:
    """One project, or what stands outside of all of them, with what its code imports."""

    folder: str
    outcome: Outcome
    why: str
    path: str
    uses: tuple[Use, ...]
    requirements: int


_WORST = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.WARN, Outcome.PASS, Outcome.NOT_APPLICABLE)


def look(repository: Repository) -> Verdict:
    """Judge every unit whose code imports something."""
    uses = [use for use in foreign_modules(repository) if _counts(use)]
    units = units_of(repository)
    told = () if units or not uses else told_installs(repository)
    judged = list(_judge(units, uses, told))
    outcome = min((one.outcome for one in judged), key=_WORST.index, default=_WORST[-1])
    if outcome is Outcome.NOT_APPLICABLE and is_unread(repository):
        outcome = Outcome.UNKNOWN
    return Verdict(
        outcome=outcome,
        headline=_headline(judged, uses) + repository.unread_note(),
        evidence=tuple(p for one in judged for p in _places(one, told)),
        facts=_facts(judged, uses),
        remediation=_REMEDIATION if outcome in {Outcome.FAIL, Outcome.WARN} else "",
    )


_REMEDIATION = (
    "Name what the code imports in pyproject.toml, then lock it with: uv lock\n"
    "[project]\n"
    'name = "model"\n'
    'version = "0.1"\n'
    'requires-python = ">=3.11"\n'
    'dependencies = ["torch", "numpy"]'
)


def _counts(use: Use) -> bool:
    return use.part is not Part.ASIDE and use.need in {Need.PLAIN, Need.LAZY}


def _judge(
    units: tuple[Unit, ...], uses: list[Use], told: tuple[ToldInstall, ...]
) -> Iterator[_Judged]:
    owned: dict[str, list[Use]] = {}
    owners = _owners(units)
    for use in uses:
        owned.setdefault(_nearest(use.path, owners), []).append(use)
    for unit in units:
        own = tuple(owned.pop(unit.folder, ()))
        outcome, why = _of_unit(unit) if own else (Outcome.NOT_APPLICABLE, "imports nothing")
        if outcome is Outcome.FAIL and all(use.part is Part.EXAMPLE for use in own):
            outcome = Outcome.WARN
        main = unit.main
        path = main.paths[0] if main else "".join(unit.unreadable[:1])
        count = len(main.requirements) if main else 0
        yield _Judged(unit.folder, outcome, why, path, own, count)
    if outside := tuple(owned.pop(_NOWHERE, ())):
        outcome = Outcome.WARN if units or told else Outcome.FAIL
        why = "outside of every project" if units else "no manifest"
        yield _Judged("", outcome, why, "", outside, 0)


_NOWHERE = "/"


def _owners(units: tuple[Unit, ...]) -> set[str]:
    """Return the folders whose manifests speak for code: an empty one leaves it to those around."""
    speaking = (u for u in units if u.main and (u.main.requirements or u.main.is_dynamic))
    full = {unit.folder for unit in speaking}
    around = {unit.folder: _nearest(f"{unit.folder}/x", full - {unit.folder}) for unit in units}
    return full | {unit.folder for unit in units if around[unit.folder] == _NOWHERE}


def _nearest(path: str, folders: set[str]) -> str:
    """Return the nearest of some folders above a file."""
    folder = path.rpartition("/")[0]
    while folder and folder not in folders:
        folder = folder.rpartition("/")[0]
    return folder if folder in folders else _NOWHERE


def _of_unit(unit: Unit) -> tuple[Outcome, str]:
    main = unit.main
    if main is None:
        return Outcome.UNKNOWN, "its manifest cannot be read"
    if main.requirements and not main.is_aside:
        return Outcome.PASS, "requires packages at run time"
    if unit.unreadable:
        return Outcome.UNKNOWN, "a manifest of it cannot be read"
    if any(declared.is_dynamic for declared in unit.declared):
        return Outcome.WARN, "computes what it requires when it runs"
    if main.is_aside:
        return Outcome.WARN, "is for development only"
    if any(declared.development for declared in unit.declared):
        return Outcome.FAIL, "requires packages for development or extras only"
    return Outcome.FAIL, "requires nothing"


def _places(one: _Judged, told: tuple[ToldInstall, ...]) -> Iterator[Place]:
    if one.outcome is Outcome.PASS:
        yield place(one.path, 0, Level.PASS, f"requires {one.requirements} packages")
    if one.outcome not in {Outcome.FAIL, Outcome.WARN, Outcome.UNKNOWN}:
        return
    level = Level.FAIL if one.outcome is Outcome.FAIL else Level.WARN
    if one.path:
        yield place(one.path, 0, level, one.why)
    seen: set[str] = set()
    for use in one.uses:
        if use.top not in seen and len(seen) < _MOST_SHOWN:
            seen.add(use.top)
            why = f"imports {use.module}; {one.why}"
            yield place(use.path, use.line, level, why, cell=use.cell)
    if not one.path and not one.folder:
        for command in told:
            why = f"an install command names {', '.join(command.names[:5])}"
            yield place(command.path, command.line, Level.WARN, why)


_MOST_SHOWN = 10


def _headline(judged: list[_Judged], uses: list[Use]) -> str:
    modules = len({use.top for use in uses})
    if not modules:
        return "Found no import of a package from elsewhere"
    count = "1 package" if modules == 1 else f"{modules} packages"
    bad = [one for one in judged if one.outcome in {Outcome.FAIL, Outcome.WARN, Outcome.UNKNOWN}]
    if not any(one.path for one in judged):
        told = bad and bad[0].outcome is Outcome.WARN
        tail = "only install commands name packages" if told else "no manifest declares any"
        return f"The code imports {count} from elsewhere; {tail}"
    required = sum(one.requirements for one in judged)
    said = f"The code imports {count} from elsewhere; manifests require {required}"
    if not bad:
        return said
    worst = min(bad, key=lambda one: _WORST.index(one.outcome))
    if not worst.path:
        files = len({use.path for use in worst.uses})
        return f"{said}; {files} files stand outside of every project"
    return f"{said}; {worst.path} {worst.why}"


def _facts(judged: list[_Judged], uses: list[Use]) -> dict[str, object]:
    with_path = [one for one in judged if one.path]
    return {
        "imported": sorted({use.top for use in uses}),
        "required": sum(one.requirements for one in judged),
        "units": [
            {
                "folder": one.folder,
                "manifest": one.path,
                "outcome": str(one.outcome),
                "imported": len({use.top for use in one.uses}),
                "required": one.requirements,
            }
            for one in with_path
        ],
        "outside": sorted({use.path for one in judged if not one.path for use in one.uses}),
    }


CHECK = Check(
    id="dependencies-declared",
    version="1",
    title="dependencies declared",
    statement="Every project that imports packages from elsewhere has a manifest for run time.",
    outcomes={
        Outcome.PASS: "each project whose code imports packages requires some at run time",
        Outcome.WARN: (
            "only install commands in a README, an image or a notebook; a setup.py that computes;"
            " only a file for development; code outside of every project, or only examples"
        ),
        Outcome.FAIL: "no manifest, or one that requires nothing at run time",
        Outcome.NOT_APPLICABLE: "no code imports a package from elsewhere",
        Outcome.UNKNOWN: "a manifest or the code cannot be read",
    },
    rules=(
        "A project is a folder with a manifest; its code is what no project further in owns.",
        "Tests, documentation, CI and setup.py itself are not its code.",
        "An import in a try that catches its absence, or for type checkers only, does not count.",
        "A name is the repository's own when a file or folder of it is called so.",
        "A file for development, an extra and a dependency group are no manifest for run time.",
    ),
    facts={
        "imported": "top-level packages from elsewhere that the code imports",
        "required": "run-time requirements of all manifests",
        "units": "per project: folder, manifest, outcome, packages imported, requirements",
        "outside": "files outside of every project that import something",
    },
    not_checked="what is imported by a name that is computed",
    look=look,
)
