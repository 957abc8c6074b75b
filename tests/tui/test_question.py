"""One question at a time: a letter answers and goes on, and nothing is lost on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from holdshort.errors import MissingEnvironmentError
from holdshort.model.review import Verdict, Via
from holdshort.walkthrough.visit import Visit
from holdshort.walkthrough.wanted import Wanted

from .conftest import Clock, Drive, Driven


def test_a_letter_answers_saves_and_goes_on(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        assert driven.question.at == "seeded"
        await driven.press("y")
        assert driven.question.at == "tested"
        assert driven.walk.review.answers["seeded"].verdict is Verdict.MET
        assert driven.walk.review.answers["seeded"].via is Via.MANUAL
        assert "Saved: seeded = yes" in driven.text
        assert "saved " in driven.rows[0]
        assert "answered 1" in driven.rows[0]

    drive(play)


def test_enter_accepts_a_suggested_yes_with_its_evidence(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        assert "Enter accepts" in driven.text
        assert "Enter Accept" in driven.rows[-1]
        await driven.press("enter")
        answer = driven.walk.review.answers["seeded"]
        assert answer.via is Via.SUGGESTED
        assert answer.evidence[0].ref == "train.py"

    drive(play)


def test_enter_never_accepts_what_no_check_supports(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        await driven.goto("plain")
        await driven.press("enter")
        assert not driven.walk.review.answers
        assert "a letter answers" in driven.text

    drive(play)


def test_a_yes_that_needs_evidence_waits_for_it(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.goto("proven")
        await driven.press("y")
        assert driven.question.at == "proven"
        assert "Needs evidence: e adds it, j leaves it for later" in driven.text
        await driven.press("k", "j", "enter")
        assert "Needs evidence: e adds it" in driven.text
        await driven.press("e")
        await driven.type("proof:2")
        await driven.press("enter")
        assert driven.walk.review.answers["proven"].evidence[0].where == "docs/proof.md:2"
        assert driven.question.at == "kind"

    drive(play)


def test_a_digit_attaches_the_place_it_stands_before(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        await driven.press("1")
        assert driven.walk.review.answers["seeded"].evidence[0].where == "train.py:3"
        assert driven.question.at == "seeded"
        await driven.press("9")
        assert "no evidence is offered under 9" in driven.text

    drive(play)


@pytest.mark.parametrize(
    ("key", "verdict"),
    [
        ("n", Verdict.UNMET),
        ("p", Verdict.PARTLY),
        ("x", Verdict.NOT_APPLICABLE),
        ("i", Verdict.UNKNOWN),
    ],
)
def test_an_answer_without_its_note_stays_until_it_has_one(
    drive: Drive, key: str, verdict: Verdict
) -> None:
    async def play(driven: Driven) -> None:
        await driven.goto("plain")
        await driven.press(key)
        assert driven.walk.review.answers["plain"].verdict is verdict
        assert driven.question.at == "plain"
        assert "c writes it" in driven.text
        await driven.press("c")
        await driven.type("so it is")
        await driven.press("enter")
        assert driven.walk.review.answers["plain"].note == "so it is"
        assert driven.question.at != "plain"

    drive(play)


def test_enter_takes_the_words_of_a_check_as_the_missing_note(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        await driven.goto("tested")
        await driven.press("p")
        assert "Enter takes the check's words" in driven.text
        await driven.press("enter")
        assert driven.walk.review.answers["tested"].note.startswith("tests-present: ")
        assert driven.question.at == "proven"

    drive(play)


def test_not_applicable_is_neither_shown_nor_taken_where_it_is_forbidden(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.goto("proven")
        assert " x n/a" not in driven.text
        assert "y n p i Answer" in driven.rows[-1]
        await driven.press("x")
        assert "proven" not in driven.walk.review.answers

    drive(play)


def test_a_number_is_asked_for_first_and_compared_with_its_target(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.goto("score")
        await driven.press("y")
        assert isinstance(driven.app.focused, Input)
        await driven.type("much")
        await driven.press("enter")
        assert "takes a number, not 'much'" in driven.text
        driven.app.screen.query_one(Input).value = "0.91"
        await driven.press("enter")
        assert "meets >= 0.9" in driven.text
        assert driven.question.at == "score"
        await driven.press("y")
        assert driven.walk.review.answers["score"].value == "0.91"
        assert driven.walk.review.answers["score"].verdict is Verdict.MET
        assert driven.question.at != "score"

    drive(play)


def test_a_choice_is_a_digit_and_then_a_letter(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.goto("level")
        await driven.press("2")
        assert driven.walk.review.answers["level"].value == "high"
        assert driven.question.at == "level"
        await driven.press("y")
        assert driven.walk.review.answers["level"].verdict is Verdict.MET

    drive(play)


def test_a_list_is_one_item_a_line_until_an_empty_one(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.goto("names")
        await driven.press("y")
        for name in ("ada", "bob"):
            await driven.type(name)
            await driven.press("enter")
        await driven.press("enter")
        assert driven.walk.review.answers["names"].value == ("ada", "bob")

    drive(play)


def test_a_scope_question_takes_a_digit_alone_and_opens_what_it_hides(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.goto("kind")
        await driven.press("y", "n", "c")
        assert not driven.walk.review.answers
        await driven.press("1")
        assert driven.walk.review.facets == {"kind": "online"}
        assert driven.question.at == "score"
        assert "batch-only" not in [one.question.id for one in driven.walk.views()]

    drive(play)


def test_undo_and_redo_go_where_the_step_was(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("y", "u")
        assert driven.question.at == "seeded"
        assert not driven.walk.review.answers
        assert "Undone: seeded = yes" in driven.text
        await driven.press("u")
        assert "Nothing to undo" in driven.text
        await driven.press("ctrl+r")
        assert driven.walk.review.answers["seeded"].verdict is Verdict.MET
        await driven.press("ctrl+r")
        assert "Nothing to bring back" in driven.text

    drive(play)


def test_moving_keeps_to_the_filter_and_to_sections(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("j", "down")
        assert driven.question.at == "proven"
        await driven.press("J")
        assert driven.question.at == "kind"
        await driven.press("K")
        assert driven.question.at == "proven"
        await driven.press("k", "k", "k", "f", "b", "enter", "j")
        assert driven.question.at == "proven"
        assert "filter: blockers" in driven.rows[0]
        await driven.press("f", "0", "enter", "j")
        assert driven.question.at == "kind"

    drive(play)


def test_a_skipped_question_comes_back_last(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("s")
        assert driven.question.at == "tested"
        assert "Skipped: seeded" in driven.text
        await driven.press("k")
        assert "skipped" in driven.text
        await driven.press("y")
        assert "seeded" not in driven.walk.skipped

    drive(play)


def test_find_goes_through_ids_questions_and_notes(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("slash")
        await driven.type("is the")
        await driven.press("enter")
        assert driven.question.at == "tested"
        assert "Hit 1 of 4" in driven.text
        await driven.press("right_square_bracket")
        assert driven.question.at == "proven"
        await driven.press("left_square_bracket", "left_square_bracket")
        assert driven.question.at == "level"
        await driven.press("slash")
        await driven.type("zebra")
        await driven.press("enter")
        assert "Nothing found" in driven.text

    drive(play)


def test_guidance_is_shown_in_full_on_request(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.goto("proven")
        assert "any file" not in driven.text
        await driven.press("g")
        assert "any file" in driven.text

    drive(play)


def test_the_end_names_the_next_step(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.goto("kind")
        await driven.press("1")
        for one in driven.walk.views():
            if not one.answered and one.question.id != "plain":
                driven.walk.answer(one.question.id, Verdict.UNMET, note="no")
        await driven.goto("plain")
        await driven.press("y")
        assert "All answered. S signs, o shows all." in driven.text

    drive(play)


def test_a_draft_resumes_at_the_same_question_and_says_so(drive: Drive) -> None:
    async def first(driven: Driven) -> None:
        await driven.press("y", "y", "j")

    async def again(driven: Driven) -> None:
        assert driven.question.at == "kind"
        assert "Recovered 2 answers; last: tested = yes" in driven.text

    drive(first)
    drive(again)


def test_a_second_session_may_only_read(
    drive: Drive, project: Path, home: Path, clock: Clock
) -> None:
    visit = Visit.open(project, state=home / "state", now=clock)
    other = visit.begin(Wanted(checklist="tiny", release="1.0"))

    async def play(driven: Driven) -> None:
        assert "Read only: process" in driven.text
        await driven.press("y")
        assert "this draft is being written by process" in driven.text
        assert not driven.walk.review.answers

    with other.draft:
        drive(play)


def test_an_answer_that_was_not_saved_is_not_given(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def play(driven: Driven) -> None:
        def full(*_: object) -> None:
            raise MissingEnvironmentError("NOT SAVED: No space left on device", "Make room.")

        with monkeypatch.context() as disk:
            disk.setattr(driven.walk.draft, "record", full)
            await driven.press("y")
        assert driven.question.at == "seeded"
        assert driven.rows[2].strip().startswith("NOT SAVED: No space left")
        assert "(o) y yes" not in driven.text
        await driven.press("k")
        assert driven.rows[2].strip().startswith("NOT SAVED")
        await driven.press("y")
        assert "NOT SAVED" not in driven.text
        assert driven.question.at == "tested"

    drive(play)


def test_a_paste_of_several_lines_attaches_each(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        from textual.events import Paste  # noqa: PLC0415 - only here

        await driven.press("e")
        line = driven.app.screen.query_one(Input)
        line.post_message(Paste("train.py:3\nhttps://example.org/run/7\n"))
        await driven.until(lambda: driven.walk.review.answers)
        assert len(driven.walk.review.answers["seeded"].evidence) == 2

    drive(play)


def test_the_picker_offers_marks_and_removes(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        await driven.press("e")
        assert "train.py:3" in driven.text
        await driven.until(lambda: "np.random.seed(7)" in driven.text)
        await driven.press("tab")
        await driven.type("proof")
        await driven.press("tab", "enter")
        evidence = driven.walk.review.answers["seeded"].evidence
        assert {one.ref for one in evidence} == {"train.py", "docs/proof.md"}
        await driven.press("e")
        while "> [x] docs/proof.md" not in driven.text:
            await driven.press("down")
        await driven.press("ctrl+x")
        assert [one.ref for one in driven.walk.review.answers["seeded"].evidence] == ["train.py"]

    drive(play)


def test_evidence_that_names_nothing_is_refused_in_place(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("e")
        await driven.type("no/such/file.py:7")
        await driven.press("enter")
        assert "is not a file of the reviewed commit" in driven.text
        await driven.press("escape")
        assert not driven.walk.review.answers

    drive(play)


def test_a_click_on_an_answer_gives_it(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        row = next(at for at, line in enumerate(driven.rows) if "( ) y yes" in line)
        column = driven.rows[row].index("y yes")
        await driven.pilot.click(offset=(column, row))
        await driven.pilot.pause()
        assert driven.walk.review.answers["seeded"].verdict is Verdict.MET

    drive(play)


def test_the_wide_window_shows_sections_and_code(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        assert "First things" in driven.text
        assert "0/3" in driven.text
        await driven.until(lambda: "> " in driven.text and "3 np.random.seed(7)" in driven.text)
        await driven.pilot.resize_terminal(80, 24)
        await driven.pilot.pause()
        assert "Second things" not in driven.text

    drive(play, size=(120, 40))
