"""Makefiles and justfiles: which shell lines a target runs.

In: text. Out: `MakeFile`, from which `recipe` gives the lines of a target, those it needs first.
Variables are filled in from the file itself; functions, conditions and patterns are not evaluated.
Source: https://www.gnu.org/software/make/manual/make.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

MAX_RULES = 2000
"""Most rules of a file, and most rules run for one target. Source: our own limit."""

_VARIABLE = re.compile(r"(?:export\s+|override\s+)?([\w.-]+)\s*(?:::?|\?|\+)?=\s*(.*)$")
_RULE = re.compile(r"([^\s:#=][^:#=]*?)\s*::?(?!=)\s*(.*)$")
_KEYWORD = re.compile(r"-?(ifn?eq|ifn?def|else|endif|include|sinclude|define|endef|vpath)\b")
_USE = re.compile(r"\$\(([\w.-]+)\)|\$\{([\w.-]+)\}")
_JUST = re.compile(r"@?([A-Za-z_][\w-]*)([^:=\n]*):(?!=)([^\n]*)$")
_WELL_KNOWN = {"MAKE": "make", "PYTHON": "python", "PYTHON3": "python", "PYTEST": "pytest"}
_MAX_EXPANDED = 4000


@dataclass(slots=True)
class _Rule:
    needs: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MakeFile:
    """The rules of a file by target, and the files it includes."""

    rules: Mapping[str, _Rule]
    variables: Mapping[str, str]
    includes: tuple[str, ...]

    def recipe(self, target: str = "") -> tuple[str, ...] | None:
        """Return the lines that making a target runs, None when no rule makes it.

        An empty target is the first one. A leading `-` says that a failure is ignored.
        """
        first = next((name for name in self.rules if not name.startswith(".")), "")
        if (target or first) not in self.rules:
            return None
        return tuple(self._lines(target or first))

    def _lines(self, target: str) -> Iterator[str]:
        waiting, seen = [target], set[str]()
        while waiting and len(seen) < MAX_RULES:
            name = waiting.pop()
            rule = self.rules.get(name)
            if rule is None or name in seen:
                continue
            seen.add(name)
            yield from (self._expanded(line) for line in rule.lines)
            waiting.extend(reversed(self._expanded(" ".join(rule.needs)).split()))

    def _expanded(self, line: str) -> str:
        for _ in range(3):
            filled = _USE.sub(lambda use: self._value(use[1] or use[2]), line)
            if filled == line or len(filled) > _MAX_EXPANDED:
                break
            line = filled
        return line.replace("$$", "$")

    def _value(self, name: str) -> str:
        return self.variables.get(name, _WELL_KNOWN.get(name, "x"))


def read_makefile(text: str) -> MakeFile:
    """Return the rules of a Makefile."""
    rules: dict[str, _Rule] = {}
    variables: dict[str, str] = {}
    includes: list[str] = []
    current: list[_Rule] = []
    for line in _joined(text):
        if line.startswith("\t"):
            for rule in current:
                rule.lines.append(line.strip())
        elif keyword := _KEYWORD.match(line.strip()):
            if "include" in keyword[1]:
                includes += line.split()[1:]
        elif found := _VARIABLE.match(line):
            variables[found[1]] = found[2].partition(" #")[0].strip()
        elif (found := _RULE.match(line)) and len(rules) < MAX_RULES:
            current = [rules.setdefault(name, _Rule()) for name in found[1].split()]
            needs, _, inline = found[2].partition("#")[0].partition(";")
            for rule in current:
                rule.needs += needs.replace("|", " ").split()
                rule.lines += [inline.strip()] if inline.strip() else []
    return MakeFile(rules, variables, tuple(includes))


def read_justfile(text: str) -> MakeFile:
    """Return the recipes of a justfile.

    Source: https://just.systems/man/en/
    """
    rules: dict[str, _Rule] = {}
    current = _Rule()
    for line in _joined(text):
        if line[:1].isspace():
            current.lines.append(re.sub(r"\{\{.*?\}\}", "x", line.strip()).lstrip("@"))
        elif (found := _JUST.match(line)) and len(rules) < MAX_RULES:
            current = rules.setdefault(found[1], _Rule())
            current.needs += re.findall(r"[A-Za-z_][\w-]*", found[3].partition("#")[0])
    return MakeFile(rules, {}, ())


def _joined(text: str) -> Iterator[str]:
    """Yield the lines, continuations joined, comments and blank ones dropped."""
    joined = ""
    for line in text.splitlines():
        if line.endswith("\\"):
            joined += line[:-1] + " "
            continue
        whole, joined = joined + line, ""
        if whole.strip() and not whole.startswith("#"):
            yield whole
    if joined.strip():
        yield joined
