"""Jupyter notebooks, formats 3 and 4: the code cells, decoded.

In: bytes. Out: code cells in file order, cell numbers counted from 1 over code cells. Plain
`json`: `nbformat` would be a dependency for thirty lines.
Source: https://nbformat.readthedocs.io/en/latest/format_description.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from holdshort.checks.facts.python_source import UnreadableSourceError

_MAGIC_LINE = re.compile(
    r"^([ \t]*)(%|!|\?|[\w.]+\?{1,2}\s*$)((?:[^\n\\]|\\[\s\S])*\\?)", re.MULTILINE
)
_FOREIGN_CELL = re.compile(r"\s*%%(?!time|timeit|capture|prun)")
_SHELL_CELL = re.compile(r"\s*(%%|!)(bash|sh|shell|system)\b")
_TIMED = re.compile(r"(?:time|timeit|prun)\s+(?!-)(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cell:
    """One code cell.

    Attributes:
        number: 1-based among the code cells.
        source: the text as stored.
    """

    number: int
    source: str

    @property
    def python(self) -> str:
        """The source with magics as IPython would run them, line numbers kept.

        Shell lines and line magics are calls of `get_ipython()`, what is timed stands alone; the
        rest is blank. Empty for another language.
        """
        if _SHELL_CELL.match(self.source):
            return "\n".join(_shell_lines(self.source.splitlines()))
        if _FOREIGN_CELL.match(self.source):
            return ""
        return _MAGIC_LINE.sub(_as_python, self.source)


def code_cells(data: bytes) -> tuple[Cell, ...]:
    """Return the code cells of a notebook.

    Raises:
        UnreadableSourceError: not JSON, or not shaped like a notebook.
    """
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableSourceError("not valid JSON") from error
    if not isinstance(notebook, dict):
        raise UnreadableSourceError("not a notebook")
    language = _at(notebook, "metadata", "kernelspec", "language")
    if isinstance(language, str) and language.lower() not in {"", "python"}:
        return ()
    sources = [_source(cell) for cell in _cells(notebook) if _is_code(cell)]
    return tuple(Cell(number, source) for number, source in enumerate(sources, 1))


def _as_python(magic: re.Match[str]) -> str:
    """Return a magic as Python of as many lines."""
    margin, mark, rest = magic[1], magic[2], magic[3]
    if mark == "%" and (timed := _TIMED.fullmatch(rest)):
        return margin + timed[1]
    if mark not in {"%", "!"} or rest.startswith("%"):
        return f"{margin}pass" + "\n" * rest.count("\n")
    joined = rest.replace("\\\n", " ")
    name, _, line = ("system", "", joined) if mark == "!" else joined.partition(" ")
    called = f"system({line!r})" if mark == "!" else f"run_line_magic({name!r}, {line!r})"
    return f"{margin}get_ipython().{called}" + "\n" * rest.count("\n")


def _shell_lines(lines: list[str]) -> Iterator[str]:
    yield "pass"
    waiting = ""
    for line in lines[1:]:
        waiting = f"{waiting} {line.removesuffix(chr(92))}".strip()
        if line.endswith("\\"):
            yield ""
        else:
            yield f"get_ipython().system({waiting!r})"
            waiting = ""


def _cells(notebook: dict[str, object]) -> list[object]:
    cells = notebook.get("cells")
    if isinstance(cells, list):
        return cells
    sheets = notebook.get("worksheets")
    if isinstance(sheets, list):
        found = [_at(sheet, "cells") for sheet in sheets]
        return [cell for cells in found if isinstance(cells, list) for cell in cells]
    raise UnreadableSourceError("not a notebook")


def _is_code(cell: object) -> bool:
    return _at(cell, "cell_type") == "code"


def _source(cell: object) -> str:
    source = _at(cell, "source") or _at(cell, "input") or ""
    if isinstance(source, list):
        return "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def _at(value: object, *keys: str) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
