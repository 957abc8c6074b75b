"""Workflows hold no more rights than their jobs need.

Reads the `permissions` of GitHub workflows, and looks for checkouts of a pull request's head under
events that run with the rights of the repository. Where nothing is written, the settings of the
repository decide, and they may allow everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.ci_repository import github_workflows
from holdshort.checks.facts.github_workflows import Job, Permissions, Workflow
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.untrusted_checkouts import Checkout, Guard, untrusted_checkouts
from holdshort.model.finding import Level, Outcome


class _Kind(StrEnum):
    """What was found at a place."""

    ABSENT = "absent"
    WRITE_ALL = "write_all"
    BROAD = "broad"
    FETCHED = "untrusted_checkouts"
    COMPUTED = "computed"


@dataclass(frozen=True, slots=True)
class _Found:
    kind: _Kind
    path: str
    line: int
    level: Level
    why: str


def look(repository: Repository) -> Verdict:
    """Judge every workflow."""
    found = repository.once(github_workflows)
    workflows = {
        path: one
        for path, one in found.items()
        if path.startswith(".github/workflows/") and any(job.steps or job.uses for job in one.jobs)
    }
    started = {path: one for path, one in workflows.items() if not _is_called(one)}
    rows = [row for path in workflows for row in _rights(path, workflows[path])]
    for path, workflow in started.items():
        rows += [_checkout(path, one) for one in untrusted_checkouts(workflow, found)]
    rows.sort(key=lambda row: (_ORDER.index(row.level), row.path, row.line))
    outcome = _outcome(rows, bool(workflows), has_errors=repository.has_errors())
    return Verdict(
        outcome=outcome,
        headline=_headline(workflows, rows) + repository.unread_note(),
        evidence=tuple(place(row.path, row.line, row.level, row.why) for row in rows),
        facts=_facts(workflows, rows),
        remediation=_REMEDIATION if outcome in {Outcome.WARN, Outcome.FAIL} else "",
    )


_REMEDIATION = (
    "At the top of each workflow, and more only for the job that needs it:\n"
    "permissions:\n"
    "  contents: read\n"
    "Run the code of pull requests under pull_request; let pull_request_target only label and"
    " comment."
)
_ORDER = (Level.FAIL, Level.WARN, Level.INFO, Level.PASS)


def _is_called(workflow: Workflow) -> bool:
    return {event.name for event in workflow.events} == {"workflow_call"}


def _rights(path: str, workflow: Workflow) -> Iterator[_Found]:
    """Yield what the permissions of a workflow and of its jobs leave open."""
    jobs = [job for job in workflow.jobs if job.steps or job.uses]
    if workflow.permissions is not None:
        yield from _written(path, workflow.permissions, shared=len(jobs) > 1)
    elif not _is_called(workflow):
        lacking = [job for job in jobs if job.permissions is None]
        yield from (_lacking(path, job, len(lacking)) for job in lacking[:1])
    for job in jobs:
        if job.permissions is not None:
            yield from _written(path, job.permissions, shared=False)


def _lacking(path: str, job: Job, count: int) -> _Found:
    more = f", as have {count - 1} more jobs" if count > 1 else ""
    why = f"no permissions, the settings decide{more}: {job.name}"
    return _Found(_Kind.ABSENT, path, job.line, Level.WARN, why)


def _written(path: str, permissions: Permissions, *, shared: bool) -> Iterator[_Found]:
    line = permissions.line
    if permissions.all == "write-all":
        yield _Found(_Kind.WRITE_ALL, path, line, Level.FAIL, "every right there is")
    elif permissions.all not in {"", "read-all"}:
        yield _Found(_Kind.BROAD, path, line, Level.WARN, "neither scopes nor read-all")
    elif permissions.written and shared:
        why = f"every job may write {', '.join(permissions.written)}"
        yield _Found(_Kind.BROAD, path, line, Level.WARN, why)


def _checkout(path: str, found: Checkout) -> _Found:
    if not found.certain and found.guard is not Guard.INSIDE:
        why = f"fetches a computed ref under {found.event}"
        return _Found(_Kind.COMPUTED, path, found.line, Level.WARN, why)
    level, when = _GUARDED[found.guard]
    why = f"fetches the head of a pull request under {found.event}{when}"
    return _Found(_Kind.FETCHED, path, found.line, level, why)


_GUARDED = {
    Guard.NONE: (Level.FAIL, ""),
    Guard.ASKED: (Level.WARN, ", after a condition"),
    Guard.INSIDE: (Level.INFO, ", own branches only"),
}


def _outcome(rows: list[_Found], any_workflow: bool, *, has_errors: bool) -> Outcome:
    levels = {row.level for row in rows}
    if Level.FAIL in levels:
        return Outcome.FAIL
    if Level.WARN in levels:
        return Outcome.WARN
    if has_errors:
        return Outcome.UNKNOWN
    return Outcome.PASS if any_workflow else Outcome.NOT_APPLICABLE


def _headline(workflows: dict[str, Workflow], rows: list[_Found]) -> str:
    if not workflows:
        return "Found no GitHub workflow with a job"
    count = "1 workflow" if len(workflows) == 1 else f"{len(workflows)} workflows"
    kinds = [row.kind for row in rows]
    parts = [f"{kinds.count(_Kind.ABSENT)} without permissions"]
    if _Kind.WRITE_ALL in kinds:
        parts.append("write-all asked for")
    if fetched := kinds.count(_Kind.FETCHED):
        steps = "1 step fetches" if fetched == 1 else f"{fetched} steps fetch"
        parts.append(f"{steps} the head of a pull request with the rights of the repository")
    return f"Found {count}: {', '.join(parts)}"


def _facts(workflows: dict[str, Workflow], rows: list[_Found]) -> dict[str, object]:
    return {
        "workflows": len(workflows),
        "absent": [row.path for row in rows if row.kind is _Kind.ABSENT],
        "write_all": _where(rows, _Kind.WRITE_ALL),
        "untrusted_checkouts": _where(rows, _Kind.FETCHED),
    }


def _where(rows: list[_Found], kind: _Kind) -> list[dict[str, object]]:
    return [{"path": row.path, "line": row.line} for row in rows if row.kind is kind]


CHECK = Check(
    id="workflow-permissions",
    version="1",
    title="CI permissions",
    statement="Workflows hold no more rights than their jobs need.",
    outcomes={
        Outcome.PASS: "every workflow, or each of its jobs, says what it may do, and no write-all",
        Outcome.WARN: (
            "permissions are absent, or a top-level one lets several jobs write; a pull request's"
            " head fetched after a condition, or a ref that is computed"
        ),
        Outcome.FAIL: (
            "write-all; a pull request's head fetched under pull_request_target, workflow_run or"
            " issue_comment"
        ),
        Outcome.NOT_APPLICABLE: "no GitHub workflow, or none with a job",
        Outcome.UNKNOWN: "a workflow cannot be read, and nothing was found in the others",
    },
    rules=(
        "A workflow that others call has the rights of its caller; absent is nothing there.",
        "Gitea and Forgejo know no permissions; their workflows are not judged.",
        "A job that may write is fine; a whole workflow of several jobs that may is asked about.",
        (
            "A condition that admits only branches of the repository itself informs; a label, an"
            " environment or a list of people is asked about, because code may change after it."
        ),
        "Actions and workflows of the repository are followed with the inputs they are given.",
    ),
    facts={
        "workflows": "how many workflows were read",
        "absent": "those with a job for which nothing says what it may do",
        "write_all": "path and line of each write-all",
        "untrusted_checkouts": "path and line of each fetched head of a pull request",
    },
    not_checked="the default permissions in the settings, and what the fetched code may do",
    look=look,
)
