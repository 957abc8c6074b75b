"""Duty 7: run the auto-checks on the judged tree and compare with what the records say.

Checks read exactly the files the digest covers, from blobs, so they reproduce. The same version
with another outcome is an integrity failure; another version reports the new outcome.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from holdshort.checks.base import IDS
from holdshort.checks.child import CheckRun
from holdshort.model.finding import Finding
from holdshort.verification.judging import Judged
from holdshort.verification.ledger import Ledger


def recheck(root: Path, judged: Sequence[Judged], ledger: Ledger) -> None:
    """Compare the findings of every counted record with those of its tree."""
    found: dict[str, Mapping[str, Finding]] = {}
    for one in judged:
        if not one.counts or one.court is None:
            continue
        tree = one.court.tree
        if tree not in found:
            found[tree] = {finding.id: finding for finding in CheckRun(root, tree, IDS)}
        _compare(one, found[tree], ledger)


def _compare(one: Judged, found: Mapping[str, Finding], ledger: Ledger) -> None:
    who = one.report.reviewer
    for name, said in one.review.findings.items():
        now = found.get(name)
        if now is None:
            ledger.note(7, f"{who}: {name} is not a check of this version")
        elif now.version == said.version and now.outcome is not said.outcome:
            ledger.fail(
                7,
                f"{who}: {name} is recorded as {said.outcome}, the same check says {now.outcome}",
            )
        elif now.version == "":
            ledger.undetermined(7, f"{name}: {now.headline}")
        elif now.version != said.version:
            ledger.note(
                7,
                f"{who}: {name} {said.version} said {said.outcome}, {now.version} {now.outcome}",
            )
