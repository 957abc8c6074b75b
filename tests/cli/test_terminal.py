"""At a real terminal: confirmations, passphrases, and taking the hand off."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from .conftest import COMMAND, Run, environment, footprint

Git = Callable[..., str]
PASSPHRASE = "correct horse"  # noqa: S105 - of a key made for one test


@pytest.fixture
def locked(ssh_key: Path) -> Path:
    """Put a passphrase on the only key."""
    subprocess.run(
        ["ssh-keygen", "-q", "-p", "-P", "", "-N", PASSPHRASE, "-f", ssh_key],
        stdin=subprocess.DEVNULL,
        check=True,
    )
    return ssh_key


def at_terminal(project: Path, *words: str) -> pexpect.spawn[str]:
    return pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], *words],
        cwd=str(project),
        env=environment(),
        encoding="utf-8",
        timeout=30,
        dimensions=(24, 100),
    )


def ended(child: pexpect.spawn[str]) -> tuple[int, str]:
    said = child.read()
    child.close()
    return child.exitstatus if child.exitstatus is not None else -1, said


def test_a_locked_key_without_a_terminal_says_how_to_unlock_it(
    run: Run, answered: Path, git: Git, home: Path, locked: Path
) -> None:
    before = footprint(answered, home, git)
    done = run("sign")

    assert done.code == 7
    assert f"ssh-add {locked}" in done.err
    assert "your answers are kept" in done.err
    assert footprint(answered, home, git) == before


@pytest.mark.usefixtures("locked")
def test_the_passphrase_is_asked_for_on_the_terminal(answered: Path, git: Git) -> None:
    child = at_terminal(answered, "sign")
    child.expect(r"Sign and commit\? \[y/N\]: ")
    child.sendline("y")
    child.expect("assphrase")
    child.sendline(PASSPHRASE)
    code, said = ended(child)

    assert code == 0, said
    assert "Committed " in said
    assert PASSPHRASE not in said
    assert git(answered, "log", "-1", "--format=%s").startswith("review: repository 1.0.0")


@pytest.mark.usefixtures("locked")
def test_a_wrong_passphrase_writes_nothing(answered: Path, git: Git, home: Path) -> None:
    before = footprint(answered, home, git)
    child = at_terminal(answered, "sign", "--yes")
    child.expect("assphrase")
    child.sendline("wrong")
    code, said = ended(child)

    assert code == 7, said
    assert "did not sign" in said
    assert "Nothing was signed; your answers are kept." in said
    assert "Traceback" not in said
    assert footprint(answered, home, git) == before


@pytest.mark.parametrize("answer", ["n", ""])
def test_who_says_no_has_signed_nothing(answered: Path, git: Git, home: Path, answer: str) -> None:
    before = footprint(answered, home, git)
    child = at_terminal(answered, "sign")
    child.expect("Sign and commit")
    child.sendline(answer)
    code, said = ended(child)

    assert code == 130
    assert "Stopped. Everything answered is saved." in said
    assert footprint(answered, home, git) == before


def test_ctrl_c_at_the_question_has_signed_nothing(answered: Path, git: Git, home: Path) -> None:
    before = footprint(answered, home, git)
    child = at_terminal(answered, "sign")
    child.expect("Sign and commit")
    child.sendintr()
    code, said = ended(child)

    assert code == 130
    assert "Traceback" not in said
    assert footprint(answered, home, git) == before


def test_no_input_never_asks(answered: Path) -> None:
    child = at_terminal(answered, "--no-input", "sign")
    code, said = ended(child)

    assert code == 0, said
    assert "Sign and commit?" not in said


def test_a_draft_is_deleted_after_a_question(answered: Path, home: Path) -> None:
    (folder,) = (home / ".local/state/holdshort/drafts").iterdir()
    for answer, code in (("n", 130), ("y", 0)):
        child = at_terminal(answered, "drafts", "delete", folder.name)
        child.expect("and its answers")
        child.sendline(answer)
        assert ended(child)[0] == code
    assert not folder.exists()


def test_init_asks_before_it_commits_and_makes_a_key_on_request(
    project: Path, ssh_key: Path, git: Git
) -> None:
    for place in (ssh_key, ssh_key.with_suffix(".pub")):
        place.unlink()
    child = at_terminal(project, "init")
    child.expect("No SSH key. Make")
    child.sendline("n")
    assert ended(child)[0] == 7
    child = at_terminal(project, "init")
    child.expect("No SSH key. Make")
    child.sendline("y")
    for _ in range(2):
        child.expect("assphrase")
        child.sendline("")
    child.expect("Commit these files")
    child.sendline("n")
    assert ended(child)[0] == 130
    assert ssh_key.exists()
    assert git(project, "ls-tree", "--name-only", "HEAD", ".holdshort") == ""
