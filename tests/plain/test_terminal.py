"""The program on a real terminal that can do nothing but lines, and without a terminal."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pytest

Git = Callable[..., str]
PROGRAM = ["-P", "-m", "holdshort"]
KEYS = r"(all|for) keys: "
BACK = "go back: "
RECORD = "reviews/repository/1.4.0/ml-model-release/ada.yaml"


@contextmanager
def review(project: Path, *options: str, **environment: str) -> Iterator[pexpect.spawn[str]]:
    """Start `holdshort review` on a terminal of kind dumb; nothing it prints may be an escape."""
    heard = io.StringIO()
    child = pexpect.spawn(
        sys.executable,
        [*PROGRAM, "--repo", str(project), "review", "--release", "1.4.0", *options],
        env={**os.environ, "TERM": "dumb", **environment},
        encoding="utf-8",
        codec_errors="surrogateescape",
        dimensions=(24, 80),
        timeout=60,
    )
    child.logfile_read = heard
    with child:
        yield child
    assert "\x1b" not in heard.getvalue()


def type_at(child: pexpect.spawn[str], prompt: str, *typed: str) -> None:
    for line in typed:
        child.expect(prompt)
        child.sendline(line)


def ended(child: pexpect.spawn[str]) -> int | None:
    child.expect(pexpect.EOF)
    child.close()
    status: int | None = child.exitstatus
    return status


@pytest.mark.usefixtures("ssh_key")
def test_a_review_from_the_first_answer_to_the_record_in_git(project: Path, git: Git) -> None:
    with review(project) as child:
        child.expect_exact("Plain mode: on (TERM=dumb). Type ? for help, b back, q quit.")
        type_at(child, KEYS, "", "n")
        type_at(child, "use the finding: ", "pinned in the image")
        child.expect_exact("Saved: deps-pinned = no. 2 of 12 answered.")
        child.expect_exact("Question 3 of 12. Minor. python-version")
        type_at(child, KEYS, "q")
        assert ended(child) == 0
    with review(project) as child:
        child.expect_exact("Recovered 2 answers; last: note on deps-pinned.")
        child.expect_exact("Question 3 of 12. Minor. python-version")
        type_at(child, KEYS, "S")
        type_at(child, BACK, "r", "sign")
        child.expect_exact(f"Record: {RECORD}")
        assert ended(child) == 0
    shown = git(project, "show", "HEAD")
    assert "+    note: pinned in the image" in shown
    assert "+  -----BEGIN SSH SIGNATURE-----" in shown


def test_a_locked_key_asks_on_the_terminal_and_a_wrong_passphrase_loses_nothing(
    project: Path, git: Git, ssh_key: Path
) -> None:
    subprocess.run(
        ["ssh-keygen", "-q", "-p", "-N", "open sesame", "-f", ssh_key],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    before = git(project, "rev-parse", "HEAD")
    with review(project) as child:
        type_at(child, KEYS, "S")
        type_at(child, BACK, "r", "sign")
        type_at(child, "Enter passphrase[^:]*: ", "wrong")
        child.expect_exact("Not done: ")
        child.expect(KEYS)
        assert git(project, "rev-parse", "HEAD") == before
        child.sendline("S")
        type_at(child, BACK, "r", "sign")
        type_at(child, "Enter passphrase[^:]*: ", "open sesame")
        child.expect_exact("Committed and verified: ")
        assert ended(child) == 0
    assert git(project, "rev-parse", "HEAD~") == before


def test_ctrl_d_quits_and_everything_is_saved(project: Path) -> None:
    with review(project) as child:
        type_at(child, KEYS, "y")
        child.expect(KEYS)
        child.sendeof()
        child.expect_exact("Saved. 1 of 12 answered.")
        assert ended(child) == 0


def test_ctrl_c_quits_and_everything_is_saved(project: Path) -> None:
    with review(project) as child:
        type_at(child, KEYS, "y", "p")
        child.expect("leave it for later: ")
        child.sendintr()
        child.expect_exact("\nStopped. Everything answered is saved.")
        assert ended(child) == 130
    with review(project) as child:
        child.expect_exact("Recovered 2 answers; last: deps-pinned = partly.")
        type_at(child, KEYS, "q")
        assert ended(child) == 0


def test_bytes_that_are_no_text_are_only_a_wrong_key(project: Path) -> None:
    with review(project) as child:
        type_at(child, KEYS, "\udce9\udcff")
        child.expect_exact("Not done: no key is called")
        type_at(child, KEYS, "q")
        assert ended(child) == 0


@pytest.mark.parametrize(
    ("option", "environment", "reason"),
    [
        (["--plain"], {}, "--plain"),
        ([], {"ACCESSIBLE": "1"}, "ACCESSIBLE=1"),
        ([], {"HOLDSHORT_PLAIN": "1"}, "HOLDSHORT_PLAIN=1"),
    ],
)
def test_lines_are_used_on_any_terminal_when_asked_for(
    project: Path, option: list[str], environment: dict[str, str], reason: str
) -> None:
    with review(project, *option, TERM="xterm-256color", **environment) as child:
        child.expect_exact(f"Plain mode: on ({reason}).")
        type_at(child, KEYS, "q")
        assert ended(child) == 0


NEVER_LOADED = """
import sys
from holdshort.cli.main import main
code = main(sys.argv[1:])
print("loaded:", sorted({"textual", "readline", "rich"} & set(sys.modules)))
sys.exit(code)
"""


def test_lines_never_load_a_screen_or_a_line_editor(project: Path) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-P", "-c", NEVER_LOADED, "--plain", "--repo", str(project), "review", "--release", "1"],
        encoding="utf-8",
        timeout=60,
    )
    with child:
        type_at(child, KEYS, "q")
        child.expect_exact("loaded: []")
        assert ended(child) == 0


@pytest.mark.parametrize("command", [[], ["review"], ["--plain", "review"]])
def test_without_a_terminal_nobody_is_asked(project: Path, command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, *PROGRAM, "--repo", project, *command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "holdshort answer ID VERDICT, or holdshort review --answers FILE" in done.stderr
