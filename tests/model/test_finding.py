"""Findings: their place in words, and the contract they are read from."""

from __future__ import annotations

from typing import Any

import pytest

from holdshort.model.finding import Coverage, Finding, Level, Outcome, Place

JSON: dict[str, Any] = {
    "id": "seeds-set",
    "version": "1",
    "outcome": "fail",
    "confidence": "likely",
    "headline": "2 calls without a seed",
    "evidence": [{"path": "train.py", "line": 3, "end_line": 3, "level": "fail", "why": "no seed"}],
    "facts": {"calls": 2},
    "coverage": {"read": 4, "errors": ["x.py: too large"]},
}


@pytest.mark.parametrize(
    ("line", "cell", "where"), [(0, 0, "a.py"), (3, 0, "a.py:3"), (3, 2, "a.py cell 2:3")]
)
def test_a_place_is_written_as_a_person_opens_it(line: int, cell: int, where: str) -> None:
    assert Place(path="a.py", line=line, cell=cell, level=Level.INFO, why="w").where == where


def test_a_finding_is_read_from_its_json() -> None:
    found = Finding.from_json(JSON)
    assert (found.outcome, found.evidence[0].where) == (Outcome.FAIL, "train.py:3")
    assert found.coverage == Coverage(read=4, errors=("x.py: too large",))
    assert Finding.from_json({**JSON, "coverage": None}).coverage == Coverage()


@pytest.mark.parametrize(
    ("change", "error"),
    [({"outcome": "fine"}, ValueError), ({"evidence": 3}, TypeError), ({"facts": None}, KeyError)],
)
def test_another_contract_is_refused(change: dict[str, Any], error: type[Exception]) -> None:
    value = {**JSON, **change}
    if error is KeyError:
        del value["facts"]
    with pytest.raises(error):
        Finding.from_json(value)


def test_the_digest_covers_facts_and_places_and_not_the_headline() -> None:
    found = Finding.from_json(JSON)
    assert Finding.from_json({**JSON, "headline": "x"}).facts_sha256 == found.facts_sha256
    assert Finding.from_json({**JSON, "facts": {"calls": 3}}).facts_sha256 != found.facts_sha256
    assert Finding.from_json({**JSON, "evidence": []}).facts_sha256 != found.facts_sha256
