"""A record can be checked with stock programs: the guide in `.holdshort/`, and `payload`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.verification.conftest import House

GUIDE = files("holdshort.setup").joinpath("VERIFY.md").read_text(encoding="utf-8")
SCRIPT: str = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)[0]


def run(house: House, script: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script in the house, with this Python and this holdshort first on PATH."""
    tools = Path(sys.executable).parent
    return subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=house.root,
        env={**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


def guided(path: str, folder: Path) -> str:
    """Return the guide's own lines for one record, with its files in a private folder."""
    lines: str = SCRIPT.replace("reviews/MODEL/RELEASE/CHECKLIST/REVIEWER.yaml", path)
    return lines.replace("/tmp/", f"{folder}/")  # noqa: S108 - the guide's, not ours


def test_the_guides_own_lines_accept_a_record(house: House, tmp_path: Path) -> None:
    path = house.land()
    done = run(house, guided(path, tmp_path))
    assert done.returncode == 0, done.stderr
    assert 'Good "holdshort-review-v1" signature for ada@example.org' in done.stdout


def test_the_guides_own_lines_refuse_a_changed_word(house: House, tmp_path: Path) -> None:
    path = house.land()
    house.rewrite(path, lambda data: data.replace(b"decision: approve", b"decision: reject"))
    assert run(house, guided(path, tmp_path)).returncode != 0


@pytest.mark.parametrize(("word", "accepted"), [("approve", True), ("reject", False)])
def test_the_payload_command_feeds_ssh_keygen(
    house: House, tmp_path: Path, word: str, accepted: bool
) -> None:
    path = house.land()
    now = f"decision: {word}".encode()
    house.rewrite(path, lambda data: data.replace(b"decision: approve", now))
    (tmp_path / "signers").write_text(house.signer("ada"))
    done = run(
        house,
        f"python -m holdshort payload --signature {path} > {tmp_path}/signature\n"
        f"python -m holdshort payload {path} | ssh-keygen -Y verify -f {tmp_path}/signers"
        f" -I ada@example.org -n holdshort-review-v1 -s {tmp_path}/signature",
    )
    assert (done.returncode == 0) is accepted, done.stderr
