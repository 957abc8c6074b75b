"""Exceptions to what a check finds: a place, a reason, an owner and a last day.

The document is `schema: holdshort/exceptions/v1` in `.holdshort/exceptions.yaml`. An exception
hides nothing: the places it covers are marked. A finding that fails counts as a warning, never as a
pass, while every failing place is covered; what the check itself said stays beside it. Time is an
argument: days are UTC, and the last day counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from holdshort.model import globs
from holdshort.model.canonical import Strict
from holdshort.model.finding import MAX_PLACES, Excepted, Finding, Level, Outcome, Place
from holdshort.model.text import is_day, one_line

SCHEMA = "holdshort/exceptions/v1"

PLACE = ".holdshort/exceptions.yaml"
"""Where the document stands."""

REPOSITORY = "."
"""The path of an exception to a finding that names no place, such as that a file is missing."""

MAX_EXCEPTIONS = 500
"""Most exceptions of a file. Source: our own limit; more are a policy, not exceptions."""

MAX_REASON_CHARS = 300
"""Longest reason, owner or snippet, in characters. Source: our own limit, to fit a report."""

TextOf = Callable[[Place], str]
"""Returns the text of the lines a place names, empty when it cannot be read."""

_AGAINST = frozenset({Level.FAIL, Level.WARN})


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckException(Strict):
    """One exception, as a person writes it.

    Attributes:
        check: the id of the check.
        path: a pattern as in `model.globs`; empty for any path; `.` for the repository itself,
            where a finding names no place that fails.
        snippet: text that the lines of the place hold, blanks aside; empty for any text.
        owner: who answers for it.
        expires: the last day it holds, `YYYY-MM-DD`.
    """

    check: str
    path: str = ""
    snippet: str = ""
    reason: str
    owner: str
    expires: str

    def __post_init__(self) -> None:
        """Refuse what says nothing, or what could be read in two ways.

        Raises:
            ValueError: the first such thing.
        """
        for name in ("check", "reason", "owner"):
            if not getattr(self, name).strip():
                _refuse(f"`{name}` is empty")
        for name in ("snippet", "reason", "owner"):
            if len(getattr(self, name)) > MAX_REASON_CHARS:
                _refuse(f"`{name}` is longer than {MAX_REASON_CHARS} characters")
        if not self.path and not self.snippet.strip():
            _refuse("it names neither a `path` nor a `snippet`")
        if self.path == REPOSITORY and self.snippet:
            _refuse("`path` is the repository itself, which has no lines for a `snippet`")
        if self.path not in {"", REPOSITORY} and (wrong := globs.problem(self.path)):
            _refuse(f"`path`: {wrong}")
        if not is_day(self.expires):
            _refuse(f"`expires` is no day, such as 2027-01-31: {self.expires!r}")

    def covers(self, place: Place, text_of: TextOf) -> bool:
        """Tell whether a place is meant."""
        if self.path == REPOSITORY:
            return False
        if self.path and not globs.matches(place.path, self.path):
            return False
        return not self.snippet or _blanks_aside(self.snippet) in _blanks_aside(text_of(place))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionsDocument(Strict):
    """The whole file."""

    schema: str = SCHEMA
    exceptions: tuple[CheckException, ...] = ()

    def __post_init__(self) -> None:
        """Refuse more than anybody reads.

        Raises:
            ValueError: more than `MAX_EXCEPTIONS`.
        """
        if len(self.exceptions) > MAX_EXCEPTIONS:
            _refuse(f"more than {MAX_EXCEPTIONS} exceptions")


@dataclass(frozen=True, slots=True)
class Exceptions:
    """The exceptions of one state of a repository.

    Attributes:
        rows: each with the line it stands in.
        problem: why there are none although there is a file; empty when all is well.
    """

    rows: tuple[tuple[int, CheckException], ...] = ()
    problem: str = ""

    def notes(self, known: Sequence[str]) -> Iterator[str]:
        """Yield a sentence for what is wrong with the file as a whole.

        Args:
            known: the ids of all checks there are.
        """
        if self.problem:
            yield f"{self.problem}. No exception applies"
        for line, one in self.rows:
            if one.check not in known:
                shown = one_line(one.check, 80)
                yield f"{PLACE}:{line}: no check is called '{shown}'; this exception covers nothing"

    def applied_to(self, finding: Finding, today: date, text_of: TextOf) -> Finding:
        """Return a finding as it counts on a day, its covered places marked."""
        rows = [(line, one) for line, one in self.rows if one.check == finding.id]
        if not rows:
            return finding
        covering = [_covering(place, rows, text_of) for place in finding.evidence]
        whole = _covering_whole(finding, rows)
        named = [*covering, whole]
        uses = {line: _use(line, one, sum(line in lines for lines in named)) for line, one in rows}
        marked = tuple(
            replace(place, excepted=_longest([uses[line] for line in lines])) if lines else place
            for place, lines in zip(finding.evidence, covering, strict=True)
        )
        known = replace(
            finding,
            evidence=marked,
            exceptions=tuple(uses.values()),
            excepted=_longest([uses[line] for line in whole]) if whole else None,
        )
        return replace(known, excepted_until=_until(known)).on(today.isoformat())


def idle(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield a sentence for each exception that covers nothing: expired, or matching nothing."""
    for finding in findings:
        for one in finding.idle_exceptions:
            where = f" in {one.path}" if one.path else ""
            yield (
                f"{PLACE}:{one.line}: {finding.id}{where} {one.fate} ({one.owner}: {one.reason})"
            )


def _covering(
    place: Place, rows: Sequence[tuple[int, CheckException]], text_of: TextOf
) -> tuple[int, ...]:
    if place.level not in _AGAINST:
        return ()
    return tuple(line for line, one in rows if one.covers(place, text_of))


def _covering_whole(
    finding: Finding, rows: Sequence[tuple[int, CheckException]]
) -> tuple[int, ...]:
    """Return what excepts a finding that fails and names no place that does."""
    if finding.outcome is not Outcome.FAIL or any(
        place.level is Level.FAIL for place in finding.evidence
    ):
        return ()
    return tuple(line for line, one in rows if one.path == REPOSITORY)


def _use(line: int, one: CheckException, places: int) -> Excepted:
    return Excepted(
        line=line,
        path=one_line(one.path),
        reason=one_line(one.reason),
        owner=one_line(one.owner),
        expires=one.expires,
        expired=False,
        places=places,
    )


def _longest(uses: Sequence[Excepted]) -> Excepted:
    return max(uses, key=lambda one: one.expires)


def _until(finding: Finding) -> str:
    """Return the last day on which every failing place is covered, empty when one is not.

    Places beyond the limit are not known, so nothing covers them.
    """
    failing = [place.excepted for place in finding.evidence if place.level is Level.FAIL]
    if finding.outcome is not Outcome.FAIL or len(finding.evidence) >= MAX_PLACES:
        return ""
    if not failing:
        return finding.excepted.expires if finding.excepted else ""
    days = [one.expires for one in failing if one]
    return min(days) if len(days) == len(failing) else ""


def _blanks_aside(text: str) -> str:
    return " ".join(text.split())


def _refuse(message: str) -> None:
    raise ValueError(message)
