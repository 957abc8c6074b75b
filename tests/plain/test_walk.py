"""One session after another at a real repository: home, questions, moving, leaving, coming back."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.errors import MissingEnvironmentError, RepositoryStateError, UsageError
from holdshort.walkthrough.visit import Visit
from holdshort.walkthrough.wanted import Wanted

Talk = Callable[..., str]


def flat(text: str) -> str:
    """Return a session with its sentences unwrapped."""
    return " ".join(text.split())


def asked(text: str) -> list[str]:
    """Return the ids of the questions heard, in order."""
    return re.findall(r"^Question [0-9]+ of [0-9]+\. \w+\. (\S+)$", text, re.MULTILINE)


def test_the_first_line_says_the_mode_and_why(talk: Talk) -> None:
    assert flat(talk()).startswith(
        "Plain mode: on (TERM=dumb). Type ? for help, b back, q quit. Everything is saved. "
    )


def test_home_says_what_the_repository_proves_before_anything_is_asked(talk: Talk) -> None:
    home, _, _ = talk().partition("Section 1")
    assert "\nProves: seeds-set. Numpy seeded. See train.py line 3" in home
    assert "\nContradicts: dependencies-pinned. Found 2 requirements" in home
    assert "\nCannot say: holdout-result, leakage," in home
    assert "\nNothing on: lockfile-fresh, " in home
    assert "Draft:" not in home


def test_nothing_is_printed_between_a_prompt_and_what_is_typed(talk: Talk) -> None:
    lines = talk("y", "?", "o").split("\n")
    typed = [line for line in lines if re.search(r"\? (all keys|for keys): ", line)]
    assert [line.rpartition(": ")[2] for line in typed] == ["y", "?", "o", ""]


def test_a_question_names_number_severity_id_text_and_reason(talk: Talk) -> None:
    lines = talk().split("\n")
    at = lines.index("Question 1 of 12. Blocker. secrets-none")
    assert lines[at - 1] == "Section 1 of 6: Code and reproducibility. 4 questions."
    assert lines[at + 1] == "Are the tracked files free of recognisable credentials?"
    assert lines[at + 2].startswith("Why: ")


def test_a_section_is_named_when_it_changes_and_only_then(talk: Talk) -> None:
    heard = talk("y", "y", "", "", "y", "", "y", "", "y")
    assert heard.count("\nSection 1 of 6") == 1
    assert heard.index("\nSection 2 of 6") < heard.index("split-seeded\n")


def test_keys_are_spelled_out_on_the_first_three_questions(talk: Talk) -> None:
    heard = flat(talk("s", "s", "s"))
    assert heard.count("n no, p partly,") == 3
    assert "Enter accepts yes. Answer seeds-set, ? for keys:" in heard


def test_not_applicable_is_offered_only_where_it_is_allowed(talk: Talk) -> None:
    first, second = flat(talk("s")).split("Question 2 of 12")
    assert "x not applicable" not in first
    assert "x not applicable" in second


def test_enter_accepts_only_what_is_acceptable_and_says_so(talk: Talk) -> None:
    heard = flat(talk("", "", "q"))
    assert "Suggested: yes, 1 check passes. Enter accepts it." in heard
    assert "Saved: secrets-none = yes (suggested). 1 of 12 answered." in heard
    assert "Suggested: no, dependencies-pinned fails. Enter does not accept it." in heard
    assert "Not done: nothing is suggested here that Enter may accept." in heard
    assert "Saved. 1 of 12 answered." in heard


def test_what_is_no_key_is_said_and_asked_again(talk: Talk) -> None:
    heard = talk("zz", "y")
    assert "Not done: no key is called 'zz'. Type ? for the keys." in heard
    assert asked(heard) == ["secrets-none", "deps-pinned"]


def test_hostile_input_is_said_without_escapes(talk: Talk) -> None:
    heard = talk("\x1b[31m", "n", "\x1b]0;x\x07 \u202e why", "c", "y" * 5000)
    said = [line for line in heard.split("\n") if not line.endswith(("\x1b[31m", "why"))]
    assert all(line.isprintable() for line in said)


def test_back_skip_and_a_typed_id_move_about(talk: Talk) -> None:
    heard = talk("s", "b", "s", "leakage", "b", "b")
    first, second = "secrets-none", "deps-pinned"
    assert asked(heard)[:5] == [first, second, first, second, "leakage"]
    assert asked(heard)[5:] == ["holdout-result", "tests-run-in-ci"]


def test_there_is_nothing_before_the_first_question(talk: Talk) -> None:
    assert "Not done: this is the first question." in talk("b")


def test_enter_leaves_an_answer_as_it_is_and_goes_on(talk: Talk) -> None:
    heard = talk("n", "why", "b", "")
    assert "Answer so far: no.\nNote so far: why." in heard
    assert asked(heard) == ["secrets-none", "deps-pinned", "secrets-none", "deps-pinned"]
    assert "Saved. 1 of 12 answered." in heard


def test_undo_and_redo_say_what_they_did_and_go_there(talk: Talk) -> None:
    heard = talk("y", "u", "u", "r", "r")
    assert "Undone: secrets-none = yes. 0 of 12 answered." in heard
    assert "Not done: there is nothing to undo." in heard
    assert "Done again: secrets-none = yes. 1 of 12 answered." in heard
    assert "Not done: there is nothing to redo." in heard
    assert asked(heard) == ["secrets-none", "deps-pinned", "secrets-none", "secrets-none"]


def test_guidance_is_full_and_names_the_fix(talk: Talk) -> None:
    heard = talk("deps-pinned", "g")
    assert "\nGood: " in heard
    assert "\nWeak: " in heard
    assert "\nFix for dependencies-pinned: uv lock" in heard


def test_the_overview_is_one_sentence_a_question_and_the_gate(talk: Talk) -> None:
    heard = talk("n", "a key is in it", "o")
    assert "\nOverview. 1 of 12 answered. Blockers open: 5." in heard
    assert "\nQuestion 1, secrets-none, blocker: no." in heard
    assert "\nQuestion 12, monitoring-owner, major: open." in heard
    assert "\nIf signed now: not ready." in heard
    assert "\nBecause: blocker unmet: secrets-none." in heard


def test_the_end_says_what_is_left(talk: Talk) -> None:
    rest = [step for _ in range(10) for step in ("i", "")]
    heard = talk("y", "s", *rest, "i", "nobody knows")
    assert "\nSaved: deps-pinned = cannot tell. 12 of 12 answered." in heard
    assert "\nLeft: leakage needs a note." in heard
    assert "Left: deps-pinned" not in heard
    assert "type its id to go there, S to sign" in flat(heard)


def test_leaving_and_coming_back_resumes_at_the_same_question(talk: Talk) -> None:
    first = talk("y", "n", "", "s")
    assert "Saved. 2 of 12 answered. The same command goes on here." in first
    again = talk()
    assert "\nDraft: repository 1.4.0, profile quick, last: deps-pinned = no" in again
    assert "\nRecovered 2 answers; last: deps-pinned = no." in again
    assert asked(again) == asked(first)[-1:] == ["seeds-set"]


def test_an_interrupt_leaves_everything_saved(talk: Talk) -> None:
    def interrupted() -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        talk("y", interrupted)
    assert "Recovered 1 answer;" in talk()


def test_a_second_session_only_reads_and_says_who_writes(
    talk: Talk, project: Path, home: Path, clock: Callable[[], object]
) -> None:
    talk("y")
    visit = Visit.open(project, state=home / "state", now=clock)  # type: ignore[arg-type]  # a Clock
    with visit.begin(Wanted(release="1.4.0")).draft:
        heard = talk("n", "u", "1", "S", "", "b", "g", "o", "leakage")
    assert f"Read only: process {os.getpid()} on" in heard
    assert heard.count("Not done: process") == 4
    assert asked(heard) == ["deps-pinned", "python-version", "deps-pinned", "leakage"]
    assert "Question 1, secrets-none, blocker: yes." in heard


def test_an_answer_that_cannot_be_saved_stops_the_session(talk: Talk, home: Path) -> None:
    talk("y")
    [journal] = (home / "state").glob("drafts/*/journal.jsonl")
    saved = journal.read_bytes()

    def disk_gone() -> str:
        journal.rename(journal.with_name("kept"))
        journal.symlink_to("nowhere")
        return "n"

    with pytest.raises(MissingEnvironmentError, match="NOT SAVED") as error:
        talk(disk_gone, "y")
    assert "Everything saved before is kept" in error.value.hint
    assert journal.with_name("kept").read_bytes() == saved


def test_what_a_damaged_draft_has_lost_is_said(talk: Talk, home: Path) -> None:
    talk("y", "p", "so")
    [journal] = (home / "state").glob("drafts/*/journal.jsonl")
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:3], b"torn\n", *lines[3:]]))
    heard = flat(talk())
    assert "Damaged: " in heard
    assert "what stands from here on was set aside, not read" in heard
    assert "Recovered 1 answer; last: secrets-none = yes." in heard


def test_an_answer_overtaken_by_a_commit_is_named_at_the_start(
    talk: Talk, project: Path, git: Callable[..., str]
) -> None:
    def moved() -> str:
        (project / "requirements.txt").write_text("numpy==2.3.4\n", encoding="utf-8")
        git(project, "commit", "--quiet", "--all", "--message=Pin")
        return "n"

    assert "HEAD has moved. Quit and start again" in talk("deps-pinned", moved, "")
    again = talk("deps-pinned", "y")
    assert "Changed since you answered, answer again: deps-pinned." in again
    assert "Saved: deps-pinned = yes." in again


def test_the_release_is_asked_for_when_nothing_names_it(talk: Talk) -> None:
    heard = talk("no good", "v2.0.0", wanted=Wanted())
    assert "no tag names this release" in heard
    assert "Not done: 'no good' is no name" in heard
    assert "Review: repository 2.0.0, profile quick, 12 questions" in heard


def test_leaving_before_a_release_is_named_begins_nothing(talk: Talk, home: Path) -> None:
    talk("", wanted=Wanted())
    assert not list((home / "state").glob("drafts/*"))


def test_a_wrong_flag_is_an_error_not_a_question(talk: Talk) -> None:
    with pytest.raises(UsageError, match="no profile"):
        talk(wanted=Wanted(release="1.4.0", profile="endless"))


def test_questions_of_other_roles_are_named_and_not_asked(talk: Talk) -> None:
    heard = talk("u", "rollback-tested", wanted=Wanted(release="1.4.0", roles=("security",)))
    assert "Review: repository 1.4.0, profile quick, 1 question" in heard
    assert "For other roles, not asked of you: deps-pinned," in flat(heard)
    assert "\nFor sre. Blocker. rollback-tested\n" in heard


def test_a_release_that_is_signed_already_is_refused(
    talk: Talk, project: Path, git: Callable[..., str]
) -> None:
    record = project / "reviews/repository/1.4.0/ml-model-release/ada.yaml"
    record.parent.mkdir(parents=True)
    record.write_text("status: sealed\n", encoding="utf-8")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "--message=Sign")
    with pytest.raises(RepositoryStateError, match="already signed"):
        talk()


def test_the_whole_session_is_lines_that_fit_without_drawing(talk: Talk) -> None:
    heard = talk("", "n", "", "p", "so", "g", "?", "o", "e", "train.py:3", "S", "a")
    assert all(len(line) <= 80 or " " not in line for line in heard.split("\n"))
    assert "\x1b" not in heard
    assert not re.search("[\u2500-\u259f]", heard)
