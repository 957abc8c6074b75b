"""GitHub workflows and actions as they are written: events, permissions, jobs and steps.

In: the nodes of `.github/workflows/*.yml` or `action.yml`. Out: `Workflow`. The format of Gitea
and Forgejo is the same. Source:
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax,
https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from holdshort.checks.facts import foreign_yaml as foreign
from holdshort.checks.facts.ci_values import Used
from holdshort.checks.facts.python_source import UnreadableSourceError

MAX_STEPS = 5000
"""Most steps of one workflow, those behind aliases counted each time. Source: our own limit."""


@dataclass(frozen=True, slots=True)
class Event:
    """One trigger; `filters` and `types` are the keys and activity types written under it."""

    name: str
    line: int
    filters: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Permissions:
    """A `permissions` key: `all` is `read-all` or `write-all`, else scopes name their access."""

    line: int
    all: str = ""
    scopes: Mapping[str, str] = field(default_factory=dict)

    @property
    def written(self) -> tuple[str, ...]:
        """The scopes that may be written."""
        return tuple(scope for scope, access in self.scopes.items() if access == "write")


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `given` are its inputs as text."""

    line: int
    condition: str
    may_fail: bool
    uses: str = ""
    uses_line: int = 0
    given: Mapping[str, yaml.Node] = field(default_factory=dict)
    script: yaml.Node | None = None
    shell: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One job: steps, or a reusable workflow that it `uses`."""

    name: str
    line: int
    condition: str
    may_fail: bool
    permissions: Permissions | None
    steps: tuple[Step, ...] = ()
    uses: str = ""
    uses_line: int = 0
    given: Mapping[str, yaml.Node] = field(default_factory=dict)
    images: tuple[Used, ...] = ()
    matrix: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    has_environment: bool = False
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workflow:
    """One workflow, or an action, which has no events.

    Attributes:
        inputs: the default of each input of a called workflow or an action.
    """

    events: tuple[Event, ...]
    permissions: Permissions | None
    jobs: tuple[Job, ...]
    inputs: Mapping[str, str]

    def uses(self) -> Iterator[Used]:
        """Yield every action, workflow and image, in the order of the file."""
        for job in self.jobs:
            if job.uses:
                yield Used(job.uses, job.uses_line, "action")
            yield from job.images
            for step in job.steps:
                if step.uses:
                    yield Used(step.uses, step.uses_line, "action")


def read_workflow(document: yaml.Node | None) -> Workflow:
    """Return a workflow.

    Raises:
        UnreadableSourceError: beyond the limit of steps.
    """
    folder = _text(document, "defaults", "run", "working-directory")
    shell = _text(document, "defaults", "run", "shell")
    listed = [
        (name, job)
        for name, job in foreign.items(foreign.get(document, "jobs"))
        if isinstance(job, yaml.MappingNode)
    ]
    steps = (foreign.get(job, "steps") for _, job in listed)
    if sum(1 + len(one.value) for one in steps if isinstance(one, yaml.SequenceNode)) > MAX_STEPS:
        raise UnreadableSourceError(f"more than {MAX_STEPS} steps")
    jobs = tuple(_job(name, job, folder, shell) for name, job in listed)
    called = foreign.get(document, "on", "workflow_call", "inputs")
    inputs = {name: _text(one, "default") for name, one in foreign.items(called)}
    return Workflow(
        tuple(_events(foreign.get(document, "on"))), _permissions(document), jobs, inputs
    )


def read_action(document: yaml.Node | None) -> Workflow:
    """Return a composite or container action as a workflow of one job."""
    runs = foreign.get(document, "runs")
    line = foreign.line_of(runs) if runs is not None else 0
    image = foreign.get(runs, "image")
    found = foreign.text_of(image)
    images = (
        (Used(found, foreign.line_of(image), "action"),)
        if image is not None and found.startswith("docker://")
        else ()
    )
    steps = tuple(_step(step, "", "") for step in foreign.elements(foreign.get(runs, "steps")))
    inputs = {
        name: _text(one, "default") for name, one in foreign.items(foreign.get(document, "inputs"))
    }
    job = Job("", line, "", may_fail=False, permissions=None, steps=steps, images=images)
    return Workflow((), None, (job,), inputs)


def _events(node: yaml.Node | None) -> Iterator[Event]:
    """Yield the triggers of any of the three forms: a word, a list, a mapping."""
    for one in foreign.elements(node):
        yield Event(foreign.text_of(one), foreign.line_of(one))
    for key, value in foreign.pairs(node):
        types = {foreign.text_of(one) for one in foreign.elements(foreign.get(value, "types"))}
        filters = frozenset(name for name, _ in foreign.items(value))
        yield Event(key.value, foreign.line_of(key), filters, frozenset(types))


def _permissions(owner: yaml.Node | None) -> Permissions | None:
    for key, value in foreign.pairs(owner):
        if key.value == "permissions":
            line = foreign.line_of(key)
            scopes = {name: foreign.text_of(access) for name, access in foreign.items(value)}
            return Permissions(line, foreign.text_of(value).strip(), scopes)
    return None


def _job(name: str, job: yaml.Node, folder: str, shell: str) -> Job:
    folder = _text(job, "defaults", "run", "working-directory") or folder
    shell = _text(job, "defaults", "run", "shell") or shell
    uses = foreign.get(job, "uses")
    return Job(
        name,
        foreign.line_of(job),
        _condition(job),
        _text(job, "continue-on-error") in _TRUE,
        _permissions(job),
        tuple(_step(step, folder, shell) for step in _listed(job)),
        foreign.text_of(uses).strip(),
        foreign.line_of(uses) if uses is not None else 0,
        dict(foreign.items(foreign.get(job, "with"))),
        tuple(_images(job)),
        _matrix(foreign.get(job, "strategy", "matrix")),
        foreign.get(job, "environment") is not None,
        tuple(foreign.text_of(one) for one in foreign.elements(foreign.get(job, "needs"))),
    )


_TRUE = frozenset({"true", "${{ true }}", "True"})


def _listed(job: yaml.Node) -> Iterator[yaml.Node]:
    """Yield the steps of a job, those that run side by side among them."""
    for step in foreign.elements(foreign.get(job, "steps")):
        yield step
        yield from foreign.elements(foreign.get(step, "parallel"))


def _step(step: yaml.Node, folder: str, shell: str) -> Step:
    uses = foreign.get(step, "uses")
    return Step(
        foreign.line_of(step),
        _condition(step),
        _text(step, "continue-on-error") in _TRUE,
        foreign.text_of(uses).strip(),
        foreign.line_of(uses) if uses is not None else 0,
        dict(foreign.items(foreign.get(step, "with"))),
        foreign.get(step, "run"),
        _text(step, "shell") or shell,
        _text(step, "working-directory") or folder,
    )


def _images(job: yaml.Node) -> Iterator[Used]:
    container = foreign.get(job, "container")
    holders = [container] if container is not None else []
    holders += [service for _, service in foreign.items(foreign.get(job, "services"))]
    for holder in holders:
        image = holder if isinstance(holder, yaml.ScalarNode) else foreign.get(holder, "image")
        if image is not None and foreign.text_of(image):
            yield Used(foreign.text_of(image), foreign.line_of(image), "container")


def _matrix(matrix: yaml.Node | None) -> dict[str, tuple[str, ...]]:
    """Return every value that each key of a matrix takes."""
    found: dict[str, list[str]] = {}
    for key, value in foreign.items(matrix):
        if key == "include":
            for row in foreign.elements(value):
                for name, one in foreign.items(row):
                    found.setdefault(name, []).append(foreign.text_of(one))
        elif key != "exclude":
            for one in foreign.elements(value):
                found.setdefault(key, []).append(foreign.text_of(one))
                for name, inner in foreign.items(one):
                    found.setdefault(f"{key}.{name}", []).append(foreign.text_of(inner))
    return {key: tuple(dict.fromkeys(values)) for key, values in found.items()}


def _condition(node: yaml.Node) -> str:
    text = _text(node, "if").strip()
    return text[3:-2].strip() if text.startswith("${{") and text.endswith("}}") else text


def _text(node: yaml.Node | None, *keys: str) -> str:
    return foreign.text_of(foreign.get(node, *keys))
