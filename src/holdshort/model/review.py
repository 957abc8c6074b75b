"""One reviewer's review: answers with evidence, waivers, responses and what was seen.

The document is `schema: holdshort/review/v1`, described in `docs/records.md`. Values are
frozen; `apply` folds a `Change` in and returns a new review. A sealed review has a decision and
a time; its signature covers the canonical JSON of the parsed document without `signature`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from holdshort.model.canonical import Strict, plain, sha256_of
from holdshort.model.checklist import Severity
from holdshort.model.finding import Outcome, counted
from holdshort.model.subject import Subject
from holdshort.model.text import is_day

SCHEMA = "holdshort/review/v1"
MAX_QUOTE_LINES = 5
MAX_QUOTE_CHARS = 400

_Value = TypeVar("_Value")


class Status(StrEnum):
    """Whether a record still changes."""

    DRAFT = "draft"
    SEALED = "sealed"


class Verdict(StrEnum):
    """The answer to one question; on screen yes, partly, no, not applicable, cannot tell."""

    MET = "met"
    PARTLY = "partly"
    UNMET = "unmet"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"

    @property
    def word(self) -> str:
        """The word a person reads."""
        return _WORDS[self]


_WORDS = {
    Verdict.MET: "yes",
    Verdict.PARTLY: "partly",
    Verdict.UNMET: "no",
    Verdict.NOT_APPLICABLE: "not applicable",
    Verdict.UNKNOWN: "cannot tell",
}


class Via(StrEnum):
    """How an answer came about."""

    MANUAL = "manual"
    SUGGESTED = "suggested"
    CARRIED = "carried"
    BULK = "bulk"
    RELAYED = "relayed"


class Decision(StrEnum):
    """What the reviewer decides about the release."""

    APPROVE = "approve"
    REJECT = "reject"
    COMMENT = "comment"
    WITHDRAWN = "withdrawn"


class EvidenceKind(StrEnum):
    """What an evidence reference points at."""

    FILE = "file"
    COMMIT = "commit"
    URL = "url"
    FINDING = "finding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Strict):
    """One reference a reader can open.

    Attributes:
        ref: path, full commit id, URL, or check id.
        lines: `12` or `12-18`, 1-based, for a file.
        blob: git object id of the file's content when it was attached.
        quote: at most 5 lines and 400 characters of it, secrets masked.
        sha256: digest of what a URL held, when it was captured; a URL without one is mutable.
    """

    kind: EvidenceKind
    ref: str
    lines: str = ""
    blob: str = ""
    quote: str = ""
    sha256: str = ""

    @property
    def where(self) -> str:
        """The reference as a person writes it, `path:12-18`."""
        return f"{self.ref}:{self.lines}" if self.lines else self.ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Strict):
    """One answer: what the reviewer saw and said.

    Attributes:
        asked: the question's text as shown; what was seen is what is signed.
        verdict: None for an answer that so far has only a note, value or evidence (drafts).
    """

    asked: str
    severity: Severity
    verdict: Verdict | None = None
    via: Via = Via.MANUAL
    note: str = ""
    value: str | tuple[str, ...] = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver(Strict):
    """A named person's acceptance of an unmet question until a date (`YYYY-MM-DD`)."""

    question: str
    reason: str
    owner: str
    expires: str
    ticket: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute(Strict):
    """A reasoned objection to one answer, pinned to that answer's digest."""

    answer_sha256: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(Strict):
    """What a reviewer says of another's answers, by question id."""

    reviewer: str
    agrees: Mapping[str, str] = field(default_factory=dict)
    disputes: Mapping[str, Dispute] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistRef(Strict):
    """Which checklist was answered, to which depth."""

    id: str
    version: str
    sha256: str
    profile: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer(Strict):
    """Who answers: id in the policy, the principal that signs, the roles claimed."""

    id: str
    principal: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingSummary(Strict):
    """What a check said when the review was sealed.

    Attributes:
        outcome: what the check itself said, whatever was excepted.
        excepted_until: the last day on which exceptions cover every place that fails.
        exceptions: the exceptions that covered a place, in words.
    """

    outcome: Outcome
    version: str = ""
    facts_sha256: str = ""
    headline: str = ""
    excepted_until: str = ""
    exceptions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a last day that is none, which would sort after every day.

        Raises:
            ValueError: it is not `YYYY-MM-DD`.
        """
        if self.excepted_until and not is_day(self.excepted_until):
            message = f"`excepted_until` is no day: {self.excepted_until!r}"
            raise ValueError(message)

    def counted(self, day: str) -> Outcome:
        """Return what counts on a day, `YYYY-MM-DD`.

        A review is judged on the day it was sealed, so that none goes stale by the calendar.
        """
        return counted(self.outcome, self.excepted_until, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Previous(Strict):
    """The release answers were carried from."""

    release: str
    record_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review(Strict):
    """One reviewer's review of one release under one checklist."""

    schema: str = SCHEMA
    status: Status = Status.DRAFT
    project: str
    model: str
    release: str
    checklist: ChecklistRef
    reviewer: Reviewer
    decision: Decision | None = None
    subject: Subject | None = None
    facets: Mapping[str, str] = field(default_factory=dict)
    started_at: str = ""
    sealed_at: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    responses: tuple[Response, ...] = ()
    findings: Mapping[str, FindingSummary] = field(default_factory=dict)
    seen: Mapping[str, str] = field(default_factory=dict)
    amends: tuple[str, ...] = ()
    previous: Previous | None = None
    signature: str = ""

    def waiver(self, question: str) -> Waiver | None:
        """Return the waiver of a question, if there is one."""
        return next((one for one in self.waivers if one.question == question), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Strict):
    """One step of a draft that can be undone: new values by question id, None to remove.

    Attributes:
        label: what a person reads when it is undone, such as `deps-pinned = yes`.
        at: when it was made, UTC, `YYYY-MM-DDTHH:MM:SSZ`; stays in the local draft.
        question: where the person was.
        noted: the note that was taken from a finding in this step, if one was.
        outcomes: what the checks beside the question said when a verdict was given in this
            step, by check id.
    """

    label: str
    at: str = ""
    question: str = ""
    noted: str = ""
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    answers: Mapping[str, Answer | None] = field(default_factory=dict)
    waivers: Mapping[str, Waiver | None] = field(default_factory=dict)
    facets: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """Every change of a draft and how many of them count: undo and redo without limit."""

    changes: tuple[Change, ...] = ()
    cursor: int = 0

    def record(self, change: Change) -> History:
        """Return the history with a change on top; what was undone before is dropped."""
        kept = (*self.changes[: self.cursor], change)
        return History(kept, len(kept))

    def undo(self) -> History:
        """Return the history one change earlier; the same at the start."""
        return History(self.changes, max(self.cursor - 1, 0))

    def redo(self) -> History:
        """Return the history one change later; the same at the end."""
        return History(self.changes, min(self.cursor + 1, len(self.changes)))

    def outcomes_of(self, question: str) -> Mapping[str, Outcome]:
        """Return what the checks beside a question said when its verdict was last given."""
        counted = reversed(self.changes[: self.cursor])
        return next(
            (one.outcomes for one in counted if one.outcomes and question in one.answers), {}
        )

    def noted_of(self, question: str) -> frozenset[str]:
        """Return every note of a question that was taken from a finding and not typed."""
        counted = self.changes[: self.cursor]
        return frozenset(one.noted for one in counted if one.noted and one.question == question)

    @property
    def undoable(self) -> Change | None:
        """The change that `undo` takes back."""
        return self.changes[self.cursor - 1] if self.cursor else None

    @property
    def redoable(self) -> Change | None:
        """The change that `redo` brings back."""
        return self.changes[self.cursor] if self.cursor < len(self.changes) else None

    def applied_to(self, review: Review) -> Review:
        """Return the review with every counted change folded in, in order."""
        answers, facets = dict(review.answers), dict(review.facets)
        waivers = {one.question: one for one in review.waivers}
        for change in self.changes[: self.cursor]:
            _fold(answers, change.answers)
            _fold(waivers, change.waivers)
            _fold(facets, change.facets)
        return replace(review, answers=answers, waivers=tuple(waivers.values()), facets=facets)


def answer_sha256(question: str, answer: Answer) -> str:
    """Return the digest a response pins: RFC 8785 of `{id, answer}`."""
    return sha256_of({"id": question, "answer": plain(answer)})


def _fold(target: dict[str, _Value], changes: Mapping[str, _Value | None]) -> None:
    for key, value in changes.items():
        if value is None:
            target.pop(key, None)
        else:
            target[key] = value
