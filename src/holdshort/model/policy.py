"""Who may sign in which role, how many are needed, and what blocks a release.

The document is `schema: holdshort/policy/v1` in `.holdshort/policy.yaml`. Verification reads
it only from the base revision, never from the change under review.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from holdshort.model.canonical import Strict
from holdshort.model.checklist import Severity
from holdshort.model.subject import Scope
from holdshort.model.text import is_plugin, is_slug

SCHEMA = "holdshort/policy/v1"
ANY_ROLE = "any"
"""As a person's role: every role. As a requirement: a person of whatever role."""

KEY_TYPES = (
    "ssh-ed25519",
    "sk-ssh-ed25519@openssh.com",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-rsa",
)
"""Key types accepted unless the policy names fewer; RSA from 3072 bits. Source: NIST SP
800-57 Part 1 Rev. 5, table 2 (128-bit strength); DSA is left out, OpenSSH dropped it."""

MAX_WAIVER_DAYS = 3660
"""Longest waiver a policy may allow, ten years. Source: our own limit."""


class SelfReview(StrEnum):
    """What a review by an author of the change is worth."""

    DISCLOSE = "disclose"
    FOUR_EYES = "four_eyes"
    FORBID = "forbid"


class Gate(StrEnum):
    """Whether the verdict decides the exit code."""

    OBSERVE = "observe"
    RATCHET = "ratchet"
    ENFORCE = "enforce"


class Drift(StrEnum):
    """Which changes that the base brought make a review stale."""

    NONE = "none"
    TOUCHED = "touched"
    LISTED = "listed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Strict):
    """One person: the principals they sign as, other addresses they commit as, their roles."""

    name: str
    principals: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    roles: tuple[str, ...] = (ANY_ROLE,)

    def holds(self, role: str) -> bool:
        """Tell whether the person holds a role."""
        return ANY_ROLE in self.roles or role in self.roles

    def is_called(self, address: str) -> bool:
        """Tell whether an address, compared without case, is one of this person's."""
        return address.casefold() in {one.casefold() for one in (*self.principals, *self.aliases)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement(Strict):
    """How many different people must approve in a role."""

    role: str = ANY_ROLE
    people: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistPin(Strict):
    """A checklist that every release is reviewed by, at no lower profile than this."""

    id: str
    version: str
    sha256: str
    profile: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks(Strict):
    """What blocks: unmet questions of these severities, and this many unmet majors."""

    severities: tuple[Severity, ...] = (Severity.BLOCKER,)
    majors_unmet: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverRule(Strict):
    """Who may waive and for how many days at most."""

    roles: tuple[str, ...] = (ANY_ROLE,)
    max_days: int = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy(Strict):
    """The rules a release is judged by.

    Attributes:
        plugins: checks of other packages that verification runs too, `<distribution>/<name>`;
            one that is not installed leaves the release undetermined.
    """

    schema: str = SCHEMA
    project: str
    model: str
    people: Mapping[str, Person]
    require: tuple[Requirement, ...] = (Requirement(),)
    self_review: SelfReview = SelfReview.DISCLOSE
    checklists: tuple[ChecklistPin, ...]
    blocks: Blocks = field(default_factory=Blocks)
    waivers: WaiverRule = field(default_factory=WaiverRule)
    gate: Gate = Gate.OBSERVE
    drift: Drift = Drift.TOUCHED
    scope: Scope = field(default_factory=Scope)
    key_types: tuple[str, ...] = KEY_TYPES
    plugins: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a policy that could be read in two ways.

        Raises:
            ValueError: a bad slug, an address that two people share, a checklist pinned twice,
                impossible numbers.
        """
        self._check_people()
        if any(one.people < 1 for one in self.require) or not self.require:
            _refuse("`require` must ask for at least one person")
        if not self.checklists:
            _refuse("`checklists` pins no checklist")
        if len({pin.id for pin in self.checklists}) < len(self.checklists):
            _refuse("`checklists` pins a checklist twice")
        if not 0 <= self.waivers.max_days <= MAX_WAIVER_DAYS:
            _refuse(f"`max_days` of a waiver is 0 to {MAX_WAIVER_DAYS}")
        if unknown := set(self.key_types) - set(KEY_TYPES):
            _refuse(f"unknown key type {min(unknown)!r}")
        for one in self.plugins:
            if not is_plugin(one):
                _refuse(f"{one!r} is no check of a plugin, such as 'acme-checks/model-signed'")

    def _check_people(self) -> None:
        for name in (self.project, self.model, *self.people):
            if not is_slug(name):
                _refuse(f"{name!r} is not a slug")
        owners: dict[str, str] = {}
        for name, person in self.people.items():
            if not person.principals:
                _refuse(f"person {name!r} has no principal")
            for address in {one.casefold() for one in (*person.principals, *person.aliases)}:
                if address in owners:
                    _refuse(f"{address!r} belongs to both {owners[address]!r} and {name!r}")
                owners[address] = name

    @classmethod
    def for_one_person(cls, project: str, person: str, who: Person, pin: ChecklistPin) -> Policy:
        """Return the policy of a person who works alone: every role, one approval, observe."""
        return cls(project=project, model=project, people={person: who}, checklists=(pin,))

    def person_of(self, address: str) -> str | None:
        """Return the id of the person an address belongs to."""
        return next((key for key, one in self.people.items() if one.is_called(address)), None)

    @property
    def people_needed(self) -> int:
        """How many different people must approve, every requirement by people of its own."""
        return sum(one.people for one in self.require)


def _refuse(message: str) -> None:
    raise ValueError(message)
