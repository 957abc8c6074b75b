"""Exceptions under verification: signed, still there, and never a matter of the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from holdshort.checks.child import CheckRun
from holdshort.errors import ExitCode
from holdshort.model.dossier import ReleaseVerdict
from holdshort.model.finding import Outcome
from holdshort.model.review import FindingSummary, Review

if TYPE_CHECKING:
    from tests.verification.conftest import House

PINS = "dependencies-pinned"
UNTIL = "2026-12-31"
WORDS = f"excepted until {UNTIL} by ada: until the move"


def exceptions(path: str = "requirements.txt") -> str:
    return (
        "schema: holdshort/exceptions/v1\nexceptions:\n"
        f"- {{check: {PINS}, path: '{path}', reason: until the move, owner: ada,"
        f" expires: {UNTIL}}}\n"
    )


@pytest.fixture
def house(house: House) -> House:
    """Give the house requirements that are not pinned, and an exception to that."""
    house.rules(**{"exceptions.yaml": exceptions()})
    house.commit({"requirements.txt": "numpy\n"})
    return house


def signed(house: House, sealed_at: str = "", **changes: Any) -> Review:
    """Return a review that says yes without a reason, and what is excepted as sealing says it."""
    (found,) = CheckRun(house.root, house.head, (PINS,), day=date(2026, 11, 20))
    assert (found.outcome, found.said) == (Outcome.WARN, Outcome.FAIL)
    said = FindingSummary(
        outcome=found.said,
        version=found.version,
        facts_sha256=found.facts_sha256,
        headline=found.headline,
        excepted_until=found.excepted_until,
        exceptions=(WORDS,),
    )
    findings = {**house.findings, PINS: replace(said, **changes)}
    review = house.review(findings=findings)
    return replace(review, sealed_at=sealed_at or review.sealed_at)


def test_a_yes_to_what_is_excepted_needs_no_reason_and_the_exception_is_said(
    house: House,
) -> None:
    house.land(signed(house))
    assert house.verify(recheck=True).verdict is ReleaseVerdict.READY
    assert f"ada: {PINS} fails, and is signed as excepted until {UNTIL}: {WORDS}" in house.said(7)


def test_a_record_does_not_go_stale_when_its_exception_expires(house: House) -> None:
    house.land(signed(house))
    house.now = datetime(2031, 1, 1, tzinfo=UTC)
    assert house.verify(recheck=True).verdict is ReleaseVerdict.READY


def test_what_had_expired_when_it_was_sealed_is_not_excepted(house: House) -> None:
    house.now = datetime(2027, 2, 1, tzinfo=UTC)
    house.land(signed(house, sealed_at="2027-01-01T00:00:00Z"))
    assert house.verify(recheck=True).verdict is ReleaseVerdict.NOT_READY
    assert "yes without reason" in "\n".join(house.told[-1].dossiers[0].reasons)


@pytest.mark.parametrize("until", ["", "2026-01-01"])
def test_what_the_record_does_not_say_is_not_excepted(house: House, until: str) -> None:
    house.land(signed(house, excepted_until=until))
    assert house.verify(recheck=True).verdict is ReleaseVerdict.NOT_READY


@pytest.mark.parametrize(
    "after", [None, exceptions("other.txt"), "schema: holdshort/exceptions/v1\nx: 1\n"]
)
def test_what_the_judged_tree_does_not_except_is_not_excepted(
    house: House, after: str | None
) -> None:
    review = signed(house)
    house.commit({".holdshort/exceptions.yaml": after})
    house.land(replace(review, subject=house.subject()))
    assert house.verify(recheck=True).verdict is ReleaseVerdict.NOT_READY
    assert f"{PINS} was signed as excepted, and the exceptions here do not cover it" in (
        house.said(7)
    )


def test_a_malformed_file_is_named_with_its_line(house: House) -> None:
    house.commit({".holdshort/exceptions.yaml": "schema: holdshort/exceptions/v1\nx: 1\n"})
    house.land()
    house.verify(recheck=True)
    assert ".holdshort/exceptions.yaml:2:1: unknown key 'x'. No exception applies" in (
        house.said(7)
    )


def test_without_a_recheck_the_record_is_taken_at_its_word_and_it_is_said(house: House) -> None:
    house.land(signed(house))
    assert house.verify().verdict is ReleaseVerdict.READY
    assert f"signed as excepted until {UNTIL}: {WORDS}" in house.said(7)


def test_a_record_says_what_the_check_said_and_not_what_it_counts_for(house: House) -> None:
    house.land(signed(house, outcome=Outcome.WARN))
    assert house.verify(recheck=True).exit_code is ExitCode.INTEGRITY
    assert f"{PINS} is recorded as warn, the same check says fail" in house.said(7)


@pytest.mark.parametrize("until", ["zzz", "20261231", "2026-02-30"])
def test_a_record_cannot_hold_a_last_day_that_is_none(until: str) -> None:
    with pytest.raises(ValueError, match="`excepted_until` is no day"):
        FindingSummary(outcome=Outcome.FAIL, excepted_until=until)


def test_a_change_of_the_exceptions_is_named(house: House) -> None:
    house.git("switch", "--quiet", "--create=change")
    house.commit({".holdshort/exceptions.yaml": exceptions("**")})
    house.land(signed(house))
    assert house.verify(base="main", recheck=True).verdict is ReleaseVerdict.READY
    assert house.said(1).endswith(
        "THIS CHANGE ALTERS .holdshort/exceptions.yaml: an exception counts only where a "
        "reviewer's record names it"
    )
    assert "does not count for itself" not in house.said(1)
