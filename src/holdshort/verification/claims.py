"""Duty 5 for one record: it answers the pinned checklist, in its words, deep enough.

The pin is by id, version and digest; the wording in the record must be the pinned one too, for
the record is what an auditor reads. Whether the answers are enough is for the dossier to say.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdshort.model.checklist import Checklist
from holdshort.model.policy import ChecklistPin
from holdshort.model.review import Review
from holdshort.model.text import one_line
from holdshort.model.verification import RecordState
from holdshort.storage.trust_root import TrustRoot
from holdshort.verification.judging import Judged
from holdshort.verification.ledger import Ledger


def check_claims(one: Judged, root: TrustRoot, ledger: Ledger) -> Judged:
    """Return a counted record, refused when it answers something else than what is pinned."""
    said, path = one.review.checklist, one.report.path
    pin = next((pin for pin in root.policy.checklists if pin.id == said.id), None)
    if not one.counts:
        return one
    if pin is None or pin.version != said.version:
        why = f"{said.id} {one_line(said.version, 40)} is not a pinned checklist"
        ledger.note(5, f"{path}: {why}")
        return one.refused(RecordState.WRONG_CHECKLIST, why)
    checklist = root.checklist(pin)
    if not checklist.at_least(said.profile, pin.profile):
        why = f"profile {one_line(said.profile, 40)!r} asks less than the pinned {pin.profile!r}"
        ledger.block(5, f"{path}: {why}")
        return one.refused(RecordState.WRONG_CHECKLIST, why)
    if why := next(_other_words(one.review, checklist, pin), ""):
        ledger.fail(5, f"{path}: {why}")
        return one.refused(RecordState.WRONG_CHECKLIST, why)
    return one


def _other_words(review: Review, checklist: Checklist, pin: ChecklistPin) -> Iterator[str]:
    """Yield where a record says something else than the pinned checklist asks."""
    if review.checklist.sha256 != pin.sha256:
        yield f"{pin.id} {pin.version} was answered in another wording than the pinned one"
    for name, answer in review.answers.items():
        question = checklist.by_id.get(name)
        if question and answer.asked != question.text:
            yield f"{name}: the question in the record is not the pinned one"
        if question and answer.severity is not question.severity:
            yield f"{name}: recorded as {answer.severity}, pinned as {question.severity}"
    for name, value in review.facets.items():
        facet = checklist.by_id.get(name)
        if facet is None or not facet.facet or value not in facet.answer.choices:
            yield f"{one_line(f'{name}: {value}', 120)} is no scope choice of the checklist"
    for name in _named(review):
        if name not in checklist.by_id:
            yield f"{one_line(name, 64)!r} is not a question of the checklist"


def _named(review: Review) -> Iterator[str]:
    yield from review.answers
    yield from (waiver.question for waiver in review.waivers)
    for response in review.responses:
        yield from (*response.agrees, *response.disputes)
