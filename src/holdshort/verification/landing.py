"""Which trust root judges a record, and at what time its key must have been valid.

With a base (a pull request): the tip of the base branch, now. Without one: the first parent of
the first-parent commit that brought the record's present payload, at that commit's date.
Nothing that the change itself brings ever counts for that change.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from holdshort.errors import HoldshortError
from holdshort.model.text import one_line
from holdshort.storage.git_objects import Commit
from holdshort.storage.records import Record, parse
from holdshort.storage.repo import Repo
from holdshort.storage.trust_root import FOLDER, TrustRoot, read_trust_root


@dataclass(frozen=True, slots=True, kw_only=True)
class Court:
    """Where one record is judged.

    Attributes:
        tree: the commit whose source the record must match.
        root: the trust root, None when there is none.
        at: when the signing key must have been valid.
        landed: the commit that brought the record, empty with a base.
        problem: why nothing can be decided, empty when it can.
    """

    tree: str
    root: TrustRoot | None
    at: datetime
    landed: str = ""
    problem: str = ""


def court_with_base(repo: Repo, base: str, tip: str, now: datetime) -> Court:
    """Return the court of a pull request: the base's tip, now, the source at the tip."""
    return Court(tree=tip, root=read_trust_root(repo, base), at=now)


def court_of_landing(repo: Repo, record: Record, tip: str) -> Court:
    """Return the court of a record that has landed."""
    commit = _landing(repo, record, tip)
    if not commit.parents:
        why = "history ends here (shallow clone)" if repo.is_shallow() else "it has no parent"
        return _undecided(commit, f"{record.path} landed in {commit.id[:10]}, and {why}")
    root = read_trust_root(repo, commit.parents[0])
    if root is None:
        return _undecided(commit, _without_root(repo, record, commit))
    return Court(tree=commit.id, root=root, at=commit.committed_at, landed=commit.id)


def first_use(repo: Repo, root: TrustRoot) -> str:
    """Return `<commit> by <author>` of the commit that last changed a trust root."""
    history = repo.history_of(FOLDER, root.commit)
    if not history:
        return root.commit[:10]
    return f"{history[0].id[:10]} by {one_line(history[0].author.name, 60)}"


def trust_root_sha256(root: TrustRoot) -> str:
    """Return the digest `--trust-anchor` may name: SHA-256 over path, NUL, SHA-256 per file."""
    total = hashlib.sha256()
    for path, data in sorted(root.files.items()):
        total.update(path.encode() + b"\0" + hashlib.sha256(data).hexdigest().encode() + b"\n")
    return total.hexdigest()


def is_anchored(repo: Repo, root: TrustRoot, anchor: str) -> bool:
    """Tell whether an anchor names the trust root: its digest, or the commit that made it."""
    if not anchor:
        return False
    made = {commit.id for commit in repo.history_of(FOLDER, root.commit)[:1]}
    return anchor == trust_root_sha256(root) or anchor in made


def _landing(repo: Repo, record: Record, tip: str) -> Commit:
    """Return the first-parent commit that brought the present payload; a mere reformat did not."""
    history = repo.history_of(record.path, tip)
    for commit in history:
        if (
            not commit.parents
            or _payload_at(repo, record.path, commit.parents[0]) != record.payload
        ):
            return commit
    return history[-1]


def _payload_at(repo: Repo, path: str, commit: str) -> bytes:
    try:
        return parse(repo.read_blob_at(commit, path), path).payload
    except (HoldshortError, OSError):
        return b""


def _without_root(repo: Repo, record: Record, commit: Commit) -> str:
    if read_trust_root(repo, commit.id) is None:
        return f"there was no trust root ({FOLDER}/policy.yaml) before {record.path} landed"
    return f"{record.path} landed together with the trust root it needs, so nobody vouches for it"


def _undecided(commit: Commit, problem: str) -> Court:
    return Court(
        tree=commit.id, root=None, at=commit.committed_at, landed=commit.id, problem=problem
    )
