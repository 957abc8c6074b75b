"""Nothing is loaded from a format that can run code.

Looks at each call that reads an object back: pickle and what is built on it, `torch.load`,
`numpy.load`, YAML, Keras, and switches such as `trust_remote_code` that let a downloaded model
bring its own code. Names are resolved through imports; a comment or a text is no call.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.dependency_units import units_of
from holdshort.checks.facts.inventory import File, is_test_path
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.sightings import Sighting
from holdshort.checks.facts.torch_versions import loads_weights_only
from holdshort.model.finding import Confidence, Level, Outcome, Place


@dataclass(frozen=True, slots=True)
class _Context:
    """What decides beside the call itself: who wrote the pickles, and which PyTorch runs."""

    dumps_joblib: bool
    safe_torch: bool | None


@dataclass(frozen=True, slots=True)
class _Load:
    file: File
    seen: Sighting
    level: Level
    why: str


def look(repository: Repository) -> Verdict:
    """Judge every call that loads."""
    sightings = list(repository.sightings("loading"))
    context = _Context(
        dumps_joblib=any(seen.detail("risk") == "dump" for _, seen in sightings),
        safe_torch=_safe_torch(repository, sightings),
    )
    loads = _worst_per_line(_judge(file, seen, context) for file, seen in sightings if _reads(seen))
    levels = [load.level for load in loads]
    outcome = _outcome(repository, levels)
    return Verdict(
        outcome=outcome,
        confidence=Confidence.LIKELY,
        headline=_headline(loads) + repository.unread_note(),
        evidence=tuple(sorted((_place(load) for load in loads), key=_strength)),
        facts=_facts(loads, context),
        remediation=_REMEDIATION if {Level.FAIL, Level.WARN} & set(levels) else "",
    )


_REMEDIATION = (
    "Keep weights in safetensors, or let the loader read data only:\n"
    "torch.load(path, map_location='cpu', weights_only=True)\n"
    "yaml.safe_load(stream)\n"
    "numpy.load(path, allow_pickle=False)\n"
    "What must stay a pickle: check its SHA-256 before it is opened."
)
_ORDER = (Level.FAIL, Level.WARN, Level.INFO, Level.PASS)


def _reads(seen: Sighting) -> bool:
    return seen.detail("risk") != "dump"


def _safe_torch(repository: Repository, sightings: Iterable[tuple[File, Sighting]]) -> bool | None:
    if any(seen.detail("risk") == "default" for _, seen in sightings):
        return loads_weights_only(units_of(repository))
    return None


def _judge(file: File, seen: Sighting, context: _Context) -> _Load:
    level, why = _risk(seen, context)
    if level is Level.FAIL and is_test_path(file.path):
        level, why = Level.WARN, f"{why}, in a test"
    return _Load(file, seen, level, why)


def _risk(seen: Sighting, context: _Context) -> tuple[Level, str]:
    why = seen.detail("why")
    match seen.detail("risk"):
        case "code":
            return Level.FAIL, why
        case "joblib":
            own = context.dumps_joblib
            return (
                (Level.WARN, f"{why}; joblib.dump writes such files here")
                if own
                else (
                    Level.FAIL,
                    f"{why}, and nothing here writes one",
                )
            )
        case "default":
            if context.safe_torch:
                return Level.WARN, f"{why}; safe by default from PyTorch 2.6 on"
            return Level.FAIL, f"{why}: before PyTorch 2.6 it can run code"
        case "none":
            return Level.PASS, why
    return Level.WARN, why


def _worst_per_line(loads: Iterable[_Load]) -> list[_Load]:
    rows: dict[tuple[str, int, int], _Load] = {}
    for load in loads:
        key = (load.file.path, load.seen.cell, load.seen.line)
        if key not in rows or _ORDER.index(load.level) < _ORDER.index(rows[key].level):
            rows[key] = load
    return [rows[key] for key in sorted(rows)]


def _outcome(repository: Repository, levels: list[Level]) -> Outcome:
    if Level.FAIL in levels:
        return Outcome.FAIL
    if Level.WARN in levels:
        return Outcome.WARN
    if repository.has_errors():
        return Outcome.UNKNOWN
    return Outcome.PASS if levels else Outcome.NOT_APPLICABLE


def _headline(loads: list[_Load]) -> str:
    if not loads:
        return "Found no call that loads objects, arrays, weights or YAML"
    noun = "call that loads" if len(loads) == 1 else "calls that load"
    parts = [f"Found {len(loads)} {noun} objects, weights or settings"]
    parts += [
        f"{count} {words}"
        for level, words in ((Level.FAIL, "can run code"), (Level.WARN, "for a person to judge"))
        if (count := sum(load.level is level for load in loads))
    ]
    return ", ".join(parts)


def _place(load: _Load) -> Place:
    what = load.seen.what.lstrip("?:.")
    why = f"{what}: {load.why}"
    return place(load.file.path, load.seen.line, load.level, why, cell=load.seen.cell)


def _strength(found: Place) -> tuple[int, str, int, int]:
    return _ORDER.index(found.level), found.path, found.cell, found.line


def _facts(loads: list[_Load], context: _Context) -> dict[str, object]:
    counted = {level: sum(load.level is level for load in loads) for level in _ORDER}
    return {
        "unsafe": counted[Level.FAIL],
        "doubtful": counted[Level.WARN],
        "safe": counted[Level.PASS],
        "torch_weights_only": context.safe_torch,
    }


CHECK = Check(
    id="no-unsafe-loading",
    version="1",
    title="loading",
    statement="Nothing is loaded from a format that can run code.",
    outcomes={
        Outcome.PASS: "each load is safetensors, weights_only=True, safe_load or the like",
        Outcome.WARN: (
            "torch.load that is safe only by the default of PyTorch 2.6, joblib files that the"
            " repository writes itself, FullLoader, a switch nobody can see, tests"
        ),
        Outcome.FAIL: (
            "pickle and what is built on it, weights_only=False, torch.load before 2.6, yaml.load"
            " without SafeLoader, allow_pickle=True, safe_mode=False, trust_remote_code=True"
        ),
        Outcome.NOT_APPLICABLE: "no call that loads",
        Outcome.UNKNOWN: "nothing against it was found, and some files could not be read",
    },
    rules=(
        "The format decides, not who wrote the file: own pickles can be replaced too.",
        (
            "torch.load without weights_only is safe by default only where every PyTorch that the"
            " manifests allow is 2.6 or newer."
        ),
        "joblib.load is doubtful where joblib.dump stands in the same repository.",
        "numpy.load without allow_pickle reads no pickle, since NumPy 1.16.3.",
        "A loader that is handed on (partial, map, a dict of loaders) counts where it is named.",
        "In tests a load is doubtful at most.",
        "json, h5py and other formats that hold only data are not listed.",
    ),
    facts={
        "unsafe": "places that can run code",
        "doubtful": "places for a person to judge",
        "safe": "places that load without running code",
        "torch_weights_only": (
            "whether every PyTorch allowed loads weights only by default; null when it does not"
            " matter or no manifest says"
        ),
    },
    not_checked=(
        "libraries that unpickle on their own, switches in settings files, and safe loads in code"
        " of a very large repository"
    ),
    look=look,
)
