"""The wheel is the product: built from the checkout, unpacked alone, it reviews and verifies."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import holdshort

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with the hatchling of the lock; nothing is fetched."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-P", "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run(
        [*build, "--directory", str(folder)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def program(wheel: Path) -> Path:
    """Unpack the wheel away from the checkout; return its console script."""
    site = wheel.parent / "site"
    pip = [sys.executable, "-I", "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run(
        [*pip, "--disable-pip-version-check", "--target", str(site), str(wheel)],
        stdin=subprocess.DEVNULL,
        check=True,
    )
    return site / "bin" / "holdshort"


@pytest.fixture(scope="session")
def offline() -> list[str]:
    """Give the words before a command that take its network away, where the system allows."""
    words = ["unshare", "--map-root-user", "--net"]
    try:
        allowed = subprocess.run([*words, "true"], capture_output=True, check=False)
    except FileNotFoundError:
        return []
    return words if allowed.returncode == 0 else []


def run(program: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {key: text for key, text in os.environ.items() if "COVERAGE" not in key}
    return subprocess.run(
        words,
        cwd=folder,
        env={
            **environment,
            "PYTHONPATH": str(program.parent.parent),
            "TMPDIR": str(folder),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_holds_the_program_its_data_and_its_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    source = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src" / "holdshort").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    checklists = {f"holdshort/checklists/{one.name}" for one in ROOT.glob("checklists/*.yaml")}
    licence = f"holdshort-{holdshort.__version__}.dist-info/licenses/LICENSE"
    assert checklists
    assert source | checklists | {licence} <= names


def test_the_wheel_holds_nothing_of_the_workshop(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        top = {name.partition("/")[0] for name in archive.namelist()}
    assert top == {"holdshort", f"holdshort-{holdshort.__version__}.dist-info"}


def test_the_same_source_builds_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    build = [sys.executable, "-P", "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run(
        [*build, "--directory", str(tmp_path)], cwd=ROOT, capture_output=True, check=True
    )
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()


def test_the_installed_program_is_the_one_from_the_wheel(program: Path, tmp_path: Path) -> None:
    where = "import holdshort; print(holdshort.__file__)"
    found = run(program, tmp_path, sys.executable, "-P", "-c", where)
    assert Path(found.stdout.strip()).is_relative_to(program.parent.parent)


def test_the_installed_program_tells_its_version(program: Path, tmp_path: Path) -> None:
    done = run(program, tmp_path, str(program), "--version")
    assert (done.returncode, done.stdout) == (0, f"holdshort {holdshort.__version__}\n")


def test_the_installed_program_reviews_signs_and_verifies_offline(
    program: Path, offline: list[str], tmp_path: Path
) -> None:
    demo = run(program, tmp_path, *offline, str(program), "demo")
    assert demo.returncode == 0, demo.stderr
    sample = re.search(r"--repo (\S+) verify", demo.stdout)
    assert sample, demo.stdout
    verify = run(program, tmp_path, *offline, str(program), "--repo", sample[1], "verify")
    assert verify.returncode == 0, verify.stdout + verify.stderr
