"""Which states of a line are looked at, for lines of every shape."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from holdshort.history.known import Known
from holdshort.history.search import is_narrowed, rounds
from holdshort.model.finding import Outcome
from holdshort.model.history import Look, Moment, Seen
from holdshort.storage.git_objects import Change
from holdshort.storage.line import Line

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def line_of(trees: list[int], edits: list[str] | None = None) -> Line:
    """Return a line with these trees; each step edits a file, or adds one where none is named."""
    names = edits or [""] * len(trees)
    steps = [
        (Change(str(n), str(n - 1), name, "100644" if name else "", "a", "100644", "b"),)
        for n, name in enumerate(names)
    ]
    moments = tuple(Moment(str(n), NOW, "", is_merge=False) for n in range(len(trees)))
    return Line(moments, tuple(map(str, trees)), (None, *steps[1:]), is_cut=False)


def look(*read: str, outcome: bool = True) -> Look:
    return Look({"x": Seen(Outcome.PASS if outcome else Outcome.FAIL, "")}, frozenset(read))


def searched(known: Known, outcomes: list[bool], most: int, *read: str) -> list[int]:
    """Search a line, and return the states looked at in order."""
    seen = []
    for states in rounds(known, most):
        for state in states:
            seen.append(state)
            known.add(state, look(*read, outcome=outcomes[state]))
    return seen


outcomes = st.lists(st.booleans(), min_size=1, max_size=200)


@given(outcomes, st.integers(1, 60))
def test_no_search_looks_more_often_than_it_may_or_twice(found: list[bool], most: int) -> None:
    known = Known(line_of([*range(len(found))]))
    seen = searched(known, found, most)

    assert len(seen) == len(set(seen)) == known.looked <= most
    assert seen[0] == len(found) - 1
    assert len(seen) == len(found) or most < len(found)


@given(outcomes, st.integers(1, 60))
def test_a_search_ends_only_when_all_is_narrowed_or_spent(found: list[bool], most: int) -> None:
    known = Known(line_of([*range(len(found))]))
    seen = searched(known, found, most)

    assert is_narrowed(known) or len(seen) == most
    if is_narrowed(known) and most > 1:
        places = sorted(seen)
        for one, two in pairwise(places):
            assert two == one + 1 or found[one] == found[two]


@given(st.integers(2, 400), st.data())
def test_one_change_is_always_found(length: int, data: st.DataObject) -> None:
    change = data.draw(st.integers(1, length - 1))
    found = [state < change for state in range(length)]
    seen = searched(Known(line_of([*range(length)])), found, 24)

    assert {change - 1, change} <= set(seen)


@given(outcomes, st.integers(2, 30))
def test_the_same_line_is_searched_the_same_way(found: list[bool], most: int) -> None:
    one, two = (Known(line_of([*range(len(found))])) for _ in range(2))

    assert searched(one, found, most) == searched(two, found, most)


def test_the_same_tree_is_looked_at_once() -> None:
    known = Known(line_of([1, 1, 2, 1, 1, 3, 1]))

    assert known.starts == (0, 2, 3, 5, 6)
    assert sorted(searched(known, [True, False, True, False, True], 99)) == [1, 3, 4]
    assert [one and one.seen["x"].outcome for one in known.looks] == [
        *(Outcome.PASS, Outcome.FAIL, Outcome.PASS, Outcome.FAIL, Outcome.PASS)
    ]


def test_a_look_holds_until_a_file_that_was_read_changes() -> None:
    known = Known(line_of([*range(7)], ["", "note", "read", "note", "note", "", "note"]))

    assert known.reach(3, look("read")) == range(2, 5)
    assert known.reach(1, look("read")) == range(2)
    assert known.reach(6, look("read", "note")) == range(6, 7)
    assert known.reach(3, Look({}, is_settled=False)) == range(3, 4)


def test_a_step_nobody_knows_ends_what_a_look_tells() -> None:
    line = line_of([*range(3)], ["note", "note", "note"])
    unknown = Line(line.moments, line.trees, (None, None, line.steps[2]), is_cut=False)

    assert Known(unknown).reach(2, look("read")) == range(1, 3)


def test_few_looks_suffice_where_little_matters() -> None:
    edits = ["read" if n % 50 == 49 else "note" for n in range(400)]
    found = [(n + 1) // 50 % 2 == 0 for n in range(400)]
    known = Known(line_of([*range(400)], edits))

    searched(known, found, 40, "read")

    assert not known.unknown()
