"""Key to screen, through a real terminal, with 300 questions: idle, and while the checks run.

Targets: p95 at most 33 ms idle and 50 ms while checks run, 60 MB resident, 200 ms to quit, no
child left behind. Run: `python bench/key_latency.py`.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from house import Terminal, environment, holdshort, quantile, repository

QUESTIONS = 300
KEYS = 120
IDLE_FILES, BUSY_FILES = 20, 4000
TARGETS_MS = {"idle": 33, "checks running": 50}


def main() -> None:
    """Measure and print."""
    for name, files in (("idle", IDLE_FILES), ("checks running", BUSY_FILES)):
        with tempfile.TemporaryDirectory() as folder:
            root = repository(Path(folder), files=files, questions=QUESTIONS)
            measure(name, root, environment(Path(folder)))


def measure(name: str, root: Path, env: dict[str, str]) -> None:
    """Press keys in one review and print their times."""
    command = holdshort("--repo", str(root), "review", "--checklist", "big", "--release", "1")
    with Terminal(command, env) as terminal:
        terminal.until(b"1/300")
        terminal.drain(3.0 if name == "idle" else 0.2)
        moves, answers = pressed(terminal, "j", 1), pressed(terminal, "y", 1 + KEYS)
        running = len(children(terminal.child.pid))
        peak = memory_mb(terminal.child.pid)
        began = time.perf_counter()
        terminal.press("q")
        terminal.child.wait()  # with a timeout Python only looks every 50 ms
        quit_ms = (time.perf_counter() - began) * 1000
    for what, times in (("move", moves), ("answer", answers)):
        print(
            f"{name:>15}  {what:<7} n={len(times)}  median {quantile(times, 0.5):5.1f} ms  "
            f"p95 {quantile(times, 0.95):5.1f} ms  target {TARGETS_MS[name]} ms"
        )
    left = len(children(terminal.child.pid))
    print(
        f"{name:>15}  resident {peak:.0f} MB  quit {quit_ms:.0f} ms  "
        f"children {running} while keys were pressed, {left} after"
    )


def pressed(terminal: Terminal, key: str, first: int) -> list[float]:
    """Press a key again and again, and return how long each took to show the next question."""
    times = []
    for number in range(first + 1, first + KEYS + 1):
        began = time.perf_counter()
        terminal.press(key)
        shown = terminal.until(f"{number}/{QUESTIONS}".encode())
        times.append((shown - began) * 1000)
        terminal.drain(0.03)
    return times


def children(pid: int) -> list[int]:
    """Return the processes whose parent is this one."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def memory_mb(pid: int) -> float:
    """Return the most memory the process has held, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
