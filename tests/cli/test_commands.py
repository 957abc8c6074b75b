"""Every command does what its help says, and its JSON is JSON."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from .conftest import ANSWERS, Run

Git = Callable[..., str]
RECORD = "reviews/repository/1.0.0/ml-model-release/ada.yaml"


def signed(run: Run, answered: Path) -> Path:
    done = run("sign", at=answered)
    assert done.code == 0, done.err
    return answered / RECORD


# answer, review --answers


def test_an_answer_is_saved_and_what_it_lacks_is_said(run: Run) -> None:
    done = run("answer", "read", "no")

    assert done.code == 0
    assert done.out == "Saved: read = no. 1 of 4 answered.\nIt still needs: note.\n"
    assert run("answer", "read", "--note", "later").out == ("Saved: read = no. 1 of 4 answered.\n")
    assert run("answer", "serving", "--value", "batch").out.startswith("Saved: serving = batch.")
    assert run("answer", "watched", "--note", "soon").out.startswith(
        "Saved: watched = kept, no verdict yet."
    )


def test_a_no_against_a_failing_check_needs_nothing_more(run: Run) -> None:
    assert run("answer", "seeded", "no").out == "Saved: seeded = no. 1 of 4 answered.\n"


def test_the_last_answer_names_the_next_command(run: Run) -> None:
    run("review", "--answers", "answers.yaml")

    assert run("answer", "read", "yes").out.endswith("4 of 4 answered.\nNext: holdshort sign\n")


def test_answers_one_by_one_and_from_a_file_give_the_same_record(
    run: Run, project: Path, tmp_path: Path
) -> None:
    state = str(tmp_path / "other")
    assert run("review", "--answers", "answers.yaml").out.startswith("Saved 4 answers. 4 of 4")
    for words in (
        ("serving", "--value", "batch"),
        ("seeded", "no", "--note", "later"),
        ("read", "yes"),
        ("watched", "yes"),
    ):
        assert run("answer", *words, HOLDSHORT_STATE_DIR=state).code == 0
    first = run("sign", HOLDSHORT_STATE_DIR=state)
    assert first.code == 0, first.err
    one = yaml.safe_load((project / RECORD).read_bytes())
    (project / RECORD).unlink()
    run_git(project, "reset", "--quiet", "--hard", "v1.0.0")
    second = run("sign")
    assert second.code == 0, second.err
    other = yaml.safe_load((project / RECORD).read_bytes())
    for record in (one, other):
        for changing in ("started_at", "sealed_at", "signature"):
            del record[changing]

    assert one == other


def run_git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True)


def test_answers_are_read_from_stdin(run: Run) -> None:
    done = run("review", "--answers", "-", stdin=ANSWERS)

    assert done.out == "Saved 4 answers. 4 of 4 answered.\n"
    bad = run("review", "--answers", "-", stdin="read: {verdict: maybe}\n")
    assert "stdin:1:17: " in bad.err


def test_answers_that_need_more_are_counted(run: Run) -> None:
    done = run("review", "--answers", "-", stdin="read: {verdict: unmet}\n")

    assert "1 need more. See: holdshort next" in done.err


def test_answers_of_more_than_a_megabyte_are_refused(run: Run, project: Path) -> None:
    (project / "answers.yaml").write_text("#" * 1_000_001, "utf-8")
    done = run("review", "--answers", "answers.yaml")

    assert done.code == 5
    assert "larger than 1,000,000 bytes" in done.err


def test_damage_in_the_draft_is_told(run: Run, answered: Path, home: Path) -> None:
    (journal,) = (home / ".local/state/holdshort/drafts").rglob("journal.jsonl")
    journal.write_bytes(journal.read_bytes().replace(b"later", b"LATER"))
    done = run("answer", "read", "yes", at=answered)

    assert done.code == 0
    assert "damaged; what stands from here on was set aside" in done.err


# status, next


def test_status_begins_with_where_it_stands_and_the_next_command(run: Run, answered: Path) -> None:
    first = run("status").out.splitlines()
    assert first[0].startswith("repository 1.0.0  ml-model-release 9  profile quick")
    assert first[1] == "4 of 4 answered, 0 need more"
    assert first[2] == "Next: holdshort sign   (all that is left: holdshort next)"
    assert first[-1] == "If signed now: NOT READY: 1 unmet"
    signed(run, answered)
    assert run("status").out == (f"Signed: {RECORD}\nNext: holdshort verify --release 1.0.0\n")


def test_status_before_any_answer_sends_to_the_review(run: Run) -> None:
    assert "Next: holdshort review " in run("status").out


def test_next_lists_what_to_do(run: Run) -> None:
    text = run("next").out
    assert text.startswith(" 1. Answer: serving  [ml_engineer]\n    How is it served?\n")
    assert "Fix: seeded" in text
    assert "train.py:3" in text
    found = run("next", "--format", "markdown").out
    assert found.startswith("## repository 1.0.0: to ready\n\n- [ ] **Answer** `serving`")


def test_next_after_signing_lists_what_others_do(run: Run, answered: Path) -> None:
    run("answer", "watched", "--note", "x")
    signed(run, answered)
    done = run("next")

    assert "Fix: seeded" in done.out
    assert "review the next release" in done.out


def test_next_with_nothing_left_says_how_to_check(run: Run, answered: Path) -> None:
    (answered / "train.py").write_text(
        "import random\n\nrandom.seed(1)\nrandom.random()\n", "utf-8"
    )
    run_git(answered, "commit", "--quiet", "--all", "--message=Seed")
    run_git(answered, "tag", "--force", "v1.0.0")
    assert run("answer", "seeded", "yes").code == 0
    signed(run, answered)

    assert run("next").out == "Nothing is left to do here. Check it: holdshort verify\n"
    assert run("next", "--format", "markdown").out.endswith("Nothing is left to do.\n")


# sign, show, payload, verify


def test_sign_says_what_it_claims_and_commits_one_file(run: Run, answered: Path) -> None:
    done = run("sign")

    assert done.code == 0, done.err
    assert "The gate will say  NOT READY" in done.err
    assert "Answers            2 yes, 1 no  (3 manual)" in done.err
    assert f"Writes             {RECORD}" in done.err
    assert "my own judgement" in done.err
    assert done.out.startswith("Committed ")
    assert done.out.endswith("Check it: holdshort verify --release 1.0.0\n")
    assert (answered / RECORD).exists()
    again = run("sign")
    assert again.code == 6
    assert "ada has already signed repository 1.0.0" in again.err


def test_sign_shows_answers_against_checks_and_mutable_links(run: Run, answered: Path) -> None:
    assert answered.exists()
    run("answer", "seeded", "yes", "--note", "elsewhere", "--evidence", "https://example.org/x")
    done = run("sign", "--decision", "comment")

    assert "Against a check    seeded" in done.err
    assert "Mutable link       https://example.org/x" in done.err


def test_sign_on_a_detached_head_needs_the_flag(run: Run, answered: Path, git: Git) -> None:
    git(answered, "checkout", "--quiet", "--detach")

    assert run("sign", "--detached").code == 0


def test_sign_without_an_approval_may_leave_questions_open(run: Run, project: Path) -> None:
    assert project.exists()
    done = run("sign")
    assert done.code == 1
    assert "no answer yet" in done.err
    assert run("sign", "--decision", "reject").code == 0


def test_with_a_remote_the_push_line_is_told(run: Run, answered: Path, git: Git) -> None:
    git(answered, "remote", "add", "origin", "https://example.org/x.git")

    assert "Publish it: git push origin main" in run("sign").out


def test_show_payload_and_verify_read_what_was_signed(run: Run, answered: Path) -> None:
    record = signed(run, answered)
    shown = run("show")
    assert shown.code == 0
    assert shown.out.startswith("## repository 1.0.0: approve by ada")
    assert json.loads(run("show", "--format", "json").out)[0]["release"] == "1.0.0"
    assert run("show", "--release", "v1.0.0").out == shown.out
    assert run("show", "--release", "2").code == 3
    payload = run("payload", RECORD)
    assert json.loads(payload.out)["model"] == "repository"
    assert run("payload", "--signature", RECORD).out.startswith("-----BEGIN SSH SIGNATURE-----\n")
    record.write_text(record.read_text("utf-8").replace("sealed", "draft", 1), "utf-8")
    draft = run("payload", RECORD)
    assert draft.code == 2
    assert "is a draft: nothing is signed yet" in draft.err


def test_a_record_that_cannot_be_read_is_told_beside_the_others(
    run: Run, answered: Path, git: Git
) -> None:
    record = signed(run, answered)
    record.with_name("eve.yaml").write_text("schema: nonsense\n", "utf-8")
    git(answered, "add", "reviews")
    git(answered, "commit", "--quiet", "--message=Eve")
    done = run("show")

    assert done.code == 4
    assert "approve by ada" in done.out
    assert "not shown: " in done.err


@pytest.mark.parametrize("words", [("text",), ("json",), ("markdown",)])
def test_verify_writes_every_format(run: Run, answered: Path, words: tuple[str]) -> None:
    signed(run, answered)
    done = run("verify", "--format", words[0])

    assert done.code in {0, 1, 3}
    assert done.out
    if words[0] == "json":
        assert json.loads(done.out)["schema"] == "holdshort/verification/v1"


# init


def test_init_commits_the_trust_root_and_names_the_next_command(
    run: Run, project: Path, git: Git
) -> None:
    done = run("init")

    assert done.code == 0, done.err
    assert done.out.endswith("Next: holdshort review\n")
    assert "checklists:" in done.err
    names = git(project, "show", "--name-only", "--format=", "HEAD").splitlines()
    assert all(name.startswith(".holdshort/") for name in names)
    again = run("init")
    assert again.code == 6
    assert "is there already" in again.err


def test_init_makes_a_key_when_asked_to(run: Run, ssh_key: Path) -> None:
    for place in (ssh_key, ssh_key.with_suffix(".pub")):
        place.unlink()
    assert run("init").code == 7
    done = run("init", "--make-key")

    assert done.code == 0, done.err
    assert done.out.startswith("Made ")
    assert ssh_key.exists()


# drafts


def test_drafts_are_listed_and_deleted(run: Run, answered: Path) -> None:
    text = run("drafts", "list").out
    name = text.split()[0]
    assert text.startswith("repository-1.0.0-ada-")
    assert "4 steps" in text
    assert "by ada, in " in text
    (row,) = json.loads(run("drafts", "list", "--format", "json").out)["drafts"]
    assert row["name"] == name
    assert row["key"]["release"] == "1.0.0"
    refused = run("drafts", "delete", name)
    assert refused.code == 2
    assert f"holdshort drafts delete {name} --yes" in refused.err
    assert run("drafts", "delete", name, "--yes").out == f"Deleted {name}.\n"
    assert run("drafts", "list").out == "No drafts. Begin one: holdshort review\n"
    assert answered.exists()


def test_a_draft_that_cannot_be_read_is_told_by_the_list(
    run: Run, answered: Path, home: Path
) -> None:
    (journal,) = (home / ".local/state/holdshort/drafts").rglob("journal.jsonl")
    journal.write_text("nonsense\n", "utf-8")
    done = run("drafts", "list", at=answered)

    assert done.code == 0
    assert "not listed: " in done.err
    assert "not a draft journal" in done.err


READERS = [
    ("status",),
    ("next",),
    ("drafts", "list"),
    ("check",),
]


@pytest.mark.parametrize("words", READERS, ids=" ".join)
@pytest.mark.parametrize("is_signed", [False, True])
def test_every_reader_writes_json(
    run: Run, answered: Path, words: tuple[str, ...], is_signed: bool
) -> None:
    if is_signed:
        signed(run, answered)
    done = run(*words, "--format", "json")

    assert json.loads(done.out)
