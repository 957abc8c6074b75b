"""Every model and dataset that comes from a hub is named with its commit.

Looks at calls that bring something by name: `from_pretrained`, `hf_hub_download`,
`snapshot_download`, `pipeline`, `load_dataset`, `torch.hub.load`, `timm.create_model` and their
like. A name on a hub without `revision` is whatever its owner uploads next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.hub_names import BUILDERS, Home, home_of
from holdshort.checks.facts.inventory import File, is_test_path
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.sightings import Sighting
from holdshort.checks.facts.words import words
from holdshort.model.finding import Confidence, Level, Outcome, Place

_LIBRARIES = words(
    "transformers diffusers huggingface_hub datasets sentence_transformers peft timm torch vllm"
    " adapters optimum trl open_clip setfit tokenizers"
)


@dataclass(frozen=True, slots=True)
class _Brought:
    """One call, and where its name leads."""

    file: File
    seen: Sighting
    home: Home
    level: Level
    why: str


def look(repository: Repository) -> Verdict:
    """Judge every call that brings something by name."""
    own = _own_modules(repository)
    found = _judged(repository, own)
    levels = [one.level for one in found]
    outcome = _outcome(repository, levels)
    return Verdict(
        outcome=outcome,
        confidence=Confidence.LIKELY,
        headline=_headline(found) + repository.unread_note(),
        evidence=tuple(sorted((_place(one) for one in found), key=_strength)),
        facts={
            "pinned": levels.count(Level.PASS),
            "unpinned": levels.count(Level.FAIL),
            "doubtful": levels.count(Level.WARN),
            "folders": levels.count(Level.INFO),
        },
        remediation=_REMEDIATION if {Level.FAIL, Level.WARN} & set(levels) else "",
    )


_REMEDIATION = (
    "Look up the commit you evaluated, and name it where the model is loaded:\n"
    'huggingface_hub.HfApi().model_info("org/name").sha\n'
    'AutoModel.from_pretrained("org/name", revision="<40 hexadecimal digits>")\n'
    'torch.hub.load("owner/repository:<40 hexadecimal digits>", "model")'
)
_ORDER = (Level.FAIL, Level.WARN, Level.PASS, Level.INFO)


def _own_modules(repository: Repository) -> frozenset[str]:
    """Return the first names under which the repository's own code is imported."""
    names = set()
    for file in repository.inventory.python:
        stem = file.name.rpartition(".")[0]
        names.add(file.folder.rpartition("/")[2] if stem == "__init__" else stem)
    return frozenset(names - _LIBRARIES)


def _judged(repository: Repository, own: frozenset[str]) -> list[_Brought]:
    folders = {path.rpartition("/")[0] for path in repository.paths}
    rows: dict[tuple[str, int, int], _Brought] = {}
    for file, seen in repository.sightings("pretrained"):
        name = seen.detail("name")
        if seen.detail("kind") == "dataset" and name in BUILDERS:
            continue
        inside = bool(name) and (name in repository.paths or name in folders)
        home = Home.FOLDER if inside else _home(seen)
        level, why = _level(seen, home, is_own=seen.what.partition(".")[0] in own)
        if is_test_path(file.path):
            level = {Level.FAIL: Level.WARN, Level.WARN: Level.INFO}.get(level, level)
        key = (file.path, seen.cell, seen.line)
        if key not in rows or _ORDER.index(level) < _ORDER.index(rows[key].level):
            rows[key] = _Brought(file, seen, home, level, why)
    return [rows[key] for key in sorted(rows)]


def _home(seen: Sighting) -> Home:
    if seen.detail("kind") in {"repository", "library", "task"}:
        return Home.HUB
    is_dataset = seen.detail("kind") == "dataset"
    return home_of(seen.detail("name"), seen.detail("named"), is_dataset=is_dataset)


