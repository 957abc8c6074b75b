"""The numbered duties of `verify`, in order, for each release judged.

In: a repository and a request. Out: one `Verification` per release. Raises only where nothing
can be said at all (no record, no base in CI, an unknown revision); everything else is reported
under its duty, and any doubt fails closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from holdshort.errors import BadInputError, HoldshortError, IntegrityError, UndeterminedError
from holdshort.model.dossier import Dossier, ReleaseVerdict, fold, outdated_disputes
from holdshort.model.policy import Gate, Policy, SelfReview
from holdshort.model.review import Decision, Review
from holdshort.model.text import one_line
from holdshort.model.verification import RecordReport, RecordState, Verification
from holdshort.signing.ssh import lint_allowed_signers
from holdshort.storage.git_objects import Commit
from holdshort.storage.records import Record, RecordPath
from holdshort.storage.repo import Repo
from holdshort.storage.trust_root import FOLDER, TrustRoot, read_trust_root
from holdshort.verification.judging import Judged, judge, read_record
from holdshort.verification.landing import (
    Court,
    court_of_landing,
    court_with_base,
    first_use,
    is_anchored,
)
from holdshort.verification.ledger import Ledger
from holdshort.verification.recheck import recheck
from holdshort.verification.subject import compare_subject
from holdshort.verification.tampering import changed_since_signing

FOLDERS = "reviews"
MAX_RECORD_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be verified.

    Attributes:
        revision: what is judged, as the user names it.
        base: the protected branch, empty for none.
        release: the release judged, empty for the one that changed.
        gate: in CI: no base is an error, first use of a trust root does not count.
        anchor: a commit or digest that makes a first-use trust root acceptable.
        recheck: run the auto-checks again.
    """

    revision: str = "HEAD"
    base: str = ""
    release: str = ""
    gate: bool = False
    anchor: str = ""
    recheck: bool = True


def verify_releases(repo: Repo, request: Request, now: datetime) -> tuple[Verification, ...]:
    """Verify each release the request means, newest place first.

    Raises:
        UndeterminedError: nothing to verify, or no base in CI.
        UsageError: a revision that names nothing.
    """
    if request.gate and not request.base and not request.anchor:
        raise UndeterminedError(
            "in CI the protected branch must be named",
            "Add --base origin/main (or --trust-anchor for a first release).",
        )
    tip = repo.resolve(request.revision)
    base = repo.resolve(request.base) if request.base else ""
    places = _places(repo, request, tip, base)
    return tuple(_Case(repo, request, tip, base, place, now).decide() for place in places)


def _places(repo: Repo, request: Request, tip: str, base: str) -> tuple[tuple[str, str], ...]:
    """Return the (model, release) pairs judged."""
    paths = [entry.path for entry in repo.ls_tree(tip, FOLDERS)]
    if request.release:
        chosen = [one for one in paths if _release_of(one)[1] == request.release]
    elif base:
        fork = repo.merge_base(base, tip)
        before = {one.path: one.blob for one in repo.ls_tree(fork, FOLDERS)} if fork else {}
        after = {one.path: one.blob for one in repo.ls_tree(tip, FOLDERS)}
        chosen = [one for one in {*before, *after} if before.get(one) != after.get(one)]
    else:
        chosen = _newest(repo, tip)
    places = dict.fromkeys(_release_of(one) for one in sorted(chosen))
    if not places:
        what = f" for release {one_line(request.release, 64)!r}" if request.release else ""
        raise UndeterminedError(
            f"there is no review record{what} to verify at {tip[:10]}",
            "Make one: holdshort review, then holdshort sign",
        )
    return tuple(places)


def _newest(repo: Repo, tip: str) -> list[str]:
    history = repo.history_of(FOLDERS, tip)
    return [change.path for change in repo.changes(history[:1], FOLDERS)] if history else []


def _release_of(path: str) -> tuple[str, str]:
    parts = [*path.split("/"), "", ""]
    return parts[1], parts[2]


