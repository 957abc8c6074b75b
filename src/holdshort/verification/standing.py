"""From judged records to the verdict: duties 5 and 8 for the whole release.

What weakens an approval does not weaken an objection: an identified person's reject or dispute
goes on blocking when it is stale or was made under another checklist, until that person amends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from holdshort.model.dossier import (
    Dossier,
    QuestionState,
    ReleaseVerdict,
    fold,
    outdated_disputes,
)
from holdshort.model.review import Decision, Review
from holdshort.model.verification import RecordState
from holdshort.storage.trust_root import TrustRoot
from holdshort.verification.case import Case
from holdshort.verification.judging import Judged
from holdshort.verification.ledger import Ledger

_WORST_FIRST = (
    ReleaseVerdict.REJECTED,
    ReleaseVerdict.DISPUTED,
    ReleaseVerdict.NOT_READY,
    ReleaseVerdict.INCOMPLETE,
    ReleaseVerdict.READY_WITH_WAIVERS,
    ReleaseVerdict.READY,
)
_READY = (ReleaseVerdict.READY, ReleaseVerdict.READY_WITH_WAIVERS)


def without_departed(judged: Sequence[Judged], root: TrustRoot, ledger: Ledger) -> list[Judged]:
    """Refuse what is by people who were known when they signed and have left the policy since."""
    return [_without_departed(one, root, ledger) for one in judged]


def fold_release(case: Case, judged: Sequence[Judged], root: TrustRoot) -> tuple[Dossier, ...]:
    """Fold what counts into one dossier per pinned checklist, and report on duties 5 and 8."""
    if (needed := root.policy.people_needed) > 1:
        case.ledger.undetermined(
            8, f"the policy requires {needed} people; this version counts one person only"
        )
    pinned = {pin.id for pin in root.policy.checklists}
    dossiers = []
    for pin in root.policy.checklists:
        said = tuple(_said(judged, pin.id, pinned))
        dossier = fold(root.checklist(pin), pin.profile, root.policy, said, case.now.date())
        _report(dossier, said, case.ledger)
        dossiers.append(dossier)
    return tuple(dossiers)


def verdict_of(ledger: Ledger, dossiers: Sequence[Dossier]) -> ReleaseVerdict:
    """Return the verdict: integrity before could-not-tell before no; ready only without doubt."""
    if ledger.broken:
        return ReleaseVerdict.INTEGRITY_FAILURE
    if ledger.undecided or not dossiers:
        return ReleaseVerdict.UNDETERMINED
    worst = min((one.verdict for one in dossiers), key=_WORST_FIRST.index)
    if ledger.failed(6) and worst not in _WORST_FIRST[:2]:
        return ReleaseVerdict.STALE
    return ReleaseVerdict.NOT_READY if ledger.blocked and worst in _READY else worst


def _without_departed(one: Judged, root: TrustRoot, ledger: Ledger) -> Judged:
    name = one.report.reviewer
    if not one.identified or name in root.policy.people:
        return one
    why = f"{name} has left the policy since"
    ledger.note(4, why)
    return replace(one.refused(RecordState.UNKNOWN_REVIEWER, why), identified=False)


def _said(judged: Sequence[Judged], checklist: str, pinned: set[str]) -> Iterator[Review]:
    """Yield what counts for a checklist, then the objections in what does not count."""
    for one in judged:
        if one.counts and one.review.checklist.id == checklist:
            yield one.review
    for one in judged:
        is_here = one.review.checklist.id == checklist or one.review.checklist.id not in pinned
        if one.identified and not one.counts and is_here and _objects(one.review):
            yield replace(one.review, answers={}, waivers=())


def _objects(review: Review) -> bool:
    return review.decision is Decision.REJECT or any(one.disputes for one in review.responses)


def _report(dossier: Dossier, said: Sequence[Review], ledger: Ledger) -> None:
    for reason in dossier.reasons if dossier.verdict not in _READY else ():
        ledger.block(5, reason)
    for row in dossier.rows:
        if row.state is QuestionState.DISPUTED:
            ledger.block(8, f"{row.id}: {row.why}")
        elif row.state is QuestionState.UNANSWERED:
            ledger.block(5, f"{row.id}: {row.why}")
    for disputer, reviewer, question in outdated_disputes(said):
        ledger.note(
            8,
            f"{disputer}'s dispute of {question} is outdated ({reviewer} changed it); it blocks"
            " until its author closes it",
        )
