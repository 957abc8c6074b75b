"""Answers from a file are the same steps as on a screen, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from holdshort.errors import BadInputError, UsageError
from holdshort.model.finding import Outcome
from holdshort.model.review import Decision, Verdict, Via
from holdshort.storage.records import render
from holdshort.storage.yaml_load import load
from holdshort.walkthrough.script import play, read_script
from holdshort.walkthrough.sealing import seal
from holdshort.walkthrough.session import Walkthrough

from .conftest import finding

Begin = Callable[..., Walkthrough]
PASS, FAIL = finding(Outcome.PASS), finding(Outcome.FAIL)
WHOLE = b"""\
decision: reject
facets: {serving: batch}
answers:
  seeded: {via: suggested}
  manual:
    verdict: met
    evidence:
    - {kind: file, ref: train.py, lines: '3'}
    - {ref: 'docs/a b.md'}
  metric: {verdict: unmet, value: '0.5', note: too low}
  items: {verdict: met, value: [sales, support]}
  watched: {note: to be seen}
waivers:
- {question: manual, reason: small, owner: Jo, expires: 2026-12-01}
"""


def test_a_script_is_the_same_as_the_steps(begin: Begin) -> None:
    walk = begin(PASS)
    script = read_script(WHOLE, "answers.yaml")
    given = play(walk, script)
    scripted = walk.review
    walk.draft.remove()
    walk = begin(PASS)
    walk.value("serving", "batch")
    walk.accept("seeded")
    walk.attach("manual", "train.py:3\ndocs/a b.md")
    walk.answer("manual", Verdict.MET)
    walk.value("metric", "0.5")
    walk.answer("metric", Verdict.UNMET, note="too low")
    walk.value("items", "sales\nsupport")
    walk.answer("items", Verdict.MET)
    walk.note("watched", "to be seen")
    walk.waive("manual", reason="small", owner="Jo", expires="2026-12-01")

    assert given == 5
    assert script.decision is Decision.REJECT
    assert scripted == walk.review
    assert scripted.answers["seeded"].via is Via.SUGGESTED


def test_a_mapping_shaped_like_a_records_answers_is_enough(begin: Begin) -> None:
    walk = begin()
    play(walk, read_script(b"manual: {verdict: unmet, note: no}\nserving: {value: batch}\n", "f"))

    assert walk.review.answers["manual"].note == "no"
    assert walk.review.facets == {"serving": "batch"}


def test_the_answers_of_a_record_can_be_played_again(begin: Begin) -> None:
    walk = begin(PASS)
    play(walk, read_script(WHOLE, "f"))
    sealed = seal(walk, Decision.COMMENT)
    text = render(sealed).decode()
    answers = text[text.index("answers:\n") : text.index("waivers:\n")]
    walk.draft.remove()
    walk = begin(PASS)
    play(walk, read_script(answers.encode(), "f"))

    assert {name: one for name, one in walk.review.answers.items() if one.verdict} == dict(
        sealed.answers
    )
    assert load(answers.encode(), "f").value


def test_only_waivers_are_a_script_too(begin: Begin) -> None:
    walk = begin()
    script = b"waivers: [{question: manual, reason: r, owner: o, expires: 2026-12-01}]"

    assert play(walk, read_script(script, "f")) == 0
    assert walk.view("manual").waived


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (b"gone: {verdict: met}\n", "the checklist has no question 'gone'"),
        (b"extra: {verdict: met}\n", "'extra' is not asked in the profile 'quick'"),
        (b"seeded: {verdict: not_applicable}\n", "seeded cannot be not applicable"),
        (b"seeded: {via: suggested}\n", "seeded has no suggestion"),
        (b"seeded: {verdict: met, via: carried}\n", "seeded: an answer cannot be given as"),
        (b"manual: {verdict: met, evidence: [{ref: x}]}\n", "manual: 'x' is not a file"),
        (b"manual: {verdict: met, value: x}\n", "manual takes a verdict only"),
        (b"manual: {verdict: met, asked: Was it?}\n", "manual: the question is worded otherwise"),
        (b"metric: {verdict: met, value: high}\n", "metric takes a number"),
        (b"waivers: [{question: manual, reason: r, owner: o, expires: x}]", "manual: 'x' is no d"),
    ],
)
def test_a_step_that_cannot_be_taken_names_its_question(
    begin: Begin, script: bytes, said: str
) -> None:
    walk = begin(FAIL)
    with pytest.raises(UsageError, match=said) as caught:
        play(walk, read_script(script, "f"))
    assert caught.value.hint


def test_an_answer_is_given_whole_or_not_at_all(begin: Begin) -> None:
    walk = begin()
    before = walk.review
    script = b"words: {value: x, note: y, evidence: [{ref: train.py}, {ref: gone}]}\n"
    with pytest.raises(UsageError, match="words: 'gone' is not a file"):
        play(walk, read_script(script, "f"))
    assert walk.review == before

    first = b"manual: {verdict: unmet, note: no}\n"
    script = first + b"metric: {value: '1', verdict: met, evidence: [{ref: gone}]}\n"
    with pytest.raises(UsageError) as caught:
        play(walk, read_script(script, "f"))
    assert list(walk.review.answers) == ["manual"]
    assert "saved" in caught.value.hint or "Commit it first" in caught.value.hint


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (b"manual: {verdict: maybe}\n", "f:1:19: answers.manual.verdict: "),
        (b"manual: {verdikt: met}\n", "f:1:10: unknown key 'answers.manual.verdikt'"),
        (b"manual: met\n", "f:1:9: answers.manual: "),
        (b"answers: {manual: {verdict: met}}\nextra: x\n", "f:2:1: unknown key 'extra'"),
        (b"decision: perhaps\n", "f:1:11: decision: "),
        (b"manual: {verdict: met}\nmanual: {verdict: unmet}\n", "f:2:1: key 'manual' stands twice"),
        (b"- manual\n", "f:1:1: a document is a mapping"),
    ],
)
def test_a_file_that_is_no_script_is_refused_with_its_place(script: bytes, said: str) -> None:
    with pytest.raises(BadInputError) as caught:
        read_script(script, "f")
    assert caught.value.message.startswith(said)
