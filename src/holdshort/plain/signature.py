"""Signing: what is decided and claimed is read out, then the word `sign` signs and commits.

The terminal is free in plain mode, so the signing program may ask for a passphrase or a touch
on it. Whatever fails is said, and the review goes on with nothing lost.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdshort.errors import HoldshortError, UsageError
from holdshort.model.review import Decision
from holdshort.plain import said
from holdshort.plain.voice import Voice
from holdshort.walkthrough.keys import signing_key
from holdshort.walkthrough.sealing import Claims, claims, commit_review, seal, sign_review
from holdshort.walkthrough.session import Walkthrough

_DECISIONS = {
    "a": Decision.APPROVE,
    "approve": Decision.APPROVE,
    "r": Decision.REJECT,
    "reject": Decision.REJECT,
    "k": Decision.COMMENT,
    "comment": Decision.COMMENT,
}
_NOT_SIGNED = "Not signed. Nothing was written; your answers are saved."


def sign(walk: Walkthrough, voice: Voice) -> bool:
    """Ask for the decision and the word, sign and commit; tell whether the record stands."""
    try:
        return _sign(walk, voice)
    except HoldshortError as error:
        voice.refused(error)
        return False


def claimed_lines(walk: Walkthrough, claimed: Claims, key: str) -> Iterator[str]:
    """Yield what a signature would claim."""
    review, visit, dossier = walk.review, walk.visit, claimed.dossier
    yield f"The gate will say: {dossier.verdict.words}."
    yield from (f"Because: {reason}." for reason in dossier.reasons)
    verdicts = (f"{count} {one.word}" for one, count in claimed.by_verdict.items() if count)
    yield f"Answers: {', '.join(verdicts) or 'none'}."
    via = (f"{count} {one.value}" for one, count in claimed.by_via.items() if count)
    yield f"Given: {', '.join(via) or 'none'}."
    for one in review.waivers:
        yield f"Waived until {one.expires}: {one.question}, owner {one.owner}."
    for name in claimed.contradicted:
        yield f"Yes against a failing check: {name}."
    for link in claimed.mutable_links:
        yield f"A link whose content may change: {link}"
    yield f"Reviewed: commit {visit.commit[:10]} on {visit.branch or 'a detached HEAD'}."
    yield f"Writes: {claimed.path}"
    yield f"Message: {claimed.message.splitlines()[0]}"
    roles = ", ".join(review.reviewer.roles)
    yield f"As: {review.reviewer.id}, {review.reviewer.principal}, role {roles}."
    yield f"Key: {key}"
    yield "Hooks are not run, nothing else is committed, nothing is pushed."


def _sign(walk: Walkthrough, voice: Voice) -> bool:
    decision = voice.until_taken(
        "Decision: a approve, r reject, k comment, or Enter to go back", _decision
    )
    if decision is None:
        return False
    key = signing_key(walk.visit)
    claimed = claims(walk, decision)
    voice.say(f"Decision: {decision}.", *claimed_lines(walk, claimed, key.name))
    if claimed.open:
        for name, need in claimed.open:
            voice.say(f"Open: {name} needs {said.NEEDED[need]}.")
        voice.say("Not signed: approve needs all of these. Reject and comment do not.")
        return False
    voice.say("I confirm these answers are my own judgement for this commit.")
    if voice.answer("Type sign to sign and commit, or Enter to go back") != "sign":
        voice.say(_NOT_SIGNED)
        return False
    voice.say("Signing. Your key may ask for its passphrase or a touch.")
    signed = sign_review(seal(walk, decision), key, interactive=True)
    done = commit_review(walk, signed)
    voice.say(
        f"Committed and verified: {done.commit[:10]}",
        f"Record: {done.path}",
        f"Publish it: {done.push}" if done.push else "",
        f"Check it: holdshort verify --release {signed.release}",
    )
    return True


def _decision(typed: str) -> Decision:
    if typed not in _DECISIONS:
        raise UsageError(f"{typed!r} is no decision", "Type a, r or k.")
    return _DECISIONS[typed]
