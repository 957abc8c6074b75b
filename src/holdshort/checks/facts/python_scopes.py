"""Names and definitions of one Python scope while its file is read.

In: nodes of a syntax tree. Out: `Frame`, what names mean where a reader stands, and questions about
single nodes that need no such knowledge.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from holdshort.checks.facts import python_values as values
from holdshort.checks.facts.program import MAIN, Call, Import, Scope
from holdshort.checks.facts.python_values import Source

_NO_CODE = frozenset({"ctx", "op", "ops", "annotation", "returns", "type_comment", "type_params"})
CODE_FIELDS = {
    kind: tuple(name for name in kind._fields if name not in _NO_CODE)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}
"""The fields of each node that hold code: no operators, and no annotations, which run nothing."""

Lookup = Callable[[ast.expr], Source]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Frame:
    """What names mean while one scope is read."""

    name: str
    owner: str = ""
    outer: Frame | None = None
    names: dict[str, str] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    entries: dict[str, dict[str, Source]] = field(default_factory=dict)
    events: list[Call | Import] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    compared: str = ""
    bound: tuple[str, ...] = ()
    is_class: bool = False

    def assign(self, name: str, target: str, source: Source, text: str) -> None:
        """Remember what a name stands for from here on."""
        self.names[name] = "" if target.startswith("?") else target
        self.sources[name] = source
        self.texts[name] = text

    def note_made(self, name: str, value: ast.expr) -> None:
        """Remember whether a name holds what a call returned, and not the function itself."""
        if isinstance(value, ast.Call | ast.Subscript | ast.Await):
            self.made.add(name)
        else:
            self.made.discard(name)

    def is_made(self, node: ast.expr) -> bool:
        """Tell whether an expression is a name that holds what a call returned."""
        frame: Frame | None = self if isinstance(node, ast.Name) else None
        while frame is not None:
            if isinstance(node, ast.Name) and node.id in frame.names:
                return node.id in frame.made
            frame = frame.outer
        return False

    def lookup(self, name: str) -> str:
        """Return what a name stands for, empty when unknown."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.names and (frame is self or not frame.is_class):
                return frame.names[name]
            frame = frame.outer
        return ""

    def source(self, name: str) -> Source:
        """Return where the value of a name comes from, empty when unknown."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.sources:
                return frame.sources[name]
            frame = frame.outer
        return ""

    def text(self, name: str) -> str:
        """Return the constant text a name stands for, empty when unknown.

        `self.name` is a text of the class around a method.
        """
        head, _, attribute = name.partition(".")
        frame: Frame | None = self
        if attribute:
            owner = self.outer
            own = owner is not None and self.names.get(head) == f":{self.owner}" != ":"
            return owner.texts.get(attribute, "") if owner is not None and own else ""
        while frame is not None:
            if name in frame.texts and (frame is self or not frame.is_class):
                return frame.texts[name]
            frame = frame.outer
        return ""

    def note_seeds(self, target: ast.expr, value: ast.expr, source: Lookup) -> None:
        """Remember the seeds of a dictionary that is assigned, or of one entry of it."""
        if isinstance(target, ast.Name):
            self.entries[target.id] = values.seeds_in(value, source)
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            name, _ = stored_name(target)
            if name and values.is_setting(name):
                self.entries.setdefault(target.value.id, {})[name] = source(value)

    def unpacked(self, node: ast.expr, source: Lookup) -> Iterator[tuple[str, Source]]:
        """Yield the seeds that `**node` is known to bring."""
        found = values.seeds_in(node, source)
        frame: Frame | None = self
        while not found and frame is not None and isinstance(node, ast.Name):
            found, frame = frame.entries.get(node.id, {}), frame.outer
        yield from found.items()


MAX_AROUND = 50
"""Most nodes around another. Source: our own limit."""


class Around:
    """What stands around a node within its statement; found only when somebody asks.

    Attributes:
        statement: the one being read.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self.statement: ast.stmt | None = None
        self._parents: dict[ast.AST, ast.AST] = {}

    def of(self, node: ast.AST) -> tuple[ast.AST, ...]:
        """Return the nodes around one, from the inside out."""
        if node not in self._parents and self.statement is not None:
            inside = ast.walk(self.statement)
            self._parents = {c: parent for parent in inside for c in ast.iter_child_nodes(parent)}
        found: list[ast.AST] = []
        parent = self._parents.get(node)
        while parent is not None and len(found) < MAX_AROUND:
            found.append(parent)
            parent = self._parents.get(parent)
        return tuple(found)


