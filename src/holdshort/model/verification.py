"""What verification says: every duty, every record, and the verdict on one release.

Values only; `verification` fills them in and `reports` write them out. Every duty is reported,
none hidden by an earlier failure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from holdshort.errors import ExitCode
from holdshort.model.dossier import Dossier, ReleaseVerdict
from holdshort.model.policy import Gate


class DutyState(StrEnum):
    """How one duty ended."""

    OK = "ok"
    FAILED = "failed"
    UNDETERMINED = "undetermined"
    NOT_PERFORMED = "not_performed"


DUTIES = {
    0: "records found as git objects",
    1: "trust root read and sound",
    2: "records strictly well-formed and in their place",
    3: "signatures valid for the right principal and time",
    4: "reviewers known, roles held, self-review judged",
    5: "pinned checklist answered by people who hold the roles",
    6: "the reviewed source is the source that lands",
    7: "auto-checks repeat what the records say",
    8: "no open dispute",
    9: "no sealed record removed, replaced or moved",
}
"""The numbered duties of `verify`. Source: `docs/trust.md`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One duty and everything it has to say."""

    number: int
    state: DutyState
    details: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the duty makes sure of."""
        return DUTIES[self.number]


class RecordState(StrEnum):
    """Whether a record counts, or the reason it does not."""

    COUNTED = "counted"
    UNSIGNED_DRAFT = "unsigned_draft"
    MALFORMED = "malformed"
    NEWER_SCHEMA = "newer_schema"
    WRONG_PLACE = "wrong_place"
    BAD_SIGNATURE = "modified_since_signing"
    UNTRUSTED_KEY = "untrusted_key"
    WRONG_PRINCIPAL = "wrong_principal"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    REVOKED = "revoked"
    WEAK_KEY = "weak_key"
    WRONG_NAMESPACE = "wrong_namespace"
    WRONG_TIME = "wrong_time"
    UNKNOWN_REVIEWER = "unknown_reviewer"
    ROLE_NOT_HELD = "role_not_held"
    OWN_CHANGE = "own_change"
    WRONG_CHECKLIST = "wrong_checklist"
    WRONG_SUBJECT = "wrong_subject"
    NO_TRUST_ROOT = "no_trust_root"
    WITHDRAWN = "withdrawn"

    @property
    def words(self) -> str:
        """The state as a person reads it."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReport:
    """One record of the release.

    Attributes:
        sha256: `record_sha256`, empty for a draft.
        landed: the commit that brought it, empty when that was not asked.
        notes: what a reader should know besides, such as another layout or `x-` keys.
    """

    path: str
    state: RecordState
    why: str = ""
    reviewer: str = ""
    decision: str = ""
    principal: str = ""
    fingerprint: str = ""
    sha256: str = ""
    landed: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The answer of `verify` for one release.

    Attributes:
        commit: the judged revision, full hex.
        verdict: the release verdict.
        qualifier: what must stand beside the verdict, such as `self-reviewed`.
        dossiers: one per pinned checklist, in the policy's order.
        left_out: scope patterns that the policy excludes; every verdict names them.
    """

    model: str
    release: str
    commit: str
    verdict: ReleaseVerdict
    qualifier: str
    gate: Gate
    duties: tuple[Duty, ...]
    records: tuple[RecordReport, ...]
    dossiers: tuple[Dossier, ...]
    left_out: tuple[str, ...] = ()

    @property
    def strict_exit_code(self) -> ExitCode:
        """The exit code an enforcing gate gives."""
        match self.verdict:
            case ReleaseVerdict.READY | ReleaseVerdict.READY_WITH_WAIVERS:
                return ExitCode.DONE
            case ReleaseVerdict.INTEGRITY_FAILURE:
                return ExitCode.INTEGRITY
            case ReleaseVerdict.UNDETERMINED:
                return ExitCode.UNDETERMINED
        return ExitCode.GATE_SAYS_NO

    @property
    def exit_code(self) -> ExitCode:
        """The exit code under the policy's gate: `observe` turns a no into 0, nothing else."""
        strict = self.strict_exit_code
        if self.gate is Gate.OBSERVE and strict is ExitCode.GATE_SAYS_NO:
            return ExitCode.DONE
        return strict

    @property
    def why(self) -> tuple[str, ...]:
        """What decided the verdict: broken trust before anything that follows from it."""
        if self.verdict is ReleaseVerdict.INTEGRITY_FAILURE:
            failed = (duty for duty in self.duties if duty.state is DutyState.FAILED)
            return tuple(detail for duty in failed for detail in duty.details)
        return tuple(reason for dossier in self.dossiers for reason in dossier.reasons)

    @property
    def gate_words(self) -> str:
        """What the gate's mode does to the exit code; empty when it is plainly enforced."""
        match self.gate:
            case Gate.OBSERVE if self.exit_code != self.strict_exit_code:
                return f"OBSERVE: would have been {int(self.strict_exit_code)}"
            case Gate.RATCHET:
                return "RATCHET: judged as enforce by this version"
        return ""

    @property
    def headline(self) -> str:
        """The verdict line."""
        qualifier = f" ({self.qualifier})" if self.qualifier else ""
        return f"{self.model} {self.release}: {self.verdict.words}{qualifier}"
