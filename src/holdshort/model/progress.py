"""How far a review is: what each answer still needs, what blocks sealing, and the filters.

The answer rule: a yes may need evidence, a yes against a failing check and a not applicable
need a note, a typed answer needs its value. These block sealing with `approve`. A no, partly or
cannot tell without a note is only asked for: a bad answer must never be harder to sign than a
good one.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from holdshort.model.checklist import AnswerType, EvidenceNeed, Permission, Question, Severity
from holdshort.model.finding import Finding, Outcome
from holdshort.model.policy import ANY_ROLE
from holdshort.model.review import Answer, Decision, Verdict
from holdshort.model.suggestion import Suggestion, against

_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}


class Need(StrEnum):
    """What an answer still lacks."""

    VERDICT = "verdict"
    EVIDENCE = "evidence"
    NOTE = "note"
    REASON = "reason"
    VALUE = "value"
    AGAIN = "again"


SEALING_NEEDS = frozenset({Need.EVIDENCE, Need.REASON, Need.VALUE, Need.AGAIN})
"""Needs of a given answer that block sealing with `approve`."""


class Filter(StrEnum):
    """Which questions the walkthrough stops at; several are combined with and."""

    UNANSWERED = "unanswered"
    MINE = "mine"
    BLOCKERS = "blockers"
    CHECKS = "checks"
    SKIPPED = "skipped"
    NEEDS = "needs"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """One question as the reviewer meets it.

    Attributes:
        number: 1-based position among the questions asked.
        findings: what the checks beside it said, in the question's order.
        pending: ids of checks beside it that have not reported yet.
        stale: its evidence or a finding changed since it was answered.
    """

    question: Question
    section: str
    number: int
    answer: Answer | None
    needs: tuple[Need, ...]
    suggestion: Suggestion
    findings: tuple[Finding, ...]
    pending: tuple[str, ...]
    mine: bool
    skipped: bool = False
    stale: bool = False
    waived: bool = False

    @property
    def verdict(self) -> Verdict | None:
        """The verdict given so far."""
        return self.answer.verdict if self.answer else None

    @property
    def answered(self) -> bool:
        """Whether there is a verdict, or a value for a scope facet."""
        return self.verdict is not None or (self.question.facet and self.answer is not None)

    def passes(self, filters: frozenset[Filter]) -> bool:
        """Tell whether the question passes every filter."""
        return all(_passes(self, one) for one in filters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Counts over the questions asked of this reviewer."""

    total: int
    answered: int
    blockers_open: int
    needs: int
    verdicts: Mapping[Verdict, int]

    @classmethod
    def of(cls, views: Sequence[QuestionView]) -> Progress:
        """Count."""
        mine = [view for view in views if view.mine]
        given = [view.verdict for view in mine if view.verdict]
        blockers = [view for view in mine if view.question.severity is Severity.BLOCKER]
        return cls(
            total=len(mine),
            answered=sum(view.answered for view in mine),
            blockers_open=sum(
                not view.waived and view.verdict not in {Verdict.MET, Verdict.NOT_APPLICABLE}
                for view in blockers
            ),
            needs=sum(bool(view.answered and view.needs) for view in mine),
            verdicts={one: given.count(one) for one in Verdict},
        )


def needs(
    question: Question, answer: Answer | None, findings: Mapping[str, Finding], *, stale: bool
) -> tuple[Need, ...]:
    """Return what an answer lacks, in the order a person should give it."""
    if question.facet:
        return () if answer and answer.value else (Need.VALUE,)
    if answer is None or answer.verdict is None:
        return (Need.VERDICT,)
    return tuple(_needs(question, answer, findings, stale=stale))


def blockers(views: Sequence[QuestionView], decision: Decision) -> Iterator[tuple[str, Need]]:
    """Yield (question id, need) for everything that stands against sealing.

    Reject, comment and withdrawn may leave questions open, but nobody signs an answer whose
    ground has changed. A reviewer answers for their own roles only.
    """
    for view in views:
        if decision is not Decision.APPROVE or not view.mine:
            if Need.AGAIN in view.needs:
                yield view.question.id, Need.AGAIN
            continue
        if Need.VERDICT in view.needs:
            yield view.question.id, Need.VERDICT
        for need in view.needs:
            if need in SEALING_NEEDS:
                yield view.question.id, need


def asked_of(question: Question, roles: Sequence[str]) -> bool:
    """Tell whether a question is for a reviewer who signs in these roles."""
    return ANY_ROLE in roles or question.role in roles


def meets_target(value: str, target: str) -> bool | None:
    """Compare a typed number with a target such as `>= 0.9`; None when either is no number."""
    wanted = re.fullmatch(r"\s*(>=|<=|>|<|=)\s*([-+]?[0-9]*\.?[0-9]+)\s*", target)
    try:
        number = float(value)
    except ValueError:
        return None
    return _COMPARE[wanted[1]](number, float(wanted[2])) if wanted else None


def _needs(
    question: Question, answer: Answer, findings: Mapping[str, Finding], *, stale: bool
) -> Iterator[Need]:
    if stale or (answer.asked, answer.severity) != (question.text, question.severity):
        yield Need.AGAIN
    if answer.verdict is Verdict.MET:
        if question.answer.type is not AnswerType.VERDICT and not answer.value:
            yield Need.VALUE
        if question.evidence.need is EvidenceNeed.REQUIRED and not answer.evidence:
            yield Need.EVIDENCE
        if against(question, findings) and not answer.note:
            yield Need.REASON
    elif not answer.note:
        yield Need.REASON if answer.verdict is Verdict.NOT_APPLICABLE else Need.NOTE


def may_be(question: Question, verdict: Verdict) -> bool:
    """Tell whether a question takes a verdict: not applicable can be forbidden."""
    return verdict is not Verdict.NOT_APPLICABLE or question.na is Permission.ALLOWED


def _passes(view: QuestionView, one: Filter) -> bool:
    match one:
        case Filter.UNANSWERED:
            return not view.answered
        case Filter.MINE:
            return view.mine
        case Filter.BLOCKERS:
            return view.question.severity is Severity.BLOCKER
        case Filter.CHECKS:
            return any(found.outcome in {Outcome.WARN, Outcome.FAIL} for found in view.findings)
        case Filter.SKIPPED:
            return view.skipped
    return view.answered and bool(view.needs)
