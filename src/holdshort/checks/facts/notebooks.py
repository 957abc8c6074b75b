"""Jupyter notebooks, formats 3 and 4: cells, outputs and execution counts, decoded.

In: bytes. Out: a `Notebook`, cell numbers counted from 1 over code cells. Plain `json`: `nbformat`
would be a dependency for thirty lines.
Source: https://nbformat.readthedocs.io/en/latest/format_description.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from holdshort.checks.facts.magics import python_of
from holdshort.checks.facts.python_source import UnreadableSourceError

MAX_LANGUAGE = 40
"""Longest name of a language, in characters. Source: our own limit."""

_CONFLICT = re.compile(rb"^(?:<{7} |={7}\r?$|>{7} )", re.MULTILINE)
_POINTER = b"version https://git-lfs"
_PICTURES = ("image/png", "image/jpeg", "image/gif", "application/pdf", "audio/", "video/")
_V3_PICTURES = ("png", "jpeg", "pdf")
_NOT_SHOWN = {"output_type", "metadata", "execution_count", "prompt_number"}


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a cell.

    Attributes:
        error: the name of the exception when the cell failed, else empty.
        content: everything it shows, by key, as stored.
    """

    error: str
    content: Mapping[str, object]

    @property
    def text(self) -> str:
        """What it shows as text; pictures are left out."""
        return "\n".join(_texts(self.content))


@dataclass(frozen=True)
class Cell:
    """One code cell.

    Attributes:
        number: 1-based among the code cells.
        source: the text as stored.
        count: when it was run, None when it was not.
        outputs: what it shows, in order.
        tags: what its author calls it: `parameters`, `raises-exception`.
        is_python: whether the notebook and the cell are in Python.
    """

    number: int
    source: str
    count: int | None = None
    outputs: tuple[Output, ...] = ()
    tags: frozenset[str] = frozenset()
    is_python: bool = True

    @cached_property
    def python(self) -> str:
        """The source as Python with line numbers kept; empty for another language."""
        return python_of(self.source) if self.is_python else ""

    @property
    def has_code(self) -> bool:
        """Whether anything but blanks and comments stands in it."""
        lines = (line.strip() for line in self.source.splitlines())
        return any(line and not line.startswith("#") for line in lines)


@dataclass(frozen=True, slots=True)
class Notebook:
    """One notebook.

    Attributes:
        language: in lower case; empty when it does not say, which means Python.
        cells: the code cells in stored order.
        formats: how Jupytext pairs it (`ipynb,py:percent`), empty when it does not.
        texts: what stands between the code cells, as stored.
    """

    language: str
    cells: tuple[Cell, ...]
    formats: str = ""
    texts: tuple[str, ...] = ()


def read_notebook(data: bytes) -> Notebook:
    """Return a notebook.

    Raises:
        UnreadableSourceError: not JSON, or not shaped like a notebook.
    """
    notebook = _load(data)
    language = _language(notebook)
    is_python = language in {"", "ipython"} or language.startswith("python")
    rows = _cells(notebook)
    code = [row for row in rows if at(row, "cell_type") == "code"]
    cells = tuple(_cell(row, number, is_python) for number, row in enumerate(code, 1))
    formats = at(notebook, "metadata", "jupytext", "formats")
    texts = tuple(_joined(at(row, "source")) for row in rows if at(row, "cell_type") != "code")
    return Notebook(language, cells, formats if isinstance(formats, str) else "", texts)


def at(value: object, *keys: str) -> object:
    """Return the value under a path of keys, None when a step is missing."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _load(data: bytes) -> dict[str, object]:
    try:
        notebook = json.loads(data)
    except json.JSONDecodeError as error:
        raise UnreadableSourceError(_why_no_json(data, error)) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableSourceError("not valid JSON") from error
    if not isinstance(notebook, dict):
        raise UnreadableSourceError("not a notebook")
    return notebook


def _why_no_json(data: bytes, error: json.JSONDecodeError) -> str:
    if not data.strip():
        return "an empty file"
    if data.startswith(_POINTER):
        return "a Git LFS pointer, its content is elsewhere"
    if conflict := _CONFLICT.search(data):
        line = data.count(b"\n", 0, conflict.start()) + 1
        return f"unresolved merge conflict (line {line})"
    cut = error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated string")
    return f"{'JSON that breaks off' if cut else 'not valid JSON'} (line {error.lineno})"


def _language(notebook: dict[str, object]) -> str:
    names = (
        at(notebook, "metadata", "kernelspec", "language"),
        at(notebook, "metadata", "language_info", "name"),
        at(notebook, "metadata", "language"),
        at(notebook, "metadata", "jupytext", "main_language"),
        _OF_KERNELS.get(str(at(notebook, "metadata", "kernelspec", "name")).partition("-")[0]),
    )
    return next(
        (name.lower()[:MAX_LANGUAGE] for name in names if isinstance(name, str) and name), ""
    )


_OF_KERNELS = {"ir": "r", "julia": "julia", "bash": "bash", "scala": "scala"}


def _cells(notebook: dict[str, object]) -> list[object]:
    cells = notebook.get("cells")
    if isinstance(cells, list):
        return cells
    sheets = notebook.get("worksheets")
    if isinstance(sheets, list):
        found = [at(sheet, "cells") for sheet in sheets]
        return [cell for cells in found if isinstance(cells, list) for cell in cells]
    raise UnreadableSourceError("not a notebook")


def _cell(cell: object, number: int, is_python: bool) -> Cell:
    outputs, tags = at(cell, "outputs"), at(cell, "metadata", "tags")
    count = at(cell, "execution_count") or at(cell, "prompt_number")
    own = at(cell, "metadata", "vscode", "languageId") or at(cell, "language")
    return Cell(
        number=number,
        source=_joined(at(cell, "source")) or _joined(at(cell, "input")),
        count=count if isinstance(count, int) and count > 0 else None,
        outputs=tuple(map(_output, outputs)) if isinstance(outputs, list) else (),
        tags=frozenset(tag for tag in tags if isinstance(tag, str))
        if isinstance(tags, list)
        else frozenset(),
        is_python=is_python and (not isinstance(own, str) or own.startswith("python")),
    )


def _output(output: object) -> Output:
    kind = at(output, "output_type")
    name = at(output, "ename")
    error = name if isinstance(name, str) and name else "error"
    content = output if isinstance(output, dict) else {}
    return Output(error if kind in {"error", "pyerr"} else "", content)


def _texts(content: Mapping[str, object]) -> Iterator[str]:
    for key, value in content.items():
        if key == "data" and isinstance(value, dict):
            yield from _texts(value)
        elif key in _NOT_SHOWN or key in _V3_PICTURES or key.startswith(_PICTURES):
            continue
        elif isinstance(value, str | list):
            yield _joined(value)
        elif isinstance(value, dict):
            yield json.dumps(value, ensure_ascii=False)


def _joined(value: object) -> str:
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""
