"""A Python file with the bodies of functions left out that hold nothing a check looks for.

In: bytes and words. Out: bytes with the same lines, where an idle body is one `pass`. Turning text
into a tree costs most of a large repository's time; what is never looked at need not be turned.
A body stays when it holds a word, or calls a function of this file whose body stays. Whether a
text over several lines was cut in two is left to the parser: who skims parses the whole file when
the rest is no Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_DEFINITION = re.compile(rb"([ ]*)(?:async[ ]+)?(def|class)[ ]+(\w+)")
_DOCSTRING = re.compile(rb"[ ]+[rR]?(\"{3}|'{3})")
_ASSERTING = re.compile(
    rb"\bassert[ (]|(?:assert|raises|warns|fail|verify|check|expect)\w*\(", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Body:
    """The lines of one function after its signature: from `start` up to, not including, `end`."""

    name: bytes
    owner: bytes
    start: int
    end: int
    indent: bytes


def skim(data: bytes, words: Sequence[bytes]) -> bytes:
    """Return the file without idle bodies; the number of its lines stays the same."""
    if b"\t" in data or b"\r" in data or b"\f" in data:
        return data
    lines = data.split(b"\n")
    bodies = _bodies(lines)
    texts = {body: b"\n".join(lines[body.start : body.end]) for body in bodies}
    for body in _idle(texts, words):
        claims = body.name.startswith(b"test") and _ASSERTING.search(texts[body])
        lines[body.start] = body.indent + (b"assert 1" if claims else b"pass")
        lines[body.start + 1 : body.end] = [b""] * (body.end - body.start - 1)
    return b"\n".join(lines)


def _idle(texts: dict[_Body, bytes], words: Sequence[bytes]) -> Iterable[_Body]:
    """Return the bodies that hold no word and call nothing of this file that does."""
    idle = dict(texts)
    wanted: Sequence[bytes] = words
    while wanted:
        kept = [body for body, text in idle.items() if any(word in text for word in wanted)]
        names = {name for body in kept for name in (body.name, body.owner) if name}
        wanted = [name + b"(" for name in sorted(names)]
        for body in kept:
            del idle[body]
    return idle


def _bodies(lines: list[bytes]) -> list[_Body]:
    """Return the outermost functions and the methods of outermost classes, in order."""
    found = []
    owner, number, count = b"", 0, len(lines)
    while number < count:
        line = lines[number]
        definition = _DEFINITION.match(line) if b"def " in line or b"class " in line else None
        if definition is None:
            number += 1
            continue
        indent, kind, name = definition.groups()
        if kind == b"class":
            owner = name
            number += 1
            continue
        start = _after_signature(lines, number)
        end = _end(lines, start, len(indent))
        start = _without_docstring(lines, start, end)
        if end > start + 1:
            inner = _indent(lines, start, end)
            found.append(_Body(name, owner if indent else b"", start, end, inner))
        number = max(end, number + 1)
    return found


def _after_signature(lines: list[bytes], number: int) -> int:
    """Return the first line after a signature: the brackets are closed and a colon ends it."""
    depth = 0
    for at in range(number, min(number + 200, len(lines))):
        line = lines[at]
        depth += line.count(b"(") + line.count(b"[") - line.count(b")") - line.count(b"]")
        if depth <= 0:
            return at + 1
    return number + 1


def _without_docstring(lines: list[bytes], start: int, end: int) -> int:
    """Blank the text a body begins with, and return where the rest begins.

    A body that is nothing else keeps it.
    """
    opening = _DOCSTRING.match(lines[start]) if start < end else None
    if opening is None:
        return start
    quotes = opening[1]
    closing = next(
        (
            at
            for at in range(start, end)
            if quotes in lines[at][opening.end() if at == start else 0 :]
        ),
        end,
    )
    if closing + 1 >= end or not lines[closing].endswith(quotes):
        return start
    lines[start : closing + 1] = [b""] * (closing + 1 - start)
    return closing + 1


def _end(lines: list[bytes], start: int, indent: int) -> int:
    """Return where the block ends that is indented more than its definition.

    A text over several lines may come back to the margin; it ends before the block does.
    """
    prefix = b" " * (indent + 1)
    end, is_open = start, False
    for at in range(start, len(lines)):
        line = lines[at]
        if is_open or line.startswith(prefix):
            end = at + 1
        elif line and not line.isspace() and not line.lstrip().startswith(b"#"):
            break
        if (b'"""' in line or b"'''" in line) and _quotes(line) % 2:
            is_open = not is_open
    return end


def _quotes(line: bytes) -> int:
    return line.count(b'"""') + line.count(b"'''")


def _indent(lines: list[bytes], start: int, end: int) -> bytes:
    for line in lines[start:end]:
        if line.strip():
            return line[: len(line) - len(line.lstrip())]
    return b""
