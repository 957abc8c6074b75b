"""Findings as text: the heavier first, no word broken, and nothing foreign acts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from holdshort.errors import ExitCode
from holdshort.model.finding import Confidence, Coverage, Finding, Level, Outcome, Place
from holdshort.model.relation import Beside, Relation
from holdshort.model.text import visible
from holdshort.reports.findings_text import Layout, closing_lines, finding_lines

HOSTILE = [
    "::error file=a::owned",
    "##[error]owned",
    "a\n::stop-commands::x",
    "\x1b]0;owned\x07",
    "\u202egnp.exe",
    "x" * 300,
]


def finding(outcome: Outcome, text: str = "words", **fields: object) -> Finding:
    level = Level.PASS if outcome is Outcome.PASS else Level.FAIL
    places = tuple(
        Place(path=visible(text), line=n, end_line=n, level=level, why=visible(text))
        for n in range(5)
    )
    errors = tuple(f"{visible(text)}: too large" for _ in range(5))
    whole = Finding(
        id=f"is-{outcome}".replace("_", "-"),
        version="1",
        outcome=outcome,
        headline=visible(text),
        evidence=places,
        coverage=Coverage(errors=errors, not_checked="the rest"),
        remediation="Do this:\npaste one\npaste two",
    )
    return replace(whole, **fields)  # type: ignore[arg-type]  # a test names real fields


EVERY = [finding(one) for one in Outcome]


def lines(*findings: Finding, **layout: object) -> list[str]:
    return list(finding_lines(findings, Layout(**layout), state="here"))  # type: ignore[arg-type]  # the same


def test_groups_come_by_weight_whatever_the_order_of_the_checks() -> None:
    shown = lines(*EVERY)
    heads = [line for line in shown if line and not line.startswith(" ")]
    assert heads == [
        "Without running anything, here",
        "contradicts (1)",
        "cannot say (2)",
        "proves (1)",
        "nothing on (1): is-not-applicable",
    ]
    assert shown.index("  is-warn (warn)") < shown.index("  is-unknown (unknown)")


@pytest.mark.parametrize(("outcome", "said"), [(one, one in {"pass", "warn"}) for one in Outcome])
def test_what_passes_or_warns_says_what_it_did_not_look_at(outcome: Outcome, said: bool) -> None:
    assert ("    not checked: the rest" in lines(finding(outcome))) is said


def test_a_whole_report_leaves_nothing_out() -> None:
    few, all_of_it = lines(finding(Outcome.FAIL)), lines(finding(Outcome.FAIL), whole=True)
    assert "    - and 2 more" in few
    assert "    not read: 2 more" in few
    assert sum("- words" in line for line in all_of_it) == 5
    assert sum("not read: words" in line for line in all_of_it) == 5
    assert ("      paste two" in few, "      paste two" in all_of_it) == (False, True)


@pytest.mark.parametrize(
    ("remediation", "few", "whole"),
    [
        ("Do it:\na:\n  - b", ["to do: Do it:", "a:"], ["to do: Do it:", "a:", "  - b"]),
        ("Write it down,\nall of it.", ["to do: Write it down, all of it."], []),
        ("Not so. Write\nit so:\n[x]", ["to do: Not so. Write it so:", "[x]"], []),
    ],
)
def test_a_remedy_is_prose_that_wraps_and_lines_that_stay_as_they_are(
    remediation: str, few: list[str], whole: list[str]
) -> None:
    one = finding(Outcome.FAIL, remediation=remediation)
    for shown, said in ((lines(one), few), (lines(one, whole=True), whole or few)):
        at = next(n for n, line in enumerate(shown) if "to do: " in line)
        assert [shown[at].strip(), *(line[6:] for line in shown[at + 1 :])] == said


def test_the_questions_beside_a_check_stand_beside_its_name() -> None:
    beside = {"is-fail": (Beside("one", Relation.SUPPORTS), Beside("two", Relation.INFORMS))}
    unsure = finding(Outcome.FAIL, confidence=Confidence.UNSURE)
    shown = lines(unsure, beside=beside, arrow="→")
    assert "  is-fail (unsure) → one (supports), two (informs)" in shown


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("whole", [True, False])
def test_no_line_is_a_command_of_anybody(text: str, whole: bool) -> None:
    for line in lines(*(finding(one, text) for one in Outcome), whole=whole):
        assert line.isprintable(), ascii(line)
        assert not line.lstrip().startswith("::")
        assert "##[" not in line


def test_a_line_is_never_longer_than_asked_unless_one_word_is() -> None:
    long = finding(Outcome.FAIL, "many short words " * 12)
    for width in (40, 80):
        assert max(map(len, lines(long, width=width))) <= width
    path = "folder/" * 30
    shown = lines(finding(Outcome.FAIL, path), width=40)
    assert any(path in line for line in shown)


@pytest.mark.parametrize(
    ("rows", "code", "whole", "last"),
    [
        (EVERY, ExitCode.GATE_SAYS_NO, False, "a check fails. Next: holdshort check is-fail"),
        (EVERY, ExitCode.GATE_SAYS_NO, True, "a check fails. Next: holdshort explain is-fail"),
        (
            EVERY,
            ExitCode.UNDETERMINED,
            True,
            "a check asked for by id is unknown. Next: holdshort explain is-unknown",
        ),
        (EVERY[:2], ExitCode.DONE, False, "nothing fails. Next: holdshort review"),
    ],
)
def test_the_end_counts_and_says_what_the_exit_code_means_and_what_is_next(
    rows: list[Finding], code: ExitCode, whole: bool, last: str
) -> None:
    _, counts, said = closing_lines(rows, code, Layout(width=100, whole=whole))
    assert counts.startswith(f"{len(rows)} checks: ")
    assert said == f"Exit code {int(code)}: {last}"


def test_counts_are_grammatical() -> None:
    two = [EVERY[0], EVERY[0], EVERY[2]]
    assert "3 checks: 1 contradicts, 2 prove" in closing_lines(two, ExitCode.DONE, Layout())
    assert "1 check: 1 proves" in closing_lines(two[:1], ExitCode.DONE, Layout())
