"""The runner: one finding per check, whatever one check does."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from holdshort.checks import base, reference
from holdshort.checks.base import IDS, RepoView, load, run
from holdshort.checks.facts.budget import Budget
from holdshort.model.finding import Finding, Outcome
from holdshort.reports.findings import finding_line

Files = dict[str, str]
MakeView = Callable[..., Any]

TRAINING = {
    "train.py": "import torch\ntorch.manual_seed(1)\ntorch.rand(1)\n",
    "requirements.txt": "torch==2.1.0\n",
    "tests/test_train.py": "def test_train():\n    assert True\n",
}


def test_every_check_reports_once_and_in_order(view: MakeView) -> None:
    assert [finding.id for finding in run(view(TRAINING))] == list(IDS)


def test_an_empty_repository_passes_nothing(view: MakeView) -> None:
    assert [f.id for f in run(view({})) if f.outcome is Outcome.PASS] == []


def test_only_what_is_asked_for_runs(view: MakeView) -> None:
    asked = ["tests-present", "seeds-set"]
    assert [f.id for f in run(view(TRAINING), asked)] == ["seeds-set", "tests-present"]


def test_an_id_nobody_knows_is_refused(view: MakeView) -> None:
    with pytest.raises(KeyError, match="no-such-check"):
        next(run(view({}), ["no-such-check"]))


def test_the_same_files_give_the_same_findings(view: MakeView) -> None:
    assert list(run(view(TRAINING))) == list(run(view(TRAINING)))


def test_a_check_finds_alone_what_it_finds_among_others(view: MakeView) -> None:
    together = {f.id: f for f in run(view(TRAINING))}
    for check_id in IDS:
        (alone,) = run(view(TRAINING), [check_id])
        assert alone == together[check_id]


def test_a_check_that_crashes_is_unknown_and_the_others_go_on(
    view: MakeView, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_: object) -> base.Verdict:
        raise ZeroDivisionError

    broken = dataclasses.replace(load("seeds-set"), look=crash)
    monkeypatch.setattr("holdshort.checks.seeds_set.CHECK", broken)
    findings = {f.id: f for f in run(view(TRAINING))}
    assert findings["seeds-set"].outcome is Outcome.UNKNOWN
    assert "ZeroDivisionError" in findings["seeds-set"].headline
    assert findings["splits-seeded"].outcome is Outcome.NOT_APPLICABLE
    assert findings["tests-present"].outcome is Outcome.PASS


class Clock:
    """A clock that jumps ahead at every look."""

    def __init__(self, step_s: float) -> None:
        """Start at zero."""
        self.now_s = 0.0
        self.step_s = step_s

    def __call__(self) -> float:
        """Return the time and jump."""
        self.now_s += self.step_s
        return self.now_s


def test_a_check_over_its_budget_is_unknown(view: MakeView) -> None:
    reading = ["seeds-set", "tests-present", "secrets-absent"]
    findings = list(run(view(TRAINING), reading, clock=Clock(step_s=61.0)))
    assert {f.outcome for f in findings} == {Outcome.UNKNOWN}
    assert {f.headline for f in findings} == {"Stopped after 10 s of its own or 60 s of all"}


def test_what_all_checks_share_is_not_charged_to_the_one_that_asks_first() -> None:
    clock = Clock(step_s=0.0)
    budget = Budget(clock)
    budget.begin(10.0, 60.0)
    with budget.shared():
        clock.now_s = 30.0
        budget.tick()
    clock.now_s = 39.0
    budget.tick()
    clock.now_s = 41.0
    with pytest.raises(TimeoutError):
        budget.tick()


def test_what_all_checks_share_has_an_end_too() -> None:
    clock = Clock(step_s=0.0)
    budget = Budget(clock)
    budget.begin(10.0, 60.0)
    with budget.shared():
        clock.now_s = 61.0
        with pytest.raises(TimeoutError):
            budget.tick()


def test_links_submodules_and_vendored_folders_are_never_read(view: MakeView) -> None:
    files = {"link.py": "x", "module": "x", "vendor/a.py": "import random", "run.py": "x = 1"}
    world = view(files, {"link.py": "120000", "module": "160000"})
    findings = list(run(world))
    assert set(world.reads) == {"run.py"}
    assert findings[0].coverage.skipped == 1


def test_a_file_too_large_is_named_and_not_passed_over(view: MakeView) -> None:
    files = {"big.py": "x = 1\n" * 400_000, "run.py": "import random\nrandom.seed(1)\n"}
    seeds = next(run(view(files), ["seeds-set"]))
    assert seeds.coverage.errors == ("big.py: too large",)
    assert "1 file could not be read" in seeds.headline


def test_names_of_files_cannot_drive_a_terminal(view: MakeView) -> None:
    files = {"a\x1b[31m\n.py": "import random\nrandom.random()\n"}
    seeds = next(run(view(files), ["seeds-set"]))
    assert seeds.evidence[0].path == "a^[[31m^J.py"


def test_names_that_are_no_text_can_still_be_hashed(view: MakeView) -> None:
    files = {b"\xff/requirements.txt".decode(errors="surrogateescape"): "alpha\n"}
    pinned = next(run(view(files), ["dependencies-pinned"]))
    assert pinned.outcome is Outcome.FAIL
    assert len(pinned.facts_sha256) == 64


class Streaming:
    """A view that can tell how many findings had been taken when it was read."""

    commit = ""
    dirty = True

    def entries(self) -> Sequence[Any]:
        """Return nothing."""
        return ()

    def read(self, path: str, limit_bytes: int) -> bytes:
        """Refuse."""
        raise OSError(path, limit_bytes)

    def state(self) -> str:
        """Say that nobody can tell."""
        return ""

    def read_many(
        self, paths: Sequence[str], limit_bytes: int
    ) -> Iterator[tuple[str, bytes | OSError]]:
        """Yield nothing."""
        yield from ()
        del paths, limit_bytes

    def tracked(self, paths: Sequence[str], limit_bytes: int) -> Iterator[tuple[str, int, bytes]]:
        """Yield nothing."""
        yield from ()
        del paths, limit_bytes

    def untracked(self, paths: Sequence[str]) -> Sequence[str]:
        """Return nothing."""
        del paths
        return ()


def test_findings_come_one_by_one() -> None:
    view: RepoView = Streaming()
    stream = run(view)
    assert next(stream).id == IDS[0]


@pytest.mark.parametrize("check_id", IDS)
def test_a_check_explains_itself(check_id: str) -> None:
    check = load(check_id)
    text = reference.explained(reference.described(check), width=10_000)
    assert check.id == check_id
    assert set(check.outcomes) == set(Outcome)
    assert all(rule in text for rule in check.rules)
    assert check.not_checked in text


def test_facts_are_json_with_the_documented_keys(view: MakeView) -> None:
    for finding in run(view(TRAINING)):
        assert set(finding.facts) == set(load(finding.id).facts)
        assert json.loads(json.dumps(finding.facts)) == finding.facts
        assert len(finding.facts_sha256) == 64


def test_a_finding_survives_the_stream(view: MakeView) -> None:
    for finding in run(view(TRAINING)):
        assert Finding.from_json(json.loads(finding_line(finding))) == finding


def test_a_large_repository_gives_what_its_files_give(view: MakeView) -> None:
    bulk = {f"bulk/part{n}.py": f"x = {n}\n" for n in range(500)}
    helper = {
        "lib/repro.py": "import torch\ndef fix_everything():\n    torch.manual_seed(1)\n",
        "lib/__init__.py": "",
        "start.py": "import lib.repro as r\nimport use\nr.fix_everything()\nuse.go()\n",
        "use.py": "import torch\ndef go():\n    return torch.rand(1)\n",
    }
    (small,) = run(view(helper), ["seeds-set"])
    (large,) = run(view(helper | bulk), ["seeds-set"])
    assert small.outcome is Outcome.PASS
    assert (large.outcome, large.facts, large.evidence) == (
        small.outcome,
        small.facts,
        small.evidence,
    )
