"""`holdshort history` as a person starts it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from .conftest import COMMAND, Run, environment, footprint

Git = Callable[..., str]


@pytest.fixture
def project(repository: Path, git: Git) -> Path:
    """Commit a seed, then take it out again."""
    for text in (
        "import random\n\nrandom.seed(1)\nrandom.random()\n",
        "import random\nrandom.random()\n",
    ):
        (repository / "train.py").write_text(text, "utf-8")
        git(repository, "add", "--all")
        git(repository, "commit", "--quiet", "--message=Work on it\x1b[31m")
    return repository


def test_the_commit_that_ended_a_pass_is_named(
    run: Run, project: Path, git: Git, home: Path
) -> None:
    before = footprint(project, home, git)
    done = run("history", "seeds-set")

    head = git(project, "rev-parse", "HEAD")[:7]
    assert done.code == 0
    assert "stopped passing (1)" in done.out
    assert re.search(rf"seeds-set   n/a ·▔▁ fail since {head}, \d{{4}}-\d\d-\d\d", done.out)
    assert f"Next: holdshort check seeds-set --commit {head}" in done.out
    assert "\x1b" not in done.out
    assert done.err == ""
    assert footprint(project, home, git) == before


@pytest.mark.usefixtures("project")
def test_every_check_has_a_line_that_fits(run: Run) -> None:
    done = run("history", COLUMNS="80")

    assert done.code == 0
    assert max(map(len, done.out.splitlines())) <= 80
    assert "No commit is left out" in done.out


@pytest.mark.usefixtures("project")
def test_plain_mode_draws_with_ascii(run: Run) -> None:
    assert "n/a .^_ fail" in run("--plain", "history", "seeds-set").out
    assert "n/a .^_ fail" in run("history", "seeds-set", PYTHONIOENCODING="ascii").out


def test_json_follows_the_contract_and_is_the_same_twice(run: Run, project: Path, git: Git) -> None:
    done = run("history", "seeds-set", "tests-present", "--format", "json")
    document = json.loads(done.out)

    assert done.out.isascii()
    assert done.out == run("history", "tests-present", "seeds-set", "--format", "json").out
    assert (
        done.out == run("history", "seeds-set", "tests-present", "--format=json", "--no-cache").out
    )
    assert list(document) == [
        *("schema", "first", "tip", "commits", "looked_at", "known", "exact", "shallow"),
        *("stopped", "problems", "checks"),
    ]
    assert document["schema"] == "holdshort/history/v1"
    assert document["exact"] is True
    assert document["stopped"] is None
    seeds, tests = document["checks"]
    assert [span["outcome"] for span in seeds["spans"]] == ["not_applicable", "pass", "fail"]
    assert seeds["stopped_passing"]["commit"] == git(project, "rev-parse", "HEAD")
    assert seeds["since"] == seeds["stopped_passing"]
    assert tests["stopped_passing"] is None
    assert seeds["since"]["at"].endswith("+00:00")
    assert seeds["since"]["subject"] == "Work on it\x1b[31m"


@pytest.mark.usefixtures("project")
def test_the_line_can_end_and_begin_elsewhere(run: Run) -> None:
    told = json.loads(run("history", "--rev", "HEAD~1", "--format", "json", "seeds-set").out)
    assert (told["commits"], told["checks"][0]["outcome"]) == (2, "pass")
    told = json.loads(run("history", "--since", "HEAD~1", "--format", "json", "seeds-set").out)
    assert [span["outcome"] for span in told["checks"][0]["spans"]] == ["pass", "fail"]
    told = json.loads(run("history", "--since", "2999-12-31", "--format", "json").out)
    assert told["commits"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("seeds",), "No check is called 'seeds'"),
        (("--since", "yesterday"), "'yesterday' names no commit here, and no day"),
        (("--rev", "nowhere"), "'nowhere' names no commit here"),
        (("--max-commits", "0"), "0 is not in the range"),
    ],
)
def test_what_cannot_be_traced_is_refused(run: Run, words: tuple[str, ...], said: str) -> None:
    done = run("history", *words)
    assert done.code == 2
    assert said in done.err
    assert done.out == ""


def test_a_branch_without_a_commit_has_no_history(run: Run, tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "--quiet", "empty")
    done = run("history", at=tmp_path / "empty")
    assert done.code == 6
    assert "no commit yet" in done.err


def test_a_history_that_nobody_could_look_at_is_undetermined(
    run: Run, project: Path, git: Git, tmp_path: Path
) -> None:
    git(project, "config", "uploadpack.allowFilter", "true")
    clone = ("clone", "--quiet", "--no-checkout", "--filter=blob:none")
    git(tmp_path, *clone, f"file://{project}", "partial")

    done = run("history", "readme-present", at=tmp_path / "partial")

    assert done.code == 3
    assert "not in this clone: README.md" in " ".join(done.out.split())


def test_at_a_terminal_a_line_moves_and_goes_away(project: Path) -> None:
    child = terminal(project, "history", "seeds-set", "--no-cache")
    child.expect("of 3 commits known; now [0-9a-f]{7}, ")
    said = child.read()
    child.close()
    assert child.exitstatus == 0
    assert "\r\x1b[K" in said
    assert "\x1b[31m" not in said
    assert "fail since" in said.rpartition("\x1b[K")[2]


def test_ctrl_c_shows_what_is_known_and_the_next_run_goes_on(
    run: Run, project: Path, git: Git
) -> None:
    slow = "\n".join(f"def f{n}(x, y):\n    return [x, {n}, y + {n}]\n" for n in range(600))
    for number in range(30):
        (project / "slow.py").write_text(f"N = {number}\n{slow}", "utf-8")
        git(project, "add", "--all")
        git(project, "commit", "--quiet", f"--message=Slow {number}")
    child = terminal(project, "history", "seeds-set")
    child.expect(r"looked at [1-9]")
    child.sendintr()
    said = child.read()
    child.close()

    assert child.exitstatus == 130
    assert "Interrupted. What was found is kept" in said
    assert "fail" in said
    done = run("history", "seeds-set")
    assert done.code == 0
    assert "No commit is left out" in done.out


def terminal(project: Path, *words: str) -> pexpect.spawn[str]:
    return pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], *words],
        cwd=str(project),
        env=environment(),
        encoding="utf-8",
        timeout=60,
        dimensions=(24, 80),
    )
