"""`make run` and `make test` set themselves up: what is missing, broken or old is put right.

The real Makefile and installer work on a copy of the checkout whose lock is empty and whose
program prints how it was called, so that nothing is fetched.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROGRAM = """
import json, sys
print(json.dumps({"arguments": sys.argv[1:], "path": sys.path}))
"""


def copy_into(folder: Path) -> Path:
    package = folder / "src" / "holdshort"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    shutil.copy2(ROOT / "Makefile", folder)
    (folder / "requirements").mkdir()
    shutil.copy2(ROOT / "requirements" / "install.sh", folder / "requirements")
    (folder / "requirements" / "runtime.txt").touch()
    return folder


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    return copy_into(tmp_path / "a checkout")


@pytest.fixture(scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_into(tmp_path_factory.mktemp("shared") / "a checkout")


@pytest.fixture
def checkout(_shared: Path) -> Path:
    """Give a checkout that is set up; building it takes seconds, so the tests share it."""
    (_shared / "requirements" / "runtime.txt").write_text("", encoding="utf-8")
    assert make(_shared, "run").returncode == 0
    return _shared


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def told(done: subprocess.CompletedProcess[str]) -> dict[str, list[str]]:
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert isinstance(told, dict)
    return told


def test_run_opens_the_sample_and_sets_up_once(fresh: Path) -> None:
    first = make(fresh, "run")
    assert told(first)["arguments"] == ["demo", "--folder", "build/sample"]
    assert "building .venv" in first.stderr
    assert make(fresh, "run").stderr == ""


def test_run_opens_the_users_own_repository(checkout: Path, tmp_path: Path) -> None:
    done = make(checkout, "run", f"REPO={tmp_path}/my model")
    assert told(done)["arguments"] == ["--repo", f"{tmp_path}/my model"]


def test_run_puts_no_foreign_folder_on_the_import_path(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(checkout / "foreign"))
    path = told(make(checkout, "run"))["path"]
    assert str(checkout / "src") in path
    assert not {"", ".", str(checkout), str(checkout / "foreign")} & set(path)


def test_a_changed_lock_is_installed(checkout: Path) -> None:
    (checkout / "requirements" / "runtime.txt").write_text("# another\n", encoding="utf-8")
    assert "bringing .venv to requirements/runtime.txt" in make(checkout, "run").stderr
    assert make(checkout, "run").stderr == ""


def test_a_lock_that_cannot_be_installed_stops_the_run_and_is_tried_again(checkout: Path) -> None:
    lock = checkout / "requirements" / "runtime.txt"
    lock.write_text("unhashed==1\n", encoding="utf-8")
    for _ in range(2):
        done = make(checkout, "run")
        assert done.returncode != 0
        assert "run the same command again" in done.stderr
        assert done.stdout == ""


@pytest.mark.parametrize("damage", ["no pip", "interrupted", "no python"])
def test_a_damaged_environment_is_built_anew(checkout: Path, damage: str) -> None:
    environment = checkout / ".venv"
    if damage == "no pip":
        shutil.rmtree(next(environment.glob("lib/python3.*/site-packages/pip")))
    elif damage == "interrupted":
        (environment / ".unfinished").touch()
    else:
        (environment / "bin" / "python").unlink()
    repaired = make(checkout, "run")
    assert "building .venv" in repaired.stderr
    assert told(repaired)["arguments"] == ["demo", "--folder", "build/sample"]


def test_a_moved_checkout_runs_its_own_source(checkout: Path) -> None:
    moved = checkout.rename(checkout.with_name("moved"))
    try:
        path = told(make(moved, "run"))["path"]
    finally:
        moved.rename(checkout)
    assert str(moved / "src") in path
    assert str(checkout / "src") not in path


def test_clean_keeps_the_environment_and_distclean_does_not(fresh: Path) -> None:
    (fresh / ".venv").mkdir()
    (fresh / "build").mkdir()
    make(fresh, "clean")
    assert not (fresh / "build").exists()
    assert (fresh / ".venv").exists()
    make(fresh, "distclean")
    assert not (fresh / ".venv").exists()


def test_help_lists_every_target_a_user_types(fresh: Path) -> None:
    listed = {line.split()[1] for line in make(fresh).stdout.splitlines()}
    assert listed == {
        *("help", "run", "test", "lint", "format", "bench", "pictures", "lock"),
        *("accuracy", "clean", "distclean"),
    }


def test_the_locks_pin_by_hash_and_name_no_registry() -> None:
    for name in ("runtime", "dev"):
        lock = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        pins = [line for line in lock.splitlines() if line[:1].isalnum()]
        assert pins
        assert all("==" in pin and pin.endswith("\\") for pin in pins)
        assert lock.count("--hash=sha256:") >= len(pins)
        assert not any(word in lock for word in ("http", "://", "--index", "--find-links"))


def test_what_runs_is_what_is_tested() -> None:
    runtime, dev = (
        (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        for name in ("runtime", "dev")
    )
    assert set(runtime) < set(dev)
