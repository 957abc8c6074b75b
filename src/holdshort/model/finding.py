"""What an auto-check found: an outcome, one headline, the places, the facts and what was read.

A finding never answers a question. It shows what the repository proves and suggests; nothing
found is `unknown` or `not_applicable`, never `pass`. The JSON form is the contract
`holdshort/findings/v1` of `docs/checks.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
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


def counted(outcome: Outcome, excepted_until: str, day: str) -> Outcome:
    """Return what an outcome counts for on a day: a fail that is all excepted is a warning."""
    is_excepted = bool(excepted_until) and day <= excepted_until
    return Outcome.WARN if is_excepted and outcome is Outcome.FAIL else outcome


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


MAX_PLACES = 100
"""Most places a finding carries; facts still count all. Source: our own limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excepted:
    """An exception that a repository makes to a check, as it stands on one day.

    Attributes:
        line: where it stands in `.holdshort/exceptions.yaml`.
        path: its pattern, empty when it goes by what the lines hold.
        expires: the last day it holds, `YYYY-MM-DD`.
        expired: that day is over, so it covers nothing any more.
        places: how many places of the finding it names.
    """

    line: int
    path: str
    reason: str
    owner: str
    expires: str
    expired: bool
    places: int

    def on(self, day: str) -> Excepted:
        """Return it as it stands on a day, `YYYY-MM-DD`; the last day counts."""
        return replace(self, expired=self.expires < day)

    @property
    def fate(self) -> str:
        """Why it covers nothing, empty when it does."""
        if self.expired:
            return f"expired on {self.expires}" + ", what it named counts again" * bool(self.places)
        return "" if self.places else "matches nothing"

    @property
    def words(self) -> str:
        """One phrase for a place it names."""
        if self.expired:
            return f"no longer excepted: {self.owner}'s exception expired on {self.expires}"
        return f"excepted until {self.expires} by {self.owner}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place in the repository that a finding rests on.

    Attributes:
        path: repository-relative, `/`-separated, as git lists it.
        line: 1-based; in a notebook the line within the cell's own source. 0 means the file.
        end_line: last line, equal to `line` for a single one.
        why: one observation, at most about 80 characters, no secrets.
        cell: 1-based code cell of a notebook, 0 elsewhere.
        excepted: the exception that names the place, in force or expired.
    """

    path: str
    line: int = 0
    end_line: int = 0
    level: Level
    why: str
    cell: int = 0
    excepted: Excepted | None = None

    @property
    def said(self) -> str:
        """The observation, and the exception to it if there is one."""
        return f"{self.why} ({self.excepted.words})" if self.excepted else self.why

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
        outcome: what counts, after exceptions.
        headline: one observation with its scope, without a verdict word.
        evidence: places, strongest first.
        facts: JSON values keyed as documented for the check.
        remediation: what a person can paste or do, empty when nothing is wrong.
        proved: what the check itself said, where exceptions make it count for less.
        excepted_until: the last day on which exceptions cover every place that fails.
        exceptions: every exception to this check.
        excepted: the exception to a finding that names no failing place.
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
    proved: Outcome | None = None
    excepted_until: str = ""
    exceptions: tuple[Excepted, ...] = ()
    excepted: Excepted | None = None

    @property
    def said(self) -> Outcome:
        """What the check itself said, whatever is excepted and whatever the day."""
        return self.proved or self.outcome

    def on(self, day: str) -> Finding:
        """Return the finding as it counts on a day, `YYYY-MM-DD`; only exceptions depend on it."""
        if not self.exceptions:
            return self
        outcome = counted(self.said, self.excepted_until, day)
        marked = (
            replace(one, excepted=one.excepted.on(day)) if one.excepted else one
            for one in self.evidence
        )
        return replace(
            self,
            evidence=tuple(marked),
            outcome=outcome,
            proved=None if outcome is self.said else self.said,
            exceptions=tuple(one.on(day) for one in self.exceptions),
            excepted=self.excepted.on(day) if self.excepted else None,
        )

    @property
    def idle_exceptions(self) -> tuple[Excepted, ...]:
        """The exceptions that cover nothing; none are called so when nobody could look."""
        could_look = self.outcome is not Outcome.UNKNOWN
        return tuple(one for one in self.exceptions if one.expired or (one.fate and could_look))

    @property
    def shown(self) -> str:
        """The headline, after what exceptions make of it."""
        if not self.proved:
            return self.headline
        if self.excepted:
            return f"Fails, but {self.excepted.words}. {self.headline}"
        return f"Fails, but all excepted until {self.excepted_until}: {self.headline}"

    @property
    def facts_sha256(self) -> str:
        """SHA-256 of the canonical JSON of facts and evidence, whatever is excepted."""
        places = [[p.path, p.line, p.end_line, str(p.level), p.why, p.cell] for p in self.evidence]
        return sha256_of({"facts": dict(self.facts), "evidence": places})

    def to_json(self) -> dict[str, object]:
        """Return the JSON object of the contract; `from_json` takes it back."""
        more: dict[str, object] = {}
        if self.exceptions:
            more["exceptions"] = [asdict(one) for one in self.exceptions]
        if self.excepted:
            more["excepted"] = asdict(self.excepted)
        if self.excepted_until:
            more["excepted_until"] = self.excepted_until
        if self.proved:
            more["proved"] = str(self.proved)
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
            **more,
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
            proved=Outcome(value["proved"]) if "proved" in value else None,
            excepted_until=str(value.get("excepted_until", "")),
            exceptions=tuple(_excepted(one) for one in value.get("exceptions", ())),
            excepted=_excepted(value["excepted"]) if "excepted" in value else None,
        )


def _plain(found: Place) -> dict[str, object]:
    row: dict[str, object] = {
        "path": found.path,
        "line": found.line,
        "end_line": found.end_line,
        "level": str(found.level),
        "why": found.why,
    }
    if found.cell:
        row["cell"] = found.cell
    if found.excepted:
        row["excepted"] = asdict(found.excepted)
    return row


def _place(value: Mapping[str, Any]) -> Place:
    return Place(
        path=str(value["path"]),
        line=int(value.get("line") or 0),
        end_line=int(value.get("end_line") or 0),
        level=Level(value["level"]),
        why=str(value["why"]),
        cell=int(value.get("cell") or 0),
        excepted=_excepted(value["excepted"]) if "excepted" in value else None,
    )


def _excepted(value: Mapping[str, Any]) -> Excepted:
    return Excepted(
        line=int(value["line"]),
        path=str(value["path"]),
        reason=str(value["reason"]),
        owner=str(value["owner"]),
        expires=str(value["expires"]),
        expired=bool(value["expired"]),
        places=int(value["places"]),
    )
