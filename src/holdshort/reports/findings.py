"""Findings to text and to JSON, the contract `holdshort/findings/v1` of `docs/checks.md`.

The JSON is plain ASCII and its keys keep their order, so the same findings give the same bytes.
The text groups findings by what the repository says: proves, contradicts, cannot say.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence

from holdshort.model.finding import Finding, Level, Outcome, Place
from holdshort.model.text import one_line

SCHEMA = "holdshort/findings/v1"

PLACES_SHOWN = 3
"""Most places of a finding in the text. Source: our own choice, to fit a screen."""

_GROUPS = (
    ("proves", (Outcome.PASS,)),
    ("contradicts", (Outcome.FAIL,)),
    ("cannot say", (Outcome.WARN, Outcome.UNKNOWN)),
)
_MARGIN = " " * 15


def findings_json(findings: Sequence[Finding], *, commit: str, dirty: bool) -> str:
    """Return the document of the contract."""
    checks = [_plain(finding) for finding in findings]
    document = {"schema": SCHEMA, "commit": commit, "dirty": dirty, "checks": checks}
    return json.dumps(document, indent=2)


def finding_line(finding: Finding) -> str:
    """Return one finding as one line of JSON, as the stream carries it."""
    return json.dumps(_plain(finding), separators=(",", ":"))


def finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the findings as lines of text, grouped by what they say."""
    yield "Without running anything, this repository"
    for name, outcomes in _GROUPS:
        rows = [finding for finding in findings if finding.outcome in outcomes]
        for index, finding in enumerate(rows):
            yield from ([""] if index == 0 else [])
            yield from _rows(name if index == 0 else "", finding)
    idle = [f.id for f in findings if f.outcome is Outcome.NOT_APPLICABLE]
    if idle:
        yield from ("", f" {'nothing on':<14}{', '.join(idle)}")


def _rows(group: str, finding: Finding) -> Iterator[str]:
    yield f" {group:<14}{finding.id:<25}{one_line(finding.headline)}"
    against = [p for p in finding.evidence if p.level in {Level.FAIL, Level.WARN}]
    shown = against or [p for p in finding.evidence if p.level is Level.PASS]
    for found in shown[:PLACES_SHOWN]:
        yield f"{_MARGIN}  {one_line(found.where)}  {one_line(found.why)}"
    if len(shown) > PLACES_SHOWN:
        yield f"{_MARGIN}  and {len(shown) - PLACES_SHOWN} more"
    for error in finding.coverage.errors[:PLACES_SHOWN]:
        yield f"{_MARGIN}  not read: {one_line(error)}"


def _plain(finding: Finding) -> dict[str, object]:
    return {
        "id": finding.id,
        "version": finding.version,
        "outcome": str(finding.outcome),
        "confidence": str(finding.confidence),
        "headline": finding.headline,
        "evidence": [_place(found) for found in finding.evidence],
        "facts": dict(finding.facts),
        "coverage": dataclasses.asdict(finding.coverage),
        "remediation": finding.remediation,
    }


def _place(found: Place) -> dict[str, object]:
    row: dict[str, object] = {
        "path": found.path,
        "line": found.line,
        "end_line": found.end_line,
        "level": str(found.level),
        "why": found.why,
    }
    return {**row, "cell": found.cell} if found.cell else row
