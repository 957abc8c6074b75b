"""How long it takes to save one step, and to open a draft of 1 000 steps again."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from holdshort.model.checklist import Severity
from holdshort.model.review import Answer, Change, Verdict
from holdshort.storage.drafts import DraftKey, DraftStore

STEPS = 1000
KEY = DraftKey(root_commit="0" * 40, model="m", release="1", checklist="c", reviewer="r")


def main() -> None:
    """Save the steps, open the draft again, print both."""
    with tempfile.TemporaryDirectory() as folder:
        store = DraftStore(Path(folder) / "drafts")
        saved_ms = []
        with store.open(KEY, profile="quick", started_at="") as draft:
            for number in range(STEPS):
                question = f"question-{number % 90}"
                answer = Answer(asked="Is it?", severity=Severity.MAJOR, verdict=Verdict.MET)
                change = Change(label=question, answers={question: answer})
                began = time.perf_counter()
                draft.record(change)
                saved_ms.append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        store.open(KEY, profile="quick", started_at="").close()
        opened_ms = (time.perf_counter() - began) * 1000
    saved_ms.sort()
    p95 = saved_ms[int(STEPS * 0.95)]
    print(f"save one step: median {statistics.median(saved_ms):.2f} ms, p95 {p95:.2f} ms")
    print(f"open {STEPS} steps: {opened_ms:.0f} ms")


if __name__ == "__main__":
    main()
