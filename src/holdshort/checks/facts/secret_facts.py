"""The credentials that one file seems to hold: which rules apply to which kind of file.

In: a file and its bytes. Out: `Secret` values; in a notebook the line is `cell * 1_000_000 + line`,
line 1 for what an output shows, and 0 for a text between the cells.
Binary content is not searched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from holdshort.checks.facts.inventory import File, Kind
from holdshort.checks.facts.notebooks import read_notebook
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.secret_patterns import Secret, find_secrets, may_hold
from holdshort.checks.facts.text import decode

LINES_PER_CELL = 1_000_000
"""How a cell and a line within it share one number."""

_SNIFFED_BYTES = 8000
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_BARE_SUFFIXES = (".env", ".ini", ".cfg", ".conf", ".properties", ".sh", ".yml", ".yaml", ".toml")
_BASELINE = ".secrets.baseline"  # of detect-secrets: hashes of what it found
_PROSE_SUFFIXES = (".md", ".rst", ".txt", ".csv", ".tsv", ".jsonl", ".svg", ".html", ".lock")


def secrets_in(file: File, data: bytes) -> tuple[Secret, ...]:
    """Return what looks like a credential in a file."""
    if b"\x00" in data[:_SNIFFED_BYTES] and not data.startswith(_MARKS):
        return ()
    if file.kind is Kind.NOTEBOOK:
        return tuple(_in_notebook(data))
    name = file.name.lower()
    bare = name.endswith(_BARE_SUFFIXES) or name.startswith(".env") or _is_bare(file)
    if not (bare or data.startswith(_MARKS) or may_hold(data)):
        return ()
    text = decode(data)
    prose = name.endswith(_PROSE_SUFFIXES) or file.kind is Kind.LOCK or name == _BASELINE
    return tuple(find_secrets(text, assignments=not prose, bare=bare))


def _is_bare(file: File) -> bool:
    return file.kind in {Kind.DOCKER, Kind.WORKFLOW} or ".dvc/config" in file.path


def _in_notebook(data: bytes) -> Iterator[Secret]:
    """Search the code of each cell, and what its outputs and the texts between them show."""
    try:
        notebook = read_notebook(data)
    except UnreadableSourceError:
        yield from find_secrets(decode(data), assignments=False, bare=False)
        return
    for cell in notebook.cells:
        shown = "\n".join(output.text for output in cell.outputs)
        in_code = tuple(find_secrets(cell.source, assignments=cell.is_python, bare=False))
        for found in in_code:
            yield replace(found, line=cell.number * LINES_PER_CELL + found.line)
        for found in () if in_code else find_secrets(shown, assignments=False, bare=False):
            yield replace(found, line=cell.number * LINES_PER_CELL + 1)
            break
    for text in notebook.texts:
        yield from (
            replace(found, line=0) for found in find_secrets(text, assignments=False, bare=False)
        )
