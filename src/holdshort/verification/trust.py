"""Duty 1: every trust root that judges anything is read as git objects, and sound.

Sound: only allowed files, exact principals, one person per key, known key types, every pinned
checklist there with the pinned digest and profile. What is unsound judges nothing.
"""

from __future__ import annotations

import hashlib

from holdshort.errors import BadInputError, HoldshortError, IntegrityError
from holdshort.model.text import one_line
from holdshort.signing.ssh import lint_allowed_signers, lint_revoked_keys
from holdshort.storage.repo import Entry, Repo
from holdshort.storage.trust_root import FOLDER, REVOKED, SIGNERS, TrustRoot, read_trust_root
from holdshort.verification.case import Case


class TrustRoots:
    """The trust roots of one verification, each read and looked at once."""

    def __init__(self, case: Case) -> None:
        """Read nothing yet."""
        self._case, self._ledger = case, case.ledger
        self._found: dict[tuple[Entry, ...], tuple[TrustRoot | None, str]] = {}

    def at(self, commit: str) -> tuple[TrustRoot | None, str]:
        """Return the trust root at a commit; None when there is none, or why it cannot judge."""
        try:
            entries = self._entries(commit)
            if entries not in self._found:
                self._found[entries] = self._look(commit, entries)
        except (IntegrityError, BadInputError) as error:
            self._found[entries] = self._bad(error.message)
        except HoldshortError as error:
            self._ledger.undetermined(1, error.message)
            return None, error.message
        return self._found[entries]

    def _entries(self, commit: str) -> tuple[Entry, ...]:
        if commit != self._case.tip:
            return self._case.repo.ls_tree(commit, FOLDER)
        return tuple(one for one in self._case.entries if one.path.partition("/")[0] == FOLDER)

    def _look(self, commit: str, entries: tuple[Entry, ...]) -> tuple[TrustRoot | None, str]:
        root = read_trust_root(self._case.repo, commit, entries)
        return self._bad(why) if root and (why := _flaw(root)) else (root, "")

    def _bad(self, why: str) -> tuple[None, str]:
        self._ledger.fail(1, why)
        return None, why


def first_use(repo: Repo, root: TrustRoot) -> str:
    """Return `<commit> by <author>` of the commit that last changed a trust root."""
    made = repo.history_of(FOLDER, root.commit)[0]
    return f"{made.id[:10]} by {one_line(made.author.name, 60)}"


def is_anchored(repo: Repo, root: TrustRoot, anchor: str) -> bool:
    """Tell whether an anchor names the trust root: its digest, or the commit that made it."""
    made = (commit.id for commit in repo.history_of(FOLDER, root.commit)[:1])
    return bool(anchor) and (anchor == trust_root_sha256(root) or anchor in made)


def trust_root_sha256(root: TrustRoot) -> str:
    """Return the digest `--trust-anchor` may name.

    SHA-256 over `path NUL sha256 LF` for each file under `.holdshort/`, sorted by path.
    """
    total = hashlib.sha256()
    for path, data in sorted(root.files.items()):
        total.update(path.encode() + b"\0" + hashlib.sha256(data).hexdigest().encode() + b"\n")
    return total.hexdigest()


def _flaw(root: TrustRoot) -> str:
    """Say why a trust root that could be read is not sound, or return an empty text.

    Raises:
        BadInputError: signers or revocations are not sound, with `file:line`.
        IntegrityError: a pinned checklist is missing, another one, or lacks the profile.
    """
    owners: dict[str, str] = {}
    for signer in lint_allowed_signers(root.allowed_signers, SIGNERS):
        for principal in signer.principals:
            owner = root.policy.person_of(principal) or principal
            if owners.setdefault(signer.fingerprint, owner) != owner:
                both = one_line(f"{owners[signer.fingerprint]} and {owner}", 200)
                return f"{SIGNERS}: {signer.fingerprint} belongs to both {both}"
    lint_revoked_keys(root.revoked_keys or b"", REVOKED)
    for pin in root.policy.checklists:
        root.checklist(pin)
    return ""
