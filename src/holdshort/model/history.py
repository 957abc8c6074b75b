"""How the outcome of each check went along a line of commits.

A `Look` is what the checks said at one commit. A `CheckHistory` is the fold of many looks for one
check: spans of equal outcomes, oldest first, and where each began. A commit nobody looked at is
told apart from one whose outcome is `unknown`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from holdshort.model.finding import Outcome


@dataclass(frozen=True, slots=True)
class Moment:
    """One commit as a person knows it; its subject is foreign text.

    Attributes:
        commit: the full id.
        at: when it was committed, in UTC: the committer's claim.
        subject: the first line of its message.
        is_merge: whether it has several parents.
    """

    commit: str
    at: datetime
    subject: str
    is_merge: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What one check said at one commit."""

    outcome: Outcome
    headline: str


@dataclass(frozen=True, slots=True)
class Look:
    """What the checks said at one commit.

    Attributes:
        seen: by check id.
        read: the paths whose content decided it, beside the list of all paths.
        problem: why files of this commit could not be looked at, so that checks are unknown.
        is_settled: whether the same files will always give the same.
    """

    seen: Mapping[str, Seen]
    read: frozenset[str] = frozenset()
    problem: str = ""
    is_settled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Commits in a row, as far as they are known, at which a check had one outcome.

    Attributes:
        outcome: the outcome.
        headline: what the check said at the first of them.
        first: the earliest commit known to have this outcome.
        last: the latest one.
        begins: the place of `first` on the line, counted from 0.
        ends: the place of `last`.
        unseen_before: commits between the span before and `first` whose outcome is not known; any
            of them may be where it changed. 0 says that `first` is the exact commit.
    """

    outcome: Outcome
    headline: str
    first: Moment
    last: Moment
    begins: int
    ends: int
    unseen_before: int = 0


@dataclass(frozen=True, slots=True)
class CheckHistory:
    """The outcomes of one check, oldest first; at least one span.

    Attributes:
        id: the id of the check.
        version: of the check.
        spans: neighbours differ in their outcome.
    """

    id: str
    version: str
    spans: tuple[Span, ...]

    @property
    def now(self) -> Span:
        """The span that reaches the end of the line."""
        return self.spans[-1]

    @property
    def stopped_passing(self) -> Span | None:
        """The span that ended the last pass; None when the check passes now or never did."""
        for before, span in zip(self.spans[-2::-1], self.spans[:0:-1], strict=True):
            if span.outcome is Outcome.PASS:
                return None
            if before.outcome is Outcome.PASS:
                return span
        return None


class Stopped(StrEnum):
    """Why looking ended before every change was found."""

    NO = ""
    INTERRUPTED = "interrupted"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The outcomes of checks along a first-parent line.

    Attributes:
        first: the oldest commit of the line.
        tip: the last one.
        commits: how many there are.
        looked_at: at how many of them checks were run.
        known: commits whose outcome is known: looked at, or with the same files as one that was,
            so far as the checks read them.
        is_shallow: whether older commits exist that are not in this clone.
        stopped: why changes may remain that were not narrowed down to one commit.
        problems: the commits at which checks are unknown for want of a look, with the reason.
        checks: in the order of the registry.
    """

    first: Moment
    tip: Moment
    commits: int
    looked_at: int
    known: int
    is_shallow: bool
    stopped: Stopped
    problems: tuple[tuple[Moment, str], ...]
    checks: tuple[CheckHistory, ...]

    @property
    def is_blind(self) -> bool:
        """Whether nothing could be told of any check because no commit could be looked at."""
        outcomes = {span.outcome for check in self.checks for span in check.spans}
        return bool(self.problems) and outcomes == {Outcome.UNKNOWN}

    @property
    def is_exact(self) -> bool:
        """Whether no change can be hidden: the outcome is known at every commit."""
        return self.known == self.commits
