"""The facts of one Python file or notebook: what it calls and what it tests.

In: bytes and the kind of file. Out: `PythonFacts`. A pure function, so its result may be kept by
blob id. Files without any word that matters are not parsed at all.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from holdshort.checks.facts.notebooks import code_cells
from holdshort.checks.facts.program import Call, Import, Program, Scope
from holdshort.checks.facts.python_calls import read_program
from holdshort.checks.facts.python_source import UnreadableSourceError, parse
from holdshort.checks.facts.random_names import keep
from holdshort.checks.facts.test_functions import NO_TESTS, TestFacts, read_tests

EXTRACTOR_VERSION = "1"
"""Grows whenever the same bytes give other facts."""

_CHANCE = (
    b"rand",
    b"seed",
    b"shuffle",
    b"sklearn",
    b"DataLoader",
    b"_split",
    b"normal",
    b"multinomial",
    b"bernoulli",
    b".sample(",
    b"__main__",
    b"TrainingArguments",
)
_TESTS = (b"def test", b"TestCase", b"class Test")


@dataclass(frozen=True, slots=True)
class PythonFacts:
    """What one file says; `error` names why it, or a cell of it, could not be analysed."""

    program: Program | None = None
    tests: TestFacts = NO_TESTS
    error: str = ""


def python_facts(data: bytes) -> PythonFacts:
    """Return the facts of a Python file."""
    chance = any(word in data for word in _CHANCE)
    if not chance and not any(word in data for word in _TESTS):
        return PythonFacts()
    try:
        tree = parse(data)
        program = read_program(tree, keep) if chance else None
        return PythonFacts(program, read_tests(tree))
    except UnreadableSourceError as error:
        return PythonFacts(error=str(error))
    except RecursionError:
        return PythonFacts(error="nested too deeply")


def notebook_facts(data: bytes) -> PythonFacts:
    """Return the facts of a notebook: its code cells as one file, in stored order."""
    if not any(word in data for word in _CHANCE):
        return PythonFacts()
    error = ""
    body: list[ast.stmt] = []
    try:
        cells = code_cells(data)
    except UnreadableSourceError as problem:
        return PythonFacts(error=str(problem))
    for cell in cells:
        try:
            tree = parse(cell.python)
        except UnreadableSourceError as problem:
            error = error or f"cell {cell.number}: {problem}"
            continue
        for node in tree.body:
            _stamp(node, cell.number)
        body.extend(tree.body)
    try:
        program = read_program(ast.Module(body, []), keep)
    except RecursionError:
        return PythonFacts(error="nested too deeply")
    return PythonFacts(_with_cells(program), error=error)


_LINES_PER_CELL = 1_000_000


def _stamp(node: ast.stmt, cell: int) -> None:
    """Write the cell into the line number, to be taken apart again in `_with_cells`."""
    ast.increment_lineno(node, cell * _LINES_PER_CELL)


def _with_cells(program: Program) -> Program:
    scopes = {name: _scope_with_cells(scope) for name, scope in program.scopes.items()}
    return replace(program, scopes=scopes)


def _scope_with_cells(scope: Scope) -> Scope:
    events = tuple(_event_with_cell(event) for event in scope.events)
    return replace(scope, line=scope.line % _LINES_PER_CELL, events=events)


def _event_with_cell(event: Call | Import) -> Call | Import:
    cell, line = divmod(event.line, _LINES_PER_CELL)
    return replace(event, line=line, cell=cell)
