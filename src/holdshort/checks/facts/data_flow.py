"""Which values of one body are computed from which: statements in order, as plain values.

In: the statements of a function or a module, and the calls that somebody asks about. Out: `Flow`
values in text order, branches and loops flattened. Only names are followed, so a value that hides
in a container or an attribute of another object is lost. Nothing is run.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """One call that somebody asks about.

    Attributes:
        at: where it stands, `line:column`.
        receiver: the name whose method it is, empty for a function or a chain of calls.
        arguments: the names read in each positional argument.
        keywords: the names read in each named one.
        parts: attributes and constant keys in the first argument: `test` of `data["test"].X`.
    """

    at: str
    receiver: str
    arguments: tuple[tuple[str, ...], ...]
    keywords: tuple[tuple[str, tuple[str, ...]], ...]
    parts: tuple[str, ...] = ()

    def names(self, keyword: str, position: int) -> tuple[str, ...]:
        """Return the names read in an argument given by name or position."""
        for name, found in self.keywords:
            if name == keyword:
                return found
        return self.arguments[position] if position < len(self.arguments) else ()


@dataclass(frozen=True, slots=True)
class Flow:
    """One statement: what it binds, and what it reads.

    Attributes:
        scope: the function around it, empty at module level.
        targets: the names it binds; `self.x` for an attribute of the object itself.
        updates: whether it changes a part of what the names held: `frame["a"] = ...`.
        names: the names it reads, modules and functions left out.
        calls: the calls in it that somebody asks about, the inner ones first.
        sliced: whether it takes a range of rows, `rows[:800]`.
        constant: whether it neither reads a name nor calls anything.
    """

    scope: str
    targets: tuple[str, ...]
    updates: bool
    names: tuple[str, ...]
    calls: tuple[Asked, ...]
    sliced: bool
    constant: bool


def where(node: ast.expr) -> str:
    """Return where a node stands, as `Asked.at` says it."""
    return f"{node.lineno}:{node.col_offset}:{node.end_col_offset}"


def flows_in(
    body: list[ast.stmt], scope: str, asked: Collection[str], foreign: Collection[str]
) -> Iterator[Flow]:
    """Yield the statements of a body, definitions inside it left out.

    Args:
        body: the statements.
        scope: the name of what they are the body of.
        asked: where the calls stand that matter.
        foreign: names that are imported, which hold no data.
    """
    for targets, value in _values(body):
        calls = tuple(_asked(value, asked, foreign)) if asked else ()
        yield Flow(
            scope=scope,
            targets=tuple(dict.fromkeys(name for t in targets for name in _bound(t))),
            updates=any(isinstance(t, ast.Subscript) for t in targets),
            names=tuple(dict.fromkeys(_read(value, foreign))),
            calls=calls,
            sliced=any(isinstance(n, ast.Slice) for n in ast.walk(value)),
            constant=not any(isinstance(n, ast.Name | ast.Call) for n in ast.walk(value)),
        )


def _values(body: list[ast.stmt]) -> Iterator[tuple[list[ast.expr], ast.expr]]:
    """Yield every value that is computed, in order, with what it is bound to."""
    for node in body:
        match node:
            case ast.Assign(targets=targets, value=value):
                yield from _paired(targets, value)
            case ast.AugAssign(target=target, value=value):
                yield [target], ast.Tuple([_loaded(target), value], ast.Load())
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                yield [target], value
            case ast.Expr(value=value) | ast.Return(value=ast.expr() as value):
                yield [], value
            case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
                yield [target], value
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for item in items:
                    bound = [item.optional_vars] if item.optional_vars else []
                    yield bound, item.context_expr
        yield from _values(_inner(node))


def _paired(targets: list[ast.expr], value: ast.expr) -> Iterator[tuple[list[ast.expr], ast.expr]]:
    """Yield `a, b = x, y` as two values, anything else as one."""
    first = targets[0]
    if (
        len(targets) == 1
        and isinstance(first, ast.Tuple | ast.List)
        and isinstance(value, ast.Tuple | ast.List)
        and len(first.elts) == len(value.elts)
    ):
        yield from (([target], part) for target, part in zip(first.elts, value.elts, strict=True))
    else:
        yield targets, value


def _inner(node: ast.stmt) -> list[ast.stmt]:
    """Return the statements inside of one, in text order; a definition has none that run now."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return []
    found: list[ast.stmt] = list(getattr(node, "body", []))
    for handler in getattr(node, "handlers", []):
        found += handler.body
    for case in getattr(node, "cases", []):
        found += case.body
    return [*found, *getattr(node, "orelse", []), *getattr(node, "finalbody", [])]


def _bound(target: ast.expr) -> Iterator[str]:
    match target:
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _bound(part)
        case ast.Starred(value=value) | ast.Subscript(value=value):
            yield from _bound(value)
        case ast.Attribute(value=ast.Name(id="self"), attr=attr):
            yield f"self.{attr}"
        case ast.Attribute(value=value):
            yield from _bound(value)  # frame.loc[rows] = ... changes frame
        case ast.Name(id=name):
            yield name


def _loaded(target: ast.expr) -> ast.expr:
    return target if isinstance(target, ast.Name | ast.Attribute) else ast.Constant(None)


def _asked(value: ast.expr, asked: Collection[str], foreign: Collection[str]) -> Iterator[Asked]:
    found = [n for n in ast.walk(value) if isinstance(n, ast.Call) and where(n) in asked]
    for node in reversed(found):
        receiver = ""
        if isinstance(node.func, ast.Attribute):
            receiver = next(iter(_bound(node.func.value)), "")
        arguments = tuple(tuple(_read(a, foreign)) for a in node.args)
        keywords = tuple((k.arg or "**", tuple(_read(k.value, foreign))) for k in node.keywords)
        first = [*node.args, *(k.value for k in node.keywords)][:1]
        parts = tuple(part for argument in first for part in _parts(argument))
        yield Asked(where(node), receiver, arguments, keywords, parts)


def _parts(value: ast.expr) -> Iterator[str]:
    called = {node.func for node in ast.walk(value) if isinstance(node, ast.Call)}
    for node in ast.walk(value):
        if isinstance(node, ast.Attribute) and node not in called:
            yield node.attr
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            yield str(node.slice.value)


def _read(value: ast.expr, foreign: Collection[str]) -> Iterator[str]:
    """Yield the names whose values an expression reads, functions that it calls left out."""
    called = {node.func for node in ast.walk(value) if isinstance(node, ast.Call)}
    for node in ast.walk(value):
        if node in called:
            continue
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "self":
            yield f"self.{node.attr}"
        elif isinstance(node, ast.Name) and node.id not in foreign and node.id != "self":
            yield node.id
