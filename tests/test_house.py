"""The house keeps its own rules: stairs, sizes, who starts programs, what start-up loads."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from holdshort.errors import ExitCode

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "holdshort"
MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if "sample_files" not in path.relative_to(PACKAGE).parts
)
MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 60
NO_NAMES = {"utils", "helpers", "common", "core", "manager", "misc"}
STARTERS = {"storage/git.py", "signing/base.py", "checks/child.py", "tui/editor.py"}
"""The modules that start a program: git, a signing program, our own checks, $EDITOR."""

every_module = pytest.mark.parametrize(
    "module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE))
)


def parsed(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


def name_of(module: Path) -> str:
    return module.relative_to(PACKAGE).as_posix()


@every_module
def test_a_module_fits_in_one_reading(module: Path) -> None:
    lines = len(module.read_text(encoding="utf-8").splitlines())
    longest = max(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for node in [*functions(module), ast.Pass(lineno=1, end_lineno=1)]
    )
    assert lines <= MAX_MODULE_LINES
    assert longest <= MAX_FUNCTION_LINES


def functions(module: Path) -> Iterator[ast.stmt]:
    for node in ast.walk(parsed(module)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_room_is_a_drawer_for_odds_and_ends() -> None:
    assert not {part for path in MODULES for part in path.with_suffix("").parts} & NO_NAMES


def test_only_the_named_modules_start_programs() -> None:
    assert {name_of(one) for one in MODULES if "subprocess" in imported(one)} == STARTERS


def imported(module: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(parsed(module)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.partition(".")[0])
    return names


def test_only_storage_calls_git() -> None:
    callers = {
        name_of(module)
        for module in MODULES
        for node in ast.walk(parsed(module))
        if isinstance(node, ast.Call) and any(is_git(one) for one in node.args[:1])
    }
    assert callers == {"storage/git.py"}


def is_git(argument: ast.expr) -> bool:
    """Tell whether an argument is "git", or an argv that starts with it."""
    while isinstance(argument, ast.List | ast.Tuple) and argument.elts:
        argument = argument.elts[0]
    return isinstance(argument, ast.Constant) and argument.value == "git"


@pytest.fixture(scope="module")
def copied_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the house once, for violations to be planted in."""
    copy = tmp_path_factory.mktemp("house")
    shutil.copy2(ROOT / "pyproject.toml", copy)
    shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def contracts_of(house: Path) -> str:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house / "src")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Contracts: " in done.stdout, done.stdout + done.stderr
    return done.stdout


def test_every_import_contract_is_kept() -> None:
    assert " 0 broken." in contracts_of(ROOT)


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("model/review", "import holdshort.storage.records", "Dependencies point down the stairs"),
        ("storage/records", "import holdshort.checks", "Dependencies point down the stairs"),
        ("utils", "", "Dependencies point down the stairs"),
        ("walkthrough/session", "import rich", "Only the TUI draws"),
        ("verification/verify", "import click", "Only the command line knows click"),
        ("checks/seeds_set", "import git", "Only storage.git speaks to git"),
        ("verification/verify", "import pandas", "Only a report tabulates"),
        ("model/policy", "import subprocess", "The model is pure"),
        ("plain/walk", "import textual", "Only the TUI draws"),
        ("tui/planted", "import holdshort.storage", "The shells speak only to the verbs"),
        ("checks/seeds_set", "import holdshort.checks.splits_seeded", "No check knows another"),
    ],
)
def test_a_planted_violation_breaks_its_contract(
    copied_house: Path, module: str, line: str, contract: str
) -> None:
    planted = copied_house / "src" / "holdshort" / f"{module}.py"
    before = planted.read_bytes() if planted.exists() else None
    planted.write_bytes((before or b"") + f"\n{line}\n".encode())
    try:
        said = contracts_of(copied_house)
    finally:
        if before is None:
            planted.unlink()
        else:
            planted.write_bytes(before)
    assert re.search(rf"^{contract}.* BROKEN", said, re.MULTILINE), said


def loaded_by(folder: Path, *arguments: str) -> set[str]:
    """Run one command, which must succeed, and return the top-level names it imported."""
    program = (
        "import json, os, sys\n"
        "from holdshort.cli.main import main\n"
        "code = main(json.loads(sys.argv[1]))\n"
        "names = {name.partition('.')[0] for name in sys.modules}\n"
        "os.write(int(sys.argv[2]), json.dumps(sorted(names)).encode())\n"
        "sys.exit(code)\n"
    )
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as names:
        subprocess.run(
            [sys.executable, "-P", "-c", program, json.dumps(arguments), str(writer)],
            cwd=folder,
            pass_fds=(writer,),
            stdin=subprocess.DEVNULL,
            check=True,
        )
        os.close(writer)
        return set(json.loads(names.read()))


def test_asking_for_the_version_loads_next_to_nothing(tmp_path: Path) -> None:
    heavy = {"git", "numpy", "pandas", "pydantic", "rich", "textual", "yaml"}
    assert not loaded_by(tmp_path, "--version") & heavy


FIRST_FRAME = """
import json, os, sys
from holdshort.cli.console import Console
from holdshort.cli.main import main

def opened(console):
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump(sorted(sys.modules), file)
    os._exit(0)

Console.visit = opened
main([])
"""
"""Stops where the repository is opened, which is behind the first frame."""


def test_the_first_frame_loads_textual_and_little_else(repository: Path, tmp_path: Path) -> None:
    loaded = tmp_path / "loaded.json"
    terminal = pexpect.spawn(
        sys.executable,
        ["-P", "-c", FIRST_FRAME, str(loaded)],
        cwd=str(repository),
        dimensions=(24, 80),
        timeout=30,
    )
    with terminal:
        terminal.expect(pexpect.EOF)
    names = set(json.loads(loaded.read_text(encoding="utf-8")))
    heavy = {"git", "importlib.metadata", "numpy", "pandas", "pydantic", "yaml"}
    assert "textual" in names
    assert not names & heavy
    assert not {name for name in names if name.startswith(("holdshort.storage", "rich.markdown"))}


def test_verify_never_draws_or_tabulates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    loaded_by(tmp_path, "demo")
    (sample,) = tmp_path.glob("holdshort-demo-*/churn")
    loaded = loaded_by(sample, "verify")
    assert {"git", "pydantic", "yaml"} <= loaded
    assert not loaded & {"numpy", "pandas", "textual"}


def test_every_exit_code_is_documented() -> None:
    table = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    rows = {int(row) for row in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}
    assert set(ExitCode) <= rows


def test_a_touched_home_is_noticed(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    conftest = request.config.pluginmanager.get_plugin(str(ROOT / "tests" / "conftest.py"))
    assert conftest is not None
    traces: Callable[[Path], dict[str, int]] = conftest.traces
    before = traces(tmp_path)
    (tmp_path / ".gitconfig").touch()
    assert traces(tmp_path) != before
