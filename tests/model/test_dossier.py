"""The fold: laws that hold for any set of reviews, and the rules one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.model.checklist import (
    AnswerRule,
    AnswerType,
    AppliesIf,
    Checklist,
    Permission,
    Profile,
    Question,
    Section,
    Severity,
)
from holdshort.model.dossier import (
    Dossier,
    QuestionState,
    ReleaseVerdict,
    agreed_facets,
    fold,
    outdated_disputes,
    waiver_problem,
)
from holdshort.model.policy import Blocks, ChecklistPin, Person, Policy, Requirement, WaiverRule
from holdshort.model.review import (
    Answer,
    ChecklistRef,
    Decision,
    Dispute,
    Response,
    Review,
    Reviewer,
    Verdict,
    Waiver,
    answer_sha256,
)

TODAY = date(2026, 11, 20)
FACET = Question(
    id="serving",
    text="How is it served?",
    role="owner",
    facet=True,
    answer=AnswerRule(type=AnswerType.CHOICE, choices=("batch", "online")),
)
SEVERITIES = {"a": Severity.BLOCKER, "b": Severity.MAJOR, "c": Severity.MINOR, "d": Severity.MAJOR}
QUESTIONS = tuple(
    Question(id=name, text=f"Is {name}?", role=role, severity=SEVERITIES[name])
    for name, role in zip("abcd", ("owner", "engineer", "owner", "engineer"), strict=True)
)
ONLINE = Question(
    id="fast",
    text="Is it fast?",
    role="owner",
    severity=Severity.BLOCKER,
    applies_if=(AppliesIf(question="serving", any_of=("online",)),),
)
CHECKLIST = Checklist(
    id="tiny",
    version="1",
    title="Tiny",
    roles={"owner": "Owns", "engineer": "Makes"},
    profiles={"quick": Profile(title="Quick", questions=("serving", "a", "b", "c", "fast"))},
    sections=(Section(id="all", title="All", questions=(FACET, *QUESTIONS, ONLINE)),),
)
POLICY = Policy(
    project="churn",
    model="churn",
    people={
        "ada": Person(name="Ada", principals=("ada@example.org",)),
        "bob": Person(name="Bob", principals=("bob@example.org",), roles=("engineer",)),
        "cyd": Person(name="Cyd", principals=("cyd@example.org",), roles=("owner",)),
    },
    checklists=(ChecklistPin(id="tiny", version="1", sha256="0" * 64, profile="quick"),),
)
WORST_FIRST = (
    ReleaseVerdict.REJECTED,
    ReleaseVerdict.DISPUTED,
    ReleaseVerdict.NOT_READY,
    ReleaseVerdict.INCOMPLETE,
    ReleaseVerdict.READY_WITH_WAIVERS,
    ReleaseVerdict.READY,
)


def review(who: str = "ada", said: str = "abc", **changes: object) -> Review:
    roles = POLICY.people[who].roles if who in POLICY.people else ("any",)
    whole = Review(
        project="churn",
        model="churn",
        release="1",
        checklist=ChecklistRef(id="tiny", version="1", sha256="0" * 64, profile="quick"),
        reviewer=Reviewer(id=who, principal=f"{who}@example.org", roles=roles),
        decision=Decision.APPROVE,
        facets={"serving": "batch"},
        sealed_at="2026-11-20T12:00:00Z",
        answers={one: yes(one) for one in said},
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # any field of a review


def yes(question: str, verdict: Verdict = Verdict.MET, note: str = "so") -> Answer:
    asked = CHECKLIST.by_id[question]
    return Answer(asked=asked.text, severity=asked.severity, verdict=verdict, note=note)


def waived(question: str, expires: str = "2026-12-01") -> tuple[Waiver, ...]:
    return (Waiver(question=question, reason="r", owner="Jo", expires=expires),)


def folded(*reviews: Review, policy: Policy = POLICY) -> Dossier:
    return fold(CHECKLIST, "quick", policy, reviews, TODAY)


def state(dossier: Dossier, question: str) -> QuestionState:
    return next(row.state for row in dossier.rows if row.id == question)


# Laws

ids = st.sampled_from(["a", "b", "c", "d", "fast", "serving"])
answers = st.builds(yes, ids.filter(lambda one: one != "serving"), st.sampled_from(list(Verdict)))
disputes = st.dictionaries(ids, st.just(Dispute(answer_sha256="0" * 64, reason="no")), max_size=2)
responses = st.builds(Response, reviewer=st.sampled_from(["ada", "bob"]), disputes=disputes)
facets = st.sampled_from([{}, {"serving": "batch"}, {"serving": "online"}, {"serving": "x"}])


def reviews_of(who: str) -> st.SearchStrategy[Review]:
    return st.builds(
        review,
        st.just(who),
        decision=st.sampled_from([Decision.APPROVE, Decision.COMMENT, Decision.REJECT]),
        facets=facets,
        answers=st.dictionaries(ids.filter(lambda one: one != "serving"), answers),
        waivers=st.sampled_from([(), waived("a"), waived("fast"), waived("b")]),
        responses=st.lists(responses, max_size=2).map(tuple),
    )


some_reviews = st.tuples(*map(reviews_of, ("ada", "bob", "cyd"))).flatmap(
    lambda all_: st.lists(st.sampled_from(all_), unique_by=lambda one: one.reviewer.id, max_size=3)
)


@given(some_reviews, st.integers(0, 2), ids, st.sampled_from(["ada", "bob", "eve"]))
def test_a_dispute_more_never_makes_a_release_readier(
    reviews: list[Review], index: int, question: str, against: str
) -> None:
    before = folded(*reviews)
    if index < len(reviews):
        dispute = Dispute(answer_sha256="1" * 64, reason="no")
        more = (*reviews[index].responses, Response(reviewer=against, disputes={question: dispute}))
        reviews[index] = replace(reviews[index], responses=more)
    after = folded(*reviews)
    assert WORST_FIRST.index(after.verdict) <= WORST_FIRST.index(before.verdict)


@given(some_reviews)
def test_a_reject_more_never_makes_a_release_readier(reviews: list[Review]) -> None:
    rejecting = [replace(one, decision=Decision.REJECT) for one in reviews]
    assert not reviews or folded(*rejecting).verdict is ReleaseVerdict.REJECTED


@given(some_reviews)
def test_the_order_of_reviews_decides_nothing(reviews: list[Review]) -> None:
    before, after = folded(*reviews), folded(*reversed(reviews))
    assert before.verdict is after.verdict
    assert [(row.id, row.state) for row in before.rows] == [
        (row.id, row.state) for row in after.rows
    ]


@given(some_reviews)
def test_ready_means_that_nothing_is_open(reviews: list[Review]) -> None:
    dossier = folded(*reviews)
    ready = dossier.verdict in {ReleaseVerdict.READY, ReleaseVerdict.READY_WITH_WAIVERS}
    if ready:
        assert dossier.missing == dossier.reasons == ()
        assert not dossier.of(QuestionState.DISPUTED, QuestionState.UNANSWERED)
        assert all(
            row.state in {QuestionState.MET, QuestionState.NOT_APPLICABLE, QuestionState.WAIVED}
            for row in dossier.rows
            if row.severity is Severity.BLOCKER
        )
    assert {row.id for row in dossier.rows} >= {"a", "b", "c", "fast"}


# Rules


def test_one_person_with_every_role_clears_it() -> None:
    assert folded(review()).verdict is ReleaseVerdict.READY


def test_an_answer_without_the_role_is_a_remark() -> None:
    dossier = folded(review("bob"))
    row = dossier.rows[0]
    assert (row.state, row.remarks, row.reviewers) == (QuestionState.UNANSWERED, ("bob",), ())
    assert dossier.missing == ("owner",)


def test_two_people_answer_for_their_roles() -> None:
    assert folded(review("bob", "b"), review("cyd", "ac")).verdict is ReleaseVerdict.READY


def test_a_role_must_be_claimed_to_be_answered_for() -> None:
    one = review()
    claiming = replace(one, reviewer=replace(one.reviewer, roles=("engineer",)))
    assert folded(claiming).missing == ("owner",)


def test_somebody_who_is_not_in_the_policy_counts_for_nothing() -> None:
    dossier = folded(review("eve"))
    assert dossier.verdict is ReleaseVerdict.INCOMPLETE
    assert folded(review(decision=Decision.COMMENT), review("eve", "")).missing == ("any",)


def test_a_required_role_must_approve() -> None:
    policy = replace(POLICY, require=(Requirement(role="engineer"),))
    commenting = review("bob", "b", decision=Decision.COMMENT)
    assert folded(commenting, review("cyd", "ac"), policy=policy).missing == ("engineer",)


def test_majors_block_when_there_are_too_many() -> None:
    bad = review(answers={"a": yes("a"), "c": yes("c"), "b": yes("b", Verdict.UNMET)})
    assert folded(bad).verdict is ReleaseVerdict.READY
    strict = replace(POLICY, blocks=Blocks(majors_unmet=1))
    assert folded(bad, policy=strict).verdict is ReleaseVerdict.NOT_READY


@pytest.mark.parametrize("verdict", [Verdict.PARTLY, Verdict.UNMET, Verdict.UNKNOWN])
def test_a_blocker_that_is_not_met_blocks(verdict: Verdict) -> None:
    bad = review(answers={**review().answers, "a": yes("a", verdict)})
    assert folded(bad).verdict is ReleaseVerdict.NOT_READY
    assert folded(replace(bad, waivers=waived("a"))).verdict is ReleaseVerdict.READY_WITH_WAIVERS


def test_a_question_that_does_not_know_not_applicable_is_unknown() -> None:
    never = replace(QUESTIONS[0], na=Permission.FORBIDDEN)
    section = Section(id="all", title="All", questions=(FACET, never, *QUESTIONS[1:], ONLINE))
    checklist = replace(CHECKLIST, sections=(section,))
    skipped = review(answers={"a": yes("a", Verdict.NOT_APPLICABLE)})
    dossier = fold(checklist, "quick", POLICY, [skipped], TODAY)
    assert state(dossier, "a") is QuestionState.UNKNOWN
    assert checklist.sha256 != CHECKLIST.sha256


def test_people_who_differ_dispute_and_are_named() -> None:
    differing = review("bob", answers={"b": yes("b", Verdict.UNMET)})
    dossier = folded(review(), differing)
    assert [row.why for row in dossier.of(QuestionState.DISPUTED)] == ["ada yes, bob no"]


def test_a_sound_answer_stands_beside_one_that_lacks_something() -> None:
    lacking = yes("b", Verdict.NOT_APPLICABLE, note="")
    dossier = folded(review(), review("bob", answers={"b": lacking}))
    assert state(dossier, "b") is QuestionState.MET


@pytest.mark.parametrize(
    ("mine", "theirs", "hidden"),
    [
        ({"serving": "batch"}, {"serving": "batch"}, True),
        ({"serving": "batch"}, {"serving": "online"}, False),
        ({"serving": "batch"}, {}, False),
        ({"serving": "cloud"}, {"serving": "cloud"}, False),
    ],
)
def test_a_facet_hides_only_what_all_agree_on(
    mine: dict[str, str], theirs: dict[str, str], hidden: bool
) -> None:
    dossier = folded(review(facets=mine), review("bob", "b", facets=theirs))
    assert (state(dossier, "fast") is QuestionState.NOT_APPLICABLE) is hidden


def test_a_facet_of_nobody_entitled_or_under_dispute_hides_nothing() -> None:
    assert agreed_facets(CHECKLIST, POLICY, [review("bob")]) == {}
    assert agreed_facets(CHECKLIST, POLICY, []) == {}
    dispute = Dispute(answer_sha256="0" * 64, reason="it is online")
    disputing = review(
        "bob", "b", responses=(Response(reviewer="ada", disputes={"serving": dispute}),)
    )
    dossier = folded(review(), disputing)
    assert state(dossier, "serving") is QuestionState.DISPUTED
    assert state(dossier, "fast") is QuestionState.UNANSWERED


@pytest.mark.parametrize(
    ("who", "expires", "why"),
    [
        ("ada", "2026-12-01", ""),
        ("ada", "2026-11-20", ""),
        ("ada", "2026-11-19", "expired on"),
        ("ada", "2027-02-19", "longer than 90 days"),
        ("ada", "soon", "not a date"),
        ("bob", "2026-12-01", "may not waive"),
        ("eve", "2026-12-01", "may not waive"),
    ],
)
def test_a_waiver_counts_from_somebody_entitled_until_its_day(
    who: str, expires: str, why: str
) -> None:
    policy = replace(POLICY, waivers=WaiverRule(roles=("owner",)))
    (waiver,) = waived("a", expires)
    said = waiver_problem(waiver, review(who), policy, TODAY)
    assert (said == "") if why == "" else (why in said)


def test_any_role_may_waive_when_the_policy_says_any() -> None:
    (waiver,) = waived("a")
    unsealed = review("bob", sealed_at="")
    assert waiver_problem(waiver, unsealed, POLICY, TODAY) == ""
    compact = review("bob", sealed_at="20261120T120000Z")
    assert waiver_problem(waiver, compact, POLICY, TODAY) == ""


def test_a_dispute_is_outdated_when_its_answer_changed() -> None:
    current = Dispute(answer_sha256=answer_sha256("a", yes("a")), reason="no")
    older = replace(current, answer_sha256="0" * 64)
    gone = Response(reviewer="cyd", disputes={"a": current})
    both = (Response(reviewer="ada", disputes={"a": current, "b": older}), gone)
    found = list(outdated_disputes([review(), review("bob", responses=both)]))
    assert found == [("bob", "ada", "b"), ("bob", "cyd", "a")]


def test_reasons_name_who_and_what() -> None:
    bad = review(answers={"a": yes("a", Verdict.UNMET)}, decision=Decision.REJECT)
    assert folded(bad).reasons[:2] == ("ada rejects", "blocker unmet: a")
    assert ReleaseVerdict.READY_WITH_WAIVERS.words == "ready with waivers"