def is_main_guard(test: ast.expr) -> bool:
    """Tell whether a condition is the `__main__` guard."""
    sides = [test.left, *test.comparators] if isinstance(test, ast.Compare) else []
    return any(isinstance(side, ast.Constant) and side.value == MAIN for side in sides)


def defined(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the names a block defines."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return (node.name for node in body if isinstance(node, kinds))


def defaults(node: Function) -> list[ast.expr]:
    """Return the expressions of a function's defaults."""
    return [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]


def default_pairs(node: Function) -> Iterator[tuple[str, ast.expr]]:
    """Yield each parameter with its default."""
    positional = [*node.args.posonlyargs, *node.args.args]
    tail = positional[len(positional) - len(node.args.defaults) :]
    yield from ((a.arg, value) for a, value in zip(tail, node.args.defaults, strict=True))
    for argument, value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        if value is not None:
            yield argument.arg, value


def plain_names(sides: list[ast.expr]) -> Iterator[str]:
    """Yield the names and numbers on the sides of a comparison."""
    for side in sides:
        if isinstance(side, ast.Name):
            yield side.id
        elif isinstance(side, ast.Attribute):
            yield side.attr
        elif isinstance(side, ast.Subscript) and isinstance(side.slice, ast.Constant):
            yield str(side.slice.value)
        elif isinstance(side, ast.Constant) and isinstance(side.value, int | float):
            yield str(side.value)


def bound_names(targets: list[ast.expr]) -> Iterator[str]:
    """Yield the names an assignment binds, attributes by their last part."""
    for target in targets:
        if isinstance(target, ast.Tuple | ast.List):
            yield from bound_names(target.elts)
        elif isinstance(target, ast.Starred):
            yield from bound_names([target.value])
        else:
            yield from plain_names([target])


def stored_name(target: ast.expr) -> tuple[str, ast.expr]:
    """Return the attribute or constant key that is assigned to, else nothing, and its owner."""
    if isinstance(target, ast.Attribute):
        return target.attr, target
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        return str(target.slice.value), target.value
    return "", target


_TELLING = ("random_state", "seed", "generator", "shuffle")


def telling_line(node: ast.Call) -> int:
    """Return the line of an argument about chance, else where the name of the function ends."""
    lines = {keyword.arg: keyword.value.lineno for keyword in node.keywords}
    for name in _TELLING:
        if name in lines:
            return lines[name]
    return node.func.end_lineno or node.lineno


def deciding_texts(node: ast.Call) -> Iterator[tuple[str, str]]:
    """Yield the constants that decide whether a call uses chance at all, by argument."""
    for keyword in node.keywords:
        if keyword.arg in _DECIDING and isinstance(keyword.value, ast.Constant):
            yield keyword.arg, str(keyword.value.value)


_DECIDING = frozenset({"solver", "selection", "svd_solver", "init", "strategy", "num_workers"})


def scope_of(
    name: str,
    line: int,
    frame: Frame,
    parameters: tuple[str, ...] = (),
    defaults: tuple[tuple[str, Source], ...] = (),
) -> Scope:
    """Return what has been read of a definition as a plain value."""
    names = " ".join(sorted(frame.read))
    return Scope(name, line, parameters, defaults, tuple(frame.events), names)
