"""A draft's history: undo and redo without limit, and nothing else changes the answers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from holdshort.model.checklist import Severity
from holdshort.model.finding import Outcome
from holdshort.model.review import (
    Answer,
    Change,
    ChecklistRef,
    Evidence,
    EvidenceKind,
    History,
    Review,
    Reviewer,
    Verdict,
    Waiver,
    answer_sha256,
)

REVIEW = Review(
    project="churn",
    model="churn",
    release="1",
    checklist=ChecklistRef(id="tiny", version="1", sha256="0" * 64, profile="quick"),
    reviewer=Reviewer(id="ada", principal="ada@example.org", roles=("any",)),
)
ids = st.sampled_from(["one", "two", "three"])
verdicts = st.sampled_from(list(Verdict))
answers = st.builds(
    Answer, asked=st.just("Is it?"), severity=st.just(Severity.MAJOR), verdict=verdicts
)
waivers = ids.map(lambda one: Waiver(question=one, reason="r", owner="o", expires="2027-01-01"))
changes = st.builds(
    Change,
    label=st.just("step"),
    answers=st.dictionaries(ids, st.none() | answers),
    facets=st.dictionaries(ids, st.none() | st.just("batch")),
    outcomes=st.dictionaries(ids, st.sampled_from(list(Outcome))),
    noted=st.sampled_from(["", "from a check"]),
    question=ids,
    waivers=waivers.map(lambda one: {one.question: one}) | ids.map(lambda one: {one: None}),
)


def recorded(steps: list[Change]) -> History:
    history = History()
    for step in steps:
        history = history.record(step)
    return history


histories = st.lists(changes, max_size=8).map(recorded)


@given(histories, st.integers(0, 10))
def test_undoing_and_redoing_as_often_gives_the_same_review(history: History, times: int) -> None:
    back = history
    for _ in range(times):
        back = back.undo()
    there = back
    for _ in range(times):
        there = there.redo()
    assert there.applied_to(REVIEW) == history.applied_to(REVIEW)
    assert back.cursor == max(len(history.changes) - times, 0)


@given(histories)
def test_undoing_everything_gives_the_review_one_began_with(history: History) -> None:
    for _ in history.changes:
        assert history.undoable is history.changes[history.cursor - 1]
        history = history.undo()
        assert history.redoable is history.changes[history.cursor]
    assert history.undoable is None
    assert history.applied_to(REVIEW) == REVIEW


@given(histories, changes)
def test_a_new_step_drops_what_was_undone(history: History, step: Change) -> None:
    after = history.undo().record(step)
    assert after.redoable is None
    assert after.changes == (*history.changes[:-1], step)


@given(histories, ids)
def test_what_checks_said_is_that_of_the_last_verdict(history: History, question: str) -> None:
    said = [one for one in history.changes if one.outcomes and question in one.answers]
    assert history.outcomes_of(question) == (said[-1].outcomes if said else {})
    noted = {one.noted for one in history.changes if one.noted and one.question == question}
    assert history.noted_of(question) == noted


def test_a_response_is_pinned_to_every_word_of_an_answer() -> None:
    yes = Answer(asked="Is it?", severity=Severity.MAJOR, verdict=Verdict.MET)
    noted = Answer(asked="Is it?", severity=Severity.MAJOR, verdict=Verdict.MET, note="so")
    assert len({answer_sha256("a", yes), answer_sha256("b", yes), answer_sha256("a", noted)}) == 3


def test_a_reference_is_written_as_a_person_writes_it() -> None:
    assert Evidence(kind=EvidenceKind.FILE, ref="a.py", lines="3-4").where == "a.py:3-4"
    assert Evidence(kind=EvidenceKind.URL, ref="https://a.example").where == "https://a.example"


def test_a_waiver_is_found_by_its_question() -> None:
    waiver = Waiver(question="one", reason="r", owner="o", expires="2027-01-01")
    review = History().record(Change(label="w", waivers={"one": waiver})).applied_to(REVIEW)
    assert (review.waiver("one"), review.waiver("two")) == (waiver, None)
