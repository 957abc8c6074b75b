"""The numbered duties of `verify`, in order, for each release judged.

In: a repository and a request. Out: one `Verification` per release. Raises only where nothing
can be said at all (no record, no base in CI, an unknown revision); everything else is reported
under its duty, and any doubt fails closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from holdshort.errors import HoldshortError, IntegrityError, UndeterminedError
from holdshort.model.dossier import Dossier, ReleaseVerdict
from holdshort.model.policy import Gate, Policy
from holdshort.model.text import one_line
from holdshort.model.verification import RecordReport, RecordState, Verification
from holdshort.storage.git import GitError
from holdshort.storage.records import ROOT, Record, RecordPath
from holdshort.storage.repo import Entry, Repo
from holdshort.storage.trust_root import FOLDER, TrustRoot
from holdshort.verification.authorship import check_authors
from holdshort.verification.case import Case, Landings
from holdshort.verification.claims import check_claims
from holdshort.verification.judging import Judged, judge, read_record
from holdshort.verification.landing import MAX_RECORD_BYTES, Court, Courts, Ground, release_of
from holdshort.verification.recheck import recheck, trust_findings
from holdshort.verification.standing import fold_release, verdict_of, without_departed
from holdshort.verification.subject import Subjects
from holdshort.verification.trust import first_use, is_anchored


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
    """Verify each release the request means, by model and release.

    Raises:
        UndeterminedError: nothing to verify, no base in CI, or git cannot read what is needed.
        IntegrityError: all that stands under `reviews/` is no record.
        UsageError: a revision that names nothing.
    """
    if request.gate and not request.base and not request.anchor:
        raise UndeterminedError(
            "in CI the protected branch must be named",
            "Add --base origin/main (or --trust-anchor for a first release).",
        )
    tip = repo.resolve(request.revision)
    base = repo.resolve(request.base) if request.base else ""
    try:
        return _each(repo, request, tip, base, now)
    except GitError as error:  # an object that is not in this clone, as a rule
        raise UndeterminedError(error.message, "Fetch the whole history, then verify.") from error


def _each(
    repo: Repo, request: Request, tip: str, base: str, now: datetime
) -> tuple[Verification, ...]:
    entries, landings = repo.ls_tree(tip), Landings(repo, tip)
    chosen = set(_chosen(repo, request, tip, base, entries, landings))
    places = sorted({release_of(one) for one in chosen if RecordPath.parse(one)})
    if not places:
        raise _nothing(request, tip, chosen)
    return tuple(
        _verified(
            Case(
                repo=repo,
                tip=tip,
                base=base,
                model=model,
                release=release,
                now=now,
                entries=entries,
                landings=landings,
            ),
            request,
        )
        for model, release in places
    )


def _chosen(
    repo: Repo,
    request: Request,
    tip: str,
    base: str,
    entries: Sequence[Entry],
    landings: Landings,
) -> Iterator[str]:
    """Yield the paths under `reviews/` whose releases are judged."""
    after = {one.path: one for one in entries if _stands_in(one.path, ROOT)}
    if request.release:
        yield from (one for one in after if release_of(one)[1] == request.release)
    elif base:
        fork = repo.merge_base(base, tip)
        before = {one.path: one for one in repo.ls_tree(fork, ROOT)} if fork else {}
        yield from (one for one in {*before, *after} if before.get(one) != after.get(one))
    else:
        newest = landings.history[:1]
        yield from (one.path for commit, one in landings.changes if commit in newest)


def _nothing(request: Request, tip: str, chosen: set[str]) -> HoldshortError:
    if chosen:
        return IntegrityError(f"{one_line(min(chosen), 200)} may not stand under {ROOT}/")
    what = f" for release {one_line(request.release, 64)!r}" if request.release else ""
    return UndeterminedError(
        f"there is no review record{what} to verify at {tip[:10]}",
        "Make one: holdshort review, then holdshort sign",
    )


def _verified(case: Case, request: Request) -> Verification:
    """Go through the duties for one release."""
    ledger, courts = case.ledger, Courts(case)
    if case.repo.is_shallow():
        ledger.undetermined(0, "this clone is shallow; fetch the whole history")
    judged, unread, found = _records(case, courts)
    court = courts.newest(found)
    root = court.root if court else None
    dossiers: tuple[Dossier, ...] = ()
    if court is None or root is None:
        ledger.undetermined(1, court.problem if court else f"no record of {case.release} is here")
        ledger.not_performed(7, "there is no trust root to tell what must be checked")
    else:
        _first_use(case, request, court, root, judged)
        ground = courts.ground(court)
        judged = without_departed(judged, root, ledger)
        judged = [check_claims(one, root, ledger) for one in judged]
        judged = _on_ground(case, judged, ground, root.policy)
        if request.recheck:
            judged = recheck(case, ground.tree, judged, root)
        else:
            trust_findings(judged, root, ledger)
        judged = check_authors(case, judged, root.policy, ground.tree)
        dossiers = fold_release(case, judged, root)
    ledger.not_performed(9, "not performed by this version: history is not searched")
    verdict = verdict_of(ledger, dossiers)
    if root and case.base and root.commit != case.base and verdict is ReleaseVerdict.UNDETERMINED:
        case.qualifiers.append("bootstrap: signatures valid, rules not yet in force on the base")
    reports = (*(one.report for one in judged), *unread)
    return Verification(
        model=case.model,
        release=case.release,
        commit=case.tip,
        verdict=verdict,
        qualifier="; ".join(dict.fromkeys(case.qualifiers)),
        gate=root.policy.gate if root else Gate.ENFORCE,
        duties=ledger.duties(),
        records=tuple(sorted(reports, key=lambda one: one.path)),
        dossiers=dossiers,
        left_out=root.policy.scope.exclude if root else (),
    )


def _records(case: Case, courts: Courts) -> tuple[list[Judged], list[RecordReport], list[Court]]:
    """Duties 0 and 2 to 4: find the release's records at the tip and judge each by itself."""
    judged: list[Judged] = []
    unread: list[RecordReport] = []
    found: list[Court] = []
    for entry in _places(case):
        one = _read(case, entry)
        record = one if isinstance(one, Record) else None
        court = courts.of(entry.path, record)
        found.append(court)
        if isinstance(one, Record):
            judged.append(judge(case, one, court))
        else:
            unread.append(one)
    return judged, unread, found


