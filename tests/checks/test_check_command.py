"""`holdshort check` and `holdshort explain` over real repositories."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.checks.base import IDS
from holdshort.cli.main import main

Git = Callable[..., str]


@pytest.fixture
def training(repository: Path, git: Git) -> Path:
    """Commit a training script that is seeded and tested, but not pinned."""
    (repository / "train.py").write_text("import torch\ntorch.manual_seed(1)\ntorch.rand(1)\n")
    (repository / "requirements.txt").write_text("torch\n")
    (repository / "test_train.py").write_text("def test_train():\n    assert True\n")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "Train")
    return repository


def test_json_follows_the_contract(
    training: Path, git: Git, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--repo", str(training), "check", "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert list(document) == ["schema", "commit", "dirty", "checks"]
    assert document["schema"] == "holdshort/findings/v1"
    assert document["commit"] == git(training, "rev-parse", "HEAD")
    assert document["dirty"] is False
    assert [check["id"] for check in document["checks"]] == list(IDS)
    pinned = document["checks"][0]
    assert pinned["evidence"][0]["path"] == "requirements.txt"
    assert pinned["evidence"][0]["line"] == 1


def test_the_same_commit_gives_the_same_bytes(
    training: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--repo", str(training), "check", "--commit", "HEAD", "--format", "json"]
    main(arguments)
    first = capsys.readouterr().out
    main(arguments)
    assert capsys.readouterr().out == first


def test_the_work_tree_is_read_unless_a_commit_is_named(
    training: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (training / "requirements.txt").write_text("torch==2.1.0\n")
    assert main(["--repo", str(training), "check", "dependencies-pinned"]) == 0
    assert main(["--repo", str(training), "check", "dependencies-pinned", "--commit", "HEAD"]) == 1
    capsys.readouterr()
    main(["--repo", str(training), "check", "--format", "json"])
    assert json.loads(capsys.readouterr().out)["dirty"] is True


def test_a_stream_is_one_finding_a_line(training: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--repo", str(training), "check", "--stream"])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["id"] for row in rows] == list(IDS)


def test_text_groups_what_the_repository_says(
    training: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--repo", str(training), "check"])
    text = capsys.readouterr().out
    proves, _, rest = text.partition("\n contradicts")
    assert "train.py:2" in proves
    assert "requirements.txt:1  torch: no version" in rest
    assert "nothing on" in rest


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("seeds-set", 0),
        ("dependencies-pinned", 1),
        ("lockfile-fresh", 0),
        ("no-such-check", 2),
    ],
)
def test_exit_codes(training: Path, asked: str, code: int) -> None:
    assert main(["--repo", str(training), "check", asked]) == code


def test_a_check_asked_for_that_is_unknown_exits_3(training: Path) -> None:
    (training / "requirements.txt").unlink()
    assert main(["--repo", str(training), "check", "dependencies-pinned", "tests-present"]) == 3
    assert main(["--repo", str(training), "check"]) in {0, 1}


def test_nothing_of_the_repository_is_run(training: Path) -> None:
    marker = training / "ran"
    for name in ("yaml.py", "sitecustomize.py", "conftest.py", "setup.py", "noxfile.py"):
        (training / name).write_text(f"open({str(marker)!r}, 'w')\n")
    main(["--repo", str(training), "check"])
    assert not marker.exists()


def test_explain_needs_no_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["explain", "seeds-set"]) == 0
    assert "torch.cuda.manual_seed does not cover the CPU" in capsys.readouterr().out
    assert main(["explain"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(IDS)
    assert main(["explain", "no-such-check"]) == 2
