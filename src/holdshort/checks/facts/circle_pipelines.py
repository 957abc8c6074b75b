"""What CircleCI runs: the jobs that a workflow names, with the commands they use.

In: the nodes of a file under `.circleci`. Out: a `Pipeline`. Parameters are filled in with what
the file gives them; conditions are not evaluated.
Source: https://circleci.com/docs/reference/configuration-reference/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from holdshort.checks.facts import foreign_yaml as foreign
from holdshort.checks.facts.ci_scripts import first_line
from holdshort.checks.facts.ci_values import Pipeline, Script, Used
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.shell_words import Shell

MAX_STEPS = 20_000
"""Most steps, those of commands counted each time they are used. Source: our own limit."""

MAX_COMMANDS = 6
"""Deepest chain of commands that use commands. Source: our own limit."""

_PARAMETER = re.compile(r"<<\s*parameters\.([\w-]+)\s*>>")
_SCHEDULED = re.compile(r"schedule", re.IGNORECASE)
_EVERYTHING = frozenset({"/.*/", ".*", "/^.*$/", "/.+/"})


@dataclass(frozen=True, slots=True)
class _Step:
    node: yaml.Node
    given: Mapping[str, str]
    each_time: bool


def read_circle(document: yaml.Node | None) -> Pipeline:
    """Return what a configuration runs.

    Raises:
        UnreadableSourceError: beyond the limit of steps.
    """
    jobs = dict(foreign.items(foreign.get(document, "jobs")))
    commands = dict(foreign.items(foreign.get(document, "commands")))
    planned = _planned(document) or [(name, True, None) for name in jobs if name == "build"]
    scripts: list[Script] = []
    for name, on_change, use in planned:
        if name in jobs:
            steps = _Steps(commands, on_change=on_change)
            scripts += steps.scripts(jobs[name], _given(jobs[name], use))
        elif name.endswith("/test") and use is not None:
            scripts += _orb_tests(document, name, use, on_change=on_change)
    generates = foreign.text_of(foreign.get(document, "setup")) == "true"
    return Pipeline(
        "CircleCI",
        len({name for name, _, _ in planned}),
        tuple(scripts),
        used=tuple(_used(document)),
        elsewhere=("the configuration that its setup generates",) if generates else (),
    )


def _planned(document: yaml.Node | None) -> list[tuple[str, bool, yaml.Node | None]]:
    """Return each job that a workflow runs, whether on a change, and how it is used."""
    found: list[tuple[str, bool, yaml.Node | None]] = []
    for name, workflow in foreign.items(foreign.get(document, "workflows")):
        if name == "version":
            continue
        triggers = foreign.get(workflow, "triggers")
        asides = [_SCHEDULED.search(text) for text in _texts(foreign.get(workflow, "when"))]
        on_change = triggers is None and not any(asides)
        for entry in foreign.elements(foreign.get(workflow, "jobs")):
            if isinstance(entry, yaml.ScalarNode):
                found.append((entry.value, on_change, entry))
            for job, use in foreign.items(entry):
                found.append((job, on_change and not _is_tags_only(use), use))
    return found


def _texts(node: yaml.Node | None) -> list[str]:
    """Return the scalars of a condition, four levels deep."""
    level = [node] if node is not None else []
    found: list[str] = []
    for _ in range(5):
        found += [foreign.text_of(one) for one in level]
        level = [
            inner
            for one in level
            for inner in (
                one.value
                if isinstance(one, yaml.SequenceNode)
                else [v for _, v in foreign.items(one)]
            )
        ]
    return found


def _is_tags_only(use: yaml.Node) -> bool:
    ignored = foreign.get(use, "filters", "branches", "ignore")
    return any(foreign.text_of(one) in _EVERYTHING for one in foreign.elements(ignored))


def _given(definition: yaml.Node, use: yaml.Node | None) -> dict[str, str]:
    """Return the parameters of a job or command: its defaults and what it is given."""
    declared = foreign.items(foreign.get(definition, "parameters"))
    given = {name: foreign.text_of(foreign.get(one, "default")) for name, one in declared}
    return {**given, **{name: foreign.text_of(one) for name, one in foreign.items(use)}}


class _Steps:
    """The steps of jobs, commands of the file put in where they are used."""

    def __init__(self, commands: Mapping[str, yaml.Node], *, on_change: bool) -> None:
        self._commands = commands
        self._on_change = on_change
        self._left = MAX_STEPS

    def scripts(
        self, owner: yaml.Node, given: Mapping[str, str], level: int = 0
    ) -> Iterator[Script]:
        """Yield what the steps of a job, a command or a condition run."""
        for step in foreign.elements(foreign.merged(owner).get("steps")):
            self._left -= 1
            if self._left < 0:
                raise UnreadableSourceError("steps beyond the limit")
            named = [(step.value, step)] if isinstance(step, yaml.ScalarNode) else []
            for name, use in [*named, *foreign.merged(step).items()]:
                if name == "run":
                    yield from self._run(use, given)
                elif name in {"when", "unless"} and level < MAX_COMMANDS:
                    yield from self.scripts(use, given, level + 1)
                elif name in self._commands and level < MAX_COMMANDS:
                    command = self._commands[name]
                    inner = {k: _filled(v, given) for k, v in _given(command, use).items()}
                    yield from self.scripts(command, inner, level + 1)

    def _run(self, use: yaml.Node, given: Mapping[str, str]) -> Iterator[Script]:
        fields = foreign.merged(use)
        node = use if isinstance(use, yaml.ScalarNode) else fields.get("command")
        if node is None:
            return
        each_time = foreign.text_of(fields.get("when")) != "on_fail"
        folder = foreign.text_of(fields.get("working_directory"))
        shell = Shell("" if folder.startswith(("~", "/", "$")) else folder)
        text = _filled(foreign.text_of(node), given)
        yield Script(text, first_line(node), self._on_change and each_time, shell=shell)


def _filled(text: str, given: Mapping[str, str]) -> str:
    return _PARAMETER.sub(lambda use: given.get(use[1]) or "x", text)


def _orb_tests(
    document: yaml.Node | None, name: str, use: yaml.Node, *, on_change: bool
) -> Iterator[Script]:
    """Yield what the `test` job of CircleCI's Python orb runs: pytest unless told otherwise."""
    orb = foreign.text_of(foreign.get(document, "orbs", name.partition("/")[0]))
    if orb.startswith("circleci/python@"):
        tool = foreign.text_of(foreign.get(use, "test-tool")) or "pytest"
        yield Script(tool, foreign.line_of(use), on_change)


def _used(document: yaml.Node | None) -> Iterator[Used]:
    for _, orb in foreign.items(foreign.get(document, "orbs")):
        if isinstance(orb, yaml.ScalarNode):
            yield Used(orb.value, foreign.line_of(orb), "orb")
    seen: set[int] = set()
    for key in ("jobs", "executors"):
        for _, owner in foreign.items(foreign.get(document, key)):
            for row in foreign.elements(foreign.merged(owner).get("docker")):
                image = foreign.get(row, "image")
                if image is not None and id(image) not in seen:
                    seen.add(id(image))
                    yield Used(foreign.text_of(image), foreign.line_of(image), "container")
