"""Every way to fail ends with the code of the table, one clear message, and nothing written."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from .conftest import ROOT, Done, Run, footprint

Git = Callable[..., str]
Prepare = Callable[[Path, Git], object]


@dataclass(frozen=True)
class Case:
    """One way to fail."""

    code: int
    words: tuple[str, ...]
    said: str
    hint: str = ""
    prepare: Prepare = lambda project, git: None  # noqa: ARG005 - nothing to prepare
    at: str = "."
    variables: tuple[tuple[str, str], ...] = ()


def outside(project: Path, git: Git) -> None:
    del git
    (project.parent / "plain").mkdir()


def bare(project: Path, git: Git) -> None:
    git(project.parent, "clone", "--quiet", "--bare", str(project), "bare.git")


def unborn(project: Path, git: Git) -> None:
    (project.parent / "unborn").mkdir()
    git(project.parent / "unborn", "init", "--quiet")


def untagged(project: Path, git: Git) -> None:
    shutil.rmtree(os.environ["HOLDSHORT_STATE_DIR"])
    git(project, "tag", "--delete", "v1.0.0")


def detached(project: Path, git: Git) -> None:
    git(project, "checkout", "--quiet", "--detach")


def merging(project: Path, git: Git) -> None:
    head = git(project, "rev-parse", "HEAD")
    (project / ".git" / "MERGE_HEAD").write_text(f"{head}\n", "utf-8")


def rebasing(project: Path, git: Git) -> None:
    del git
    (project / ".git" / "rebase-merge").mkdir()


def nameless(project: Path, git: Git) -> None:
    git(project, "config", "--global", "--unset", "user.email")


def keyless(project: Path, git: Git) -> None:
    del project, git
    for name in ("id_ed25519", "id_ed25519.pub"):
        (Path.home() / ".ssh" / name).unlink()


def broken_checklist(project: Path, git: Git) -> None:
    place = project / "checklists" / "short.yaml"
    place.write_text(place.read_text("utf-8") + "    colour: red\n", "utf-8")
    git(project, "commit", "--quiet", "--all", "--message=Break")
    git(project, "tag", "--force", "v1.0.0")


def newer_checklist(project: Path, git: Git) -> None:
    place = project / "checklists" / "short.yaml"
    place.write_text(place.read_text("utf-8").replace("checklist/v1", "checklist/v2"), "utf-8")
    git(project, "commit", "--quiet", "--all", "--message=Next")
    git(project, "tag", "--force", "v1.0.0")


def broken_answers(project: Path, git: Git) -> None:
    del git
    (project / "answers.yaml").write_text("read: {verdict: maybe}\n", "utf-8")


def broken_draft(project: Path, git: Git) -> None:
    del project, git
    for journal in Path(os.environ["HOLDSHORT_STATE_DIR"]).rglob("journal.jsonl"):
        journal.write_bytes(b"0000000000000000 {}\n")


def foreign_file(project: Path, git: Git) -> None:
    del git
    place = project / "reviews" / "repository" / "1.0.0" / "ml-model-release"
    place.mkdir(parents=True)
    (place / "ada.yaml").write_text("mine\n", "utf-8")


def malformed_record(project: Path, git: Git) -> None:
    foreign_file(project, git)
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message=Record")


def state_is_a_file(project: Path, git: Git) -> None:
    del git
    (project.parent / "state").write_text("in the way", "utf-8")


STATUS, SIGN = ("status",), ("sign",)
CASES = {
    "outside any repository": Case(6, STATUS, "not inside a git", "git init", outside, "../plain"),
    "a folder that is gone": Case(6, ("--repo", "/nowhere", "status"), "nowhere"),
    "a bare repository": Case(6, STATUS, "bare repository", "Clone it", bare, "../bare.git"),
    "a branch without commits": Case(6, STATUS, "no commit yet", "Commit", unborn, "../unborn"),
    "no release named": Case(2, STATUS, "no tag names", "such as: --release 20", untagged),
    "no release named for an answer": Case(
        2, ("answer", "read", "yes"), "no tag names", "--release", untagged
    ),
    "a release that is no name": Case(2, ("status", "--release", "1/2"), "'1/2' is no name"),
    "a profile that is none": Case(2, ("status", "--profile", "x"), "'x'", "Profiles: quick."),
    "a policy for a profile that is none": Case(
        2, ("init", "--profile", "x"), "no profile 'x'", "Nothing was written."
    ),
    "a role that is none": Case(2, ("status", "--role", "x"), "'x'", "Roles: ml_engineer, sre"),
    "a checklist that is none": Case(5, ("status", "--checklist", "x"), "'x'", "Known: "),
    "a question that is none": Case(2, ("answer", "x", "yes"), "no question 'x'", "status"),
    "a verdict that is none": Case(2, ("answer", "read", "maybe"), "'maybe' is not one of"),
    "nothing to answer": Case(2, ("answer", "read"), "nothing to save", "holdshort answer read"),
    "a suggestion that is none": Case(2, ("answer", "read", "--accept"), "no suggestion"),
    "a suggestion and a verdict": Case(2, ("answer", "read", "no", "--accept"), "--accept takes"),
    "evidence that is none": Case(
        2, ("answer", "read", "yes", "--evidence", "gone.py:3"), "'gone.py' is not a file", "Commit"
    ),
    "an unknown command": Case(2, ("sing",), "No such command"),
    "an unknown option": Case(2, ("status", "--colour"), "No such option"),
    "a command without its argument": Case(2, ("payload",), "Missing argument"),
    "a review without a terminal": Case(2, ("review",), "no terminal", "holdshort answer ID"),
    "home without a terminal": Case(2, (), "no terminal", "review --answers FILE"),
    "answers that are gone": Case(2, ("review", "--answers", "gone.yaml"), "gone.yaml"),
    "answers that are broken": Case(
        5, ("review", "--answers", "answers.yaml"), "answers.yaml:1:17: answers.read.verdict",
        prepare=broken_answers,
    ),
    "a broken checklist": Case(
        5, STATUS, "checklists/short.yaml:27:5: unknown key", prepare=broken_checklist
    ),
    "a checklist of a newer holdshort": Case(
        3, STATUS, "holdshort/checklist/v2", "Install", newer_checklist
    ),
    "a broken draft": Case(
        5, ("answer", "read", "no"), "journal.jsonl:1: not a draft", "Move it away", broken_draft
    ),
    "a broken draft when looking": Case(5, STATUS, "not a draft journal", prepare=broken_draft),
    "a draft that is none": Case(2, ("drafts", "delete", "x", "--yes"), "'x'", "drafts list"),
    "a deletion nobody confirmed": Case(2, ("drafts", "delete", "x"), "not deleted", "x --yes"),
    "a state folder that is relative": Case(
        2, STATUS, "must be an absolute path", variables=(("HOLDSHORT_STATE_DIR", "state"),)
    ),
    "a state folder that is a file": Case(
        7, ("answer", "read", "yes"), "cannot be used", "HOLDSHORT_STATE_DIR", state_is_a_file,
        variables=(("HOLDSHORT_STATE_DIR", "{parent}/state"),),
    ),
    "nobody by name": Case(7, STATUS, "does not know who you are", "user.email", nameless),
    "no git": Case(7, STATUS, "'git' is not on PATH", "Install", variables=(("PATH", "/none"),)),
    "no key": Case(7, SIGN, "no SSH key", "Your answers are saved", keyless),
    "a detached head": Case(6, SIGN, "detached HEAD", "--detached", detached),
    "a merge in progress": Case(6, SIGN, "a merge is in progress", "--abort", merging),
    "a rebase in progress": Case(6, SIGN, "a rebase is in progress", "--abort", rebasing),
    "another file at the record's place": Case(6, SIGN, "different file", "Move", foreign_file),
    "a record somebody broke": Case(4, ("show",), "ada.yaml:1:1",
                                    prepare=malformed_record),
    "a payload of a broken record": Case(
        4, ("payload", "reviews/repository/1.0.0/ml-model-release/ada.yaml"), "ada.yaml:1:1",
        prepare=foreign_file,
    ),
    "a revision that is none": Case(2, ("show", "gone"), "'gone' names no commit"),
    "nothing to show": Case(3, ("show",), "no review stands at", "holdshort review"),
    "nothing to verify": Case(3, ("verify",), "no review record", "holdshort review"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_failure_is_told_in_one_message_and_writes_nothing(
    run: Run, answered: Path, git: Git, home: Path, case: Case
) -> None:
    case.prepare(answered, git)
    before = footprint(answered, home, git)
    variables = {name: text.format(parent=answered.parent) for name, text in case.variables}
    done = run(*case.words, at=(answered / case.at).resolve(), **variables)

    assert done.code == case.code, done.err
    assert case.said in done.err
    assert case.hint in done.err
    assert done.out == ""
    assert_is_one_message(done)
    assert footprint(answered, home, git) == before


def assert_is_one_message(done: Done) -> None:
    assert "Traceback" not in done.err
    assert "/src/holdshort/" not in done.err
    assert len(re.findall(r"^(?:holdshort: |Error: )", done.err, re.MULTILINE)) == 1
    assert done.err.replace("\n", "").isprintable()


def test_every_code_below_seventy_is_reached_by_a_case() -> None:
    table = (ROOT / "docs" / "exit-codes.md").read_text("utf-8")
    codes = {int(row) for row in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}

    assert {one.code for one in CASES.values()} | {0, 1} == {one for one in codes if one < 70}
