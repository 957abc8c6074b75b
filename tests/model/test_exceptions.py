"""Exceptions: what they cover, what they count for, and that they hide nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from holdshort.model.exceptions import CheckException, Exceptions
from holdshort.model.finding import MAX_PLACES, Finding, Level, Outcome, Place

DAY = date(2026, 11, 20)


def place(path: str = "a.py", level: Level = Level.FAIL, **fields: Any) -> Place:
    return Place(path=path, line=3, end_line=3, level=level, why="a key", **fields)


def finding(*places: Place, outcome: Outcome = Outcome.FAIL) -> Finding:
    return Finding(
        id="seeds-set", version="1", outcome=outcome, headline="Found it", evidence=tuple(places)
    )


def exception(path: str = "a.py", expires: str = "2026-12-31", **fields: str) -> CheckException:
    row = {"check": "seeds-set", "reason": "a fixture", "owner": "ada"} | fields
    return CheckException(path=path, expires=expires, **row)


def applied(found: Finding, *rows: CheckException, day: date = DAY, text: str = "") -> Finding:
    listed = tuple((number * 10, one) for number, one in enumerate(rows, 1))
    return Exceptions(listed).applied_to(found, day, lambda _: text)


def test_a_fail_whose_every_failing_place_is_covered_counts_as_a_warning() -> None:
    before = finding(place("a.py"), place("b.py"), place("c.py", Level.WARN))
    after = applied(before, exception("a.py"), exception("b.py", "2027-06-30"))
    assert (after.outcome, after.proved, after.said) == (Outcome.WARN, Outcome.FAIL, Outcome.FAIL)
    assert after.excepted_until == "2026-12-31"
    said = [one.excepted.words if one.excepted else "" for one in after.evidence]
    assert said == [
        "excepted until 2026-12-31 by ada: a fixture",
        "excepted until 2027-06-30 by ada: a fixture",
        "",
    ]


@pytest.mark.parametrize(
    "before",
    [
        finding(place("a.py"), place("b.py")),
        finding(),
        finding(place("a.py", Level.WARN)),
        finding(*(place("a.py") for _ in range(MAX_PLACES))),
    ],
    ids=["one is not covered", "no place", "no failing place", "more than are known"],
)
def test_anything_less_counts_as_before(before: Finding) -> None:
    after = applied(before, exception("a.py"))
    assert (after.outcome, after.proved, after.excepted_until) == (Outcome.FAIL, None, "")


def test_a_finding_without_a_failing_place_is_excepted_as_a_whole() -> None:
    for before in (finding(), finding(place(level=Level.WARN))):
        after = applied(before, exception("."), exception(".", "2027-06-30"))
        assert (after.outcome, after.said) == (Outcome.WARN, Outcome.FAIL)
        assert after.excepted_until == "2027-06-30"
        assert after.shown == ("Fails, but excepted until 2027-06-30 by ada: a fixture. Found it")
        assert Finding.from_json(after.to_json()) == after
        assert after.on("2027-07-01").outcome is Outcome.FAIL
        assert not after.idle_exceptions


def test_the_repository_itself_is_no_place_and_every_place_is_not_the_repository() -> None:
    assert applied(finding(place()), exception(".")).outcome is Outcome.FAIL
    assert applied(finding(), exception("**")).outcome is Outcome.FAIL
    assert applied(finding(outcome=Outcome.WARN), exception(".")).excepted is None


@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.FAIL])
def test_no_exception_changes_any_other_outcome(outcome: Outcome) -> None:
    after = applied(finding(place(), outcome=outcome), exception())
    assert (after.outcome, after.proved) == (outcome, None)


def test_a_warning_that_is_excepted_is_marked_and_stays_a_warning() -> None:
    after = applied(finding(place(level=Level.WARN), outcome=Outcome.WARN), exception())
    assert after.evidence[0].excepted is not None
    assert after.outcome is Outcome.WARN


def test_places_that_speak_for_the_statement_need_no_exception() -> None:
    after = applied(finding(place(level=Level.PASS), place(level=Level.INFO)), exception("**"))
    assert [one.excepted for one in after.evidence] == [None, None]


@pytest.mark.parametrize(
    ("day", "outcome"), [(date(2026, 12, 31), Outcome.WARN), (date(2027, 1, 1), Outcome.FAIL)]
)
def test_the_last_day_counts_and_the_next_does_not(day: date, outcome: Outcome) -> None:
    after = applied(finding(place()), exception(), day=day)
    assert after.outcome is outcome
    assert after.on("2026-12-31").outcome is Outcome.WARN
    assert after.on("2027-01-01") == applied(finding(place()), exception(), day=date(2027, 1, 1))


def test_an_expired_exception_is_named_where_it_stood() -> None:
    after = applied(finding(place()), exception(expires="2026-11-19"))
    (idle,) = after.idle_exceptions
    assert idle.fate == "expired on 2026-11-19, what it named counts again"
    assert after.evidence[0].said == (
        "a key (no longer excepted: ada's exception expired on 2026-11-19)"
    )


def test_an_exception_that_matches_nothing_is_named_unless_nobody_could_look() -> None:
    for outcome in Outcome:
        after = applied(finding(place(), outcome=outcome), exception("gone.py"))
        named = [one.fate for one in after.idle_exceptions]
        assert named == ([] if outcome is Outcome.UNKNOWN else ["matches nothing"])


def test_of_two_exceptions_to_a_place_the_longer_one_counts() -> None:
    after = applied(finding(place()), exception(expires="2026-11-01"), exception("*.py"))
    assert after.evidence[0].excepted is not None
    assert after.evidence[0].excepted.line == 20
    assert [one.line for one in after.idle_exceptions] == [10]


def test_an_exception_is_to_one_check() -> None:
    other = exception(check="secrets-absent")
    assert applied(finding(place()), other) == finding(place())


@pytest.mark.parametrize(
    ("path", "snippet", "covered"),
    [
        ("", "key = 'x'", True),
        ("", "key  =\t'x'", True),
        ("", "key = 'y'", False),
        ("a.py", "key = 'x'", True),
        ("b.py", "key = 'x'", False),
    ],
)
def test_a_snippet_goes_by_the_lines_blanks_aside(path: str, snippet: str, covered: bool) -> None:
    rows = exception(path, snippet=snippet)
    after = applied(finding(place()), rows, text="  key =\n  'x'\n")
    assert (after.outcome is Outcome.WARN) is covered


def test_what_a_check_found_is_the_same_whatever_is_excepted() -> None:
    before = finding(place(), place("b.py"))
    for rows in ([exception("**")], [exception("a.py")], [exception("**", "2000-01-01")]):
        assert applied(before, *rows).facts_sha256 == before.facts_sha256


def test_a_finding_with_exceptions_survives_json() -> None:
    after = applied(finding(place(), place("b.py")), exception("**"), exception("gone.py"))
    assert Finding.from_json(after.to_json()) == after
    plain = finding(place()).to_json()
    assert not {"exceptions", "proved", "excepted_until"} & set(plain)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"path": ""}, "neither a `path` nor a `snippet`"),
        ({"path": "", "snippet": " "}, "neither a `path` nor a `snippet`"),
        ({"path": "../a"}, "`path`: not a path inside"),
        ({"path": ".", "snippet": "x"}, "has no lines for a `snippet`"),
        ({"reason": " "}, "`reason` is empty"),
        ({"owner": ""}, "`owner` is empty"),
        ({"check": ""}, "`check` is empty"),
        ({"reason": "x" * 301}, "`reason` is longer than 300"),
        ({"expires": "soon"}, "`expires` is no day"),
        ({"expires": "2026-02-30"}, "`expires` is no day"),
        ({"expires": "20261231"}, "`expires` is no day"),
    ],
)
def test_what_says_nothing_is_refused(fields: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        exception(**fields)


def test_an_exception_of_no_check_is_named_with_its_line() -> None:
    rows = ((7, exception(check="seed-set")), (9, exception()))
    assert list(Exceptions(rows).notes(["seeds-set"])) == [
        ".holdshort/exceptions.yaml:7: no check is called 'seed-set'; this exception covers nothing"
    ]
    assert list(Exceptions(problem="x").notes([])) == ["x. No exception applies"]
