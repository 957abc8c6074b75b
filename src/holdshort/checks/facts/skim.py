"""A Python file with the bodies of functions left out that hold nothing a check looks for.

In: bytes and words. Out: bytes with the same lines, where an idle function is `def name(): pass`.
Turning text into a tree costs most of a large repository's time; what is never looked at need not
be turned.
A body stays when it holds a word, or calls a function of this file whose body stays. Whether a
text over several lines was cut in two is left to the parser: who skims parses the whole file when
the rest is no Python.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

MAX_SIGNATURE_LINES = 200
"""Longest signature followed. Source: our own limit."""

_DOCSTRING = re.compile(rb"\s*[rR]?(\"{3}|'{3})")
_NAME = re.compile(rb"\w+")
_IMPORT = re.compile(rb"^(?:from[ ][^\n]*?[ ])?import[ ]([^\n#]*)", re.MULTILINE)
_ASSERTING = re.compile(
    rb"\bassert[ (]|(?:assert|raises|warns|fail|verify|check|expect)\w*\(", re.IGNORECASE
)
_WIDEST = 12
_OUTDENTED = [re.compile(rb"\n {0,%d}[^ \n#]" % indent) for indent in range(_WIDEST + 1)]
"""The first line that ends a block whose definition has this many blanks before it."""


@dataclass(frozen=True, slots=True)
class _Body:
    """A function from its name to where its block ends, as offsets.

    Attributes:
        owner: the name of the class around it.
        signature: where the name ends.
        start: where the text that documents it begins, if there is one.
        code: where what it does begins.
    """

    name: bytes
    owner: bytes
    signature: int
    start: int
    code: int
    end: int


def skim(data: bytes, words: Sequence[bytes]) -> bytes:
    """Return the file without idle bodies; the number of its lines stays the same."""
    if b"\t" in data or b"\r" in data or b"\f" in data:
        return data
    bodies = list(_bodies(data))
    kept = _kept(data, bodies, words)
    parts, at = [], 0
    for number, body in enumerate(bodies):
        if number not in kept:
            parts += [data[at : body.signature], _idle(data, body)]
        elif body.code > body.start:
            blank = b"\n" * data.count(b"\n", body.start, body.code)
            parts += [data[at : body.start], blank, data[body.code : body.end]]
        else:
            continue
        at = body.end
    return b"".join([*parts, data[at:]])


def _idle(data: bytes, body: _Body) -> bytes:
    """Return what stands for a signature and body: a test that claims something still does."""
    claims = body.name.startswith(b"test") and _ASSERTING.search(data, body.code, body.end)
    lines = data.count(b"\n", body.signature, body.end)
    return (b"(): assert 1" if claims else b"(): pass") + b"\n" * lines


def _kept(data: bytes, bodies: Sequence[_Body], words: Iterable[bytes]) -> set[int]:
    """Return the numbers of the bodies that hold a word or call one that does."""
    starts = [body.code for body in bodies]
    kept: set[int] = set()
    wanted = {*words, *_imported(data, words)}
    known = set(wanted)
    while wanted:
        fresh = {n for word in wanted for n in _holding(data, bodies, starts, word)} - kept
        kept |= fresh
        names = {name for n in fresh for name in (bodies[n].name, bodies[n].owner) if name}
        wanted = {name + b"(" for name in names} - known
        known |= wanted
    return kept


def _imported(data: bytes, words: Iterable[bytes]) -> Iterator[bytes]:
    """Yield how names are used that a line with a word imports: `from pickle import load as f`."""
    for line in _IMPORT.finditer(data):
        if any(word in line.group() for word in words):
            for name in _NAME.findall(line[1]):
                yield from (name + b"(", name + b".")


def _holding(
    data: bytes, bodies: Sequence[_Body], starts: Sequence[int], word: bytes
) -> Iterator[int]:
    at = data.find(word)
    while at >= 0:
        number = bisect_right(starts, at) - 1
        if number >= 0 and at < bodies[number].end:
            yield number
            at = data.find(word, bodies[number].end)
        elif number + 1 < len(starts):
            at = data.find(word, starts[number + 1])
        else:
            return


def _bodies(data: bytes) -> Iterator[_Body]:
    """Yield the outermost functions of more than one line, and the methods of classes."""
    at = data.find(b"def ")
    while at >= 0:
        line = data.rfind(b"\n", 0, at) + 1
        before = data[line:at]
        end = at + 1
        if before.strip() in {b"", b"async"} and (name := _NAME.match(data, at + len(b"def "))):
            indent = len(before) - len(before.lstrip())
            start = _after_signature(data, at)
            end = _end(data, start, min(indent, _WIDEST))
            if data.count(b"\n", start, end) > 1:
                owner = _class_around(data, line) if indent else b""
                code = _after_docstring(data, start, end)
                yield _Body(name.group(), owner, name.end(), start, code, end)
            end = max(end, at + 1)
        at = data.find(b"def ", end)


def _class_around(data: bytes, line: int) -> bytes:
    at = data.rfind(b"\nclass ", 0, line) + 1
    found = _NAME.match(data, at + len(b"class ")) if data.startswith(b"class ", at) else None
    return found.group() if found else b""


def _after_signature(data: bytes, at: int) -> int:
    """Return where the line after a signature begins: all brackets are closed."""
    depth = 0
    for _ in range(MAX_SIGNATURE_LINES):
        end = data.find(b"\n", at)
        if end < 0:
            return len(data)
        line = data[at:end]
        depth += line.count(b"(") + line.count(b"[") - line.count(b")") - line.count(b"]")
        at = end + 1
        if depth <= 0:
            break
    return at


def _end(data: bytes, start: int, indent: int) -> int:
    """Return where the block ends that is indented more than its definition.

    A text over several lines may come back to the margin; it ends before the block does.
    """
    at = max(start - 1, 0)
    while found := _OUTDENTED[indent].search(data, at):
        end = found.start() + 1
        quotes = data.count(b'"""', start, end), data.count(b"'''", start, end)
        if quotes[0] % 2 == 0 and quotes[1] % 2 == 0:
            return max(end, start)
        at = end
    return len(data)


def _after_docstring(data: bytes, start: int, end: int) -> int:
    """Return where the code of a body begins; a body that is only a text keeps it."""
    opening = _DOCSTRING.match(data, start, end)
    closing = data.find(opening[1], opening.end(), end) if opening else -1
    if opening is None or closing < 0 or not data.startswith(b"\n", closing + 3):
        return start
    after = closing + 4
    return after if data[after:end].strip() else start
