"""Signing with a real key: what is claimed, what then stands in git, what a failure leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Talk = Callable[..., str]
Git = Callable[..., str]
RECORD = "reviews/repository/1.4.0/ml-model-release/ada.yaml"
NOT_KNOWN = [step for _ in range(10) for step in ("i", "not looked at")]
ALL_ANSWERED = ["", "n", "", *NOT_KNOWN]
"""Accept secrets-none, no to deps-pinned with its finding, the other ten cannot tell."""

pytestmark = pytest.mark.usefixtures("ssh_key")


def flat(text: str) -> str:
    """Return a session with its sentences unwrapped."""
    return " ".join(text.split())


def test_the_word_sign_commits_one_record_and_ends(talk: Talk, project: Path, git: Git) -> None:
    heard = talk(*ALL_ANSWERED, "S", "a", "sign")
    commit = git(project, "rev-parse", "HEAD")
    assert heard.split("\n")[-3:] == [
        f"Committed and verified: {commit[:10]}",
        f"Record: {RECORD}",
        "Check it: holdshort verify --release 1.4.0",
    ]
    assert git(project, "show", "--format=", "--name-only", "HEAD") == RECORD
    assert "BEGIN SSH SIGNATURE" in git(project, "show", f"HEAD:{RECORD}")


def test_a_push_line_is_given_when_there_is_somewhere_to_push(
    talk: Talk, project: Path, git: Git
) -> None:
    git(project, "remote", "add", "origin", "https://example.org/churn.git")
    assert "\nPublish it: git push origin main\n" in talk("S", "r", "sign")


def test_what_is_claimed_is_said_before_the_word_is_asked(talk: Talk) -> None:
    heard = talk(*ALL_ANSWERED, "sign", "approve", "")
    claims = heard.partition("Decision: approve.\n")[2]
    for line in (
        "The gate will say: not ready.",
        "Because: blocker unknown: leakage.",
        "Answers: 1 yes, 1 no, 10 cannot tell.",
        "Given: 11 manual, 1 suggested.",
        f"Writes: {RECORD}",
        "Message: review: repository 1.4.0 not ready (4 blockers, 6 majors)",
        "As: ada, ada@example.org, role any.",
        "Hooks are not run, nothing else is committed, nothing is pushed.",
        "I confirm these answers are my own judgement for this commit.",
    ):
        assert f"{line}\n" in claims
    assert "\nKey: ssh-ed25519 SHA256:" in claims


def test_links_waivers_and_contradictions_are_claimed(talk: Talk) -> None:
    waiver = ("w", "internal", "Bob", "2026-12-01")
    against = ("y", "the image pins them", "b", "e", "https://example.org/pins")
    heard = talk("deps-pinned", *waiver, *against, "S", "k", "")
    assert "\nWaived until 2026-12-01: deps-pinned, owner Bob.\n" in heard
    assert "\nYes against a failing check: deps-pinned.\n" in heard
    assert "\nA link whose content may change: https://example.org/pins\n" in heard


def test_approving_names_what_is_open_and_does_not_ask_for_the_word(talk: Talk) -> None:
    heard = talk("y", "leakage", "y", "", "S", "a")
    assert "\nOpen: deps-pinned needs an answer.\n" in heard
    assert "\nOpen: leakage needs evidence.\n" in heard
    assert "Not signed: approve needs all of these. Reject and comment do not." in heard
    assert "Type sign" not in heard


@pytest.mark.parametrize("steps", [("",), ("b",), ("a", "", "r", ""), ("r", "y"), ("k", "no")])
def test_anything_but_the_word_writes_nothing(
    talk: Talk, project: Path, git: Git, steps: tuple[str, ...]
) -> None:
    before = git(project, "rev-parse", "HEAD")
    talk("S", *steps)
    assert git(project, "rev-parse", "HEAD") == before
    assert not git(project, "status", "--porcelain")


def test_what_is_no_decision_is_asked_again(talk: Talk) -> None:
    heard = talk("S", "abort", "r", "")
    assert "Not done: 'abort' is no decision. Type a, r or k." in heard
    assert "\nDecision: reject.\n" in heard


def test_without_a_key_the_way_to_one_is_said_and_the_draft_is_kept(
    talk: Talk, ssh_key: Path
) -> None:
    ssh_key.unlink()
    ssh_key.with_suffix(".pub").unlink()
    heard = flat(talk("y", "S", "r"))
    assert "Not done: there is no SSH key to sign with. Your answers are saved" in heard
    assert "ssh-keygen -t ed25519" in heard
    assert "Recovered 1 answer;" in talk()


def test_a_commit_made_meanwhile_is_said_and_nothing_is_signed(
    talk: Talk, project: Path, git: Git
) -> None:
    def moved() -> str:
        git(project, "commit", "--quiet", "--allow-empty", "--message=Later")
        return "sign"

    assert "Not done: HEAD moved while this review was open." in talk("y", "S", "r", moved)
    assert git(project, "log", "-1", "--format=%s") == "Later"
    assert "Recovered 1 answer;" in talk("S", "r", "sign")
    assert git(project, "show", "--format=", "--name-only", "HEAD") == RECORD
