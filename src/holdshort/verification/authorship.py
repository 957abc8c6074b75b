"""Duty 4, self-review: what a review by an author of the change is worth.

The change is every commit that touched the source, for no earlier release is trusted here.
Authors are those the commits name, `Co-authored-by:` too. Unsigned commits can name anybody, so
this is advisory by nature.
"""

from __future__ import annotations

from collections.abc import Sequence

from holdshort.model.policy import Policy, SelfReview
from holdshort.model.review import Decision
from holdshort.model.text import one_line
from holdshort.model.verification import RecordState
from holdshort.storage.git_objects import Commit
from holdshort.storage.records import ROOT
from holdshort.storage.trust_root import FOLDER
from holdshort.verification.case import Case
from holdshort.verification.judging import Judged

MAX_NAMED = 5


def check_authors(case: Case, judged: Sequence[Judged], policy: Policy, tree: str) -> list[Judged]:
    """Return the records; under `forbid` those by an author of the change are refused."""
    if not any(one.counts for one in judged):
        return list(judged)
    commits = _change(case, tree)
    _name_strangers(case, commits, policy)
    result = [_weighed(case, one, commits, policy) for one in judged]
    if policy.self_review is SelfReview.FOUR_EYES:
        _four_eyes(case, result, commits, policy)
    return result


def _change(case: Case, tree: str) -> Sequence[Commit]:
    names = {entry.path.partition("/")[0] for entry in case.tree(tree)}
    touching = sorted(names - {ROOT, FOLDER})
    return case.repo.commits(tree, touching=touching) if touching else ()


def _name_strangers(case: Case, commits: Sequence[Commit], policy: Policy) -> None:
    addresses = {author.email.casefold() for one in commits for author in one.authors}
    unknown = sorted(one for one in addresses if policy.person_of(one) is None)
    if unknown:
        more = f" and {len(unknown) - MAX_NAMED} more" if len(unknown) > MAX_NAMED else ""
        named = ", ".join(one_line(one, 80) for one in unknown[:MAX_NAMED])
        case.ledger.note(4, f"authors who are not in the policy: {named}{more}")


def _weighed(case: Case, one: Judged, commits: Sequence[Commit], policy: Policy) -> Judged:
    name = one.report.reviewer
    authored = sum(_wrote(name, commit, policy) for commit in commits) if one.counts else 0
    if not authored:
        return one
    why = f"{name} wrote {authored} of the {len(commits)} commits reviewed"
    case.ledger.note(4, f"{why}; self_review is {policy.self_review}")
    if policy.self_review is SelfReview.FORBID:
        return one.refused(RecordState.OWN_CHANGE, why)
    case.qualifiers.insert(0, "self-reviewed")
    return one


def _four_eyes(
    case: Case, judged: Sequence[Judged], commits: Sequence[Commit], policy: Policy
) -> None:
    """Every commit of the change has a counted approver who did not write it."""
    approvers = [
        one.report.reviewer
        for one in judged
        if one.counts and one.review.decision is Decision.APPROVE
    ]
    alone = [
        commit.id[:10]
        for commit in commits
        if all(_wrote(name, commit, policy) for name in approvers)
    ]
    if approvers and alone:
        more = f" and {len(alone) - MAX_NAMED} more" if len(alone) > MAX_NAMED else ""
        named = ", ".join(alone[:MAX_NAMED])
        case.ledger.block(4, f"approved by nobody but their own authors: {named}{more}")


def _wrote(name: str, commit: Commit, policy: Policy) -> bool:
    person = policy.people[name]
    return any(person.is_called(author.email) for author in commit.authors)
