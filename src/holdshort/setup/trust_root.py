"""The trust root of a repository: what `init` writes, shows and commits.

Exactly the files under `.holdshort/`, as their own commit: the policy for one person, the
stock OpenSSH allowed-signers file with exactly one principal and our namespace, the resolved
checklist the policy pins, and `VERIFY.md`, the check without holdshort.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files as package_files

from holdshort.errors import RepositoryStateError, UsageError
from holdshort.model.canonical import plain
from holdshort.model.checklist import Checklist
from holdshort.model.policy import ChecklistPin, Person, Policy
from holdshort.model.text import one_line, slug
from holdshort.signing.ssh import SigningKey, signer_line
from holdshort.storage.catalog import rendered
from holdshort.storage.commit import commit_files
from holdshort.storage.repo import Identity, Repo
from holdshort.storage.trust_root import GUIDE, POLICY, SIGNERS, checklist_path, read_trust_root
from holdshort.storage.yaml_dump import dump

MESSAGE = "holdshort: who may sign this model's releases, and by which rules"
DEFAULT_PROFILE = "quick"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What `init` would commit: content by path, and the policy in words."""

    files: Mapping[str, bytes]
    policy: Policy


def plan(
    repo: Repo, checklist: Checklist, who: Identity, key: SigningKey, *, profile: str = ""
) -> Plan:
    """Return what `init` would commit for one person.

    Raises:
        RepositoryStateError: a trust root is there already.
        UsageError: the checklist has no such profile.
    """
    profile = profile or DEFAULT_PROFILE
    if profile not in checklist.profiles:
        raise UsageError(
            f"the checklist has no profile {one_line(profile, 40)!r}",
            f"Nothing was written. Profiles: {', '.join(checklist.profiles)}.",
        )
    head = repo.head()
    if read_trust_root(repo, head) is not None:
        raise RepositoryStateError(
            f"{POLICY} is there already",
            "Nothing was changed. Edit it and commit, to change rules.",
        )
    name = slug(repo.root.name)
    person = slug(who.email.partition("@")[0])
    pin = ChecklistPin(
        id=checklist.id,
        version=checklist.version,
        sha256=checklist.sha256,
        profile=profile,
    )
    policy = Policy.for_one_person(
        name, person, Person(name=who.name, principals=(who.email,)), pin
    )
    files = {
        POLICY: _policy_bytes(policy),
        SIGNERS: f"{signer_line(who.email, key.public)}\n".encode(),
        checklist_path(checklist.id, checklist.version): rendered(checklist),
        GUIDE: package_files("holdshort.setup").joinpath("VERIFY.md").read_bytes(),
    }
    return Plan(files=files, policy=policy)


def commit_plan(repo: Repo, planned: Plan) -> str:
    """Commit a plan as its own commit and return its id.

    Raises:
        RepositoryStateError: the repository forbids it now; nothing was written.
        MissingEnvironmentError: no identity, permission or disk; nothing was written.
    """
    return commit_files(repo, planned.files, MESSAGE + "\n", expected_head=repo.head())


def _policy_bytes(policy: Policy) -> bytes:
    """Return the policy's canonical bytes; the key types stay at their default, unwritten."""
    value = plain(replace(policy, key_types=()))
    if not isinstance(value, dict):
        raise TypeError("a policy is a mapping")
    return dump(value)
