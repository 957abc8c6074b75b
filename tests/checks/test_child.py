"""The child process of the checks: what never arrives is unknown, and nothing outlives the run."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from holdshort.checks.child import CheckRun, _finding, not_checked, own_environment
from holdshort.model.finding import Outcome

Git = Callable[..., str]
DAY = date(2026, 11, 20)


def test_every_check_asked_for_reports(repository: Path, git: Git) -> None:
    head = git(repository, "rev-parse", "HEAD")
    found = list(CheckRun(repository, head, ("seeds-set", "tests-present"), day=DAY))

    assert [one.id for one in found] == ["seeds-set", "tests-present"]
    assert all(one.version for one in found)


def test_a_check_that_never_reports_is_unknown(repository: Path) -> None:
    found = list(CheckRun(repository, "0" * 40, ("seeds-set",), day=DAY))

    assert [(one.id, one.outcome) for one in found] == [("seeds-set", Outcome.UNKNOWN)]
    assert found[0].headline.startswith("Not checked: ")


def test_a_run_that_is_stopped_early_leaves_no_process(repository: Path, git: Git) -> None:
    run = CheckRun(repository, git(repository, "rev-parse", "HEAD"), ("seeds-set",), day=DAY)
    assert run._child is not None
    child = run._child.pid
    run.stop()
    run.stop()

    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


@pytest.mark.parametrize("line", [b"", b"nonsense\n", b"{}\n", b"[]\n", b'{"id": "x"}\n'])
def test_a_line_that_is_no_finding_is_none(line: bytes) -> None:
    assert _finding(line) is None


def test_the_child_has_no_import_path_but_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/tmp/evil")  # noqa: S108 - never opened

    assert "/tmp/evil" not in own_environment()["PYTHONPATH"]  # noqa: S108 - the same
    assert own_environment()["PYTHONSAFEPATH"] == "1"
    assert not_checked("x", "why").outcome is Outcome.UNKNOWN
