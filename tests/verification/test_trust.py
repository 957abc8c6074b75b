"""Duties 0 and 1: which trust root judges, and that no change vouches for itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from holdshort.errors import ExitCode, UndeterminedError, UsageError
from holdshort.model.canonical import plain
from holdshort.model.dossier import ReleaseVerdict
from holdshort.model.policy import ChecklistPin, SelfReview
from holdshort.model.review import Decision, Verdict
from holdshort.model.verification import RecordState
from holdshort.storage.catalog import rendered
from holdshort.storage.records import RecordPath, render
from holdshort.storage.trust_root import read_trust_root
from holdshort.storage.yaml_dump import dump
from holdshort.verification.case import Case, Landings
from holdshort.verification.landing import Courts
from holdshort.verification.trust import trust_root_sha256

if TYPE_CHECKING:
    from tests.verification.conftest import House

PATH = "reviews/churn/1.4.0/tiny/ada.yaml"


def on_a_branch(house: House) -> None:
    house.git("switch", "--quiet", "--create=change")


# A base


def test_a_change_is_judged_by_the_rules_of_its_base(house: House) -> None:
    on_a_branch(house)
    house.commit({"train.py": "score = 0.6\n"})
    house.land()
    result = house.verify(base="main", gate=True)
    assert (result.verdict, result.qualifier) == (ReleaseVerdict.READY, "")


def test_rules_weakened_in_the_change_do_not_count_for_it(house: House) -> None:
    on_a_branch(house)
    house.rules(
        replace(house.policy, self_review=SelfReview.FORBID),
        allowed_signers=house.signer("ada") + house.signer("eve"),
    )
    house.land(house.review("ada"), "eve")
    result = house.verify(base="main")
    assert result.records[0].state is RecordState.UNTRUSTED_KEY
    said = house.said(1)
    assert "THIS CHANGE ALTERS .holdshort/" in said
    assert ".holdshort/allowed_signers, .holdshort/policy.yaml; it does not count" in said


def test_rules_removed_in_the_change_are_named(house: House) -> None:
    on_a_branch(house)
    for name in house.trust():
        (house.root / name).unlink()
    house.commit()
    house.land()
    assert house.verify(base="main").verdict is ReleaseVerdict.READY
    assert "THIS CHANGE ALTERS" in house.said(1)


def test_rules_new_in_the_change_are_a_bootstrap(house: House) -> None:
    result = bootstrapped(house)
    assert (result.verdict, result.exit_code) == (ReleaseVerdict.UNDETERMINED, 3)
    assert result.qualifier.startswith("bootstrap: signatures valid")
    assert result.records[0].state is RecordState.COUNTED


def bootstrapped(house: House, key: str = "ada"):  # type: ignore[no-untyped-def]  # noqa: ANN201 - as verify
    before = house.git("rev-parse", "main~1")
    house.git("branch", "--force", "trunk", before)
    house.land(key=key)
    return house.verify(base="trunk")


def test_a_bootstrap_still_finds_a_forged_signature(house: House) -> None:
    result = bootstrapped(house, "eve")
    assert result.exit_code is ExitCode.INTEGRITY
    assert "bootstrap" not in result.qualifier


def test_no_rules_anywhere_cannot_be_told(house: House) -> None:
    before = house.git("rev-parse", "main~1")
    house.git("reset", "--quiet", "--hard", before)
    house.git("branch", "trunk")
    house.land()
    assert house.verify(base="trunk").exit_code is ExitCode.UNDETERMINED
    assert house.verify().exit_code is ExitCode.UNDETERMINED
    assert "there was no trust root (.holdshort/policy.yaml) before" in house.said(1)


def test_a_change_that_touches_no_record_has_nothing_to_verify(house: House) -> None:
    house.land()
    on_a_branch(house)
    house.commit({"train.py": "score = 0.6\n"})
    with pytest.raises(UndeterminedError, match="no review record"):
        house.verify(base="main")


def test_an_unrelated_base_judges_every_record(house: House) -> None:
    house.git("switch", "--quiet", "--orphan", "other")
    house.rules()
    house.git("switch", "--quiet", "main")
    house.land()
    assert house.verify(base="other").records[0].state is RecordState.COUNTED


def test_ci_without_a_base_is_refused(house: House) -> None:
    house.land()
    with pytest.raises(UndeterminedError, match="in CI the protected branch must be named"):
        house.verify(gate=True)
    with pytest.raises(UsageError):
        house.verify(base="nowhere")


# First use


def test_the_gate_takes_a_first_use_only_by_its_anchor(house: House) -> None:
    made = house.head
    house.land()
    root = read_trust_root(house.repo, made)
    assert root is not None
    for anchor in (made, trust_root_sha256(root)):
        assert house.verify(gate=True, anchor=anchor).exit_code is ExitCode.DONE
    for anchor in (house.head, made[:10], "0" * 64):
        assert house.verify(gate=True, anchor=anchor).exit_code is ExitCode.UNDETERMINED
        assert house.undecided() == [1]


def test_every_trust_root_that_judged_must_be_anchored(house: House) -> None:
    house.land(house.review("bob"))
    house.rules(replace(house.policy, self_review=SelfReview.FORBID))
    anchor = house.head
    house.land()
    assert house.verify().verdict is ReleaseVerdict.READY
    assert house.verify(gate=True, anchor=anchor).exit_code is ExitCode.UNDETERMINED


def test_a_record_that_brings_its_own_rules_is_vouched_for_by_nobody(house: House) -> None:
    for name in house.trust():
        (house.root / name).unlink()
    house.commit()
    signed = house.signed(house.review())
    house.commit({**house.trust(), PATH: render(signed)})
    result = house.verify()
    assert result.exit_code is ExitCode.UNDETERMINED
    assert result.records[0].state is RecordState.NO_TRUST_ROOT
    assert "landed together with the trust root it needs" in house.said(1)
    house.land(house.review(started_at="2026-11-20T12:01:00Z"))
    assert house.verify().verdict is ReleaseVerdict.READY


def test_rules_changed_in_the_landing_commit_do_not_count_for_it(house: House) -> None:
    signed = house.signed(house.review(), "eve")
    weaker = house.trust(allowed_signers=house.signer("eve", principal="ada@example.org"))
    house.commit({**weaker, PATH: render(signed)})
    assert house.verify().records[0].state is RecordState.UNTRUSTED_KEY


def test_rules_brought_by_a_merge_do_not_count_for_what_it_brings(house: House) -> None:
    on_a_branch(house)
    house.rules(allowed_signers=house.signer("eve", principal="ada@example.org"))
    house.land(house.review(), "eve")
    house.git("switch", "--quiet", "main")
    house.git("merge", "--quiet", "--no-ff", "--no-edit", "change")
    assert house.verify().records[0].state is RecordState.UNTRUSTED_KEY


def test_a_mere_reformat_does_not_land_a_record_again(house: House) -> None:
    house.land()
    landed = house.head
    house.rules(allowed_signers=house.signer("bob"))
    house.rewrite(PATH, lambda data: b"\xef\xbb\xbf" + data)
    result = house.verify()
    assert result.records[0].landed == landed
    assert result.records[0].state is RecordState.COUNTED


def test_a_signature_put_in_later_lands_the_record_anew(house: House) -> None:
    review = house.review()
    house.commit({PATH: render(review)})
    house.rules(allowed_signers=house.signer("ada", options=',valid-before="20261120100300Z"'))
    house.commit({PATH: render(house.signed(review))})
    result = house.verify()
    assert result.records[0].state is RecordState.EXPIRED


def test_what_stood_there_before_may_have_been_unreadable(house: House) -> None:
    for content in (b"x" * 1_200_000, b"not: [a record\n"):
        house.commit({PATH: content})
        house.land(house.review(started_at=f"2026-11-20T11:00:{house.minutes:02}Z"))
        assert house.verify().verdict is ReleaseVerdict.READY


def test_a_record_that_history_does_not_know_is_judged_by_nobody(house: House) -> None:
    house.land()
    case = Case(
        repo=house.repo,
        tip=house.head,
        base="",
        model="churn",
        release="1.4.0",
        now=house.now,
        entries=(),
        landings=Landings(house.repo, house.head),
    )
    court = Courts(case).of("reviews/churn/1.4.0/tiny/nobody.yaml", None)
    assert (court.root, court.problem[:21]) == (None, "history does not show")


def test_the_newest_landing_sets_the_rules_for_all(house: House) -> None:
    house.land(house.review("bob"))
    owners = replace(house.policy.people["bob"], roles=("owner",))
    house.rules(replace(house.policy, people={**house.policy.people, "bob": owners}))
    house.land(house.review(decision=Decision.COMMENT, answers={}))
    result = house.verify()
    assert result.verdict is ReleaseVerdict.INCOMPLETE
    assert result.dossiers[0].rows[0].remarks == ("bob",)


def test_a_record_that_landed_in_the_first_commit_is_undetermined(house: House) -> None:
    signed = house.signed(house.review())
    house.git("switch", "--quiet", "--orphan", "lone")
    house.commit({**house.trust(), PATH: render(signed)})
    assert house.verify().exit_code is ExitCode.UNDETERMINED
    assert "landed in the very first commit" in house.said(1)


def test_an_earlier_version_that_is_not_here_could_not_be_told(
    house: House, tmp_path: Path
) -> None:
    house.git("config", "uploadpack.allowFilter", "true")
    house.land()
    blob = house.git("rev-parse", f"HEAD:{PATH}")
    house.rewrite(PATH, lambda data: b"\xef\xbb\xbf" + data)
    partial = house.clone(tmp_path / "partial", "--filter=blob:none")
    assert partial.verify().exit_code is ExitCode.UNDETERMINED
    (house.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert house.verify().exit_code is ExitCode.UNDETERMINED
    assert f"an earlier {PATH} is not in this clone" in house.said(1)


@pytest.mark.parametrize("left_out", ["blob:none", "tree:0"])
def test_a_clone_without_the_records_could_not_tell(
    house: House, tmp_path: Path, left_out: str
) -> None:
    house.git("config", "uploadpack.allowFilter", "true")
    house.land()
    partial = house.clone(tmp_path / "partial", f"--filter={left_out}", "--no-checkout")
    try:
        code = partial.verify().exit_code
    except UndeterminedError as error:
        code = error.exit_code
    assert code is ExitCode.UNDETERMINED


def test_a_record_that_is_not_here_could_not_be_told(house: House) -> None:
    house.land()
    blob = house.git("rev-parse", f"HEAD:{PATH}")
    (house.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert house.verify().exit_code is ExitCode.UNDETERMINED
    assert house.undecided()[:1] == [2]


# Soundness


def test_a_key_belongs_to_one_person(house: House) -> None:
    both = house.signer("ada") + house.signer("ada", principal="bob@example.org")
    house.rules(allowed_signers=both)
    house.land()
    assert house.verify().exit_code is ExitCode.INTEGRITY
    assert "belongs to both ada and bob" in house.said(1)


def test_one_person_may_have_two_names_for_a_key(house: House) -> None:
    ada = replace(house.policy.people["ada"], principals=("ada@example.org", "ada@home.example"))
    policy = replace(house.policy, people={**house.policy.people, "ada": ada})
    both = house.signer("ada") + house.signer("ada", principal="ada@home.example")
    house.rules(policy, allowed_signers=both)
    house.land()
    assert house.verify().verdict is ReleaseVerdict.READY


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.txt", b"hello"),
        ("policy.yaml", b"schema: ["),
        ("allowed_signers", b"*@example.org ssh-ed25519 AAAA\n"),
        ("allowed_signers", b"\xff"),
        ("revoked_keys", b"no key\n"),
        ("checklists/tiny-1.0.0.yaml", b"schema: holdshort/checklist/v1\n"),
        ("VERIFY.md", b"a" * 1_100_000),
    ],
)
def test_an_unsound_trust_root_judges_nothing(house: House, name: str, content: bytes) -> None:
    house.rules(**{name: content})
    house.land()
    result = house.verify()
    assert result.exit_code is ExitCode.INTEGRITY
    assert 1 in house.failing()
    assert result.records[0].state is RecordState.NO_TRUST_ROOT


def test_an_unsound_base_judges_nothing(house: House) -> None:
    house.rules(allowed_signers=b"\xff")
    on_a_branch(house)
    house.land()
    assert house.verify(base="main").exit_code is ExitCode.INTEGRITY


def test_a_newer_policy_could_not_be_told(house: House) -> None:
    newer = house.trust()[".holdshort/policy.yaml"].replace(b"policy/v1", b"policy/v2")
    house.rules(**{"policy.yaml": newer})
    house.land()
    assert house.verify().exit_code is ExitCode.UNDETERMINED


def test_a_pinned_checklist_must_be_there_unchanged_at_a_profile_it_has(house: House) -> None:
    for pin in (
        ChecklistPin(id="tiny", version="2.0.0", sha256="0" * 64, profile="quick"),
        ChecklistPin(id="tiny", version="1.0.0", sha256="0" * 64, profile="quick"),
        replace(house.policy.checklists[0], profile="none"),
    ):
        house.rules(replace(house.policy, checklists=(pin,)))
        house.land(house.review(started_at=f"2026-11-20T12:00:{house.minutes:02}Z"))
        assert house.verify().exit_code is ExitCode.INTEGRITY
        assert 1 in house.failing()


def test_two_pinned_checklists_must_both_be_answered(house: House) -> None:
    other = replace(house.checklist, id="small")
    pin = ChecklistPin(id="small", version="1.0.0", sha256=other.sha256, profile="less")
    policy = replace(house.policy, checklists=(*house.policy.checklists, pin))
    house.rules(policy, **{"checklists/small-1.0.0.yaml": rendered(other)})
    house.land()
    assert house.verify().verdict is ReleaseVerdict.INCOMPLETE
    review = house.review()
    ref = replace(review.checklist, id="small", sha256=other.sha256, profile="less")
    house.land(replace(review, checklist=ref))
    result = house.verify(release="1.4.0")
    assert result.verdict is ReleaseVerdict.READY
    assert len(result.dossiers) == 2


def test_the_policy_is_read_as_it_is_written(house: House) -> None:
    value = plain(house.policy)
    assert isinstance(value, dict)
    root = read_trust_root(house.repo, house.head)
    assert root is not None
    assert (root.files[".holdshort/policy.yaml"], root.policy) == (dump(value), house.policy)


def test_what_a_missing_answer_hides_is_not_hidden_by_a_path(house: House) -> None:
    review = house.review()
    answers = {**review.answers, "tests": house.answer("tests", verdict=Verdict.UNKNOWN)}
    house.land(replace(review, answers=answers))
    assert str(RecordPath.of(review)) == PATH
    assert house.verify().dossiers[0].rows[1].state.value == "unknown"
