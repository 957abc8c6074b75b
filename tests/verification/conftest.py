"""A house to verify: one real repository with trust root, keys and a signed record, copied.

`house` is on `main`: the source by Carol, then the trust root. Ada holds every role, Bob is an
engineer, Eve is nobody. Time stands still, one minute a commit; `house.now` is later than all.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from holdshort.checks.base import IDS
from holdshort.checks.child import CheckRun
from holdshort.model.canonical import plain
from holdshort.model.checklist import (
    AnswerRule,
    AnswerType,
    AppliesIf,
    Checklist,
    CheckRelation,
    EvidenceNeed,
    EvidenceRule,
    Permission,
    Profile,
    Question,
    Section,
    Severity,
)
from holdshort.model.policy import ChecklistPin, Gate, Person, Policy
from holdshort.model.review import (
    Answer,
    ChecklistRef,
    Decision,
    Evidence,
    EvidenceKind,
    FindingSummary,
    Review,
    Reviewer,
    Status,
    Verdict,
)
from holdshort.model.subject import Subject
from holdshort.model.verification import DutyState, Verification
from holdshort.storage.catalog import rendered
from holdshort.storage.records import RecordPath, payload_of, render
from holdshort.storage.repo import Repo
from holdshort.storage.yaml_dump import dump
from holdshort.verification.verify import Request, verify_releases

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SEALED = "2026-11-20T12:00:00Z"
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
NAMESPACE = "holdshort-review-v1"
SOURCE = {
    "README.md": "# Churn\n",
    "requirements.txt": "numpy==1.26.4\n",
    "train.py": "import numpy as np\n\nnp.random.seed(7)\nscore = np.random.rand()\n",
    "docs/plan.md": "roll back by hand\n",
    "tests/test_train.py": "import train\n\n\ndef test_score():\n    assert train.score < 1\n",
}

CHECKLIST = Checklist(
    id="tiny",
    version="1.0.0",
    title="Tiny",
    roles={"engineer": "Writes it", "owner": "Owns it"},
    profiles={
        "quick": Profile(title="Quick", questions=("serving", "deps", "tests", "latency")),
        "deep": Profile(title="Deep", questions=("serving", "deps", "tests", "latency", "auc")),
        "less": Profile(title="Less", questions=("tests",)),
    },
    sections=(
        Section(
            id="all",
            title="All",
            questions=(
                Question(
                    id="serving",
                    text="How is it served?",
                    role="engineer",
                    facet=True,
                    answer=AnswerRule(type=AnswerType.CHOICE, choices=("batch", "online")),
                ),
                Question(
                    id="deps",
                    text="Are all dependencies pinned?",
                    severity=Severity.BLOCKER,
                    role="engineer",
                    na=Permission.FORBIDDEN,
                    evidence=EvidenceRule(need=EvidenceNeed.REQUIRED),
                    checks=(CheckRelation(id="dependencies-pinned"),),
                ),
                Question(
                    id="tests",
                    text="Do tests exercise the code?",
                    role="engineer",
                    checks=(CheckRelation(id="tests-present"),),
                ),
                Question(
                    id="latency",
                    text="Does it answer in time?",
                    severity=Severity.BLOCKER,
                    role="owner",
                    applies_if=(AppliesIf(question="serving", any_of=("online",)),),
                ),
                Question(
                    id="auc",
                    text="Is the score good enough?",
                    role="owner",
                    answer=AnswerRule(type=AnswerType.NUMBER, target=">= 0.8"),
                ),
            ),
        ),
    ),
)

POLICY = Policy(
    project="acme-churn",
    model="churn",
    people={
        "ada": Person(name="Ada", principals=("ada@example.org",)),
        "bob": Person(name="Bob", principals=("bob@example.org",), roles=("engineer",)),
    },
    checklists=(
        ChecklistPin(id="tiny", version="1.0.0", sha256=CHECKLIST.sha256, profile="quick"),
    ),
    gate=Gate.ENFORCE,
)


@dataclass(kw_only=True)
class House:
    """One repository under judgement, and the steps people take in it."""

    root: Path
    keys: Mapping[str, Path]
    findings: Mapping[str, FindingSummary]
    minutes: int = 0
    checklist: Checklist = CHECKLIST
    policy: Policy = POLICY
    now: datetime = NOW
    told: list[Verification] = field(default_factory=list)

    # git

    def git(self, *arguments: str, **environment: str) -> str:
        """Run the real git, as nobody in particular."""
        at = (START + timedelta(minutes=self.minutes)).isoformat()
        names = {"GIT_AUTHOR_NAME": "Carol", "GIT_AUTHOR_EMAIL": "carol@example.org"}
        names |= {"GIT_COMMITTER_NAME": "Git", "GIT_COMMITTER_EMAIL": "git@example.org"}
        times = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        done = subprocess.run(
            ["git", "-c", "protocol.file.allow=always", *arguments],
            cwd=self.root,
            env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, **names, **times, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stderr.decode()}"
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def commit(
        self, files: Mapping[str, str | bytes | None] | None = None, *, by: str = "carol"
    ) -> str:
        """Write files (None removes one), commit everything, and return the commit."""
        for name, content in (files or {}).items():
            place = self.root / name
            if content is None:
                place.unlink()
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)
        self.minutes += 1
        self.git("add", "--all")
        who = {"GIT_AUTHOR_NAME": by.title(), "GIT_AUTHOR_EMAIL": f"{by}@example.org"}
        self.git("commit", "--quiet", "--allow-empty", "--message=A step", **who)
        return self.head

    @property
    def head(self) -> str:
        """The commit HEAD stands at."""
        return self.git("rev-parse", "HEAD")

    @property
    def repo(self) -> Repo:
        """The repository as holdshort sees it."""
        return Repo.discover(self.root)

    def clone(self, folder: Path, *options: str) -> House:
        """Return a clone in a folder."""
        self.git("clone", "--quiet", *options, f"file://{self.root}", str(folder))
        return replace(self, root=folder, told=[])

    # the trust root

    def signer(self, name: str, *, principal: str = "", options: str = "") -> str:
        """Return an allowed-signers line."""
        key = self.keys[name].with_suffix(".pub").read_text().split()
        who = principal or f"{name}@example.org"
        return f'{who} namespaces="{NAMESPACE}"{options} {key[0]} {key[1]}\n'

    def trust(self, policy: Policy | None = None, /, **files: str | bytes) -> dict[str, bytes]:
        """Return the files of a trust root; keyword `allowed_signers` and so on replace some."""
        value = plain(policy or self.policy)
        assert isinstance(value, dict)
        named = {
            "policy.yaml": dump(value),
            "allowed_signers": (self.signer("ada") + self.signer("bob")).encode(),
            "checklists/tiny-1.0.0.yaml": rendered(self.checklist),
        }
        named |= {k: v.encode() if isinstance(v, str) else v for k, v in files.items()}
        return {f".holdshort/{name}": data for name, data in named.items()}

    def rules(self, policy: Policy | None = None, /, **files: str | bytes) -> str:
        """Commit a trust root in place of the present one."""
        shutil.rmtree(self.root / ".holdshort", ignore_errors=True)
        return self.commit(self.trust(policy, **files))

    # records

    def review(self, who: str = "ada", **changes: Any) -> Review:
        """Return a sealed, unsigned review of HEAD in which all is well."""
        roles = {"ada": ("any",), "bob": ("engineer",)}.get(who, ("any",))
        deps = self.answer("deps", evidence=(self.evidence("requirements.txt"),))
        sealed = Review(
            status=Status.SEALED,
            project="acme-churn",
            model="churn",
            release="1.4.0",
            checklist=ChecklistRef(
                id="tiny", version="1.0.0", sha256=self.checklist.sha256, profile="quick"
            ),
            reviewer=Reviewer(id=who, principal=f"{who}@example.org", roles=roles),
            decision=Decision.APPROVE,
            subject=self.subject(),
            facets={"serving": "batch"},
            started_at=SEALED,
            sealed_at=SEALED,
            answers={"deps": deps, "tests": self.answer("tests")},
            findings=self.findings,
        )
        return replace(sealed, **changes)

    def subject(self) -> Subject:
        """Return HEAD as what is reviewed."""
        fork = self.git("merge-base", "main", "HEAD")
        return self.repo.subject(self.head, self.policy.scope, fork)

    def answer(self, question: str, **changes: Any) -> Answer:
        """Return a yes to a question in its own words."""
        asked = self.checklist.by_id[question]
        yes = Answer(asked=asked.text, severity=asked.severity, verdict=Verdict.MET)
        return replace(yes, **changes)

    def evidence(self, path: str) -> Evidence:
        """Return a file of HEAD as evidence."""
        blob = self.git("rev-parse", f"HEAD:{path}")
        return Evidence(kind=EvidenceKind.FILE, ref=path, lines="1", blob=blob)

    def signed(self, review: Review, key: str = "", *, namespace: str = NAMESPACE) -> Review:
        """Return the review signed by stock ssh-keygen."""
        return replace(review, signature=self.armour(payload_of(review), key, namespace, review))

    def armour(self, payload: bytes, key: str, namespace: str, review: Review) -> str:
        """Sign bytes with a key, the reviewer's own by default."""
        name = self.keys[key or review.reviewer.id]
        done = subprocess.run(
            ["ssh-keygen", "-Y", "sign", "-n", namespace, "-f", name],
            input=payload,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode().strip()

    def land(self, review: Review | None = None, key: str = "", *, path: str = "") -> str:
        """Sign a review and commit its record; return the path."""
        one = self.signed(review or self.review(), key)
        place = path or str(RecordPath.of(one))
        self.commit({place: render(one)})
        return place

    def rewrite(self, path: str, change: Callable[[bytes], bytes]) -> None:
        """Change the bytes of a committed file and commit."""
        self.commit({path: change((self.root / path).read_bytes())})

    # verification

    def verify(self, revision: str = "HEAD", **request: Any) -> Verification:
        """Verify one release without running the checks again, unless asked to."""
        asked = Request(revision=revision, **{"recheck": False, **request})
        (result,) = verify_releases(self.repo, asked, self.now)
        self.told.append(result)
        return result

    def said(self, number: int) -> str:
        """Return everything the last verification said of a duty."""
        return "\n".join(self.told[-1].duties[number].details)

    def failing(self) -> list[int]:
        """Return the duties of the last verification that do not hold."""
        return [d.number for d in self.told[-1].duties if d.state is DutyState.FAILED]

    def undecided(self) -> list[int]:
        """Return the duties of the last verification that could not be decided."""
        return [d.number for d in self.told[-1].duties if d.state is DutyState.UNDETERMINED]


@pytest.fixture(scope="session")
def _keys(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    folder = tmp_path_factory.mktemp("keys")
    kinds = {"ada": "ed25519", "bob": "ed25519", "eve": "ed25519", "old": "ecdsa"}
    bits = {"weak": "2048"}
    for name in (*kinds, *bits):
        size = ("-b", bits[name]) if name in bits else ()
        kind = kinds.get(name, "rsa")
        subprocess.run(
            ["ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-C", name, "-f", folder / name],
            stdin=subprocess.DEVNULL,
            check=True,
        )
    return {name: folder / name for name in (*kinds, *bits)}


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory, _keys: Mapping[str, Path]) -> House:
    root = tmp_path_factory.mktemp("template") / "churn"
    root.mkdir()
    house = House(root=root, keys=_keys, findings={})
    house.git("init", "--quiet", "--initial-branch=main", "--template=")
    source = house.commit(SOURCE)
    house.rules()
    house.findings = {
        one.id: FindingSummary(
            outcome=one.outcome,
            version=one.version,
            facts_sha256=one.facts_sha256,
            headline=one.headline,
        )
        for one in CheckRun(root, source, IDS, day=NOW.date())
    }
    return house


@pytest.fixture
def house(_template: House, tmp_path: Path) -> House:
    """Give a copy of the house."""
    root = tmp_path / "churn"
    shutil.copytree(_template.root, root)
    return replace(_template, root=root, told=[])
