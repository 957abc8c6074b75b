"""Which surface a review opens on, and the demonstration that needs neither terminal nor key."""

from __future__ import annotations

from pathlib import Path

import pexpect
import pytest

from holdshort.cli.console import Console, state_folder

from .conftest import COMMAND, Run, environment


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"TERM": "dumb"}, "TERM=dumb"),
        ({"TERM": ""}, "TERM="),
        ({"HOLDSHORT_PLAIN": "1"}, "HOLDSHORT_PLAIN=1"),
        ({"ACCESSIBLE": "1"}, "ACCESSIBLE=1"),
        ({"ACCESSIBLE": "0", "HOLDSHORT_PLAIN": ""}, ""),
        ({}, ""),
    ],
)
def test_lines_instead_of_a_screen_have_a_reason(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], reason: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert Console(repo=Path()).plain_reason() == reason
    assert Console(repo=Path(), plain=True).plain_reason() == "--plain"


def test_without_a_variable_drafts_stand_in_the_users_state_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("HOLDSHORT_STATE_DIR")

    assert state_folder().is_absolute()
    assert state_folder().name == "holdshort"


@pytest.mark.parametrize(
    ("words", "size", "said"),
    [
        (("review", "--plain"), (24, 80), "--plain"),
        (("--plain",), (24, 80), "--plain"),
        (("review",), (9, 39), "the window is 39x9"),
    ],
)
def test_lines_are_announced_with_their_reason(
    answered: object, words: tuple[str, ...], size: tuple[int, int], said: str
) -> None:
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], *words],
        cwd=str(answered),
        env=environment(),
        encoding="utf-8",
        timeout=30,
        dimensions=size,
    )
    child.expect_exact(said)
    child.sendline("q")
    shown = child.read()
    child.close()

    assert child.exitstatus == 0, shown
    assert "\x1b" not in shown


def test_the_demonstration_runs_without_terminal_key_or_identity(run: Run) -> None:
    done = run("demo")

    assert done.code in {0, 1}, done.err
    assert "Scripted review: 12 answers" in done.err
    assert "Inspect it:" in done.out
    assert "Remove it: rm -r " in done.out
