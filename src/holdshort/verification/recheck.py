"""Duty 7: run the auto-checks on the judged tree and compare with what the records say.

Checks read exactly the files the digest covers, from blobs, so they reproduce. The same version
with another outcome is an integrity failure, unless the base changed files since; another
version's outcome takes the place of the recorded one. A record cannot escape by leaving a
finding out: what it leaves out counts as found here, and only a pass is harmless.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from holdshort.model.checklist import Checklist
from holdshort.model.finding import Finding, Outcome
from holdshort.model.review import FindingSummary
from holdshort.model.verification import RecordState
from holdshort.storage.trust_root import TrustRoot
from holdshort.verification.judging import Judged
from holdshort.verification.ledger import Ledger

_HARMLESS = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE})


def recheck(
    root: Path, tree: str, judged: Sequence[Judged], rules: TrustRoot, ledger: Ledger
) -> list[Judged]:
    """Run the checks once; return the records with today's findings in them."""
    if not any(one.counts for one in judged):
        return list(judged)
    from holdshort.checks.base import IDS  # noqa: PLC0415 - not loaded without a recheck
    from holdshort.checks.child import CheckRun  # noqa: PLC0415

    found = {finding.id: finding for finding in CheckRun(root, tree, IDS, cached=False)}
    for finding in found.values():
        if not finding.version:
            ledger.undetermined(7, f"{finding.id}: {finding.headline}")
    return [
        _compared(one, found, _wanted(one, rules), ledger) if one.counts else one for one in judged
    ]


def trust_findings(judged: Sequence[Judged], rules: TrustRoot, ledger: Ledger) -> None:
    """Without a recheck: every finding that the questions need must at least be recorded."""
    ledger.not_performed(7, "not run again (--no-recheck)")
    for one in judged:
        missing = _wanted(one, rules) - set(one.review.findings) if one.counts else set()
        for name in _of_this_program(missing):
            ledger.undetermined(7, f"{one.report.reviewer} recorded no finding of {name}")


def _wanted(one: Judged, rules: TrustRoot) -> set[str]:
    """Return the checks beside the questions that are pinned."""
    asked: set[str] = set()
    for pin in rules.policy.checklists:
        if pin.id == one.review.checklist.id:
            asked |= _beside(rules.checklist(pin), pin.profile)
    return asked


def _of_this_program(names: set[str]) -> list[str]:
    """Return the names that are checks of this version, sorted; an upgrade brings new ones."""
    if not names:
        return []
    from holdshort.checks.base import IDS  # noqa: PLC0415 - as above

    return sorted(names & set(IDS))


def _beside(checklist: Checklist, profile: str) -> set[str]:
    questions = (checklist.by_id[one] for one in checklist.profiles[profile].questions)
    return {check.id for question in questions for check in question.checks}


def _compared(
    one: Judged, found: Mapping[str, Finding], wanted: set[str], ledger: Ledger
) -> Judged:
    now = dict(one.review.findings)
    for name in (*now, *_of_this_program(wanted - set(now))):
        finding = found.get(name)
        if finding is None:
            ledger.note(7, f"{one.report.reviewer}: {name} is not a check of this version")
            continue
        why = _difference(one, name, finding, ledger)
        now[name] = _summary(finding)
        if why and one.drifted:
            one = one.refused(RecordState.WRONG_SUBJECT, why)
    return replace(one, review=replace(one.review, findings=now))


def _difference(one: Judged, name: str, finding: Finding, ledger: Ledger) -> str:
    """Report how a finding differs from the recorded one; return what makes the review stale."""
    who, said = one.report.reviewer, one.review.findings.get(name)
    if said is None:
        words = f"{who} recorded no finding of {name}, which says {finding.outcome}"
        (ledger.note if finding.outcome in _HARMLESS else ledger.block)(7, words)
    elif said.version != finding.version:
        was, now = f"{said.version} said {said.outcome}", f"{finding.version} {finding.outcome}"
        ledger.note(7, f"{who}: {name} {was}, {now}")
    elif said.outcome is not finding.outcome:
        words = f"{name} is recorded as {said.outcome}, the same check says {finding.outcome}"
        if one.drifted:
            ledger.block(7, f"{who}: {words}, for the base changed files since")
            return words
        ledger.fail(7, f"{who}: {words}")
    return ""


def _summary(finding: Finding) -> FindingSummary:
    return FindingSummary(
        outcome=finding.outcome, version=finding.version, headline=finding.headline
    )
