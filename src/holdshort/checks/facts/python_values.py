"""Where a value comes from, told from the expression alone, never by running it.

A `Source` is one short text:
`const`, `True`, `False`, `None`; `time` (clock, process id, operating system entropy);
`param:<name>` of the enclosing function; `key:<name>` looked up in settings (`args.seed`,
`cfg["seed"]`); `name:<dotted>` imported from elsewhere; `unknown`. The empty text means the name
was never assigned.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from holdshort.checks.facts.words import words

Source = str
Resolve = Callable[[ast.expr], str]
Lookup = Callable[[str], Source]

_CLOCKS = re.compile(
    r"(time|datetime|secrets|uuid)\.|os\.(urandom|getpid|times)|random\.SystemRandom"
    r"|torch\.seed$"
)
_TRANSPARENT = frozenset({"int", "abs", "hash", "max", "min", "float", "round", "str", "Path"})
_GENERATORS = re.compile(
    r"numpy\.random\.(RandomState|default_rng|Generator|SeedSequence|PCG64|MT19937|Philox|SFC64)$"
    r"|sklearn\.utils\.check_random_state$|random\.Random$|torch\.Generator\.manual_seed$"
)
_SETTING = re.compile(r"seed|random_state|rng|random_number", re.IGNORECASE)
_OPTION_CALLS = words("add_argument option Option add_option DEFINE_integer DEFINE_int parameter")


def is_setting(name: str) -> bool:
    """Tell whether a name sounds like a seed."""
    return _SETTING.search(name) is not None


def source_of(node: ast.expr, resolve: Resolve, lookup: Lookup) -> Source:
    """Return where the value of an expression comes from."""
    match node:
        case ast.Constant(value=value):
            return str(value) if value is None or isinstance(value, bool) else "const"
        case ast.Name(id=name):
            return lookup(name) or _imported(resolve(node))
        case ast.Attribute(attr=attr):
            return _imported(resolve(node), default=f"key:{attr}")
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return f"key:{key}"
        case ast.Call():
            return _of_call(node, resolve, lookup)
    return _of_compound(node, resolve, lookup)


MAX_TEXT = 2_000
"""Longest text put together, in characters. Source: our own limit."""


def text_from(node: ast.expr, lookup: Callable[[str], str]) -> str:
    """Return the text of an expression, `{}` for each part nobody can tell; empty when none."""
    match node:
        case ast.Constant(value=str(value)):
            return value[:MAX_TEXT]
        case ast.Name(id=name):
            return lookup(name)
        case ast.Attribute(value=ast.Name(id=name), attr=attr):
            return lookup(f"{name}.{attr}")
        case ast.JoinedStr(values=parts):
            return "".join(_part(part, lookup) for part in parts)[:MAX_TEXT]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            start = text_from(left, lookup)
            return (start + (text_from(right, lookup) or "{}"))[:MAX_TEXT] if start else ""
        case ast.BinOp(left=left, op=ast.Mod()):
            return text_from(left, lookup).replace("%s", "{}")
        case ast.Call(func=ast.Attribute(value=value, attr="format")):
            return text_from(value, lookup)
    return ""


def _part(node: ast.expr, lookup: Callable[[str], str]) -> str:
    inner = node.value if isinstance(node, ast.FormattedValue) else node
    return text_from(inner, lookup) or "{}"


def declared_option(node: ast.Call, source: Callable[[ast.expr], Source]) -> dict[str, Source]:
    """Return the default of a command-line option that sounds like a seed, if this declares one."""
    called = node.func.attr if isinstance(node.func, ast.Attribute) else _id(node.func)
    if called not in _OPTION_CALLS:
        return {}
    texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    named = {keyword.arg: keyword.value for keyword in node.keywords}
    names = [text.lstrip("-").replace("-", "_") for text in texts]
    if isinstance(dest := named.get("dest"), ast.Constant):
        names.append(str(dest.value))
    if not any(is_setting(name) for name in names):
        return {}
    value = source(named["default"]) if "default" in named else "None"
    if called.startswith("DEFINE") and len(node.args) > 1:
        value = source(node.args[1])
    if "default" not in named and "required" in named:
        value = "param:"
    return {name: value for name in names if is_setting(name)}


def seeds_in(node: ast.expr, source: Callable[[ast.expr], Source]) -> dict[str, Source]:
    """Return the entries of a dictionary, written as such or as `dict()`, that sound like seeds."""
    pairs: list[tuple[str | None, ast.expr]] = []
    if isinstance(node, ast.Dict):
        keys = [getattr(key, "value", None) for key in node.keys]
        pairs = [(str(k), v) for k, v in zip(keys, node.values, strict=True)]
    elif isinstance(node, ast.Call) and _id(node.func) == "dict":
        pairs = [(keyword.arg, keyword.value) for keyword in node.keywords]
    return {name: source(value) for name, value in pairs if name and is_setting(name)}


def field_default(value: ast.expr, source: Source, of: Callable[[ast.expr], Source]) -> Source:
    """Return the default of a class field, looking into `field(default=...)`."""
    if isinstance(value, ast.Call):
        for keyword in value.keywords:
            if keyword.arg == "default":
                return of(keyword.value)
    return source


def _of_call(node: ast.Call, resolve: Resolve, lookup: Lookup) -> Source:
    target = resolve(node.func)
    called = node.func.attr if isinstance(node.func, ast.Attribute) else _id(node.func)
    inner = [source_of(argument, resolve, lookup) for argument in node.args]
    if _CLOCKS.match(target):
        return "time"
    if _GENERATORS.match(target):
        keyword = [source_of(k.value, resolve, lookup) for k in node.keywords if k.arg == "seed"]
        given = (inner + keyword or ["None"])[0]
        return "time" if given == "None" and not target.startswith("sklearn") else given
    if called in {"getenv", "get", "getattr"}:
        return _of_lookup(node, called, target, inner)
    if called in _TRANSPARENT:
        return _combined(inner)
    return "unknown"


def _of_lookup(node: ast.Call, called: str, target: str, inner: list[Source]) -> Source:
    if target in {"os.getenv", "os.environ.get"}:
        return inner[1] if len(inner) > 1 else "None"
    position = 1 if called == "getattr" else 0
    keys = node.args[position : position + 1]
    if keys and isinstance(keys[0], ast.Constant) and isinstance(keys[0].value, str):
        return f"key:{keys[0].value}"
    return "unknown"


def _of_compound(node: ast.expr, resolve: Resolve, lookup: Lookup) -> Source:
    match node:
        case ast.BoolOp(op=ast.Or(), values=parts):
            last = source_of(parts[-1], resolve, lookup)
            return last if last in {"const", "time"} else _each(parts, resolve, lookup)
        case ast.BoolOp(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
            return _each(parts, resolve, lookup)
        case ast.BinOp(left=left, right=right):
            return _each([left, right], resolve, lookup)
        case ast.IfExp(body=body, orelse=orelse):
            return _chosen([source_of(part, resolve, lookup) for part in (body, orelse)])
        case ast.UnaryOp(operand=operand) | ast.NamedExpr(value=operand):
            return source_of(operand, resolve, lookup)
        case ast.JoinedStr():
            return "const"
    return "unknown"


def _each(parts: list[ast.expr], resolve: Resolve, lookup: Lookup) -> Source:
    return _combined([source_of(part, resolve, lookup) for part in parts])


def _combined(sources: list[Source]) -> Source:
    """Return the weakest of several: a constant plus a rank is still a constant."""
    for weak in ("time", "None"):
        if weak in sources:
            return weak
    named = [s for s in sources if s.startswith(("param:", "key:", "name:"))]
    settings = [s for s in named if is_setting(s)]
    if settings:
        return settings[0]
    if "const" in sources:
        return "const"
    return (named or ["unknown"])[0]


def _chosen(sources: list[Source]) -> Source:
    """Return the source of one of two branches: a constant beside `None` is up to the caller."""
    if "None" in sources:
        return "param:"
    return "const" if "const" in sources and "time" not in sources else _combined(sources)


def _imported(target: str, default: Source = "unknown") -> Source:
    if not target or target.startswith((":", "?")):
        return default
    return f"name:{target}"


def _id(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""
