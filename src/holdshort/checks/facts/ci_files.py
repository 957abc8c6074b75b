"""What CI runs: the shell commands of its configuration, when they run, and whether they count.

In: text of a GitHub workflow or action, GitLab CI, CircleCI, Travis, Azure or Bitbucket
pipelines, or a Jenkinsfile. Out: `Pipeline`. The YAML is only composed.
Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from holdshort.checks.facts import foreign_yaml as foreign

_ON_CHANGE = frozenset({"push", "pull_request", "pull_request_target", "merge_group"})
_SCRIPT_KEYS = frozenset({"script", "run", "command", "bash", "commands", "before_script", "pwsh"})
_NOT_JOBS = frozenset(
    {"default", "include", "stages", "variables", "workflow", "image", "services", "cache", "pages"}
)


@dataclass(frozen=True, slots=True)
class Command:
    """One shell line."""

    text: str
    line: int
    on_change: bool = True
    may_fail: bool = False


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One configuration file.

    Attributes:
        triggers: when it runs, in GitHub's words; empty where the format has none.
        commands: every shell line.
        calls: workflows and actions of this repository that it runs: path, line, on_change.
        elsewhere: workflows of other repositories and remote includes, which cannot be read.
    """

    triggers: tuple[str, ...]
    commands: tuple[Command, ...]
    calls: tuple[tuple[str, int, bool], ...] = ()
    elsewhere: tuple[str, ...] = ()

    @property
    def is_called(self) -> bool:
        """Whether it only runs when another workflow calls it."""
        return self.triggers == ("workflow_call",)


def read_pipeline(text: str, path: str) -> Pipeline:
    """Return what a CI file runs.

    Raises:
        UnreadableSourceError: not YAML, or beyond a limit.
    """
    name = path.rpartition("/")[2]
    if name == "Jenkinsfile":
        return Pipeline((), tuple(_jenkins(text)))
    document = foreign.compose(text)
    if path.startswith(".github/workflows/"):
        return _github(document)
    if name in {"action.yml", "action.yaml"}:
        steps = list(foreign.elements(foreign.get(document, "runs", "steps")))
        return Pipeline(("workflow_call",), tuple(_steps(steps, on_change=True, may_fail=False)))
    if name.startswith(".gitlab-ci"):
        return _gitlab(document)
    return Pipeline((), tuple(_anywhere(document)))


def _github(document: yaml.Node | None) -> Pipeline:
    triggers = tuple(_triggers(foreign.get(document, "on")))
    on_change = not _ON_CHANGE.isdisjoint(triggers)
    commands: list[Command] = []
    calls: list[tuple[str, int, bool]] = []
    elsewhere: list[str] = []
    for _, job in foreign.items(foreign.get(document, "jobs")):
        runs = on_change and foreign.text_of(foreign.get(job, "if")).strip() != "false"
        may_fail = foreign.text_of(foreign.get(job, "continue-on-error")) == "true"
        steps = list(foreign.elements(foreign.get(job, "steps")))
        commands += _steps(steps, on_change=runs, may_fail=may_fail)
        for user in [job, *steps]:
            used = foreign.get(user, "uses")
            target = foreign.text_of(used)
            if used is not None and target.startswith("./"):
                calls.append((target[2:], foreign.line_of(used), runs))
            elif user is job and target:
                elsewhere.append(target)
    return Pipeline(triggers, tuple(commands), tuple(calls), tuple(elsewhere))


def _triggers(node: yaml.Node | None) -> Iterator[str]:
    """Yield the events; a push of tags alone is no change of the code."""
    yield from map(foreign.text_of, foreign.elements(node))
    for name, value in foreign.items(node):
        filters = {key for key, _ in foreign.items(value)}
        yield "tag" if name == "push" and filters == {"tags"} else name


def _steps(steps: list[yaml.Node], *, on_change: bool, may_fail: bool) -> Iterator[Command]:
    for step in steps:
        run = foreign.get(step, "run")
        skipped = foreign.text_of(foreign.get(step, "if")).strip() == "false"
        ignored = may_fail or foreign.text_of(foreign.get(step, "continue-on-error")) == "true"
        if run is not None:
            yield from _lines(run, on_change=on_change and not skipped, may_fail=ignored)


def _lines(node: yaml.Node, *, on_change: bool = True, may_fail: bool = False) -> Iterator[Command]:
    """Yield the lines of a script, continuations joined."""
    number = foreign.line_of(node)
    block = isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}
    start, joined = 0, ""
    for offset, line in enumerate(foreign.text_of(node).splitlines(), 1 if block else 0):
        start = start or number + offset
        if line.rstrip().endswith("\\"):
            joined += line.rstrip()[:-1] + " "
            continue
        if (joined + line).strip():
            yield Command((joined + line).strip(), start, on_change, may_fail)
        start, joined = 0, ""


def _gitlab(document: yaml.Node | None) -> Pipeline:
    commands: list[Command] = []
    remote = ("include",) if foreign.get(document, "include") is not None else ()
    for name, job in foreign.items(document):
        if name in _NOT_JOBS or name.startswith("."):
            continue
        may_fail = foreign.text_of(foreign.get(job, "allow_failure")) == "true"
        manual = foreign.text_of(foreign.get(job, "when")) in {"manual", "never"}
        only = {foreign.text_of(e) for e in foreign.elements(foreign.get(job, "only"))}
        on_change = not manual and only != {"schedules"}
        for key in ("before_script", "script", "after_script"):
            for entry in _flat(foreign.get(job, key)):
                commands += _lines(entry, on_change=on_change, may_fail=may_fail)
    return Pipeline((), tuple(commands), (), remote)


def _flat(node: yaml.Node | None) -> Iterator[yaml.Node]:
    for entry in foreign.elements(node):
        if isinstance(entry, yaml.SequenceNode):
            yield from (e for e in entry.value if isinstance(e, yaml.ScalarNode))
        else:
            yield entry


def _anywhere(document: yaml.Node | None) -> Iterator[Command]:
    """Yield the scripts of a format by their keys, wherever they stand."""
    waiting = [document] if document is not None else []
    seen: set[int] = set()
    while waiting:
        node = waiting.pop(0)
        if id(node) in seen:
            continue
        seen.add(id(node))
        for key, value in foreign.items(node):
            if key in _SCRIPT_KEYS and not isinstance(value, yaml.MappingNode):
                for entry in _flat(value):
                    yield from _lines(entry)
            waiting.append(value)
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)


def _jenkins(text: str) -> Iterator[Command]:
    for number, line in enumerate(text.splitlines(), 1):
        found = re.search(r"\b(?:sh|bat)\s*\(?\s*['\"]{1,3}(.+?)['\"]{0,3}\)?\s*$", line)
        if found and not line.lstrip().startswith("//"):
            yield Command(found[1], number)