def _places(case: Case) -> Iterator[Entry]:
    """Yield the release's records; anything else under `reviews/` is reported."""
    for entry in case.entries:
        if not _stands_in(entry.path, ROOT):
            twin = next((one for one in (ROOT, FOLDER) if _is_twin(entry.path, one)), "")
            if twin:
                shown = one_line(entry.path, 200)
                case.ledger.fail(2, f"{shown} stands in a twin of {twin}/ that differs in case")
        elif RecordPath.parse(entry.path) is None or entry.mode != "100644":
            case.ledger.fail(2, f"{one_line(entry.path, 200)} may not stand under {ROOT}/")
        elif release_of(entry.path) == (case.model, case.release):
            yield entry


def _read(case: Case, entry: Entry) -> Record | RecordReport:
    _, data = next(case.repo.blobs([entry.blob], MAX_RECORD_BYTES))
    if isinstance(data, bytes):
        return read_record(data, entry.path, case.ledger)
    why = f"{entry.path}: {data}"
    is_missing = isinstance(data, FileNotFoundError)
    (case.ledger.undetermined if is_missing else case.ledger.fail)(2, why)
    return RecordReport(path=entry.path, state=RecordState.MALFORMED, why=why)


def _first_use(
    case: Case, request: Request, court: Court, root: TrustRoot, judged: Sequence[Judged]
) -> None:
    """Duty 1: without a base, say whose trust root it is; in the gate it must be anchored."""
    if case.base:
        return
    case.qualifiers.append(f"trust root: first use, {first_use(case.repo, root)}")
    roots = {id(one): one for one in (root, *(j.court.root for j in judged if j.court.root))}
    if request.gate and not all(
        is_anchored(case.repo, one, request.anchor) for one in roots.values()
    ):
        case.ledger.undetermined(1, "first use of this trust root; --trust-anchor must name it")
    if court.landed and court.landed.id != case.tip:
        later = case.repo.commits(case.tip, without=[court.landed.id], first_parent=True)
        case.ledger.note(6, f"{len(later)} later commits are not part of what was released")


def _on_ground(
    case: Case, judged: Sequence[Judged], ground: Ground, policy: Policy
) -> list[Judged]:
    """Duty 6: what counts must have been made for the judged tree."""
    subjects = Subjects(case, ground)
    return [_for_tree(case, one, subjects, policy) if one.counts else one for one in judged]


def _for_tree(case: Case, one: Judged, subjects: Subjects, policy: Policy) -> Judged:
    try:
        result = subjects.compare(one.review, policy)
    except HoldshortError as error:
        case.ledger.undetermined(6, f"{one.report.path}: {error.message}")
        return one.refused(RecordState.WRONG_SUBJECT, error.message)
    if one.review.subject and one.review.subject.artifacts:
        case.ledger.note(6, f"{one.report.path}: artifact digests are recorded, not checked")
    if result.stale:
        case.ledger.block(6, f"{one.report.path}: {result.stale}")
        return one.refused(RecordState.WRONG_SUBJECT, result.stale)
    if result.drifted:
        shown = ", ".join(one_line(path, 120) for path in result.drifted)
        case.ledger.note(6, f"{one.report.path}: brought by the base, not reviewed: {shown}")
        case.qualifiers.append(f"{len(result.drifted)} files brought by the base since the review")
    return replace(one, drifted=result.drifted)


def _stands_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _is_twin(path: str, folder: str) -> bool:
    return _stands_in(path.casefold(), folder) and not _stands_in(path, folder)
