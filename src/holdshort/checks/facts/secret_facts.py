"""The credentials that one file seems to hold: which rules apply to which kind of file.

In: a file and its bytes. Out: `Secret` values; in a notebook the line is `cell * 1_000_000 + line`.
Binary content is not searched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from holdshort.checks.facts.inventory import File, Kind
from holdshort.checks.facts.notebooks import code_cells
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.secret_patterns import Secret, find_secrets, may_hold
from holdshort.checks.facts.text import decode

LINES_PER_CELL = 1_000_000
"""How a cell and a line within it share one number."""

_SNIFFED_BYTES = 8000
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_BARE_SUFFIXES = (".env", ".ini", ".cfg", ".conf", ".properties", ".sh", ".yml", ".yaml", ".toml")
_PROSE_SUFFIXES = (".md", ".rst", ".txt", ".csv", ".tsv", ".jsonl", ".svg", ".html", ".lock")


def secrets_in(file: File, data: bytes) -> tuple[Secret, ...]:
    """Return what looks like a credential in a file."""
    if b"\x00" in data[:_SNIFFED_BYTES] and not data.startswith(_MARKS):
        return ()
    if file.kind is Kind.NOTEBOOK:
        return tuple(_in_notebook(data, decode(data)))
    name = file.name.lower()
    bare = name.endswith(_BARE_SUFFIXES) or name.startswith(".env") or _is_bare(file)
    if not (bare or data.startswith(_MARKS) or may_hold(data)):
        return ()
    text = decode(data)
    prose = name.endswith(_PROSE_SUFFIXES) or file.kind is Kind.LOCK
    return tuple(find_secrets(text, assignments=not prose, bare=bare))


def _is_bare(file: File) -> bool:
    return file.kind in {Kind.DOCKER, Kind.WORKFLOW} or ".dvc/config" in file.path


def _in_notebook(data: bytes, text: str) -> Iterator[Secret]:
    """Search the code of each cell, then everything else for token shapes."""
    try:
        cells = code_cells(data)
    except UnreadableSourceError:
        cells = ()
    seen = False
    for cell in cells:
        for found in find_secrets(cell.source, assignments=True, bare=False):
            seen = True
            yield replace(found, line=cell.number * LINES_PER_CELL + found.line)
    if not seen:
        yield from find_secrets(_decoded(text), assignments=False, bare=False)


def _decoded(text: str) -> str:
    """Return the text with JSON escapes that could hide a token resolved."""
    try:
        return json.dumps(json.loads(text), indent=1, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
