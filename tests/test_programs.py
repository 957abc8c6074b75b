"""Programs are found on absolute PATH entries only."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdshort.errors import ExitCode, MissingEnvironmentError
from holdshort.programs import find_program, search_path


@pytest.fixture
def tool(tmp_path: Path) -> Path:
    program = tmp_path / "ssh-keygen"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    return program


def test_relative_and_empty_entries_are_left_out(
    tool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tool.parent)
    monkeypatch.setenv("PATH", f".::bin:{tool.parent}:../x:")

    assert search_path() == str(tool.parent)
    assert find_program("ssh-keygen") == str(tool)


def test_a_program_only_in_the_working_directory_is_missing(
    tool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tool.parent)
    monkeypatch.setenv("PATH", ".:")

    with pytest.raises(MissingEnvironmentError, match="'ssh-keygen' is not on PATH") as caught:
        find_program("ssh-keygen")
    assert caught.value.exit_code is ExitCode.ENVIRONMENT
    assert "OpenSSH" in caught.value.hint
