"""The one boundary: what reaches a person when the program, the machine or the reader stops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from holdshort import __version__
from holdshort.cli.main import COMMANDS, main

from .conftest import COMMAND, Run, environment

DEFECT = """
import sys, types, click
from holdshort.cli.main import main
module = types.ModuleType("holdshort.cli.commands.status")
@click.command()
def command():
    {body}
module.command = command
sys.modules[module.__name__] = module
sys.exit(main(["status"]))
"""


def planted(body: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command whose body is given, as if it had a defect."""
    return subprocess.run(
        [sys.executable, "-c", DEFECT.format(body=body)],
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_lists_every_command(run: Run) -> None:
    done = run("--help")

    assert done.code == 0
    for name, said in COMMANDS.items():
        assert f"  {name} " in done.out
        assert said.rstrip(".") in " ".join(done.out.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_helps(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    shown = capsys.readouterr().out

    assert shown.startswith(f"Usage: holdshort {name}")
    assert len(shown.split("\n\n")[1].split()) >= 5, "says what it does"
    assert max(map(len, shown.splitlines())) <= 80


def test_the_version_is_told(run: Run) -> None:
    assert run("--version").out == f"holdshort {__version__}\n"


def test_a_defect_leaves_a_report_and_no_traceback_on_the_screen(home: Path) -> None:
    done = planted("raise RuntimeError('boom')")
    (report,) = (home / ".local/state/holdshort/crashes").iterdir()

    assert done.returncode == 70
    assert "Traceback" not in done.stderr
    assert "boom" not in done.stderr
    assert "a defect in holdshort stopped this command (RuntimeError)" in done.stderr
    assert f"Your saved answers are safe. The report: {report}" in done.stderr
    assert "RuntimeError: boom" in report.read_text("utf-8")


def test_a_defect_whose_report_cannot_be_written_is_still_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = planted("raise RuntimeError('boom')", HOLDSHORT_STATE_DIR=str(tmp_path / "file"))

    assert done.returncode == 70
    assert "Traceback" not in done.stderr
    assert "could not be written" in done.stderr


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("raise OSError(28, 'No space left on device', '/x')", 7, "No space left on device: /x"),
        ("raise PermissionError(13, 'Permission denied')", 7, "Permission denied"),
        ("raise FileNotFoundError(2, 'No such file')", 70, "a defect"),
        ("raise BrokenPipeError(32, 'Broken pipe')", 141, ""),
        ("raise KeyboardInterrupt", 130, "Stopped. Everything answered is saved."),
        ("raise click.Abort", 130, "Stopped."),
        ("raise SystemExit(5)", 5, ""),
    ],
)
def test_what_stops_a_command_becomes_its_code(body: str, code: int, said: str) -> None:
    done = planted(body)

    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_output_onto_a_full_disk_is_said(answered: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [*COMMAND, "status"],
            cwd=answered,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 7
    assert "No space left" in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize("words", [("status",), ("next", "--format", "json"), ("--help",)])
def test_a_reader_that_goes_away_is_no_error_message(
    answered: Path, words: tuple[str, ...]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*COMMAND, *words],
        cwd=answered,
        env=environment(),
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)

    assert done.returncode == 141
    assert done.stderr == ""


def test_ctrl_c_while_it_works_says_what_is_kept(answered: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "review", "--answers", "-"],
        cwd=answered,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdin is not None
        child.stdin.write("read: ")
        child.stdin.flush()
        status = Path(f"/proc/{child.pid}/wchan")
        waits_for(child, status)
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=30)

    assert child.returncode == 130
    assert said.strip() == "Stopped. Everything answered is saved."


def waits_for(child: subprocess.Popen[str], status: Path) -> None:
    """Wait until the child sits in a read of its stdin."""
    while child.poll() is None:
        if "pipe" in status.read_text("utf-8") if status.exists() else True:
            return


def test_colour_is_never_written(run: Run, answered: Path) -> None:
    for variables in ({}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1"}, {"TERM": "dumb"}):
        done = run("status", at=answered, **variables)
        assert "\x1b" not in done.out + done.err
        assert done.code == 0


def test_a_repository_elsewhere_is_named(run: Run, answered: Path, tmp_path: Path) -> None:
    done = run("--repo", str(answered), "status", at=tmp_path)

    assert done.out.startswith("repository 1.0.0")


def test_text_that_the_terminal_cannot_encode_is_escaped(run: Run, project: Path) -> None:
    variables = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = run("answer", "read", "no", "--note", "größe", at=project, **variables)
    done = run("next", "--format", "json", at=project, **variables)

    assert done.code == 0
    assert json.loads(done.out.encode().decode("ascii"))["schema"] == "holdshort/next/v1"


LISTENING = """
import json, sys
from holdshort.cli.main import main
reached = []
def hook(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname"}:
        reached.append(f"{event} {arguments[-1]!r}")
sys.addaudithook(hook)
codes = [main(words) for words in json.loads(sys.argv[1])]
sys.stderr.write(json.dumps({"codes": codes, "reached": reached}))
"""


def test_no_command_reaches_for_the_network(answered: Path) -> None:
    link = "https://example.org/run/7"
    words = [
        ["answer", "read", "yes", "--evidence", link],
        ["status", "--format", "json"],
        ["next"],
        ["sign", "--yes"],
        ["show"],
        ["verify"],
        ["check"],
    ]
    done = subprocess.run(
        [sys.executable, "-c", LISTENING, json.dumps(words)],
        cwd=answered,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    told = json.loads(done.stderr.splitlines()[-1])

    assert told["codes"][:5] == [0, 0, 0, 0, 0], done.stderr
    assert told["reached"] == []