class _Case:
    """One release being verified."""

    def __init__(
        self,
        repo: Repo,
        request: Request,
        tip: str,
        base: str,
        place: tuple[str, str],
        now: datetime,
    ) -> None:
        self.repo, self.request, self.tip, self.base, self.now = repo, request, tip, base, now
        self.model, self.release = place
        self.ledger = Ledger()
        self.qualifiers: list[str] = []

    def decide(self) -> Verification:
        """Go through the duties."""
        judged, unread = self._duties_0_to_4()
        root = next((one.court.root for one in judged if one.court and one.court.root), None)
        if root:
            self._duty_1(root)
            self._self_review(judged, root.policy)
            judged = [self._duty_5_record(one, root) for one in judged]
            judged = [self._duty_6(one, root.policy) for one in judged]
        if self.request.recheck:
            recheck(self.repo.root, judged, self.ledger)
        else:
            self.ledger.not_performed(7, "not run again (--no-recheck)")
        dossiers = self._fold(judged, root) if root else ()
        self.ledger.not_performed(9, "not performed by this version: history is not searched")
        reports = (*(one.report for one in judged), *unread)
        return Verification(
            model=self.model,
            release=self.release,
            commit=self.tip,
            verdict=self._verdict(dossiers, reports),
            qualifier="; ".join(dict.fromkeys(self.qualifiers)),
            gate=root.policy.gate if root else Gate.ENFORCE,
            duties=self.ledger.duties(),
            records=tuple(sorted(reports, key=lambda one: one.path)),
            dossiers=dossiers,
            left_out=root.policy.scope.exclude if root else (),
        )

    def _duties_0_to_4(self) -> tuple[list[Judged], list[RecordReport]]:
        judged: list[Judged] = []
        unread: list[RecordReport] = []
        seen: set[str] = set()
        for entry in self.repo.ls_tree(self.tip, FOLDERS):
            if RecordPath.parse(entry.path) is None or entry.mode != "100644":
                why = f"{one_line(entry.path, 200)} may not stand under {FOLDERS}/"
                self.ledger.fail(2, why)
                continue
            if entry.path.casefold() in seen:
                self.ledger.fail(2, f"{entry.path} has a twin that differs in case only")
            seen.add(entry.path.casefold())
            if _release_of(entry.path) != (self.model, self.release):
                continue
            data = self.repo.read_blob_at(self.tip, entry.path, MAX_RECORD_BYTES)
            found = read_record(data, entry.path, self.ledger)
            if isinstance(found, RecordReport):
                unread.append(found)
            else:
                judged.append(self._judge(found))
        return judged, unread

    def _judge(self, record: Record) -> Judged:
        try:
            court = self._court(record)
        except (IntegrityError, HoldshortError) as error:
            fails = isinstance(error, IntegrityError)
            (self.ledger.fail if fails else self.ledger.undetermined)(1, error.message)
            court = Court(tree=self.tip, root=None, at=self.now, problem=error.message)
        try:
            one = judge(self.repo, record, court, self.ledger, self.now)
        except BadInputError as error:
            self.ledger.fail(1, error.message)
            unsound = replace(court, root=None, problem=error.message)
            one = judge(self.repo, record, unsound, self.ledger, self.now)
        if one.report.state is RecordState.BAD_SIGNATURE:
            changed = changed_since_signing(self.repo, record, court, self.tip)
            if changed:
                self.ledger.note(3, f"{record.path}: {changed}")
                one = one.refused(RecordState.BAD_SIGNATURE, f"{one.report.why}; {changed}")
        return one

    def _court(self, record: Record) -> Court:
        if not self.base:
            return court_of_landing(self.repo, record, self.tip)
        court = court_with_base(self.repo, self.base, self.tip, self.now)
        proposed = read_trust_root(self.repo, self.tip)
        if court.root is None:
            if proposed is None:
                problem = f"neither the base nor the change holds a trust root ({FOLDER}/)"
                return replace(court, problem=problem)
            self.qualifiers.append(
                "bootstrap: signatures valid, rules not yet in force on the base"
            )
            self.ledger.undetermined(1, "the trust root is new in this change; merge it first")
            return replace(court, root=proposed)
        if proposed is None or proposed.files != court.root.files:
            self.ledger.note(1, f"THIS CHANGE ALTERS {FOLDER}/: it does not count for itself")
        return court

    def _duty_1(self, root: TrustRoot) -> None:
        try:
            signers = lint_allowed_signers(root.allowed_signers)
        except HoldshortError as error:
            self.ledger.fail(1, f"{FOLDER}/{error.message}")
            return
        owners: dict[str, str] = {}
        for signer in signers:
            for principal in signer.principals:
                owner = root.policy.person_of(principal) or principal
                if owners.setdefault(signer.fingerprint, owner) != owner:
                    self.ledger.fail(1, f"{signer.fingerprint} belongs to two people")
        needed = root.policy.most_people
        if needed > 1:
            self.ledger.undetermined(
                8, f"the policy requires {needed} people; this version counts one person only"
            )
        if self.base:
            return
        self.qualifiers.append(f"trust root: first use, {first_use(self.repo, root)}")
        if self.request.gate and not is_anchored(self.repo, root, self.request.anchor):
            self.ledger.undetermined(1, "first use of this trust root; --trust-anchor must name it")

    def _self_review(self, judged: list[Judged], policy: Policy) -> None:
        """Duty 4: what a review by an author of the change is worth."""
        for index, one in enumerate(judged):
            if not one.counts:
                continue
            person = policy.people[one.report.reviewer]
            authored = [
                commit.id
                for commit in self._change(one)
                if any(person.is_called(author.email) for author in commit.authors)
            ]
            if not authored:
                continue
            if policy.self_review is SelfReview.DISCLOSE:
                self.qualifiers.insert(0, "self-reviewed")
                continue
            why = f"{one.report.reviewer} wrote {len(authored)} of the reviewed commits"
            self.ledger.note(4, f"{why}; self_review is {policy.self_review}")
            judged[index] = one.refused(RecordState.OWN_CHANGE, why)

    def _change(self, one: Judged) -> Sequence[Commit]:
        """Return every commit that touched the source: no earlier release is trusted."""
        tree = one.court.tree if one.court else self.tip
        names = {entry.path.partition("/")[0] for entry in self.repo.ls_tree(tree)}
        touching = sorted(names - {FOLDERS, FOLDER})
        return self.repo.commits(tree, touching=touching) if touching else ()

    def _duty_5_record(self, one: Judged, root: TrustRoot) -> Judged:
        if not one.counts:
            return one
        said = one.review.checklist
        pin = next((pin for pin in root.policy.checklists if pin.id == said.id), None)
        if pin is None or pin.version != said.version:
            why = f"{said.id} {said.version} is not a pinned checklist"
            self.ledger.fail(5, f"{one.report.path}: {why}")
            return one.refused(RecordState.WRONG_CHECKLIST, why)
        if pin.sha256 != said.sha256:
            why = f"{said.id} {said.version} was answered in another wording than the pinned one"
            self.ledger.fail(2, f"{one.report.path}: {why}")
            return one.refused(RecordState.WRONG_CHECKLIST, why)
        try:
            checklist = root.checklist(pin)
        except IntegrityError as error:
            self.ledger.fail(1, error.message)
            return one.refused(RecordState.WRONG_CHECKLIST, error.message)
        if not checklist.at_least(said.profile, pin.profile):
            why = f"the profile {said.profile} asks less than the pinned {pin.profile}"
            self.ledger.fail(5, f"{one.report.path}: {why}")
            return one.refused(RecordState.WRONG_CHECKLIST, why)
        return one

    def _duty_6(self, one: Judged, policy: Policy) -> Judged:
        if not one.counts or one.court is None:
            return one
        try:
            result = compare_subject(self.repo, one.review, policy, one.court.tree, self.base)
        except HoldshortError as error:
            self.ledger.undetermined(6, f"{one.report.path}: {error.message}")
            return one.refused(RecordState.WRONG_SUBJECT, error.message)
        for listed in result.listed:
            self.ledger.note(6, f"{one.report.path}: {listed}")
        if result.stale:
            self.ledger.fail(6, f"{one.report.path}: {result.stale}")
            return one.refused(RecordState.WRONG_SUBJECT, result.stale)
        return one

    def _fold(self, judged: Sequence[Judged], root: TrustRoot) -> tuple[Dossier, ...]:
        """Fold what counts; an objection of an identified person blocks even when stale."""
        dossiers = []
        for pin in root.policy.checklists:
            try:
                checklist = root.checklist(pin)
            except IntegrityError as error:
                self.ledger.fail(1, error.message)
                continue
            mine = [one for one in judged if one.record and one.review.checklist.id == pin.id]
            reviews = [one.review for one in mine if one.counts]
            objections = [_objection(one) for one in mine if one.identified and not one.counts]
            everything = (*reviews, *(one for one in objections if one))
            dossier = fold(checklist, pin.profile, root.policy, everything, self.now.date())
            dossiers.append(dossier)
            for row in dossier.rows:
                if row.state.value == "disputed":
                    self.ledger.fail(8, f"{row.id}: {row.why}")
            for disputer, reviewer, question in outdated_disputes(everything):
                self.ledger.note(
                    8,
                    f"{disputer}'s dispute of {question} is outdated ({reviewer} changed it);"
                    " it blocks until its author closes it",
                )
        return tuple(dossiers)

    def _verdict(
        self, dossiers: Sequence[Dossier], reports: Sequence[RecordReport]
    ) -> ReleaseVerdict:
        failed = any(self.ledger.failed(number) for number in (0, 1, 2, 3, 7))
        if failed or any(one.state in _TAMPERED for one in reports):
            return ReleaseVerdict.INTEGRITY_FAILURE
        if self.ledger.undecided or not dossiers:
            return ReleaseVerdict.UNDETERMINED
        worst = min((one.verdict for one in dossiers), key=_ORDER.index)
        stale = any(one.state is RecordState.WRONG_SUBJECT for one in reports)
        if stale and worst not in {ReleaseVerdict.REJECTED, ReleaseVerdict.DISPUTED}:
            return ReleaseVerdict.STALE
        return worst


