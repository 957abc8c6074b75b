"""What an auto-check found: an outcome, one headline, the places, the facts and what was read.

A finding never answers a question. It shows what the repository proves and suggests; nothing
found is `unknown` or `not_applicable`, never `pass`. The JSON form is the contract
`holdshort/findings/v1` of `docs/checks.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from holdshort.model.canonical import sha256_of


class Outcome(StrEnum):
    """What a check concluded, worst last within the first three."""

    PASS = "pass"  # noqa: S105 - an outcome, no password
    WARN = "warn"
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How sure the check is of its outcome."""

    CERTAIN = "certain"
    LIKELY = "likely"
    UNSURE = "unsure"


class Level(StrEnum):
    """What one place says: against the statement, doubtful, neutral, or for it."""

    FAIL = "fail"
    WARN = "warn"
    INFO = "info"
    PASS = "pass"  # noqa: S105 - an outcome, no password


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place in the repository that a finding rests on.

    Attributes:
        path: repository-relative, `/`-separated, as git lists it.
        line: 1-based; in a notebook the line within the cell's own source. 0 means the file.
        end_line: last line, equal to `line` for a single one.
        why: one observation, at most about 80 characters, no secrets.
        cell: 1-based code cell of a notebook, 0 elsewhere.
    """

    path: str
    line: int = 0
    end_line: int = 0
    level: Level
    why: str
    cell: int = 0

    @property
    def where(self) -> str:
        """The place as `path:line`, `nb.ipynb cell 3:2` or `path`."""
        if self.cell:
            return f"{self.path} cell {self.cell}:{self.line}"
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What the check looked at, and what it did not.

    Attributes:
        read: files read.
        skipped: files left out on purpose (vendored, generated, too large).
        errors: `path: reason` for each file that could not be read.
        not_checked: one phrase naming what this check cannot see, such as
            `whether the tests pass`.
    """

    read: int = 0
    skipped: int = 0
    errors: tuple[str, ...] = ()
    not_checked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of one auto-check at one commit.

    Attributes:
        id: the check's id, its module name with hyphens.
        version: grows when the same bytes may give another outcome.
        headline: one observation with its scope, without a verdict word.
        evidence: places, strongest first.
        facts: JSON values keyed as documented for the check.
        remediation: what a person can paste or do, empty when nothing is wrong.
    """

    id: str
    version: str
    outcome: Outcome
    confidence: Confidence = Confidence.CERTAIN
    headline: str
    evidence: tuple[Place, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    coverage: Coverage = field(default_factory=Coverage)
    remediation: str = ""

    @property
    def facts_sha256(self) -> str:
        """SHA-256 of the canonical JSON of facts and evidence."""
        places = [[p.path, p.line, p.end_line, str(p.level), p.why, p.cell] for p in self.evidence]
        return sha256_of({"facts": dict(self.facts), "evidence": places})

    def to_json(self) -> dict[str, object]:
        """Return the JSON object of the contract; `from_json` takes it back."""
        return {
            "id": self.id,
            "version": self.version,
            "outcome": str(self.outcome),
            "confidence": str(self.confidence),
            "headline": self.headline,
            "evidence": [_plain(found) for found in self.evidence],
            "facts": dict(self.facts),
            "coverage": {**asdict(self.coverage), "errors": list(self.coverage.errors)},
            "remediation": self.remediation,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Finding:
        """Return the finding of a JSON object of the contract.

        Raises:
            KeyError: a field is missing.
            ValueError: a field holds an unknown word.
            TypeError: a field has another type.
        """
        coverage = value.get("coverage") or {}
        return cls(
            id=str(value["id"]),
            version=str(value["version"]),
            outcome=Outcome(value["outcome"]),
            confidence=Confidence(value["confidence"]),
            headline=str(value["headline"]),
            evidence=tuple(_place(one) for one in value["evidence"]),
            facts=value["facts"],
            coverage=Coverage(
                read=int(coverage.get("read", 0)),
                skipped=int(coverage.get("skipped", 0)),
                errors=tuple(map(str, coverage.get("errors", ()))),
                not_checked=str(coverage.get("not_checked", "")),
            ),
            remediation=str(value.get("remediation", "")),
        )


def _plain(found: Place) -> dict[str, object]:
    row: dict[str, object] = {
        "path": found.path,
        "line": found.line,
        "end_line": found.end_line,
        "level": str(found.level),
        "why": found.why,
    }
    return {**row, "cell": found.cell} if found.cell else row


def _place(value: Mapping[str, Any]) -> Place:
    return Place(
        path=str(value["path"]),
        line=int(value.get("line") or 0),
        end_line=int(value.get("end_line") or 0),
        level=Level(value["level"]),
        why=str(value["why"]),
        cell=int(value.get("cell") or 0),
    )
