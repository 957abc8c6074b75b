"""A checklist: sections of questions, each one fact where yes is good, and profiles of them.

The document is `schema: holdshort/checklist/v1`. Everything here is resolved: `extends` has
been folded in by `storage.catalog`, and `sha256` covers the resolved result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from holdshort.model.canonical import Strict, plain, sha256_of
from holdshort.model.relation import Relation
from holdshort.model.text import is_slug

SCHEMA = "holdshort/checklist/v1"


class Severity(StrEnum):
    """How much an unmet answer weighs."""

    BLOCKER = "blocker"
    MAJOR = "major"
    MINOR = "minor"


class AnswerType(StrEnum):
    """What a person gives beside the verdict."""

    VERDICT = "verdict"
    NUMBER = "number"
    CHOICE = "choice"
    TEXT = "text"
    LIST = "list"


class EvidenceNeed(StrEnum):
    """Whether a yes must carry evidence."""

    REQUIRED = "required"
    SUGGESTED = "suggested"
    NONE = "none"


class Permission(StrEnum):
    """Whether something is allowed for a question."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRule(Strict):
    """The form of an answer; `target` compares a number, such as `>= 0.9`."""

    type: AnswerType = AnswerType.VERDICT
    unit: str = ""
    target: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRule(Strict):
    """Whether evidence is needed for a yes, and what would be good evidence."""

    need: EvidenceNeed = EvidenceNeed.SUGGESTED
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRelation(Strict):
    """One auto-check beside a question."""

    id: str
    relation: Relation = Relation.SUPPORTS


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliesIf(Strict):
    """A rule over a scope facet: its value is one of `any_of`, and none of `none_of`.

    A facet that nobody answered hides nothing.
    """

    question: str
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()

    def holds(self, facets: Mapping[str, str]) -> bool:
        """Tell whether the question applies under these facet values."""
        value = facets.get(self.question)
        if value is None:
            return True
        return (not self.any_of or value in self.any_of) and value not in self.none_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance(Strict):
    """Why a question matters, what a good answer looks like, and what a weak one."""

    why: str = ""
    good: str = ""
    weak: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Strict):
    """One question: one fact, worded so that yes is good.

    Attributes:
        id: slug, unique in the checklist, for life.
        facet: a scope question; its value decides which others apply, it has no verdict.
        minutes: expected minutes to answer by hand.
        sources: ids of the source items it covers.
        extra: no source asks it; the guidance says why it is here.
        framework: references as `<framework>:<id>`.
    """

    id: str
    text: str
    guidance: Guidance = field(default_factory=Guidance)
    severity: Severity = Severity.MAJOR
    role: str
    answer: AnswerRule = field(default_factory=AnswerRule)
    evidence: EvidenceRule = field(default_factory=EvidenceRule)
    checks: tuple[CheckRelation, ...] = ()
    applies_if: tuple[AppliesIf, ...] = ()
    na: Permission = Permission.ALLOWED
    carry: Permission = Permission.ALLOWED
    minutes: float = 1.0
    facet: bool = False
    extra: bool = False
    framework: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    followups: tuple[Question, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no later step could repair.

        Raises:
            ValueError: a bad id, empty text, or a facet that is not a choice.
        """
        if not is_slug(self.id):
            _refuse(f"question id {self.id!r} is not a slug")
        if not self.text.strip():
            _refuse(f"question {self.id!r} has no text")
        if self.answer.type is AnswerType.CHOICE and not self.answer.choices:
            _refuse(f"question {self.id!r} is a choice without choices")
        if self.facet and self.answer.type is not AnswerType.CHOICE:
            _refuse(f"question {self.id!r} is a facet, so its answer must be a choice")

    def applies(self, facets: Mapping[str, str]) -> bool:
        """Tell whether every facet rule holds."""
        return all(rule.holds(facets) for rule in self.applies_if)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section(Strict):
    """A few questions on one subject: a pause point of the walkthrough."""

    id: str
    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Strict):
    """A depth of review: the questions asked, in the order they are asked."""

    title: str
    questions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Checklist(Strict):
    """A resolved checklist."""

    schema: str = SCHEMA
    id: str
    version: str
    title: str
    description: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    profiles: Mapping[str, Profile]
    sections: tuple[Section, ...]

    def __post_init__(self) -> None:
        """Refuse a checklist whose parts do not fit together.

        Raises:
            ValueError: duplicate or unknown ids, unknown roles, a profile without questions.
        """
        if not is_slug(self.id):
            _refuse(f"checklist id {self.id!r} is not a slug")
        self._check_questions()
        self._check_profiles()

    def _check_questions(self) -> None:
        seen: set[str] = set()
        facets = {question.id for question in self.walk() if question.facet}
        for question in self.walk():
            if question.id in seen:
                _refuse(f"question id {question.id!r} stands twice")
            seen.add(question.id)
            if question.role not in self.roles:
                _refuse(f"question {question.id!r} names the unknown role {question.role!r}")
            for rule in question.applies_if:
                if rule.question not in facets:
                    _refuse(f"question {question.id!r} depends on {rule.question!r}, not a facet")

    def _check_profiles(self) -> None:
        known = {question.id for question in self.walk()}
        for name, profile in self.profiles.items():
            unknown = [one for one in profile.questions if one not in known]
            if unknown:
                _refuse(f"profile {name!r} names the unknown question {unknown[0]!r}")
            if not profile.questions:
                _refuse(f"profile {name!r} has no questions")
            if len(set(profile.questions)) != len(profile.questions):
                _refuse(f"profile {name!r} names a question twice")

    def walk(self) -> Iterator[Question]:
        """Yield every question, each followed by its follow-ups, in document order."""
        for section in self.sections:
            for question in section.questions:
                yield question
                yield from question.followups

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        """Every question and follow-up by id."""
        return {question.id: question for question in self.walk()}

    @cached_property
    def section_of(self) -> Mapping[str, Section]:
        """The section of every question and follow-up, by question id."""
        return {
            one.id: section
            for section in self.sections
            for question in section.questions
            for one in (question, *question.followups)
        }

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the canonical JSON of the resolved checklist."""
        return sha256_of(plain(self))

    def questions(self, profile: str, facets: Mapping[str, str]) -> tuple[Question, ...]:
        """Return the questions of a profile that apply under these facets, in asking order.

        Raises:
            KeyError: the checklist has no such profile.
        """
        asked = (self.by_id[one] for one in self.profiles[profile].questions)
        return tuple(question for question in asked if question.applies(facets))

    def checks_beside(self, profile: str) -> frozenset[str]:
        """Return the ids of the checks beside a profile's questions, whatever applies.

        Raises:
            KeyError: the checklist has no such profile.
        """
        asked = (self.by_id[one] for one in self.profiles[profile].questions)
        return frozenset(check.id for question in asked for check in question.checks)

    def at_least(self, profile: str, pinned: str) -> bool:
        """Tell whether a profile asks everything the pinned profile asks."""
        mine, theirs = self.profiles.get(profile), self.profiles.get(pinned)
        return bool(mine and theirs) and set(theirs.questions) <= set(mine.questions)  # type: ignore[union-attr]  # both are checked just before


def _refuse(message: str) -> None:
    raise ValueError(message)
