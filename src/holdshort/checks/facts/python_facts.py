"""The facts of one Python file or notebook: what it calls and what it tests.

In: bytes and what is wanted of them. Out: `PythonFacts`. A pure function, so its result may be kept
by blob id.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from enum import Flag, auto

from holdshort.checks.facts.notebooks import code_cells
from holdshort.checks.facts.program import Call, Import, Program, Scope
from holdshort.checks.facts.python_calls import read_program
from holdshort.checks.facts.python_source import UnreadableSourceError, parse
from holdshort.checks.facts.random_names import keep
from holdshort.checks.facts.test_functions import NO_TESTS, TestFacts, read_tests

_CHANCE = (
    b"seed(",
    b".random",
    b"import random",
    b"from random",
    b"torch.rand",
    b"torch.normal",
    b"torch.multinomial",
    b"torch.bernoulli",
    b"nn.init.",
    b"DataLoader(",
    b"random_split",
    b"test_split",
    b"Sampler(",
    b"sklearn",
    b"frac=",
    b"import pandas",
    b"seed_everything",
    b"PRNGKey",
    b"TrainingArguments",
    b"__main__",
)
_IMPORTED = re.compile(rb"from (?:torch|numpy) import [^\n]*\b(?:rand|normal|manual_seed)")
_TESTS = (b"def test", b"TestCase", b"class Test")


class Wanted(Flag):
    """Which facts of a file are asked for."""

    CALLS = auto()
    TESTS = auto()


@dataclass(frozen=True, slots=True)
class PythonFacts:
    """What one file says; `error` names why it, or a cell of it, could not be analysed."""

    program: Program | None = None
    tests: TestFacts = NO_TESTS
    error: str = ""


NOTHING = PythonFacts()


def may_use_chance(data: bytes) -> bool:
    """Tell whether a file holds a word of chance, or starts something; far cheaper than parsing."""
    return any(word in data for word in _CHANCE) or _IMPORTED.search(data) is not None


def may_hold_tests(data: bytes) -> bool:
    """Tell whether a file holds a word of testing, as the default patterns of runners want it."""
    return any(word in data for word in _TESTS)


def python_facts(data: bytes, wanted: Wanted) -> PythonFacts:
    """Return the facts of a Python file."""
    if not wanted:
        return NOTHING
    try:
        tree = parse(data)
        program = read_program(tree, keep) if Wanted.CALLS in wanted else None
        tests = read_tests(tree) if Wanted.TESTS in wanted else NO_TESTS
    except UnreadableSourceError as error:
        return PythonFacts(error=str(error))
    except RecursionError:
        return PythonFacts(error="nested too deeply")
    return PythonFacts(program, tests)


def notebook_facts(data: bytes) -> PythonFacts:
    """Return the facts of a notebook: its code cells as one file, in stored order."""
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
