"""Every verdict and exit code of a release, over a real repository with real signatures."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from holdshort.errors import ExitCode, IntegrityError, UndeterminedError
from holdshort.model.dossier import ReleaseVerdict
from holdshort.model.policy import Gate, Requirement
from holdshort.model.review import (
    Decision,
    Dispute,
    Response,
    Status,
    Verdict,
    Waiver,
    answer_sha256,
)
from holdshort.model.verification import RecordState
from holdshort.storage.records import RecordPath, render
from holdshort.verification.verify import Request, verify_releases

if TYPE_CHECKING:
    from tests.verification.conftest import House


def test_a_signed_review_in_which_all_is_well_clears_the_release(house: House) -> None:
    house.land()
    result = house.verify()
    assert result.verdict is ReleaseVerdict.READY
    assert result.exit_code is ExitCode.DONE
    assert [one.state for one in result.records] == [RecordState.COUNTED]
    assert result.headline.startswith("churn 1.4.0: ready (trust root: first use, ")


def test_checks_that_repeat_leave_the_release_ready(house: House) -> None:
    house.land()
    assert house.verify(recheck=True).verdict is ReleaseVerdict.READY
    assert house.failing() == house.undecided() == []


def test_an_unanswered_question_is_incomplete(house: House) -> None:
    review = house.review()
    house.land(replace(review, answers={"deps": review.answers["deps"]}))
    result = house.verify()
    assert (result.verdict, result.exit_code) == (ReleaseVerdict.INCOMPLETE, 1)
    assert "tests" in house.said(5)


def test_an_unmet_blocker_is_not_ready(house: House) -> None:
    review = house.review()
    answers = {**review.answers, "deps": house.answer("deps", verdict=Verdict.UNMET)}
    house.land(replace(review, answers=answers))
    result = house.verify()
    assert (result.verdict, result.exit_code) == (ReleaseVerdict.NOT_READY, 1)


def unmet_and_waived(house: House, expires: str) -> None:
    review = house.review()
    answers = {**review.answers, "deps": house.answer("deps", verdict=Verdict.UNMET)}
    waiver = Waiver(question="deps", reason="soon", owner="Jo", expires=expires)
    house.land(replace(review, answers=answers, waivers=(waiver,)))


def test_an_unexpired_waiver_clears_and_is_said(house: House) -> None:
    unmet_and_waived(house, "2026-12-01")
    assert house.verify().verdict is ReleaseVerdict.READY_WITH_WAIVERS
    house.now += timedelta(days=12)
    assert house.verify().verdict is ReleaseVerdict.NOT_READY


def test_a_waiver_longer_than_the_policy_allows_does_not_count(house: House) -> None:
    unmet_and_waived(house, "2027-06-01")
    assert house.verify().verdict is ReleaseVerdict.NOT_READY


def test_a_waiver_by_somebody_who_may_not_does_not_count(house: House) -> None:
    house.rules(replace(house.policy, waivers=replace(house.policy.waivers, roles=("auditor",))))
    house.policy = replace(house.policy)
    review = house.review("bob")
    waiver = Waiver(question="deps", reason="soon", owner="Jo", expires="2026-12-01")
    answers = {**review.answers, "deps": house.answer("deps", verdict=Verdict.UNMET)}
    house.land(replace(review, answers=answers, waivers=(waiver,)))
    assert house.verify().verdict is ReleaseVerdict.NOT_READY


def test_a_reject_blocks(house: House) -> None:
    house.land(house.review(decision=Decision.REJECT))
    assert house.verify().verdict is ReleaseVerdict.REJECTED


def disputing(house: House) -> Response:
    answer = house.review().answers["tests"]
    dispute = Dispute(answer_sha256=answer_sha256("tests", answer), reason="they are empty")
    return Response(reviewer="ada", disputes={"tests": dispute})


def test_an_open_dispute_blocks(house: House) -> None:
    house.land()
    house.land(house.review("bob", decision=Decision.COMMENT, responses=(disputing(house),)))
    assert house.verify().verdict is ReleaseVerdict.DISPUTED
    assert house.failing() == [5, 8]
    assert "disputed by bob" in house.said(8)


def test_two_people_who_differ_dispute(house: House) -> None:
    house.land()
    review = house.review("bob")
    answers = {**review.answers, "tests": house.answer("tests", verdict=Verdict.UNMET)}
    house.land(replace(review, answers=answers))
    assert house.verify().verdict is ReleaseVerdict.DISPUTED
    assert "ada yes, bob no" in house.said(8)


def test_an_outdated_dispute_blocks_and_is_named(house: House) -> None:
    house.land(house.review("bob", decision=Decision.COMMENT, responses=(disputing(house),)))
    review = house.review()
    answers = {**review.answers, "tests": house.answer("tests", note="now with cases")}
    house.land(replace(review, answers=answers))
    assert house.verify().verdict is ReleaseVerdict.DISPUTED
    assert "bob's dispute of tests is outdated (ada changed it)" in house.said(8)


@pytest.mark.parametrize("objection", ["reject", "dispute"])
def test_a_stale_objection_of_a_known_person_goes_on_blocking(house: House, objection: str) -> None:
    changes = (
        {"decision": Decision.REJECT}
        if objection == "reject"
        else {"decision": Decision.COMMENT, "responses": (disputing(house),)}
    )
    house.git("switch", "--quiet", "--create=change")
    house.land(house.review("bob", **changes))
    house.commit({"train.py": "score = 0.5\n"})
    house.land()
    result = house.verify(base="main")
    assert {one.reviewer: one.state for one in result.records} == {
        "ada": RecordState.COUNTED,
        "bob": RecordState.WRONG_SUBJECT,
    }
    wanted = {"reject": ReleaseVerdict.REJECTED, "dispute": ReleaseVerdict.DISPUTED}
    assert result.verdict is wanted[objection]


def test_an_objection_under_a_checklist_no_longer_pinned_goes_on_blocking(house: House) -> None:
    review = house.review("bob", decision=Decision.REJECT, answers={}, facets={})
    house.land(replace(review, checklist=replace(review.checklist, id="former")))
    house.land()
    result = house.verify()
    assert result.verdict is ReleaseVerdict.REJECTED
    assert RecordState.WRONG_CHECKLIST in {one.state for one in result.records}


def test_withdrawing_ends_a_reject(house: House) -> None:
    house.land(house.review("bob", decision=Decision.REJECT))
    house.land()
    assert house.verify().verdict is ReleaseVerdict.REJECTED
    house.land(house.review("bob", decision=Decision.WITHDRAWN))
    result = house.verify()
    assert result.verdict is ReleaseVerdict.READY
    assert {one.state for one in result.records} == {RecordState.COUNTED, RecordState.WITHDRAWN}


def test_somebody_who_left_the_policy_neither_approves_nor_blocks(house: House) -> None:
    house.land(house.review("bob", decision=Decision.REJECT))
    people = {"ada": house.policy.people["ada"]}
    house.rules(replace(house.policy, people=people))
    house.land()
    result = house.verify()
    assert result.verdict is ReleaseVerdict.READY
    assert "bob has left the policy since" in house.said(4)


def test_a_draft_alone_is_incomplete(house: House) -> None:
    review = replace(house.review(), status=Status.DRAFT, decision=None)
    house.commit({str(RecordPath.of(review)): render(review)})
    result = house.verify()
    assert (result.verdict, result.exit_code) == (ReleaseVerdict.INCOMPLETE, 1)
    assert [one.state for one in result.records] == [RecordState.UNSIGNED_DRAFT]


def test_an_unreadable_record_is_an_integrity_failure(house: House) -> None:
    house.commit({"reviews/churn/1.4.0/tiny/ada.yaml": b"schema: [\n"})
    result = house.verify()
    assert (result.verdict, result.exit_code) == (ReleaseVerdict.INTEGRITY_FAILURE, 4)
    assert [one.state for one in result.records] == [RecordState.MALFORMED]


def test_a_newer_schema_could_not_be_told(house: House) -> None:
    path = house.land()
    house.rewrite(path, lambda data: data.replace(b"review/v1", b"review/v2"))
    result = house.verify()
    assert (result.verdict, result.exit_code) == (ReleaseVerdict.UNDETERMINED, 3)
    assert [one.state for one in result.records] == [RecordState.NEWER_SCHEMA]


def test_no_record_cannot_be_told(house: House) -> None:
    with pytest.raises(UndeterminedError, match="no review record to verify"):
        house.verify()
    house.land()
    with pytest.raises(UndeterminedError, match=r"for release '9\.9'"):
        house.verify(release="9.9")


def test_a_release_whose_records_were_all_removed_is_not_ready(house: House) -> None:
    path = house.land()
    house.commit({path: None})
    assert house.verify().verdict is ReleaseVerdict.UNDETERMINED


def test_something_else_alone_under_reviews_is_an_integrity_failure(house: House) -> None:
    house.commit({"reviews/notes.txt": "hello"})
    with pytest.raises(IntegrityError, match=r"reviews/notes\.txt may not stand"):
        house.verify()


def test_a_shallow_clone_could_not_tell(house: House, tmp_path: Path) -> None:
    house.land()
    house.commit({"README.md": "# Later\n"})
    for depth in ("1", "2"):
        shallow = house.clone(tmp_path / depth, f"--depth={depth}")
        assert shallow.verify(release="1.4.0").exit_code is ExitCode.UNDETERMINED
        assert 0 in shallow.undecided()


def test_two_required_people_cannot_be_counted_yet(house: House) -> None:
    house.rules(replace(house.policy, require=(Requirement(people=2),)))
    house.land()
    result = house.verify()
    assert (result.verdict, result.exit_code) == (ReleaseVerdict.UNDETERMINED, 3)
    assert "the policy requires 2 people" in house.said(8)
    assert "not performed" in house.said(9)


def rejected_under(house: House, gate: Gate) -> None:
    house.rules(replace(house.policy, gate=gate))
    house.land(house.review(decision=Decision.REJECT))


def test_observe_says_what_would_have_been(house: House) -> None:
    rejected_under(house, Gate.OBSERVE)
    result = house.verify()
    assert (result.verdict, result.exit_code) == (ReleaseVerdict.REJECTED, 0)
    assert result.gate_words == "OBSERVE: would have been 1"


def test_ratchet_is_judged_as_enforce_and_says_so(house: House) -> None:
    rejected_under(house, Gate.RATCHET)
    result = house.verify()
    assert (result.exit_code, result.gate_words) == (
        1,
        "RATCHET: judged as enforce by this version",
    )


def test_observe_forgives_neither_forgery_nor_doubt(house: House) -> None:
    house.rules(replace(house.policy, gate=Gate.OBSERVE))
    path = house.land()
    house.rewrite(path, lambda data: data.replace(b"approve", b"reject"))
    assert house.verify().exit_code is ExitCode.INTEGRITY
    house.rewrite(path, lambda data: data.replace(b"review/v1", b"review/v2"))
    assert house.verify().exit_code is ExitCode.UNDETERMINED


def test_several_releases_are_judged_each(house: House) -> None:
    house.git("switch", "--quiet", "--create=change")
    house.land()
    house.land(house.review(release="1.5.0", decision=Decision.REJECT))
    results = verify_releases(house.repo, Request(base="main", recheck=False), house.now)
    assert [(one.release, one.verdict.value) for one in results] == [
        ("1.4.0", "ready"),
        ("1.5.0", "rejected"),
    ]


def test_the_command_exits_with_the_worst_and_writes_nothing(house: House, home: Path) -> None:
    house.land()
    before = everything(house.root), everything(home)
    command = [sys.executable, "-m", "holdshort", "--repo", str(house.root), "verify"]
    source = str(Path(__file__).parents[2] / "src")
    for extra, code in (([], 0), (["--format", "json"], 0), (["--gate"], 3)):
        done = subprocess.run(
            [*command, *extra],
            env={**os.environ, "PYTHONPATH": source},
            capture_output=True,
            check=False,
        )
        assert done.returncode == code, done.stderr.decode()
    assert (everything(house.root), everything(home)) == before


def everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return every file below a folder with its time and content."""
    return {
        str(one.relative_to(folder)): (one.stat().st_mtime_ns, one.read_bytes())
        for one in sorted(folder.rglob("*"))
        if one.is_file()
    }
