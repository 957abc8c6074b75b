"""Duty 6: the reviewed source is the source that lands; every difference is named.

Two kinds of difference: change drift, an in-scope file that differs and not merely because the
base brought it, is stale. Base drift, where the file is the base tip's own, follows the policy:
under `touched` it is stale when the file is quoted as evidence; otherwise it is listed.
"""

from __future__ import annotations

from dataclasses import dataclass

from holdshort.errors import HoldshortError
from holdshort.model.policy import Drift, Policy
from holdshort.model.review import EvidenceKind, Review
from holdshort.model.subject import source_sha256
from holdshort.model.text import one_line
from holdshort.storage.repo import Repo

MAX_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectResult:
    """Whether a record's subject is the judged tree.

    Attributes:
        stale: why it is not; empty when it is, or when the drift does not matter.
        listed: drift that does not matter, in words.
    """

    stale: str = ""
    listed: tuple[str, ...] = ()


def compare_subject(
    repo: Repo, review: Review, policy: Policy, tree: str, base: str
) -> SubjectResult:
    """Compare a record's subject with the judged commit.

    Raises:
        UndeterminedError: a blob is not in this clone.
    """
    subject = review.subject
    if subject is None:
        return SubjectResult(stale="the record names no subject")
    if subject.scope != policy.scope:
        return SubjectResult(stale="it was made for another scope than the policy's")
    moved = _moved_evidence(repo, review, tree)
    if source_sha256(repo.source_entries(tree, policy.scope)) == subject.source_sha256:
        return SubjectResult(stale=_evidence_words(moved, review) if moved else "")
    changed = _changed_paths(repo, review, policy, tree)
    if changed is None:
        return SubjectResult(
            stale="the source differs from the reviewed one (the reviewed commit is not in this"
            " clone, so the files cannot be named)"
        )
    from_base = _paths_of_base(repo, changed, tree, base)
    own = sorted(set(changed) - from_base)
    if own or moved or policy.drift is Drift.NONE:
        return SubjectResult(stale=_changed_words(own or changed, moved, review))
    return SubjectResult(listed=(f"brought by the base: {_names(sorted(from_base))}",))


def _moved_evidence(repo: Repo, review: Review, tree: str) -> tuple[str, ...]:
    """Return quoted files whose content differs at the judged commit; globs do not matter."""
    quoted = {
        one.ref: one.blob
        for answer in review.answers.values()
        for one in answer.evidence
        if one.kind is EvidenceKind.FILE
    }
    if not quoted:
        return ()
    there = {entry.path: entry.blob for entry in repo.ls_tree(tree)}
    return tuple(path for path, blob in quoted.items() if there.get(path) != blob)


def _changed_paths(repo: Repo, review: Review, policy: Policy, tree: str) -> list[str] | None:
    if review.subject is None:
        return None
    try:
        before = {one.path: one for one in repo.ls_tree(review.subject.commit)}
    except (HoldshortError, ValueError):
        return None
    after = {one.path: one for one in repo.ls_tree(tree)}
    return sorted(
        path
        for path in {*before, *after}
        if policy.scope.holds(path) and before.get(path) != after.get(path)
    )


def _paths_of_base(repo: Repo, changed: list[str], tree: str, base: str) -> set[str]:
    if not base:
        return set()
    here = {one.path: one for one in repo.ls_tree(tree)}
    there = {one.path: one for one in repo.ls_tree(base)}
    return {path for path in changed if here.get(path) == there.get(path)}


def _changed_words(paths: list[str], moved: tuple[str, ...], review: Review) -> str:
    touched = _evidence_words(moved, review)
    return f"changed since the review: {_names(paths)}" + (f"; {touched}" if touched else "")


def _evidence_words(moved: tuple[str, ...], review: Review) -> str:
    answers = [
        question
        for question, answer in review.answers.items()
        if any(one.ref in moved for one in answer.evidence)
    ]
    return f"evidence changed for: {', '.join(answers)}" if answers else ""


def _names(paths: list[str]) -> str:
    shown = ", ".join(one_line(path, 120) for path in paths[:MAX_NAMED])
    more = len(paths) - MAX_NAMED
    return f"{shown} and {more} more" if more > 0 else shown
