"""Duties 2 to 4 for one record: well-formed and in its place, signed, by someone entitled.

In: the bytes of a record and its court. Out: a `Judged` record: the report, and the record when
it can be read. A record that fails counts for nothing, but says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from holdshort.errors import BadInputError, HoldshortError, UndeterminedError
from holdshort.model.policy import Policy
from holdshort.model.review import Decision, Review, Status
from holdshort.model.text import one_line
from holdshort.model.verification import RecordReport, RecordState
from holdshort.signing.ssh import Reason, Verified, parse_armour, verify
from holdshort.storage.records import Record, RecordPath, parse
from holdshort.storage.trust_root import TrustRoot
from holdshort.verification.case import Case
from holdshort.verification.landing import Court
from holdshort.verification.ledger import Ledger
from holdshort.verification.references import reference_problem
from holdshort.verification.tampering import changed_since_signing

TOLERANCE = timedelta(minutes=10)
"""How far a signer's clock may be off. Source: `docs/trust.md`, duty 3."""

_STATES = {
    Reason.BAD_SIGNATURE: RecordState.BAD_SIGNATURE,
    Reason.UNKNOWN_KEY: RecordState.UNTRUSTED_KEY,
    Reason.WRONG_PRINCIPAL: RecordState.WRONG_PRINCIPAL,
    Reason.EXPIRED: RecordState.EXPIRED,
    Reason.NOT_YET_VALID: RecordState.NOT_YET_VALID,
    Reason.REVOKED: RecordState.REVOKED,
    Reason.WEAK_KEY: RecordState.WEAK_KEY,
    Reason.WRONG_NAMESPACE: RecordState.WRONG_NAMESPACE,
    Reason.MALFORMED: RecordState.MALFORMED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One sealed record and what was found.

    Attributes:
        court: where it was judged.
        review: what the record says; duty 7 puts today's findings in.
        identified: duties 2 to 4 hold, so an objection in it blocks even when it is stale.
        drifted: paths that the base changed since the review.
    """

    report: RecordReport
    record: Record
    court: Court
    review: Review
    identified: bool = False
    drifted: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it counts as a review of this release."""
        return self.report.state is RecordState.COUNTED

    def refused(self, state: RecordState, why: str) -> Judged:
        """Return it as not counted."""
        return replace(self, report=replace(self.report, state=state, why=why))


def read_record(data: bytes, path: str, ledger: Ledger) -> Record | RecordReport:
    """Duty 2: parse a record strictly and compare it with its place."""
    try:
        record = parse(data, path)
    except UndeterminedError as error:
        ledger.undetermined(2, error.message)
        return RecordReport(path=path, state=RecordState.NEWER_SCHEMA, why=error.message)
    except BadInputError as error:
        ledger.fail(2, error.message)
        return RecordReport(path=path, state=RecordState.MALFORMED, why=error.message)
    if str(RecordPath.of(record.review)) != path:
        why = f"{path} holds the record of {one_line(str(RecordPath.of(record.review)), 300)}"
        ledger.fail(2, why)
        return replace(_report(record), state=RecordState.WRONG_PLACE, why=why)
    if record.review.status is Status.DRAFT:
        why = "a shared draft, without a signature"
        ledger.note(2, f"{path}: {why}")
        return replace(_report(record), state=RecordState.UNSIGNED_DRAFT, why=why)
    for why in _incomplete(record.review):
        ledger.fail(2, f"{path}: {why}")
        return replace(_report(record), state=RecordState.MALFORMED, why=why)
    if not record.canonical:
        ledger.note(2, f"{path}: another layout than holdshort writes")
    return record


def judge(case: Case, record: Record, court: Court) -> Judged:
    """Duties 3 and 4 for a sealed record."""
    landed = court.landed.id if court.landed else ""
    report = replace(_report(record), landed=landed)
    judged = Judged(report=report, record=record, court=court, review=record.review)
    if court.root is None:
        case.ledger.undetermined(1, court.problem)
        return judged.refused(RecordState.NO_TRUST_ROOT, court.problem)
    policy = court.root.policy
    if record.review.project != policy.project:
        project = one_line(record.review.project, 64)
        why = f"{record.path} is of project {project!r}, not of {policy.project!r}"
        case.ledger.fail(2, why)
        return judged.refused(RecordState.WRONG_PLACE, why)
    judged = _signed(case, judged, court.root)
    if judged.counts:
        judged = _timely(case, judged)
    if judged.counts:
        judged = _entitled(judged, policy, case.ledger)
    return replace(judged, identified=judged.counts)


def _incomplete(review: Review) -> Iterator[str]:
    """Yield what a sealed record lacks, or holds that nobody should follow."""
    if not (review.decision and review.subject and review.sealed_at and review.reviewer.roles):
        yield "a sealed record has a decision, a subject, a time and the reviewer's roles"
    for question, answer in review.answers.items():
        if answer.verdict is None:
            yield f"the sealed answer to {one_line(question, 64)!r} has no verdict"
        for evidence in answer.evidence:
            if problem := reference_problem(evidence):
                yield f"evidence of {one_line(question, 64)!r}: {problem}"


def _signed(case: Case, judged: Judged, root: TrustRoot) -> Judged:
    """Duty 3: the signature fits, by the right principal, with a key that counted then."""
    record, ledger = judged.record, case.ledger
    if not record.review.signature:
        ledger.fail(3, f"{record.path}: sealed, but without a signature")
        return judged.refused(RecordState.MALFORMED, "sealed, but without a signature")
    result = _verified(record, root, judged.court)
    if not result.good:
        why = result.words
        if result.reason is Reason.BAD_SIGNATURE:
            changed = changed_since_signing(case.repo, record, root, judged.court.at, case.tip)
            why += f"; {changed}" if changed else ""
        ledger.fail(3, f"{record.path}: {why}")
        return judged.refused(_STATES[result.reason], why)
    signature = parse_armour(record.review.signature)
    if signature.key_type not in root.policy.key_types:
        why = f"the policy does not accept {signature.key_type} keys"
        ledger.fail(3, f"{record.path}: {why}")
        return judged.refused(RecordState.WEAK_KEY, why)
    return replace(judged, report=replace(judged.report, fingerprint=signature.fingerprint))


def _verified(record: Record, root: TrustRoot, court: Court) -> Verified:
    """Verify against every list of revocations; the first objection counts."""
    result = Verified(Reason.MALFORMED, "not looked at")
    for revoked in court.revoked:
        try:
            result = verify(
                record.payload,
                record.review.signature,
                root.allowed_signers,
                record.review.reviewer.principal,
                at=court.at,
                revoked=revoked,
            )
        except BadInputError as error:  # a binary list that ssh-keygen cannot read
            return Verified(Reason.REVOKED, error.message)
        if not result.good:
            break
    return result


def _timely(case: Case, judged: Judged) -> Judged:
    """Duty 3: the signer's clock lies between the reviewed commit and now."""
    record, review = judged.record, judged.review
    try:
        sealed = datetime.fromisoformat(review.sealed_at)
    except ValueError:
        return _late(judged, case.ledger, "`sealed_at` is no time")
    if sealed.tzinfo is None or sealed > case.now + TOLERANCE:
        return _late(judged, case.ledger, f"sealed in the future ({review.sealed_at})")
    try:
        reviewed = case.repo.commit_info(review.subject.commit if review.subject else "")
    except (HoldshortError, ValueError):
        case.ledger.note(3, f"{record.path}: the reviewed commit is not in this clone (squashed?)")
        return judged
    if sealed < reviewed.committed_at - TOLERANCE:
        return _late(judged, case.ledger, "sealed before the commit it reviews")
    return judged


def _late(judged: Judged, ledger: Ledger, why: str) -> Judged:
    ledger.fail(3, f"{judged.record.path}: {why}")
    return judged.refused(RecordState.WRONG_TIME, why)


def _entitled(judged: Judged, policy: Policy, ledger: Ledger) -> Judged:
    """Duty 4 without self-review: the principal is the person's, the roles are held."""
    review, name = judged.review, judged.review.reviewer.id
    person = policy.people.get(name)
    if person is None:
        why = f"{name} is not in the policy"
        ledger.fail(4, why)
        return judged.refused(RecordState.UNKNOWN_REVIEWER, why)
    if review.reviewer.principal not in person.principals:
        why = f"{one_line(review.reviewer.principal, 200)} is not a principal of {name}"
        ledger.fail(4, why)
        return judged.refused(RecordState.WRONG_PRINCIPAL, why)
    wrong = [role for role in review.reviewer.roles if not person.holds(role)]
    if wrong:
        why = f"{name} does not hold the role {one_line(wrong[0], 60)!r}"
        ledger.fail(4, why)
        return judged.refused(RecordState.ROLE_NOT_HELD, why)
    if review.decision is Decision.WITHDRAWN:
        ledger.note(4, f"{name} has withdrawn")
        return judged.refused(RecordState.WITHDRAWN, "withdrawn by its reviewer")
    return judged


def _report(record: Record) -> RecordReport:
    review = record.review
    return RecordReport(
        path=record.path,
        state=RecordState.COUNTED,
        reviewer=review.reviewer.id,
        decision=str(review.decision or ""),
        principal=review.reviewer.principal,
        sha256=record.sha256 if record.payload else "",
        notes=record.extensions,
    )
