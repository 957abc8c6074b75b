"""Duties 5 to 7: the pinned questions, the source that lands, the checks that repeat."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from holdshort.errors import ExitCode
from holdshort.model.dossier import QuestionState, ReleaseVerdict
from holdshort.model.finding import Outcome
from holdshort.model.policy import Drift
from holdshort.model.review import (
    Dispute,
    FindingSummary,
    Response,
    Review,
    Verdict,
    Waiver,
)
from holdshort.model.subject import Artifact, Scope
from holdshort.model.verification import RecordState
from holdshort.reports.json import verification_json
from holdshort.reports.markdown import verification_markdown
from holdshort.reports.text import verification_lines

if TYPE_CHECKING:
    from tests.verification.conftest import House

PATH = "reviews/churn/1.4.0/tiny/ada.yaml"


def answering(house: House, question: str, **changes: Any) -> Review:
    """Return a review with one answer changed."""
    review = house.review()
    old = review.answers.get(question, house.answer(question))
    return replace(review, answers={**review.answers, question: replace(old, **changes)})


# Duty 5: the pinned checklist


@pytest.mark.parametrize(
    ("question", "changes"),
    [
        ("deps", {"asked": "Are some dependencies pinned?"}),
        ("deps", {"severity": "minor"}),
    ],
)
def test_the_record_shows_the_pinned_words(
    house: House, question: str, changes: dict[str, Any]
) -> None:
    house.land(answering(house, question, **changes))
    result = house.verify()
    assert (result.exit_code, house.failing()) == (ExitCode.INTEGRITY, [5])
    assert result.records[0].state is RecordState.WRONG_CHECKLIST


@pytest.mark.parametrize(
    "changes",
    [
        {"waivers": (Waiver(question="nothing", reason="r", owner="o", expires="2026-12-01"),)},
        {"responses": (Response(reviewer="bob", agrees={"nothing": "0" * 64}),)},
        {"facets": {"serving": "never"}},
        {"facets": {"deps": "batch"}},
        {"facets": {"nothing": "batch"}},
    ],
)
def test_only_what_the_checklist_asks_is_answered(house: House, changes: dict[str, Any]) -> None:
    house.land(replace(house.review(), **changes))
    assert house.verify().exit_code is ExitCode.INTEGRITY
    assert 5 in house.failing()


def test_an_answer_to_a_question_that_nobody_asks_is_refused(house: House) -> None:
    review = house.review()
    house.land(replace(review, answers={**review.answers, "nothing": house.answer("tests")}))
    assert house.verify().exit_code is ExitCode.INTEGRITY
    assert "'nothing' is not a question" in house.said(5)


def test_another_digest_is_another_wording(house: House) -> None:
    review = house.review()
    house.land(replace(review, checklist=replace(review.checklist, sha256="0" * 64)))
    assert house.verify().exit_code is ExitCode.INTEGRITY
    assert "another wording than the pinned one" in house.said(5)


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"version": "0.9.0"}, "not a pinned checklist"), ({"profile": "less"}, "asks less")],
)
def test_an_older_version_or_a_lower_profile_does_not_count(
    house: House, changes: dict[str, str], said: str
) -> None:
    review = house.review()
    checklist = replace(review.checklist, **changes)
    house.land(replace(review, checklist=checklist))
    result = house.verify()
    assert (result.verdict, result.exit_code) == (ReleaseVerdict.INCOMPLETE, 1)
    assert result.records[0].state is RecordState.WRONG_CHECKLIST
    assert said in house.said(5)


def test_a_deeper_profile_counts(house: House) -> None:
    review = answering(house, "auc", value="0.9")
    house.land(replace(review, checklist=replace(review.checklist, profile="deep")))
    assert house.verify().verdict is ReleaseVerdict.READY


@pytest.mark.parametrize(
    ("question", "changes", "why"),
    [
        ("deps", {"evidence": ()}, "yes without evidence"),
        ("deps", {"verdict": Verdict.NOT_APPLICABLE, "note": "n"}, "may not be answered"),
        ("tests", {"verdict": Verdict.NOT_APPLICABLE}, "not applicable without reason"),
    ],
)
def test_an_answer_without_what_it_needs_counts_as_unknown(
    house: House, question: str, changes: dict[str, Any], why: str
) -> None:
    house.land(answering(house, question, **changes))
    row = next(one for one in house.verify().dossiers[0].rows if one.id == question)
    assert row.state is QuestionState.UNKNOWN
    assert why in row.why


def test_a_yes_against_a_failing_check_needs_its_reason(house: House) -> None:
    failing = FindingSummary(outcome=Outcome.FAIL, version="1")
    findings = {**house.findings, "dependencies-pinned": failing}
    house.land(replace(house.review(), findings=findings))
    assert house.verify().verdict is ReleaseVerdict.NOT_READY
    house.land(replace(answering(house, "deps", note="vendored"), findings=findings))
    assert house.verify().verdict is ReleaseVerdict.READY


def test_a_scope_choice_hides_only_what_somebody_entitled_chose(house: House) -> None:
    house.land(replace(house.review(), facets={}))
    assert house.verify().verdict is ReleaseVerdict.INCOMPLETE
    house.land(replace(house.review(), facets={"serving": "online"}))
    assert house.verify().verdict is ReleaseVerdict.INCOMPLETE


# Duty 6: the source that lands


def changing(house: House) -> None:
    house.git("switch", "--quiet", "--create=change")
    house.commit({"train.py": "score = 0.6\n"})


def test_a_change_after_the_review_is_stale_and_named(house: House) -> None:
    changing(house)
    house.land()
    house.commit({"train.py": "score = 0.9\n", "new.py": "x = 1\n"})
    result = house.verify(base="main")
    assert (result.verdict, result.exit_code) == (ReleaseVerdict.STALE, 1)
    assert result.records[0].state is RecordState.WRONG_SUBJECT
    assert "changed since the review: new.py, train.py" in house.said(6)


def test_changed_evidence_is_named_by_its_answer(house: House) -> None:
    changing(house)
    house.land()
    house.commit({"requirements.txt": "numpy==2.0.0\n"})
    assert house.verify(base="main").verdict is ReleaseVerdict.STALE
    assert "evidence changed for: deps" in house.said(6)


def test_evidence_outside_the_scope_is_compared_too(house: House) -> None:
    house.policy = replace(house.policy, scope=Scope(exclude=("docs/**",)))
    house.rules(house.policy)
    changing(house)
    house.land(answering(house, "tests", evidence=(house.evidence("docs/plan.md"),)))
    house.commit({"docs/other.md": "not quoted\n"})
    assert house.verify(base="main").verdict is ReleaseVerdict.READY
    assert house.told[-1].left_out == ("docs/**",)
    house.commit({"docs/plan.md": "roll back never\n"})
    assert house.verify(base="main").verdict is ReleaseVerdict.STALE
    assert house.said(6).endswith("evidence changed for: tests")


def test_one_right_reference_does_not_hide_a_wrong_one(house: House) -> None:
    changing(house)
    right = house.evidence("requirements.txt")
    house.land(answering(house, "deps", evidence=(replace(right, blob="0" * 40), right)))
    assert house.verify(base="main").verdict is ReleaseVerdict.STALE


def test_another_scope_than_the_policys_is_stale(house: House) -> None:
    subject = house.repo.subject(house.head, Scope(include=("README.md",)), house.head)
    house.land(house.review(subject=subject))
    assert house.verify().verdict is ReleaseVerdict.STALE
    assert "another scope" in house.said(6)


def test_the_commit_a_record_names_proves_nothing(house: House) -> None:
    subject = replace(house.subject(), source_sha256="0" * 64)
    house.land(house.review(subject=subject))
    assert house.verify().verdict is ReleaseVerdict.STALE
    assert "the commit it names is another" in house.said(6)


def test_a_subject_nobody_has_is_stale(house: House) -> None:
    subject = replace(house.subject(), source_sha256="0" * 64, commit="1" * 40, base="2" * 40)
    house.land(house.review(subject=subject))
    assert house.verify().verdict is ReleaseVerdict.STALE
    assert "not in this clone" in house.said(6)


def drifted(house: House, drift: Drift, path: str = "CHANGES.md") -> ReleaseVerdict:
    """Review a change, let the base change a file, merge the base in, and verify."""
    house.rules(replace(house.policy, drift=drift))
    changing(house)
    house.land()
    house.git("switch", "--quiet", "main")
    house.commit({path: "numpy==1.26.5\n"})
    house.git("switch", "--quiet", "change")
    house.git("merge", "--quiet", "--no-edit", "main")
    return house.verify(base="main").verdict


def test_what_the_base_brought_is_listed_beside_the_verdict(house: House) -> None:
    assert drifted(house, Drift.TOUCHED) is ReleaseVerdict.READY
    assert house.told[-1].qualifier == "1 files brought by the base since the review"
    assert "brought by the base, not reviewed: CHANGES.md" in house.said(6)


def test_base_drift_of_quoted_evidence_is_stale_when_touched(house: House) -> None:
    assert drifted(house, Drift.TOUCHED, "requirements.txt") is ReleaseVerdict.STALE
    assert "the base changed requirements.txt since the review" in house.said(6)


def test_base_drift_of_quoted_evidence_may_be_listed_only(house: House) -> None:
    assert drifted(house, Drift.LISTED, "requirements.txt") is ReleaseVerdict.READY


def test_no_drift_may_be_allowed_at_all(house: House) -> None:
    assert drifted(house, Drift.NONE) is ReleaseVerdict.STALE


def test_the_fork_is_found_when_the_record_does_not_name_it(house: House) -> None:
    changing(house)
    house.land(house.review(subject=replace(house.subject(), base="")))
    house.git("switch", "--quiet", "main")
    house.commit({"CHANGES.md": "news\n"})
    house.git("switch", "--quiet", "change")
    house.git("merge", "--quiet", "--no-edit", "main")
    assert house.verify(base="main").verdict is ReleaseVerdict.READY


def test_going_back_to_the_bases_version_is_a_change_of_ones_own(house: House) -> None:
    before = (house.root / "train.py").read_text()
    changing(house)
    house.land()
    house.commit({"train.py": before})
    assert house.verify(base="main").verdict is ReleaseVerdict.STALE
    assert "changed since the review: train.py" in house.said(6)


def test_later_commits_are_only_counted(house: House) -> None:
    house.land()
    house.commit({"train.py": "score = 1\n"})
    assert house.verify().verdict is ReleaseVerdict.READY
    assert "1 later commits are not part" in house.said(6)


def test_artifact_digests_are_said_not_to_be_checked(house: House) -> None:
    artifact = Artifact(path="model.bin", sha256="0" * 64)
    house.land(house.review(subject=replace(house.subject(), artifacts=(artifact,))))
    house.verify()
    assert "artifact digests are recorded, not checked" in house.said(6)


def test_a_source_that_is_not_all_here_could_not_be_told(house: House, tmp_path: Any) -> None:
    house.git("config", "uploadpack.allowFilter", "true")
    house.commit({"large.txt": "x" * 70_000})
    house.land()
    partial = house.clone(tmp_path / "partial", "--filter=blob:limit=60k", "--no-checkout")
    assert partial.verify().exit_code is ExitCode.UNDETERMINED
    assert 6 in partial.undecided()


# Duty 7: the checks


def recorded(house: House, name: str, **changes: Any) -> Review:
    review = house.review()
    said = replace(review.findings[name], **changes)
    return replace(review, findings={**review.findings, name: said})


def test_another_outcome_of_the_same_check_is_an_integrity_failure(house: House) -> None:
    house.land(recorded(house, "tests-present", outcome=Outcome.FAIL, facts_sha256=""))
    review_says = house.verify(recheck=True)
    assert (review_says.exit_code, house.failing()) == (ExitCode.INTEGRITY, [7])
    assert "tests-present is recorded as fail" in house.said(7)


def test_the_outcome_of_another_version_takes_the_place_of_the_recorded(house: House) -> None:
    house.commit({"requirements.txt": "numpy\n"})
    house.land(recorded(house, "dependencies-pinned", version="0"))
    assert house.verify(recheck=True).verdict is ReleaseVerdict.NOT_READY
    version = house.findings["dependencies-pinned"].version
    assert f"dependencies-pinned 0 said warn, {version} fail" in house.said(7)
    assert "yes without reason" in "\n".join(house.told[-1].dossiers[0].reasons)


def test_leaving_out_a_finding_does_not_escape_the_check(house: House) -> None:
    findings = dict(house.findings)
    del findings["tests-present"]
    house.land(house.review(findings=findings))
    assert house.verify().exit_code is ExitCode.UNDETERMINED
    assert "ada recorded no finding of tests-present" in house.said(7)
    assert house.verify(recheck=True).verdict is ReleaseVerdict.READY
    assert "which says pass" in house.said(7)


def test_leaving_out_a_bad_finding_blocks(house: House) -> None:
    house.commit({"requirements.txt": "numpy\n"})
    review = answering(house, "deps", note="it is fine")
    house.land(replace(review, findings={}))
    assert house.verify(recheck=True).verdict is ReleaseVerdict.NOT_READY
    assert 7 in house.failing()


def test_a_check_of_another_program_is_only_named(house: House) -> None:
    findings = {**house.findings, "future": FindingSummary(outcome=Outcome.PASS, version="9")}
    house.land(house.review(findings=findings))
    assert house.verify(recheck=True).verdict is ReleaseVerdict.READY
    assert "future is not a check of this version" in house.said(7)


def test_a_check_that_the_base_turned_makes_the_review_stale(house: House) -> None:
    changing(house)
    review = house.review()
    answers = {"deps": replace(review.answers["deps"], evidence=(house.evidence("train.py"),))}
    house.land(replace(review, answers={**review.answers, **answers}))
    house.git("switch", "--quiet", "main")
    house.commit({"requirements.txt": "numpy\n"})
    house.git("switch", "--quiet", "change")
    house.git("merge", "--quiet", "--no-edit", "main")
    result = house.verify(base="main", recheck=True)
    assert result.exit_code is ExitCode.GATE_SAYS_NO
    assert result.records[0].state is RecordState.WRONG_SUBJECT
    assert "for the base changed files since" in house.said(7)


def test_nothing_is_checked_for_records_that_do_not_count(house: House) -> None:
    house.land(house.review(), "eve")
    assert house.verify(recheck=True).exit_code is ExitCode.INTEGRITY
    assert house.said(7) == ""


def test_a_check_that_cannot_run_could_not_tell(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.land()
    monkeypatch.setattr("sys.executable", "/bin/false")
    result = house.verify(recheck=True)
    assert result.exit_code is ExitCode.UNDETERMINED
    assert 7 in house.undecided()


# Hostile text in what is shown

HOSTILE = "x\n::error::owned ##[error]owned @everyone <img src=x> | `a` [b](http://c)"


def test_hostile_text_stays_text_in_every_report(house: House) -> None:
    review = answering(house, "deps", verdict=Verdict.UNMET, note=HOSTILE)
    waiver = Waiver(question="deps", reason=HOSTILE, owner=HOSTILE, expires="2026-12-01")
    house.land(replace(review, waivers=(waiver,)))
    house.commit({"reviews/churn/1.4.0/tiny/::error::.yaml": "hello"})
    result = house.verify(release="1.4.0")
    lines = list(verification_lines(result))
    assert not [one for one in lines if "\n" in one or one.lstrip().startswith("::")]
    assert "##[" not in "\n".join(lines)
    markdown = verification_markdown((result,))
    assert "<img" not in markdown
    assert "@everyone" not in markdown
    assert json.loads(verification_json((result,)))["releases"][0]["exit_code"] == 4


def test_a_dispute_in_a_deeper_profile_blocks_as_well(house: House) -> None:
    house.land()
    dispute = Dispute(answer_sha256="0" * 64, reason="measured on the training set")
    response = Response(reviewer="ada", disputes={"auc": dispute})
    house.land(house.review("bob", responses=(response,)))
    assert house.verify().verdict is ReleaseVerdict.DISPUTED
    assert "auc: disputed by bob" in house.said(8)
