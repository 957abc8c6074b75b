"""The shell text of YAML nodes, with the lines it stands on.

In: scalars, or lists of them that one shell runs. Out: texts with the number of their first line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import yaml

from holdshort.checks.facts import foreign_yaml as foreign

MAX_LINES = 5000
"""Most entries of one script. Source: our own limit."""


def first_line(node: yaml.Node) -> int:
    """Return the line on which the text of a scalar starts."""
    is_block = isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}
    return foreign.line_of(node) + is_block


def flat(node: yaml.Node | None, deepest: int = 3) -> Iterator[yaml.Node]:
    """Yield the scalars of a list, lists inside of it included."""
    for entry in foreign.elements(node):
        if isinstance(entry, yaml.SequenceNode) and deepest:
            yield from flat(entry, deepest - 1)
        elif isinstance(entry, yaml.ScalarNode):
            yield entry


def joined(nodes: Iterable[yaml.Node]) -> Iterator[tuple[str, int]]:
    """Yield the entries that one shell runs as one text, lines kept; more where they go back."""
    text, start, line = "", 0, 0
    for count, node in enumerate(nodes):
        first, entry = first_line(node), foreign.text_of(node).rstrip("\n")
        if count > MAX_LINES:
            break
        if not text or first <= line:
            if text:
                yield text, start
            text, start = entry, first
        else:
            text += "\n" * (first - line) + entry
        line = start + text.count("\n")
    if text:
        yield text, start
