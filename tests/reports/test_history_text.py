"""The history of checks as text: what stopped passing first, and nothing foreign acts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from holdshort.model.finding import Outcome
from holdshort.model.history import CheckHistory, History, Moment, Span, Stopped
from holdshort.model.text import columns
from holdshort.reports.history_text import BARS, Drawing, bar, history_lines

HOSTILE = ["::error::owned", "##[error]owned", "a\n::x", "\x1b]0;owned\x07", "\u202egnp", "漢" * 90]


def moment(place: int, subject: str = "Change things") -> Moment:
    day = datetime(2026, 3, 1, 23, 30, tzinfo=UTC) + timedelta(days=place)
    return Moment(f"{place + 10:040x}"[::-1], day, subject, is_merge=False)


def check(
    name: str, *runs: tuple[Outcome, int, int], subject: str = "Change things"
) -> CheckHistory:
    """Return the history of a check by outcome, first and last place."""
    spans = [
        Span(
            outcome=outcome,
            headline=f"Found {subject}",
            first=moment(first, subject),
            last=moment(last, subject),
            begins=first,
            ends=last,
            unseen_before=first - runs[number - 1][2] - 1 if number else 0,
        )
        for number, (outcome, first, last) in enumerate(runs)
    ]
    return CheckHistory(name, "1", tuple(spans))


PASS, WARN, FAIL = Outcome.PASS, Outcome.WARN, Outcome.FAIL
IDLE, UNKNOWN = Outcome.NOT_APPLICABLE, Outcome.UNKNOWN
CHECKS = (
    check("always", (PASS, 0, 99)),
    check("never", (WARN, 0, 49), (FAIL, 50, 99)),
    check("idle", (IDLE, 0, 99)),
    check("again", (PASS, 0, 9), (FAIL, 10, 19), (PASS, 20, 99)),
    check("seeds-set", (PASS, 0, 59), (FAIL, 60, 99)),
    check("lost", (PASS, 0, 59), (UNKNOWN, 60, 99)),
    check("by-steps", (PASS, 0, 59), (WARN, 60, 79), (FAIL, 90, 99)),
)


def history(*checks: CheckHistory, **fields: object) -> History:
    values: dict[str, object] = {
        "first": moment(0),
        "tip": moment(99),
        "commits": 100,
        "looked_at": 60,
        "known": 100,
        "is_shallow": False,
        "stopped": Stopped.NO,
        "problems": (),
        "checks": checks or CHECKS,
    }
    return History(**{**values, **fields})  # type: ignore[arg-type] # a test names real fields


def lines(told: History, **drawing: object) -> list[str]:
    return list(history_lines(told, Drawing(**drawing)))  # type: ignore[arg-type] # the same


def test_what_stopped_passing_comes_first_one_line_each() -> None:
    told = lines(history(), width=100)

    assert " ".join(told[:2]) == (
        "Without running anything, 100 commits from 2026-03-01 to 2026-06-08, by first parents"
        f" up to {moment(99).commit[:10]}"
    )
    assert told[2:] == [
        "",
        "stopped passing (2)",
        '  seeds-set  pass ▔▔▔▔▔▔▁▁▁▁ fail since 6400000, 2026-04-30, "Change things"',
        (
            "  by-steps   pass ▔▔▔▔▔▔── ▁ fail since 4600000, 2026-05-30,"
            " or one of the 10 commits before"
        ),
        '      passed until 6400000, "Change things"',
        "",
        "unknown now (1)",
        '  lost       pass ▔▔▔▔▔▔???? unknown since 6400000, 2026-04-30, "Change things"',
        "",
        "began to pass (1)",
        '  again      pass ▔▁▔▔▔▔▔▔▔▔ pass since e100000, 2026-03-21, "Change things"',
        "",
        "never passed (1)",
        '  never      warn ─────▁▁▁▁▁ fail since c300000, 2026-04-20, "Change things"',
        "",
        "always passed (1)",
        "  always     pass ▔▔▔▔▔▔▔▔▔▔ pass from the start",
        "",
        "nothing on (1): idle",
        "",
        "Each bar, oldest first: ▔ pass  ─ warn  ▁ fail  · n/a  ? unknown",
        "No commit is left out; 60 of them had to be looked at.",
        "Next: holdshort check seeds-set --commit 6400000",
    ]


def test_the_ascii_form_is_ascii() -> None:
    told = lines(history(), ascii=True)

    assert all(line.isascii() for line in told)
    assert '  seeds-set  pass ^^^^____ fail since 6400000, 2026-04-30, "Change things"' in told


def test_a_check_asked_for_by_id_tells_every_change() -> None:
    told = lines(history(CHECKS[6], CHECKS[2]), whole=True)

    assert told[4:13] == [
        "  by-steps  pass ▔▔▔▔───▁ fail since 4600000, 2026-05-30",
        "      or one of the 10 commits before, passed until 6400000",
        '    pass since a000000, 2026-03-01, "Change things"',
        "      Found Change things",
        '    warn since 6400000, 2026-04-30, "Change things"',
        "      Found Change things",
        "    fail since 4600000, 2026-05-30, or one of the 10 commits before",
        '      "Change things"',
        "      Found Change things",
    ]
    assert "  idle       n/a ········ n/a from the start" in told


def test_each_outcome_is_drawn_differently() -> None:
    for form in (0, 1):
        assert len({drawn[form] for drawn in BARS.values()}) == len(Outcome)


def test_a_bar_begins_and_ends_with_what_the_line_does() -> None:
    found = check("x", (PASS, 0, 1), (FAIL, 2, 97), (PASS, 98, 99))

    assert bar(found, 100, 4) == [PASS, FAIL, FAIL, PASS]
    assert bar(found, 100, 1) == [PASS]


def test_a_bar_shows_the_worst_of_each_part_and_a_gap_where_nobody_looked() -> None:
    found = check("x", (PASS, 0, 44), (FAIL, 45, 45), (PASS, 46, 69), (UNKNOWN, 90, 99))

    assert bar(found, 100, 10) == [PASS, PASS, PASS, PASS, FAIL, PASS, PASS, None, None, UNKNOWN]
    assert bar(check("x", (WARN, 0, 0), (PASS, 1, 2)), 3, 8) == [WARN, PASS, PASS]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"known": 60}, "Looked at 60 of 100 commits: a change that came and went between"),
        ({"known": 80}, "Looked at 60 of 100 commits, which tells the same of 20 more: a change"),
        ({"known": 80, "stopped": Stopped.LIMIT}, "raise --max-commits"),
        ({"known": 8, "stopped": Stopped.INTERRUPTED}, "the same command goes on from here"),
        ({"is_shallow": True}, "git fetch --unshallow"),
        (
            {"problems": tuple((moment(n), "it\x1bhid") for n in range(5))},
            "Could not look at all of 5 commits: a000000: it^[hid; b000000: it^[hid; c000000:",
        ),
    ],
)
def test_what_may_be_unseen_is_said(fields: dict[str, object], said: str) -> None:
    assert said in " ".join(" ".join(lines(history(**fields))).split())


@pytest.mark.parametrize("subject", HOSTILE)
@pytest.mark.parametrize("width", [60, 80, 100])
def test_a_hostile_subject_fits_and_does_nothing(subject: str, width: int) -> None:
    told = history(
        check("python-version-declared", (PASS, 0, 59), (FAIL, 60, 99), subject=subject),
        first=moment(0, subject),
        tip=moment(99, subject),
    )
    for line in lines(told, width=width):
        assert line.isprintable()
        assert columns(line) <= max(width, 71)
        assert not line.lstrip().startswith("::")
        assert "##[" not in line


def test_a_subject_that_says_nothing_leaves_nothing_behind() -> None:
    told = lines(history(check("seeds-set", (PASS, 0, 59), (FAIL, 60, 99), subject=" ")))

    assert "  seeds-set  pass ▔▔▔▔▁▁▁▁ fail since 6400000, 2026-04-30" in [s.rstrip() for s in told]
