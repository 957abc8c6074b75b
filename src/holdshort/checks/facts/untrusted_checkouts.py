"""Workflows that hand the code of strangers the rights of the repository.

In: GitHub workflows by path. Out: `Checkout` values: steps that fetch the head of a pull request
under an event which runs with secrets and a token that can write. Actions and workflows of the
repository are followed with the inputs they are given.
Source: https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from holdshort.checks.facts import foreign_yaml as foreign
from holdshort.checks.facts.github_pipelines import filled
from holdshort.checks.facts.github_workflows import Job, Step, Workflow

MAX_CALLS = 4
"""Deepest chain of workflows and actions followed. Source: our own limit."""

MAX_CHECKOUTS = 1000
"""Most checkouts of one workflow. Source: our own limit."""

PRIVILEGED = frozenset({"pull_request_target", "workflow_run", "issue_comment"})
"""Events whose runs hold the rights of the repository although strangers cause them."""


class Guard(StrEnum):
    """What stands in front of a checkout."""

    NONE = "none"
    ASKED = "asked"  # a label, an environment or a list of people decides
    INSIDE = "inside"  # only branches of the repository itself


@dataclass(frozen=True, slots=True)
class Checkout:
    """One step that fetches the head of a pull request, or may."""

    line: int
    event: str
    guard: Guard
    certain: bool


_HEAD = re.compile(
    r"github\.event\.pull_request\.head|github\.head_ref|refs/pull/"
    r"|github\.event\.workflow_run(?:\.head_|\.pull_requests|\s*\}\})"
)
_COMPUTED = re.compile(r"\$\{\{[^}]*\b(?:steps|needs|env|inputs|matrix)\.")
_COMMAND = re.compile(
    r"\bgh\s+pr\s+checkout\b"
    r"|\bgit\s+(?:checkout|fetch|pull|switch|clone|reset|merge)\b[^\n]*"
    r"(?:github\.event\.pull_request\.head|github\.head_ref|workflow_run\.head_|\bpull/)"
)
_INSIDE = re.compile(
    r"head\.repo\.full_name\s*==\s*github\.repository|head_repository\.full_name\s*=="
    r"|github\.repository\s*==\s*github\.event\.pull_request\.head\.repo\.full_name"
    r"|!\s*github\.event\.pull_request\.head\.repo\.fork|head\.repo\.fork\s*==\s*false"
)
_PEOPLE = re.compile(
    r"/collaborators/|CollaboratorPermission|(?:user|actor|author)-permission|author_association"
    r"|/memberships/|orgs/\S+/members"
)
_ASKED = re.compile(
    r"label|author_association|github\.actor\b|github\.triggering_actor|\.user\.login"
    r"|\.head\.user|event_name\s*!=\s*['\"]pull_request_target|permission|\.merged\b"
    r"|workflow_run\.event\s*==\s*['\"](?!pull_request)"
)


def untrusted_checkouts(workflow: Workflow, others: Mapping[str, Workflow]) -> tuple[Checkout, ...]:
    """Return where a workflow fetches the head of a pull request with rights of its own."""
    events = sorted(PRIVILEGED.intersection(event.name for event in workflow.events))
    if not events:
        return ()
    found: list[Checkout] = []
    for job in workflow.jobs:
        before = _before(job, workflow)
        for line, certain, condition in _fetches(job, others, {}, MAX_CALLS):
            guard = _guard([*before, condition])
            found.append(Checkout(line, events[0], guard, certain))
            if len(found) > MAX_CHECKOUTS:
                return tuple(found)
    return tuple(dict.fromkeys(found))


def _fetches(
    job: Job, others: Mapping[str, Workflow], given: Mapping[str, str], deepest: int
) -> Iterator[tuple[int, bool, str]]:
    """Yield the line, certainty and condition of each step that fetches foreign code."""
    if job.uses.startswith("./") and deepest:
        texts = _texts(job.given, given)
        for _, certain, condition in _called(job.uses[2:], others, texts, deepest - 1):
            yield job.uses_line, certain, condition
    for step in job.steps:
        fetched = _fetched(step, given)
        if fetched is not None:
            yield step.uses_line or step.line, fetched, step.condition
        if step.uses.startswith("./") and deepest:
            texts = _texts(step.given, given)
            for _, sure, condition in _called(step.uses[2:], others, texts, deepest - 1):
                yield step.uses_line, sure, f"{step.condition}\n{condition}"


def _called(
    target: str, others: Mapping[str, Workflow], given: Mapping[str, str], deepest: int
) -> Iterator[tuple[int, bool, str]]:
    names = [target, *(posixpath.join(target, f"action.{end}") for end in ("yml", "yaml"))]
    called = next((others[name] for name in names if name in others), None)
    for job in called.jobs if called else ():
        for line, certain, condition in _fetches(
            job, others, {**(called.inputs if called else {}), **given}, deepest
        ):
            yield line, certain, f"{job.condition}\n{condition}"


def _fetched(step: Step, given: Mapping[str, str]) -> bool | None:
    """Return whether a step surely fetches the head, None when it does not fetch it at all."""
    if step.uses.partition("@")[0] == "actions/checkout":
        texts = _texts(step.given, given)
        wanted = f"{texts.get('ref', '')} {texts.get('repository', '')}"
        if _HEAD.search(wanted):
            return True
        return False if _COMPUTED.search(texts.get("ref", "")) else None
    script = filled(foreign.text_of(step.script), given)
    return True if _COMMAND.search(script) else None


def _texts(nodes: Mapping[str, object], given: Mapping[str, str]) -> dict[str, str]:
    return {name: filled(_text(node), given) for name, node in nodes.items()}


def _text(node: object) -> str:
    value = getattr(node, "value", "")
    return value if isinstance(value, str) else ""


def _before(job: Job, workflow: Workflow) -> list[str]:
    """Return the conditions of a job and of those it needs, and what they ask about people."""
    jobs = {one.name: one for one in workflow.jobs}
    waiting, seen = [job], {job.name}
    found: list[str] = []
    while waiting:
        one = waiting.pop()
        found += [one.condition, "environment: permission" if one.has_environment else ""]
        for step in one.steps:
            texts = [step.uses, foreign.text_of(step.script), *_texts(step.given, {}).values()]
            found += ["permission" for text in texts if _PEOPLE.search(text)]
        for name in one.needs:
            if name in jobs and name not in seen:
                seen.add(name)
                waiting.append(jobs[name])
    return found


def _guard(conditions: list[str]) -> Guard:
    if any(_INSIDE.search(text) and "||" not in text for text in conditions):
        return Guard.INSIDE
    return Guard.ASKED if any(map(_ASKED.search, conditions)) else Guard.NONE
