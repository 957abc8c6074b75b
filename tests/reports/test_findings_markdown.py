"""Findings as one comment: it fits, no table is cut, and nothing foreign acts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import ExitCode
from holdshort.model.finding import Confidence, Coverage, Finding, Level, Outcome, Place
from holdshort.model.relation import Beside, Relation
from holdshort.model.text import visible
from holdshort.reports.findings_markdown import MAX_BYTES, findings_markdown

HOSTILE = [
    "<script>alert(1)</script>",
    "</details>",
    "[click](javascript:alert(1))",
    "@everyone #1",
    "a | b | c",
    "`code`",
    "a\n| b |\n|---|",
    "\x1b]0;owned\x07",
    "\u202egnp.exe",
    "\ud800",
]


def finding(outcome: Outcome, text: str = "words", number: int = 0) -> Finding:
    shown = visible(text)
    level = Level.PASS if outcome is Outcome.PASS else Level.FAIL
    return Finding(
        id=f"is-{outcome}-{number}".replace("_", "-"),
        version="1",
        outcome=outcome,
        headline=shown,
        evidence=tuple(Place(path=shown, line=n, level=level, why=shown) for n in range(9)),
        coverage=Coverage(errors=(f"{shown}: too large",), not_checked=shown),
        remediation=f"{shown}\npaste",
    )


def markdown(*findings: Finding, max_bytes: int = MAX_BYTES) -> str:
    beside = {"is-fail-0": (Beside("one", Relation.SUPPORTS),)}
    code = ExitCode.GATE_SAYS_NO
    return findings_markdown(findings, code, beside, state="the work tree", max_bytes=max_bytes)


def rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("|")]


def assert_whole(text: str) -> None:
    """Every group is closed and every row of every table has its four cells."""
    assert text.count("<details") == text.count("</details>") == text.count("<summary>")
    for row in rows(text):
        assert row.endswith("|")
        assert len(re.findall(r"(?<!\\)\|", row)) == 5


def test_groups_fold_and_what_contradicts_stands_open_first() -> None:
    text = markdown(*(finding(one) for one in Outcome))
    assert_whole(text)
    summaries = re.findall(r"<details( open)?>\n<summary>(.+?)</summary>", text)
    assert summaries == [
        (" open", "contradicts (1)"),
        ("", "cannot say (2)"),
        ("", "proves (1)"),
        ("", "nothing on (1)"),
    ]
    assert text.startswith(
        "## Auto-checks: 1 contradicts, 2 cannot say, 1 proves, 1 nothing on\n\n"
        "Read without running anything: the work tree. Exit code 1: a check fails.\n"
    )


def test_a_row_says_check_and_questions_finding_places_and_remedy() -> None:
    unsure = replace(finding(Outcome.FAIL), confidence=Confidence.LIKELY)
    (_, _, row) = rows(markdown(unsure))
    assert row.startswith("| `is-fail-0` (likely)<br>→ one (supports) | words<br>Not read: words: ")
    assert "words:2: words<br>and 6 more | words paste |" in row


@pytest.mark.parametrize(("outcome", "said"), [(one, one in {"pass", "warn"}) for one in Outcome])
def test_what_passes_or_warns_says_what_it_did_not_look_at(outcome: Outcome, said: bool) -> None:
    assert ("Not checked: words" in markdown(finding(outcome))) is said


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_text_stays_text(text: str) -> None:
    shown = markdown(*(finding(one, text) for one in Outcome))
    assert_whole(shown)
    assert not re.search(r"<(?!/?details|/?summary|br>|!-- -->)", shown)
    assert not re.search(r"@\w", shown)
    assert not re.search(r"(?<!\\)\]\(", shown)
    assert all(visible(line) == line for line in shown.splitlines())


@given(
    st.lists(st.tuples(st.sampled_from(Outcome), st.text(max_size=300)), max_size=60),
    st.integers(2_000, 20_000),
)
def test_it_fits_whatever_is_found_and_counts_what_has_no_room(
    found: list[tuple[Outcome, str]], limit: int
) -> None:
    findings = [finding(outcome, text, n) for n, (outcome, text) in enumerate(found)]
    text = markdown(*findings, max_bytes=limit)
    assert len(text.encode("utf-8", "surrogatepass")) <= limit
    assert_whole(text)
    shown = sum(f"`{one.id}`" in text for one in findings)
    left_out = sum(map(int, re.findall(r"^(\d+) more have no room", text, re.MULTILINE)))
    assert shown + left_out == len(findings)


def test_forty_long_findings_fit_one_comment_and_the_heavier_are_kept() -> None:
    fails = [finding(Outcome.FAIL, "word " * 60, n) for n in range(20)]
    passes = [finding(Outcome.PASS, "é" * 300, n) for n in range(40)]
    text = markdown(*passes, *fails)
    assert len(text.encode()) <= 65_536
    assert all(f"`{one.id}`" in text for one in fails)
    assert "more have no room here: `holdshort check` shows them." in text
