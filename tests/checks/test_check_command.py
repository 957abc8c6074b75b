"""`holdshort check` and `holdshort explain` over real repositories."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.checks.base import IDS
from holdshort.cli.main import main
from holdshort.storage.layout import DEFAULT

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
    pinned = document["checks"][IDS.index("dependencies-pinned")]
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


def test_text_says_first_what_contradicts_and_last_what_is_idle(
    training: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--repo", str(training), "check"])
    text = capsys.readouterr().out
    heads = [line for line in text.splitlines() if line.startswith(("contra", "proves", "nothing"))]
    assert [head.partition(" (")[0] for head in heads] == ["contradicts", "proves", "nothing on"]
    contradicts, proves = text.split("\nproves (")
    assert "dependencies-pinned → deps-pinned (supports)\n" in contradicts
    assert "- requirements.txt:1: torch: no version" in contradicts
    assert "at train.py:2\n" in proves
    assert "not checked: whether the tests pass" in proves
    assert text.endswith("Exit code 1: a check fails. Next: holdshort check dependencies-pinned\n")


def test_a_check_asked_for_shows_every_place_and_the_whole_remedy(
    training: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (training / "requirements.txt").write_text("".join(f"p{n}\n" for n in range(9)))
    main(["--repo", str(training), "check"])
    overview = capsys.readouterr().out
    main(["--repo", str(training), "check", "dependencies-pinned"])
    whole = capsys.readouterr().out
    assert (overview.count("- requirements.txt:"), whole.count("- requirements.txt:")) == (3, 9)
    assert "- and 6 more" in overview
    assert ("uv pip compile" in overview, "uv pip compile" in whole) == (False, True)
    assert "Next: holdshort explain dependencies-pinned" in whole


def test_lines_fit_the_terminal(
    training: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for asked, width in (("40", 40), ("1000", 100), ("7", 40)):
        monkeypatch.setenv("COLUMNS", asked)
        for command in (["check"], ["explain"], ["explain", "seeds-set"], ["check", "--list"]):
            main(["--repo", str(training), *command])
            lines = capsys.readouterr().out.splitlines()
            kept_whole = " " * 6  # what is there to be pasted
            assert not [x for x in lines if len(x) > width and not x.startswith(kept_whole)], asked


def test_a_checklist_that_cannot_be_read_is_named_and_hides_no_finding(
    training: Path, git: Git, capsys: pytest.CaptureFixture[str]
) -> None:
    (training / "checklists").mkdir()
    (training / "checklists" / "own.yaml").write_text("schema: holdshort/checklist/v1\n\tx: 1\n")
    git(training, "add", ".")
    assert main(["--repo", str(training), "check"]) == 1
    said = capsys.readouterr()
    assert "not shown: checklists/own.yaml:2:1: not YAML" in said.err
    assert "  dependencies-pinned\n" in said.out


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
    said = capsys.readouterr().out
    assert "torch.manual_seed covers CUDA" in said
    assert "Beside the questions: seeds-set (supports)" in said
    assert main(["explain"]) == 0
    assert listed(capsys.readouterr().out) == list(IDS)
    assert main(["explain", "no-such-check"]) == 2


def listed(text: str) -> list[str]:
    return [line.split()[0] for line in text.splitlines() if not line.startswith(" ")]


def test_a_list_runs_nothing_and_needs_no_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check", "--list"]) == 0
    assert listed(capsys.readouterr().out) == list(IDS)
    assert main(["check", "--list", "--format", "json", "seeds-set"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "holdshort/checks/v1"
    (row,) = document["checks"]
    assert (row["id"], row["statement"][-1]) == ("seeds-set", ".")
    assert row["questions"] == [{"id": "seeds-set", "relation": "supports"}]


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("seed-set", "Did you mean: seeds-set?"),
        ("deps-pinned", "a question of the checklist; beside it: dependencies-pinned"),
        ("nonsense", "List them with: holdshort check --list"),
    ],
)
@pytest.mark.parametrize("command", ["check", "explain"])
def test_an_unknown_id_says_what_was_probably_meant(
    training: Path, command: str, typed: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--repo", str(training), command, typed]) == 2
    assert hint in capsys.readouterr().err


def test_the_repositorys_own_checklist_says_which_questions(
    training: Path, git: Git, capsys: pytest.CaptureFixture[str]
) -> None:
    own = f"""\
schema: holdshort/checklist/v1
id: {DEFAULT}
sections:
- questions:
  - {{id: ours, checks: [{{id: seeds-set, relation: informs}}]}}
"""
    (training / "checklists").mkdir()
    (training / "checklists" / "own.yaml").write_text(own)
    git(training, "add", ".")
    main(["--repo", str(training), "check"])
    assert "seeds-set (likely) → ours (informs)" in capsys.readouterr().out
    git(training, "commit", "-qm", "Own checklist")
    main(["--repo", str(training), "explain", "seeds-set"])
    assert "Beside the questions: ours (informs)" in capsys.readouterr().out


def test_sarif_and_markdown_say_what_the_text_says(
    training: Path, git: Git, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--repo", str(training), "check", "--format", "sarif"]) == 1
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(IDS)
    assert run["properties"]["commit"] == git(training, "rev-parse", "HEAD")
    first = run["results"][0]
    assert (first["ruleId"], first["level"]) == ("dependencies-pinned", "error")
    assert first["properties"]["questions"] == ["deps-pinned (supports)"]
    assert main(["--repo", str(training), "check", "--format", "markdown", "--commit", "HEAD"]) == 1
    shown = capsys.readouterr().out
    assert shown.startswith("## Auto-checks: ")
    assert "| `dependencies-pinned`<br>→ deps-pinned (supports) |" in shown
    assert f"commit {run['properties']['commit'][:10]}" in shown


@pytest.mark.parametrize("form", ["sarif", "markdown"])
def test_a_list_has_no_such_form(form: str) -> None:
    assert main(["check", "--list", "--format", form]) == 2
