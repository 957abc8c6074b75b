"""Duties 2 to 4 for one record: well-formed and in its place, signed, by someone entitled.

In: the bytes of a record and its court. Out: a `Judged` record: the report, and the review when
it can be read. A record that fails counts for nothing, but says why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from holdshort.errors import BadInputError, HoldshortError, UndeterminedError
from holdshort.model.policy import ANY_ROLE, Policy
from holdshort.model.review import Decision, Review, Status
from holdshort.model.text import one_line
from holdshort.model.verification import RecordReport, RecordState
from holdshort.signing.ssh import Reason, parse_armour, verify
from holdshort.storage.records import Record, RecordPath, parse
from holdshort.storage.repo import Repo
from holdshort.verification.landing import Court
from holdshort.verification.ledger import Ledger

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
    """One record and what was found.

    Attributes:
        record: the record as read, None when it cannot be.
        court: where it was judged, None when it cannot be read.
        identified: duties 2 to 4 hold, so an objection in it blocks even when it is stale.
    """

    report: RecordReport
    record: Record | None = None
    court: Court | None = None
    identified: bool = False

    @property
    def counts(self) -> bool:
        """Whether it counts as a review of this release."""
        return self.report.state is RecordState.COUNTED

    @property
    def review(self) -> Review:
        """The review of a readable record."""
        if self.record is None:
            raise ValueError(self.report.path)
        return self.record.review

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
        why = f"{one_line(path, 200)} holds the record of {RecordPath.of(record.review)}"
        ledger.fail(2, why)
        return replace(_report(record), state=RecordState.WRONG_PLACE, why=why)
    if record.review.status is Status.DRAFT:
        why = "a shared draft, without a signature"
        ledger.note(2, f"{path}: {why}")
        return replace(_report(record), state=RecordState.UNSIGNED_DRAFT, why=why)
    if not record.canonical:
        ledger.note(2, f"{path}: another layout than the canonical one; the meaning is unchanged")
    return record


def judge(repo: Repo, record: Record, court: Court, ledger: Ledger, now: datetime) -> Judged:
    """Duties 3 and 4 for a sealed record."""
    judged = Judged(
        report=replace(_report(record), landed=court.landed), record=record, court=court
    )
    if court.root is None:
        ledger.undetermined(1, court.problem)
        return judged.refused(RecordState.NO_TRUST_ROOT, court.problem)
    if record.review.project != court.root.policy.project:
        why = f"{record.path} is of project {record.review.project!r}, not of this one"
        ledger.fail(2, why)
        return judged.refused(RecordState.WRONG_PLACE, why)
    judged = _signature(judged, record, court, ledger)
    if judged.counts:
        judged = _time(repo, judged, record, ledger, now)
    if judged.counts:
        judged = _person(judged, record.review, court.root.policy, ledger)
    return replace(judged, identified=judged.counts)


def _signature(judged: Judged, record: Record, court: Court, ledger: Ledger) -> Judged:
    root, review = court.root, record.review
    if root is None:
        raise ValueError(record.path)
    armour, principal = review.signature, review.reviewer.principal
    if not armour:
        why = f"{record.path}: sealed, but without a signature"
        ledger.fail(3, why)
        return judged.refused(RecordState.MALFORMED, why)
    result = verify(
        record.payload,
        armour,
        root.allowed_signers,
        principal,
        at=court.at,
        revoked=root.revoked_keys,
    )
    if not result.good:
        state = _STATES[result.reason]
        why = f"{record.path}: {result.words}"
        ledger.fail(3, why)
        return judged.refused(state, result.words)
    signature = parse_armour(armour)
    if signature.key_type not in root.policy.key_types:
        why = f"{record.path}: the policy does not accept {signature.key_type} keys"
        ledger.fail(3, why)
        return judged.refused(RecordState.WEAK_KEY, why)
    return replace(judged, report=replace(judged.report, fingerprint=signature.fingerprint))


def _time(repo: Repo, judged: Judged, record: Record, ledger: Ledger, now: datetime) -> Judged:
    """The signer's clock must lie between the reviewed commit and now."""
    review = record.review
    try:
        sealed = datetime.fromisoformat(review.sealed_at)
    except ValueError:
        return _late(judged, ledger, f"{record.path}: `sealed_at` is no time")
    if sealed.tzinfo is None or sealed > now + TOLERANCE:
        return _late(judged, ledger, f"{record.path}: sealed in the future ({review.sealed_at})")
    try:
        reviewed = repo.commit_info(review.subject.commit) if review.subject else None
    except (HoldshortError, ValueError, LookupError):
        ledger.note(3, f"{record.path}: the reviewed commit is not in this clone (squashed?)")
        return judged
    if reviewed and sealed < reviewed.committed_at - TOLERANCE:
        return _late(judged, ledger, f"{record.path}: sealed before the commit it reviews")
    return judged


def _late(judged: Judged, ledger: Ledger, why: str) -> Judged:
    ledger.fail(3, why)
    return judged.refused(RecordState.WRONG_TIME, why)


def _person(judged: Judged, review: Review, policy: Policy, ledger: Ledger) -> Judged:
    """Duty 4 without self-review: the principal is the person's, the roles are held."""
    person, name = policy.people.get(review.reviewer.id), review.reviewer.id
    if person is None:
        why = f"{name} is not in the policy"
        ledger.fail(4, why)
        return judged.refused(RecordState.UNKNOWN_REVIEWER, why)
    if review.reviewer.principal not in person.principals:
        why = f"{review.reviewer.principal} is not a principal of {name}"
        ledger.fail(4, why)
        return judged.refused(RecordState.WRONG_PRINCIPAL, why)
    wrong = [role for role in review.reviewer.roles if not _holds(person.roles, role)]
    if wrong:
        why = f"{name} does not hold the role {one_line(wrong[0], 60)!r}"
        ledger.fail(4, why)
        return judged.refused(RecordState.ROLE_NOT_HELD, why)
    if review.decision is Decision.WITHDRAWN:
        ledger.note(4, f"{name} has withdrawn")
        return judged.refused(RecordState.WITHDRAWN, "withdrawn by its reviewer")
    return judged


def _holds(roles: tuple[str, ...], claimed: str) -> bool:
    return ANY_ROLE in roles or claimed in roles


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
