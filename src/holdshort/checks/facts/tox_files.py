"""What tox and nox run: the names of environments and sessions to shell lines.

In: text of tox.ini, setup.cfg, tox.toml, pyproject.toml or noxfile.py. Out: the commands of what
is chosen, each as one shell line; a leading `- ` says that its failure is ignored. A noxfile is
parsed, never run.
Sources: https://tox.wiki/en/stable/config.html, https://nox.thea.codes/en/stable/config.html
"""

from __future__ import annotations

import ast
import itertools
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from holdshort.checks.facts import foreign_ini
from holdshort.checks.facts.foreign_toml import Table, load, table
from holdshort.checks.facts.python_source import parse

MAX_NAMES = 500
"""Most names that `py{39,310}-{a,b}` may stand for. Source: our own limit."""

_BRACES = re.compile(r"\{([^{}]*)\}")
_FACTOR = re.compile(r"([\w!,.{}-]{1,200}):\s+(?=\S)")
_POSARGS = re.compile(r"\{posargs(?::([^{}]*))?\}")
_REFERENCE = re.compile(r"\{\[([^\]\n]{1,200})\]commands\}")
_SESSION_CALLS = frozenset({"run", "run_always", "run_install"})


@dataclass(frozen=True, slots=True)
class ToxFile:
    """The commands of tox environments; the name `` holds those of every other environment."""

    commands: Mapping[str, tuple[str, ...]]
    default: tuple[str, ...]

    def chosen(self, names: Iterable[str]) -> Iterator[str]:
        """Yield the commands of these environments, or of the default ones when none is named."""
        for name in tuple(names) or self.default or ("py",):
            for row in self.commands.get(name, self.commands.get("", ())):
                condition = _FACTOR.match(row)
                if condition is None:
                    yield row
                elif _holds(condition[1], name):
                    yield row[condition.end() :]


def read_tox_ini(text: str) -> ToxFile | None:
    """Return the environments of tox.ini or setup.cfg, None when there are none.

    Raises:
        UnreadableSourceError: not INI, or larger than the limit.
    """
    sections = foreign_ini.load(text)
    main = sections.get("tox") or sections.get("tox:tox") or {}
    listed = main.get("envlist") or main.get("env_list") or ""
    commands: dict[str, tuple[str, ...]] = {}
    for name, options in sections.items():
        kind, _, environment = name.partition(":")
        if kind == "testenv" and "commands" in options:
            rows = tuple(_ini_rows(options["commands"], sections))
            for one in _expanded(environment) if environment else [""]:
                commands[one] = rows
    if not commands and not main:
        return None
    return ToxFile(commands, tuple(_expanded(listed)))


def read_tox_toml(text: str, *keys: str) -> ToxFile | None:
    """Return the environments of tox.toml, or of the table under these keys, None without any.

    Raises:
        UnreadableSourceError: not TOML.
    """
    top = table(load(text), *keys)
    legacy = top.get("legacy_tox_ini")
    if isinstance(legacy, str):
        return read_tox_ini(legacy)
    rows = {name: _toml_rows(table(top, "env", name)) for name in table(top, "env")}
    commands = {name: found for name, found in rows.items() if found is not None}
    base = _toml_rows(table(top, "env_run_base"))
    if base is not None:
        commands[""] = base
    listed = top.get("env_list")
    default = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
    return ToxFile(commands, tuple(default)) if commands else None


def nox_commands(text: str, sessions: Iterable[str]) -> Iterator[str]:
    """Yield the commands of these sessions, or of those that run when none is named.

    Raises:
        UnreadableSourceError: not Python.
    """
    tree = parse(text)
    functions = {one.name: one for one in tree.body if isinstance(one, ast.FunctionDef)}
    known = {name: one for one in functions.values() if (name := _session_name(one))}
    wanted = [re.split(r"[(-]", name)[0] for name in sessions]
    default = _default_sessions(tree) or list(known)
    for name in wanted or default:
        one = known.get(name) or known.get(name.replace("-", "_"))
        if one is not None:
            yield from _session_lines(one, functions)


def _holds(condition: str, name: str) -> bool:
    """Tell whether a condition such as `py39,!cov` holds for an environment."""
    factors = set(name.split("-"))
    return any(
        all((part.lstrip("!") in factors) != part.startswith("!") for part in one.split("-"))
        for one in _expanded(condition)
    )


def _ini_rows(value: str, sections: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for line in value.replace("\\\n", " ").splitlines():
        reference = _REFERENCE.search(line)
        if reference:
            listed = sections.get(reference[1], {}).get("commands", "")
            yield from (_filled(row) for row in listed.replace("\\\n", " ").splitlines() if row)
        elif line.strip() and not line.lstrip().startswith("#"):
            yield _filled(line.strip())


def _filled(row: str) -> str:
    row = _POSARGS.sub(lambda found: found[1] or "", row)
    return row.replace("{envpython}", "python").replace("{envbindir}/", "")


def _expanded(listed: str) -> list[str]:
    """Return the names that a list with braces stands for."""
    found: list[str] = []
    for one in re.split(r"[\s,]+(?![^{]*\})", listed.strip()):
        pieces = _BRACES.split(one)
        choices = [p.split(",") if n % 2 else [p] for n, p in enumerate(pieces)]
        names = itertools.islice(itertools.product(*choices), MAX_NAMES - len(found))
        found += ["".join(part.strip() for part in name) for name in names]
    return [name for name in found if name]


def _toml_rows(environment: Table) -> tuple[str, ...] | None:
    rows = environment.get("commands")
    if not isinstance(rows, list):
        return None
    return tuple(shlex.join(_toml_word(w) for w in row) for row in rows if isinstance(row, list))


def _toml_word(word: object) -> str:
    return word if isinstance(word, str) else "x"


def _session_name(function: ast.FunctionDef) -> str:
    """Return the name under which nox knows a function, empty when it is no session."""
    for decorator in function.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        target = call.func if call else decorator
        if (target.attr if isinstance(target, ast.Attribute) else "") == "session" or (
            isinstance(target, ast.Name) and target.id in {"session", "nox_session"}
        ):
            keywords = {k.arg: k.value for k in call.keywords} if call else {}
            name = keywords.get("name")
            return str(name.value) if isinstance(name, ast.Constant) else function.name
    return ""


def _default_sessions(tree: ast.Module) -> list[str]:
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(target, ast.Attribute) and target.attr == "sessions":
            value = node.value if isinstance(node, ast.Assign) else None
            rows = value.elts if isinstance(value, ast.List | ast.Tuple) else []
            return [str(row.value) for row in rows if isinstance(row, ast.Constant)]
    return []


def _session_lines(
    session: ast.FunctionDef, functions: Mapping[str, ast.FunctionDef]
) -> Iterator[str]:
    """Yield what a session and the functions it calls run."""
    waiting, seen = [session], {session.name}
    while waiting:
        for node in ast.walk(waiting.pop()):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr in _SESSION_CALLS:
                words = node.args if isinstance(node, ast.Call) else []
                yield shlex.join(map(_session_word, words))
            elif isinstance(called, ast.Name) and called.id in functions.keys() - seen:
                seen.add(called.id)
                waiting.append(functions[called.id])


def _session_word(argument: ast.expr) -> str:
    return str(argument.value) if isinstance(argument, ast.Constant) else "x"
