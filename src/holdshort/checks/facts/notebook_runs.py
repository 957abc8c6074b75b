"""What running left in a notebook: outputs, errors, credentials, and the order of execution.

In: a `Notebook`. Out: `NotebookFacts`, plain values. A credential is named by its kind and cell;
its value is in no fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from holdshort.checks.facts.notebooks import Cell, Notebook
from holdshort.checks.facts.secret_patterns import find_secrets

EXPECTED_ERROR = "raises-exception"
"""The tag of a cell that is meant to fail. Source:
https://jupyterbook.org/en/stable/content/execute.html"""


class Order(StrEnum):
    """How the execution counts of a notebook stand, worst last."""

    NO_CODE = "no_code"  # no cell to run
    NOT_RUN = "not_run"  # no cell has a count
    IN_ORDER = "in_order"  # 1, 2, 3 from top to bottom
    GAPS = "gaps"  # growing, with numbers left out or not from 1
    PARTIALLY_RUN = "partially_run"  # some cells have no count
    OUT_OF_ORDER = "out_of_order"  # a later cell was run before an earlier one


@dataclass(frozen=True, slots=True)
class Left:
    """Something one cell holds: the name of an error, or the kind of a credential."""

    cell: int
    what: str
    expected: bool = False


@dataclass(frozen=True, slots=True)
class NotebookFacts:
    """What running left in one notebook.

    Attributes:
        language: of the notebook, in lower case.
        cells: code cells that are not empty.
        outputs: numbers of the cells with outputs.
        errors: cells whose output is an error.
        secrets: cells whose output looks like a credential.
        order: how the execution counts stand.
        breach: the first cell that breaks the order, 0 when none does.
        formats: how Jupytext pairs it.
    """

    language: str
    cells: int
    outputs: tuple[int, ...]
    errors: tuple[Left, ...]
    secrets: tuple[Left, ...]
    order: Order
    breach: int
    formats: str


def runs_of(notebook: Notebook) -> NotebookFacts:
    """Return what running left in a notebook."""
    cells = [cell for cell in notebook.cells if cell.source.strip() or cell.outputs]
    order, breach = _order(cells)
    return NotebookFacts(
        language=notebook.language or "python",
        cells=len(cells),
        outputs=tuple(cell.number for cell in cells if cell.outputs),
        errors=tuple(left for cell in cells for left in _errors(cell)),
        secrets=tuple(left for cell in cells for left in _secrets(cell)),
        order=order,
        breach=breach,
        formats=notebook.formats,
    )


def _order(cells: list[Cell]) -> tuple[Order, int]:
    """Return how the counts stand and the number of the first cell that breaks the order."""
    if not cells:
        return Order.NO_CODE, 0
    last, gap, unrun = 0, 0, 0
    for cell in cells:
        if cell.count is None:
            unrun = unrun or (cell.number if cell.has_code else 0)
            continue
        if cell.count <= last:
            return Order.OUT_OF_ORDER, cell.number
        if cell.count > last + 1:
            gap = gap or cell.number
        last = cell.count
    if not last:
        return Order.NOT_RUN, 0
    if unrun:
        return Order.PARTIALLY_RUN, unrun
    return (Order.GAPS, gap) if gap else (Order.IN_ORDER, 0)


def _errors(cell: Cell) -> list[Left]:
    expected = EXPECTED_ERROR in cell.tags
    return [Left(cell.number, one.error, expected) for one in cell.outputs if one.error]


def _secrets(cell: Cell) -> list[Left]:
    text = "\n".join(output.text for output in cell.outputs)
    kinds = {secret.what for secret in find_secrets(text, assignments=False, bare=False)}
    return [Left(cell.number, kind) for kind in sorted(kinds)]
