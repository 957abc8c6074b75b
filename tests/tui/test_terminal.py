"""In a real terminal: answer, leave, resume, sign, commit, and every way to be ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pyte
import pytest

Git = Callable[..., str]
MODES_OFF = (b"\x1b[?1049l", b"\x1b[?25h")
"""What gives the terminal back: the normal screen and the cursor."""


class Terminal:
    """holdshort in a pseudo terminal of 80 by 24, drawn by a terminal emulator."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        """Start it in a repository."""
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = b""
        self.child: pexpect.spawn[bytes] = pexpect.spawn(
            sys.executable,
            ["-P", "-m", "holdshort", *arguments],
            cwd=str(folder),
            env={**os.environ, **environment},
            dimensions=(24, 80),
            timeout=30,
        )

    def read(self) -> None:
        """Draw what has arrived."""
        try:
            data = self.child.read_nonblocking(65536, timeout=0.05)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return
        self.raw += data
        # pyte knows neither private parameters of CSI u nor of CSI m.
        for unknown in (b"\x1b[>1u", b"\x1b[<u", b"\x1b[=1u"):
            data = data.replace(unknown, b"")
        self._stream.feed(data)

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(self._screen.display)

    def until(self, *wanted: str) -> None:
        """Wait until all of these stand on the screen."""
        deadline = time.monotonic() + 30
        while not all(one in self.text for one in wanted):
            assert time.monotonic() < deadline, f"{wanted} not in\n{self.text}"
            self.read()

    def press(self, keys: str, *wanted: str) -> None:
        """Type, and wait for what it should show."""
        self.child.send(keys)
        self.until(*wanted)

    def ended(self) -> int:
        """Wait for the end, and return the exit code as a shell would see it."""
        deadline = time.monotonic() + 30
        while self.child.isalive():
            assert time.monotonic() < deadline, self.text
            self.read()
        self.read()
        self.child.close()
        return self.child.exitstatus if self.child.exitstatus is not None else -1


@pytest.fixture
def start(project: Path) -> Iterator[Callable[..., Terminal]]:
    """Start terminals on the project, and end them all."""
    started: list[Terminal] = []

    def begin(*arguments: str, **environment: str) -> Terminal:
        started.append(Terminal(project, *arguments, **environment))
        return started[-1]

    yield begin
    for one in started:
        one.child.close(force=True)


Start = Callable[..., Terminal]
REVIEW = ("review", "--checklist", "tiny", "--release", "1.0")


def children(pid: int) -> list[str]:
    """Return the command lines of the processes a process has started."""
    listed = subprocess.run(
        ["ps", "-o", "args=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout.splitlines()


@pytest.mark.usefixtures("ssh_key")
def test_answers_survive_leaving_and_end_in_a_signed_commit(
    start: Start, project: Path, git: Git
) -> None:
    first = start(*REVIEW)
    first.until("Is every random number generator seeded?", "Enter accepts")
    first.press("\r", "Do tests exercise the code?")
    first.press("j", "Is there proof?")
    first.press("y", "Needs evidence")
    first.press("q")
    assert first.ended() == 0
    assert all(mode in first.raw for mode in MODES_OFF)

    second = start(*REVIEW)
    second.until("Is there proof?", "Recovered 2 answers; last: proven = yes")
    second.press("e", "Evidence for proven")
    second.press("proof:2", "docs/proof.md:2")
    second.press("\r", "What kind of release is it?")
    second.press("S", "Sign repository 1.0", "SHA256:")
    second.press("r", "(o) r reject")
    second.until("Sign and commit")
    wait_for_checks(second)
    second.press("\r", "Committed", "and verified")
    second.press("\r")
    assert second.ended() == 0
    assert git(project, "show", "--name-only", "--format=%s", "HEAD").splitlines() == [
        "review: repository 1.0 rejected",
        "",
        "reviews/repository/1.0/tiny/ada.yaml",
    ]
    assert git(project, "status", "--porcelain") == ""


def wait_for_checks(terminal: Terminal) -> None:
    deadline = time.monotonic() + 30
    assert terminal.child.pid
    while children(terminal.child.pid) and time.monotonic() < deadline:
        terminal.read()
    time.sleep(0.2)  # one batch of findings


def test_a_passphrase_is_asked_on_the_terminal_and_then_the_screen_is_back(
    start: Start, ssh_key: Path, project: Path, git: Git
) -> None:
    subprocess.run(
        ["ssh-keygen", "-q", "-p", "-P", "", "-N", "open sesame", "-f", ssh_key], check=True
    )
    before = git(project, "rev-parse", "HEAD")
    terminal = start(*REVIEW)
    terminal.until("Enter accepts")
    terminal.press("S", "SHA256:")
    terminal.press("k", "(o) k comment")
    wait_for_checks(terminal)
    terminal.press("\r", "passphrase")
    terminal.press("wrong\r")
    terminal.until("did not sign", "Sign repository 1.0")
    assert git(project, "rev-parse", "HEAD") == before
    terminal.press("\r", "passphrase")
    terminal.press("open sesame\r", "Committed", "and verified")
    terminal.press("q")
    assert terminal.ended() == 0


def test_the_note_is_written_in_ones_own_editor(start: Start, home: Path) -> None:
    editor = home / "editor"
    editor.write_text('#!/bin/sh\nprintf "two\\nlines" > "$1"\n', encoding="utf-8")
    editor.chmod(0o755)
    terminal = start(*REVIEW, EDITOR=str(editor))
    terminal.until("Is every random number generator seeded?")
    terminal.press("c", "Note on seeded")
    terminal.press("\x05", "two", "lines", "Saved: note on seeded")
    terminal.press("q")
    assert terminal.ended() == 0


def test_a_missing_editor_is_told_and_the_screen_is_back(start: Start, home: Path) -> None:
    terminal = start(*REVIEW, EDITOR=str(home / "missing"))
    terminal.until("Is every random number generator seeded?")
    terminal.press("c", "Note on seeded")
    terminal.press("\x05", "cannot be started: No such file", "Note on seeded")
    terminal.press("\x11")
    assert terminal.ended() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_gives_the_terminal_back_and_keeps_the_answers(
    start: Start, number: signal.Signals
) -> None:
    terminal = start(*REVIEW)
    terminal.until("Is every random number generator seeded?")
    terminal.press("y", "Do tests exercise the code?")
    terminal.child.kill(number)
    assert terminal.ended() == 128 + number
    assert all(mode in terminal.raw for mode in MODES_OFF)
    assert "Traceback" not in terminal.text
    again = start(*REVIEW)
    again.until("Recovered 1 answers; last: seeded = yes")


def test_a_closed_terminal_ends_it(start: Start) -> None:
    terminal = start(*REVIEW)
    terminal.until("Is every random number generator seeded?")
    # What is waited before a second signal: the one of the terminal must be enough.
    terminal.child.ptyproc.delayafterclose = 3  # type: ignore[attr-defined]  # not in the stubs
    terminal.child.close(force=False)
    assert terminal.child.exitstatus == 128 + signal.SIGHUP


def test_a_killed_session_loses_no_answer(start: Start) -> None:
    terminal = start(*REVIEW)
    terminal.until("Is every random number generator seeded?")
    terminal.press("y", "Saved: seeded = yes")
    terminal.child.kill(signal.SIGKILL)
    terminal.child.wait()
    again = start(*REVIEW)
    again.until("Recovered 1 answers; last: seeded = yes", "Do tests exercise the code?")


def test_an_error_is_told_in_one_line_once_the_terminal_is_back(
    start: Start, project: Path
) -> None:
    (project / ".git" / "HEAD").write_text("ref: refs/heads/nothing\n", encoding="utf-8")
    terminal = start()
    assert terminal.ended() == 6
    said = terminal.raw.rpartition(MODES_OFF[0])[2].decode()
    assert "holdshort: this branch has no commit yet" in said
    assert "Traceback" not in said


def test_a_defect_is_told_in_one_line_and_keeps_the_answers(start: Start, home: Path) -> None:
    planted = home / "planted"
    planted.mkdir()
    (planted / "sitecustomize.py").write_text(
        "import holdshort.tui.screens.question as q\n"
        "def broken(self):\n    raise ZeroDivisionError('planted')\n"
        "q.QuestionScreen.action_guidance = broken\n",
        encoding="utf-8",
    )
    path = os.pathsep.join([str(planted), str(Path(__file__).parents[2] / "src")])
    terminal = start(*REVIEW, PYTHONPATH=path)
    terminal.until("Is every random number generator seeded?")
    terminal.press("y", "Saved: seeded = yes")
    terminal.press("g")
    assert terminal.ended() == 70
    said = terminal.raw.rpartition(MODES_OFF[0])[2].decode()
    assert "a defect in holdshort stopped this command (ZeroDivisionError)" in said
    assert "Traceback" not in said
    assert "planted" not in said


def test_quick_typing_answers_in_the_order_of_the_keys(start: Start) -> None:
    terminal = start(*REVIEW)
    terminal.until("Is every random number generator seeded?")
    terminal.press("yyjj", "Is the score good enough?")
    terminal.press("q")
    assert terminal.ended() == 0


def test_tmux_and_plain_terminals_are_good_enough(start: Start) -> None:
    for term in ("screen", "tmux-256color", "linux", "xterm"):
        terminal = start(*REVIEW, TERM=term)
        terminal.until("Is every random number generator seeded?")
        terminal.press("q")
        assert terminal.ended() == 0
