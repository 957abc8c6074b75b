"""Nothing names a place that exists on one machine only.

Looks at the texts of Python code and notebooks, and at the values in settings files and shell
scripts. Comments, docstrings, help texts, messages, patterns, web routes and addresses do not
count, nor does what stands in a Dockerfile or a workflow: those places are made there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.absolute_paths import Where
from holdshort.checks.facts.inventory import (
    File,
    Kind,
    is_conda_name,
    is_requirements_name,
    is_test_path,
)
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.settings_paths import Setting, paths_in_settings
from holdshort.checks.facts.sightings import Sighting
from holdshort.model.finding import Confidence, Level, Outcome, Place

MAX_SETTINGS_CHARACTERS = 256_000
"""Longest settings file searched; longer ones are data. Source: our own limit."""

MAX_PATH = 40
"""Longest path shown. Source: our own limit."""

_SCRIPT = re.compile(
    r"(\.(sh|bash|zsh|slurm|sbatch|pbs|bat|cmd|ps1|mk|r|jl)|(^|/)(GNU)?[Mm]akefile)$", re.IGNORECASE
)
_GENERATED = re.compile(r"(^|/)(package-lock|composer|yarn|npm-shrinkwrap)\.(lock|json)$")
_RECORDS = re.compile(
    r"(^|/)(mlruns|outputs?|multirun|wandb|logs?|lightning_logs|runs|results?|\.hydra|\.vscode"
    r"|\.idea|mocks?|fixtures?|testdata|snapshots?)/|\.(example|sample|template|dist)$",
    re.IGNORECASE,
)
_ENVIRONMENT = re.compile(r"(^|/)\.env(\.[\w-]+)?$")
_CONTAINERS = re.compile(r"(^|/)((docker-)?compose[\w.-]*\.ya?ml|\.?devcontainer\.json)$|/k8s/")
_MANIFESTS = re.compile(r"^apiVersion:", re.MULTILINE)
_PREFIX = re.compile(r"^prefix:\s*[\"']?(/\S+|[A-Za-z]:\\\S+)", re.MULTILINE)


def look(repository: Repository) -> Verdict:
    """Search code first, then settings and scripts."""
    settings = [file for file in repository.inventory.files if _is_searched(file)]
    code = [*repository.inventory.python, *repository.inventory.of(Kind.NOTEBOOK)]
    found = [
        *(_place(file, seen) for file, seen in repository.sightings("locations")),
        *_in_settings(repository, settings),
    ]
    places = tuple(sorted(_worst_per_line(found), key=_strength))
    levels = {p.level for p in places}
    return Verdict(
        outcome=_outcome(repository, levels, searched=bool(code or settings)),
        confidence=Confidence.LIKELY,
        headline=_headline(places, len(code), len(settings)) + repository.unread_note(),
        evidence=places,
        facts={
            "personal": sum(p.level is Level.FAIL for p in places),
            "doubtful": sum(p.level is Level.WARN for p in places),
            "files": len({p.path for p in places if p.level is not Level.INFO}),
        },
        remediation=_REMEDIATION if {Level.FAIL, Level.WARN} & levels else "",
    )


_REMEDIATION = (
    "Make the path relative to the project, or let the caller give it:\n"
    'DATA = Path(__file__).parent / "data"\n'
    'parser.add_argument("--data", type=Path, required=True)'
)
_ORDER = (Level.FAIL, Level.WARN, Level.INFO, Level.PASS)
_WHY = {
    Where.HOME: "a home folder",
    Where.ACCOUNT: "the home of a stand-in account",
    Where.DRIVE: "a drive of one machine",
    Where.MOUNT: "a place some machines have",
}
_ROLES = {
    "fallback": ", unless a variable is set",
    "filled": ", filled in by a template",
    "compared": ", compared with",
    "words": ", within a longer text",
}


def _is_searched(file: File) -> bool:
    if _GENERATED.search(file.path) or file.path.endswith(".py"):
        return False
    if file.kind is Kind.MANIFEST:
        return not is_requirements_name(file.path)
    return file.kind is Kind.CONFIG or (
        file.kind is Kind.TEXT
        and (_SCRIPT.search(file.path) or _ENVIRONMENT.search(file.path)) is not None
    )


def _place(file: File, seen: Sighting) -> Place:
    where, role = Where(seen.detail("where")), seen.detail("role")
    why = f"{_short(seen.what)}: {_WHY[where]}{_ROLES.get(role, '')}"
    return place(file.path, seen.line, _level(file, where, role), why, cell=seen.cell)


def _level(file: File, where: Where, role: str) -> Level:
    aside = is_test_path(file.path) or _RECORDS.search(file.path) is not None
    if role == "filled" or (aside and where is not Where.HOME):
        return Level.INFO
    mild = role != "value" or aside or where is not Where.HOME
    return Level.WARN if mild else Level.FAIL


def _in_settings(repository: Repository, files: Iterable[File]) -> Iterator[Place]:
    for file, text in repository.texts(files):
        if len(text) > MAX_SETTINGS_CHARACTERS:
            continue
        contained = bool(_CONTAINERS.search(file.path) or _MANIFESTS.search(text))
        is_script = _SCRIPT.search(file.path) is not None
        prefix = _PREFIX.search(text) if is_conda_name(file.path) else None
        line = text.count("\n", 0, prefix.start()) + 1 if prefix else 0
        if prefix:
            yield place(file.path, line, Level.WARN, f"{_short(prefix[1])}: conda's own folder")
        for setting in paths_in_settings(text, is_script=is_script):
            inside = contained and (setting.found.where is Where.MOUNT or setting.is_inner)
            if not inside and setting.line != line:
                yield _setting_place(file, setting)


def _setting_place(file: File, setting: Setting) -> Place:
    where = setting.found.where
    filled = setting.is_filled and where is not Where.HOME
    role = "filled" if filled else "value"
    why = f"{_short(setting.found.text)}: {_WHY[where]}{_ROLES.get(role, '')}"
    return place(file.path, setting.line, _level(file, where, role), why)


def _short(path: str) -> str:
    return path if len(path) <= MAX_PATH else f"{path[: MAX_PATH - 3]}..."


def _worst_per_line(places: Iterable[Place]) -> list[Place]:
    rows: dict[tuple[str, int, int], Place] = {}
    for found in places:
        key = (found.path, found.cell, found.line)
        if key not in rows or _strength(found) < _strength(rows[key]):
            rows[key] = found
    return list(rows.values())


def _strength(found: Place) -> tuple[int, str, int, int]:
    return _ORDER.index(found.level), found.path, found.cell, found.line


def _outcome(repository: Repository, levels: set[Level], *, searched: bool) -> Outcome:
    if Level.FAIL in levels:
        return Outcome.FAIL
    if Level.WARN in levels:
        return Outcome.WARN
    if repository.has_errors():
        return Outcome.UNKNOWN
    return Outcome.PASS if searched else Outcome.NOT_APPLICABLE


def _headline(places: tuple[Place, ...], code: int, settings: int) -> str:
    scope = f"{code} {'code file' if code == 1 else 'code files'}"
    scope += f" and {settings} {'settings file' if settings == 1 else 'settings files'}"
    personal = sum(p.level is Level.FAIL for p in places)
    doubtful = sum(p.level is Level.WARN for p in places)
    if not code and not settings:
        return "Found neither code nor settings"
    if not personal and not doubtful:
        return f"Found no path of one machine in {scope}"
    parts = [f"{personal} {'path' if personal == 1 else 'paths'} of one person's machine"]
    parts = parts if personal else []
    parts += [f"{doubtful} for a person to judge"] if doubtful else []
    return f"Found {', '.join(parts)}, in {scope}"


CHECK = Check(
    id="no-absolute-paths",
    version="1",
    title="paths",
    statement="Nothing names a place that exists on one machine only.",
    outcomes={
        Outcome.PASS: "no such path in code, notebooks, settings and scripts",
        Outcome.WARN: (
            "/data, /mnt, a drive; a home folder that stands in for a variable of the environment,"
            " in a test, in a record of a run, or of a stand-in account"
        ),
        Outcome.FAIL: "/home/x, /Users/x or C:\\Users\\x in code or settings",
        Outcome.NOT_APPLICABLE: "neither code nor settings",
        Outcome.UNKNOWN: "none was found, and some files could not be read",
    },
    rules=(
        "Comments, docstrings, help texts, messages, patterns and web routes do not count.",
        "Folders of every system do not count, nor what a Dockerfile or a workflow makes itself.",
        "~ and expanduser are portable; a piece of a longer path is not absolute.",
        "What a template or a variable fills in is only noted.",
        "conda's prefix line is doubtful: conda ignores it, readers see the machine.",
        "Settings files of more than 256,000 characters are data and not searched.",
    ),
    facts={
        "personal": "places with the home folder of a person",
        "doubtful": "places a person should look at",
        "files": "files with either",
    },
    not_checked=(
        "requirement files, documentation, code in other languages; drives, and mounts other than"
        " /data and /mnt, in code of a very large repository"
    ),
    look=look,
)
