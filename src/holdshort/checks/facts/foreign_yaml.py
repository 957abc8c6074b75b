"""Somebody else's YAML, composed for its lines and never constructed.

In: text. Out: PyYAML nodes, which carry line numbers. The events are counted first: a document
that is too deep, too large or full of aliases is refused before a node is built. An alias is a
reference to the same node; nothing here ever copies it out.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.remembered import remembered

MAX_DEPTH = 40
"""Deepest nesting. Source: our own limit."""

MAX_EVENTS = 100_000
"""Most events of a document. Source: docs/promises.md, G9, two events a node."""

MAX_ALIASES = 200
"""Most aliases of a document. Source: our own limit."""

MAX_BYTES = 1_000_000
"""Largest document. Source: docs/promises.md, G9."""

MAX_MERGES = 5
"""Most merge keys followed one after another, and most sources of one. Source: our own limit."""

_OPENING = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSING = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


def compose(text: str) -> yaml.Node | None:
    """Return the first document as nodes, None when it is empty.

    Raises:
        UnreadableSourceError: not YAML, or beyond a limit.
    """
    return next(iter(compose_all(text)), None)


@remembered
def compose_all(text: str) -> tuple[yaml.Node, ...]:
    """Return every document of a stream as nodes, which nobody may change.

    Raises:
        UnreadableSourceError: not YAML, or beyond a limit.
    """
    if len(text) > MAX_BYTES:
        raise UnreadableSourceError("YAML larger than 1 MB")
    try:
        _refuse_excess(text)
        loader = _Loader(text)
        try:
            return tuple(_documents(loader))
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise UnreadableSourceError(f"not valid YAML{_where(error)}") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableSourceError("not valid YAML") from error


def _documents(loader: yaml.SafeLoader) -> Iterator[yaml.Node]:
    while loader.check_node():
        node = loader.get_node()
        if node is not None:
            yield node


def items(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    """Yield the keys of a mapping with their values; nothing for any other node."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield key.value, value


def pairs(node: yaml.Node | None) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    """Yield the keys of a mapping as nodes, for their lines, with their values."""
    if isinstance(node, yaml.MappingNode):
        yield from ((key, value) for key, value in node.value if isinstance(key, yaml.ScalarNode))


def get(node: yaml.Node | None, *keys: str) -> yaml.Node | None:
    """Return the value under a path of keys, None when a step is missing."""
    for key in keys:
        node = dict(items(node)).get(key)
    return node


def merged(node: yaml.Node | None, deepest: int = MAX_MERGES) -> dict[str, yaml.Node]:
    """Return a mapping with what its merge keys (`<<`) bring; own keys win.

    Source: https://yaml.org/type/merge.html
    """
    found: dict[str, yaml.Node] = {}
    for key, value in items(node):
        if key == "<<" and deepest:
            sources = value.value if isinstance(value, yaml.SequenceNode) else [value]
            for source in reversed(sources[:MAX_MERGES]):
                found = {**merged(source, deepest - 1), **found}
    return {**found, **{key: value for key, value in items(node) if key != "<<"}}


def elements(node: yaml.Node | None) -> Iterator[yaml.Node]:
    """Yield the elements of a list; a single scalar counts as a list of one."""
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif isinstance(node, yaml.ScalarNode) and node.value:
        yield node


def text_of(node: yaml.Node | None) -> str:
    """Return the text of a scalar, empty for anything else."""
    return node.value if isinstance(node, yaml.ScalarNode) else ""


def line_of(node: yaml.Node) -> int:
    """Return the 1-based line where a node starts."""
    return int(node.start_mark.line) + 1


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _refuse_excess(text: str) -> None:
    depth = aliases = 0
    for count, event in enumerate(yaml.parse(text, Loader=_Loader)):
        depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
        aliases += isinstance(event, yaml.AliasEvent)
        if depth > MAX_DEPTH or count > MAX_EVENTS or aliases > MAX_ALIASES:
            raise UnreadableSourceError("YAML beyond the limits of depth, size or aliases")


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f" (line {mark.line + 1})" if mark is not None else ""
