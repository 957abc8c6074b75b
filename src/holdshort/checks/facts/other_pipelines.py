"""What Travis, Bitbucket, Jenkins and smaller systems run.

In: nodes, or the text of a Jenkinsfile. Out: a `Pipeline`. Formats without a reader of their own
are searched for scripts by their keys; a Jenkinsfile for the strings given to `sh` and `bat`.
Sources: https://docs.travis-ci.com/user/job-lifecycle/,
https://support.atlassian.com/bitbucket-cloud/docs/bitbucket-pipelines-configuration-reference/,
https://www.jenkins.io/doc/book/pipeline/syntax/
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import yaml

from holdshort.checks.facts import foreign_yaml as foreign
from holdshort.checks.facts.ci_scripts import flat, joined
from holdshort.checks.facts.ci_values import Pipeline, Script, Used
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.shell_words import Shell

MAX_NODES = 100_000
"""Most nodes of one document that are looked at. Source: our own limit."""

_SCRIPT_KEYS = frozenset(
    {"script", "run", "command", "bash", "commands", "pwsh", "sh", "cmd", "ps"}
)
_IMAGE_KEYS = frozenset({"image", "docker-image"})
_LOST = ("after_script", "after-script", "after_success", "after_failure", "on_failure")
_JENKINS_TOKEN = re.compile(
    r"//[^\n]*|/\*.*?\*/|'''(?P<a>.*?)'''|\"\"\"(?P<b>.*?)\"\"\""
    r"|'(?P<c>(?:[^'\\\n]|\\.)*)'|\"(?P<d>(?:[^\"\\\n]|\\.)*)\"",
    re.DOTALL,
)
_JENKINS_CALL = re.compile(r"\b(?:sh|bat|powershell|pwsh)\b\s*\(?[^;{}'\"\n]*$|\bscript\s*:\s*$")
_JENKINS_JOB = re.compile(r"\b(?:stage|node|sh|bat|pipeline)\b\s*[({'\"]?")


def read_travis(document: yaml.Node | None) -> Pipeline:
    """Return what a `.travis.yml` runs."""
    rows = [document] if document is not None else []
    for key in ("jobs", "matrix"):
        rows += foreign.elements(foreign.get(document, key, "include"))
    scripts: list[Script] = []
    for row in rows:
        fields = foreign.merged(row)
        on_change = "cron" not in foreign.text_of(fields.get("if"))
        phases = [
            fields.get(key) for key in ("before_install", "install", "before_script", "script")
        ]
        for text, line in joined(n for phase in phases for n in flat(phase)):
            scripts.append(Script(text, line, on_change))
        for key in _LOST:
            for text, line in joined(flat(fields.get(key))):
                scripts.append(Script(text, line, on_change, may_fail=True))
    return Pipeline("Travis CI", len(rows) if scripts else 0, tuple(scripts))


def read_bitbucket(document: yaml.Node | None) -> Pipeline:
    """Return what a `bitbucket-pipelines.yml` runs; `custom` and `tags` are no change."""
    scripts: list[Script] = []
    used: list[Used] = []
    jobs = 0
    for kind, pipeline in foreign.items(foreign.get(document, "pipelines")):
        for node in _mappings(pipeline):
            fields = foreign.merged(node)
            by_hand = foreign.text_of(fields.get("trigger")) == "manual"
            on_change = kind not in {"custom", "tags"} and not by_hand
            jobs += "script" in fields
            for text, line in joined(flat(fields.get("script"))):
                scripts.append(Script(text, line, on_change))
            for text, line in joined(flat(fields.get("after-script"))):
                scripts.append(Script(text, line, on_change, may_fail=True))
            used += _named(fields, ("pipe",), "pipe")
            used += _named(fields, ("image",), "container")
    used += _named(dict(foreign.items(document)), ("image",), "container")
    return Pipeline("Bitbucket Pipelines", jobs, tuple(scripts), used=tuple(used))


def read_by_keys(document: yaml.Node | None, system: str) -> Pipeline:
    """Return what a format runs, found by the keys that hold scripts.

    Raises:
        UnreadableSourceError: beyond the limit of nodes.
    """
    scripts: list[Script] = []
    used: list[Used] = []
    for node in _mappings(document):
        fields = foreign.merged(node)
        for key, value in fields.items():
            if key in _SCRIPT_KEYS or key.endswith("_script"):
                lost = key in _LOST
                scripts += [Script(t, n, may_fail=lost) for t, n in joined(flat(value))]
        words = [foreign.text_of(one) for one in flat(fields.get("args"))]
        if words and "name" in fields:  # Google Cloud Build
            entry = foreign.text_of(fields.get("entrypoint"))
            text = shlex.join([entry, *words] if entry else words)
            scripts.append(Script(text, foreign.line_of(fields["args"])))
        used += _named(fields, tuple(_IMAGE_KEYS), "container")
    return Pipeline(system, int(bool(scripts)), tuple(scripts), used=tuple(used))


def read_jenkinsfile(text: str) -> Pipeline:
    """Return what the `sh` and `bat` steps of a Jenkinsfile run; comments are passed over."""
    scripts: list[Script] = []
    end = line = 0
    code: list[str] = []
    for token in _JENKINS_TOKEN.finditer(text):
        between = text[end : token.start()]
        line += between.count("\n")
        call = _JENKINS_CALL.search(between[-200:])
        script = next((g for g in token.groups() if g is not None), None)
        if call and script is not None and not re.search(r"label\s*:\s*$", between):
            after = text[token.end() : token.end() + 100]
            lost = re.match(r"[^)\n]*returnStatus\s*:\s*true", after) or "returnStatus" in call[0]
            shell = Shell(stops=True, pipefail=False)
            scripts.append(Script(script, line + 1, may_fail=bool(lost), shell=shell))
        code.append(between)
        line += token.group().count("\n")
        end = token.end()
    code.append(text[end:])
    jobs = bool(scripts) or _JENKINS_JOB.search("".join(code)) is not None
    return Pipeline("Jenkins", int(jobs), tuple(scripts))


def _named(fields: dict[str, yaml.Node], keys: tuple[str, ...], kind: str) -> Iterator[Used]:
    for key in keys:
        node = fields.get(key)
        image = foreign.get(node, "name") if isinstance(node, yaml.MappingNode) else node
        if isinstance(image, yaml.ScalarNode) and image.value:
            yield Used(image.value, foreign.line_of(image), kind)


def _mappings(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    """Yield every mapping inside of a node, itself included, each once."""
    waiting = [node] if node is not None else []
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if len(seen) > MAX_NODES:
            raise UnreadableSourceError("a document beyond the limit of nodes")
        if isinstance(one, yaml.MappingNode):
            yield one
            waiting += [value for _, value in reversed(one.value)]
        elif isinstance(one, yaml.SequenceNode):
            waiting += reversed(one.value)
