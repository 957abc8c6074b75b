"""Verdict, gate and exit code: 4 before 3 before 1, and what observe forgives."""

from __future__ import annotations

import pytest

from holdshort.errors import ExitCode
from holdshort.model.dossier import ReleaseVerdict
from holdshort.model.policy import Gate
from holdshort.model.verification import DUTIES, Duty, DutyState, RecordState, Verification

STRICT = {
    ReleaseVerdict.READY: ExitCode.DONE,
    ReleaseVerdict.READY_WITH_WAIVERS: ExitCode.DONE,
    ReleaseVerdict.INCOMPLETE: ExitCode.GATE_SAYS_NO,
    ReleaseVerdict.NOT_READY: ExitCode.GATE_SAYS_NO,
    ReleaseVerdict.DISPUTED: ExitCode.GATE_SAYS_NO,
    ReleaseVerdict.STALE: ExitCode.GATE_SAYS_NO,
    ReleaseVerdict.REJECTED: ExitCode.GATE_SAYS_NO,
    ReleaseVerdict.INTEGRITY_FAILURE: ExitCode.INTEGRITY,
    ReleaseVerdict.UNDETERMINED: ExitCode.UNDETERMINED,
}


def result(verdict: ReleaseVerdict, gate: Gate, qualifier: str = "") -> Verification:
    return Verification(
        model="churn",
        release="1",
        commit="1" * 40,
        verdict=verdict,
        qualifier=qualifier,
        gate=gate,
        duties=(),
        records=(),
        dossiers=(),
    )


@pytest.mark.parametrize("verdict", list(ReleaseVerdict))
def test_every_verdict_has_its_exit_code_and_observe_forgives_a_no_only(
    verdict: ReleaseVerdict,
) -> None:
    strict = STRICT[verdict]
    assert result(verdict, Gate.ENFORCE).exit_code is strict
    assert result(verdict, Gate.RATCHET).exit_code is strict
    assert result(verdict, Gate.RATCHET).gate_words.startswith("RATCHET: judged as enforce")
    assert result(verdict, Gate.ENFORCE).gate_words == ""
    observed = result(verdict, Gate.OBSERVE)
    is_no = strict is ExitCode.GATE_SAYS_NO
    assert observed.exit_code is (ExitCode.DONE if is_no else strict)
    assert observed.gate_words == ("OBSERVE: would have been 1" if is_no else "")


def test_the_headline_carries_its_qualifier() -> None:
    assert result(ReleaseVerdict.STALE, Gate.ENFORCE).headline == "churn 1: stale"
    said = result(ReleaseVerdict.READY, Gate.ENFORCE, "self-reviewed").headline
    assert said == "churn 1: ready (self-reviewed)"


def test_states_and_duties_have_words() -> None:
    assert RecordState.BAD_SIGNATURE.words == "modified since signing"
    assert [Duty(number=n, state=DutyState.OK).title for n in DUTIES] == list(DUTIES.values())
