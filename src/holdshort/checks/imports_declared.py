"""Every package that the code imports is declared under the name it is installed by.

Maps imported modules to distributions (`cv2` is opencv-python) and looks for those in the manifests
of the project that the file belongs to, and of those around it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.declared_names import NOWHERE, NamesByUnit, State
from holdshort.checks.facts.dependency_units import Unit, units_of
from holdshort.checks.facts.distributions import (
    FRAMEWORKS,
    distribution_for,
    is_declared_by,
    key_of,
)
from holdshort.checks.facts.docker_stages import base_images
from holdshort.checks.facts.foreign_modules import Part, Use, foreign_modules, is_unread
from holdshort.checks.facts.image_modules import brought_by_image
from holdshort.checks.facts.imports import Need
from holdshort.checks.facts.inventory import Kind
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.told_installs import told_installs
from holdshort.model.finding import Confidence, Level, Outcome, Place

_SAID = {
    State.DECLARED: "is declared",
    State.BROUGHT: "comes along with something declared, not declared itself",
    State.LOCKED: "is locked, but not declared",
    State.TOLD: "is brought by an install command or a base image only",
    State.UNDECIDED: "is not declared so far as the manifest can be read",
    State.MISSING: "is not declared",
}


@dataclass(frozen=True, slots=True)
class _Judged:
    """One module as one project uses it; `use` is its first use that counts."""

    module: str
    unit: str
    use: Use
    state: State

    @property
    def level(self) -> Level:
        """How bad it is: a framework that the code cannot start without must be declared."""
        if self.use.part is Part.ASIDE or self.state is State.DECLARED:
            return Level.INFO
        is_needed = self.use.part is Part.CODE and self.use.need is Need.PLAIN
        is_framework = self.module.partition(".")[0] in FRAMEWORKS
        missing = self.state is State.MISSING
        return Level.FAIL if missing and is_needed and is_framework else Level.WARN


def look(repository: Repository) -> Verdict:
    """Judge every module that is imported."""
    uses = foreign_modules(repository)
    needed = [use for use in uses if use.need in {Need.PLAIN, Need.LAZY}]
    units = units_of(repository)
    judged = _judge(repository, units, needed) if units else []
    facts = _facts(judged, uses)
    counted = [one for one in judged if one.use.part is not Part.ASIDE]
    if not units or not counted:
        return _nothing_to_compare(repository, units, needed, facts)
    outcome = _outcome(counted)
    if outcome is Outcome.PASS and is_unread(repository):
        outcome = Outcome.UNKNOWN
    bad = [one for one in counted if one.level is not Level.INFO]
    return Verdict(
        outcome=outcome,
        confidence=Confidence.LIKELY,
        headline=_headline(counted, bad) + repository.unread_note(),
        evidence=tuple(map(_place, sorted(bad, key=_order))),
        facts=facts,
        remediation=_remediation(bad),
    )


def _outcome(counted: list[_Judged]) -> Outcome:
    levels = {one.level for one in counted}
    if Level.FAIL in levels:
        return Outcome.FAIL
    if any(one.state is State.UNDECIDED for one in counted):
        return Outcome.UNKNOWN
    return Outcome.WARN if Level.WARN in levels else Outcome.PASS


def _nothing_to_compare(
    repository: Repository, units: tuple[Unit, ...], needed: list[Use], facts: dict[str, object]
) -> Verdict:
    if any(use.part is not Part.ASIDE for use in needed) and not units:
        modules = len({use.top for use in needed if use.part is not Part.ASIDE})
        headline = f"Found no manifest to compare {modules} imported packages with"
        return Verdict(outcome=Outcome.UNKNOWN, headline=headline, facts=facts)
    unread = is_unread(repository)
    return Verdict(
        outcome=Outcome.UNKNOWN if unread else Outcome.NOT_APPLICABLE,
        headline="Found no import of a package from elsewhere" + repository.unread_note(),
        facts=facts,
    )


def _judge(repository: Repository, units: tuple[Unit, ...], needed: list[Use]) -> list[_Judged]:
    names = NamesByUnit(units)
    found: dict[tuple[str, str], _Judged] = {}
    for use in needed:
        unit, module = names.unit_of(use.path), key_of(use.module)
        known = found.get((unit, module))
        if known is None:
            state = names.around(unit).state(module)
            found[unit, module] = _Judged(module, unit, use, state)
        elif _weight(use) > _weight(known.use):
            found[unit, module] = replace(known, use=use)
    is_missing = any(one.state is State.MISSING for one in found.values())
    told = _told(repository) if is_missing else (frozenset[str](), frozenset[str]())
    return [_with_told(one, *told) for one in found.values()]


def _weight(use: Use) -> tuple[int, bool]:
    return use.part, use.need is Need.PLAIN


def _told(repository: Repository) -> tuple[frozenset[str], frozenset[str]]:
    """Return what install commands name, and the modules that base images bring."""
    names = {name for command in told_installs(repository) for name in command.names}
    images = (
        image
        for _, text in repository.texts(repository.inventory.of(Kind.DOCKER))
        for image, _ in base_images(text)
    )
    return frozenset(names), frozenset().union(*map(brought_by_image, images))


def _with_told(one: _Judged, names: frozenset[str], modules: frozenset[str]) -> _Judged:
    if one.state is not State.MISSING:
        return one
    named = any(is_declared_by(one.module, name) for name in names)
    return replace(one, state=State.TOLD) if named or one.module in modules else one


def _place(one: _Judged) -> Place:
    why = f"{one.module} {_SAID[one.state]}"
    return place(one.use.path, one.use.line, one.level, why, cell=one.use.cell)


def _order(one: _Judged) -> tuple[bool, int, str, str]:
    return one.level is not Level.FAIL, -one.state, one.module, one.unit


def _headline(counted: list[_Judged], bad: list[_Judged]) -> str:
    modules = len({one.module for one in counted})
    count = "1 package" if modules == 1 else f"{modules} packages"
    missing = sorted({one.module for one in bad if one.state >= State.UNDECIDED})
    others = {one.module for one in bad} - set(missing)
    if not bad:
        return f"The code imports {count} from elsewhere, all declared"
    shown = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")  # noqa: PLR2004 - as shown
    parts = [f"{len(missing)} not declared: {shown}"] if missing else []
    parts += [f"{len(others)} only brought along"] if others else []
    return f"The code imports {count} from elsewhere, {'; '.join(parts)}"


def _facts(judged: list[_Judged], uses: tuple[Use, ...]) -> dict[str, object]:
    counted = [one for one in judged if one.use.part is not Part.ASIDE]
    needed = {one.module for one in judged}
    optional = {key_of(use.module) for use in uses if use.need in {Need.OPTIONAL, Need.TYPING}}
    folders = sorted({one.unit for one in counted})
    return {
        "imported": sorted({one.module for one in counted}),
        "undeclared": sorted({o.module for o in counted if o.state >= State.UNDECIDED}),
        "brought": sorted(
            {o.module for o in counted if State.DECLARED < o.state < State.UNDECIDED}
        ),
        "undeclared_aside": sorted(
            {o.module for o in judged if o.use.part is Part.ASIDE and o.state is State.MISSING}
        ),
        "optional": sorted(optional - needed),
        "units": [
            {
                "folder": folder.removesuffix(NOWHERE),
                "outcome": str(_outcome([one for one in counted if one.unit == folder])),
            }
            for folder in folders
        ],
    }


def _remediation(bad: list[_Judged]) -> str:
    names = sorted({distribution_for(one.module) for one in bad})
    return f"Declare what is imported: uv add {' '.join(names[:10])}" if names else ""


CHECK = Check(
    id="imports-declared",
    version="1",
    title="imports declared",
    statement="Every package that the code imports is declared by its project.",
    outcomes={
        Outcome.PASS: "every imported package maps to a declared name",
        Outcome.WARN: (
            "a package is not declared, or only comes along with another one, with the lock, the"
            " base image or an install command"
        ),
        Outcome.FAIL: "the code imports a common framework that nothing declares or brings",
        Outcome.NOT_APPLICABLE: "no code imports a package from elsewhere",
        Outcome.UNKNOWN: (
            "no manifest to compare with, one that cannot be read or computes, or unreadable code"
        ),
    },
    rules=(
        "Modules are mapped to what installs them: cv2 is opencv-python, yaml is PyYAML.",
        "Extras, groups and files for development count as declared.",
        (
            "A name is the repository's own when a file or folder of it is called so; a well-known"
            " name only when that file is in reach of the importing one."
        ),
        "Only an import that runs when the code starts can fail; inside a function it warns.",
        "Examples, scripts and notebooks beside the code warn; tests and documentation inform.",
        "An import in a try that catches its absence, or for type checkers only, is optional.",
    ),
    facts={
        "imported": "packages from elsewhere that the code imports",
        "undeclared": "those that no manifest around the importing file declares or brings",
        "brought": "those that only come along with something else",
        "undeclared_aside": "those that only tests and documentation import, undeclared",
        "optional": "those imported only where their absence is caught, or for type checkers",
        "units": "folder and outcome of each project whose code imports something",
    },
    not_checked="imports by a computed name, and packages that plugins need",
    look=look,
)
