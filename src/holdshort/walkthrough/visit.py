"""A repository as it is met: what it proves, which drafts there are, and how a review begins.

`Visit.open` needs neither key, identity nor trust root; it reads and never writes. `begin`
needs an identity, opens or resumes the draft and returns the `Walkthrough`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from holdshort.checks.child import CheckRun
from holdshort.errors import (
    BadInputError,
    HoldshortError,
    MissingEnvironmentError,
    RepositoryStateError,
    UsageError,
)
from holdshort.model.checklist import Checklist
from holdshort.model.finding import Finding
from holdshort.model.policy import ChecklistPin, Person, Policy
from holdshort.model.review import ChecklistRef, Review, Reviewer, Status
from holdshort.model.subject import Scope
from holdshort.model.text import is_slug, one_line, slug
from holdshort.storage import catalog
from holdshort.storage.drafts import Draft, DraftInfo, DraftKey, DraftStore
from holdshort.storage.records import Record, RecordPath, parse
from holdshort.storage.repo import Entry, Repo
from holdshort.storage.trust_root import TrustRoot, read_trust_root
from holdshort.walkthrough.checking import Checks
from holdshort.walkthrough.session import Walkthrough, stamp
from holdshort.walkthrough.wanted import Wanted, release_name

__all__ = ["DEFAULT_PROFILE", "Visit", "Wanted"]

MAX_SHOWN_BYTES = 2_000_000
DEFAULT_PROFILE = "quick"
MAX_COMMITS_AFTER_TAG = 50
"""How many commits of records alone are looked behind for a tag."""


@dataclass(kw_only=True)
class Visit:
    """One look at a repository at its HEAD.

    Attributes:
        commit: the reviewed commit, full hex.
        branch: the branch name, None on a detached HEAD.
        findings: what the checks have said so far, by check id; grows as they stream in.
    """

    repo: Repo
    commit: str
    branch: str | None
    store: DraftStore
    now: Callable[[], datetime]
    findings: dict[str, Finding] = field(default_factory=dict)

    @classmethod
    def open(cls, start: Path, *, state: Path, now: Callable[[], datetime]) -> Visit:
        """Look at the repository around a folder.

        Raises:
            RepositoryStateError: no repository, a bare one, or one without a commit.
            MissingEnvironmentError: git is missing or refuses the folder.
        """
        repo = Repo.discover(start)
        store = DraftStore(state / "drafts")
        return cls(repo=repo, commit=repo.head(), branch=repo.branch(), store=store, now=now)

    # What is there

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """The tracked entries of the commit by path."""
        return {entry.path: entry for entry in self.repo.ls_tree(self.commit)}

    @cached_property
    def trust_root(self) -> TrustRoot | None:
        """The trust root at the commit; used to ask the right questions, never to verify."""
        return read_trust_root(self.repo, self.commit)

    @cached_property
    def root_commit(self) -> str:
        """The first commit of the history: what drafts are filed under."""
        return self.repo.root_commit()

    @property
    def drafts(self) -> tuple[DraftInfo, ...]:
        """The drafts of this repository, newest first."""
        return self.store.list(self.root_commit)

    @cached_property
    def model(self) -> str:
        """The model's default name: the policy's, else the folder's."""
        root = self.trust_root
        return root.policy.model if root else slug(self.repo.root.name)

    @cached_property
    def release(self) -> str:
        """The release named by the newest tag, without the `v` before its number; else empty.

        The tag stands on the commit, or on one before it when only records, rules and checklists
        have changed since: signing a release does not end it.
        """
        at = self.repo.commit_info(self.commit)
        for _ in range(MAX_COMMITS_AFTER_TAG):
            names = map(release_name, self.repo.tags_at(at.id))
            if found := next((name for name in names if is_slug(name)), ""):
                return found
            changes = self.repo.changes([at])
            source = Scope()
            if not at.parents or any(
                source.holds(one.path) for one in changes if one.parent == at.parents[0]
            ):
                break
            at = self.repo.commit_info(at.parents[0])
        return ""

    def checklist(self, identity: str = "") -> Checklist:
        """Return a checklist: the pinned one, else the repository's own, else the bundled one.

        Raises:
            BadInputError: there is none of this id, or it cannot be read.
            IntegrityError: the pinned one is not what the policy says.
        """
        if root := self.trust_root:
            for one in root.policy.checklists:
                if identity in {"", one.id}:
                    return root.checklist(one)
        return catalog.find(identity or catalog.DEFAULT, tuple(self._own_checklists()))

    def _own_checklists(self) -> Iterator[catalog.Source]:
        for path in self.entries:
            if re.fullmatch(r"checklists/[^/]+\.yaml", path) and self.blob_of(path):
                try:
                    data = self.repo.read_blob_at(self.commit, path, MAX_SHOWN_BYTES)
                except OSError as error:
                    said = error.strerror or error
                    raise BadInputError(f"{one_line(path, 120)} cannot be read: {said}") from error
                yield catalog.Source(path, data)

    def default_profile(self, checklist: Checklist) -> str:
        """Return the depth of a review when none is asked for: the pinned one, quick, or any."""
        pins = self.trust_root.policy.checklists if self.trust_root else ()
        wanted = [*(one.profile for one in pins if one.id == checklist.id), DEFAULT_PROFILE]
        return next(one for one in (*wanted, *checklist.profiles) if one in checklist.profiles)

    @property
    def head_moved(self) -> bool:
        """Whether HEAD stands at another commit than the reviewed one by now."""
        return self.repo.head() != self.commit

    # The checks

    @property
    def check_ids(self) -> tuple[str, ...]:
        """Every auto-check, in the order they are run and shown."""
        return self.checks.ids

    @cached_property
    def checks(self) -> Checks:
        """The checks of the commit."""
        return Checks(self.repo, self.commit, self.entries)

    def start_checks(self, ids: tuple[str, ...] = ()) -> CheckRun:
        """Start the checks of the commit; give each finding to `take` as it comes."""
        return self.checks.start(ids, self.now().astimezone(UTC).date())

    def take(self, finding: Finding) -> None:
        """Keep a finding."""
        self.findings[finding.id] = finding

    def run_checks(self, ids: tuple[str, ...] = ()) -> None:
        """Run what has not reported yet, of all checks or of these, and wait for it."""
        wanted = [one for one in self.check_ids if one in ids or not ids]
        missing = tuple(one for one in wanted if one not in self.findings)
        if missing:
            for finding in self.start_checks(missing):
                self.take(finding)

    # What evidence is pinned against

    def blob_of(self, path: str) -> str | None:
        """Return the object id of a tracked file, or None; links and submodules are no files."""
        entry = self.entries.get(path)
        return entry.blob if entry and entry.mode in {"100644", "100755"} else None

    def text_of(self, path: str) -> str:
        """Return a tracked file's text at the commit.

        Raises:
            OSError: it is too large, or not text.
        """
        data = self.repo.read_blob_at(self.commit, path, MAX_SHOWN_BYTES)
        if b"\0" in data[:8000]:
            raise OSError("is not text, so it has no lines")
        return data.decode("utf-8", "replace")

    def work_file(self, path: str) -> Path:
        """Return where a tracked file stands on the disk, for the person's own editor.

        Raises:
            UsageError: it is no plain file of the commit, or not in the work tree.
        """
        place = self.repo.root / path
        if self.blob_of(path) is None or not place.is_file():
            raise UsageError(f"{one_line(path, 120)!r} is not in the work tree")
        return place

    def commit_of(self, text: str) -> str | None:
        """Return the full id of a commit, or None."""
        try:
            return self.repo.resolve(text)
        except HoldshortError:
            return None

    # Beginning

    def begin(self, wanted: Wanted) -> Walkthrough:
        """Open or resume a review.

        Raises:
            UsageError: no release is known, or a name is no slug.
            MissingEnvironmentError: git knows no identity, or the draft cannot be written.
            RepositoryStateError: this reviewer has already signed this release.
            BadInputError: the checklist or the draft cannot be read.
        """
        walk = self._walk(wanted, self.store.open)
        if not walk.draft.holder and wanted.profile:
            walk.draft.deepen(wanted.profile)
        return walk

    def look(self, wanted: Wanted) -> Walkthrough:
        """Return a review for reading only; writes nothing, not even a lock.

        Raises:
            HoldshortError: as `begin`, but for what only writing needs.
        """
        return self._walk(wanted, self.store.peek)

    def signed(self, wanted: Wanted) -> RecordPath | None:
        """Return where this reviewer's signed record stands at the commit, None when unsigned.

        Raises:
            HoldshortError: as `look`.
        """
        checklist = self.checklist(wanted.checklist)
        _, reviewer = self._reviewer(checklist, wanted)
        place = self._place(checklist, reviewer, wanted)
        return place if str(place) in self.entries else None

    def _place(self, checklist: Checklist, reviewer: Reviewer, wanted: Wanted) -> RecordPath:
        model, release = wanted.model or self.model, self._release(wanted, reviewer)
        for name in (model, release):
            if not is_slug(name):
                raise UsageError(f"{one_line(name, 80)!r} is no name: use a-z, 0-9, dot, dash")
        return RecordPath(model, release, checklist.id, reviewer.id)

    def _walk(self, wanted: Wanted, opened: Callable[..., Draft]) -> Walkthrough:
        checklist = self.checklist(wanted.checklist)
        policy, reviewer = self._reviewer(checklist, wanted)
        place = self._place(checklist, reviewer, wanted)
        self._refuse_signed(place)
        profile, others = self._profile(wanted, checklist), self.others(place)
        draft = opened(self._key(place), profile=profile, started_at=stamp(self.now()))
        base = Review(
            project=policy.project,
            model=place.model,
            release=place.release,
            checklist=ChecklistRef(
                id=checklist.id,
                version=checklist.version,
                sha256=checklist.sha256,
                profile=draft.state.profile,
            ),
            reviewer=reviewer,
            started_at=draft.state.started_at,
        )
        return Walkthrough(
            visit=self,
            checklist=checklist,
            policy=policy,
            base=base,
            draft=draft,
            others=others,
        )

    def policy_for(self, checklist: Checklist, person: str, name: str, address: str) -> Policy:
        """Return the trust root's policy, or the one-person policy that is assumed without."""
        if self.trust_root:
            return self.trust_root.policy
        pin = ChecklistPin(
            id=checklist.id,
            version=checklist.version,
            sha256=checklist.sha256,
            profile=self.default_profile(checklist),
        )
        who = Person(name=name, principals=(address,))
        return Policy.for_one_person(slug(self.repo.root.name), person, who, pin)

    def _reviewer(self, checklist: Checklist, wanted: Wanted) -> tuple[Policy, Reviewer]:
        identity = self.repo.default_identity()
        name, address = identity.name, identity.email
        known = self.trust_root.policy.person_of(address) if self.trust_root else None
        person = known or slug(address.partition("@")[0])
        if root := self.trust_root:
            self._refuse_namesake(root.policy, known, person, address)
        policy = self.policy_for(checklist, person, name, address)
        listed = policy.people.get(person)
        roles = wanted.roles or (listed.roles if listed else ("any",))
        principal = listed.principals[0] if listed and known else address
        if unknown := [one for one in roles if one != "any" and one not in checklist.roles]:
            raise UsageError(
                f"no role is called {one_line(unknown[0], 40)!r}",
                f"Roles: {', '.join(checklist.roles)}, any.",
            )
        return policy, Reviewer(id=person, principal=principal, roles=roles)

    @staticmethod
    def _refuse_namesake(policy: Policy, known: str | None, person: str, address: str) -> None:
        """Refuse an address that the policy does not know but would file under another's name."""
        if known is None and person in policy.people:
            raise MissingEnvironmentError(
                f"the policy knows {person!r}, but not by the address {one_line(address, 80)!r}",
                "Nothing was changed. Set the address the policy names with `git config --global "
                "user.email ADDRESS`, or have its owners add yours to .holdshort/policy.yaml.",
            )

    def _release(self, wanted: Wanted, reviewer: Reviewer) -> str:
        if wanted.release or self.release:
            return wanted.release or self.release
        mine = {
            one.state.key.release for one in self.drafts if one.state.key.reviewer == reviewer.id
        }
        places = filter(None, map(RecordPath.parse, self.entries))
        signed = {one.release for one in places if one.reviewer == reviewer.id}
        for known in (mine, signed):
            if len(known) == 1:
                return known.pop()
        raise UsageError(
            "no tag names this release", f"Name it, such as: --release {self.now():%Y-%m-%d}"
        )

    def _profile(self, wanted: Wanted, checklist: Checklist) -> str:
        profile = wanted.profile or self.default_profile(checklist)
        if profile not in checklist.profiles:
            raise UsageError(
                f"the checklist has no profile {one_line(profile, 40)!r}",
                f"Profiles: {', '.join(checklist.profiles)}.",
            )
        return profile

    def _key(self, place: RecordPath) -> DraftKey:
        return DraftKey(
            root_commit=self.root_commit,
            model=place.model,
            release=place.release,
            checklist=place.checklist,
            reviewer=place.reviewer,
        )

    def _refuse_signed(self, place: RecordPath) -> None:
        if str(place) in self.entries:
            raise RepositoryStateError(
                f"{place.reviewer} has already signed {place.model} {place.release}: {place}",
                f"Nothing was changed. See it with: holdshort show --release {place.release}; "
                "another release: holdshort review --release NAME" + self._leftover(place),
            )

    def _leftover(self, place: RecordPath) -> str:
        """Name the draft that a kill between commit and clean-up left, if one did."""
        name = self._key(place).folder
        if not any(one.folder.name == name for one in self.drafts):
            return ""
        return f"\n  A draft of it is left. Remove it: holdshort drafts delete {name} --yes"

    def others(self, place: RecordPath) -> tuple[Record, ...]:
        """Return the other reviewers' sealed records at the commit that can be read."""
        folder = str(place).rpartition("/")[0]
        found = []
        for path in self.entries:
            if not path.startswith(f"{folder}/") or path == str(place):
                continue
            try:
                record = parse(self.repo.read_blob_at(self.commit, path, MAX_SHOWN_BYTES), path)
            except (HoldshortError, OSError):
                continue
            if record.review.status is Status.SEALED:
                found.append(record)
        return tuple(found)
