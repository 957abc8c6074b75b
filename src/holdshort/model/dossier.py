"""The fold of all counted reviews of one release under one policy.

In: the pinned checklist, the policy, the reviews that verification counts, today's date. Out:
the state of every question, who is missing, and the release verdict. The same fold tells a
reviewer, before signing, what the gate will answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from holdshort.model.checklist import Checklist, Question, Severity
from holdshort.model.finding import Finding
from holdshort.model.policy import ANY_ROLE, Policy
from holdshort.model.progress import SEALING_NEEDS, may_be, needs
from holdshort.model.review import Answer, Decision, Review, Waiver, answer_sha256


class QuestionState(StrEnum):
    """What all reviews together say of one question."""

    MET = "met"
    PARTLY = "partly"
    UNMET = "unmet"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"
    UNANSWERED = "unanswered"
    DISPUTED = "disputed"
    WAIVED = "waived"


class ReleaseVerdict(StrEnum):
    """What verification says of the release."""

    READY = "ready"
    READY_WITH_WAIVERS = "ready_with_waivers"
    INCOMPLETE = "incomplete"
    NOT_READY = "not_ready"
    DISPUTED = "disputed"
    STALE = "stale"
    REJECTED = "rejected"
    INTEGRITY_FAILURE = "integrity_failure"
    UNDETERMINED = "undetermined"

    @property
    def words(self) -> str:
        """The verdict as a person reads it."""
        return self.value.replace("_", " ")


FINE = frozenset({QuestionState.MET, QuestionState.NOT_APPLICABLE, QuestionState.WAIVED})
"""States that never count against a release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRow:
    """One question of the policy's profile, or one that is disputed, and its state.

    Attributes:
        reviewers: ids of the people whose answer counted.
        remarks: ids of people who answered without holding the role.
        why: one phrase for a state that is not plain met or unmet.
    """

    id: str
    text: str
    severity: Severity
    role: str
    state: QuestionState
    reviewers: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    why: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What the counted reviews amount to.

    Attributes:
        against: the rows that stand against ready: blocking ones, then majors over the limit.
        missing: roles whose questions nobody entitled answered, or whose approval is missing.
        reasons: one phrase per thing that stands against ready, blockers first.
    """

    rows: tuple[QuestionRow, ...]
    against: tuple[QuestionRow, ...]
    missing: tuple[str, ...]
    verdict: ReleaseVerdict
    reasons: tuple[str, ...]

    def of(self, *states: QuestionState) -> tuple[QuestionRow, ...]:
        """Return the rows in any of these states."""
        return tuple(row for row in self.rows if row.state in states)


def fold(
    checklist: Checklist, profile: str, policy: Policy, reviews: Sequence[Review], today: date
) -> Dossier:
    """Fold reviews into a dossier.

    Args:
        checklist: the pinned, resolved checklist.
        profile: the pinned profile; deeper answers are kept but not needed.
        policy: the rules.
        reviews: counted reviews only; at most one per person.
        today: the day on which waivers must not have expired.
    """
    facets = agreed_facets(checklist, policy, reviews)
    asked = [checklist.by_id[one] for one in checklist.profiles[profile].questions]
    disputed = {one for review in reviews for r in review.responses for one in r.disputes}
    also = [one for one in checklist.walk() if one.id in disputed and one not in asked]
    rows = tuple(
        _row(question, question.applies(facets), policy, reviews, today)
        for question in (*asked, *also)
        if not question.facet or question.id in disputed
    )
    missing = tuple(_missing(rows, policy, reviews))
    reasons = tuple(_reasons(rows, missing, policy, reviews))
    return Dossier(
        rows=rows,
        against=tuple(_against(rows, policy)),
        missing=missing,
        verdict=_verdict(rows, missing, policy, reviews),
        reasons=reasons,
    )


def agreed_facets(
    checklist: Checklist, policy: Policy, reviews: Sequence[Review]
) -> Mapping[str, str]:
    """Return the scope choices that may hide questions.

    All reviews agree on each, someone entitled made it, it is one of the choices offered, and
    nobody disputes it. A facet that differs, or is missing somewhere, hides nothing.
    """
    return {
        question.id: value
        for question in checklist.walk()
        if question.facet
        for value in {review.facets.get(question.id, "") for review in reviews}
        if value in question.answer.choices
        and all(review.facets.get(question.id) == value for review in reviews)
        and any(_answers_for(review, question.role, policy) for review in reviews)
        and not any(_disputers(question.id, reviews))
    }


def _row(
    question: Question, applies: bool, policy: Policy, reviews: Sequence[Review], today: date
) -> QuestionRow:
    given = [
        (review, answer)
        for review in reviews
        if (answer := review.answers.get(question.id)) and answer.verdict
    ]
    entitled = [(r, a) for r, a in given if _answers_for(r, question.role, policy)]
    state, why = _state(question, applies, policy, reviews, entitled, today)
    return QuestionRow(
        id=question.id,
        text=question.text,
        severity=question.severity,
        role=question.role,
        state=state,
        reviewers=tuple(review.reviewer.id for review, _ in entitled),
        remarks=tuple(r.reviewer.id for r, a in given if (r, a) not in entitled),
        why=why,
        note=next((answer.note for _, answer in entitled if answer.note), ""),
    )


def _state(
    question: Question,
    applies: bool,
    policy: Policy,
    reviews: Sequence[Review],
    entitled: Sequence[tuple[Review, Answer]],
    today: date,
) -> tuple[QuestionState, str]:
    if not applies:
        return QuestionState.NOT_APPLICABLE, "hidden by the scope of this release"
    for review in reviews:
        waiver = review.waiver(question.id)
        if waiver and not waiver_problem(waiver, review, policy, today):
            return QuestionState.WAIVED, f"until {waiver.expires} by {waiver.owner}"
    if disputer := next(_disputers(question.id, reviews), ""):
        return QuestionState.DISPUTED, f"disputed by {disputer}"
    if not entitled:
        return QuestionState.UNANSWERED, f"nobody who holds {question.role} answered"
    lacking = [lack for r, a in entitled if (lack := answer_problem(question, a, r))]
    if len(lacking) == len(entitled):
        return QuestionState.UNKNOWN, lacking[0]
    sound = [(r, a) for r, a in entitled if not answer_problem(question, a, r)]
    verdicts = {answer.verdict for _, answer in sound if answer.verdict}
    if len(verdicts) > 1:
        said = ", ".join(f"{r.reviewer.id} {a.verdict.word}" for r, a in sound if a.verdict)
        return QuestionState.DISPUTED, said
    return QuestionState(verdicts.pop().value), ""


def answer_problem(question: Question, answer: Answer, review: Review) -> str:
    """Say why an answer does not count as given, or return an empty text.

    The answer rule of `model.progress`, held against what the review itself records: a yes with
    the evidence it needs, with a reason where a check contradicts it, and so on.
    """
    if answer.verdict and not may_be(question, answer.verdict):
        return f"{review.reviewer.id}: it may not be answered not applicable"
    found = {
        name: Finding(
            id=name,
            version=one.version,
            outcome=one.counted(review.sealed_at[:10]),
            headline=one.headline,
        )
        for name, one in review.findings.items()
    }
    lacks = SEALING_NEEDS.intersection(needs(question, answer, found, stale=False))
    word = answer.verdict.word if answer.verdict else ""
    return f"{review.reviewer.id}: {word} without {' and '.join(sorted(lacks))}" if lacks else ""


def waiver_problem(waiver: Waiver, review: Review, policy: Policy, today: date) -> str:
    """Say why a waiver does not count, or return an empty text."""
    person = policy.people.get(review.reviewer.id)
    if person is None or not any(
        role == ANY_ROLE or person.holds(role) for role in policy.waivers.roles
    ):
        return f"{review.reviewer.id} may not waive"
    try:
        expires = date.fromisoformat(waiver.expires)
    except ValueError:
        return f"its expiry {waiver.expires!r} is not a date"
    if expires < today:
        return f"it expired on {waiver.expires}"
    sealed = datetime.fromisoformat(review.sealed_at).date() if review.sealed_at else today
    if expires > sealed + timedelta(days=policy.waivers.max_days):
        return f"it runs longer than {policy.waivers.max_days} days"
    return ""


def _disputers(question: str, reviews: Sequence[Review]) -> Iterator[str]:
    """Yield who disputes an answer to the question; outdated disputes go on blocking."""
    for review in reviews:
        if any(question in response.disputes for response in review.responses):
            yield review.reviewer.id


def outdated_disputes(reviews: Sequence[Review]) -> Iterator[tuple[str, str, str]]:
    """Yield (disputer, reviewer, question) where the disputed answer has changed since."""
    by_id = {review.reviewer.id: review for review in reviews}
    for review in reviews:
        for response in review.responses:
            theirs = by_id.get(response.reviewer)
            for question, dispute in response.disputes.items():
                answer = theirs.answers.get(question) if theirs else None
                if answer is None or answer_sha256(question, answer) != dispute.answer_sha256:
                    yield review.reviewer.id, response.reviewer, question


def _answers_for(review: Review, role: str, policy: Policy) -> bool:
    person = policy.people.get(review.reviewer.id)
    claims = ANY_ROLE in review.reviewer.roles or role in review.reviewer.roles
    return person is not None and person.holds(role) and claims


def _approves_for(review: Review, role: str, policy: Policy) -> bool:
    is_anyone = role == ANY_ROLE and review.reviewer.id in policy.people
    return is_anyone or _answers_for(review, role, policy)


def _missing(
    rows: Sequence[QuestionRow], policy: Policy, reviews: Sequence[Review]
) -> Iterator[str]:
    open_roles = [row.role for row in rows if row.state is QuestionState.UNANSWERED]
    yield from dict.fromkeys(open_roles)
    for need in policy.require:
        approvers = [
            review.reviewer.id
            for review in reviews
            if review.decision is Decision.APPROVE and _approves_for(review, need.role, policy)
        ]
        if len(approvers) < need.people and need.role not in open_roles:
            yield need.role


_UNMET = frozenset({QuestionState.UNMET, QuestionState.UNKNOWN})
"""A major in one of these states counts towards the limit; an open one makes it incomplete."""


def _against(rows: Sequence[QuestionRow], policy: Policy) -> list[QuestionRow]:
    """Rows of a blocking severity that are not fine, then majors when there are too many."""
    blocking = [
        row for row in rows if row.severity in policy.blocks.severities and row.state not in FINE
    ]
    majors = [row for row in rows if row.severity is Severity.MAJOR and row.state in _UNMET]
    if len(majors) >= policy.blocks.majors_unmet:
        blocking += [row for row in majors if row not in blocking]
    return blocking


def _verdict(
    rows: Sequence[QuestionRow],
    missing: Sequence[str],
    policy: Policy,
    reviews: Sequence[Review],
) -> ReleaseVerdict:
    against = _against(rows, policy)
    states = {row.state for row in rows}
    if any(review.decision is Decision.REJECT for review in reviews):
        return ReleaseVerdict.REJECTED
    if any(row.state is QuestionState.DISPUTED for row in rows):
        return ReleaseVerdict.DISPUTED
    if any(row.state is not QuestionState.UNANSWERED for row in against):
        return ReleaseVerdict.NOT_READY
    if missing or QuestionState.UNANSWERED in states:
        return ReleaseVerdict.INCOMPLETE
    if QuestionState.WAIVED in states:
        return ReleaseVerdict.READY_WITH_WAIVERS
    return ReleaseVerdict.READY


def _reasons(
    rows: Sequence[QuestionRow],
    missing: Sequence[str],
    policy: Policy,
    reviews: Sequence[Review],
) -> Iterator[str]:
    for review in reviews:
        if review.decision is Decision.REJECT:
            yield f"{review.reviewer.id} rejects"
    disputed = [row for row in rows if row.state is QuestionState.DISPUTED]
    for row in dict.fromkeys([*_against(rows, policy), *disputed]):
        yield f"{row.severity} {row.state.value}: {row.id}" + (f" ({row.why})" if row.why else "")
    for role in missing:
        yield "missing: an approval" if role == ANY_ROLE else f"missing: {role}"
