"""Texts of code that name a place on one machine, and what stands around them.

Each sighting tells `where` the path leads (see `absolute_paths`), the `path`, and its `role`:
`value` (the program uses it), `fallback` (only without an environment variable), `filled` (a
template fills it in), `compared`, or `words` (a part of a longer text). Help texts, messages,
patterns, web routes and pieces of relative paths are none.
Sources: https://docs.python.org/3/library/os.path.html#os.path.join,
https://docs.python.org/3/library/argparse.html#help
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from holdshort.checks.facts.absolute_paths import Found, Where, absolute_paths
from holdshort.checks.facts.sightings import Sighting, Site, text_of
from holdshort.checks.facts.words import words

TOPIC = "locations"

WORDS = (b"/home", b"Users", b"/data/", b"/mnt")

_MESSAGES = words(
    "print pprint debug info warning warn error critical exception log echo secho fail skip xfail"
    " markdown caption help"
)
_PROSE = words(
    "help description epilog usage metavar title doc summary msg message placeholder label caption"
    " example examples reason"
)
_ROUTES = words(
    "get post put delete patch head options request route websocket add_url_rule add_api_route"
    " add_route mount url_for url_path_for redirect RedirectResponse urljoin api_route endpoint"
)
_ROUTE_ARGUMENTS = words("prefix url_prefix url endpoint href src route")
_COMMANDS = re.compile(
    r"(os\.(system|popen|exec\w+|spawn\w+)|subprocess\.\w+|\?\.(system|run_line_magic))$"
)
_VARIABLES = re.compile(r"(^|\.)(getenv|environ\.\w+|env(\.\w+)?)$")
_JOINS = words("join Path PurePath PosixPath PurePosixPath joinpath")
_ROOTS = words("/home /home/ /Users /Users/")


def _text(site: Site) -> Sighting | None:
    text = text_of(site.node) or ""
    if text in _ROOTS:
        return _joined(site, text)
    best: Sighting | None = None
    for found in absolute_paths(text):
        role = _role(site, text, found)
        if role and (best is None or _weight(role, found.where) < _rank(best)):
            best = _seen(site, text, found, role)
    return best


def _seen(site: Site, text: str, found: Found, role: str) -> Sighting:
    line = site.line + _lines_before(site.node, text, found.start)
    details = (("path", found.text[:80]), ("role", role), ("where", str(found.where)))
    return Sighting(TOPIC, found.text[:80], line, 0, site.scope, details)


def _lines_before(node: ast.expr, text: str, start: int) -> int:
    """Return how many lines below its beginning a piece of a text stands."""
    below = text.count("\n", 0, start)
    height = (node.end_lineno or node.lineno) - node.lineno
    return below if height >= text.count("\n") > 0 else 0


_ROLES = ("value", "filled", "fallback", "compared", "words")


def _weight(role: str, where: Where) -> tuple[int, int]:
    return list(Where).index(where), _ROLES.index(role)


def _rank(seen: Sighting) -> tuple[int, int]:
    return _weight(seen.detail("role"), Where(seen.detail("where")))


def _role(site: Site, text: str, found: Found) -> str:
    """Return what a path in a text is there for, empty when it is no place of a machine."""
    around = site.around(site.node)
    if found.is_leading and _is_continuation(site.node, around, found):
        return ""
    calls = list(_calls(site.node, around))
    if not found.is_leading and not any(_runs(site, call) for call, _ in calls):
        return "" if _is_message(calls, around) or _is_prose(around) else _words(found)
    if _is_prose(around) or any(_is_aside(site, call, part, found) for call, part in calls):
        return ""
    if "{{" in text or "${" in text:
        return "filled"
    if _is_fallback(site, calls, around):
        return "fallback"
    return _compared(around, found)


def _words(found: Found) -> str:
    return "words" if found.where in {Where.HOME, Where.ACCOUNT} else ""


def _compared(around: tuple[ast.AST, ...], found: Found) -> str:
    inner = around[0] if around else None
    aside = isinstance(inner, ast.Compare | ast.Subscript)
    if aside and found.where is Where.MOUNT:
        return ""
    return "compared" if isinstance(inner, ast.Compare) else "value"


def _is_continuation(node: ast.AST, around: tuple[ast.AST, ...], found: Found) -> bool:
    """Tell whether something unknown stands right before the text."""
    if found.start:
        return False
    for outer in around:
        match outer:
            case ast.JoinedStr(values=parts):
                if parts and parts[0] is not node:
                    return True
            case ast.BinOp(op=ast.Add(), right=right):
                if right is node:
                    return True
            case ast.BinOp(op=ast.Add()):
                pass
            case _:
                return False
        node = outer
    return False


def _calls(node: ast.AST, around: Iterable[ast.AST]) -> Iterable[tuple[ast.Call, ast.AST]]:
    """Yield the calls around a text, each with its part in which the text stands."""
    for outer in around:
        if isinstance(outer, ast.Call):
            yield outer, node
        node = outer


def _runs(site: Site, call: ast.Call) -> bool:
    return _COMMANDS.match(site.resolve(call.func)) is not None


def _name(call: ast.Call) -> str:
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _is_message(calls: list[tuple[ast.Call, ast.AST]], around: tuple[ast.AST, ...]) -> bool:
    told = any(_name(call) in _MESSAGES for call, _ in calls)
    return told or any(isinstance(outer, ast.Raise | ast.Assert) for outer in around)


def _is_prose(around: tuple[ast.AST, ...]) -> bool:
    return any(isinstance(outer, ast.keyword) and outer.arg in _PROSE for outer in around)


def _is_aside(site: Site, call: ast.Call, part: ast.AST, found: Found) -> bool:
    """Tell whether a text is a pattern, or a route of a web service."""
    target = site.resolve(call.func)
    if target.startswith(("re.", "regex.")):
        return True
    if _VARIABLES.search(target):
        return False
    if isinstance(part, ast.keyword):
        return part.arg in _ROUTE_ARGUMENTS and found.where is not Where.DRIVE
    return _name(call) in _ROUTES and call.args[:1] == [part]


def _is_fallback(
    site: Site, calls: list[tuple[ast.Call, ast.AST]], around: tuple[ast.AST, ...]
) -> bool:
    """Tell whether a text stands in for a variable of the environment."""
    if any(_VARIABLES.search(site.resolve(call.func)) for call, _ in calls):
        return True
    choices = [outer for outer in around if isinstance(outer, ast.BoolOp | ast.IfExp)]
    return any(_asks_environment(choice) for choice in choices)


def _asks_environment(node: ast.AST) -> bool:
    names = (getattr(one, "attr", getattr(one, "id", "")) for one in ast.walk(node))
    return any(name in {"environ", "getenv"} for name in names)


def _joined(site: Site, text: str) -> Sighting | None:
    """Look at `Path("/home", "alice")`, `Path("/home") / "alice"` and the like."""
    around = site.around(site.node)
    follower: ast.expr | None = None
    for node, outer in zip((site.node, *around), around, strict=False):
        if isinstance(outer, ast.Call) and _name(outer) in _JOINS and node in outer.args:
            follower = next(iter(outer.args[outer.args.index(node) + 1 :]), None)
        elif isinstance(outer, ast.BinOp) and isinstance(outer.op, ast.Div) and outer.left is node:
            follower = outer.right
        if follower is not None:
            break
    name = text_of(follower)
    if not name:
        return None
    path = f"{text.rstrip('/')}/{name}"
    return site.sighting(TOPIC, path, path=path, role="value", where=Where.HOME)


STRINGS = ((("/", ":\\"), _text),)
