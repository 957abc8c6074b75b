"""Continuous integration runs the tests on every change.

Reads the shell commands of CI files and follows make targets, tox, nox, scripts, local actions
and local workflows to the program that runs tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.ci_files import Command, Pipeline, read_pipeline
from holdshort.checks.facts.inventory import Kind
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.shell_commands import Followed, runs_tests, throws_failure_away
from holdshort.model.finding import Confidence, Level, Outcome, Place


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
    pipelines = _pipelines(repository)
    entries = {path: p for path, p in pipelines.items() if not p.is_called}
    runs = [run for path in entries for run in _runs(repository, path, pipelines)]
    facts = _facts(entries, runs)
    if not entries:
        return _without_ci(repository, facts)
    elsewhere = [name for pipeline in entries.values() for name in pipeline.elsewhere]
    outcome = _outcome(runs, unseen=bool(elsewhere) or repository.has_errors())
    return Verdict(
        outcome=outcome,
        confidence=Confidence.LIKELY,
        headline=_headline(runs, len(entries), elsewhere),
        evidence=tuple(map(_place, sorted(runs, key=lambda r: (not r.counts, r.path, r.line)))),
        facts=facts,
        remediation="" if outcome is Outcome.PASS else _REMEDIATION,
    )


_REMEDIATION = "A step of a workflow that runs on push and pull_request:\n- run: python -m pytest"


def _pipelines(repository: Repository) -> dict[str, Pipeline]:
    found: dict[str, Pipeline] = {}
    for file in repository.inventory.of(Kind.WORKFLOW):
        text = repository.text(file.path)
        if text is None:
            continue
        try:
            found[file.path] = read_pipeline(text, file.path)
        except UnreadableSourceError as error:
            repository.note_error(file.path, str(error))
    return found


def _runs(repository: Repository, path: str, pipelines: dict[str, Pipeline]) -> Iterator[_Run]:
    followed = Followed(lambda name: repository.text(name) if name in repository.paths else None)
    pipeline = pipelines[path]
    for command in pipeline.commands:
        if runs_tests(command.text, followed):
            yield _Run(path, command.line, command.on_change, _is_ignored(command))
    for target, line, on_change in pipeline.calls:
        called = _called(target, pipelines)
        for command in called.commands if called else ():
            if runs_tests(command.text, followed):
                yield _Run(path, line, on_change, _is_ignored(command))


def _called(target: str, pipelines: dict[str, Pipeline]) -> Pipeline | None:
    target = target.rstrip("/")
    names = (target, f"{target}/action.yml", f"{target}/action.yaml")
    return next((pipelines[name] for name in names if name in pipelines), None)


def _is_ignored(command: Command) -> bool:
    return command.may_fail or throws_failure_away(command.text)


def _outcome(runs: list[_Run], *, unseen: bool) -> Outcome:
    if any(run.counts for run in runs):
        return Outcome.PASS
    if runs:
        return Outcome.WARN
    return Outcome.UNKNOWN if unseen else Outcome.FAIL


def _facts(entries: dict[str, Pipeline], runs: list[_Run]) -> dict[str, object]:
    return {
        "runs_tests": bool(runs) if entries else None,
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


def _place(run: _Run) -> Place:
    if run.counts:
        return place(run.path, run.line, Level.PASS, "runs the tests on every change")
    why = (
        "the failure of these tests is ignored" if run.ignored else "runs on a schedule or by hand"
    )
    return place(run.path, run.line, Level.WARN, why)


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
    version="1",
    title="tests in CI",
    statement="Continuous integration runs the tests on every change.",
    outcomes={
        Outcome.PASS: "a command that runs tests on push or pull request, whose failure counts",
        Outcome.WARN: "tests run only on a schedule or by hand, or their failure is ignored",
        Outcome.FAIL: "CI files without a command that runs tests",
        Outcome.NOT_APPLICABLE: "no CI file",
        Outcome.UNKNOWN: "a CI file cannot be read, or calls a workflow of another repository",
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
