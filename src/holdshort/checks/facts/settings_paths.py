"""Paths of one machine in settings files and shell scripts, line by line.

In: text of YAML, JSON, TOML, INI, a shell script or a Makefile. Out: each path with its line.
Nothing is constructed, so no document can do harm. Comments never count, except the directives of
a batch system (`#SBATCH`), nor do keys, such as the routes of an OpenAPI document, and what is
said in a description.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from holdshort.checks.facts.absolute_paths import (
    Found,
    Where,
    absolute_paths,
    may_name_a_place,
)
from holdshort.checks.facts.remembered import remembered

MAX_LINE = 5_000
"""Longest line searched, in characters. Source: our own limit."""

MAX_BEFORE = 80
"""Characters before a value that are looked at. Source: our own limit."""

_COMMENT = re.compile(r"^\s*(?:#(?!SBATCH|PBS|BSUB|\$ )|//|;)")
_TRAILING = re.compile(r"\s#.*$")
_PROSE = re.compile(
    r"\s*(?:@?echo|printf)\s(?![^\n]*>)|[\s\"'-]*(?:description|help|comment|note|notes|doc|summary|title|usage|examples?)[\"']?\s*[:=]",
    re.IGNORECASE,
)
_INNER = re.compile(
    r"[^\s\"':]:$|\b(?:working_dir|target|mountPath|workspaceFolder|containerEnv)\W+$"
)
_AFTER_KEY = re.compile(r"[\"']?\s*:(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Setting:
    """One path in a file of settings.

    Attributes:
        is_filled: a template or a variable is part of it.
        is_inner: it is what a container calls a place: `./data:/home/app`, `working_dir`.
    """

    line: int
    found: Found
    is_filled: bool
    is_inner: bool


@remembered
def paths_in_settings(text: str, *, is_script: bool) -> tuple[Setting, ...]:
    """Return the most personal path of each line that has one.

    In a script any word may be a path, in settings only a value.
    """
    return tuple(_paths(text, is_script=is_script)) if may_name_a_place(text) else ()


def _paths(text: str, *, is_script: bool) -> Iterator[Setting]:
    for number, line in enumerate(text.split("\n"), 1):
        if ("/" in line or "\\" in line) and len(line) <= MAX_LINE:
            code = _code(line)
            found = [one for one in absolute_paths(code) if is_script or _is_value(code, one)]
            if found:
                best = min(found, key=lambda one: list(Where).index(one.where))
                inner = _INNER.search(line[: best.start][-MAX_BEFORE:]) is not None
                yield Setting(number, best, _is_filled(line), inner)


def _code(line: str) -> str:
    """Return a line without its comment; a hash within quotes is none."""
    if _COMMENT.match(line) or _PROSE.match(line):
        return ""
    hidden = _TRAILING.search(line)
    if hidden and line.count('"', 0, hidden.start()) % 2 == 0:
        return line[: hidden.start()]
    return line


def _is_value(line: str, found: Found) -> bool:
    if found.where in {Where.HOME, Where.ACCOUNT}:
        return True
    if _AFTER_KEY.match(line, found.start + len(found.text.rstrip(":"))):
        return False
    before = line[max(0, found.start - MAX_BEFORE) : found.start].rstrip(" \t\"'")
    opens = before.endswith((":", "=", ",", "[", "(", "{"))
    return opens or (before.strip() in {"", "-"} and found.start < MAX_BEFORE)


def _is_filled(line: str) -> bool:
    return "{{" in line or "${" in line or "$(" in line
