"""The facts of one Python file or notebook: what it calls and what it tests.

In: bytes. Out: `PythonFacts`. A pure function, so its result may be kept by blob id.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from holdshort.checks.facts.chance.names import keep
from holdshort.checks.facts.code import Code
from holdshort.checks.facts.imports import Imported
from holdshort.checks.facts.notebook_runs import NotebookFacts, runs_of
from holdshort.checks.facts.notebooks import Cell, read_notebook
from holdshort.checks.facts.program import Call, Import, Scope
from holdshort.checks.facts.python_calls import read_code
from holdshort.checks.facts.python_source import UnreadableSourceError, parse
from holdshort.checks.facts.sightings import Sighting
from holdshort.checks.facts.test_functions import NO_TESTS, TestFacts, read_tests


@dataclass(frozen=True, slots=True)
class PythonFacts:
    """What one file says.

    Attributes:
        code: what it does, None when it was not parsed.
        tests: what a test runner would collect.
        margin: of a file that was not parsed, what its unindented lines import.
        error: why it, or a cell of it, could not be analysed.
        notebook: what running left in it, None when it is no notebook or not readable as one.
        text_notebook: how Jupytext pairs a notebook kept as a Python file, None when it is none.
    """

    code: Code | None = None
    tests: TestFacts = NO_TESTS
    margin: tuple[Imported, ...] = ()
    error: str = ""
    notebook: NotebookFacts | None = None
    text_notebook: str | None = None


def python_facts(data: bytes) -> PythonFacts:
    """Return the facts of a Python file."""
    try:
        tree = parse(data)
        return PythonFacts(read_code(tree, keep), read_tests(tree))
    except UnreadableSourceError as error:
        return PythonFacts(error=str(error))
    except RecursionError:
        return PythonFacts(error="nested too deeply")


def python_tests(data: bytes) -> PythonFacts:
    """Return only what a test runner would collect from a Python file."""
    try:
        return PythonFacts(tests=read_tests(parse(data)))
    except UnreadableSourceError as error:
        return PythonFacts(error=str(error))
    except RecursionError:
        return PythonFacts(error="nested too deeply")


def notebook_facts(data: bytes) -> PythonFacts:
    """Return the facts of a notebook: its code cells as one file, in stored order."""
    try:
        notebook = read_notebook(data)
    except UnreadableSourceError as problem:
        return PythonFacts(error=str(problem))
    body, error = _statements(notebook.cells)
    runs = runs_of(notebook)
    try:
        code = _with_cells(read_code(ast.Module(body, []), keep))
    except RecursionError:
        return PythonFacts(error="nested too deeply", notebook=runs)
    return PythonFacts(code, error=error, notebook=runs)


def _statements(cells: Iterable[Cell]) -> tuple[list[ast.stmt], str]:
    """Return the Python of all cells in one, and why the first that is none is left out."""
    body: list[ast.stmt] = []
    error = ""
    for cell in cells:
        try:
            tree = parse(cell.python)
        except UnreadableSourceError as problem:
            error = error or f"cell {cell.number}: {problem}"
            continue
        for node in tree.body:
            _stamp(node, cell.number)
        body.extend(tree.body)
    return body, error


_LINES_PER_CELL = 1_000_000


def _stamp(node: ast.stmt, cell: int) -> None:
    """Write the cell into the line number, to be taken apart again in `_with_cells`."""
    ast.increment_lineno(node, cell * _LINES_PER_CELL)


def _with_cells(code: Code) -> Code:
    scopes = {name: _scope_with_cells(scope) for name, scope in code.program.scopes.items()}
    return Code(
        program=replace(code.program, scopes=scopes),
        flows=code.flows,
        imports=tuple(map(_with_cell, code.imports)),
        sightings=tuple(map(_with_cell, code.sightings)),
    )


def _scope_with_cells(scope: Scope) -> Scope:
    events = tuple(map(_with_cell, scope.events))
    return replace(scope, line=scope.line % _LINES_PER_CELL, events=events)


_Placed = TypeVar("_Placed", Call | Import, Imported, Sighting)


def _with_cell(value: _Placed) -> _Placed:
    cell, line = divmod(value.line, _LINES_PER_CELL)
    return replace(value, line=line, cell=cell)