def _objection(one: Judged) -> Review | None:
    """Return what of an uncounted but identified review goes on blocking: reject and disputes."""
    review = one.review
    if review.decision is not Decision.REJECT and not any(r.disputes for r in review.responses):
        return None
    return replace(review, answers={}, waivers=())


_ORDER = (
    ReleaseVerdict.REJECTED,
    ReleaseVerdict.DISPUTED,
    ReleaseVerdict.NOT_READY,
    ReleaseVerdict.INCOMPLETE,
    ReleaseVerdict.READY_WITH_WAIVERS,
    ReleaseVerdict.READY,
)
_TAMPERED = frozenset(
    {
        RecordState.MALFORMED,
        RecordState.WRONG_PLACE,
        RecordState.BAD_SIGNATURE,
        RecordState.UNTRUSTED_KEY,
        RecordState.WRONG_PRINCIPAL,
        RecordState.UNKNOWN_REVIEWER,
        RecordState.ROLE_NOT_HELD,
        RecordState.REVOKED,
        RecordState.EXPIRED,
        RecordState.NOT_YET_VALID,
        RecordState.WEAK_KEY,
        RecordState.WRONG_NAMESPACE,
        RecordState.WRONG_TIME,
    }
)
"""A record in one of these states was forged, changed or signed by nobody who may."""
