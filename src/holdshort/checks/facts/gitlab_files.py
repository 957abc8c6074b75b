"""A GitLab pipeline file merged with the files of the repository that it includes.

In: text, and a way to read the repository. Out: `GitlabFiles`, whose `top` is what GitLab would
see, and what could not be read from here. `extended` and `flattened` follow `extends` and
`!reference`. Source: https://docs.gitlab.com/ci/yaml/#include
"""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Callable, Collection, Iterator, Mapping

import yaml

from holdshort.checks.facts import foreign_yaml as foreign
from holdshort.checks.facts.ci_values import Used
from holdshort.checks.facts.python_source import UnreadableSourceError

MAX_INCLUDES = 150
"""Most files included. Source: https://docs.gitlab.com/ci/yaml/#include"""

MAX_REFERENCES = 10
"""Deepest chain of references. Source: https://docs.gitlab.com/ci/yaml/yaml_optimization/"""

MAX_DEPTH = 11
"""Most levels of `extends`, and of includes. Source: https://docs.gitlab.com/ci/yaml/#extends"""

MAX_FLAT = 100_000
"""Most entries of all lists, references filled in. Source: our own limit."""

_FOREIGN_KINDS = ("project", "remote", "template", "component")


class GitlabFiles:
    """A pipeline file with all it includes; later keys replace earlier ones."""

    def __init__(
        self, text: str, path: str, read: Callable[[str], str | None], paths: Collection[str]
    ) -> None:
        """Read the file and its local includes.

        Raises:
            UnreadableSourceError: the file itself is not YAML, or beyond a limit.
        """
        self.top: dict[str, yaml.Node] = {}
        self.used: list[Used] = []
        self.elsewhere: list[str] = []
        self._read = read
        self._paths = paths
        self._main = path
        self._seen: set[str] = set()
        self._origin: dict[int, str] = {}
        self._jobs: dict[str, dict[str, yaml.Node]] = {}
        self._left = MAX_FLAT
        self._add(path, text, 0)

    @property
    def included(self) -> tuple[str, ...]:
        """The files of the repository that were merged into the main one."""
        return tuple(sorted(self._seen - {self._main}))

    def path_of(self, node: yaml.Node) -> str:
        """Return the included file in which the value of a job's key stands, empty for the main."""
        return self._origin.get(id(node), "")

    def extended(self, name: str, level: int = 0) -> dict[str, yaml.Node]:
        """Return a job with what it extends; a job that extends itself gains nothing."""
        if name not in self._jobs:
            self._jobs[name] = {}
            own = foreign.merged(self.top.get(name))
            names = [foreign.text_of(base) for base in foreign.elements(own.get("extends"))]
            within = names[:MAX_DEPTH] if level < MAX_DEPTH else []
            bases = [self.extended(base, level + 1) for base in within]
            self._jobs[name] = {key: node for job in (*bases, own) for key, node in job.items()}
        return self._jobs[name]

    def flattened(self, node: yaml.Node) -> Iterator[yaml.Node]:
        """Yield the entries of a list, lists inside of it and references filled in.

        Raises:
            UnreadableSourceError: all lists together are beyond the limit.
        """
        waiting = [(node, MAX_REFERENCES)]
        while waiting:
            one, deepest = waiting.pop()
            if one.tag == "!reference" and isinstance(one, yaml.SequenceNode):
                target = self._referred([foreign.text_of(part) for part in one.value])
                waiting += [(target, deepest - 1)] if target is not None and deepest else []
            elif isinstance(one, yaml.SequenceNode):
                self._left -= len(one.value)
                if self._left < 0:
                    raise UnreadableSourceError("lists beyond the limit of entries")
                waiting += [(entry, deepest) for entry in reversed(one.value)]
            else:
                yield one

    def _referred(self, names: list[str]) -> yaml.Node | None:
        job: Mapping[str, yaml.Node] = self.extended(names[0]) if names else {}
        node = job.get(names[1]) if len(names) > 1 else None
        return foreign.get(node, *names[2:])

    def _add(self, path: str, text: str, level: int) -> None:
        """Merge a file, those it includes first; a header with `spec` is passed over."""
        self._seen.add(path)
        documents = foreign.compose_all(text)
        document = documents[-1] if documents else None
        for entry in _listed(foreign.get(document, "include")):
            self._include(entry, path, level)
        for name, node in foreign.merged(document).items():
            self.top[name] = node
            if path != self._main:
                self._origin.update((id(v), path) for v in foreign.merged(node).values())
                self._origin[id(node)] = path
            for entry in _listed(foreign.get(node, "trigger", "include")):
                self._include(entry, path, level)

    def _include(self, entry: yaml.Node, path: str, level: int) -> None:
        fields = {key: foreign.text_of(value) for key, value in foreign.items(entry)}
        plain = foreign.text_of(entry)
        kind = next((one for one in _FOREIGN_KINDS if one in fields), "")
        local = fields.get("local") or ("" if "://" in plain else plain)
        if kind or "://" in plain:
            self.elsewhere.append(plain or fields[kind])
            origin = "" if path == self._main else path
            text = _described(fields, kind, plain)
            if kind != "template":
                self.used.append(Used(text, foreign.line_of(entry), "include", origin))
        elif local:
            pattern = posixpath.normpath(local.lstrip("/"))
            found = fnmatch.filter(self._paths, pattern) if "*" in pattern else [pattern]
            for one in sorted(found):
                self._include_local(one, level + 1)

    def _include_local(self, path: str, level: int) -> None:
        if path in self._seen:
            return
        is_within = level <= MAX_DEPTH and len(self._seen) < MAX_INCLUDES
        text = self._read(path) if is_within and path in self._paths else None
        try:
            if text is None:
                self.elsewhere.append(path)
            else:
                self._add(path, text, level)
        except UnreadableSourceError:
            self.elsewhere.append(path)


def _listed(node: yaml.Node | None) -> Iterator[yaml.Node]:
    """Yield the entries of a list, or a single one of any form."""
    if isinstance(node, yaml.MappingNode):
        yield node
    else:
        yield from foreign.elements(node)


def _described(fields: Mapping[str, str], kind: str, plain: str) -> str:
    """Return an include as `kind target ref`, so that how it is fixed can be judged."""
    target = plain or fields[kind]
    if kind == "project":
        return f"{target}@{fields.get('ref', '')}"
    if kind == "remote" or plain:
        return f"{target}#{fields.get('integrity', '')}"
    return target
