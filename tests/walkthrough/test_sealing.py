"""From an open review to a signed record in git, and what stands against it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from holdshort.errors import (
    ExitCode,
    IncompleteError,
    MissingEnvironmentError,
    RepositoryStateError,
)
from holdshort.model.finding import Outcome
from holdshort.model.review import Decision, Verdict, Via
from holdshort.signing.ssh import signer_line, verify
from holdshort.storage.records import RecordPath, parse, payload_of
from holdshort.walkthrough.keys import signing_key
from holdshort.walkthrough.sealing import (
    Committed,
    claims,
    commit_review,
    preview,
    seal,
    sign_review,
)
from holdshort.walkthrough.session import Walkthrough
from holdshort.walkthrough.visit import Visit

from .conftest import QUICK, commit, finding, write

Begin = Callable[..., Walkthrough]
Git = Callable[..., str]
PATH = "reviews/repository/1.0.0/team/ada.yaml"
PASS = finding(Outcome.PASS)


def answered(walk: Walkthrough) -> Walkthrough:
    """Answer everything so that approving is possible."""
    walk.value("serving", "batch")
    walk.accept("seeded")
    walk.attach("manual", "train.py:3")
    walk.answer("manual", Verdict.MET)
    for name, value in {"metric": "0.95", "pick": "one", "words": "x", "items": "a\nb"}.items():
        walk.value(name, value)
        walk.answer(name, Verdict.MET)
    walk.answer("watched", Verdict.UNMET, note="nobody yet")
    return walk


def committed(walk: Walkthrough, decision: Decision = Decision.APPROVE) -> Committed:
    return commit_review(walk, sign_review(seal(walk, decision), signing_key(walk.visit)))


def test_what_is_sealed_is_what_was_answered(begin: Begin, git: Git, project: Path) -> None:
    walk = answered(begin(PASS))
    review = seal(walk, Decision.APPROVE)

    assert list(review.answers) == [
        "seeded", "manual", "metric", "pick", "words", "items", "watched",
    ]  # fmt: skip
    assert review.facets == {"serving": "batch"}
    assert review.decision is Decision.APPROVE
    assert review.sealed_at == "2026-11-20T12:00:00Z"
    assert review.subject is not None
    assert review.subject.commit == git(project, "rev-parse", "HEAD")
    assert review.findings["seeds-set"].outcome is Outcome.PASS
    assert review.answers["items"].value == ("a", "b")
    assert payload_of(review) == parse(preview(walk, Decision.APPROVE).encode(), PATH).payload


def test_a_signed_record_is_committed_alone_and_the_draft_goes(
    begin: Begin, git: Git, project: Path
) -> None:
    write(project, {"unfinished.py": "x\n"})
    git(project, "add", "unfinished.py")
    walk = answered(begin(PASS))
    done = committed(walk)

    assert done.path == PATH
    assert done.push == ""
    assert git(project, "show", "--name-only", "--format=", "HEAD") == PATH
    assert "A  unfinished.py" in git(project, "status", "--short")
    assert walk.visit.drafts == ()
    record = parse((project / PATH).read_bytes(), PATH)
    key = signing_key(walk.visit)
    signers = f"{signer_line('ada@example.org', key.public)}\n".encode()
    assert verify(record.payload, record.review.signature, signers, "ada@example.org").good
    assert record.canonical


def test_with_a_remote_the_line_that_publishes_is_told(
    begin: Begin, git: Git, project: Path
) -> None:
    git(project, "remote", "add", "origin", "https://example.org/churn.git")

    assert committed(answered(begin(PASS))).push == "git push origin main"


@pytest.mark.parametrize(
    ("undone", "said"),
    [
        (
            lambda walk: walk.answer("metric", Verdict.NOT_APPLICABLE),
            "metric: needs a reason in the note",
        ),
        (lambda walk: walk.value("items", ""), "items: needs a value"),
        (lambda walk: walk.detach("manual", 1), "manual: a yes needs evidence"),
        (lambda walk: walk.value("serving", "online"), "online: no answer yet"),
    ],
)
def test_an_approval_needs_everything_and_an_objection_does_not(
    begin: Begin, undone: Callable[[Walkthrough], object], said: str
) -> None:
    walk = answered(begin(PASS))
    undone(walk)
    with pytest.raises(IncompleteError) as caught:
        seal(walk, Decision.APPROVE)

    assert caught.value.message == said
    assert caught.value.exit_code is ExitCode.GATE_SAYS_NO
    assert "1 open. Everything answered is saved" in caught.value.hint
    for decision in (Decision.REJECT, Decision.COMMENT):
        assert seal(walk, decision).decision is decision


def test_a_bad_answer_never_blocks_signing(begin: Begin) -> None:
    walk = answered(begin(finding(Outcome.PASS)))
    for name in ("seeded", "manual", "metric"):
        walk.answer(name, Verdict.UNMET)

    assert seal(walk, Decision.APPROVE).answers["manual"].note == ""
    assert claims(walk, Decision.APPROVE).open == ()
    assert claims(walk, Decision.APPROVE).dossier.verdict.words == "not ready"


def test_questions_of_other_roles_do_not_block(begin: Begin) -> None:
    walk = begin(wanted=replace(QUICK, roles=("sre",)))
    walk.answer("watched", Verdict.MET)
    review = seal(walk, Decision.APPROVE)

    assert list(review.answers) == ["watched"]
    assert review.reviewer.roles == ("sre",)
    assert "missing: ml_engineer" in claims(walk, Decision.APPROVE).message


def test_what_a_facet_hides_is_not_signed(begin: Begin) -> None:
    walk = begin(PASS)
    walk.answer("online", Verdict.MET)
    answered(walk)

    assert "online" in walk.review.answers
    assert "online" not in seal(walk, Decision.APPROVE).answers
    assert claims(walk, Decision.APPROVE).by_verdict[Verdict.MET] == 6


def test_what_the_checklist_has_lost_is_not_signed(begin: Begin, project: Path, git: Git) -> None:
    walk = answered(begin(PASS))
    walk.waive("watched", reason="x", owner="Jo", expires="2026-12-01")
    walk.draft.close()
    team = project / "checklists" / "team.yaml"
    text = team.read_text("utf-8").replace(", watched", "")
    text = text.replace("  - id: watched\n    text: Is it watched?\n    role: sre\n", "")
    team.write_text(text, "utf-8")
    commit(git, project)
    review = seal(begin(PASS), Decision.APPROVE)

    assert review.waivers == ()
    assert "watched" not in review.answers


def test_claims_say_what_a_signature_would_mean(begin: Begin) -> None:
    walk = answered(begin(PASS))
    walk.attach("watched", "https://example.org/dashboard")
    walk.visit.take(finding(Outcome.FAIL))
    walk.answer("seeded", Verdict.MET, note="the launcher seeds")
    found = claims(walk, Decision.APPROVE)

    assert found.path == PATH
    assert found.contradicted == ("seeded",)
    assert found.mutable_links == ("https://example.org/dashboard",)
    assert found.by_via[Via.MANUAL] == 7
    assert found.by_verdict[Verdict.UNMET] == 1


def test_the_commit_message_is_the_first_report(begin: Begin, git: Git, project: Path) -> None:
    walk = answered(begin(PASS))
    walk.answer("manual", Verdict.UNMET, note="line one\nline `two` @team")
    committed(walk)
    message = git(project, "log", "-1", "--format=%B")
    subject, blank, *body = message.splitlines()

    assert subject == "review: repository 1.0.0 not ready (1 blocker)"
    assert blank == ""
    assert body[0] == "- blocker unmet: manual: line one line `two` @team"
    assert f"Record: {PATH}" in body
    assert body[-1] == "Check it: holdshort verify --release 1.0.0"


def test_a_ready_review_says_so(begin: Begin) -> None:
    walk = answered(begin(PASS))
    walk.answer("watched", Verdict.MET)

    assert claims(walk, Decision.APPROVE).message.startswith(
        "review: repository 1.0.0 ready\n\n8 q"
    )


def test_a_waiver_is_named_in_the_message(begin: Begin) -> None:
    walk = answered(begin(PASS))
    walk.answer("manual", Verdict.UNMET, note="x")
    walk.waive("manual", reason="small", owner="Jo", expires="2026-12-01")

    assert "- waived until 2026-12-01 by Jo: manual" in claims(walk, Decision.APPROVE).message


# When something stands against it


def test_head_moved_while_the_review_was_open(begin: Begin, git: Git, project: Path) -> None:
    walk = answered(begin(PASS))
    commit(git, project)
    with pytest.raises(RepositoryStateError, match="HEAD moved") as caught:
        seal(walk, Decision.APPROVE)
    assert "they move to the new commit" in caught.value.hint


def test_head_moved_between_sealing_and_committing(begin: Begin, git: Git, project: Path) -> None:
    walk = answered(begin(PASS))
    signed = sign_review(seal(walk, Decision.APPROVE), signing_key(walk.visit))
    head = commit(git, project)
    with pytest.raises(RepositoryStateError, match="HEAD moved"):
        commit_review(walk, signed)

    assert git(project, "rev-parse", "HEAD") == head
    assert not (project / PATH).exists()
    assert len(walk.visit.drafts) == 1
    walk.draft.close()
    assert seal(begin(PASS), Decision.APPROVE).answers == signed.answers


def test_on_a_detached_head_a_commit_is_asked_for(begin: Begin, git: Git, project: Path) -> None:
    git(project, "checkout", "--quiet", "--detach")
    walk = answered(begin(PASS))
    with pytest.raises(RepositoryStateError, match="detached HEAD"):
        seal(walk, Decision.APPROVE)
    sealed = seal(walk, Decision.APPROVE, detached=True)
    signed = sign_review(sealed, signing_key(walk.visit))
    with pytest.raises(RepositoryStateError, match="detached HEAD"):
        commit_review(walk, signed)
    assert len(walk.visit.drafts) == 1
    assert commit_review(walk, signed, detached=True).path == PATH


def test_a_draft_that_another_session_writes_is_not_signed(begin: Begin) -> None:
    first = answered(begin(PASS))
    with pytest.raises(RepositoryStateError, match="is being written by process"):
        seal(begin(PASS), Decision.APPROVE)
    assert seal(first, Decision.APPROVE).answers


def test_a_record_that_nobody_could_read_is_not_signed(begin: Begin) -> None:
    walk = answered(begin(PASS))
    for name in ("manual", "metric", "pick", "words", "items", "watched"):
        walk.note(name, "😀" * 20_000)
        walk.value("words", "😀" * 20_000)
    walk.value("items", "\n".join("😀" * 200 for _ in range(99)))
    walk.waive("watched", reason="😀" * 20_000, owner="😀" * 20_000, expires="2026-12-01",
               ticket="😀" * 20_000)  # fmt: skip
    for name in ("seeded", "manual"):
        walk.waive(name, reason="😀" * 20_000, owner="Jo", expires="2026-12-01")
    with pytest.raises(
        IncompleteError, match=r"the record would have 1,\d{3},\d{3} bytes"
    ) as caught:
        seal(walk, Decision.APPROVE)
    assert "Shorten notes" in caught.value.hint


def test_without_a_key_nothing_is_lost(begin: Begin, ssh_key: Path) -> None:
    ssh_key.unlink()
    ssh_key.with_suffix(".pub").unlink()
    walk = answered(begin(PASS))
    with pytest.raises(MissingEnvironmentError, match="no SSH key") as caught:
        signing_key(walk.visit)
    assert caught.value.hint.startswith("Your answers are saved; nothing was signed.")


# After a kill, and with others


def test_a_kill_between_commit_and_clean_up_makes_no_second_commit(
    begin: Begin, git: Git, project: Path, visit: Callable[..., Visit]
) -> None:
    walk = answered(begin(PASS))
    signed = sign_review(seal(walk, Decision.APPROVE), signing_key(walk.visit))
    draft, journal = walk.draft, (walk.draft.folder / "journal.jsonl").read_bytes()
    commit_review(walk, signed)
    draft.folder.mkdir()
    (draft.folder / "journal.jsonl").write_bytes(journal)
    head = git(project, "rev-parse", "HEAD")
    with pytest.raises(RepositoryStateError, match="already signed repository 1") as no:
        visit(PASS).begin(QUICK)

    assert f"holdshort drafts delete {draft.folder.name} --yes" in no.value.hint
    assert git(project, "rev-parse", "HEAD") == head
    assert visit().signed(QUICK) == RecordPath.parse(PATH)
    assert (draft.folder / "journal.jsonl").read_bytes() == journal


def test_who_has_signed_is_told_so(begin: Begin, visit: Callable[..., Visit]) -> None:
    committed(answered(begin(PASS)))
    with pytest.raises(RepositoryStateError, match="already signed") as caught:
        visit(PASS).begin(QUICK)
    assert "drafts delete" not in caught.value.hint
    assert visit().signed(replace(QUICK, release="1.0.1")) is None


def test_a_second_reviewer_signs_beside_the_first_and_names_what_was_seen(
    begin: Begin, git: Git, project: Path
) -> None:
    first = answered(begin(PASS))
    committed(first)
    record = parse((project / PATH).read_bytes(), PATH)
    git(project, "config", "--global", "user.email", "bob@example.org")
    walk = answered(begin(PASS))

    assert [one.review.reviewer.id for one in walk.others] == ["ada"]
    done = committed(walk)
    assert done.path == PATH.replace("ada", "bob")
    second = parse((project / done.path).read_bytes(), done.path).review
    assert second.seen == {"ada": record.sha256}
    assert (project / PATH).read_bytes()


def test_a_record_that_cannot_be_read_is_not_among_the_others(
    begin: Begin, git: Git, project: Path
) -> None:
    folder = "reviews/repository/1.0.0/team"
    write(project, {f"{folder}/eve.yaml": "schema: nonsense\n", f"{folder}/bob.yaml": "a: b\n"})
    commit(git, project)

    assert begin().others == ()
