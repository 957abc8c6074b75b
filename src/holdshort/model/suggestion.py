"""What the findings beside a question say: a suggestion, never an answer.

Only a question whose every supporting check passed, at least one of them, and where no other
check beside it has anything to say against, offers a yes that Enter accepts. Everything else is
shown and left to the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from holdshort.model.checklist import AnswerType, EvidenceNeed, Question
from holdshort.model.finding import Finding, Level, Outcome, Place
from holdshort.model.relation import Relation
from holdshort.model.review import Verdict

MAX_PLACES = 9
"""Places offered as evidence: the digits 1 to 9."""

_QUIET = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What to show beside the answer.

    Attributes:
        verdict: the verdict the findings lean to, None when they do not.
        reason: one phrase, empty when there is nothing to say.
        acceptable: Enter may accept it and attach `places`.
        places: evidence offered, strongest first, at most nine.
    """

    verdict: Verdict | None = None
    reason: str = ""
    acceptable: bool = False
    places: tuple[Place, ...] = ()


def suggest(question: Question, findings: Mapping[str, Finding]) -> Suggestion:
    """Return what the findings so far suggest for a question."""
    mapped = related(question, findings)
    places = tuple(
        dict.fromkeys(p for finding in mapped for p in _strongest_first(finding) if p.path)
    )[:MAX_PLACES]
    weighing = [one for one in question.checks if one.relation is not Relation.INFORMS]
    if not weighing or any(one.id not in findings for one in weighing):
        return Suggestion(places=places)
    supports = [findings[one.id] for one in weighing if one.relation is Relation.SUPPORTS]
    for finding in (findings[one.id] for one in weighing):
        if finding.outcome is Outcome.FAIL:
            return _leaning(Verdict.UNMET, f"{finding.id} fails", places)
    for finding in supports:
        if finding.outcome is Outcome.WARN:
            return _leaning(Verdict.PARTLY, f"{finding.id} warns", places)
    if not supports or any(one.outcome is not Outcome.PASS for one in supports):
        return Suggestion(places=places)
    quiet = all(findings[one.id].outcome in _QUIET for one in weighing)
    return Suggestion(
        verdict=Verdict.MET,
        reason="1 check passes" if len(supports) == 1 else f"{len(supports)} checks pass",
        acceptable=quiet and _may_accept(question, places),
        places=places,
    )


def related(question: Question, findings: Mapping[str, Finding]) -> tuple[Finding, ...]:
    """Return the findings beside a question that have arrived, in the question's order."""
    return tuple(findings[one.id] for one in question.checks if one.id in findings)


def against(question: Question, findings: Mapping[str, Finding]) -> tuple[Finding, ...]:
    """Return the findings that contradict a yes."""
    weighing = {one.id for one in question.checks if one.relation is not Relation.INFORMS}
    return tuple(
        finding
        for finding in related(question, findings)
        if finding.id in weighing and finding.outcome is Outcome.FAIL
    )


def _leaning(verdict: Verdict, reason: str, places: tuple[Place, ...]) -> Suggestion:
    return Suggestion(verdict=verdict, reason=reason, places=places)


def _may_accept(question: Question, places: tuple[Place, ...]) -> bool:
    """A yes that needs a value, or evidence that no finding offers, is never one key."""
    if question.answer.type is not AnswerType.VERDICT:
        return False
    return bool(places) or question.evidence.need is not EvidenceNeed.REQUIRED


def _strongest_first(finding: Finding) -> tuple[Place, ...]:
    wanted = {
        Outcome.PASS: Level.PASS,
        Outcome.FAIL: Level.FAIL,
        Outcome.WARN: Level.WARN,
    }.get(finding.said)
    first = [place for place in finding.evidence if place.level is wanted]
    return tuple(first) + tuple(place for place in finding.evidence if place.level is not wanted)
