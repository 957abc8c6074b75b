"""setup.py: what it says literally; parsed, never run.

In: text. Out: a `Manifest`. Names are followed to the literals assigned to them, lists may be
added, extended and conditional. Anything else is computed when it runs, and makes it dynamic; the
requirement files that the script names are where it most likely computes them from.
Source: https://setuptools.pypa.io/en/latest/references/keywords.html
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from packaging.utils import canonicalize_name

from holdshort.checks.facts.manifest import Manifest
from holdshort.checks.facts.python_source import parse
from holdshort.checks.facts.requirements import MAX_REQUIREMENTS, Requirement, parse_requirement

MAX_STEPS = 20
"""Longest chain of names and sums followed. Source: our own limit."""


_FILE = re.compile(
    r"(?:\./)?[\w./-]{0,80}(?:requirements?|reqs?)[\w./-]{0,80}\.(?:txt|in)", re.IGNORECASE
)


def read_setup_py(text: str, path: str) -> tuple[Manifest, ...]:
    """Return what a setup.py declares literally; anything computed makes it dynamic.

    Raises:
        UnreadableSourceError: not Python.
    """
    tree = parse(text)
    world = _World()
    for node in ast.walk(tree):
        world.note(node)
    found = [_manifest(call, world, path) for call in _setup_calls(tree)]
    return (max(found, key=_weight),) if found else ()


def _setup_calls(tree: ast.Module) -> list[ast.Call]:
    """Return the calls of `setup` that running the file makes; a module of that name makes none."""
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    waiting: list[ast.AST] = [n for n in tree.body if not isinstance(n, _DEFINITIONS)]
    seen: set[str] = set()
    found: list[ast.Call] = []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call):
            name = _called(node)
            if isinstance(node.func, ast.Name) and name in functions.keys() - seen:
                seen.add(name)
                waiting.extend(functions[name].body)
            elif name == "setup" and name not in seen:
                found.append(node)
        waiting.extend(n for n in ast.iter_child_nodes(node) if not isinstance(n, _DEFINITIONS))
    return found


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def _weight(manifest: Manifest) -> tuple[int, bool]:
    return len(manifest.requirements), manifest.dynamic


@dataclass(slots=True)
class _World:
    """Every value given to a name, and what is added to it later."""

    values: dict[str, list[ast.expr]] = field(default_factory=dict)
    added: dict[str, list[ast.expr]] = field(default_factory=dict)
    keyed: dict[str, ast.expr] = field(default_factory=dict)
    parts: dict[str, list[ast.expr]] = field(default_factory=dict)
    listed: dict[str, ast.Constant] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    is_distutils: bool = False

    def note(self, node: ast.AST) -> None:
        """Remember what one node of the file says about names, lists and files."""
        match node:
            case ast.Constant(value=str(text)) if _FILE.fullmatch(text):
                self.files.append(text)
            case ast.List(elts=elements):
                for element in elements:
                    if isinstance(element, ast.Constant) and (name := _name_of(element)):
                        self.listed.setdefault(name, element)
            case ast.ImportFrom(module=str(module)) if module.startswith("numpy.distutils"):
                self.is_distutils = True
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr="extend" | "append" as how),
                args=[value],
            ):
                one = value if how == "extend" else ast.List([value], ast.Load())
                self.added.setdefault(name, []).append(ast.copy_location(one, value))
            case _:
                self._note_assignment(node)

    def _note_assignment(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self.values.setdefault(name, []).append(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                self.values.setdefault(name, []).append(value)
            case ast.AugAssign(target=ast.Name(id=name), value=value):
                self.added.setdefault(name, []).append(value)
            case ast.With(items=[ast.withitem(optional_vars=ast.Name(id=name)) as item]):
                self.values.setdefault(name, []).append(item.context_expr)
            case ast.Assign(
                targets=[
                    ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(key)))
                ],
                value=value,
            ):
                self.keyed[key] = value
                self.parts.setdefault(name, []).append(value)

    def looked_up(self, node: ast.expr) -> ast.expr:
        """Return the listed requirement that `deps["name"]` means, any other node as it is.

        The libraries of Hugging Face keep one list and pick from it by name.
        """
        match node:
            case ast.Subscript(value=ast.Name(), slice=ast.Constant(value=str(name))):
                return self.listed.get(canonicalize_name(name), node)
        return node

    def single(self, node: ast.expr | None) -> ast.expr | None:
        """Return the only value of a name, any other node as it is."""
        for _ in range(MAX_STEPS):
            values = self.values.get(node.id, []) if isinstance(node, ast.Name) else []
            if len(values) != 1:
                break
            node = values[0]
        return node


@dataclass(slots=True)
class _Listed:
    """The literals of a list; `computed` when there is more than literals."""

    literals: list[tuple[str, int]] = field(default_factory=list)
    computed: bool = False
    nodes: int = 0

    def read(self, node: ast.expr | None, world: _World, steps: int = 0) -> None:
        """Take in a list, a tuple, a text of lines, a sum, or a name for one of them."""
        self.nodes += 1
        parts = _parts(node, world)
        if parts and steps < MAX_STEPS and self.nodes < MAX_REQUIREMENTS:
            for part in parts:
                self.read(part, world, steps + 1)
            return
        match node:
            case None | ast.Constant(value=None):
                return
            case ast.Constant(value=str(text)):
                for number, line in enumerate(text.splitlines()):
                    self._take(line, node.lineno + number)
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                for element in elements[:MAX_REQUIREMENTS]:
                    self._element(element, world, steps)
            case _:
                self.computed = True

    def _element(self, node: ast.expr, world: _World, steps: int) -> None:
        plain = world.single(world.looked_up(node))
        if isinstance(node, ast.Starred) and steps < MAX_STEPS:
            self.read(node.value, world, steps + 1)
        elif isinstance(plain, ast.Constant) and isinstance(plain.value, str):
            self._take(plain.value, plain.lineno)
        else:
            self.computed = True

    def _take(self, text: str, line: int) -> None:
        if text.strip() and not text.lstrip().startswith("#"):
            self.literals.append((text, line))

    def rows(self, path: str) -> tuple[Requirement, ...]:
        """Return the requirements."""
        return tuple(parse_requirement(text, path, line) for text, line in self.literals)


def _parts(node: ast.expr | None, world: _World) -> list[ast.expr]:
    """Return the lists that an expression puts together."""
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [left, right]
        case ast.IfExp(body=body, orelse=other):
            return [body, other]
        case ast.Call(func=ast.Name(id="list" | "tuple" | "set" | "sorted"), args=[inner]):
            return [inner]
        case ast.Call(func=ast.Name(), args=[ast.Constant(), *_] as names):
            found = [world.listed.get(_name_of(name)) for name in names]
            return [ast.List([one for one in found if one], ast.Load())] if all(found) else []
        case ast.Name(id=name) if name in world.values:
            return [*world.values[name], *world.added.get(name, ())]
    return []


def _manifest(call: ast.Call, world: _World, path: str) -> Manifest:
    given = dict(_keywords(call, world))
    keywords = {**world.keyed, **given} if any(k.arg is None for k in call.keywords) else given
    listed = _Listed()
    listed.read(keywords.get("install_requires"), world)
    extras = _Listed()
    named = keywords.get("extras_require")
    later = world.parts.get(named.id, []) if isinstance(named, ast.Name) else []
    for value in [*_values(world.single(named)), *later]:
        extras.read(value, world)
    for name in ("tests_require", "setup_requires"):
        extras.read(keywords.get(name), world)
    python = world.single(keywords.get("python_requires"))
    modules = _Listed()
    for name in ("packages", "py_modules"):
        modules.read(keywords.get(name), world)
    return Manifest(
        "setup.py",
        path,
        listed.rows(path),
        tuple(replace(r, development=True) for r in extras.rows(path)),
        python=_text_of(python),
        python_line=python.lineno if python is not None else 0,
        name=canonicalize_name(_text_of(world.single(keywords.get("name")))),
        modules=tuple(name for name, _ in modules.literals),
        is_package=True,
        dynamic=listed.computed
        or ("**" in keywords and "install_requires" not in keywords and not world.is_distutils),
        files=tuple(world.files) if listed.computed else (),
    )


def _keywords(call: ast.Call, world: _World) -> Iterator[tuple[str, ast.expr]]:
    """Yield the arguments by name, with those of a literal dict behind `**`."""
    for keyword in call.keywords:
        if keyword.arg is not None:
            yield keyword.arg, keyword.value
            continue
        match world.single(keyword.value):
            case ast.Dict(keys=keys, values=values) if None not in keys:
                for key, value in zip(keys, values, strict=True):
                    yield _text_of(key) or "**", value
            case ast.Call(func=ast.Name(id="dict"), args=[], keywords=named):
                yield from ((one.arg or "**", one.value) for one in named)
            case _:
                yield "**", keyword.value


def _values(node: ast.expr | None) -> Iterator[ast.expr]:
    if isinstance(node, ast.Dict):
        yield from node.values
    elif isinstance(node, ast.Call) and _called(node) == "dict":
        yield from (keyword.value for keyword in node.keywords)


def _text_of(node: ast.expr | None) -> str:
    text = node.value if isinstance(node, ast.Constant) else ""
    return text if isinstance(text, str) else ""


def _name_of(node: ast.expr) -> str:
    name = re.match(r"[A-Za-z0-9][\w.-]{0,100}", _text_of(node))
    return canonicalize_name(name[0]) if name else ""


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""
