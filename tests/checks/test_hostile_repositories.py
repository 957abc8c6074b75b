"""A real repository that holds everything a checker may stumble over, checked by the real program.

Each strange thing is counted as not read and named, what the others hold is still found, nothing
outside of the repository is opened and nothing of it is run: seen by a mark that every trap would
leave and, where `strace` is there, by the kernel's own account.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from holdshort.checks.base import IDS
from holdshort.checks.child import own_command, own_environment
from holdshort.model.finding import Finding, Level, Outcome
from holdshort.model.text import visible

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(20)
)
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
DRAW = b"import random\nrandom.random()\n"


def notebook(*cells: tuple[str, list[object]]) -> bytes:
    rows = [{"cell_type": "code", "source": source, "outputs": out} for source, out in cells]
    return json.dumps({"cells": rows}).encode()


GOOD: dict[str, bytes] = {
    "good/train.py": b"import torch\ntorch.manual_seed(7)\nx = torch.rand(3)\n",
    "good/requirements.txt": b"torch==2.1.0\n",
    "good/shown.ipynb": notebook(("x = 1", [{"text": "1"}])),
    "tests/test_train.py": b"def test_train():\n    assert True\n",
    "win/requirements.txt": "alpha==1.0\r\nbravo==2.0\r\n".encode("utf-16"),
}
"""What is still found."""

CODE: dict[str, bytes] = {
    "bad/python2.py": b"print 'old'\n",
    "bad/broken.py": b"def f(:\n",
    "bad/nul.py": b"x = 1\0\n",
    "bad/codec.py": b"# -*- coding: klingon -*-\nx = 1\n",
    "bad/rot13.py": b"# coding: rot13\nvzcbeg bf\n",
    "bad/minuses.py": b"x = " + b"-" * 100_000 + b"1\n",
    "bad/deep.py": b"x = " + b"(" * 5_000 + b")" * 5_000 + b"\n",
    "bad/large.py": b"#" * 20_000_000,
    "bad/latin.py": b"x = '\xff'\n",
    "bad/utf16.py": "import random\n".encode("utf-16"),
    "bad/empty.ipynb": b"",
    "bad/cut.ipynb": b'{"cells": [{"cell_type": "code"',
    "bad/conflict.ipynb": b'{\n<<<<<<< HEAD\n "cells": []\n=======\n>>>>>>> other\n}\n',
    "bad/pointer.ipynb": POINTER,
    "bad/deep.ipynb": b"[" * 1_000_000,
}
"""What cannot be read as Python or as a notebook."""

MANIFESTS: dict[str, bytes] = {
    "dotted/pyproject.toml": b"a" + b".a" * 200_000 + b" = 1\n",
    "nested/pyproject.toml": b"[" * 100_000,
}
WORKFLOWS: dict[str, bytes] = {
    ".github/workflows/deep.yml": b"[" * 100_000,
    ".github/workflows/aliases.yml": (BOMB + "".join(f"z{n}: *a\n" for n in range(300))).encode(),
}
STRANGE: dict[str, bytes] = {
    "up/requirements.txt": (
        b"-r ../../outside/asked.txt\n-r ../../../../../../etc/passwd\n-c /etc/hostname\n"
        b"-e ../../outside\ncharlie==1.0\n"
    ),
    "single.ipynb": notebook(("x = 1", [{"text": "0" * 1_900_000}]), (DRAW.decode(), [])),
    "weights.safetensors": POINTER,
    ".gitattributes": b"* filter=evil diff=evil\n" + b"*" * 100_000 + b" x\n",
    "Makefile": b"test: test\n\t$(MAKE) test\n",
    "Dockerfile": b"ARG A=$A$A\nFROM " + b"$A" * 50_000 + b"\nRUN " + b"\\\n" * 50_000,
    "deep/Dockerfile": b"FROM x\nRUN <<A <<B <<C\n" + b"$(" * 50_000,
    "run.sh": b"$(" * 50_000 + b"`" * 50_001 + b"<<X " * 10_000,
    "card/README.md": f"---\n{BOMB}---\n{'#' * 100_000}\n{'[' * 100_000}".encode(),
    "COPYING": b"a" * 1_900_000,
    "tox.ini": b"[testenv]\ncommands = {[testenv]commands}\n",
    "package.json": b"[" * 100_000,
    "Jenkinsfile": b"sh '''" * 20_000,
    **{
        name: f"---\n{BOMB}---\n".encode()
        for name in (
            *(".github/workflows/bomb.yml", ".github/dependabot.yml", ".gitlab-ci.yml", "dvc.yaml"),
            *(".circleci/config.yml", ".travis.yml", ".pre-commit-config.yaml", "action.yml"),
            *("params.yaml", "conf/config.yaml", "docker-compose.yml", "k8s/deployment.yaml"),
            *("monitoring/alerts.yml", "mkdocs.yml", "data/rows.csv.dvc", "README.md", "MLproject"),
            *("environment.yml", "MODEL_CARD.md", "CITATION.cff", "model.yaml"),
        )
    },
}
"""What is read with care; nobody may break down over it."""

NAMES: tuple[bytes, ...] = (
    b"names/new\nline.py",
    b"names/\x1b[31mred\x1b]0;title\x07.py",
    b"names/[/b][bold red]markup.py",
    b"names/'; touch mark; '.py",
    b"names/\xff\xfe no text.py",
    b"names/\xe2\x80\xae right to left.py",
    b"names/ blank .py",
    b"-rf.py",
    b"--help.py",
    b"/".join([b"n" * 190] * 18) + b"/long.py",
)
"""Names that mean something to a terminal, a shell, a program or a file system; each draws."""

MODULES = (
    "yaml sitecustomize usercustomize json torch conftest setup noxfile git holdshort/__init__"
)
PROGRAMS = "git python python3 sh"
LINKS = {
    "loop": "loop",
    "one.py": "two.py",
    "two.py": "one.py",
    "around": ".",
    "etc": "/etc",
    "passwd.py": "/etc/passwd",
    "linked.py": "../outside/asked.txt",
    "linked/requirements.txt": "../../outside/asked.txt",
    "LICENSE": "/etc/hostname",
    "CHANGELOG.md": "../outside/asked.txt",
}
SETTINGS = (
    "core.fsmonitor core.pager core.sshCommand core.gitProxy diff.evil.textconv diff.external"
    " filter.evil.clean filter.evil.smudge filter.evil.process"
)
SEARCHING = "seeds-set splits-seeded dependencies-pinned notebooks-clean secrets-absent"
HOOKS = "post-index-change fsmonitor-watchman post-checkout reference-transaction"


@dataclass(frozen=True)
class Museum:
    """The repository, what lies beside it, and the mark that every trap would leave."""

    root: Path
    outside: Path
    mark: Path
    environment: Mapping[str, str]

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        """Run the real git here, as it is configured, and return what it prints."""
        done = subprocess.run(
            ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *arguments],
            cwd=self.root,
            env=dict(self.environment),
            input=stdin,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode().strip()

    def check(self, *arguments: str, through: tuple[str, ...] = ()) -> bytes:
        """Run `holdshort check` from inside the repository, as a person would."""
        done = subprocess.run(
            [*through, *own_command(), "check", *arguments],
            cwd=self.root,
            env={**self.environment, "PYTHONPATH": own_environment()["PYTHONPATH"]},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        assert (done.returncode in {0, 1}, done.stderr) == (True, b"")
        return done.stdout

    def findings(self, *arguments: str) -> dict[str, Finding]:
        """Return what every check finds, by its id."""
        document = json.loads(self.check("--format", "json", *arguments))
        return {one["id"]: Finding.from_json(one) for one in document["checks"]}


def built(folder: Path) -> Museum:
    """Make the repository and its surroundings in an empty folder, with the real git."""
    for name in ("home", "outside", "root"):
        (folder / name).mkdir()
    kept = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1"}
    environment = {**kept, "HOME": str(folder / "home")}
    museum = Museum(folder / "root", folder / "outside", folder / "mark", environment)
    (museum.outside / "asked.txt").write_text("secret==1.0\n", encoding="utf-8")
    (museum.outside / "inside.py").write_bytes(DRAW)
    fill(museum)
    museum.git("init", "--quiet", "--initial-branch=main")
    museum.git("add", "--all")
    museum.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    museum.git("commit", "--quiet", "--message=Everything")
    fill_a_folder(museum)
    set_traps(museum, folder / "trap")
    change(museum.root)
    return museum


def fill(museum: Museum) -> None:
    mark = str(museum.mark)
    for path, data in {**GOOD, **CODE, **MANIFESTS, **WORKFLOWS, **STRANGE}.items():
        put(museum.root, path.encode(), data)
    for strange in NAMES:
        put(museum.root, strange, DRAW)
    for name in MODULES.split():
        put(museum.root, f"{name}.py".encode(), f"open({mark!r}, 'a')\n".encode())
    for name in PROGRAMS.split():
        put(museum.root, name.encode(), f"#!/bin/sh\ntouch {mark}\n".encode())
        (museum.root / name).chmod(0o755)
    for name in ("pipe.py", "gone.py", "folder.py", "moved/inside.py"):
        put(museum.root, name.encode(), DRAW)
    for name, target in LINKS.items():
        (museum.root / name).parent.mkdir(exist_ok=True)
        (museum.root / name).symlink_to(target)


def fill_a_folder(museum: Museum) -> None:
    """Tag a commit of a hundred thousand files in one folder, and one with an endless name."""
    blob = museum.git("hash-object", "-w", "--stdin", stdin=b"x = 1\n")
    drawn = museum.git("hash-object", "-w", "--stdin", stdin=DRAW)
    rows = [f"100644 {blob}\tmany/{n}.png\n" for n in range(99_000)]
    rows += [f"100644 {blob}\tmany/{n}.py\n" for n in range(999)]
    rows += [f"100644 {drawn}\tmany/last.py\n", f"100644 {drawn}\t{'n' * 5000}.py\n"]
    index = {**museum.environment, "GIT_INDEX_FILE": str(museum.mark.with_name("index"))}
    aside = Museum(museum.root, museum.outside, museum.mark, index)
    aside.git("update-index", "--index-info", stdin="".join(rows).encode())
    museum.git("tag", "many", aside.git("commit-tree", aside.git("write-tree"), stdin=b"Many"))


def put(root: Path, name: bytes, data: bytes) -> None:
    place = Path(os.fsdecode(os.fsencode(root) + b"/" + name))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)


def set_traps(museum: Museum, trap: Path) -> None:
    trap.write_text(f"#!/bin/sh\ntouch {museum.mark}\nexit 1\n", encoding="utf-8")
    trap.chmod(0o755)
    (museum.root / ".git" / "hooks").mkdir(exist_ok=True)
    for name in HOOKS.split():
        (museum.root / ".git" / "hooks" / name).symlink_to(trap)
    for name in SETTINGS.split():
        museum.git("config", name, str(trap))


def change(root: Path) -> None:
    """Put other things where regular files were tracked, and files into the submodule."""
    for name in ("pipe.py", "gone.py", "folder.py", "moved/inside.py"):
        (root / name).unlink()
    os.mkfifo(root / "pipe.py")
    os.mkfifo(root / "untracked.py")
    (root / "folder.py").mkdir()
    (root / "moved").rmdir()
    (root / "moved").symlink_to("../outside")
    put(root, b"sub/inside.py", DRAW)
    put(root, b"sub/.git", b"gitdir: ../../outside\n")


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> Museum:
    """Give the repository; nothing that reads it may change it."""
    return built(tmp_path_factory.mktemp("museum"))


@pytest.fixture(scope="module")
def standing(museum: Museum) -> dict[str, Finding]:
    """Give what is found in the work tree."""
    return museum.findings()


@pytest.fixture(scope="module")
def committed(museum: Museum) -> dict[str, Finding]:
    """Give what is found at the commit."""
    return museum.findings("--commit", "HEAD")


@pytest.fixture(autouse=True)
def unmarked(museum: Museum) -> Iterator[None]:
    """Demand after each test that no trap was sprung."""
    yield
    sprung = museum.mark.exists()
    museum.mark.unlink(missing_ok=True)
    assert not sprung


def named(findings: Mapping[str, Finding]) -> set[str]:
    return {row.rpartition(": ")[0] for one in findings.values() for row in one.coverage.errors}


def test_the_traps_work(museum: Museum) -> None:
    for command in (["git", "status"], [sys.executable, "-c", "import yaml"], ["./python"]):
        subprocess.run(
            command, cwd=museum.root, env=museum.environment, capture_output=True, check=False
        )
        assert museum.mark.exists(), command
        museum.mark.unlink()


@pytest.mark.parametrize("state", ["standing", "committed"])
def test_every_check_comes_to_a_finding(state: str, request: pytest.FixtureRequest) -> None:
    findings: dict[str, Finding] = request.getfixturevalue(state)
    assert tuple(findings) == IDS
    broken = ("Stopped after", "The check itself failed")
    assert [one.headline for one in findings.values() if one.headline.startswith(broken)] == []


@pytest.mark.parametrize("state", ["standing", "committed"])
@pytest.mark.parametrize("path", [*CODE, *MANIFESTS, *WORKFLOWS, "sub", "one.py", "two.py"])
def test_what_cannot_be_read_is_named(
    state: str, path: str, request: pytest.FixtureRequest
) -> None:
    assert path in named(request.getfixturevalue(state))


def test_what_is_no_file_any_more_is_named(standing: dict[str, Finding]) -> None:
    assert {"pipe.py", "moved/inside.py"} <= named(standing)


def test_an_include_that_leaves_the_repository_is_named(standing: dict[str, Finding]) -> None:
    for path in ("etc/passwd", "outside/asked.txt", "etc/hostname"):
        assert any(one.endswith(path) for one in named(standing)), path
    assert "secret" not in repr(standing["dependencies-pinned"])


@pytest.mark.parametrize("state", ["standing", "committed"])
def test_what_can_be_read_still_counts(state: str, request: pytest.FixtureRequest) -> None:
    findings: dict[str, Finding] = request.getfixturevalue(state)
    places = {check: {p.where for p in one.evidence} for check, one in findings.items()}
    assert "good/train.py:2" in places["seeds-set"]
    assert "single.ipynb cell 2:2" in places["seeds-set"]
    assert "tests/test_train.py:1" in places["tests-present"]
    assert "good/shown.ipynb cell 1:1" in places["notebooks-clean"]
    pinned = findings["dependencies-pinned"].facts
    assert pinned["total"] == 5
    assert pinned["exact"] == 4


def test_no_check_is_fine_with_what_it_could_not_read(standing: dict[str, Finding]) -> None:
    assert not any(standing[check].outcome is Outcome.PASS for check in SEARCHING.split())


@pytest.mark.parametrize("state", ["standing", "committed"])
@pytest.mark.parametrize("name", NAMES)
def test_a_strange_name_is_read_and_shown_harmless(
    name: bytes, state: str, request: pytest.FixtureRequest
) -> None:
    findings: dict[str, Finding] = request.getfixturevalue(state)
    places = {p.path for p in findings["seeds-set"].evidence if p.level is not Level.PASS}
    assert visible(os.fsdecode(name)) in places


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_control_character_reaches_the_terminal(form: str, museum: Museum) -> None:
    shown = museum.check("--format", form).decode()
    assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown) == []


def test_what_is_kept_between_runs_changes_nothing(museum: Museum) -> None:
    fresh = museum.check("--format", "json", "--no-cache")
    assert museum.check("--format", "json") == fresh
    assert museum.check("--format", "json") == fresh


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_the_kernel_saw_nothing_run_and_nothing_opened_outside(
    museum: Museum, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    calls = "trace=execve,open,openat,creat,connect"
    museum.check(
        "--no-cache", through=("strace", "-fqqy", "-s", "9999", "-e", calls, "-o", str(trace))
    )
    rows = trace.read_text(encoding="utf-8", errors="replace").splitlines()
    assert sum(str(museum.root) in row for row in rows) > len(CODE)
    done = [row for row in rows if not re.search(r"= -1 E\w+", row)]
    programs = {found[1] for row in done if (found := re.search(r'execve\("([^"]*)"', row))}
    assert {Path(one).name.rstrip("0123456789.") for one in programs} <= {"python", "git", "strace"}
    assert not any(one.startswith((str(museum.root), ".")) for one in programs)
    opened = [row for row in done if "open" in row or "creat" in row]
    foreign = (str(museum.outside), "/etc/passwd", "/etc/hostname", f"{museum.root}/sub/")
    assert [row for row in opened if any(place in row for place in foreign)] == []
    here = [
        row
        for row in opened
        if f'"{museum.root}' in row or re.search(r'AT_FDCWD<[^>]*>, "\.git', row)
    ]
    assert here
    assert [row for row in here if re.search(r"O_(WRONLY|RDWR|CREAT)", row)] == []
    assert [row for row in done if "connect(" in row] == []


def test_a_folder_of_a_hundred_thousand_files_is_read_in_bounded_time(museum: Museum) -> None:
    findings = museum.findings("--commit", "many")
    assert [one.id for one in findings.values() if one.headline.startswith("Stopped")] == []
    places = {p.path for p in findings["seeds-set"].evidence}
    assert {"many/last.py", "n" * 5000 + ".py"} <= places
