"""From an open review to a signed record in git: seal, sign, commit.

Sealing fixes the decision, the subject and what the checks said, and reads the result back
strictly: what is signed is what is stored. Nothing is written to the repository before the
signature has been verified; the draft goes only after the commit stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from holdshort.errors import HoldshortError, IncompleteError, IntegrityError, RepositoryStateError
from holdshort.model.checklist import Severity
from holdshort.model.dossier import Dossier, ReleaseVerdict
from holdshort.model.finding import Finding
from holdshort.model.policy import ANY_ROLE
from holdshort.model.progress import Need, blockers
from holdshort.model.review import (
    Answer,
    Decision,
    EvidenceKind,
    FindingSummary,
    Review,
    Status,
    Verdict,
    Via,
)
from holdshort.model.suggestion import against
from holdshort.model.text import normalise, one_line
from holdshort.signing.ssh import SigningKey, sign, signer_line, verify
from holdshort.storage.commit import check_committable, commit_files
from holdshort.storage.records import RecordPath, parse, payload_of, render
from holdshort.storage.yaml_load import MAX_BYTES
from holdshort.walkthrough.session import Walkthrough, stamp

ARMOUR_BYTES = 10_000
"""Room for a signature; RSA of 16 384 bits needs half of it."""

BASES = ("refs/remotes/origin/HEAD", "refs/heads/main", "refs/heads/master")
"""Where a base branch is looked for, only to note what the subject forks from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a signature would claim: shown before signing.

    Attributes:
        open: (question id, need) that block sealing with this decision.
        contradicted: ids answered yes against a failing check.
        mutable_links: evidence URLs whose content may change.
    """

    decision: Decision
    dossier: Dossier
    path: str
    message: str
    by_verdict: Mapping[Verdict, int]
    by_via: Mapping[Via, int]
    open: tuple[tuple[str, Need], ...]
    contradicted: tuple[str, ...]
    mutable_links: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """A record that stands in git, and the line that publishes it (empty without a remote)."""

    commit: str
    path: str
    push: str


def claims(walk: Walkthrough, decision: Decision) -> Claims:
    """Return what signing now would claim."""
    review, views, dossier = walk.review, walk.views(), walk.gate(decision)
    given = _in_order(walk).values()
    return Claims(
        decision=decision,
        dossier=dossier,
        path=str(RecordPath.of(review)),
        message=commit_message(review, dossier),
        by_verdict={one: sum(a.verdict is one for a in given) for one in Verdict},
        by_via={one: sum(a.via is one for a in given) for one in Via},
        open=tuple(blockers(views, decision)),
        contradicted=tuple(
            view.question.id
            for view in views
            if view.verdict is Verdict.MET and against(view.question, walk.findings)
        ),
        mutable_links=tuple(
            one.ref
            for answer in given
            for one in answer.evidence
            if one.kind is EvidenceKind.URL and not one.sha256
        ),
    )


def seal(walk: Walkthrough, decision: Decision, *, detached: bool = False) -> Review:
    """Return the sealed, unsigned review; runs the checks that have not reported.

    Raises:
        IncompleteError: something that this decision needs is still open, or the record would
            be too large to be read.
        RepositoryStateError: the repository's state would refuse the commit, or another
            session writes the draft.
    """
    if walk.draft.holder:
        raise RepositoryStateError(
            f"this draft is being written by {walk.draft.holder}",
            "Nothing was signed. Close the other session, then try again.",
        )
    walk.visit.run_checks()
    if walk.visit.repo.head() != walk.visit.commit:
        raise RepositoryStateError(
            "HEAD moved while this review was open",
            "Your answers are saved. Start again: they move to the new commit.",
        )
    check_committable(
        walk.visit.repo,
        {str(RecordPath.of(walk.review)): b""},
        expected_head=walk.visit.commit,
        allow_detached=detached,
    )
    if still_open := tuple(blockers(walk.views(), decision)):
        raise IncompleteError(
            "; ".join(f"{question}: {_NEEDED[need]}" for question, need in still_open[:5]),
            f"{len(still_open)} open. Everything answered is saved. See: holdshort status",
        )
    review, known = walk.review, walk.checklist.by_id
    review = replace(
        review,
        status=Status.SEALED,
        decision=decision,
        subject=walk.visit.repo.subject(walk.visit.commit, walk.policy.scope, _base(walk)),
        sealed_at=stamp(walk.now()),
        facets={name: value for name, value in review.facets.items() if name in known},
        waivers=tuple(one for one in review.waivers if one.question in known),
        answers=_in_order(walk),
        findings=_findings(walk),
        seen={one.review.reviewer.id: one.sha256 for one in walk.others},
    )
    _read_back(review)
    return review


def _findings(walk: Walkthrough) -> dict[str, FindingSummary]:
    """Return what the checks said that stand beside a question, or are cited as evidence."""
    beside = walk.checklist.checks_beside(walk.review.checklist.profile)
    answers = walk.review.answers.values()
    cited = {one.ref for answer in answers for one in answer.evidence}
    wanted = (name for name in sorted(walk.findings) if name in beside or name in cited)
    return {name: _summary(walk.findings[name]) for name in wanted}


def preview(walk: Walkthrough, decision: Decision) -> str:
    """Return the record as signing now would write it, all but its signature.

    Raises:
        HoldshortError: as `seal`.
    """
    return render(seal(walk, decision)).decode()


def sign_review(review: Review, key: SigningKey, *, interactive: bool = False) -> Review:
    """Return the review with its signature, verified against the key that made it.

    Raises:
        MissingEnvironmentError: no key, a locked key, a wrong passphrase; nothing was written.
        IntegrityError: the signature does not verify.
    """
    payload = payload_of(review)
    signed = replace(review, signature=sign(payload, key, interactive=interactive))
    principal = review.reviewer.principal
    signers = signer_line(principal, key.public)
    result = verify(payload, signed.signature, f"{signers}\n".encode(), principal)
    if not result.good:
        raise IntegrityError(
            f"the fresh signature does not verify: {result.words}",
            "Nothing was written; the draft is kept. Try again: holdshort sign",
        )
    _read_back(signed)
    return signed


def commit_review(walk: Walkthrough, signed: Review, *, detached: bool = False) -> Committed:
    """Commit a signed record as exactly one path, then drop the draft.

    Raises:
        RepositoryStateError: the repository forbids it now; the draft is kept.
        MissingEnvironmentError: no identity, permission or disk; the draft is kept.
    """
    path, repo = str(RecordPath.of(signed)), walk.visit.repo
    commit = commit_files(
        repo,
        {path: render(signed)},
        commit_message(signed, walk.gate(signed.decision or Decision.COMMENT)),
        expected_head=walk.visit.commit,
        allow_detached=detached,
    )
    walk.draft.remove()
    branch = walk.visit.branch or "HEAD"
    push = f"git push origin {branch}" if repo.has_remote() else ""
    return Committed(commit=commit, path=path, push=push)


def commit_message(review: Review, dossier: Dossier) -> str:
    """Return the commit message: the first report a reader meets.

    Subject: the verdict. Body: every blocker with its note, who is missing and their command.
    """
    return "\n".join(_message(review, dossier)).rstrip() + "\n"


def _message(review: Review, dossier: Dossier) -> Iterator[str]:
    counts = (_counted(one, dossier) for one in (Severity.BLOCKER, Severity.MAJOR))
    said = ", ".join(filter(None, counts))
    count = f" ({said})" if said else ""
    verdict = dossier.verdict.words
    yield one_line(f"review: {review.model} {review.release} {verdict}{count}", 72)
    yield ""
    for row in dossier.against:
        note = f": {one_line(row.note, 200)}" if row.note else ""
        yield f"- {row.severity} {row.state.value.replace('_', ' ')}: {row.id}{note}"
    for row in dossier.rows:
        if row.state.value == "waived":
            yield f"- waived {row.why}: {row.id}"
    for role in dossier.missing:
        if role != ANY_ROLE:
            command = f"holdshort review --release {review.release} --role {role}"
            yield f"- missing: {role}, who runs: {command}"
    if dossier.verdict in {ReleaseVerdict.READY, ReleaseVerdict.READY_WITH_WAIVERS}:
        yield f"{len(dossier.rows)} questions answered by {review.reviewer.id}."
    yield ""
    yield f"Record: {RecordPath.of(review)}"
    yield f"Check it: holdshort verify --release {review.release}"


def _counted(severity: Severity, dossier: Dossier) -> str:
    number = sum(row.severity is severity for row in dossier.against)
    return f"{number} {severity}{'s' * (number != 1)}" if number else ""


def _in_order(walk: Walkthrough) -> dict[str, Answer]:
    """Return the answers with a verdict to what is asked, in checklist order.

    What a scope facet or another profile hides was not shown last, so it is not signed.
    """
    answers, asked = walk.review.answers, {view.question.id for view in walk.views()}
    ids = [question.id for question in walk.checklist.walk() if question.id in asked]
    return {one: answers[one] for one in ids if one in answers and answers[one].verdict}


def _summary(finding: Finding) -> FindingSummary:
    covering = (one for one in finding.exceptions if not one.fate)
    return FindingSummary(
        outcome=finding.said,
        version=finding.version,
        facts_sha256=finding.facts_sha256,
        headline=normalise(one_line(finding.headline, 200)),
        excepted_until=finding.excepted_until if finding.proved else "",
        exceptions=tuple(normalise(one.words) for one in covering),
    )


def _base(walk: Walkthrough) -> str:
    repo, commit = walk.visit.repo, walk.visit.commit
    for name in BASES:
        try:
            return repo.merge_base(repo.resolve(name), commit) or ""
        except HoldshortError:
            continue
    return ""


def _read_back(review: Review) -> None:
    """Refuse to go on when the stored form would not read back as the same signed bytes."""
    data = render(review)
    if len(data) > MAX_BYTES - ARMOUR_BYTES:
        raise IncompleteError(
            f"the record would have {len(data):,} bytes, and {MAX_BYTES:,} can be read",
            "Everything answered is saved. Shorten notes, or attach fewer references.",
        )
    if parse(data, str(RecordPath.of(review))).payload != payload_of(review):
        raise IntegrityError(
            "the record does not read back as it was written",
            "Nothing was written; the draft is kept. Please report this.",
        )


_NEEDED = {
    Need.VERDICT: "no answer yet",
    Need.EVIDENCE: "a yes needs evidence",
    Need.NOTE: "needs a note",
    Need.REASON: "needs a reason in the note",
    Need.VALUE: "needs a value",
    Need.AGAIN: "changed since it was answered, answer it again",
}
