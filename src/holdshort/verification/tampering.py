"""When a signature does not fit: which questions changed since an earlier version was signed.

History is searched for the newest version of the same path whose signature is good; the
difference in meaning is named by question.
"""

from __future__ import annotations

from datetime import datetime

from holdshort.errors import HoldshortError
from holdshort.model.review import Review
from holdshort.signing.ssh import verify
from holdshort.storage.records import Record, parse
from holdshort.storage.repo import Repo
from holdshort.storage.trust_root import TrustRoot

MAX_VERSIONS = 20


def changed_since_signing(
    repo: Repo, record: Record, root: TrustRoot, at: datetime, tip: str
) -> str:
    """Return which parts changed, in words; empty when no signed version is in the history."""
    for commit in repo.history_of(record.path, tip)[:MAX_VERSIONS]:
        if earlier := _signed_version(repo, record, root, at, commit.id):
            changed = ", ".join(_differences(earlier, record.review))
            return f"changed after {commit.id[:10]}: {changed}"
    return ""


def _signed_version(
    repo: Repo, record: Record, root: TrustRoot, at: datetime, commit: str
) -> Review | None:
    try:
        found = parse(repo.read_blob_at(commit, record.path), record.path)
    except (HoldshortError, OSError):
        return None
    result = verify(
        found.payload,
        found.review.signature,
        root.allowed_signers,
        found.review.reviewer.principal,
        at=at,
        revoked=root.revoked_keys,
    )
    return found.review if found.payload and result.good else None


def _differences(before: Review, after: Review) -> list[str]:
    ids = dict.fromkeys((*before.answers, *after.answers))
    changed = [one for one in ids if before.answers.get(one) != after.answers.get(one)]
    fields = (
        "decision",
        "subject",
        "facets",
        "waivers",
        "responses",
        "reviewer",
        "findings",
        "seen",
    )
    changed += [one for one in fields if getattr(before, one) != getattr(after, one)]
    return changed or ["other fields"]
