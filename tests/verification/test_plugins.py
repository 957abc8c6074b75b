"""Checks of other packages under verification: those the policy names, and then all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from holdshort.errors import ExitCode
from holdshort.model.dossier import ReleaseVerdict
from holdshort.model.finding import Outcome
from holdshort.model.review import Evidence, EvidenceKind, FindingSummary, Review
from holdshort.verification.references import reference_problem

if TYPE_CHECKING:
    from tests.verification.conftest import House

ID = "acme-checks/signed"
CHECK = """\
from holdshort.checks.base import Check, Verdict
from holdshort.model.finding import Outcome

open({ran!r}, "w").close()
CHECK = Check(
    id="", version="3", title="", statement="It is signed.", outcomes={{}}, rules=(), facts={{}},
    not_checked="", look=lambda repository: Verdict(outcome=Outcome.FAIL, headline="Not signed"),
)
"""


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """Install a package whose check fails; tell whether it was loaded."""
    site, mark = tmp_path / "site", tmp_path / "ran"
    info = site / "acme_checks-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-checks\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[holdshort.checks]\nsigned = acme_checks\n")
    (site / "acme_checks.py").write_text(CHECK.format(ran=str(mark)))
    monkeypatch.syspath_prepend(str(site))
    return mark.exists


def naming(house: House, *plugins: str) -> None:
    house.policy = replace(house.policy, plugins=plugins)
    house.rules()


def recorded(house: House, outcome: Outcome) -> Review:
    said = FindingSummary(outcome=outcome, version="3", headline="Not signed")
    return house.review(findings={**house.findings, ID: said})


def test_a_plugin_that_the_policy_does_not_name_is_not_even_loaded(
    house: House, ran: Callable[[], bool]
) -> None:
    house.land(recorded(house, Outcome.PASS))
    assert house.verify(recheck=True).verdict is ReleaseVerdict.READY
    assert f"{ID} is of a plugin that the policy does not name" in house.said(7)
    assert not ran()


@pytest.mark.parametrize(
    ("outcome", "code"), [(Outcome.FAIL, ExitCode.DONE), (Outcome.PASS, ExitCode.INTEGRITY)]
)
def test_a_plugin_that_the_policy_names_must_say_again_what_the_record_says(
    house: House, ran: Callable[[], bool], outcome: Outcome, code: ExitCode
) -> None:
    naming(house, ID)
    house.land(recorded(house, outcome))
    assert house.verify(recheck=True).exit_code is code
    assert ran()


def test_a_plugin_that_the_policy_names_and_nobody_installed_leaves_it_open(house: House) -> None:
    naming(house, "acme-checks/gone")
    house.land()
    assert house.verify(recheck=True).exit_code is ExitCode.UNDETERMINED
    assert "acme-checks/gone: Not checked" in house.said(7)


@pytest.mark.parametrize("name", ["signed", "a/b/c", "Acme/x", "/x", "x/"])
def test_a_policy_names_plugins_by_distribution_and_name(house: House, name: str) -> None:
    with pytest.raises(ValueError, match="is no check of a plugin"):
        replace(house.policy, plugins=(name,))


@pytest.mark.parametrize(("ref", "fine"), [(ID, True), ("seeds-set", True), ("a/b/c", False)])
def test_what_a_plugin_found_may_be_evidence(ref: str, fine: bool) -> None:
    problem = reference_problem(Evidence(kind=EvidenceKind.FINDING, ref=ref, quote="x"))
    assert (problem == "") is fine
