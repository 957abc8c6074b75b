"""What an answer needs, what findings suggest, and how far a review is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from holdshort.model.checklist import (
    AnswerRule,
    AnswerType,
    CheckRelation,
    EvidenceNeed,
    EvidenceRule,
    Permission,
    Question,
    Severity,
)
from holdshort.model.finding import Finding, Level, Outcome, Place
from holdshort.model.progress import (
    Filter,
    Need,
    Progress,
    QuestionView,
    asked_of,
    blockers,
    may_be,
    meets_target,
    needs,
)
from holdshort.model.relation import Relation
from holdshort.model.review import Answer, Decision, Evidence, EvidenceKind, Verdict
from holdshort.model.suggestion import Suggestion, suggest

QUESTION = Question(
    id="deps",
    text="Pinned?",
    role="owner",
    severity=Severity.BLOCKER,
    checks=(CheckRelation(id="a"),),
)
FACET = Question(
    id="facet",
    text="Which?",
    role="owner",
    facet=True,
    answer=AnswerRule(type=AnswerType.CHOICE, choices=("a",)),
)
YES = Answer(asked="Pinned?", severity=Severity.BLOCKER, verdict=Verdict.MET)
FILE = Evidence(kind=EvidenceKind.FILE, ref="a.py")


def finding(outcome: Outcome, *places: Place, name: str = "a") -> dict[str, Finding]:
    return {name: Finding(id=name, version="1", outcome=outcome, headline="h", evidence=places)}


def place(path: str, level: Level) -> Place:
    return Place(path=path, line=1, level=level, why="w")


@pytest.mark.parametrize(
    ("question", "answer", "wanted"),
    [
        (FACET, None, (Need.VALUE,)),
        (FACET, replace(YES, value="a"), ()),
        (QUESTION, None, (Need.VERDICT,)),
        (QUESTION, replace(YES, verdict=None), (Need.VERDICT,)),
        (QUESTION, YES, (Need.REASON,)),
        (QUESTION, replace(YES, note="why"), ()),
        (replace(QUESTION, evidence=EvidenceRule(need=EvidenceNeed.REQUIRED)),
         replace(YES, note="why"), (Need.EVIDENCE,)),
        (replace(QUESTION, answer=AnswerRule(type=AnswerType.TEXT)),
         replace(YES, note="why"), (Need.VALUE,)),
        (QUESTION, replace(YES, verdict=Verdict.NOT_APPLICABLE), (Need.REASON,)),
        (QUESTION, replace(YES, verdict=Verdict.UNMET), (Need.NOTE,)),
        (QUESTION, replace(YES, verdict=Verdict.UNMET, note="soon"), ()),
    ],
)  # fmt: skip
def test_an_answer_lacks_what_its_question_needs(
    question: Question, answer: Answer | None, wanted: tuple[Need, ...]
) -> None:
    assert needs(question, answer, finding(Outcome.FAIL), stale=False) == wanted


def test_a_stale_answer_is_asked_again() -> None:
    assert needs(QUESTION, replace(YES, note="n"), {}, stale=True) == (Need.AGAIN,)


@pytest.mark.parametrize(
    ("value", "target", "met"),
    [
        ("0.9", ">= 0.9", True),
        ("0.8", ">0.8", False),
        ("3", "<= 4", True),
        ("-1", "< 0", True),
        ("5", "= 5.0", True),
        ("many", "= 5", None),
        ("5", "about 5", None),
    ],
)
def test_a_number_is_held_against_its_target(value: str, target: str, met: bool | None) -> None:
    assert meets_target(value, target) is met


def test_roles_and_verdicts_that_are_allowed() -> None:
    assert asked_of(QUESTION, ("any",))
    assert asked_of(QUESTION, ("owner",))
    assert not asked_of(QUESTION, ("engineer",))
    assert may_be(QUESTION, Verdict.NOT_APPLICABLE)
    assert not may_be(replace(QUESTION, na=Permission.FORBIDDEN), Verdict.NOT_APPLICABLE)


def view(
    answer: Answer | None, *lacks: Need, question: Question = QUESTION, mine: bool = True
) -> QuestionView:
    return QuestionView(
        question=question,
        section="All",
        number=1,
        answer=answer,
        needs=lacks,
        suggestion=Suggestion(),
        findings=tuple(finding(Outcome.WARN).values()),
        pending=(),
        mine=mine,
        skipped=answer is None,
    )


def test_progress_counts_what_is_asked_of_this_reviewer() -> None:
    views = (
        view(YES),
        view(None, Need.VERDICT),
        view(replace(YES, verdict=Verdict.UNMET), Need.NOTE),
        replace(view(replace(YES, verdict=Verdict.UNMET)), waived=True),
        view(YES, mine=False),
        view(replace(YES, verdict=None, value="a"), question=FACET),
    )
    progress = Progress.of(views)
    assert (progress.total, progress.answered, progress.blockers_open) == (5, 4, 2)
    assert (progress.needs, progress.verdicts[Verdict.UNMET]) == (1, 2)


def test_only_an_approval_must_be_complete() -> None:
    views = (
        view(None, Need.VERDICT),
        view(YES, Need.EVIDENCE, Need.NOTE),
        view(None, Need.VERDICT, mine=False),
        view(YES, Need.AGAIN),
    )
    assert list(blockers(views, Decision.APPROVE)) == [
        ("deps", Need.VERDICT),
        ("deps", Need.EVIDENCE),
        ("deps", Need.AGAIN),
    ]
    assert list(blockers(views, Decision.REJECT)) == [("deps", Need.AGAIN)]


@pytest.mark.parametrize(
    ("one", "passing"),
    [
        (Filter.UNANSWERED, [False, True]),
        (Filter.MINE, [True, True]),
        (Filter.BLOCKERS, [True, True]),
        (Filter.CHECKS, [True, True]),
        (Filter.SKIPPED, [False, True]),
        (Filter.NEEDS, [True, False]),
    ],
)
def test_filters_choose_questions(one: Filter, passing: list[bool]) -> None:
    views = (view(YES, Need.NOTE), view(None, Need.VERDICT))
    assert [each.passes(frozenset({one})) for each in views] == passing


TYPED = replace(QUESTION, answer=AnswerRule(type=AnswerType.TEXT))
CONTRADICTS = replace(QUESTION, checks=(CheckRelation(id="a", relation=Relation.CONTRADICTS),))
INFORMS = replace(QUESTION, checks=(CheckRelation(id="a", relation=Relation.INFORMS),))
BOTH = replace(
    QUESTION, checks=(CheckRelation(id="a"), CheckRelation(id="b", relation=Relation.CONTRADICTS))
)


@pytest.mark.parametrize(
    ("question", "outcome", "verdict", "acceptable"),
    [
        (QUESTION, Outcome.PASS, Verdict.MET, True),
        (QUESTION, Outcome.WARN, Verdict.PARTLY, False),
        (QUESTION, Outcome.FAIL, Verdict.UNMET, False),
        (QUESTION, Outcome.UNKNOWN, None, False),
        (CONTRADICTS, Outcome.PASS, None, False),
        (CONTRADICTS, Outcome.FAIL, Verdict.UNMET, False),
        (INFORMS, Outcome.FAIL, None, False),
        (TYPED, Outcome.PASS, Verdict.MET, False),
    ],
)
def test_only_checks_that_prove_the_question_suggest_a_yes(
    question: Question, outcome: Outcome, verdict: Verdict | None, acceptable: bool
) -> None:
    found = suggest(question, finding(outcome))
    assert (found.verdict, found.acceptable) == (verdict, acceptable)


def test_a_check_that_has_not_reported_suggests_nothing_yet() -> None:
    assert suggest(BOTH, finding(Outcome.PASS)).verdict is None


def test_several_supporting_checks_are_counted() -> None:
    two = replace(QUESTION, checks=(CheckRelation(id="a"), CheckRelation(id="b")))
    found = {**finding(Outcome.PASS), **finding(Outcome.PASS, name="b")}
    assert suggest(two, found).reason == "2 checks pass"


def test_a_doubt_beside_a_pass_is_never_one_key() -> None:
    found = {**finding(Outcome.PASS), **finding(Outcome.UNKNOWN, name="b")}
    suggestion = suggest(BOTH, found)
    assert (suggestion.verdict, suggestion.acceptable) == (Verdict.MET, False)


def test_places_that_say_what_the_check_says_come_first() -> None:
    places = (place("x", Level.INFO), place("y", Level.FAIL), place("", Level.FAIL))
    found = suggest(QUESTION, finding(Outcome.FAIL, *places))
    assert [one.path for one in found.places] == ["y", "x"]
