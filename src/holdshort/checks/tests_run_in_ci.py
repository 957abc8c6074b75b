"""Continuous integration runs the tests on every change.

Reads the shell commands of CI files and follows make targets, tox, nox, scripts, local actions
and local workflows to the program that runs tests.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.ci_repository import pipelines, reader_of
from holdshort.checks.facts.ci_values import Call, Pipeline, Script
from holdshort.checks.facts.github_pipelines import filled, given_to, shown
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.test_commands import Followed
from holdshort.model.finding import Confidence, Level, Outcome, Place

MAX_CALLS = 6
"""Deepest chain of workflows and actions that call one another. Source: our own limit."""


@dataclass(frozen=True, slots=True)
class _Run:
    """One command that runs tests, and whether a failure stops a change."""

    path: str
    line: int
    on_change: bool
    ignored: bool

    @property
    def counts(self) -> bool:
        return self.on_change and not self.ignored


def look(repository: Repository) -> Verdict:
    """Find the commands that run tests."""
    found = repository.once(pipelines)
    entries = {p: one for p, one in found.items() if not one.is_called and _does_something(one)}
    followed = Followed(reader_of(repository))
    runs = list(dict.fromkeys(run for path in entries for run in _runs(path, found, followed)))
    elsewhere = [name for pipeline in entries.values() for name in pipeline.elsewhere]
    calls = (call.target for pipeline in entries.values() for call in pipeline.calls)
    elsewhere += [target for target in calls if _called(target, found) is None]
    outcome = _outcome(runs, unseen=bool(elsewhere) or repository.has_errors())
    facts = _facts(entries, runs, known=outcome is not Outcome.UNKNOWN)
    if not entries:
        return _without_ci(repository, facts)
    return Verdict(
        outcome=outcome,
        confidence=Confidence.LIKELY,
        headline=_headline(runs, len(entries), elsewhere) + repository.unread_note(),
        evidence=tuple(_places(runs)),
        facts=facts,
        remediation="" if outcome is Outcome.PASS else _REMEDIATION,
    )


_REMEDIATION = "A step of a workflow that runs on push and pull_request:\n- run: python -m pytest"


def _does_something(pipeline: Pipeline) -> bool:
    return bool(pipeline.jobs or pipeline.scripts or pipeline.elsewhere)


def _runs(path: str, found: dict[str, Pipeline], followed: Followed) -> Iterator[_Run]:
    """Yield the test runs of a file, and those of what it calls at the line of the call."""
    pipeline = found[path]
    for script in pipeline.scripts:
        where = script.path or path
        for line, ignored in _in_script(given_to(script, pipeline.inputs), followed):
            yield _Run(where, line, script.on_change, ignored)
    for call in pipeline.calls:
        for on_change, ignored in _in_call(call, found, followed, MAX_CALLS):
            yield _Run(path, call.line, call.on_change and on_change, call.may_fail or ignored)


def _in_script(script: Script, followed: Followed) -> Iterator[tuple[int, bool]]:
    for run in followed.test_runs(shown(script.text), script.line, script.shell):
        yield run.line, run.ignored or script.may_fail


def _in_call(
    call: Call, found: dict[str, Pipeline], followed: Followed, deepest: int
) -> Iterator[tuple[bool, bool]]:
    """Yield whether each test run behind a call is on change, and whether it is ignored."""
    called = _called(call.target, found)
    if called is None or not deepest:
        return
    given = {**called.inputs, **call.given}
    for script in called.scripts:
        for _, ignored in _in_script(given_to(script, given), followed):
            yield script.on_change, ignored
    for one in called.calls:
        inner = replace(one, given={key: filled(text, given) for key, text in one.given.items()})
        for on_change, ignored in _in_call(inner, found, followed, deepest - 1):
            yield inner.on_change and on_change, inner.may_fail or ignored


def _called(target: str, found: dict[str, Pipeline]) -> Pipeline | None:
    names = [target, *(posixpath.join(target, f"action.{end}") for end in ("yml", "yaml"))]
    return next((found[name] for name in names if name in found), None)


def _outcome(runs: list[_Run], *, unseen: bool) -> Outcome:
    if any(run.counts for run in runs):
        return Outcome.PASS
    if runs:
        return Outcome.WARN
    return Outcome.UNKNOWN if unseen else Outcome.FAIL


def _facts(entries: dict[str, Pipeline], runs: list[_Run], *, known: bool) -> dict[str, object]:
    return {
        "runs_tests": bool(runs) if entries and known else None,
        "on_change": any(run.on_change for run in runs),
        "failures_ignored": [{"path": r.path, "line": r.line} for r in runs if r.ignored],
        "files": sorted(entries),
    }


def _headline(runs: list[_Run], files: int, elsewhere: list[str]) -> str:
    count = "1 CI file" if files == 1 else f"{files} CI files"
    counting = [run for run in runs if run.counts]
    if counting:
        return f"Tests run on every change, at {counting[0].path}:{counting[0].line}"
    if not runs:
        unseen = f"; {elsewhere[0]} cannot be read from here" if elsewhere else ""
        return f"Found {count}, no command that runs tests{unseen}"
    why = "their failures are ignored" if all(r.ignored for r in runs) else "not on every change"
    return f"Found {count} with tests, but {why}"


def _places(runs: list[_Run]) -> Iterator[Place]:
    doubt = Level.INFO if any(run.counts for run in runs) else Level.WARN
    for run in sorted(runs, key=lambda r: (not r.counts, r.path, r.line)):
        if run.counts:
            yield place(run.path, run.line, Level.PASS, "runs the tests on every change")
        elif run.ignored:
            yield place(run.path, run.line, doubt, "the failure of these tests is ignored")
        else:
            yield place(run.path, run.line, doubt, "runs on a schedule or by hand")


def _without_ci(repository: Repository, facts: dict[str, object]) -> Verdict:
    if repository.has_errors():
        return Verdict(
            outcome=Outcome.UNKNOWN, headline="The CI files could not be read", facts=facts
        )
    return Verdict(
        outcome=Outcome.NOT_APPLICABLE,
        headline="Found no configuration of continuous integration",
        facts=facts,
    )


CHECK = Check(
    id="tests-run-in-ci",
    version="2",
    title="tests in CI",
    statement="Continuous integration runs the tests on every change.",
    outcomes={
        Outcome.PASS: "a command that runs tests on push or pull request, whose failure counts",
        Outcome.WARN: "tests run only on a schedule or by hand, or their failure is ignored",
        Outcome.FAIL: "CI files without a command that runs tests",
        Outcome.NOT_APPLICABLE: "no CI file, or none with a job",
        Outcome.UNKNOWN: (
            "a CI file cannot be read, or calls what is not in the repository and may run tests"
        ),
    },
    rules=(
        "GitHub, GitLab, CircleCI, Travis, Azure and Bitbucket files and Jenkinsfiles are read.",
        "Make targets, tox, nox, shell scripts, local actions and local workflows are followed.",
        (
            "pip install pytest and echo pytest run nothing; continue-on-error, allow_failure and"
            " || true throw the result away."
        ),
        "A push of tags alone is no change; if: false never runs.",
    ),
    facts={
        "runs_tests": "whether any command runs tests, null without CI",
        "on_change": "whether one does on push or pull request",
        "failures_ignored": "path and line of each whose failure is ignored",
        "files": "the CI files read",
    },
    not_checked="whether the runs are green, and whether they are required for a merge",
    look=look,
)
