"""Path patterns in time that grows no faster than path times pattern, whoever wrote them.

`*` and `?` stay within a folder; `**` between slashes crosses any number of folders, none
included, and at the end everything below. A regular expression would take exponential time on a
pattern of a stranger such as `**/**/**/**/x`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

MAX_CHARS = 300
"""Longest pattern. Source: our own limit."""


def problem(pattern: str) -> str:
    """Say why a text is no pattern, or return an empty text."""
    if len(pattern) > MAX_CHARS:
        return f"longer than {MAX_CHARS} characters"
    for part in pattern.split("/"):
        if part in {"", ".", ".."}:
            return "not a path inside the repository"
        if "**" in part and part != "**":
            return "`**` stands alone between slashes"
    return ""


def matches(path: str, pattern: str) -> bool:
    """Tell whether a path matches a pattern that `problem` finds nothing wrong with."""
    if not set(pattern) & {"*", "?"}:
        return path == pattern
    wanted = pattern.split("/")
    below = ["*"] if wanted[-1] == "**" else []
    return _match(path.split("/"), [*wanted, *below], "**", _name_matches)


def _name_matches(name: str, pattern: str) -> bool:
    return _match(name, pattern, "*", lambda char, wanted: wanted in {"?", char})


def _match(
    found: Sequence[str], pattern: Sequence[str], star: str, same: Callable[[str, str], bool]
) -> bool:
    """Match item by item; on a dead end only the last star takes one more, so time is bounded."""
    at = wanted = 0
    after_star, taken = -1, 0
    while at < len(found):
        if wanted < len(pattern) and pattern[wanted] == star:
            after_star, taken = wanted + 1, at
            wanted += 1
        elif wanted < len(pattern) and same(found[at], pattern[wanted]):
            at, wanted = at + 1, wanted + 1
        elif after_star >= 0:
            taken += 1
            at, wanted = taken, after_star
        else:
            return False
    return all(one == star for one in pattern[wanted:])
