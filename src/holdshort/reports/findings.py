"""Findings to JSON, the contract `holdshort/findings/v1` of `docs/checks.md`.

Plain ASCII, and the keys keep their order, so the same findings give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from holdshort.model.description import Description
from holdshort.model.finding import Finding
from holdshort.model.relation import Beside

SCHEMA = "holdshort/findings/v1"
LIST_SCHEMA = "holdshort/checks/v1"


def findings_json(
    findings: Sequence[Finding], *, commit: str, dirty: bool, notes: Sequence[str] = ()
) -> str:
    """Return the document of the contract; `notes` stand in it where there are any."""
    checks = [finding.to_json() for finding in findings]
    document = {"schema": SCHEMA, "commit": commit, "dirty": dirty, "checks": checks}
    if notes:
        document["notes"] = list(notes)
    return json.dumps(document, indent=2)


def finding_line(finding: Finding) -> str:
    """Return one finding as one line of JSON, as the stream carries it."""
    return json.dumps(finding.to_json(), separators=(",", ":"))


def checks_json(described: Sequence[Description], beside: Mapping[str, Sequence[Beside]]) -> str:
    """Return what checks there are, and the questions each stands beside."""
    rows = [
        {
            "id": one.id,
            "version": one.version,
            "title": one.title,
            "statement": one.statement,
            "outcomes": dict(one.outcomes),
            "facts": dict(one.facts),
            "not_checked": one.not_checked,
            "questions": [
                {"id": row.question, "relation": str(row.relation)}
                for row in beside.get(one.id, ())
            ],
        }
        for one in described
    ]
    return json.dumps({"schema": LIST_SCHEMA, "checks": rows}, indent=2)
