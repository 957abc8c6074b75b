"""Programs that train take their settings from outside of their code.

What is written into a program can only be changed by changing the program, and no record of a run
says what it was. Looks at what each program that trains runs, with all that it imports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.inventory import is_test_path
from holdshort.checks.facts.program import Call, Import, Program
from holdshort.checks.facts.programs import Programs
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.sightings import Sighting
from holdshort.checks.facts.words import words
from holdshort.model.finding import Confidence, Level, Outcome, Place

_NOTEBOOK = ".ipynb"
_MODULES = words(
    "config configs cfg conf configuration settings params parameters hparams hyperparameters"
    " hyperparams options opts arguments args"
)
_OFFERED = _MODULES | words("parser parse load yaml json read get opt arg parameter setting")
_SAID = {
    "options": "takes options",
    "file": "reads settings from a file",
    "framework": "is configured by a framework",
    "class": "keeps its settings in a class",
    "module": "keeps its settings in a module",
    "executed": "runs a file of settings as code",
}


@dataclass(frozen=True, slots=True)
class _Setting:
    """One place where values come from outside of a program."""

    path: str
    line: int
    cell: int
    what: str
    kind: str
    scope: str = ""

    @property
    def is_offered(self) -> bool:
        """Whether a program that imports this file takes its settings from here too."""
        stem = self.path.rpartition("/")[2].partition(".")[0]
        names = re.split(r"[\W_]+", f"{stem} {self.scope}".lower())
        named = not _OFFERED.isdisjoint(names)
        return named or (self.kind in {"options", "framework"} and self.scope != "")


@dataclass(frozen=True, slots=True)
class _Training:
    """One file that trains, the programs that run it, and where their settings come from."""

    path: str
    line: int
    cell: int
    starts: tuple[str, ...]
    setting: _Setting | None

    @property
    def is_notebook(self) -> bool:
        """Whether every program that runs it is a notebook."""
        return all(start.endswith(_NOTEBOOK) for start in self.starts)


def look(repository: Repository) -> Verdict:
    """Judge every program that trains; notebooks only when there is nothing else."""
    found = list(_trainings(repository))
    started = [one for one in found if one.starts]
    scripts = [one for one in started if not one.is_notebook]
    judged = scripts or started
    configured = [one for one in judged if one.setting and one.setting.kind != "executed"]
    facts: dict[str, object] = {
        "programs": len(judged),
        "configured": len(configured),
        "notebooks": len(started) - len(scripts),
    }
    if not judged:
        return _nothing(repository, facts, trains=bool(found))
    outcome = Outcome.PASS if len(configured) == len(judged) else Outcome.WARN
    if repository.has_errors() and outcome is Outcome.PASS:
        outcome = Outcome.WARN
    return Verdict(
        outcome=outcome,
        confidence=Confidence.LIKELY,
        headline=_headline(judged, configured) + repository.unread_note(),
        evidence=tuple(sorted(map(_place, judged), key=lambda p: p.level is Level.PASS)),
        facts=facts,
        remediation=_REMEDIATION if outcome is Outcome.WARN else "",
    )


_REMEDIATION = (
    "Take what may change from outside, for example:\n"
    "parser = argparse.ArgumentParser()\n"
    'parser.add_argument("--learning-rate", type=float, default=1e-3)\n'
    "args = parser.parse_args()"
)


def _trainings(repository: Repository) -> Iterator[_Training]:
    """Yield each file outside of tests that trains, once."""
    programs = repository.world().programs
    own = dict(_settings(repository))
    seen: dict[str, list[Sighting]] = {}
    for file, one in repository.sightings("training"):
        if one.detail("kind") == "train" and not is_test_path(file.path):
            seen.setdefault(file.path, []).append(one)
    starts = _starts(programs, seen, own)
    for path, rows in seen.items():
        tried = [path] if path in starts[path] else starts[path]
        settings = [_setting_of(programs, start, own) for start in tried]
        setting = next((one for one in settings if one), None)
        first = rows[0]
        yield _Training(path, first.line, first.cell, tuple(starts[path]), setting)


def _starts(
    programs: Programs, seen: Mapping[str, list[Sighting]], own: Mapping[str, _Setting]
) -> dict[str, list[str]]:
    """Return the programs that run each file that trains."""
    found: dict[str, list[str]] = {path: [] for path in seen}
    for root in programs.roots():
        at_once = any(not one.scope for one in seen.get(root, ()))
        asks = root in own and own[root].kind in {"options", "framework"}
        if at_once or asks or _is_program(programs, root):
            for path in programs.closure(root):
                if path in found:
                    found[path].append(root)
    return found


def _is_program(programs: Programs, path: str) -> bool:
    """Tell whether a file that nobody imports does something when it is run."""
    program = programs.programs[path]
    calls = [event for event in program.scopes[""].events if isinstance(event, Call)]
    own = any(True for call in calls for _ in programs.modules.definitions(call.target, path))
    return program.is_script or path.endswith(_NOTEBOOK) or own


def _settings(repository: Repository) -> Iterator[tuple[str, _Setting]]:
    """Yield the most telling setting of each file."""
    rows: dict[str, _Setting] = {}
    for file, seen in repository.sightings("configuration"):
        if not is_test_path(file.path):
            kind = seen.detail("kind")
            one = _Setting(file.path, seen.line, seen.cell, seen.what, kind, seen.scope)
            if file.path not in rows or rows[file.path].kind == "executed":
                rows[file.path] = one
    programs = repository.world().programs
    for path, program in programs.programs.items():
        module = _module(programs, path, program)
        if module is not None and (path not in rows or rows[path].kind == "executed"):
            rows[path] = module
    yield from rows.items()


def _module(programs: Programs, path: str, program: Program) -> _Setting | None:
    """Return the import of a module of this repository that is called after settings."""
    for scope in program.scopes.values():
        for event in scope.events:
            if isinstance(event, Import):
                named = not _MODULES.isdisjoint(event.target.lower().split("."))
                if named and programs.modules.imported(event.target, path):
                    return _Setting(path, event.line, event.cell, event.target, "module")
    return None


def _setting_of(programs: Programs, start: str, own: Mapping[str, _Setting]) -> _Setting | None:
    """Return where a program takes its settings from: its own file first, then what it imports."""
    if start in own:
        return own[start]
    found = (own[path] for path in programs.closure(start) if path in own)
    return next((one for one in found if one.is_offered), None)


def _place(one: _Training) -> Place:
    setting = one.setting
    if setting is None:
        why = "trains with values that are written into the code"
        return place(one.path, one.line, Level.WARN, why, cell=one.cell)
    level = Level.WARN if setting.kind == "executed" else Level.PASS
    shown = setting.what.lstrip("?:.") or setting.kind
    why = f"{_SAID[setting.kind]}: {shown}"
    return place(setting.path, setting.line, level, why, cell=setting.cell)


def _headline(judged: list[_Training], configured: list[_Training]) -> str:
    noun = "notebook" if judged[0].is_notebook else "file"
    count = f"1 {noun} that trains" if len(judged) == 1 else f"{len(judged)} {noun}s that train"
    verb = "takes" if len(configured) == 1 else "take"
    return f"Found {count}; {len(configured)} {verb} settings from outside of the code"


def _nothing(repository: Repository, facts: dict[str, object], *, trains: bool) -> Verdict:
    if repository.has_errors() and not trains:
        return Verdict(
            outcome=Outcome.UNKNOWN,
            headline="Found no training in what could be read; some files could not be",
            facts=facts,
        )
    headline = "Found code that trains, and no program here that starts it"
    return Verdict(
        outcome=Outcome.NOT_APPLICABLE,
        confidence=Confidence.LIKELY,
        headline=headline if trains else "Found no code that trains outside of tests",
        facts=facts,
    )


CHECK = Check(
    id="configuration-separated",
    version="1",
    title="configuration",
    statement="Programs that train take their settings from outside of their code.",
    outcomes={
        Outcome.PASS: (
            "every program that trains takes options or reads settings, or keeps them in a class or"
            " a module of their own"
        ),
        Outcome.WARN: "a program trains with values that are written into it",
        Outcome.FAIL: "never: whether a written value should be a setting, a person knows",
        Outcome.NOT_APPLICABLE: "nothing trains, or nothing here starts what does",
        Outcome.UNKNOWN: "nothing was found, and some files could not be read",
    },
    rules=(
        (
            "argparse, click, typer, fire, absl flags, Hydra, OmegaConf, gin, sacred, LightningCLI,"
            " HfArgumentParser, sys.argv, YAML, TOML and INI count; JSON when it is called a"
            " configuration."
        ),
        "A data class, settings class or module that is called after configuration counts.",
        (
            "A program also has what a file offers that it imports: options, or settings read in a"
            " function or module that is called after them."
        ),
        "Notebooks are judged only when no other program trains.",
        "A file of settings that is executed as code is a question.",
        "Training in functions that no program here runs is a library's, and left out.",
    ),
    facts={
        "programs": "files that train and are run by a program",
        "configured": "how many of them take settings from outside of the code",
        "notebooks": "files that train in notebooks only",
    },
    not_checked="whether all values that matter are among the settings",
    look=look,
)