def _level(seen: Sighting, home: Home, *, is_own: bool) -> tuple[Level, str]:
    if seen.detail("pin") == "commit":
        return Level.PASS, "a full commit"
    if home is Home.FOLDER:
        return Level.INFO, "a folder"
    doubt = _doubt(seen, home)
    if doubt:
        return Level.WARN, doubt
    if is_own:
        return Level.WARN, "no revision, in a loader of its own"
    return Level.FAIL, "no revision"


def _doubt(seen: Sighting, home: Home) -> str:
    """Return what a person has to decide, empty when a hub is asked for no revision."""
    pin, name = seen.detail("pin"), seen.detail("name")
    match seen.detail("kind"):
        case "library":
            return "the version of the library decides"
        case "task":
            return "the library chooses the model"
    if pin == "movable":
        return "a branch, a tag or a short commit may move"
    if pin == "unclear" or not name or "{}" in name:
        return "its name or revision is decided elsewhere"
    return "may be a name on a hub or a folder" if home is Home.UNCLEAR else ""


def _outcome(repository: Repository, levels: list[Level]) -> Outcome:
    if Level.FAIL in levels:
        return Outcome.FAIL
    if Level.WARN in levels:
        return Outcome.WARN
    if repository.has_errors():
        return Outcome.UNKNOWN
    return Outcome.PASS if Level.PASS in levels else Outcome.NOT_APPLICABLE


def _headline(found: Iterable[_Brought]) -> str:
    levels = [one.level for one in found if one.level is not Level.INFO]
    if not levels:
        return "Found no call that brings a model or dataset from a hub"
    noun = "call that brings" if len(levels) == 1 else "calls that bring"
    parts = [f"Found {len(levels)} {noun} models or datasets by name"]
    parts.append(f"{levels.count(Level.PASS)} with a full commit")
    parts += list(_counts(levels))
    return ", ".join(parts)


def _counts(levels: Sequence[Level]) -> Iterator[str]:
    if count := levels.count(Level.FAIL):
        yield f"{count} without a revision"
    if count := levels.count(Level.WARN):
        yield f"{count} for a person to judge"


def _place(one: _Brought) -> Place:
    seen = one.seen
    called = seen.what.rpartition(".")[2]
    name = seen.detail("name") or seen.detail("named")
    why = f"{called} {name}: {one.why}" if name else f"{called}: {one.why}"
    return place(one.file.path, seen.line, one.level, why, cell=seen.cell)


def _strength(found: Place) -> tuple[int, str, int, int]:
    return _ORDER.index(found.level), found.path, found.cell, found.line


CHECK = Check(
    id="pretrained-pinned",
    version="1",
    title="pretrained",
    statement="Every model and dataset from a hub is named with its commit.",
    outcomes={
        Outcome.PASS: "each has a revision of 40 hexadecimal digits",
        Outcome.WARN: (
            "a branch, a tag or a short commit; a name or revision decided elsewhere; timm, whose"
            " version decides; a task without a model; tests"
        ),
        Outcome.FAIL: "a name on a hub without a revision",
        Outcome.NOT_APPLICABLE: "nothing comes from a hub by name",
        Outcome.UNKNOWN: "nothing against it was found, and some files could not be read",
    },
    rules=(
        "A commit counts in full only: 40 hexadecimal digits.",
        (
            "A name is on a hub when it has the form owner/name, or is one of the old names such as"
            " bert-base-uncased or squad; one that may be a folder is left to a person."
        ),
        "A name or revision in a constant of the same file is followed, a parameter is not.",
        "Folders of the repository, and paths, are only noted.",
        "load_dataset of files (csv, json, parquet, imagefolder) brings nothing from a hub.",
        "In tests nothing fails.",
    ),
    facts={
        "pinned": "calls with a full commit",
        "unpinned": "calls without a revision",
        "doubtful": "calls for a person to judge",
        "folders": "calls that load from a folder, or are left to tests",
    },
    not_checked=(
        "models named in settings files or brought by a command such as hf download, and what a"
        " library brings on its own"
    ),
    look=look,
)
