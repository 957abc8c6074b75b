"""What every command shares at the terminal."""

from __future__ import annotations

import io
import sys

import pytest

from holdshort.cli.console import arrow, columns


@pytest.mark.parametrize(("encoding", "shown"), [("utf-8", "→"), ("ascii", "->"), ("cp437", "->")])
def test_the_arrow_is_one_that_stdout_can_write(
    monkeypatch: pytest.MonkeyPatch, encoding: str, shown: str
) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    assert arrow() == shown


@pytest.mark.parametrize(("asked", "given"), [("20", 40), ("80", 80), ("300", 100), ("x", 80)])
def test_lines_are_as_wide_as_the_terminal_within_reason(
    monkeypatch: pytest.MonkeyPatch, asked: str, given: int
) -> None:
    monkeypatch.setenv("COLUMNS", asked)
    assert columns() == given
