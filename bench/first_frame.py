"""The first frame against a minimal Textual app, interleaved on the same machine.

Target: at most 1.25 times. Run: `python bench/first_frame.py`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from house import Terminal, environment, holdshort, quantile, repository

ROUNDS = 21
TARGET = 1.25
MINIMAL = """
from textual.app import App
from textual.widgets import Static

class Minimal(App):
    def compose(self):
        yield Static("reading the repository", markup=False)

Minimal().run()
"""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        root = repository(Path(folder), files=20)
        env = environment(Path(folder))
        commands = {
            "minimal Textual app": [sys.executable, "-c", MINIMAL],
            "holdshort": holdshort("--repo", str(root)),
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                with Terminal(command, env) as terminal:
                    seen = terminal.until(b"reading the repository")
                    times[name].append((seen - terminal.started) * 1000)
    for name, found in times.items():
        print(f"{name:<20} n={len(found)}  median {quantile(found, 0.5):6.1f} ms")
    floor, ours = (quantile(found, 0.5) for found in times.values())
    print(f"ratio {ours / floor:.2f}  target {TARGET}")


if __name__ == "__main__":
    main()
