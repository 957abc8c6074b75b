"""Kill a reviewer at random, again and again: no answer that was shown as saved may be lost.

Each round forks a process that opens the same draft, answers in a loop and reports each answer
after the engine has returned; it is killed with SIGKILL at a random moment, then the draft is
opened again and compared. The release criterion is 200 kills and none lost:
`python bench/kill_fuzz.py --kills 200`.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from holdshort.checks.child import not_checked
from holdshort.model.review import Verdict
from holdshort.walkthrough.session import Walkthrough
from holdshort.walkthrough.visit import Visit
from holdshort.walkthrough.wanted import Wanted

MAX_DELAY_S = 0.05
ACK_BYTES = 8
WANTED = Wanted(release="1.0.0")


def main() -> int:
    """Run the rounds, print what happened, return 0 only when nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args()
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)  # noqa: S311 - when to kill, no secret
    with tempfile.TemporaryDirectory() as folder:
        visit = prepared(Path(folder))
        began, saved, lost = time.monotonic(), 0, 0
        for _ in range(asked.kills):
            acknowledged = killed_session(visit, saved, chance.uniform(0, MAX_DELAY_S))
            kept = answers_kept(visit)
            expected = max(acknowledged, default=saved)
            lost += max(expected - kept, 0)
            saved = kept
    seconds = time.monotonic() - began
    print(f"{asked.kills} kills, {saved} answers, {lost} lost, {seconds:.1f} s, seed {seed}")
    return 1 if lost or not saved else 0


def prepared(folder: Path) -> Visit:
    """Make a repository with one commit and look at it, with every check already told."""
    os.environ["HOME"] = str(folder)
    os.environ["GIT_CONFIG_NOSYSTEM"] = "1"
    (folder / ".gitconfig").write_text("[user]\n name = Ada\n email = ada@example.org\n", "utf-8")
    root = folder / "repository"
    for words in (("init", "-q"), ("commit", "-q", "--allow-empty", "-m", "Begin")):
        root.mkdir(exist_ok=True)
        subprocess.run(["git", *words], cwd=root, check=True, stdin=subprocess.DEVNULL)
    visit = Visit.open(root, state=folder / "state", now=lambda: datetime.now(UTC))
    for check in visit.check_ids:
        visit.take(not_checked(check, "not part of this"))
    begun(visit).draft.close()
    return visit


def killed_session(visit: Visit, saved: int, delay_s: float) -> list[int]:
    """Let a process answer, kill it after a delay, and return the numbers it reported."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        answer_for_ever(visit, saved, writer)
    os.close(writer)
    time.sleep(delay_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read()
    whole = len(said) - len(said) % ACK_BYTES
    return [int(said[at : at + ACK_BYTES]) for at in range(0, whole, ACK_BYTES)]


def answer_for_ever(visit: Visit, saved: int, writer: int) -> None:
    """Answer one question after the other; report each once the engine says it is saved."""
    walk = begun(visit)
    ids = [view.question.id for view in walk.views()]
    number = saved
    while True:
        number += 1
        walk.answer(ids[number % len(ids)], Verdict.UNKNOWN, note=str(number))
        os.write(writer, b"%08d" % number)


def answers_kept(visit: Visit) -> int:
    """Return how many answers the draft holds; they must be exactly 1, 2, 3 ... in order."""
    with begun(visit).draft as draft:
        changes = draft.state.history.changes
        notes = [int(one.note) for change in changes for one in change.answers.values() if one]
        if draft.holder or draft.damage or notes != list(range(1, len(notes) + 1)):
            print(f"WRONG: {draft.holder} {draft.damage} {notes}")
            sys.exit(1)
    return len(notes)


def begun(visit: Visit) -> Walkthrough:
    """Open or resume the review."""
    return visit.begin(WANTED)


if __name__ == "__main__":
    sys.exit(main())
