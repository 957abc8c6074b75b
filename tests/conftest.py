"""What every test stands on: a private home, a clean identity, real git, a real key.

`home` is automatic: HOME, the XDG folders, holdshort's own folders and git's configuration point
into an empty temporary folder, and a test that touches the true home fails. Nothing here is a
fake but `clock`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None, max_examples=60)
settings.register_profile("ci", parent=settings.get_profile("house"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "house")

TRUE_HOME = Path.home()
SHARED = tempfile.TemporaryDirectory(prefix="holdshort-")
# What a fixture of the whole session runs, before any test has its own home, keeps its facts here.
os.environ["HOLDSHORT_CACHE_DIR"] = str(Path(SHARED.name) / "cache")
GUARDED = (
    ".gitconfig",
    ".gnupg",
    ".ssh",
    ".ssh/allowed_signers",
    ".ssh/known_hosts",
    ".cache/holdshort",
    ".config/git",
    ".config/holdshort",
    ".local/share/holdshort",
    ".local/state/holdshort",
    "Library/Application Support/holdshort",
    "Library/Caches/holdshort",
)
LEAKS = ("GIT_", "GPG_", "GNUPG", "HOLDSHORT_", "SSH_", "TEXTUAL_", "XDG_", "GITHUB_", "GITLAB_")
LEAKING = {"ACCESSIBLE", "BROWSER", "CI", "COLUMNS", "DISPLAY", "EDITOR", "EMAIL", "FORCE_COLOR"}
LEAKING |= {"LANG", "LANGUAGE", "LINES", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "NO_COLOR", "PAGER"}
LEAKING |= {"PYTHONPATH", "REPO", "TZ", "VISUAL"}
IDENTITY = {"name": "Ada Lovelace", "email": "ada@example.org"}


def traces(home: Path) -> dict[str, int]:
    """Return when each guarded place of a home was last written, in nanoseconds."""
    places = {one: home / one for one in GUARDED}
    return {one: path.stat().st_mtime_ns for one, path in places.items() if path.exists()}


@pytest.fixture(autouse=True)
def home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Move the test into an empty home, and fail it when the true one was touched."""
    private = tmp_path_factory.mktemp("home")
    for name in os.environ:
        if name.startswith(LEAKS) or name in LEAKING:
            monkeypatch.delenv(name)
    for name, folder in {
        "HOME": "",
        "XDG_CACHE_HOME": ".cache",
        "XDG_CONFIG_HOME": ".config",
        "XDG_DATA_HOME": ".local/share",
        "XDG_STATE_HOME": ".local/state",
        "HOLDSHORT_CACHE_DIR": ".cache/holdshort",
        "HOLDSHORT_STATE_DIR": ".local/state/holdshort",
    }.items():
        monkeypatch.setenv(name, str(private / folder))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")
    before = traces(TRUE_HOME)
    yield private
    assert traces(TRUE_HOME) == before, "a test touched the true home directory"


@pytest.fixture
def git(home: Path) -> Callable[..., str]:
    """Run the real git in a folder, as Ada, and return what it prints."""

    def run(folder: Path, *arguments: str, **environment: str) -> str:
        as_ada = {
            "GIT_AUTHOR_NAME": IDENTITY["name"],
            "GIT_AUTHOR_EMAIL": IDENTITY["email"],
            "GIT_COMMITTER_NAME": IDENTITY["name"],
            "GIT_COMMITTER_EMAIL": IDENTITY["email"],
        }
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env={**os.environ, "HOME": str(home), **as_ada, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stderr}"
        return done.stdout.strip()

    return run


@pytest.fixture
def repository(tmp_path: Path, git: Callable[..., str]) -> Path:
    """Make a repository on `main` with one commit; Ada is in the private global config."""
    folder = tmp_path / "repository"
    folder.mkdir()
    for key, value in IDENTITY.items():
        git(folder, "config", "--global", f"user.{key}", value)
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "README.md").write_text("# Churn\n", encoding="utf-8")
    git(folder, "add", "README.md")
    git(folder, "commit", "--quiet", "--message=Begin")
    return folder


@pytest.fixture(scope="session")
def _key_of_the_session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = tmp_path_factory.mktemp("key") / "id_ed25519"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", IDENTITY["email"], "-f", key],
        stdin=subprocess.DEVNULL,
        check=True,
    )
    return key


@pytest.fixture
def ssh_key(_key_of_the_session: Path, home: Path) -> Path:
    """Put a real, unencrypted ed25519 key pair into the private ~/.ssh; return the private half."""
    folder = home / ".ssh"
    folder.mkdir(mode=0o700, exist_ok=True)
    shutil.copy2(_key_of_the_session.with_suffix(".pub"), folder)
    return Path(shutil.copy2(_key_of_the_session, folder))


class Clock:
    """A clock that stands still until told otherwise; calling it gives aware UTC."""

    def __init__(self) -> None:
        """Start at noon of a working day."""
        self.now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time shown."""
        return self.now

    def advance(self, **units: float) -> None:
        """Move on by `timedelta(**units)`."""
        self.now += timedelta(**units)


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands at 2026-11-20 12:00 UTC."""
    return Clock()
