"""Exceptions through the command: marked in every form, named when idle, gone when unreadable."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from holdshort.checks.child import CheckRun
from holdshort.checks.quoted import Quoted
from holdshort.cli.main import main
from holdshort.model.exceptions import PLACE
from holdshort.model.finding import Finding, Level, Outcome, Place
from holdshort.storage.repo import Repo

Git = Callable[..., str]
HEAD = "schema: holdshort/exceptions/v1\nexceptions:\n"
PINS = "dependencies-pinned"


def row(path: str = "requirements.txt", expires: str = "2026-12-31", **more: str) -> str:
    fields = {"check": PINS, "path": path, "reason": "until the move", "owner": "ada"} | more
    said = ", ".join(f"{key}: '{value}'" for key, value in fields.items() if value)
    return f"- {{{said}, expires: {expires}}}\n"


@pytest.fixture
def training(repository: Path, git: Git) -> Path:
    """Commit a training script with requirements that are not pinned."""
    (repository / "train.py").write_text("import torch\ntorch.manual_seed(1)\ntorch.rand(1)\n")
    (repository / "requirements.txt").write_text("torch\nnumpy\n")
    (repository / ".holdshort").mkdir()
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "Train")
    return repository


@pytest.fixture
def except_(training: Path, git: Git) -> Callable[..., None]:
    """Put exceptions in place and stage them."""

    def put(*rows: str, head: str = HEAD) -> None:
        (training / PLACE).write_text(head + "".join(rows))
        git(training, "add", ".")

    return put


@pytest.fixture
def check(
    training: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run the command on a day; return its code, stdout and stderr."""

    def run(*words: str, on: str = "2026-11-20") -> tuple[int, str, str]:
        code = main(["--repo", str(training), "check", "--on", on, *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_what_is_all_excepted_counts_as_a_warning_and_is_shown(
    except_: Callable[..., None], check: Callable[..., tuple[int, str, str]]
) -> None:
    except_(row())
    code, text, _ = check(PINS)
    words = " ".join(text.split())
    assert code == 0
    assert "cannot say (1)" in text
    assert f"{PINS} (fails, but excepted until 2026-12-31)" in words
    assert "torch: no version (excepted until 2026-12-31 by ada: until the move)" in words
    assert check(PINS, on="2027-01-01")[0] == 1


def test_what_is_excepted_in_part_still_fails(
    except_: Callable[..., None], check: Callable[..., tuple[int, str, str]]
) -> None:
    except_(row("", snippet="torch"))
    code, text, _ = check(PINS)
    assert code == 1
    assert text.count("excepted until") == 1


def test_an_expired_and_an_idle_exception_are_named(
    except_: Callable[..., None], check: Callable[..., tuple[int, str, str]]
) -> None:
    except_(row(expires="2026-11-19"), row("gone.txt"), row(check="no-such"))
    _, text, _ = check()
    named = " ".join(text.partition("exceptions (3)")[2].split())
    assert f"{PLACE}:5: no check is called 'no-such'; this exception covers nothing" in named
    assert (
        f"{PLACE}:3: {PINS} in requirements.txt expired on 2026-11-19, what it named counts"
        " again (ada: until the move)"
    ) in named
    assert f"{PLACE}:4: {PINS} in gone.txt matches nothing" in named


def test_a_malformed_file_is_named_with_its_line_and_nothing_is_excepted(
    except_: Callable[..., None], check: Callable[..., tuple[int, str, str]]
) -> None:
    except_(row(), "- {check: x}\n")
    code, text, _ = check()
    assert code == 1
    said = " ".join(text.split())
    assert f"{PLACE}:4:3: exceptions.1.reason: Field required. No exception applies" in said
    assert "excepted until" not in text
    document = json.loads(check("--format", "json")[1])
    assert document["notes"][0].startswith(f"{PLACE}:4:3: ")
    assert f"{PLACE}:4:3: " in check("--format", "markdown")[1]
    (run,) = json.loads(check("--format", "sarif")[1])["runs"]
    (said_there,) = run["invocations"][0]["toolExecutionNotifications"]
    assert said_there["message"]["text"].startswith(f"{PLACE}:4:3: ")


def test_json_carries_what_was_proved_and_by_which_exception(
    except_: Callable[..., None], check: Callable[..., tuple[int, str, str]]
) -> None:
    plain = json.loads(check(PINS, "--format", "json")[1])["checks"][0]
    except_(row())
    found = json.loads(check(PINS, "--format", "json")[1])
    (excepted,) = found["checks"]
    assert "notes" not in found
    assert (excepted["outcome"], excepted["proved"]) == ("warn", "fail")
    assert excepted["excepted_until"] == "2026-12-31"
    assert excepted["evidence"][0]["excepted"]["owner"] == "ada"
    assert [one["places"] for one in excepted["exceptions"]] == [2]
    before, after = Finding.from_json(plain), Finding.from_json(excepted)
    assert before.facts_sha256 == after.facts_sha256


def test_sarif_suppresses_the_place_and_not_the_rest(
    except_: Callable[..., None], check: Callable[..., tuple[int, str, str]]
) -> None:
    except_(row("", snippet="torch"))
    (run,) = json.loads(check(PINS, "--format", "sarif")[1])["runs"]
    first, second = run["results"]
    (one,) = first["suppressions"]
    assert (one["kind"], one["status"]) == ("external", "accepted")
    assert one["justification"] == "excepted until 2026-12-31 by ada: until the move"
    assert one["location"]["physicalLocation"]["region"]["startLine"] == 3
    assert (first["level"], second["level"], second["suppressions"]) == ("warning", "error", [])


def test_what_is_missing_is_excepted_as_a_whole(
    except_: Callable[..., None], check: Callable[..., tuple[int, str, str]]
) -> None:
    assert check("tests-present")[0] == 1
    except_(row(".", check="tests-present"))
    code, text, _ = check("tests-present")
    assert code == 0
    assert "- excepted until 2026-12-31 by ada: until the move" in text
    (run,) = json.loads(check("tests-present", "--format", "sarif")[1])["runs"]
    (result,) = run["results"]
    assert (result["level"], len(result["suppressions"])) == ("warning", 1)
    assert "excepted until 2026-12-31 by ada" in result["message"]["text"]
    assert "excepted until 2026-12-31 by ada" in check("tests-present", "--format", "markdown")[1]
    assert check("tests-present", on="2027-01-01")[0] == 1


def test_markdown_says_who_answers_for_it(
    except_: Callable[..., None], check: Callable[..., tuple[int, str, str]]
) -> None:
    except_(row(), row("gone"))
    text = check("--format", "markdown")[1]
    assert f"| `{PINS}` (fails, but excepted until 2026-12-31)" in text
    assert "(excepted until 2026-12-31 by ada: until the move)" in text
    assert "<summary>exceptions (1)</summary>" in text


def test_a_commit_has_its_own_exceptions(
    training: Path,
    git: Git,
    except_: Callable[..., None],
    check: Callable[..., tuple[int, str, str]],
) -> None:
    except_(row())
    assert check(PINS, "--commit", "HEAD")[0] == 1
    git(training, "commit", "-qm", "Except")
    assert check(PINS, "--commit", "HEAD")[0] == 0


def test_the_child_process_sees_the_same(
    training: Path, git: Git, except_: Callable[..., None]
) -> None:
    except_(row())
    git(training, "commit", "-qm", "Except")
    for day, outcome in ((date(2026, 12, 31), Outcome.WARN), (date(2027, 1, 1), Outcome.FAIL)):
        (one,) = CheckRun(training, git(training, "rev-parse", "HEAD"), (PINS,), day=day)
        assert (one.outcome, one.said, one.excepted_until) == (outcome, Outcome.FAIL, "2026-12-31")


@pytest.mark.parametrize("day", ["soon", "2026-13-01"])
def test_a_day_that_is_none_is_wrong_usage(
    check: Callable[..., tuple[int, str, str]], day: str
) -> None:
    code, _, said = check(on=day)
    assert (code, "is no day; write YYYY-MM-DD" in said) == (2, True)


NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "source": "# no"},
        {"cell_type": "code", "source": ["import x\n", "key = 'k'\n"]},
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.fixture
def quoted(repository: Path, git: Git) -> Quoted:
    """Give the lines of a small repository."""
    (repository / "a.py").write_text("one\ntwo\nthree\n")
    (repository / "n.ipynb").write_text(json.dumps(NOTEBOOK))
    git(repository, "add", ".")
    return Quoted(Repo.discover(repository).worktree())


@pytest.mark.parametrize(
    ("path", "line", "end", "cell", "text"),
    [
        ("a.py", 2, 2, 0, "two"),
        ("a.py", 1, 2, 0, "one\ntwo"),
        ("a.py", 2, 0, 0, "two"),
        ("a.py", 0, 0, 0, "one\ntwo\nthree\n"),
        ("a.py", 9, 9, 0, ""),
        ("gone.py", 1, 1, 0, ""),
        ("n.ipynb", 2, 2, 1, "key = 'k'"),
        ("n.ipynb", 1, 1, 7, ""),
        ("a.py", 1, 1, 1, ""),
    ],
)
def test_a_snippet_is_looked_for_in_the_lines_of_the_place(
    quoted: Quoted, path: str, line: int, end: int, cell: int, text: str
) -> None:
    place = Place(path=path, line=line, end_line=end, level=Level.FAIL, why="", cell=cell)
    assert quoted.text_of(place) == text
