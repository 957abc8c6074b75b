"""CPU time of `holdshort verify --no-recheck` over one record, all processes together.

Beside it the floor: starting Python with the three libraries no reading can do without. Both in
the same run, interleaved, the best of several: the ratio travels between machines, the
milliseconds do not. The goal is 300 ms.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from holdshort.setup.demo import create_sample, demo_identity
from holdshort.setup.sample import RELEASE, sample_review
from holdshort.storage.repo import Repo
from holdshort.walkthrough.keys import signing_key
from holdshort.walkthrough.script import play, read_script
from holdshort.walkthrough.sealing import commit_review, seal, sign_review
from holdshort.walkthrough.visit import Visit
from holdshort.walkthrough.wanted import Wanted

RUNS = 9
GOAL_MS = 300
FLOOR = (sys.executable, "-c", "import pydantic, yaml, git")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        root = reviewed_sample(Path(folder))
        command = (
            sys.executable,
            "-P",
            "-m",
            "holdshort",
            "--repo",
            str(root),
            "verify",
            "--no-recheck",
        )
        floors, verifies = [], []
        for _ in range(RUNS):
            floors.append(cpu_ms(FLOOR))
            verifies.append(cpu_ms(command))
    floor, verify = min(floors), min(verifies)
    print(f"verify --no-recheck, one record: {verify:4.0f} ms CPU (goal {GOAL_MS})")
    print(f"floor, import pydantic yaml git: {floor:4.0f} ms CPU")
    print(f"ratio                          : {verify / floor:4.1f}")


def reviewed_sample(folder: Path) -> Path:
    """Make the sample with one signed record and return its repository."""
    root = create_sample(folder)
    with demo_identity(folder):
        visit = Visit.open(root, state=folder / "state", now=now)
        walk = visit.begin(Wanted(release=RELEASE))
        with walk.draft:
            visit.run_checks()
            script = read_script(sample_review(walk.today()), "sample_review.yaml")
            play(walk, script)
            commit_review(walk, sign_review(seal(walk, script.decision), signing_key(visit)))
    return Repo.discover(root).root


def cpu_ms(command: tuple[str, ...]) -> float:
    """Run a command and return the CPU time of it and of everything it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def now() -> datetime:
    """Return the time, aware."""
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
