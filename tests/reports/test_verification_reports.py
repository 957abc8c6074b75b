"""Verification as text, Markdown and JSON: the verdict first, and nothing foreign acts."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.model.checklist import Severity
from holdshort.model.dossier import Dossier, QuestionRow, QuestionState, ReleaseVerdict
from holdshort.model.policy import Gate
from holdshort.model.review import (
    Answer,
    ChecklistRef,
    Decision,
    Evidence,
    EvidenceKind,
    Review,
    Reviewer,
    Verdict,
    Waiver,
)
from holdshort.model.subject import Subject
from holdshort.model.verification import Duty, DutyState, RecordReport, RecordState, Verification
from holdshort.reports.json import as_json, verification_json
from holdshort.reports.markdown import escaped, reviews_markdown, verification_markdown
from holdshort.reports.text import verification_lines

HOSTILE = [
    "::error file=a::owned",
    "##[error]owned",
    "a\n::stop-commands::x",
    "\x1b]0;owned\x07",
    "\x9b31m",
    "\u202egnp.exe",
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "@everyone",
    "a | b | c",
    "`code`",
    "\ud800",
]


def verification(text: str = "x", gate: Gate = Gate.ENFORCE) -> Verification:
    row = QuestionRow(
        id=text,
        text=text,
        severity=Severity.BLOCKER,
        role=text,
        state=QuestionState.UNMET,
        why=text,
    )
    record = RecordReport(
        path=f"reviews/{text}",
        state=RecordState.BAD_SIGNATURE,
        why=text,
        reviewer=text,
        decision="approve",
        principal=text,
        fingerprint="SHA256:abc",
        notes=(text,),
    )
    verdict = ReleaseVerdict.NOT_READY
    return Verification(
        model="churn",
        release="1.4.0",
        commit="1" * 40,
        verdict=verdict,
        qualifier=text,
        gate=gate,
        duties=(Duty(number=3, state=DutyState.FAILED, details=(text,)),),
        records=(record, replace(record, reviewer="", decision="", fingerprint="", why="")),
        dossiers=(
            Dossier(rows=(row,), against=(row,), missing=(text,), verdict=verdict, reasons=(text,)),
        ),
        left_out=(text,),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_no_line_of_text_is_a_command_of_anybody(text: str) -> None:
    lines = list(verification_lines(verification(text)))
    for line in lines:
        assert line.isprintable(), ascii(line)
        assert not line.lstrip().startswith("::")
        assert "##[" not in line


def test_long_foreign_text_is_cut() -> None:
    assert max(map(len, verification_lines(verification("x" * 9000)))) < 900


def test_text_begins_with_the_verdict_and_the_gate() -> None:
    lines = list(verification_lines(verification(gate=Gate.OBSERVE)))
    assert lines[:3] == ["churn 1.4.0: not ready (x)", "OBSERVE: would have been 1", "  - x"]
    assert "  FAIL 3  signatures valid for the right principal and time" in lines
    assert lines[-1] == "Left out of the source by policy: x"
    assert "RATCHET: judged as enforce by this version" in list(
        verification_lines(verification(gate=Gate.RATCHET))
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_stays_text(text: str) -> None:
    shown = verification_markdown((verification(text),)) + reviews_markdown((review(text),))
    for line in shown.splitlines():
        assert line.isprintable(), ascii(line)
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) in {4, 5}
    assert not re.search(r"<(?!br>|!-- -->)", shown)
    assert not re.search(r"@\w", shown)
    assert not re.search(r"(?<!\\)\]\(", shown)


@given(st.text())
def test_escaped_text_is_one_line_without_tags(text: str) -> None:
    shown = escaped(text)
    assert "\n" not in shown
    assert not re.search(r"<(?!!-- -->)", shown)


def test_markdown_says_what_the_gate_does() -> None:
    shown = verification_markdown((verification(gate=Gate.OBSERVE),))
    assert shown.startswith("## churn 1.4.0: not ready (x)\n\nOBSERVE: would have been 1\n")
    assert "would have been" not in verification_markdown((verification(),))


@pytest.mark.parametrize("text", HOSTILE)
def test_json_is_ascii_and_reads_back(text: str) -> None:
    shown = verification_json((verification(text),))
    assert shown.isascii()
    assert all(char == "\n" or char.isprintable() for char in shown)
    (release,) = json.loads(shown)["releases"]
    assert release["records"][0]["reviewer"] == text
    assert (release["verdict"], release["exit_code"]) == ("not_ready", 1)


def test_json_takes_every_value_of_the_model() -> None:
    value = {"a": (1, 2.5, None, True), "b": {"y", "x"}, "c": Severity.MINOR}
    assert json.loads(as_json(value)) == {
        "a": [1, 2.5, None, True],
        "b": ["x", "y"],
        "c": "minor",
    }
    with pytest.raises(TypeError):
        as_json(object())


def review(text: str = "x") -> Review:
    evidence = (Evidence(kind=EvidenceKind.FILE, ref=text, lines="3"),)
    answer = Answer(
        asked=text, severity=Severity.MAJOR, verdict=Verdict.MET, note=text, evidence=evidence
    )
    return Review(
        project="churn",
        model="churn",
        release="1.4.0",
        checklist=ChecklistRef(id=text, version="1", sha256="0" * 64, profile="quick"),
        reviewer=Reviewer(id=text, principal=text, roles=("any",)),
        decision=Decision.APPROVE,
        subject=Subject(commit="1" * 40, tree="2" * 40, source_sha256="3" * 64),
        sealed_at=text,
        answers={
            text: replace(answer, value=(text, text)),
            "bad": replace(answer, verdict=Verdict.UNMET, severity=Severity.BLOCKER),
            "open": replace(answer, verdict=None, value=text),
        },
        waivers=(Waiver(question=text, reason=text, owner=text, expires=text),),
    )


def test_a_review_shows_what_is_bad_first() -> None:
    shown = reviews_markdown((replace(review("good"), subject=None),))
    rows = [line for line in shown.splitlines() if line.startswith("| good (")]
    assert [re.findall(r"\((.*?)\)", row)[0] for row in rows] == ["bad", "open", "good"]
    assert "Waived until good by good: good, good" in shown
    assert "value good, good<br>good<br>good:3" in shown
