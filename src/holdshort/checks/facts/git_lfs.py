"""Git LFS: what a pointer stands for, and which files `.gitattributes` sends there.

In: bytes git holds of a file, or the text of a `.gitattributes`. Out: plain values.
Sources: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md, gitattributes(5)
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_POINTER_BYTES = 1024
"""Largest pointer. Source: the specification, "less than 1024 bytes"."""

_POINTER = re.compile(
    rb"version https://(?:git-lfs|hawser)\.github\.com/spec/v\d+\r?\n(?:[^\n]{0,500}\n){0,10}?"
    rb"oid \w{1,20}:[0-9a-f]{32,128}\r?\nsize (\d{1,18})\s*"
)
_MACRO = re.compile(r"\[attr\](\S+)\s+(.*)")
MAX_ROW = 1000
"""Characters of a line that are read. Source: our own limit."""

_OTHERWISE = re.compile(r"(?<!\S)(?:[-!]filter(?!\S)|filter=)")
_FILTERED = re.compile(r"(?<!\S)filter=lfs(?!\S)")


@dataclass(frozen=True, slots=True)
class Tracked:
    """How git holds a file.

    Attributes:
        path: of the file.
        size_bytes: of what git holds.
        pointer_bytes: size of the content that a Git LFS pointer stands for, None for no pointer.
    """

    path: str
    size_bytes: int
    pointer_bytes: int | None = None

    @property
    def is_pointer(self) -> bool:
        """Whether git holds a pointer instead of the content."""
        return self.pointer_bytes is not None


def pointer_size(data: bytes) -> int | None:
    """Return the size of the content a pointer stands for, None when it is no pointer."""
    found = _POINTER.fullmatch(data)
    return int(found[1]) if found else None


def lfs_rules(text: str) -> tuple[tuple[str, int], ...]:
    """Return the patterns a `.gitattributes` sends to Git LFS, with their lines."""
    macros: set[str] = set()
    rules: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        row = line.strip()[:MAX_ROW]
        if macro := _MACRO.match(row):
            macros |= {macro[1]} if _FILTERED.search(macro[2]) else set()
            continue
        pattern, _, attributes = _split(row)
        if pattern.startswith("#") or not attributes:
            continue
        if _FILTERED.search(attributes) or not macros.isdisjoint(attributes.split()):
            rules[pattern] = number
        elif _OTHERWISE.search(attributes):
            rules.pop(pattern, None)
    return tuple(rules.items())


def _split(row: str) -> tuple[str, str, str]:
    """Split a rule after its pattern, which stands in quotes when it holds a blank."""
    if row.startswith('"') and (end := row.find('"', 1)) > 0:
        return row[1:end], " ", row[end + 1 :].strip()
    pattern, blank, rest = row.replace("\t", " ").partition(" ")
    return pattern, blank, rest.strip()
