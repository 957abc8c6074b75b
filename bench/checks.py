"""All auto-checks over one repository, beside a floor and the peers that are installed.

`python bench/checks.py FOLDER [PROGRAMS]`: the clone to look at, such as one of
huggingface/diffusers, and a folder of programs where peers are looked for beside the PATH
(`ruff`, `ml-project-doctor`, `repo-review`). Without a folder a repository is made. Every row is
the best wall time of several runs, all of one run of this program: the ratios travel between
machines, the seconds do not.

The floor lists and reads every tracked file once. Warm is a second run over the same state; ten
files is a run after ten files got one more line. Goals for huggingface/diffusers: 2.5 s cold,
0.25 s warm, 80 MB.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from house import repository

RUNS = 3
OURS = (sys.executable, "-P", "-m", "holdshort", "check", "--format", "json")
PEERS = {
    "ruff, two rules": ("ruff", "check", "--isolated", "--no-cache", "--select=NPY002,S311", "."),
    "repo-review": ("repo-review", "."),
    "ml-project-doctor": ("ml-project-doctor", "."),
}
PEER_LIMIT_S = 120


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        given = [Path(one).resolve() for one in sys.argv[1:]]
        source = given[0] if given else repository(Path(scratch), files=300)
        root = Path(scratch) / "clone"
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", source, root], check=True)
        programs = os.pathsep.join([*map(str, given[1:]), os.environ.get("PATH", "")])
        floor = best(lambda: read_everything(root))
        print(f"{len(tracked(root))} files, {source.name}\n")
        print(f"{'':24}{'seconds':>9}{'x floor':>9}{'MB':>7}")
        show("list and read all", floor, floor)
        for name, seconds, size in ours(root, Path(scratch)):
            show(name, seconds, floor, size)
        for name, command in PEERS.items():
            if program := shutil.which(command[0], path=programs):
                show(name, peer(root, (program, *command[1:])), floor)
            else:
                print(f"{name:24}{'not installed here':>25}")


def ours(root: Path, scratch: Path) -> Iterator[tuple[str, float, float]]:
    """Yield our runs: without anything kept, with everything, and after a change."""
    cold = [timed(OURS, root, scratch / f"cold{run}") for run in range(RUNS)]
    yield "holdshort, cold", *min(cold)
    time.sleep(2.1)  # a file's time tells nothing about the two seconds after it
    timed(OURS, root, scratch / "warm")
    yield "holdshort, warm", *min(timed(OURS, root, scratch / "warm") for _ in range(RUNS))
    changed = []
    for _ in range(RUNS):
        for path in [one for one in tracked(root) if one.endswith(".py")][:10]:
            with (root / path).open("a", encoding="utf-8") as file:
                file.write("\n")
        changed.append(timed(OURS, root, scratch / "warm"))
    yield "holdshort, ten files", *min(changed)


def timed(command: tuple[str, ...], root: Path, cache: Path) -> tuple[float, float]:
    """Return the wall seconds of one run and the MB of its largest process."""
    env = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=root, env=env, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 1}:
        raise SystemExit(f"exit code {process.returncode}: {' '.join(command)}")
    return time.perf_counter() - began, used.ru_maxrss / 1024


def peer(root: Path, command: tuple[str, ...]) -> float:
    """Return the wall seconds of another program, the limit when it was ended."""

    def run() -> None:
        subprocess.run(
            command,
            cwd=root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PEER_LIMIT_S,
            check=False,
        )

    try:
        return best(run)
    except subprocess.TimeoutExpired:
        return PEER_LIMIT_S


def best(run: Callable[[], object]) -> float:
    """Return the shortest of several runs in seconds."""
    seconds = []
    for _ in range(RUNS):
        began = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - began)
        if seconds[-1] > PEER_LIMIT_S / RUNS:
            break
    return min(seconds)


def tracked(root: Path) -> list[str]:
    """Return every tracked path."""
    said = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, stdout=subprocess.PIPE)
    return [os.fsdecode(one) for one in said.stdout.split(b"\0") if one]


def read_everything(root: Path) -> int:
    """List and read every tracked file; return how many bytes there are."""
    return sum(len((root / path).read_bytes()) for path in tracked(root) if (root / path).is_file())


def show(name: str, seconds: float, floor: float, size: float = 0) -> None:
    """Print one row."""
    print(f"{name:24}{seconds:9.2f}{seconds / floor:9.1f}" + (f"{size:7.0f}" if size else ""))


if __name__ == "__main__":
    main()
