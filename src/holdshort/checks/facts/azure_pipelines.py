"""What Azure pipelines run: steps wherever they stand, templates of the repository included.

In: the text of a pipeline and a way to read the repository. Out: a `Pipeline`. Template
expressions are not evaluated; a step under `${{ if }}` counts.
Source: https://learn.microsoft.com/en-us/azure/devops/pipelines/yaml-schema/
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping

import yaml

from holdshort.checks.facts import foreign_yaml as foreign
from holdshort.checks.facts.ci_scripts import first_line
from holdshort.checks.facts.ci_values import Pipeline, Script, Used
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.shell_words import Shell

MAX_NODES = 100_000
"""Most nodes looked at, templates included. Source: our own limit."""

MAX_TEMPLATES = 50
"""Most templates read. Source: our own limit."""

_STEP_KEYS = ("script", "bash", "pwsh", "powershell")
_INPUT_KEYS = ("script", "inlineScript", "inline")
_SCRIPT_FILES = {"filePath": "bash", "scriptPath": "python"}
_NEVER = re.compile(
    r"(?:and\(\s*(?:succeeded\(\)|always\(\))\s*,\s*)?"
    r"(?:false|never\(\)|failed\(\)|eq\(\s*variables\[['\"]Build\.Reason['\"]\]\s*,\s*"
    r"['\"](?:Schedule|Manual)['\"]\s*\))\)?",
    re.IGNORECASE,
)


class _Reader:
    """Walks one pipeline with its templates."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        self.scripts: list[Script] = []
        self.used: list[Used] = []
        self.elsewhere: list[str] = []
        self.jobs = 0
        self._read = read
        self.included: dict[str, None] = {}
        self._left = MAX_NODES

    def walk(self, document: yaml.Node | None, path: str, origin: str, *, on_change: bool) -> None:
        """Collect the steps of a document and of the templates it names."""
        waiting = [(document, on_change, False)] if document is not None else []
        while waiting:
            node, each_time, may_fail = waiting.pop()
            self._left -= 1
            if self._left < 0:
                raise UnreadableSourceError("a pipeline beyond the limit of nodes")
            if isinstance(node, yaml.SequenceNode):
                waiting += [(one, each_time, may_fail) for one in reversed(node.value)]
            elif isinstance(node, yaml.MappingNode):
                fields = dict(foreign.items(node))
                each_time = each_time and _is_each_time(fields)
                may_fail = may_fail or _text(fields, "continueOnError") == "true"
                self.jobs += bool({"job", "deployment"} & fields.keys())
                self.scripts += _steps(fields, each_time, may_fail, origin)
                self._images(fields, origin)
                self._template(fields, path, on_change=each_time)
                waiting += [(one, each_time, may_fail) for one in reversed(fields.values())]

    def _images(self, fields: Mapping[str, yaml.Node], origin: str) -> None:
        for holder in (fields.get("container"), *_containers(fields.get("containers"))):
            image = foreign.get(holder, "image")
            if image is not None:
                text = foreign.text_of(image)
                self.used.append(Used(text, foreign.line_of(image), "container", origin))

    def _template(self, fields: Mapping[str, yaml.Node], path: str, *, on_change: bool) -> None:
        name, at, repository = _text(fields, "template").partition("@")
        if not name:
            return
        if at and repository != "self":
            self.elsewhere.append(f"{name}@{repository}")
            return
        folder = "" if name.startswith("/") else posixpath.dirname(path)
        inside = posixpath.normpath(posixpath.join(folder, name.lstrip("/")))
        if inside in self.included:
            return
        self.included[inside] = None
        text = None if len(self.included) > MAX_TEMPLATES else self._read(inside)
        try:
            document = None if text is None else foreign.compose(text)
        except UnreadableSourceError:
            document = None
        if document is None:
            self.elsewhere.append(inside)
        else:
            self.walk(document, inside, inside, on_change=on_change)


def read_azure(text: str, path: str, read: Callable[[str], str | None]) -> Pipeline:
    """Return what a pipeline runs.

    Raises:
        UnreadableSourceError: not YAML, or beyond a limit.
    """
    document = foreign.compose(text)
    top = dict(foreign.items(document))
    by_hand = _text(top, "trigger") == "none" and _text(top, "pr") == "none"
    reader = _Reader(read)
    reader.walk(document, path, "", on_change=not by_hand)
    only_parameters = {"parameters"} >= top.keys() - {"steps", "jobs", "stages", "variables"}
    return Pipeline(
        "Azure Pipelines",
        reader.jobs or int(bool(reader.scripts) or "steps" in top or "extends" in top),
        tuple(reader.scripts),
        used=tuple(reader.used),
        elsewhere=tuple(reader.elsewhere),
        is_called=only_parameters and "parameters" in top,
        included=tuple(reader.included),
    )


def _steps(
    fields: Mapping[str, yaml.Node], each_time: bool, may_fail: bool, origin: str
) -> Iterator[Script]:
    folder = _text(fields, "workingDirectory")
    shell = Shell("" if "$" in folder else folder.strip("./"), stops=False, pipefail=False)
    inputs = dict(foreign.items(fields.get("inputs"))) if "task" in fields else {}
    nodes = [fields[key] for key in _STEP_KEYS if key in fields]
    nodes += [inputs[key] for key in _INPUT_KEYS if key in inputs]
    for node in nodes:
        if isinstance(node, yaml.ScalarNode):
            yield Script(node.value, first_line(node), each_time, may_fail, shell, origin)
    for key, program in _SCRIPT_FILES.items():
        if key in inputs:
            text = f"{program} {foreign.text_of(inputs[key])} {_text(inputs, 'arguments')}"
            yield Script(text, foreign.line_of(inputs[key]), each_time, may_fail, shell, origin)


def _is_each_time(fields: Mapping[str, yaml.Node]) -> bool:
    disabled = _text(fields, "enabled").lower() == "false"
    return not disabled and _NEVER.fullmatch(_text(fields, "condition").strip()) is None


def _containers(node: yaml.Node | None) -> list[yaml.Node]:
    return list(foreign.elements(node))


def _text(fields: Mapping[str, yaml.Node], key: str) -> str:
    return foreign.text_of(fields.get(key))
