"""Duty 7: run the auto-checks on the judged tree and compare with what the records say.

Checks read exactly the files the digest covers, from blobs, so they reproduce. The same version
with another outcome is an integrity failure, unless the base changed files since; another
version's outcome takes the place of the recorded one. A record cannot escape by leaving a
finding out: what it leaves out counts as found here, and only a pass is harmless.

What a check itself says is compared, whatever is excepted and whatever the day. A failing finding
counts as a warning only where the signed record says that all of it is excepted and the exceptions
of the judged tree say so too; whether they had expired is asked of the day it was sealed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from holdshort.model.finding import Finding, Outcome
from holdshort.model.review import FindingSummary
from holdshort.model.text import is_plugin, one_line
from holdshort.model.verification import RecordState
from holdshort.storage.exceptions import read_exceptions
from holdshort.storage.trust_root import TrustRoot
from holdshort.verification.case import Case
from holdshort.verification.judging import Judged
from holdshort.verification.ledger import Ledger

_HARMLESS = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE})


def recheck(case: Case, tree: str, judged: Sequence[Judged], rules: TrustRoot) -> list[Judged]:
    """Run the checks once; return the records with today's findings in them."""
    ledger = case.ledger
    if not any(one.counts for one in judged):
        return list(judged)
    from holdshort.checks.child import CheckRun  # noqa: PLC0415

    told = {name for one in judged for name in (*one.review.findings, *_wanted(one, rules))}
    ids = tuple(_run_here(told | set(rules.policy.plugins), rules))
    found: dict[str, Finding] = {}
    if ids:
        run = CheckRun(case.repo.root, tree, ids, day=case.now.date(), cached=False)
        found = {finding.id: finding for finding in run}
    for finding in found.values():
        if not finding.version:
            ledger.undetermined(7, f"{finding.id}: {finding.headline}")
    for note in read_exceptions(case.repo.view(tree)).notes(ids):
        ledger.note(7, note)
    return [_compared(one, found, rules, ledger) if one.counts else one for one in judged]


def trust_findings(judged: Sequence[Judged], rules: TrustRoot, ledger: Ledger) -> None:
    """Without a recheck: every finding that the questions need must at least be recorded."""
    ledger.not_performed(7, "not run again (--no-recheck)")
    for one in judged:
        missing = _wanted(one, rules) - set(one.review.findings) if one.counts else set()
        for name in _run_here(missing, rules):
            ledger.undetermined(7, f"{one.report.reviewer} recorded no finding of {name}")
        for name, said in one.review.findings.items() if one.counts else ():
            if said.excepted_until:
                ledger.note(7, f"{one.report.reviewer}: {_signed(name, said)}")


def _wanted(one: Judged, rules: TrustRoot) -> set[str]:
    """Return the checks beside the questions that are pinned."""
    asked: set[str] = set()
    for pin in rules.policy.checklists:
        if pin.id == one.review.checklist.id:
            asked |= rules.checklist(pin).checks_beside(pin.profile)
    return asked


def _run_here(names: set[str], rules: TrustRoot) -> list[str]:
    """Return the names that are run here, sorted: checks of this version, plugins of the policy."""
    if not names:
        return []
    from holdshort.checks.base import IDS  # noqa: PLC0415 - as above

    return sorted(names & {*IDS, *rules.policy.plugins})


def _compared(
    one: Judged, found: Mapping[str, Finding], rules: TrustRoot, ledger: Ledger
) -> Judged:
    now = dict(one.review.findings)
    for name in (*now, *_run_here(_wanted(one, rules) - set(now), rules)):
        finding = found.get(name)
        if finding is None:
            why = "of a plugin that the policy does not name" if is_plugin(name) else ""
            said = f"{one_line(name, 80)} is {why or 'not a check of this version'}"
            ledger.note(7, f"{one.report.reviewer}: {said}")
            continue
        why = _difference(one, name, finding, ledger)
        now[name] = _summary(finding, _excepted(one, name, finding, ledger))
        if why and one.drifted:
            one = one.refused(RecordState.WRONG_SUBJECT, why)
    return replace(one, review=replace(one.review, findings=now))


def _difference(one: Judged, name: str, finding: Finding, ledger: Ledger) -> str:
    """Report how a finding differs from the recorded one; return what makes the review stale."""
    who, said = one.report.reviewer, one.review.findings.get(name)
    if said is None:
        words = f"{who} recorded no finding of {name}, which says {finding.said}"
        (ledger.note if finding.said in _HARMLESS else ledger.block)(7, words)
    elif said.version != finding.version:
        was, now = f"{said.version} said {said.outcome}", f"{finding.version} {finding.said}"
        ledger.note(7, f"{who}: {name} {was}, {now}")
    elif said.outcome is not finding.said:
        words = f"{name} is recorded as {said.outcome}, the same check says {finding.said}"
        if one.drifted:
            ledger.block(7, f"{who}: {words}, for the base changed files since")
            return words
        ledger.fail(7, f"{who}: {words}")
    return ""


def _excepted(one: Judged, name: str, finding: Finding, ledger: Ledger) -> str:
    """Return until when a failing finding is excepted: as signed, and as the tree still says."""
    said = one.review.findings.get(name)
    if said is None or not said.excepted_until:
        return ""
    if finding.excepted_until:
        ledger.note(7, f"{one.report.reviewer}: {_signed(name, said)}")
    else:
        words = f"{name} was signed as excepted, and the exceptions here do not cover it"
        ledger.note(7, f"{one.report.reviewer}: {words}")
    return min(said.excepted_until, finding.excepted_until)


def _signed(name: str, said: FindingSummary) -> str:
    words = "; ".join(one_line(each, 300) for each in said.exceptions)
    return f"{name} fails, and is signed as excepted until {said.excepted_until}: {words}"


def _summary(finding: Finding, excepted_until: str) -> FindingSummary:
    return FindingSummary(
        outcome=finding.said,
        version=finding.version,
        headline=finding.headline,
        excepted_until=excepted_until,
    )
