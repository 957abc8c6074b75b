"""What a question can be given, and what it asks for: notes, evidence, values, waivers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.model.review import Answer, Verdict
from holdshort.walkthrough.visit import Visit
from holdshort.walkthrough.wanted import Wanted

Talk = Callable[..., str]
ESSENTIAL = Wanted(release="1.4.0", profile="essential")


@pytest.fixture
def answer(project: Path, home: Path, clock: Callable[[], object]) -> Callable[[str], Answer]:
    """Return the saved answer to a question."""

    def saved(question: str) -> Answer:
        visit = Visit.open(project, state=home / "state", now=clock)  # type: ignore[arg-type]  # a Clock
        return visit.look(Wanted(release="1.4.0")).review.answers[question]

    return saved


Saved = Callable[[str], Answer]


def flat(text: str) -> str:
    """Return a session with its sentences unwrapped."""
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("key", "verdict"),
    [
        ("n", Verdict.UNMET),
        ("p", Verdict.PARTLY),
        ("i", Verdict.UNKNOWN),
        ("x", Verdict.NOT_APPLICABLE),
    ],
)
def test_a_verdict_other_than_yes_asks_for_its_note(
    talk: Talk, answer: Saved, key: str, verdict: Verdict
) -> None:
    heard = flat(talk("seeds-set", key, "as agreed"))
    assert "Note, or Enter to leave it for later: as agreed" in heard
    assert f"Saved: seeds-set = {verdict.word}. 1 of 12 answered." in heard
    assert "Still needs" not in heard
    assert (answer("seeds-set").verdict, answer("seeds-set").note) == (verdict, "as agreed")


def test_a_note_left_for_later_is_still_needed_and_the_walk_goes_on(talk: Talk) -> None:
    heard = talk("p", "")
    assert "\nSaved: secrets-none = partly. 1 of 12 answered.\nStill needs a note.\n" in heard
    assert heard.count("\nQuestion ") == 2


def test_a_no_against_a_failing_check_takes_the_finding(talk: Talk, answer: Saved) -> None:
    heard = flat(talk("deps-pinned", "n", ""))
    assert "Took the finding as the note: dependencies-pinned: Found 2 requirements" in heard
    assert "Note, or Enter to use the finding:" in heard
    assert answer("deps-pinned").note.startswith("dependencies-pinned: Found 2")


def test_a_no_against_a_failing_check_may_have_words_of_its_own(talk: Talk, answer: Saved) -> None:
    talk("deps-pinned", "n", "numpy floats on purpose")
    assert answer("deps-pinned").note == "numpy floats on purpose"


def test_a_no_given_again_keeps_its_note_without_asking(talk: Talk, answer: Saved) -> None:
    heard = talk("deps-pinned", "n", "on purpose", "b", "n")
    assert heard.count("Took the finding") == 1
    assert answer("deps-pinned").note == "on purpose"


def test_a_yes_against_a_failing_check_asks_why(talk: Talk, answer: Saved) -> None:
    heard = flat(talk("deps-pinned", "y", "the image pins them"))
    assert "Against it: dependencies-pinned. Why is yes right? Note, or Enter" in heard
    assert answer("deps-pinned").note == "the image pins them"


def test_not_applicable_is_refused_where_it_is_forbidden(talk: Talk) -> None:
    assert "Not done: secrets-none cannot be not applicable." in talk("x")


def test_a_yes_that_needs_evidence_asks_until_it_is_one(talk: Talk, answer: Saved) -> None:
    heard = flat(talk("leakage", "y", "docs/leak.md", "docs/leakage.md:1-9", "docs/leakage.md:1-2"))
    assert "A yes needs evidence: leakage note with the name of who looked." in heard
    assert "Not done: 'docs/leak.md' is not a file of the reviewed commit." in heard
    assert "Not done: docs/leakage.md has 2 lines, so not 1-9." in heard
    assert "Saved: leakage = yes. 1 of 12 answered." in heard
    assert [one.where for one in answer("leakage").evidence] == ["docs/leakage.md:1-2"]


def test_evidence_left_for_later_is_still_needed(talk: Talk) -> None:
    assert "= yes. 1 of 12 answered.\nStill needs evidence.\n" in talk("leakage", "y", "")


def test_a_digit_attaches_the_place_read_out_under_it(talk: Talk, answer: Saved) -> None:
    heard = talk("deps-pinned", "1", "e", "1", "2")
    assert "\nEvidence 1: requirements.txt line 1, numpy: no version.\n" in heard
    assert "\nSaved: evidence on deps-pinned. 0 of 12 answered.\n" in heard
    assert "\nAttached 1: requirements.txt line 1.\n" in heard
    assert "Not done: no evidence is offered under 2." in heard
    assert [one.where for one in answer("deps-pinned").evidence] == ["requirements.txt:1"]


def test_evidence_may_be_a_link_a_commit_or_a_check(
    talk: Talk, answer: Saved, project: Path, git: Callable[..., str]
) -> None:
    head = git(project, "rev-parse", "HEAD")
    given = ("https://example.org/drill", head[:12], "seeds-set", "http://u:p@example.org")
    talk("leakage", *(step for one in given for step in ("e", one)), "")
    refs = ["https://example.org/drill", head, "seeds-set"]
    assert [one.ref for one in answer("leakage").evidence] == refs


def test_a_note_is_written_replaced_and_left(talk: Talk, answer: Saved) -> None:
    heard = talk("c", "one", "c", "two", "c", "", "c", "b")
    assert heard.count("Saved: note on secrets-none.") == 2
    assert answer("secrets-none").note == "two"
    assert answer("secrets-none").verdict is None


def test_a_value_comes_before_the_yes(talk: Talk, answer: Saved) -> None:
    heard = flat(talk("holdout-result", "y", "high", "0.91", "y", "metrics.json:2"))
    assert "Takes a value: number, score on held-out data." in heard
    assert "Enter asks for the value. Answer y yes" in heard
    assert "Not done: holdout-result takes a number, not 'high'." in heard
    assert "Saved: holdout-result = 0.91. 0 of 12 answered." in heard
    assert "Saved: holdout-result = yes. 1 of 12 answered." in heard
    assert answer("holdout-result").value == "0.91"


def test_enter_asks_for_the_value_and_may_leave_it(talk: Talk) -> None:
    heard = talk("holdout-result", "", "", "n", "not measured", "b", "")
    assert "Value: number, score on held-out data. Type it," in heard
    assert "Saved: holdout-result = no. 1 of 12 answered." in heard
    assert heard.count("Value: ") == 1


def test_a_question_that_was_answered_says_so_on_coming_back(talk: Talk) -> None:
    heard = talk("holdout-result", "v", "0.91", "y", "metrics.json:2", "c", "b", "holdout-result")
    so_far = "Value so far: 0.91.\nAnswer so far: yes.\nAttached 1: metrics.json line 2.\n"
    assert so_far in heard


def test_many_places_are_read_out_by_e_alone(
    talk: Talk, project: Path, git: Callable[..., str]
) -> None:
    (project / "requirements.txt").write_text("numpy\npandas\nscipy\nrich\n", encoding="utf-8")
    git(project, "commit", "--quiet", "--all", "--message=Unpin")
    first, _, second = talk("deps-pinned", "e", "").partition("keys: e")
    assert "\n1 more place: e reads out all.\n" in first
    assert "Evidence 4: requirements.txt line 4" not in first
    assert "\nEvidence 4: requirements.txt line 4, rich: no version.\n" in second


def test_evidence_that_is_gone_is_asked_for_again(
    talk: Talk, project: Path, git: Callable[..., str]
) -> None:
    talk("leakage", "y", "docs/leakage.md:1")
    git(project, "rm", "--quiet", "docs/leakage.md")
    git(project, "commit", "--quiet", "--message=Forget")
    heard = flat(talk("leakage", "y", "https://example.org/leakage"))
    assert "Still needs your answer again, something changed since." in heard
    assert "A yes needs evidence: type a path," in heard
    assert "Saved: leakage = yes. 1 of 12 answered. Section" in heard


def test_evidence_is_taken_off_by_its_number(talk: Talk, answer: Saved) -> None:
    given = ("e", "train.py:3", "e", "metrics.json", "e", "-3", "-1")
    heard = flat(talk(*given))
    assert "Evidence: type -1 to take attached 1 off, a path," in heard
    assert "Not done: secrets-none has no evidence 3." in heard
    assert "Saved: evidence on secrets-none. 0 of 12 answered. Attached 1: metrics.json." in heard
    assert [one.where for one in answer("secrets-none").evidence] == ["metrics.json"]


def test_a_value_is_compared_with_its_target(talk: Talk) -> None:
    heard = talk("beats-baseline", "v", "-2", "v", "3.5", wanted=ESSENTIAL)
    assert "\n-2 does not meet the target > 0.\n" in heard
    assert "\n3.5 meets the target > 0.\n" in heard


def test_a_question_without_a_value_takes_none(talk: Talk) -> None:
    assert "Not done: secrets-none takes no value." in talk("v")


def test_a_scope_choice_is_its_number_or_word_and_nothing_else(talk: Talk) -> None:
    heard = flat(talk("y", "e", "c", "w", "7", "", "batch", "1", wanted=ESSENTIAL))
    assert heard.count("Not done: serving-mode takes") == 4
    assert "Not done: no evidence is offered under 7." in heard
    assert "Choose 1 real-time, 2 batch, 3 both, 4 embedded, 5 package, s skip" in heard
    assert "Saved: serving-mode = batch. 1 of 24 answered." in heard
    assert "Saved: personal-data = none. 2 of 23 answered." in heard


def test_undoing_a_scope_choice_brings_hidden_questions_back(talk: Talk) -> None:
    heard = talk("batch", "u", "o", wanted=ESSENTIAL)
    assert "Undone: serving-mode = batch. 0 of 25 answered." in heard
    assert ", endpoint-access, major: open." in heard


def test_lists_texts_and_choices_beside_a_verdict(
    talk: Talk, project: Path, git: Callable[..., str]
) -> None:
    (project / "checklists").mkdir()
    (project / "checklists/own.yaml").write_text(OWN_CHECKLIST, encoding="utf-8")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "--message=Ask")
    mine = Wanted(release="1.4.0", checklist="own")
    heard = flat(talk("", "age", "pay", "", "y", "y", "2", "y", "v", "Bob", "y", wanted=mine))
    assert "Saved: fields = age, pay. 0 of 3 answered." in heard
    assert "Saved: cloud = abroad. 1 of 3 answered." in heard
    assert "Saved: owner = Bob. 2 of 3 answered." in heard
    assert "3 of 3 answered. Nothing else is open: S to sign, o for the overview." in heard


OWN_CHECKLIST = """\
schema: holdshort/checklist/v1
id: own
version: '1'
title: Ours
roles: {sre: SRE}
profiles: {quick: {title: Ours, questions: [fields, cloud, owner]}}
sections:
- id: all
  title: All
  questions:
  - {id: fields, text: Are the fields listed?, role: sre, answer: {type: list}}
  - id: cloud
    text: Is the cloud named?
    role: sre
    answer: {type: choice, choices: [here, abroad]}
  - {id: owner, text: Is there an owner?, role: sre, answer: {type: text, unit: a name}}
"""


def test_a_waiver_asks_for_reason_owner_and_day(talk: Talk) -> None:
    heard = flat(
        talk(
            "deps-pinned", "n", "", "b", "w", "internal", "Bob", "soon", "2031-01-01", "2026-12-01"
        )
    )
    assert "A waiver accepts deps-pinned unmet, by name, until a date." in heard
    assert "Last day as YYYY-MM-DD, at most 2027-02-18, or Enter to go back: soon" in heard
    assert "Not done: 'soon' is no date; write YYYY-MM-DD." in heard
    assert "Not done: a waiver expires between 2026-11-20 and 2027-02-18." in heard
    assert "Saved: waiver for deps-pinned. 1 of 12 answered." in heard


@pytest.mark.parametrize("left", [[""], ["why", ""], ["why", "Bob", ""]])
def test_a_waiver_may_be_left_at_every_step(talk: Talk, left: list[str]) -> None:
    assert "Saved: waiver" not in talk("w", *left, "y")
