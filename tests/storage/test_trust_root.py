"""The trust root at a commit: what may stand in `.holdshort/`, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from holdshort.errors import BadInputError, IntegrityError
from holdshort.model.canonical import plain
from holdshort.model.policy import ChecklistPin, Person, Policy
from holdshort.storage.catalog import Source, parse, rendered
from holdshort.storage.repo import Repo
from holdshort.storage.trust_root import TrustRoot, checklist_path, read_trust_root
from holdshort.storage.yaml_dump import dump

Git = Callable[..., str]
CHECKLIST = parse(
    Source(
        "team.yaml",
        b"schema: holdshort/checklist/v1\nid: team\nversion: '1'\ntitle: Team\n"
        b"roles: {sre: SRE}\nprofiles: {quick: {title: Quick, questions: [one]}}\n"
        b"sections: [{id: s, title: S, questions: [{id: one, text: Is it?, role: sre}]}]\n",
    )
)
PIN = ChecklistPin(id="team", version="1", sha256=CHECKLIST.sha256, profile="quick")
POLICY = Policy.for_one_person(
    "churn", "ada", Person(name="Ada", principals=("ada@example.org",)), PIN
)


def policy_bytes(policy: Policy) -> bytes:
    value = plain(replace(policy, key_types=()))
    assert isinstance(value, dict)
    return dump(value)


@pytest.fixture
def read(repository: Path, git: Git) -> Callable[..., TrustRoot | None]:
    def read(**more: bytes | None) -> TrustRoot | None:
        files: dict[str, bytes | None] = {
            "policy.yaml": policy_bytes(POLICY),
            "allowed_signers": b"ada@example.org ssh-ed25519 AAAA\n",
            "checklists/team-1.yaml": rendered(CHECKLIST),
            **more,
        }
        for name, data in files.items():
            place = repository / ".holdshort" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if data is not None:
                place.write_bytes(data)
        git(repository, "add", "--all")
        git(repository, "commit", "--quiet", "--message=Trust")
        repo = Repo.discover(repository)
        return read_trust_root(repo, repo.head())

    return read


def test_without_a_policy_there_is_no_trust_root(repository: Path) -> None:
    repo = Repo.discover(repository)

    assert read_trust_root(repo, repo.head()) is None


def test_what_was_committed_is_read(read: Callable[..., TrustRoot | None]) -> None:
    root = read(revoked_keys=b"ssh-ed25519 BBBB\n")

    assert root is not None
    assert root.policy == POLICY
    assert root.checklist(PIN) == CHECKLIST
    assert root.allowed_signers.startswith(b"ada@example.org")
    assert root.revoked_keys == b"ssh-ed25519 BBBB\n"


def test_signers_and_revocations_may_be_missing(read: Callable[..., TrustRoot | None]) -> None:
    root = read(allowed_signers=None)

    assert root is not None
    assert root.allowed_signers == b""
    assert root.revoked_keys is None


@pytest.mark.parametrize(
    "name", ["notes.txt", "policy.yml", "checklists/deep/er.yaml", "openpgp/x.asc", "Policy.yaml"]
)
def test_anything_else_is_an_integrity_failure(
    read: Callable[..., TrustRoot | None], name: str
) -> None:
    with pytest.raises(IntegrityError, match=r"may not stand in \.holdshort/"):
        read(**{name: b"x"})


def test_a_link_or_an_executable_is_an_integrity_failure(
    read: Callable[..., TrustRoot | None], repository: Path
) -> None:
    place = repository / ".holdshort" / "revoked_keys"
    place.parent.mkdir(exist_ok=True)
    place.symlink_to("/etc/passwd")
    with pytest.raises(IntegrityError, match=r"'\.holdshort/revoked_keys' may not stand"):
        read()
    place.unlink()
    place.write_text("x", "utf-8")
    place.chmod(0o755)
    with pytest.raises(IntegrityError, match=r"'\.holdshort/revoked_keys' may not stand"):
        read()


def test_a_broken_policy_is_refused_with_commit_file_and_place(
    read: Callable[..., TrustRoot | None],
) -> None:
    with pytest.raises(BadInputError, match=r"^[0-9a-f]{10}:\.holdshort/policy\.yaml:\d+:1: unkn"):
        read(**{"policy.yaml": policy_bytes(POLICY) + b"more: x\n"})


def test_a_pinned_checklist_that_is_missing_or_another_is_an_integrity_failure(
    read: Callable[..., TrustRoot | None],
) -> None:
    root = read()

    assert root is not None
    with pytest.raises(IntegrityError, match=r"team-2\.yaml is missing"):
        root.checklist(replace(PIN, version="2"))
    with pytest.raises(IntegrityError, match="sha256 differs"):
        root.checklist(replace(PIN, sha256="0" * 64))


def test_a_pinned_checklist_stands_here() -> None:
    assert checklist_path("team", "1.0") == ".holdshort/checklists/team-1.0.yaml"


def test_a_pinned_profile_that_the_checklist_lacks_is_an_integrity_failure(
    read: Callable[..., TrustRoot | None],
) -> None:
    root = read()
    assert root is not None
    with pytest.raises(IntegrityError, match="pins the profile 'deep', which"):
        root.checklist(replace(PIN, profile="deep"))
