"""What one place of a Python file does that a check asks about.

In: one node of a syntax tree with what is known around it, a `Site`. Out: a `Sighting`, a plain
value that outlives the tree. Which places tell something is said, topic by topic, in `sights`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

from holdshort.checks.facts.python_values import Source


@dataclass(frozen=True, slots=True)
class Sighting:
    """One place that tells something.

    Attributes:
        topic: the module of `sights` that saw it.
        what: what stands there, as a person would write it: `pickle.load`.
        line: 1-based, within the cell in a notebook.
        scope: the definition around it (`Trainer.fit`), empty at module level.
        details: named facts about it, sorted by name.
    """

    topic: str
    what: str
    line: int
    cell: int = 0
    scope: str = ""
    details: tuple[tuple[str, str], ...] = ()

    def detail(self, name: str) -> str:
        """Return a named fact, empty when it was not told."""
        return next((value for key, value in self.details if key == name), "")


@dataclass(frozen=True, slots=True)
class Site:
    """One node, and what the reader of its file knows around it.

    Attributes:
        node: the call, the value stored, or the text.
        target: the dotted name that is called, named or stored to, resolved through imports; empty
            for a text, `{}` for the key of a dict. `:f` is defined in this file, `.utils.f`
            relative, `?.f` on an unknown receiver.
        line: where a person would look.
        scope: the definition around it.
        bound: the names that the value of this statement is assigned to.
        resolve: dotted name of an expression, empty when nobody can tell.
        source: where the value of an expression comes from, see `python_values`.
        text: the constant text of an expression, `{}` for each part nobody can tell, else empty.
        around: the nodes around one of the same statement, from the inside out.
    """

    node: ast.expr
    target: str
    line: int
    scope: str
    bound: tuple[str, ...]
    resolve: Callable[[ast.expr], str]
    source: Callable[[ast.expr], Source]
    text: Callable[[ast.expr], str]
    around: Callable[[ast.AST], tuple[ast.AST, ...]]

    @property
    def call(self) -> ast.Call:
        """The node, when it is a call.

        Raises:
            TypeError: it is none.
        """
        if not isinstance(self.node, ast.Call):
            raise TypeError(self.node)
        return self.node

    def argument(self, name: str, position: int = -1) -> ast.expr | None:
        """Return an argument of the call by name, else by position, else None."""
        for keyword in self.call.keywords:
            if keyword.arg == name:
                return keyword.value
        args = self.call.args
        return args[position] if 0 <= position < len(args) else None

    @property
    def hides_arguments(self) -> bool:
        """Whether `**` or `*` may bring arguments nobody can see."""
        call = self.call
        starred = any(isinstance(one, ast.Starred) for one in call.args)
        return starred or any(keyword.arg is None for keyword in call.keywords)

    def sighting(self, topic: str, what: str = "", **details: str) -> Sighting:
        """Return what was seen here."""
        named = tuple(sorted(details.items()))
        return Sighting(topic, what or self.target, self.line, 0, self.scope, named)


Look = Callable[[Site], Sighting | None]


def text_of(node: ast.expr | None) -> str | None:
    """Return the text of a constant, or None when it is no constant text."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
