"""Duty 6: the reviewed source is the source that lands; every difference is named.

Two kinds of difference. Base drift: the base changed a file since the review forked from it,
and the judged tree holds the base's own version. Change drift: anything else, and it is stale.
The test is exact: put back what the fork held where the base moved on, and the digest must be
the signed one. Base drift follows the policy; a file quoted as evidence is touched by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from holdshort.errors import HoldshortError
from holdshort.model.policy import Drift, Policy
from holdshort.model.review import EvidenceKind, Review
from holdshort.model.subject import Scope, SourceEntry, Subject, source_sha256
from holdshort.model.text import one_line
from holdshort.verification.case import Case
from holdshort.verification.landing import Ground

MAX_NAMED = 10
MAX_BASES = 50
"""Commits since the fork that are tried as the base. Source: our own limit; a long rebase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectResult:
    """Whether a record's subject is the judged tree.

    Attributes:
        stale: why it is not; empty when it is, or when the drift does not matter.
        drifted: paths that the base changed, and nothing else did.
    """

    stale: str = ""
    drifted: tuple[str, ...] = ()


class Subjects:
    """The source of the judged tree, read once, and every record compared with it."""

    def __init__(self, case: Case, ground: Ground) -> None:
        """Look at nothing yet."""
        self._case, self._repo, self._ground = case, case.repo, ground
        self._sources: dict[tuple[str, Scope], dict[str, SourceEntry]] = {}

    def compare(self, review: Review, policy: Policy) -> SubjectResult:
        """Compare a sealed record's subject with the judged tree.

        Raises:
            UndeterminedError: a blob is not in this clone.
        """
        subject = review.subject
        if subject is None or subject.scope != policy.scope:
            return SubjectResult(stale="it was made for another scope than the policy's")
        moved = self._moved_evidence(review)
        here = self._source(self._ground.tree, policy.scope)
        if source_sha256(here.values()) == subject.source_sha256:
            return SubjectResult(stale=_touched(moved, review))
        drifted = self._base_drift(here, subject)
        if not drifted:
            return SubjectResult(stale=self._changed(here, subject, moved, review))
        accepted = set(moved) <= set(drifted) if policy.drift is Drift.LISTED else not moved
        if accepted and policy.drift is not Drift.NONE:
            return SubjectResult(drifted=drifted)
        touched = _touched(moved, review)
        words = f"the base changed {_names(drifted)} since the review"
        return SubjectResult(stale=words + (f"; {touched}" if touched else ""))

    def _source(self, commit: str, scope: Scope) -> dict[str, SourceEntry]:
        key = (commit, scope)
        if key not in self._sources:
            entries = self._repo.source_entries(commit, scope)
            self._sources[key] = {one.path: one for one in entries}
        return self._sources[key]

    def _moved_evidence(self, review: Review) -> tuple[str, ...]:
        """Return quoted files whose content differs on the judged tree; globs do not matter."""
        pairs = [
            (one.ref, one.blob)
            for answer in review.answers.values()
            for one in answer.evidence
            if one.kind is EvidenceKind.FILE
        ]
        if not pairs:
            return ()
        there = {entry.path: entry.blob for entry in self._case.tree(self._ground.tree)}
        return tuple(dict.fromkeys(path for path, blob in pairs if there.get(path) != blob))

    def _base_drift(self, here: Mapping[str, SourceEntry], subject: Subject) -> tuple[str, ...]:
        """Return the paths the base changed, when nothing else did; else nothing."""
        for fork, tip in self._bases(subject):
            before, base = self._source(fork, subject.scope), self._source(tip, subject.scope)
            drifted = {
                path
                for path in {*here, *before, *base}
                if here.get(path) == base.get(path) != before.get(path)
            }
            kept = {path: one for path, one in here.items() if path not in drifted}
            kept |= {path: one for path, one in before.items() if path in drifted}
            if source_sha256(kept.values()) == subject.source_sha256:
                return tuple(sorted(drifted))
        return ()

    def _bases(self, subject: Subject) -> Iterator[tuple[str, str]]:
        """Yield where the review may fork from the base, and where the base was when it landed.

        The fork as signed, and as history says. A rebase lands several commits on the base one
        by one, so there every commit since the fork may have been the base's last.
        """
        forks = dict.fromkeys((subject.base, self._fork_in_history(subject)))
        for fork in (one for one in forks if one and self._is_here(one)):
            yield fork, self._ground.base
            if self._ground.landed:
                since = self._repo.commits(self._ground.base, without=[fork], first_parent=True)
                yield from ((fork, commit.id) for commit in since[1:MAX_BASES])

    def _fork_in_history(self, subject: Subject) -> str:
        if not self._is_here(subject.commit):
            return ""
        return self._repo.merge_base(subject.commit, self._ground.base) or ""

    def _is_here(self, commit: str) -> bool:
        try:
            return bool(self._repo.commit_info(commit))
        except (HoldshortError, ValueError):
            return False

    def _changed(
        self,
        here: Mapping[str, SourceEntry],
        subject: Subject,
        moved: tuple[str, ...],
        review: Review,
    ) -> str:
        """Name the files that differ from the reviewed commit and the answers they touch."""
        if not self._is_here(subject.commit):
            named = "the source (the reviewed commit is not in this clone, to name the files)"
        else:
            before = self._source(subject.commit, subject.scope)
            paths = [p for p in sorted({*here, *before}) if here.get(p) != before.get(p)]
            named = _names(paths) if paths else "the source, for the commit it names is another"
        touched = _touched(moved, review)
        return f"changed since the review: {named}" + (f"; {touched}" if touched else "")


def _touched(moved: tuple[str, ...], review: Review) -> str:
    """Name the answers whose quoted evidence changed."""
    answers = [
        question
        for question, answer in review.answers.items()
        if any(one.kind is EvidenceKind.FILE and one.ref in moved for one in answer.evidence)
    ]
    return f"evidence changed for: {', '.join(answers)}" if answers else ""


def _names(paths: tuple[str, ...] | list[str]) -> str:
    shown = ", ".join(one_line(path, 120) for path in paths[:MAX_NAMED])
    more = len(paths) - MAX_NAMED
    return f"{shown} and {more} more" if more > 0 else shown
