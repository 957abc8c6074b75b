"""Every step of a review, without a screen: the answer rule, typed answers, undo, staleness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdshort.errors import RepositoryStateError, UsageError
from holdshort.model.finding import Outcome
from holdshort.model.policy import Policy, WaiverRule
from holdshort.model.progress import Filter, Need, blockers
from holdshort.model.review import Decision, Verdict, Via
from holdshort.model.text import MAX_NOTE_CHARS
from holdshort.walkthrough.session import MAX_EVIDENCE, Walkthrough
from holdshort.walkthrough.visit import Visit

from .conftest import QUICK, commit, finding, write

Begin = Callable[..., Walkthrough]
Git = Callable[..., str]
FAIL, PASS = finding(Outcome.FAIL), finding(Outcome.PASS)
HEADLINE = "seeds-set: Found 1 generator"


def needs(walk: Walkthrough, question: str) -> tuple[Need, ...]:
    return walk.view(question).needs


# The answer rule


def test_an_answer_that_needs_nothing_leads_to_the_next_open_question(begin: Begin) -> None:
    walk = begin(PASS)

    assert walk.current == "serving"
    assert walk.value("serving", "batch").following == "seeded"
    assert walk.answer("seeded", Verdict.MET).following == "manual"
    assert walk.review.answers["seeded"].via is Via.MANUAL


def test_a_yes_without_its_required_evidence_is_kept_and_stays(begin: Begin) -> None:
    walk = begin()
    step = walk.answer("manual", Verdict.MET)

    assert step.following is None
    assert step.view.verdict is Verdict.MET
    assert step.view.needs == (Need.EVIDENCE,)
    assert walk.attach("manual", "train.py:3").following == "online"


@pytest.mark.parametrize("verdict", [Verdict.UNMET, Verdict.PARTLY, Verdict.UNKNOWN])
def test_anything_but_a_yes_asks_for_a_note_and_can_be_signed_without(
    begin: Begin, verdict: Verdict
) -> None:
    walk = begin()
    step = walk.answer("manual", verdict)

    assert step.following is None
    assert step.view.needs == (Need.NOTE,)
    assert walk.note("manual", "because").view.needs == ()


def test_not_applicable_needs_a_reason(begin: Begin) -> None:
    walk = begin()

    assert walk.answer("manual", Verdict.NOT_APPLICABLE).view.needs == (Need.REASON,)
    assert walk.answer("manual", Verdict.NOT_APPLICABLE, note="no data").view.needs == ()


def test_not_applicable_can_be_forbidden(begin: Begin) -> None:
    walk = begin()
    with pytest.raises(UsageError, match="seeded cannot be not applicable"):
        walk.answer("seeded", Verdict.NOT_APPLICABLE)
    assert walk.view("seeded").answer is None


def test_a_yes_against_a_failing_check_needs_a_reason(begin: Begin) -> None:
    walk = begin(FAIL)

    assert walk.answer("seeded", Verdict.MET).view.needs == (Need.REASON,)
    assert walk.note("seeded", "it is seeded in the launcher").view.needs == ()


def test_a_no_takes_the_finding_as_its_note_and_the_next_verdict_drops_it(begin: Begin) -> None:
    walk = begin(FAIL)

    assert walk.answer("seeded", Verdict.UNMET).view.needs == ()
    assert walk.review.answers["seeded"].note == HEADLINE
    walk.answer("seeded", Verdict.MET)
    assert walk.review.answers["seeded"].note == ""
    walk.answer("seeded", Verdict.UNMET)
    assert walk.review.answers["seeded"].note == HEADLINE


def test_a_note_that_was_typed_is_never_dropped(begin: Begin) -> None:
    walk = begin(FAIL)
    walk.answer("seeded", Verdict.UNMET, note="known, see the ticket")
    walk.answer("seeded", Verdict.PARTLY)

    assert walk.review.answers["seeded"].note == "known, see the ticket"
    walk.answer("seeded", Verdict.UNMET)
    assert walk.review.answers["seeded"].note == "known, see the ticket"


def test_an_empty_note_takes_the_note_away(begin: Begin) -> None:
    walk = begin(FAIL)
    walk.answer("seeded", Verdict.UNMET, note="")

    assert walk.review.answers["seeded"].note == ""


def test_a_note_is_kept_as_documents_hold_it(begin: Begin) -> None:
    walk = begin()
    walk.note("manual", "\n cafe\u0301 \u202e\x1b \r\nlast \n\n")

    assert walk.review.answers["manual"].note == " café\nlast"


def test_five_megabytes_pasted_into_a_note_are_refused(begin: Begin) -> None:
    walk = begin()
    with pytest.raises(UsageError, match=r"a note holds 20,000 characters at most"):
        walk.note("manual", "x" * 5_000_000)
    with pytest.raises(UsageError, match="at most"):
        walk.answer("manual", Verdict.UNMET, note="x" * (MAX_NOTE_CHARS + 1))
    with pytest.raises(UsageError, match="a value holds"):
        walk.value("words", "x" * (MAX_NOTE_CHARS + 1))
    assert walk.review.answers == {}


def test_a_question_that_is_not_asked_is_said_so(begin: Begin) -> None:
    walk = begin()
    with pytest.raises(UsageError, match="'extra' is not asked in the profile 'quick'"):
        walk.answer("extra", Verdict.MET)
    with pytest.raises(UsageError, match=r"has no question 'no\^\[pe'"):
        walk.answer("no\x1bpe", Verdict.MET)


# Suggestions


def test_a_suggestion_is_accepted_with_its_evidence(begin: Begin) -> None:
    walk = begin(PASS)
    step = walk.accept("seeded")
    answer = walk.review.answers["seeded"]

    assert step.view.needs == ()
    assert (answer.verdict, answer.via) == (Verdict.MET, Via.SUGGESTED)
    assert [one.where for one in answer.evidence] == ["train.py:3"]
    assert answer.evidence[0].quote == "random.seed(7)"


@pytest.mark.parametrize("told", [FAIL, finding(Outcome.WARN), finding(Outcome.UNKNOWN)])
def test_only_a_pass_can_be_accepted(begin: Begin, told: object) -> None:
    walk = begin(told)
    with pytest.raises(UsageError, match="no suggestion that one key accepts"):
        walk.accept("seeded")


def test_nothing_is_suggested_for_what_no_check_supports(begin: Begin) -> None:
    with pytest.raises(UsageError, match="no suggestion"):
        begin(PASS).accept("manual")


def test_accepting_drops_the_note_that_a_finding_gave(begin: Begin) -> None:
    walk = begin(FAIL)
    walk.answer("seeded", Verdict.UNMET)
    walk.visit.take(PASS)
    walk.accept("seeded")

    assert walk.review.answers["seeded"].note == ""


def test_a_place_that_cannot_be_pinned_does_not_stop_the_accepting(begin: Begin) -> None:
    places = PASS.evidence
    walk = begin(replace(PASS, evidence=(replace(places[0], path="gone.py"), *places)))
    walk.accept("seeded")

    assert [one.where for one in walk.review.answers["seeded"].evidence] == ["train.py:3"]


def test_an_offered_place_is_attached_by_its_digit(begin: Begin) -> None:
    walk = begin(PASS)

    assert [one.where for one in walk.attach_suggested("seeded", 1).view.answer.evidence] == [  # type: ignore[union-attr]  # just attached
        "train.py:3"
    ]
    for number in (0, 2):
        with pytest.raises(UsageError, match=f"no evidence is offered under {number}"):
            walk.attach_suggested("seeded", number)


# Typed answers


@pytest.mark.parametrize("number", ["0.91", "-1", "+1.", ".5", "1e3", "9E-2"])
def test_a_number_is_taken_as_typed(begin: Begin, number: str) -> None:
    walk = begin()
    walk.value("metric", f" {number} \n")

    assert walk.review.answers["metric"].value == number


@pytest.mark.parametrize("text", ["", "high", "nan", "inf", "1_000", "١٢", "0x10", "1e999", "1,5"])
def test_what_is_no_number_everywhere_is_refused(begin: Begin, text: str) -> None:
    walk = begin()
    with pytest.raises(UsageError, match="metric takes a number"):
        walk.value("metric", text)


def test_a_yes_to_a_typed_question_needs_its_value(begin: Begin) -> None:
    walk = begin()

    assert walk.answer("metric", Verdict.MET).view.needs == (Need.VALUE,)
    assert walk.value("metric", "0.95").view.needs == ()
    assert walk.review.answers["metric"].verdict is Verdict.MET


def test_choices_texts_and_lists(begin: Begin) -> None:
    walk = begin()
    with pytest.raises(UsageError, match="pick takes one of: one, two"):
        walk.value("pick", "three")
    walk.value("pick", "two")
    walk.value("words", "For the weekly call list.\nNothing else.")
    walk.value("items", "sales\n\n support \n")
    values = {name: answer.value for name, answer in walk.review.answers.items()}

    assert values == {
        "pick": "two",
        "words": "For the weekly call list.\nNothing else.",
        "items": ("sales", " support"),
    }
    walk.value("items", "")
    assert walk.review.answers["items"].value == ""


def test_a_verdict_question_takes_no_value(begin: Begin) -> None:
    with pytest.raises(UsageError, match="manual takes a verdict only"):
        begin().value("manual", "x")


def test_a_facet_takes_its_value_alone(begin: Begin) -> None:
    walk = begin()
    with pytest.raises(UsageError, match="serving takes a value"):
        walk.answer("serving", Verdict.MET)
    with pytest.raises(UsageError, match="serving takes a value"):
        walk.note("serving", "x")
    with pytest.raises(UsageError, match="serving takes a value"):
        walk.attach("serving", "train.py")
    assert needs(walk, "serving") == (Need.VALUE,)


def test_a_facet_hides_what_cannot_apply(begin: Begin) -> None:
    walk = begin()
    asked = [view.question.id for view in walk.views()]
    walk.value("serving", "batch")

    assert "online" in asked
    assert "online" not in [view.question.id for view in walk.views()]
    walk.value("serving", "online")
    assert [view.question.id for view in walk.views()] == asked


# Evidence


def test_evidence_lines_are_attached_all_or_none(begin: Begin) -> None:
    walk = begin()
    with pytest.raises(UsageError, match=r"'gone\.py' is not a file"):
        walk.attach("manual", "train.py:1\ngone.py\n")
    assert "manual" not in walk.review.answers
    walk.attach("manual", "train.py:1\n\ndocs/a b.md:2-3\ntrain.py:1\n")
    assert [one.where for one in walk.review.answers["manual"].evidence] == [
        "train.py:1",
        "docs/a b.md:2-3",
    ]


def test_evidence_is_taken_off_by_its_number(begin: Begin) -> None:
    walk = begin()
    walk.attach("manual", "train.py:1\ntrain.py:3")

    assert [one.lines for one in walk.detach("manual", 1).view.answer.evidence] == ["3"]  # type: ignore[union-attr]  # one is left
    for number in (0, 2):
        with pytest.raises(UsageError, match=f"manual has no evidence {number}"):
            walk.detach("manual", number)


def test_references_are_limited(begin: Begin, project: Path, git: Git) -> None:
    write(project, {"long.py": "x\n" * (MAX_EVIDENCE + 1)})
    commit(git, project)
    walk = begin()
    with pytest.raises(UsageError, match="references at most"):
        walk.attach("manual", "\n".join(f"long.py:{at + 1}" for at in range(MAX_EVIDENCE + 1)))


def test_nothing_typed_is_no_evidence(begin: Begin) -> None:
    with pytest.raises(UsageError, match="evidence is one line"):
        begin().attach("manual", " \n ")


# Waivers and bulk


def test_a_waiver_names_a_person_and_a_date(begin: Begin) -> None:
    walk = begin()
    walk.answer("manual", Verdict.UNMET, note="not yet")
    step = walk.waive("manual", reason=" small ", owner="Jo", expires="20261220", ticket="R-1")
    waiver = walk.review.waivers[0]

    assert step.view.waived
    assert (waiver.reason, waiver.owner, waiver.expires) == (" small", "Jo", "2026-12-20")
    assert [row.state.value for row in walk.gate().rows if row.id == "manual"] == ["waived"]
    assert not walk.unwaive("manual").view.waived
    with pytest.raises(UsageError, match="manual has no waiver"):
        walk.unwaive("manual")
    walk.undo()
    assert walk.view("manual").waived


@pytest.mark.parametrize(
    ("reason", "owner", "expires", "said"),
    [
        ("", "Jo", "2026-12-20", "needs a reason and an owner"),
        ("x", " \n", "2026-12-20", "needs a reason and an owner"),
        ("x", "Jo", "soon", "'soon' is no date"),
        ("x", "Jo", "2026-11-19", "expires between 2026-11-20 and 2027-02-18"),
        ("x", "Jo", "2027-02-19", "expires between"),
        ("x" * 20_001, "Jo", "2026-12-20", "a reason holds"),
    ],
)
def test_a_waiver_without_end_or_owner_is_refused(
    begin: Begin, reason: str, owner: str, expires: str, said: str
) -> None:
    walk = begin()
    with pytest.raises(UsageError, match=said):
        walk.waive("manual", reason=reason, owner=owner, expires=expires)
    assert walk.review.waivers == ()


def test_the_policy_decides_how_long_a_waiver_runs(begin: Begin) -> None:
    walk = begin()
    rule: Policy = replace(walk.policy, waivers=WaiverRule(max_days=5))
    walk.policy = rule
    with pytest.raises(UsageError, match="2026-11-25"):
        walk.waive("manual", reason="x", owner="Jo", expires="2026-12-01")


def test_bulk_leaves_blockers_facets_and_answers_alone_and_is_one_undo(begin: Begin) -> None:
    walk = begin()
    with pytest.raises(UsageError, match="needs a reason"):
        walk.bulk_not_applicable("First", " ")
    assert walk.bulk_not_applicable("First", "batch only") == ("online",)
    with pytest.raises(UsageError, match="nothing in 'First'"):
        walk.bulk_not_applicable("First", "again")
    walk.answer("pick", Verdict.UNKNOWN, note="x")
    done = walk.bulk_not_applicable("Second", "no users yet")

    assert set(done) == {"metric", "words", "items", "watched"}
    assert {walk.review.answers[one].via for one in done} == {Via.BULK}
    assert walk.undo() is not None
    assert set(walk.review.answers) == {"online", "pick"}


# Moving about


def test_what_is_skipped_comes_last(begin: Begin) -> None:
    walk = begin()

    assert walk.skip("serving") == "seeded"
    assert walk.view("serving").skipped
    for name in ("seeded", "manual", "online", "watched"):
        walk.answer(name, Verdict.UNKNOWN, note="x")
    for name, text in {"metric": "1", "pick": "one", "words": "x", "items": "x"}.items():
        walk.value(name, text)
        last = walk.answer(name, Verdict.UNKNOWN, note="x").following
    assert last == "serving"


def test_filters_narrow_what_comes_next_and_are_kept(begin: Begin) -> None:
    walk = begin()
    walk.narrow([Filter.BLOCKERS, Filter.UNANSWERED])
    walk.go("serving")

    assert walk.following("serving", walk.filters) == "seeded"
    assert walk.answer("seeded", Verdict.UNKNOWN, note="x").following == "manual"
    assert walk.answer("manual", Verdict.UNKNOWN, note="x").following is None
    walk.draft.close()
    assert begin().filters == {Filter.BLOCKERS, Filter.UNANSWERED}
    assert begin().current == "serving"


def test_the_filter_for_needs_leads_to_answers_that_lack_something(begin: Begin) -> None:
    walk = begin()
    walk.answer("manual", Verdict.MET)
    walk.narrow([Filter.NEEDS])

    assert walk.following("serving", walk.filters) == "manual"
    assert walk.following("manual") == "online"


def test_others_roles_come_last_and_are_not_led_to(begin: Begin) -> None:
    walk = begin(wanted=replace(QUICK, roles=("sre",)))

    assert [view.question.id for view in walk.views() if view.mine] == ["watched"]
    assert walk.views()[0].question.id == "watched"
    assert walk.current == "watched"
    assert walk.progress().total == 1
    assert walk.answer("watched", Verdict.MET).following is None


def test_progress_counts_what_is_asked_of_this_reviewer(begin: Begin) -> None:
    walk = begin(PASS)
    walk.accept("seeded")
    walk.answer("manual", Verdict.MET)
    progress = walk.progress()

    assert (progress.total, progress.answered, progress.needs) == (9, 2, 1)
    assert progress.blockers_open == 0
    assert progress.verdicts[Verdict.MET] == 2


# Undo, restart


def test_a_review_resumes_where_it_was(begin: Begin) -> None:
    walk = begin(PASS)
    walk.accept("seeded")
    walk.go("manual")
    before = walk.review
    walk.draft.close()
    again = begin(PASS)

    assert again.resumed == 1
    assert again.current == "manual"
    assert again.review == before
    assert again.undo().label == "seeded = yes (suggested)"  # type: ignore[union-attr]  # there is one
    assert again.undo() is None
    assert again.redo() is not None
    assert again.review == before


STEPS: dict[str, Callable[[Walkthrough], object]] = {
    "yes": lambda walk: walk.answer("seeded", Verdict.MET),
    "no": lambda walk: walk.answer("seeded", Verdict.UNMET),
    "noted no": lambda walk: walk.answer("manual", Verdict.UNMET, note="why"),
    "note": lambda walk: walk.note("manual", "other"),
    "no note": lambda walk: walk.note("manual", ""),
    "batch": lambda walk: walk.value("serving", "batch"),
    "online": lambda walk: walk.value("serving", "online"),
    "list": lambda walk: walk.value("items", "a\nb"),
    "attach": lambda walk: walk.attach("manual", "train.py:3"),
    "waive": lambda walk: walk.waive("manual", reason="r", owner="o", expires="2026-12-01"),
    "bulk": lambda walk: walk.bulk_not_applicable("Second", "none"),
}


@given(names=st.lists(st.sampled_from(sorted(STEPS)), max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_as_many_undos_as_steps_lead_back_and_redos_forth(
    visit: Callable[..., Visit], names: list[str]
) -> None:
    walk = visit(FAIL).begin(QUICK)
    states = [walk.review]
    for name in names:
        before = walk.draft.state.history.cursor
        try:
            STEPS[name](walk)
        except UsageError:
            assert walk.draft.state.history.cursor == before
        if walk.draft.state.history.cursor > before:
            states.append(walk.review)
    for expected in reversed(states[:-1]):
        assert walk.undo() is not None
        assert walk.review == expected
    assert walk.undo() is None
    for expected in states[1:]:
        assert walk.redo() is not None
        assert walk.review == expected
    walk.draft.remove()


def test_a_second_session_may_look_and_not_answer(begin: Begin) -> None:
    first = begin()
    second = begin()
    with pytest.raises(RepositoryStateError, match="is being written by process"):
        second.answer("manual", Verdict.MET)
    first.draft.close()
    assert first.review == second.review


# When the ground moves


def moved(project: Path, git: Git, **files: str) -> None:
    write(project, {name.replace("__", "."): text for name, text in files.items()})
    commit(git, project)


def test_an_answer_whose_evidence_changed_is_pressed_again_and_pinned_anew(
    begin: Begin, project: Path, git: Git
) -> None:
    walk = begin()
    walk.attach("manual", "train.py:3")
    walk.answer("manual", Verdict.MET)
    old = walk.review.answers["manual"].evidence[0]
    walk.draft.close()
    moved(project, git, train__py="import random\n\nrandom.seed(8)\n")
    walk = begin()

    assert needs(walk, "manual") == (Need.AGAIN,)
    assert walk.following("serving") == "seeded"
    assert walk.note("manual", "looked").view.needs == (Need.AGAIN,)
    walk.attach("manual", "docs/a b.md:1")
    assert needs(walk, "manual") == (Need.AGAIN,)
    assert walk.answer("manual", Verdict.MET).view.needs == ()
    new = walk.review.answers["manual"].evidence[0]
    assert (new.where, new.quote) == ("train.py:3", "random.seed(8)")
    assert new.blob != old.blob


def test_evidence_that_is_gone_is_dropped_when_the_answer_is_pressed_again(
    begin: Begin, project: Path, git: Git
) -> None:
    walk = begin()
    walk.attach("manual", "train.py:4\ndocs/a b.md")
    walk.answer("manual", Verdict.MET)
    walk.draft.close()
    moved(project, git, train__py="import random\n")
    walk = begin()
    step = walk.answer("manual", Verdict.MET)

    assert [one.where for one in walk.review.answers["manual"].evidence] == ["docs/a b.md"]
    assert step.view.needs == ()


def test_an_answer_whose_finding_changed_is_pressed_again(begin: Begin) -> None:
    walk = begin(PASS)
    walk.accept("seeded")
    walk.draft.close()
    walk = begin(FAIL)

    assert needs(walk, "seeded") == (Need.AGAIN, Need.REASON)
    walk.note("seeded", "the launcher seeds")
    assert needs(walk, "seeded") == (Need.AGAIN,)
    assert walk.answer("seeded", Verdict.MET).view.needs == ()
    walk.draft.close()
    assert needs(begin(FAIL), "seeded") == ()


def test_pressing_the_very_same_answer_again_is_a_step_that_undo_takes_back(begin: Begin) -> None:
    walk = begin(FAIL)
    walk.answer("seeded", Verdict.UNMET, note="known")
    walk.draft.close()
    walk = begin(PASS)

    assert needs(walk, "seeded") == (Need.AGAIN,)
    walk.answer("seeded", Verdict.UNMET)
    assert needs(walk, "seeded") == ()
    walk.undo()
    assert needs(walk, "seeded") == (Need.AGAIN,)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Was it read?", "Was it read twice?"),
        ("severity: blocker\n    role: ml_engineer\n    ev", "role: ml_engineer\n    ev"),
    ],
)
def test_an_answer_to_other_words_is_asked_for_again(
    begin: Begin, project: Path, git: Git, before: str, after: str
) -> None:
    walk = begin()
    walk.attach("manual", "train.py:3")
    walk.answer("manual", Verdict.MET)
    walk.draft.close()
    text = (project / "checklists/team.yaml").read_text("utf-8")
    assert before in text
    write(project, {"checklists/team.yaml": text.replace(before, after)})
    commit(git, project)
    walk = begin()

    assert needs(walk, "manual") == (Need.AGAIN,)
    assert walk.answer("manual", Verdict.MET).view.needs == ()
    answer, question = walk.review.answers["manual"], walk.view("manual").question
    assert (answer.asked, answer.severity) == (question.text, question.severity)


def test_a_finding_as_evidence_goes_stale_with_its_headline(begin: Begin) -> None:
    walk = begin(PASS)
    walk.attach("manual", "seeds-set")
    walk.answer("manual", Verdict.MET)
    walk.draft.close()
    walk = begin(finding(Outcome.PASS, headline="Found 2 generators"))

    assert needs(walk, "manual") == (Need.AGAIN,)
    walk.answer("manual", Verdict.MET)
    assert walk.review.answers["manual"].evidence[0].quote == "Found 2 generators"


def test_answers_given_in_bulk_go_stale_too(begin: Begin) -> None:
    walk = begin(FAIL)
    walk.bulk_not_applicable("Second", "x")
    assert all(not view.stale for view in walk.views())
    change = walk.draft.state.history.undoable
    assert change is not None
    assert set(change.answers) == {"metric", "pick", "words", "items", "watched"}


def test_an_answer_to_a_question_that_is_worded_otherwise_now_is_pressed_again(
    begin: Begin, project: Path, git: Git
) -> None:
    walk = begin()
    walk.answer("manual", Verdict.UNMET, note="no")
    walk.draft.close()
    team = project / "checklists" / "team.yaml"
    team.write_text(team.read_text("utf-8").replace("Was it read?", "Was it read twice?"), "utf-8")
    commit(git, project)
    walk = begin()

    assert needs(walk, "manual") == (Need.AGAIN,)
    walk.answer("manual", Verdict.UNMET)
    assert walk.review.answers["manual"].asked == "Was it read twice?"
    assert needs(walk, "manual") == ()


def test_a_profile_that_the_checklist_lost_falls_back(
    begin: Begin, project: Path, git: Git
) -> None:
    begin(wanted=replace(QUICK, profile="deep")).draft.close()
    team = project / "checklists" / "team.yaml"
    team.write_text(team.read_text("utf-8").replace("  deep:", "  deeper:"), "utf-8")
    commit(git, project)

    assert begin().profile == "quick"


def test_a_stale_answer_blocks_every_signature(begin: Begin, project: Path, git: Git) -> None:
    walk = begin()
    walk.attach("manual", "train.py:3")
    walk.answer("manual", Verdict.UNMET, note="x")
    walk.draft.close()
    moved(project, git, train__py="\n\n\n\n")
    views = begin().views()

    for decision in Decision:
        assert ("manual", Need.AGAIN) in list(blockers(views, decision))
