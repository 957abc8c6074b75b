"""The trust root: what stands in `.holdshort/` at one commit.

Read as git objects, never from the work tree. Only the names listed here may stand there;
anything else is an integrity failure, for a reader would take it for part of the rules.
Signers and revocations are kept as bytes: judging them is `signing`'s business.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from holdshort.errors import IntegrityError, UndeterminedError
from holdshort.model.checklist import Checklist
from holdshort.model.policy import SCHEMA, ChecklistPin, Policy
from holdshort.model.text import one_line
from holdshort.storage.catalog import Source, parse
from holdshort.storage.documents import read
from holdshort.storage.layout import FOLDER, POLICY, checklist_path
from holdshort.storage.repo import Entry, Repo

__all__ = [
    "FOLDER",
    "GUIDE",
    "POLICY",
    "REVOKED",
    "SIGNERS",
    "TrustRoot",
    "checklist_path",
    "read_trust_root",
]

SIGNERS = f"{FOLDER}/allowed_signers"
REVOKED = f"{FOLDER}/revoked_keys"
GUIDE = f"{FOLDER}/VERIFY.md"
MAX_FILE_BYTES = 1_000_000
_ALLOWED = re.compile(
    r"\.holdshort/(?:policy\.yaml|allowed_signers|revoked_keys|exceptions\.yaml|VERIFY\.md"
    r"|checklists/[a-z0-9][a-z0-9._-]*\.yaml|openpgp/[0-9A-F]{40,64}\.asc)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustRoot:
    """The rules in force at a commit.

    Attributes:
        files: every file under `.holdshort/` by path, for comparing two trust roots.
        checklists: the pinned, resolved checklists by `<id>-<version>`.
    """

    commit: str
    files: Mapping[str, bytes]
    policy: Policy
    checklists: Mapping[str, Checklist]

    @property
    def allowed_signers(self) -> bytes:
        """The stock OpenSSH allowed-signers file; empty when there is none."""
        return self.files.get(SIGNERS, b"")

    @property
    def revoked_keys(self) -> bytes | None:
        """Revoked public keys or a KRL, if there are any."""
        return self.files.get(REVOKED)

    def checklist(self, pin: ChecklistPin) -> Checklist:
        """Return a pinned checklist.

        Raises:
            IntegrityError: it is missing, its digest is not the pinned one, or it lacks the
                pinned profile.
        """
        path = checklist_path(pin.id, pin.version)
        found = self.checklists.get(path)
        if found is None:
            raise IntegrityError(f"the policy pins {pin.id} {pin.version}, but {path} is missing")
        if (found.id, found.version, found.sha256) != (pin.id, pin.version, pin.sha256):
            raise IntegrityError(f"{path} is not the checklist the policy pins (sha256 differs)")
        if pin.profile not in found.profiles:
            raise IntegrityError(
                f"the policy pins the profile {one_line(pin.profile, 40)!r}, which {path} lacks"
            )
        return found


def read_trust_root(
    repo: Repo, commit: str, entries: Sequence[Entry] | None = None
) -> TrustRoot | None:
    """Return the trust root at a commit, or None when there is no policy.

    Args:
        repo: the repository.
        commit: its full id.
        entries: what stands under `.holdshort/` there, where that is known already.

    Raises:
        IntegrityError: something stands under `.holdshort/` that may not, or is too large.
        UndeterminedError: a file is not in this clone, or of a newer schema.
        BadInputError: the policy or a checklist cannot be read, with `file:line:col`.
    """
    files: dict[str, bytes] = {}
    entries = repo.ls_tree(commit, FOLDER) if entries is None else entries
    contents = repo.blobs([one.blob for one in entries], MAX_FILE_BYTES)
    for entry, (_, data) in zip(entries, contents, strict=True):
        if not _ALLOWED.fullmatch(entry.path) or entry.mode != "100644":
            raise IntegrityError(f"{one_line(entry.path, 200)!r} may not stand in {FOLDER}/")
        if isinstance(data, FileNotFoundError):
            raise UndeterminedError(f"{entry.path} is not in this clone: {data}")
        if isinstance(data, OSError):
            raise IntegrityError(f"{entry.path} is too large: {data}")
        files[entry.path] = data
    if POLICY not in files:
        return None
    at = f"{commit[:10]}:"
    return TrustRoot(
        commit=commit,
        files=files,
        policy=read(Policy, files[POLICY], at + POLICY, SCHEMA),
        checklists={
            path: parse(Source(at + path, data))
            for path, data in files.items()
            if path.startswith(f"{FOLDER}/checklists/")
        },
    )
