"""The stages of a Dockerfile: what each starts from, sets, copies and ends as.

In: text. Out: `Dockerfile`. Build arguments count by their defaults; before the first `FROM` only
arguments exist, after it a stage knows those it declares, its environment and its parent's.
Source: https://docs.docker.com/reference/dockerfile/#scope
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from holdshort.checks.facts.docker_files import Instruction, read_instructions

MAX_VALUE = 2000
"""Longest text with its variables filled in, in characters. Source: our own limit."""

_USE = re.compile(r"\$\{(\w+)(?:(:?[-+])((?:[^{}]|\{[^{}]*\})*))?\}|\$(\w+)")
_ASSIGNED = re.compile(
    r"([A-Za-z_][\w.-]*)=(\"(?:[^\"\\]|\\.)*\"|'[^']*'|(?:[^\s\"'\\]|\\.)*)(?:\s+|$)"
)

Variables = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Setting:
    """One name that ARG or ENV sets; `value` is None for an argument without a default."""

    kind: str
    name: str
    value: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction with what is known where it stands."""

    instruction: Instruction
    variables: Variables
    folder: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage.

    Attributes:
        image: what it starts from, variables filled in so far as they are known.
        parent: the number of the stage it starts from, None for an image.
    """

    name: str
    image: str
    line: int
    parent: int | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """The stages in order, and everything ARG and ENV set."""

    stages: tuple[Stage, ...]
    settings: tuple[Setting, ...]

    def stage_named(self, name: str) -> Stage | None:
        """Return the stage that `--from=` names, by its name or number."""
        if name.isdecimal() and int(name[:6]) < len(self.stages):
            return self.stages[int(name[:6])]
        return next((s for s in self.stages if s.name and s.name == name.lower()), None)

    def lineage(self, stage: Stage) -> Iterator[Stage]:
        """Yield a stage, the one it starts from, and so on."""
        yield stage
        while stage.parent is not None:
            stage = self.stages[stage.parent]
            yield stage


def read_dockerfile(text: str) -> Dockerfile:
    """Return the stages of a Dockerfile.

    Raises:
        UnreadableSourceError: beyond the limit of instructions.
    """
    builder = _Builder()
    for instruction in read_instructions(text):
        builder.add(instruction)
    return builder.done()


def base_images(text: str) -> Iterator[tuple[str, int]]:
    """Yield the image or stage of every `FROM` with its line.

    Raises:
        UnreadableSourceError: beyond the limit of instructions.
    """
    yield from ((stage.image, stage.line) for stage in read_dockerfile(text).stages)


def filled(text: str, variables: Variables) -> str:
    """Return a text with the variables that are known; unknown ones stay as written."""
    return _filled(text, variables, 2)


def _filled(text: str, variables: Variables, deepest: int) -> str:
    def value(use: re.Match[str]) -> str:
        name, operator, word = use[1] or use[4], use[2] or "", use[3] or ""
        known = variables.get(name)
        if operator.endswith("+"):
            return word if known else ""
        if operator.endswith("-") and not known:
            return _filled(word, variables, deepest - 1) if deepest else word
        return use[0] if known is None else known

    return _USE.sub(value, text[:MAX_VALUE])[:MAX_VALUE]


def assignments(instruction: Instruction) -> Iterator[tuple[str, str | None]]:
    """Yield the names that an ARG or ENV sets, with their values as written, unquoted."""
    rest = instruction.plain
    at = 0
    while found := _ASSIGNED.match(rest, at):
        yield found[1], _unquoted(found[2])
        at = found.end()
    if at == 0 and instruction.name == "ENV":
        name, _, value = rest.partition(" ")
        if name:
            yield name, value.strip()
    elif at < len(rest) and instruction.name == "ARG":
        yield from ((name, None) for name in rest[at:].split() if "=" not in name)


class _Builder:
    """Puts instructions into stages as they come."""

    def __init__(self) -> None:
        self._stages: list[Stage] = []
        self._steps: list[Step] = []
        self._ends: list[tuple[Variables, str]] = []
        self._settings: list[Setting] = []
        self._global: dict[str, str] = {}
        self._variables: dict[str, str] = {}
        self._folder = "/"

    def add(self, instruction: Instruction) -> None:
        if instruction.name == "FROM":
            self._start(instruction)
        elif instruction.name in {"ARG", "ENV"}:
            self._set(instruction)
        elif instruction.name == "WORKDIR" and self._stages:
            target = filled(instruction.plain.strip("\"'"), self._variables)
            self._folder = posixpath.normpath(posixpath.join(self._folder, target))
        if self._stages:
            self._steps.append(Step(instruction, self._variables, self._folder))

    def done(self) -> Dockerfile:
        self._close()
        return Dockerfile(tuple(self._stages), tuple(self._settings))

    def _start(self, instruction: Instruction) -> None:
        self._close()
        words = instruction.plain.split()
        image = filled(words[0].strip("\"'") if words else "", self._global)
        named = len(words) > 2 and words[1].lower() == "as"  # noqa: PLR2004 - FROM image AS name
        names = {stage.name: index for index, stage in enumerate(self._stages) if stage.name}
        parent = names.get(image.lower())
        name = words[2].lower() if named else ""
        self._stages.append(Stage(name, image, instruction.line, parent, ()))
        self._variables, self._folder = {}, "/"
        if parent is not None:
            known, self._folder = self._ends[parent]
            self._variables = dict(known)

    def _close(self) -> None:
        if self._stages:
            last = self._stages[-1]
            steps = tuple(self._steps)
            self._stages[-1] = Stage(last.name, last.image, last.line, last.parent, steps)
            self._ends.append((self._variables, self._folder))
        self._steps = []

    def _set(self, instruction: Instruction) -> None:
        """Take note of what an ARG or ENV sets, in a new mapping: earlier steps keep theirs."""
        known = dict(self._variables) if self._stages else self._global
        for name, value in assignments(instruction):
            self._settings.append(Setting(instruction.name, name, value, instruction.line))
            if value is not None:
                known[name] = filled(value, known)
            elif name in self._global:
                known[name] = self._global[name]
        if self._stages:
            self._variables = known


def _unquoted(value: str) -> str:
    if value[:1] in {'"', "'"}:
        return value[1:-1]
    return re.sub(r"\\(.)", r"\1", value)
