"""What a Python file imports from outside of itself.

In: syntax nodes as the reader meets them, or the bytes of a file that is not parsed. Out:
`Imported` values in order. Relative imports are the repository's own and left out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Need(StrEnum):
    """How much a file depends on an import."""

    PLAIN = "plain"  # runs when the file is imported
    LAZY = "lazy"  # inside a function
    OPTIONAL = "optional"  # where its absence is caught, or its presence asked for
    TYPING = "typing"  # under `TYPE_CHECKING`

    def under(self, node: ast.If) -> Need:
        """Return the need of what stands under a condition in a place of this need."""
        inner = (*node.body, *node.orelse)
        if self is Need.TYPING or not any(
            isinstance(n, ast.Import | ast.ImportFrom) for n in inner
        ):
            return self
        return Need.OPTIONAL if _asks_for_presence(node.test) else self


@dataclass(frozen=True, slots=True)
class Imported:
    """One imported module, by its full dotted name as written.

    Attributes:
        names: what is taken from it, of `from module import names`.
    """

    module: str
    line: int
    need: Need
    cell: int = 0
    names: tuple[str, ...] = ()

    @property
    def top(self) -> str:
        """The top-level package."""
        return self.module.partition(".")[0]


_CATCHES = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_LINE = re.compile(
    rb"(?:from[ \t]+([A-Za-z_][\w.]*)[ \t]+import\b|import[ \t]+([A-Za-z_][^#;\n]*))"
)
_PRESENCE = re.compile(
    r"available|installed|find_spec|(^|_)has_|(^|_)with_|version_info|platform|^(is|use)_\w",
    re.IGNORECASE,
)
_ALIAS = re.compile(rb"[ \t]*([A-Za-z_][\w.]*)")


def catches_absence(node: ast.Try) -> bool:
    """Tell whether a `try` goes on when an import in it fails."""
    return any(
        handler.type is None or not _CATCHES.isdisjoint(_names(handler.type))
        for handler in node.handlers
    )


def is_type_checking(test: ast.expr) -> bool:
    """Tell whether a condition is `TYPE_CHECKING`."""
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"


def _asks_for_presence(test: ast.expr) -> bool:
    """Tell whether a condition asks if something is installed, or which platform this is."""
    names = (getattr(node, "id", "") or getattr(node, "attr", "") for node in ast.walk(test))
    return any(_PRESENCE.search(name) for name in names)


def imports_at_margin(data: bytes) -> Iterator[Imported]:
    """Yield what the unindented lines of a file import, without parsing it.

    A text over several lines may hold such a line too; the parsed file decides.
    """
    if b"import" not in data:
        return
    lines = data.split(b"\n")
    for number, line in enumerate(lines, 1):
        if line[:1] in {b"i", b"f"} and (found := _LINE.match(line)):
            if found[1]:
                names = tuple(_taken(lines, number - 1, found.end()))
                yield Imported(found[1].decode(), number, Need.PLAIN, names=names)
            else:
                for name in filter(None, map(_ALIAS.match, found[2].split(b","))):
                    yield Imported(name[1].decode(), number, Need.PLAIN)


MAX_LINES = 100
"""Longest list of names followed, in lines. Source: our own limit."""


def _taken(lines: list[bytes], row: int, start: int) -> Iterator[str]:
    """Yield the names after `import`, in parentheses too."""
    text = lines[row][start:]
    if b"(" in text and b")" not in text:
        for line in lines[row + 1 : row + MAX_LINES]:
            text += b"\n" + line
            if b")" in line:
                break
    for line in text.split(b"\n"):
        for part in line.partition(b"#")[0].strip(b" \t()\r").split(b","):
            if name := _ALIAS.match(part):
                yield name[1].decode()


def _names(node: ast.expr) -> set[str]:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return {p.attr if isinstance(p, ast.Attribute) else getattr(p, "id", "") for p in parts}
