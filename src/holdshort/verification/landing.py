"""Which trust root judges a record, at what time its key must have been valid, and which tree.

With a base (a pull request): the tip of the base, now, the tree at the judged revision. Without
one: the first parent of the first-parent commit that brought the record as it stands, at that
commit's date; the release's tree is that of its newest landing. Revocations count from today's
trust root too. Nothing that a change itself brings ever counts for that change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from holdshort.errors import HoldshortError, UndeterminedError
from holdshort.model.exceptions import PLACE as EXCEPTIONS
from holdshort.storage.git_objects import Commit
from holdshort.storage.records import ROOT, Record, parse
from holdshort.storage.trust_root import FOLDER, TrustRoot
from holdshort.verification.case import Case
from holdshort.verification.trust import TrustRoots

MAX_RECORD_BYTES = 1_000_000
"""Source: docs/promises.md, G9."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Court:
    """Where one record is judged.

    Attributes:
        root: the trust root, None when nothing can judge.
        at: when the signing key must have been valid.
        revoked: lists of revoked keys, each of which counts.
        landed: the commit that brought the record, None with a base.
        problem: why nothing can be decided, empty when it can.
    """

    root: TrustRoot | None
    at: datetime
    revoked: tuple[bytes, ...] = (b"",)
    landed: Commit | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """The tree a release is judged on.

    Attributes:
        base: the newest commit that may be the base's.
        landed: it is on the base branch already, so that an earlier commit may be the one that
            the reviewed change was put upon.
    """

    tree: str
    base: str
    landed: bool


class Courts:
    """The courts of one release."""

    def __init__(self, case: Case) -> None:
        """Look at nothing yet."""
        self._case = case
        self._roots = TrustRoots(case)

    def of(self, path: str, record: Record | None) -> Court:
        """Return where a record is judged; None stands for one without a signature."""
        return self._of_base if self._case.base else self._of_landing(path, record)

    def newest(self, courts: Iterable[Court]) -> Court | None:
        """Return the court whose rules hold for the whole release: the newest landing's."""
        found = list(courts)
        for commit in [] if self._case.base else self._case.landings.history:
            for one in found:
                if one.landed and one.landed.id == commit.id:
                    return one
        return next(iter(found), None)

    def ground(self, court: Court) -> Ground:
        """Return the tree the release is judged on."""
        if court.landed is None:
            return Ground(self._case.tip, self._case.base, landed=False)
        return Ground(court.landed.id, court.landed.parents[0], landed=True)

    @cached_property
    def _of_base(self) -> Court:
        case = self._case
        root, problem = self._roots.at(case.base)
        if problem:
            return Court(root=None, at=case.now, problem=problem)
        proposed, flaw = self._roots.at(case.tip)
        if root is None and proposed is None:
            problem = flaw or f"neither the base nor the change holds a trust root ({FOLDER}/)"
            return Court(root=None, at=case.now, problem=problem)
        if root is None:
            case.ledger.undetermined(1, "the trust root is new in this change; merge it first")
            return self._judging(proposed, case.now)
        for said in _altered(root, proposed):
            case.ledger.note(1, f"THIS CHANGE ALTERS {said}")
        return self._judging(root, case.now)

    def _of_landing(self, path: str, record: Record | None) -> Court:
        try:
            commit = self._landing(path, record)
        except HoldshortError as error:
            return Court(root=None, at=self._case.now, problem=error.message)
        if not commit.parents:
            return _undecided(commit, f"{path} landed in the very first commit")
        root, problem = self._roots.at(commit.parents[0])
        if root is None:
            return _undecided(commit, problem or self._without_root(path, commit))
        return self._judging(root, commit.committed_at, commit, *self._revoked_today)

    def _judging(
        self, root: TrustRoot | None, at: datetime, landed: Commit | None = None, *revoked: bytes
    ) -> Court:
        own = root.revoked_keys if root else None
        lists = tuple(dict.fromkeys((own or b"", *revoked)))
        return Court(root=root, at=at, revoked=lists, landed=landed)

    @cached_property
    def _revoked_today(self) -> tuple[bytes, ...]:
        root, _ = self._roots.at(self._case.tip)
        return (root.revoked_keys,) if root and root.revoked_keys else ()

    def _landing(self, path: str, record: Record | None) -> Commit:
        """Return the first-parent commit that brought the record; a mere reformat did not.

        Raises:
            UndeterminedError: history does not reach back to it.
        """
        for commit, change in self._case.landings.changes:
            if change.path == path and (
                record is None or not self._was_same(change.old_blob, record)
            ):
                return commit
        raise UndeterminedError(f"history does not show which commit brought {path}")

    def _was_same(self, blob: str, record: Record) -> bool:
        """Tell whether an earlier version had the same payload and signature.

        Raises:
            UndeterminedError: the earlier version is not in this clone.
        """
        if not blob:
            return False
        _, data = next(self._case.repo.blobs([blob], MAX_RECORD_BYTES))
        if isinstance(data, FileNotFoundError):
            raise UndeterminedError(f"an earlier {record.path} is not in this clone: {data}")
        if isinstance(data, OSError):
            return False
        try:
            earlier = parse(data, record.path)
        except HoldshortError:
            return False
        same = earlier.payload == record.payload
        return same and earlier.review.signature == record.review.signature

    def _without_root(self, path: str, commit: Commit) -> str:
        if self._roots.at(commit.id)[0] is None:
            return f"there was no trust root ({FOLDER}/policy.yaml) before {path} landed"
        return f"{path} landed together with the trust root it needs, so nobody vouches for it"


def release_of(path: str) -> tuple[str, str]:
    """Return the model and release a path under `reviews/` is in; empty where it names none."""
    parts = [*path.removeprefix(f"{ROOT}/").split("/"), ""]
    return parts[0], parts[1]


def _altered(root: TrustRoot, proposed: TrustRoot | None) -> Iterator[str]:
    after = proposed.files if proposed else {}
    names = sorted({*root.files, *after})
    changed = [one for one in names if root.files.get(one) != after.get(one)]
    if rules := [one for one in changed if one != EXCEPTIONS]:
        yield f"{FOLDER}/: {', '.join(rules)}; it does not count for itself"
    if EXCEPTIONS in changed:
        yield f"{EXCEPTIONS}: an exception counts only where a reviewer's record names it"


def _undecided(commit: Commit, problem: str) -> Court:
    return Court(root=None, at=commit.committed_at, landed=commit, problem=problem)
