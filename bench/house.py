"""What the benchmarks share: a repository to review, and a program in a real terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parent.parent
COLUMNS, ROWS = 80, 24
SECTIONS = 20
SECONDS = 20.0

_QUESTION = """  - id: q{number}
    text: Is the statement with the number {number} true for this release?
    guidance:
      why: A release that nobody looked at fails where nobody looked, most often at night.
      good: A file of the repository that shows it, with the name of the person who looked.
      weak: Somebody remembers that it was so for the release before.
    severity: {severity}
    role: ml_engineer
    evidence: {{need: none, hint: any file}}
    checks:
    - {{id: seeds-set, relation: supports}}
"""


def repository(folder: Path, *, files: int, questions: int = 300) -> Path:
    """Make a git repository with Python files and a checklist `big`; return its root."""
    root = folder / "repository"
    (root / "checklists").mkdir(parents=True)
    (root / "checklists" / "big.yaml").write_text(_checklist(questions), encoding="utf-8")
    body = "\n".join(f"def f{n}(x):\n    return [x, {n}, {{'a': x}}]\n" for n in range(120))
    for number in range(files):
        place = root / f"package{number % 40}"
        place.mkdir(exist_ok=True)
        source = f"import numpy as np\n\nSEED = {number}\nnp.random.seed(SEED)\n{body}"
        (place / f"module{number}.py").write_text(source, encoding="utf-8")
    for command in (
        ("init", "--quiet", "--initial-branch=main"),
        ("config", "--global", "user.name", "Ada Lovelace"),
        ("config", "--global", "user.email", "ada@example.org"),
        ("add", "."),
        ("commit", "--quiet", "--message=Begin"),
    ):
        subprocess.run(["git", *command], cwd=root, env=environment(folder), check=True)
    return root


def _checklist(questions: int) -> str:
    head = (
        "schema: holdshort/checklist/v1\nid: big\nversion: '1'\ntitle: A long checklist\n"
        "roles: {ml_engineer: ML engineer}\nprofiles:\n  quick:\n    title: All\n    questions:\n"
    )
    ids = "".join(f"    - q{number}\n" for number in range(questions))
    body = "sections:\n"
    for number in range(questions):
        if number % (questions // SECTIONS) == 0:
            body += f"- id: s{number}\n  title: Section from {number}\n  questions:\n"
        severity = "blocker" if number % 10 == 0 else "major"
        body += _QUESTION.format(number=number, severity=severity)
    return head + ids + body


def environment(folder: Path) -> dict[str, str]:
    """Return an environment whose home is a folder of its own."""
    kept = {key: value for key, value in os.environ.items() if key in {"PATH", "LANG"}}
    return {
        **kept,
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "HOLDSHORT_STATE_DIR": str(folder / "state"),
        "HOLDSHORT_CACHE_DIR": str(folder / "cache"),
        "PYTHONPATH": str(ROOT / "src"),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }


class Terminal:
    """A program in a pseudo terminal; bytes in, bytes out, with the time of each."""

    def __init__(self, command: list[str], env: dict[str, str], *, rows: int = ROWS) -> None:
        """Start the program."""
        self.seen = b""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, COLUMNS, 0, 0))
        self.started = time.perf_counter()
        self.child = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True
        )
        os.close(theirs)
        self._ours = ours

    def __enter__(self) -> Self:
        """Return the terminal itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """End the program if it still runs."""
        if self.child.poll() is None:
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()
        os.close(self._ours)

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._ours, keys.encode())

    def until(self, wanted: bytes, seconds: float = SECONDS) -> float:
        """Read until some bytes appear, forget what was read, and return when they did."""
        deadline = time.perf_counter() + seconds
        while wanted not in self.seen:
            left = deadline - time.perf_counter()
            ready, _, _ = select.select([self._ours], [], [], max(left, 0))
            if not ready:
                message = f"{wanted!r} did not appear in {seconds} s; last: {self.seen[-2000:]!r}"
                raise TimeoutError(message)
            self.seen += os.read(self._ours, 65536)
        at = time.perf_counter()
        self.seen = b""
        return at

    def drain(self, seconds: float) -> None:
        """Read and forget for a while."""
        deadline = time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0:
            if select.select([self._ours], [], [], left)[0]:
                try:
                    os.read(self._ours, 65536)
                except OSError:
                    return
        self.seen = b""


def holdshort(*arguments: str) -> list[str]:
    """Return the command line of holdshort from this checkout."""
    return [sys.executable, "-P", "-m", "holdshort", *arguments]


def quantile(values: list[float], share: float) -> float:
    """Return a quantile of some times, nearest rank."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
