"""The lock file is tracked, so that others get it.

Looks for the locks a manifest's tools write: tracked, named by an ignore rule of the repository,
or lying untracked in the work tree. At a commit only the first two can be seen.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.declared import Declared
from holdshort.checks.facts.dependency_units import Unit, units_of
from holdshort.checks.facts.ignore_rules import IgnoreRule, deciding_rule
from holdshort.checks.facts.repository import Repository
from holdshort.model.finding import Level, Outcome, Place

_LOCKS = {
    "pipfile": ("Pipfile.lock",),
    "pixi": ("pixi.lock",),
    "conda": ("conda-lock.yml",),
}
_TOOL_LOCKS = {
    "uv": "uv.lock",
    "poetry": "poetry.lock",
    "pdm": "pdm.lock",
    "rye": "requirements.lock",
}


@dataclass(frozen=True, slots=True)
class _Locks:
    """The locks of one unit: tracked, lying there untracked, and named by an ignore rule."""

    folder: str
    tracked: tuple[str, ...]
    untracked: tuple[str, ...]
    rules: tuple[tuple[str, IgnoreRule], ...]

    @property
    def outcome(self) -> Outcome:
        """What this unit comes to; beside a tracked lock another one only raises a doubt."""
        if self.untracked:
            return Outcome.WARN if self.tracked else Outcome.FAIL
        if self.tracked:
            return Outcome.PASS
        return Outcome.WARN if self.rules else Outcome.NOT_APPLICABLE


_WORST = (Outcome.FAIL, Outcome.WARN, Outcome.PASS, Outcome.NOT_APPLICABLE)


def look(repository: Repository) -> Verdict:
    """Judge the locks of every unit."""
    units = units_of(repository)
    ignoring = _ignore_files(repository)
    judged = [_judge(repository, unit, ignoring) for unit in units]
    outcome = min((one.outcome for one in judged), key=_WORST.index, default=_WORST[-1])
    if outcome in {Outcome.PASS, Outcome.NOT_APPLICABLE} and repository.has_errors():
        outcome = Outcome.UNKNOWN
    return Verdict(
        outcome=outcome,
        headline=_headline(judged) + repository.unread_note(),
        evidence=tuple(dict.fromkeys(p for one in judged for p in _places(one))),
        facts=_facts(judged),
        remediation=_remediation(judged) if outcome in {Outcome.FAIL, Outcome.WARN} else "",
    )


def _ignore_files(repository: Repository) -> Mapping[str, str]:
    files = [f for f in repository.inventory.files if f.name == ".gitignore"]
    return {file.folder: text for file, text in repository.texts(files)}


def _judge(repository: Repository, unit: Unit, ignoring: Mapping[str, str]) -> _Locks:
    candidates = [posixpath.join(unit.folder, name) for name in _candidates(unit)]
    tracked = {lock.path for lock in unit.locks}
    missing = [path for path in candidates if path not in repository.every_path]
    named = ((path, deciding_rule(path, ignoring)) for path in missing)
    return _Locks(
        unit.folder,
        tuple(sorted({*tracked, *(set(candidates) & repository.every_path)})),
        tuple(repository.view.untracked(missing)),
        tuple((path, rule) for path, rule in named if rule is not None),
    )


def _candidates(unit: Unit) -> Iterator[str]:
    """Yield the locks that the tools of a unit write; without a tool's table, any of them."""
    for declared in unit.declared:
        yield from _LOCKS.get(declared.kind, ())
        if declared.kind == "pyproject":
            yield from _of_tools(declared)
            yield "pylock.toml"


def _of_tools(declared: Declared) -> Iterator[str]:
    used = [lock for tool, lock in _TOOL_LOCKS.items() if tool in declared.tools]
    yield from used or ("uv.lock", "poetry.lock", "pdm.lock")


def _facts(judged: list[_Locks]) -> dict[str, object]:
    outcomes = {one.outcome for one in judged}
    bad = not outcomes.isdisjoint({Outcome.FAIL, Outcome.WARN})
    return {
        "lock_tracked": False if bad else True if Outcome.PASS in outcomes else None,
        "tracked": sorted({path for one in judged for path in one.tracked}),
        "untracked": [path for one in judged for path in one.untracked],
        "ignored": [
            {"lock": path, "path": rule.path, "line": rule.line, "rule": rule.pattern}
            for one in judged
            for path, rule in one.rules
        ],
        "units": [{"folder": one.folder, "outcome": str(one.outcome)} for one in judged],
    }


def _places(one: _Locks) -> Iterator[Place]:
    rules = dict(one.rules)
    level = Level.WARN if one.tracked else Level.FAIL
    for path in one.untracked:
        rule = rules.get(path)
        why = f"ignored by {rule.path}:{rule.line}" if rule else "never added"
        yield place(path, 0, level, f"on the disk and not tracked: {why}")
    for path, rule in one.rules:
        if one.outcome is Outcome.WARN and path not in one.untracked and not one.tracked:
            yield place(rule.path, rule.line, Level.WARN, f"names {path}")
    for path in one.tracked:
        yield place(path, 0, Level.PASS, "is tracked")


def _headline(judged: list[_Locks]) -> str:
    untracked = [path for one in judged for path in one.untracked]
    tracked = sorted({path for one in judged for path in one.tracked})
    if untracked:
        return f"{', '.join(untracked[:3])} on the disk and not tracked"
    warned = [one for one in judged if one.outcome is Outcome.WARN]
    if warned:
        path, rule = warned[0].rules[0]
        count = "1 project" if len(warned) == 1 else f"{len(warned)} projects"
        return f"No tracked lock in {count}; {rule.path}:{rule.line} names {path}"
    if not tracked:
        return "Found no lock file and no ignore rule that names one"
    shown = ", ".join(tracked[:3]) + (", …" if len(tracked) > 3 else "")  # noqa: PLR2004 - as above
    return f"Tracked: {shown}"


def _remediation(judged: list[_Locks]) -> str:
    paths = [path for one in judged for path in one.untracked]
    paths += [path for one in judged for path, _ in one.rules if not one.tracked]
    return f"Take the rule out of .gitignore, then: git add {paths[0]}" if paths else ""


CHECK = Check(
    id="lockfile-tracked",
    version="1",
    title="lock file tracked",
    statement="The lock file is tracked.",
    outcomes={
        Outcome.PASS: "every project that has a lock file tracks it",
        Outcome.WARN: (
            "an ignore rule of the repository names the lock of a project that tracks none, or a"
            " second lock lies untracked beside a tracked one"
        ),
        Outcome.FAIL: "a lock lies in the work tree, and is ignored or was never added",
        Outcome.NOT_APPLICABLE: "no lock file, and no rule that would ignore one",
        Outcome.UNKNOWN: "a manifest, lock or .gitignore could not be read",
    },
    rules=(
        "Only locks that a tool of the project's manifest writes are looked for.",
        "Only a check of the work tree can see an untracked file; at a commit there is none.",
        "Rules are those of tracked .gitignore files; the last match decides, and ! takes back.",
        "A comment in .gitignore is no rule.",
    ),
    facts={
        "lock_tracked": "true, false, or null without any lock",
        "tracked": "locks that are tracked",
        "untracked": "locks on the disk that are not",
        "ignored": "locks that a rule names: lock, path, line, rule",
        "units": "folder and outcome of each project",
    },
    not_checked="ignore rules of the user and of .git/info/exclude",
    look=look,
    tracked_only=False,
)
