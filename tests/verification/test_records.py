"""Duties 2, 3 and 4 for one record: each state is reached by breaking just that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import yaml

from holdshort.errors import ExitCode
from holdshort.model.dossier import ReleaseVerdict
from holdshort.model.policy import SelfReview
from holdshort.model.review import Evidence, EvidenceKind
from holdshort.model.verification import RecordState, Verification
from holdshort.storage.records import RecordPath, parse, render

if TYPE_CHECKING:
    from tests.verification.conftest import House

PATH = "reviews/churn/1.4.0/tiny/ada.yaml"


def state(result: Verification) -> RecordState:
    (record,) = result.records
    return record.state


def broken(house: House, duty: int) -> RecordState:
    """Verify; the named duty must be the only genuine failure, and the exit code 4."""
    result = house.verify(release="1.4.0")
    assert result.exit_code is ExitCode.INTEGRITY
    assert set(house.failing()) - {5} == {duty}, result.duties
    return state(result)


# Duty 2: well-formed and in its place


@pytest.mark.parametrize(
    "path",
    [
        "reviews/churn/1.5.0/tiny/ada.yaml",
        "reviews/other/1.4.0/tiny/ada.yaml",
        "reviews/churn/1.4.0/tiny/bob.yaml",
        "reviews/churn/1.4.0/full/ada.yaml",
    ],
)
def test_a_record_cannot_be_moved_to_another_place(house: House, path: str) -> None:
    house.land(path=path)
    result = house.verify()
    assert state(result) is RecordState.WRONG_PLACE
    assert result.exit_code is ExitCode.INTEGRITY
    assert 2 in house.failing()


def test_a_record_of_another_project_does_not_count(house: House) -> None:
    house.land(house.review(project="acme-fraud"))
    assert broken(house, 2) is RecordState.WRONG_PLACE
    assert "project 'acme-fraud', not of 'acme-churn'" in house.said(2)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data + b"answers: {}\n",
        lambda data: b"# looks harmless\n" + data,
        lambda data: data.replace(b"decision: approve", b"decision: &a approve"),
        lambda data: data.replace(b"decision: approve", b"decision: !!str approve"),
        lambda data: data.replace(b"decision: approve", b"decision: approve\nmood: fine"),
        lambda data: data.replace(b"decision: approve", "decision: a\u202epprove".encode()),
        lambda data: data.replace(b"decision: approve\n", b""),
        lambda data: data + b"---\nstatus: sealed\n",
        lambda data: data.replace(b"verdict: met", b"verdict:", 1),
    ],
    ids=[
        "duplicate key",
        "comment",
        "anchor",
        "tag",
        "unknown key",
        "bidi",
        "no decision",
        "second document",
        "no verdict",
    ],
)
def test_a_malformed_record_counts_for_nothing(
    house: House, change: Callable[[bytes], bytes]
) -> None:
    house.rewrite(house.land(), change)
    assert broken(house, 2) is RecordState.MALFORMED


def test_a_sealed_answer_without_a_verdict_is_malformed(house: House) -> None:
    review = house.review()
    answers = {**review.answers, "tests": house.answer("tests", verdict=None)}
    house.land(replace(review, answers=answers))
    assert broken(house, 2) is RecordState.MALFORMED


def test_a_record_too_large_to_read_is_malformed(house: House) -> None:
    house.commit({PATH: b"x-" + b"a" * 1_100_000})
    assert broken(house, 2) is RecordState.MALFORMED


@pytest.mark.parametrize(
    "name",
    [
        "reviews/README.md",
        "reviews/churn/1.4.0/tiny/Ada.yaml",
        "reviews/churn/1.4.0/tiny/ada.yml",
        "reviews/churn/1.4.0/ada.yaml",
        "Reviews/churn/1.4.0/tiny/ada.yaml",
        ".HoldShort/policy.yaml",
    ],
)
def test_nothing_else_may_stand_beside_the_records(house: House, name: str) -> None:
    house.commit({name: "hello\n"})
    house.land()
    house.verify(release="1.4.0")
    assert house.failing() == [2]
    assert name in house.said(2)


def test_a_record_is_a_plain_file(house: House) -> None:
    path = house.land()
    (house.root / path).chmod(0o755)
    house.commit()
    assert house.verify(release="1.4.0").exit_code is ExitCode.INTEGRITY
    (house.root / path).rename(house.root / "elsewhere.yaml")
    (house.root / path).symlink_to("../../../../elsewhere.yaml")
    house.commit()
    assert house.verify(release="1.4.0").exit_code is ExitCode.INTEGRITY
    assert "may not stand under reviews/" in house.said(2)


@pytest.mark.parametrize(
    ("kind", "ref"),
    [
        ("file", "../../etc/passwd"),
        ("file", "/etc/passwd"),
        ("file", "docs//plan.md"),
        ("file", ".GIT/config"),
        ("url", "javascript:alert(1)"),
        ("url", "file:///etc/passwd"),
        ("url", "https://user@example.org/"),
        ("url", "https://[bad"),
        ("url", "https:///nowhere"),
        ("url", 'https://example.org/"><script>'),
        ("commit", "main"),
        ("finding", "../secrets"),
    ],
)
def test_evidence_nobody_should_follow_is_malformed(house: House, kind: str, ref: str) -> None:
    review = house.review()
    evidence = (Evidence(kind=EvidenceKind(kind), ref=ref),)
    answers = {**review.answers, "tests": house.answer("tests", evidence=evidence)}
    house.land(replace(review, answers=answers))
    assert broken(house, 2) is RecordState.MALFORMED


@pytest.mark.parametrize(
    ("field", "text"), [("quote", "a\n" * 6), ("quote", "a" * 500), ("lines", "x")]
)
def test_evidence_keeps_its_limits(house: House, field: str, text: str) -> None:
    review = house.review()
    one = house.evidence("train.py")
    evidence = (replace(one, quote=text) if field == "quote" else replace(one, lines=text),)
    answers = {**review.answers, "tests": house.answer("tests", evidence=evidence)}
    house.land(replace(review, answers=answers))
    assert broken(house, 2) is RecordState.MALFORMED


def test_good_evidence_of_every_kind_counts(house: House) -> None:
    review = house.review()
    evidence = (
        house.evidence("docs/plan.md"),
        Evidence(kind=EvidenceKind.URL, ref="https://example.org/run/7?x=1#top"),
        Evidence(kind=EvidenceKind.COMMIT, ref=house.head),
        Evidence(kind=EvidenceKind.FINDING, ref="tests-present"),
    )
    answers = {**review.answers, "tests": house.answer("tests", evidence=evidence)}
    house.land(replace(review, answers=answers))
    assert house.verify().verdict is ReleaseVerdict.READY


def test_extension_keys_are_signed_kept_and_shown(house: House) -> None:
    review = house.review()
    data = render(review).decode() + "x-ticket: OPS-7\n"
    payload = parse(data.encode(), PATH).payload
    signature = house.armour(payload, "ada", "holdshort-review-v1", review)
    body = "\n".join(f"  {line}" for line in signature.splitlines())
    house.commit({PATH: data + "signature: |-\n" + body + "\n"})
    result = house.verify()
    assert result.verdict is ReleaseVerdict.READY
    assert result.records[0].notes == ("x-ticket: OPS-7",)
    house.rewrite(PATH, lambda old: old.replace(b"OPS-7", b"OPS-8"))
    assert house.verify().exit_code is ExitCode.INTEGRITY


# Duty 3: signature and time


def test_a_stripped_signature_counts_for_nothing(house: House) -> None:
    house.commit({PATH: render(house.review())})
    assert broken(house, 3) is RecordState.MALFORMED


def test_an_armour_with_anything_around_it_is_malformed(house: House) -> None:
    review = house.signed(house.review())
    house.commit({PATH: render(replace(review, signature=f"hello\n{review.signature}"))})
    assert broken(house, 3) is RecordState.MALFORMED


def test_a_changed_word_is_named_by_its_question(house: House) -> None:
    review = house.review()
    answers = {**review.answers, "tests": house.answer("tests", note="all of them")}
    house.land(replace(review, answers=answers))
    house.rewrite(PATH, lambda data: data.replace(b"all of them", b"some of them"))
    assert broken(house, 3) is RecordState.BAD_SIGNATURE
    assert "changed after" in house.said(3)
    assert house.said(3).endswith(": tests")


def test_a_changed_field_outside_the_answers_is_named(house: House) -> None:
    house.rewrite(
        house.land(), lambda data: data.replace(b"decision: approve", b"decision: reject")
    )
    assert broken(house, 3) is RecordState.BAD_SIGNATURE
    assert house.said(3).endswith(": decision")
    house.rewrite(PATH, lambda data: data.replace(b"decision: reject", b"decision: approve"))
    house.rewrite(PATH, lambda data: data.replace(b"started_at: '2026", b"started_at: '2025"))
    assert broken(house, 3) is RecordState.BAD_SIGNATURE
    assert house.said(3).endswith(": other fields")


def test_a_record_never_signed_in_history_is_only_called_bad(house: House) -> None:
    review = house.signed(house.review())
    house.commit({PATH: b"schema: [\n"})
    house.commit({PATH: None})
    house.commit({PATH: render(replace(review, started_at="2026-11-19T00:00:00Z"))})
    assert broken(house, 3) is RecordState.BAD_SIGNATURE
    assert "changed after" not in house.said(3)


@pytest.mark.parametrize(
    ("signers", "key", "namespace", "expected"),
    [
        ("", "eve", "", RecordState.UNTRUSTED_KEY),
        ("", "bob", "", RecordState.WRONG_PRINCIPAL),
        ("", "ada", "git", RecordState.WRONG_NAMESPACE),
        (',valid-before="20261101"', "ada", "", RecordState.EXPIRED),
        (',valid-after="20261201"', "ada", "", RecordState.NOT_YET_VALID),
        ("weak", "weak", "", RecordState.WEAK_KEY),
        ("old", "old", "", RecordState.WEAK_KEY),
    ],
)
def test_a_signature_counts_only_by_the_right_key_at_the_right_time(
    house: House, signers: str, key: str, namespace: str, expected: RecordState
) -> None:
    if signers in {"weak", "old"}:
        line = house.signer(signers, principal="ada@example.org")
        policy = replace(house.policy, key_types=("ssh-ed25519",)) if signers == "old" else None
        house.rules(policy, allowed_signers=line)
    elif signers:
        house.rules(allowed_signers=house.signer("ada", options=signers))
    review = house.review()
    signed = house.signed(review, key, namespace=namespace or "holdshort-review-v1")
    house.commit({PATH: render(signed)})
    assert broken(house, 3) is expected


def test_a_revoked_key_counts_no_more_whenever_it_signed(house: House) -> None:
    house.land()
    assert house.verify().verdict is ReleaseVerdict.READY
    house.rules(revoked_keys=house.keys["bob"].with_suffix(".pub").read_bytes())
    assert house.verify().verdict is ReleaseVerdict.READY
    house.rules(revoked_keys=house.keys["ada"].with_suffix(".pub").read_bytes())
    assert broken(house, 3) is RecordState.REVOKED


def test_an_unreadable_revocation_list_lets_nothing_through(house: House) -> None:
    house.rules(revoked_keys=b"SSHKRL\n\0garbage")
    house.land()
    assert broken(house, 3) is RecordState.REVOKED


@pytest.mark.parametrize(
    "sealed_at",
    ["2026-11-20T18:11:00Z", "2026-11-19T00:00:00Z", "yesterday", "2026-11-20T12:00:00"],
)
def test_the_signers_clock_lies_between_the_commit_and_now(house: House, sealed_at: str) -> None:
    house.land(house.review(sealed_at=sealed_at))
    assert broken(house, 3) is RecordState.WRONG_TIME


def test_ten_minutes_of_clock_difference_are_forgiven(house: House) -> None:
    house.land(house.review(sealed_at="2026-11-20T18:09:00Z"))
    assert house.verify().verdict is ReleaseVerdict.READY


def test_a_key_that_expired_after_the_landing_counts_in_an_audit(house: House) -> None:
    house.rules(allowed_signers=house.signer("ada", options=',valid-before="20261201"'))
    base = house.head
    house.land()
    house.now += timedelta(days=300)
    assert house.verify().verdict is ReleaseVerdict.READY
    assert state(house.verify(base=base)) is RecordState.EXPIRED


# Duty 4: people and roles


def test_a_signer_who_is_nobody_in_the_policy(house: House) -> None:
    house.rules(allowed_signers=house.signer("ada") + house.signer("eve"))
    house.land(house.review("eve"))
    assert broken(house, 4) is RecordState.UNKNOWN_REVIEWER


def test_a_known_signer_under_another_persons_name(house: House) -> None:
    review = house.review()
    house.land(
        replace(review, reviewer=replace(review.reviewer, principal="bob@example.org")), "bob"
    )
    assert broken(house, 4) is RecordState.WRONG_PRINCIPAL


@pytest.mark.parametrize("role", ["owner", "any"])
def test_a_role_that_is_claimed_must_be_held(house: House, role: str) -> None:
    review = house.review("bob")
    house.land(replace(review, reviewer=replace(review.reviewer, roles=("engineer", role))))
    assert broken(house, 4) is RecordState.ROLE_NOT_HELD


def by_author(house: House, mode: SelfReview, *reviewers: str) -> Verification:
    house.rules(replace(house.policy, self_review=mode))
    house.commit({"train.py": "score = 0.25\n"}, by="ada")
    reviews = [house.signed(house.review(who)) for who in reviewers]
    house.commit({str(RecordPath.of(one)): render(one) for one in reviews})
    return house.verify(recheck=False)


def test_disclose_counts_a_self_review_and_says_so(house: House) -> None:
    result = by_author(house, SelfReview.DISCLOSE, "ada")
    assert result.verdict is ReleaseVerdict.READY
    assert result.qualifier.startswith("self-reviewed; ")
    assert "ada wrote 1 of the 2 commits reviewed" in house.said(4)
    assert "authors who are not in the policy: carol@example.org" in house.said(4)


def test_forbid_does_not_count_a_self_review(house: House) -> None:
    result = by_author(house, SelfReview.FORBID, "ada")
    assert (state(result), result.exit_code) == (RecordState.OWN_CHANGE, 1)
    assert result.verdict is ReleaseVerdict.INCOMPLETE


def test_four_eyes_wants_an_approver_who_did_not_write_it(house: House) -> None:
    result = by_author(house, SelfReview.FOUR_EYES, "ada")
    assert (result.verdict, result.exit_code) == (ReleaseVerdict.NOT_READY, 1)
    assert "approved by nobody but their own authors" in house.said(4)


def test_four_eyes_is_satisfied_by_a_second_person(house: House) -> None:
    assert by_author(house, SelfReview.FOUR_EYES, "ada", "bob").verdict is ReleaseVerdict.READY


def test_a_co_author_is_an_author(house: House) -> None:
    house.rules(replace(house.policy, self_review=SelfReview.FORBID))
    house.commit({"train.py": "score = 0.25\n"})
    message = "Faster\n\nCo-authored-by: A <ADA@example.org>"
    house.git("commit", "--quiet", "--amend", f"--message={message}")
    house.land()
    assert state(house.verify()) is RecordState.OWN_CHANGE


def test_an_alias_is_the_person(house: House) -> None:
    bob = replace(house.policy.people["bob"], aliases=("Carol@Example.org",))
    policy = replace(house.policy, people={**house.policy.people, "bob": bob})
    house.rules(replace(policy, self_review=SelfReview.FORBID))
    house.land(house.review("bob"))
    assert state(house.verify()) is RecordState.OWN_CHANGE
    assert "not in the policy" not in house.said(4)


def test_many_strangers_are_counted(house: House) -> None:
    for number in range(7):
        house.commit({"train.py": f"score = {number}\n"}, by=f"dev{number}")
    house.land()
    house.verify()
    assert "and 3 more" in house.said(4)


# Survival: what git and editors do to a record without changing its meaning


def crlf(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


def bom(data: bytes) -> bytes:
    return b"\xef\xbb\xbf" + data


def prettier(data: bytes) -> bytes:
    """Lay it out anew: other quotes, other indentation, folded lines."""
    return yaml.safe_dump(yaml.safe_load(data), sort_keys=False, width=60, indent=4).encode()


def reordered(data: bytes) -> bytes:
    value = yaml.safe_load(data)
    return yaml.safe_dump(dict(reversed(value.items())), default_style='"').encode()


@pytest.mark.parametrize("change", [crlf, bom, prettier, reordered])
def test_another_layout_changes_no_meaning(house: House, change: Callable[[bytes], bytes]) -> None:
    house.rewrite(house.land(), change)
    result = house.verify()
    assert result.verdict is ReleaseVerdict.READY
    assert "another layout" in house.said(2)


@pytest.mark.parametrize("way", ["squash", "rebase", "cherry-pick", "merge"])
def test_a_signature_survives_how_it_is_merged(house: House, way: str) -> None:
    house.git("switch", "--quiet", "--create=change")
    house.commit({"train.py": "score = 0.75\n"})
    house.land()
    house.git("switch", "--quiet", "main")
    house.commit({"CHANGES.md": "news\n"})
    identity = {
        "GIT_AUTHOR_DATE": "2026-11-20T13:00:00Z",
        "GIT_COMMITTER_DATE": "2026-11-20T13:00:00Z",
    }
    match way:
        case "squash":
            house.git("merge", "--quiet", "--squash", "change")
            house.commit()
        case "rebase":
            house.git("rebase", "--quiet", "main", "change", **identity)
            house.git("switch", "--quiet", "main")
            house.git("merge", "--quiet", "--ff-only", "change")
        case "cherry-pick":
            house.git("cherry-pick", "main..change", **identity)
        case "merge":
            house.git("merge", "--quiet", "--no-ff", "--no-edit", "change", **identity)
    house.git("branch", "--delete", "--force", "change")
    house.git("reflog", "expire", "--expire=now", "--all")
    house.git("gc", "--quiet", "--prune=now")
    result = house.verify()
    assert state(result) is RecordState.COUNTED, result.records
    assert result.verdict is ReleaseVerdict.READY


def test_one_word_after_the_merge_is_found(house: House) -> None:
    test_a_signature_survives_how_it_is_merged(house, "squash")
    house.rewrite(PATH, lambda data: data.replace(b"verdict: met", b"verdict: unmet", 1))
    assert house.verify().exit_code is ExitCode.INTEGRITY
    assert "deps" in house.said(3)
