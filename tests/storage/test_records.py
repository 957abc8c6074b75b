"""Sealed records: the payload is the meaning, and nothing the payload cannot see is accepted."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import BadInputError, UndeterminedError
from holdshort.model.checklist import Severity
from holdshort.model.review import (
    Answer,
    ChecklistRef,
    Decision,
    Evidence,
    EvidenceKind,
    Review,
    Reviewer,
    Status,
    Verdict,
)
from holdshort.model.subject import Subject
from holdshort.model.text import normalise
from holdshort.storage.records import RecordPath, parse, payload_of, render

PATH = "reviews/churn/1.4.0/team/ada.yaml"
ANSWER = Answer(
    asked="Is it so?",
    severity=Severity.BLOCKER,
    verdict=Verdict.MET,
    note="First.\n\n# not a comment\nno",
    evidence=(
        Evidence(kind=EvidenceKind.FILE, ref="a b.py", lines="1-2", blob="0" * 40, quote="x: 'y'"),
    ),
)
REVIEW = Review(
    status=Status.SEALED,
    project="churn",
    model="churn",
    release="1.4.0",
    checklist=ChecklistRef(id="team", version="1.0.0", sha256="ab", profile="quick"),
    reviewer=Reviewer(id="ada", principal="ada@example.org", roles=("any",)),
    decision=Decision.APPROVE,
    subject=Subject(commit="1" * 40, tree="2" * 40, source_sha256="3" * 64),
    started_at="2026-11-20T12:00:00Z",
    sealed_at="2026-11-20T12:40:00Z",
    answers={"one": ANSWER, "x-ray": replace(ANSWER, verdict=Verdict.UNMET, evidence=())},
    signature="-----BEGIN SSH SIGNATURE-----\nabc\n-----END SSH SIGNATURE-----",
)
DATA = render(REVIEW)


def refusal(data: bytes) -> str:
    with pytest.raises(BadInputError) as caught:
        parse(data, PATH)
    return caught.value.message


def test_a_record_reads_back_as_itself() -> None:
    record = parse(DATA, PATH)

    assert record.review == REVIEW
    assert record.canonical
    assert record.payload == payload_of(REVIEW)


def test_the_payload_is_what_stock_tools_compute() -> None:
    loaded = yaml.load(DATA, yaml.BaseLoader)  # noqa: S506 - builds nothing but text
    del loaded["signature"]
    shown = json.dumps(loaded, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    assert parse(DATA, PATH).payload == shown.encode()
    assert yaml.safe_load(DATA) == yaml.load(DATA, yaml.BaseLoader)  # noqa: S506 - the same


def test_a_question_named_like_an_extension_is_an_answer() -> None:
    assert parse(DATA, PATH).review.answers["x-ray"].verdict is Verdict.UNMET


def test_every_byte_of_the_signature_is_outside_the_payload() -> None:
    assert payload_of(replace(REVIEW, signature="")) == payload_of(REVIEW)


free_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60).map(normalise)


@given(note=free_text, value=free_text, facet=free_text)
def test_any_normalised_text_reads_back_with_the_same_payload(
    note: str, value: str, facet: str
) -> None:
    answer = replace(ANSWER, note=note, value=value)
    review = replace(REVIEW, answers={"one": answer}, facets={"f": facet or "set"})
    record = parse(render(review), PATH)

    assert record.payload == payload_of(review)
    assert record.review == review


RELAID = {
    "windows line ends": DATA.replace(b"\n", b"\r\n"),
    "a byte order mark": b"\xef\xbb\xbf" + DATA,
    "a document start": b"---\n" + DATA,
    "another layout": yaml.safe_dump(yaml.safe_load(DATA), default_flow_style=True).encode(),
    "another order": yaml.safe_dump(yaml.safe_load(DATA), sort_keys=True).encode(),
}


@pytest.mark.parametrize("data", RELAID.values(), ids=RELAID)
def test_another_layout_has_the_same_payload_and_is_noticed(data: bytes) -> None:
    record = parse(data, PATH)

    assert record.payload == payload_of(REVIEW)
    assert not record.canonical


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"verdict: met", b"verdict: partly"),
        (b"asked: Is it so?", b"asked: Is it so!"),
        (b"release: '1.4.0'", b"release: '1.4.1'"),
        (b"# not a comment", b"#  not a comment"),
        (b"status: sealed", b"status: sealed\nx-note: added"),
    ],
)
def test_any_change_of_meaning_changes_the_payload(old: bytes, new: bytes) -> None:
    assert old in DATA
    assert parse(DATA.replace(old, new, 1), PATH).payload != payload_of(REVIEW)


def test_extensions_are_signed_kept_and_shown() -> None:
    record = parse(DATA + b"x-team:\n  ticket: '\xe2\x9c\x93 7'\n", PATH)

    assert record.extensions == ("x-team: {'ticket': '✓ 7'}",)
    assert b'"x-team":{"ticket":' in record.payload
    assert record.review == REVIEW


LINE = DATA.count(b"\n") + 1
MALFORMED = {
    "a comment": (DATA + b"# hello\n", f":{LINE}:1: a sealed record holds no comments"),
    "a comment after a text": (DATA.replace(b"team\n", b"team # x\n", 1), "no comments"),
    "a comment in a block's head": (DATA.replace(b"note: |-", b"note: |- # x", 1), "no comments"),
    "a comment after the end": (DATA + b"...\n# x\n", "no comments"),
    "an unknown key": (DATA + b"extra: x\n", f":{LINE}:1: unknown key 'extra'"),
    "an unknown key deep inside": (
        DATA.replace(b"    verdict: met", b"    score: '5'\n    verdict: met", 1),
        "unknown key 'answers.one.score'",
    ),
    "an empty scalar": (DATA + b"x-empty:\n", f":{LINE}:9: x-empty: empty"),
    "an empty text": (DATA + b"x-empty: ''\n", "x-empty: empty"),
    "an empty list": (DATA + b"waivers: []\n", f":{LINE}:10: waivers: empty"),
    "an empty mapping": (DATA + b"seen: {}\n", f":{LINE}:7: seen: empty"),
    "a key twice": (DATA + b"status: sealed\n", "stands twice, first in line 2"),
    "an anchor": (DATA + b"x-a: &a b\n", "anchors"),
    "a tag": (DATA + b"x-a: !!str b\n", "tags"),
    "a directive": (b"%YAML 1.1\n---\n" + DATA, "directives"),
    "a second document": (DATA + b"---\na: b\n", "a second document"),
    "a lone carriage return": (DATA.replace(b"First.", b"Fir\r      st."), "neither LF nor CRLF"),
    "a carriage return as line end": (DATA + b"x-a: b\rx-c: d\n", f":{LINE}:7: a line break"),
    "a next-line character": (DATA + b"x-a: 'b\xc2\x85c'\n", "neither LF nor CRLF"),
    "a line separator": (DATA + b"x-a: 'b\xe2\x80\xa8c'\n", "neither LF nor CRLF"),
    "a paragraph separator": (DATA + b"x-a: 'b\xe2\x80\xa9c'\n", "neither LF nor CRLF"),
    "an escaped line separator": (DATA + b'x-a: "b\\u2028c"\n', "U+2028"),
    "an escaped control": (DATA + b'x-a: "b\\ec"\n', "U+001B"),
    "an escaped NUL": (DATA + b'x-a: "b\\0c"\n', "U+0000"),
    "a control": (DATA + b"x-a: b\x1bc\n", "U+001B"),
    "a bidi override": (
        DATA + "x-a: b\u202ec\n".encode(),
        f":{LINE}:6: holds the character U+202E",
    ),
    "a zero-width space": (DATA + "x-a: b\u200bc\n".encode(), "U+200B"),
    "a zero-width space in a key": (DATA + "x-\u200ba: b\n".encode(), "U+200B"),
    "a tag character": (DATA + "x-a: b\U000e0041c\n".encode(), "U+E0041"),
    "a byte order mark inside": (DATA + "x-a: 'b\ufeffc'\n".encode(), "U+FEFF"),
    "decomposed text": (
        DATA + f"x-a: {unicodedata.normalize('NFD', 'é')}\n".encode(),
        "not in Unicode normal form C",
    ),
    "another word for a verdict": (DATA.replace(b"verdict: met", b"verdict: yes", 1), "verdict: "),
    "a status in capitals": (DATA.replace(b"status: sealed", b"status: Sealed"), "status: "),
    "another schema": (DATA.replace(b"/review/v1", b"/policy/v1"), "expected `schema:"),
    "nothing": (b"", "a document is a mapping"),
}


@pytest.mark.parametrize(("data", "said"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_record_is_refused_with_its_place(data: bytes, said: str) -> None:
    message = refusal(data)

    assert message.startswith(f"{PATH}:")
    assert said in message
    assert message.isprintable()


def test_a_newer_schema_is_undetermined() -> None:
    with pytest.raises(UndeterminedError, match="holdshort/review/v2"):
        parse(DATA.replace(b"/review/v1", b"/review/v2"), PATH)


def test_a_draft_may_hold_comments_and_bare_keys_and_has_no_payload() -> None:
    draft = DATA.replace(b"status: sealed", b"status: draft # not yet").replace(
        b"answers:\n", b"answers:\n  open:\n"
    )
    record = parse(draft, PATH)

    assert record.review.status is Status.DRAFT
    assert "open" not in record.review.answers
    assert record.payload == b""


def test_a_path_names_what_the_record_is_about() -> None:
    place = RecordPath.of(REVIEW)

    assert str(place) == PATH
    assert RecordPath.parse(PATH) == place


@pytest.mark.parametrize(
    "path",
    [
        "reviews/churn/1.4.0/team/ada.yml",
        "reviews/churn/1.4.0/team/Ada.yaml",
        "reviews/churn/1.4.0/ada.yaml",
        "reviews/churn/../1.4.0/team/ada.yaml",
        "reviews/churn/../team/ada.yaml",
        "other/churn/1.4.0/team/ada.yaml",
        "reviews/churn/1.4.0/team/.yaml",
        "reviews/churn/1.4.0\n/team/ada.yaml",
        f"reviews/churn/{'1' * 65}/team/ada.yaml",
    ],
)
def test_another_path_is_no_records_path(path: str) -> None:
    assert RecordPath.parse(path) is None
