"""The gateway: what git is started with, what it may not do, and when it is given up on."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import holdshort
from holdshort.errors import ExitCode, MissingEnvironmentError
from holdshort.storage import git as gateway
from holdshort.storage.git import GitError, check_version, decode, encode, run, stream

Git = Callable[..., str]


@pytest.fixture
def fresh_version() -> Iterator[None]:
    check_version.cache_clear()
    yield
    check_version.cache_clear()


def put_program(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return program


def test_foreign_git_variables_do_not_reach_git(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.abbrev")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "7")

    assert run(repository, "rev-parse", "--show-toplevel").text == str(repository)
    assert run(repository, "config", "core.abbrev", may_fail=True).code == 1
    assert "GIT_DIR" not in os.environ


def test_the_users_choice_of_configuration_file_reaches_git(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tmp_path / "mine"
    chosen.write_text("[user]\n\tname = Grace\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(chosen))

    assert run(repository, "config", "--global", "user.name").text == "Grace"


@pytest.mark.parametrize(("name", "value"), gateway.SETTINGS.items())
def test_the_repositorys_own_setting_is_overruled(
    repository: Path, git: Git, name: str, value: str
) -> None:
    git(repository, "config", name, "evil")

    assert run(repository, "config", name).text == value


def test_the_environment_forbids_every_way_out(repository: Path, home: Path) -> None:
    put_program(home / "bin", "shown", "env")
    said = run(repository, "-c", f"alias.shown=!{home}/bin/shown", "shown").text
    lines = set(said.splitlines())

    assert {f"{key}={value}" for key, value in gateway.ENVIRONMENT.items()} <= lines


def test_a_git_in_the_working_directory_is_not_started(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "marker"
    put_program(repository, "git", f"touch {marker}")
    monkeypatch.chdir(repository)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.pathsep}{os.environ['PATH']}")
    subprocess.run(["./git"], check=True)
    assert marker.exists()
    marker.unlink()

    assert run(repository, "rev-parse", "--is-inside-work-tree").text == "true"
    assert not marker.exists()


def test_git_that_is_missing_says_what_to_install(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(MissingEnvironmentError, match="'git' is not on PATH") as caught:
        run(repository, "version")
    assert caught.value.exit_code is ExitCode.ENVIRONMENT
    assert "Install git" in caught.value.hint


@pytest.mark.usefixtures("fresh_version")
def test_git_that_is_too_old_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_program(tmp_path / "bin", "git", "echo git version 2.30.9")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")

    with pytest.raises(MissingEnvironmentError, match="too old"):
        check_version()


def test_git_that_falls_silent_is_ended_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = tmp_path / "pid"
    put_program(tmp_path / "bin", "git", f"sleep 60 & echo $! > {pid}; wait")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(gateway, "SILENCE_S", 0.5)

    with pytest.raises(GitError, match="no answer"):
        run(tmp_path, "version")
    with pytest.raises(GitError, match="no answer"):
        list(stream(tmp_path, "version"))
    state = Path(f"/proc/{pid.read_text(encoding='utf-8').strip()}/stat")
    assert not state.exists() or state.read_text(encoding="utf-8").split()[2] == "Z"


def test_git_on_the_terminal_is_ended_when_the_person_gives_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_program(tmp_path / "bin", "git", "echo $$; exec sleep 60")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(gateway, "MAX_OUTPUT_BYTES", 0)

    with pytest.raises(GitError, match="bytes of output"):
        run(tmp_path, "commit-tree", on_terminal=True)


def test_output_is_cut_off_at_the_limit(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "MAX_OUTPUT_BYTES", 10)

    with pytest.raises(GitError, match="more than 10 bytes"):
        run(repository, "rev-parse", "HEAD")


def test_a_flood_of_errors_neither_blocks_nor_fills_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_program(tmp_path / "bin", "git", "yes error | head -c 3000000 >&2; echo done; exit 3")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")

    said = run(tmp_path, "version", may_fail=True)

    assert (said.code, said.text) == (3, "done")
    assert len(said.stderr) == 64 * 1024


def test_input_larger_than_a_pipe_does_not_block(repository: Path) -> None:
    asked = (run(repository, "rev-parse", "HEAD").text + "\n").encode() * 20_000

    answered = run(repository, "cat-file", "--batch-check", stdin=asked).text.splitlines()

    assert len(answered) == 20_000


def test_a_failure_says_the_command_and_gits_last_line(repository: Path) -> None:
    with pytest.raises(GitError, match=r"`git rev-parse` failed: fatal: Needed a single") as caught:
        run(repository, "rev-parse", "--verify", "nothing")
    assert caught.value.code == 128
    with pytest.raises(GitError, match="exit code 1"):
        run(repository, "config", "--get", "no.such.key")


def test_a_stream_reports_a_failure_at_its_end(repository: Path) -> None:
    with pytest.raises(GitError, match="rev-list"):
        list(stream(repository, "rev-list", "nothing", "--"))


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("fatal: write error: No space left on device", "disk space"),
        ("fatal: Unable to create 'x': Permission denied", "writable"),
        (
            "fatal: detected dubious ownership\n\n\tgit config --global --add safe.directory /x",
            "git config --global --add safe.directory /x",
        ),
    ],
)
def test_a_failure_of_the_environment_names_its_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, advice: str
) -> None:
    (tmp_path / "said").write_text(said, encoding="utf-8")
    put_program(tmp_path / "bin", "git", f"cat {tmp_path}/said >&2; exit 128")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")

    with pytest.raises(MissingEnvironmentError) as caught:
        run(tmp_path, "write-tree")
    assert advice in caught.value.hint


def test_bytes_that_are_no_text_survive_both_ways() -> None:
    assert encode(decode(b"a\xff\xfeb")) == b"a\xff\xfeb"


def test_nothing_else_starts_git() -> None:
    started = {
        path.relative_to(package()): sorted(names)
        for path in package().rglob("*.py")
        if "sample_files" not in path.parts and (names := starters_of_git(path))
    }

    assert started == {Path("storage/git.py"): ["git", "git imported"]}


def test_importing_the_repository_does_not_import_gitpython() -> None:
    code = "import sys, holdshort.storage.repo, holdshort.signing.ssh; print('git' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(package().parent)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout == "False\n"


def test_importing_gitpython_starts_nothing(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    put_program(tmp_path, "git", f"echo $* >> {marker}")
    code = "from holdshort.storage.git import run; run(__import__('pathlib').Path('/'), 'once')"
    paths = {"PYTHONPATH": str(package().parent), "PATH": f"{tmp_path}{os.pathsep}/usr/bin:/bin"}
    subprocess.run([sys.executable, "-c", code], env={**os.environ, **paths}, check=True)

    (line,) = marker.read_text(encoding="utf-8").splitlines()
    assert line.endswith("-C / once")


def package() -> Path:
    return Path(holdshort.__file__).parent


def starters_of_git(path: Path) -> set[str]:
    """Return the signs that a module starts git: the import, or its name handed to a call."""
    found = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        match node:
            case ast.ImportFrom(module=str(module), level=0) if module.split(".")[0] == "git":
                found.add("git imported")
            case ast.Import(names=names) if any(one.name.split(".")[0] == "git" for one in names):
                found.add("git imported")
            case ast.Call(args=[first, *_]) if names_git(first, of=node):
                found.add("git")
    return found


def names_git(argument: ast.expr, of: ast.Call) -> bool:
    """Tell whether a call's first argument is a command or a program called git."""
    if isinstance(argument, (ast.List, ast.Tuple)) and argument.elts:
        return names_git(argument.elts[0], of)
    if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
        return False
    words = argument.value.split()
    name = ast.unparse(of.func).rpartition(".")[2]
    is_command = len(words) == 1 or name in {"system", "popen", "Popen", "run", "getoutput"}
    return bool(words) and is_command and Path(words[0]).name == "git"
