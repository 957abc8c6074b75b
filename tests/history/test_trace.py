"""When each check stopped passing, told along real histories."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from holdshort.checks.base import Check, Verdict, load, run
from holdshort.checks.facts.repository import Repository
from holdshort.errors import UsageError
from holdshort.history import looking
from holdshort.history.trace import beginning, trace
from holdshort.model.finding import Outcome
from holdshort.model.history import History, Moment, Stopped
from holdshort.reports.history import history_json
from holdshort.storage.repo import Repo

from .conftest import Git, Grow, spans, traced

TEST = "def test_one():\n    assert 1 == 1\n"
CODE = {"train.py": "import random\n\nrandom.seed(1)\nprint(random.random())\n"}
SEEDLESS = {"train.py": "import random\n\nprint(random.random())\n"}
TESTED = {**CODE, "test_train.py": TEST}
MIT = (Path(__file__).parents[2] / "LICENSE").read_text("utf-8")
IDS = ("seeds-set", "tests-present", "license-present")


def test_the_commit_that_ended_a_pass_is_named(grow: Grow) -> None:
    repo = grow([TESTED, TESTED | {"a.md": "a"}, CODE | {"a.md": "a"}, CODE])

    history = traced(repo, "tests-present")

    assert spans(history, "tests-present") == [("pass", "commit 0"), ("fail", "commit 2")]
    (check,) = history.checks
    assert check.stopped_passing is check.now
    assert check.now.unseen_before == 0
    assert (history.commits, history.known) == (4, 4)
    assert history.is_exact


def test_a_check_that_passes_again_has_three_spans(grow: Grow) -> None:
    repo = grow([CODE, SEEDLESS, SEEDLESS | {"a.md": "a"}, CODE])

    history = traced(repo, "seeds-set", "tests-present")

    assert spans(history, "seeds-set") == [
        ("pass", "commit 0"),
        ("fail", "commit 1"),
        ("pass", "commit 3"),
    ]
    assert spans(history, "tests-present") == [("fail", "commit 0")]
    assert [check.stopped_passing for check in history.checks] == [None, None]


def test_the_end_of_a_pass_is_told_apart_from_the_last_change(grow: Grow) -> None:
    repo = grow([TESTED, {**CODE, "test_train.py": "print(1)\n"}, CODE])

    (check,) = traced(repo, "tests-present").checks

    assert [span.outcome.value for span in check.spans] == ["pass", "warn", "fail"]
    assert check.stopped_passing is check.spans[1]


def test_what_a_merge_brought_is_said_of_the_merge(grow: Grow, git: Git) -> None:
    repo = grow([TESTED, TESTED | {"a.md": "a"}])
    git(repo.root, "checkout", "--quiet", "-b", "side", "HEAD~1")
    git(repo.root, "rm", "--quiet", "test_train.py")
    git(repo.root, "commit", "--quiet", "--message=Drop")
    git(repo.root, "checkout", "--quiet", "main")
    git(repo.root, "merge", "--quiet", "--no-ff", "--message=Merge side", "side")

    history = traced(repo, "tests-present")

    assert spans(history, "tests-present") == [("pass", "commit 0"), ("fail", "Merge side")]
    assert history.checks[0].now.first.is_merge
    assert history.commits == 3


def test_one_commit_is_a_history(grow: Grow) -> None:
    history = traced(grow([CODE]), *IDS)

    assert history.first == history.tip
    assert (history.commits, history.looked_at, history.is_exact) == (1, 1, True)
    assert [len(check.spans) for check in history.checks] == [1, 1, 1]


def test_the_name_of_the_branch_does_not_matter(grow: Grow, git: Git) -> None:
    repo = grow([TESTED, CODE])
    git(repo.root, "branch", "--move", "main", "trunk")

    assert spans(traced(repo, "tests-present"), "tests-present")[-1] == ("fail", "commit 1")


def test_submodules_and_empty_commits_change_nothing(grow: Grow, git: Git) -> None:
    repo = grow([TESTED])
    git(repo.root, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},lib")
    git(repo.root, "commit", "--quiet", "--message=Submodule")
    git(repo.root, "commit", "--quiet", "--allow-empty", "--message=Nothing")
    git(repo.root, "update-index", "--add", "--cacheinfo", f"160000,{'2' * 40},lib")
    git(repo.root, "commit", "--quiet", "--message=Another")

    history = traced(repo, "tests-present")

    assert spans(history, "tests-present") == [("pass", "commit 0")]
    assert (history.commits, history.known, history.looked_at) == (4, 4, 2)


def test_commits_that_change_nothing_a_check_reads_are_not_looked_at(grow: Grow) -> None:
    long = [{"LICENSE": MIT, "train.py": f"x = {n}\n"} for n in range(300)]
    repo = grow([*long, *({**state, "LICENSE": "Ask me.\n"} for state in long)])

    history = traced(repo, "license-present", most=60)

    assert history.is_exact
    assert history.looked_at <= 40
    assert spans(history, "license-present") == [("pass", "commit 0"), ("warn", "commit 300")]


def test_files_that_come_or_go_are_looked_at(grow: Grow) -> None:
    repo = grow([CODE, CODE | {"test_a.py": TEST}, CODE, CODE | {"test_b.py": TEST}])

    history = traced(repo, "tests-present")

    assert [outcome for outcome, _ in spans(history, "tests-present")] == [
        *("fail", "pass", "fail", "pass")
    ]


def long_states(changes: dict[int, bool], length: int) -> list[dict[str, str]]:
    """Return states that all differ, seeded from one change on until the next."""
    states, seeded = [], True
    for number in range(length):
        seeded = changes.get(number, seeded)
        states.append({**(CODE if seeded else SEEDLESS), f"n{number}.md": "a"})
    return states


@pytest.mark.parametrize("change", [1, 2, 77, 150, 298, 299])
def test_a_long_line_is_halved_down_to_the_very_commit(grow: Grow, change: int) -> None:
    history = traced(grow(long_states({change: False}, 300)), "seeds-set", most=30)

    assert spans(history, "seeds-set") == [("pass", "commit 0"), ("fail", f"commit {change}")]
    assert history.checks[0].now.unseen_before == 0
    assert history.looked_at <= 30
    assert not history.is_exact
    assert history.stopped is Stopped.NO


def test_a_change_between_two_samples_that_agree_is_not_claimed_away(grow: Grow) -> None:
    history = traced(grow(long_states({41: False, 42: True}, 300)), "seeds-set", most=9)

    assert spans(history, "seeds-set") == [("pass", "commit 0")]
    assert history.known < history.commits
    assert not history.is_exact


def test_a_limit_that_is_too_low_leaves_a_range_and_says_so(grow: Grow) -> None:
    history = traced(grow(long_states({100: False}, 300)), "seeds-set", most=4)

    (check,) = history.checks
    assert history.looked_at == 4
    assert history.stopped is Stopped.LIMIT
    before, after = check.spans
    assert before.ends < 100 <= after.begins
    assert after.unseen_before == after.begins - before.ends - 1 > 0


def test_one_look_is_spent_on_the_tip(grow: Grow) -> None:
    history = traced(grow(long_states({1: False}, 9)), "seeds-set", most=1)

    assert spans(history, "seeds-set") == [("fail", "commit 8")]
    assert (history.looked_at, history.known) == (1, 1)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_known_is_what_each_commit_says(grow: Grow, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - histories, not secrets
    choices = {
        "train.py": [*CODE.values(), *SEEDLESS.values(), "x = 1\n"],
        "lib.py": ["import numpy\nnumpy.random.rand()\n", "def f(): pass\n"],
        "test_train.py": [TEST, "print(1)\n", "def test_a(): pass\n"],
        "conf.yaml": ["seed: 1\n", "seed: null\n", "a: 1\n"],
        "LICENSE": ["MIT", "nothing"],
        "notes.md": ["a", "b", "c"],
    }
    state: dict[str, str] = {}
    states = []
    for _ in range(40):
        name = chance.choice([*choices, "notes.md", "train.py"])
        if state.pop(name, None) is None or chance.random() < 0.8:
            state[name] = chance.choice(choices[name])
        states.append(dict(state))
    repo = grow(states)

    for most in (400, 12):
        history = traced(repo, *IDS, most=most)
        assert history.is_exact or most == 12
        commits = repo.commits(repo.head(), first_parent=True)[::-1]
        for check in history.checks:
            for span in check.spans:
                for place in {span.begins, span.ends}:
                    (found,) = run(repo.view(commits[place].id), [check.id])
                    assert found.outcome is span.outcome
                if history.is_exact:
                    inside = {
                        next(run(repo.view(one.id), [check.id])).outcome
                        for one in commits[span.begins : span.ends + 1]
                    }
                    assert inside == {span.outcome}


@pytest.fixture
def trapped(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[], object]], None]]:
    """Do something in the check `seeds-set` where a file `trap` is tracked."""

    def trap(spring: Callable[[], object]) -> None:
        check = load("seeds-set")

        def look(repository: Repository) -> Verdict:
            if "trap" in repository.paths:
                spring()
            return check.look(repository)

        trapping: Check = replace(check, look=look)
        monkeypatch.setattr("holdshort.checks.seeds_set.CHECK", trapping)

    yield trap
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


TRAP = [CODE, CODE | {"trap": ""}, SEEDLESS, SEEDLESS | {"trap": "", "b": ""}, SEEDLESS]


def test_a_crash_costs_one_commit(
    grow: Grow, trapped: Callable[[Callable[[], object]], None]
) -> None:
    trapped(lambda: os.kill(os.getpid(), signal.SIGKILL))

    history = traced(grow(TRAP), *IDS)

    assert [(at.subject, why) for at, why in history.problems] == [
        ("commit 1", "the process of the checks ended early"),
        ("commit 3", "the process of the checks ended early"),
    ]
    assert [outcome for outcome, _ in spans(history, "seeds-set")] == [
        *("pass", "unknown", "fail", "unknown", "fail")
    ]
    assert history.known == history.commits


def test_a_hang_costs_one_commit(
    grow: Grow, trapped: Callable[[Callable[[], object]], None]
) -> None:
    trapped(lambda: time.sleep(60))

    history = traced(grow(TRAP[:3]), "seeds-set", silence_s=1.5)

    assert [at.subject for at, _ in history.problems] == ["commit 1"]
    assert "still busy" in history.problems[0][1]
    assert spans(history, "seeds-set")[-1] == ("fail", "commit 2")


def test_a_check_that_fails_itself_is_unknown_and_the_others_go_on(
    grow: Grow, trapped: Callable[[Callable[[], object]], None], tmp_path: Path
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    trapped(fail)

    history = traced(grow(TRAP[:3]), *IDS, cache=tmp_path / "facts.sqlite3")

    assert [outcome for outcome, _ in spans(history, "seeds-set")] == ["pass", "unknown", "fail"]
    assert history.checks[0].spans[1].headline == "The check itself failed: ZeroDivisionError"
    assert [outcome for outcome, _ in spans(history, "tests-present")] == ["fail"]
    assert not history.problems


def stop_after(looks: int) -> Callable[[Moment, int, int, int], None]:
    """Return a progress that presses Ctrl-C once so many looks are done."""

    def progress(at: Moment, looked: int, known: int, total: int) -> None:
        del at, known, total
        if looked >= looks:
            raise KeyboardInterrupt

    return progress


def test_an_interrupted_trace_tells_what_it_knows_and_goes_on_from_there(
    grow: Grow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = grow(long_states({20: False}, 40))
    cache = tmp_path / "facts.sqlite3"
    whole = traced(repo, *IDS)

    first = traced(repo, *IDS, cache=cache, progress=stop_after(6))
    second = traced(repo, *IDS, cache=cache)
    monkeypatch.setattr(looking, "look_at", None)
    third = traced(repo, *IDS, cache=cache)

    assert first.stopped is Stopped.INTERRUPTED
    assert first.tip.subject == "commit 39"
    assert 6 <= first.looked_at < first.known + 1 < 40
    assert history_json(second) == history_json(third) == history_json(whole)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_an_interruption_before_the_tip_is_known_has_nothing_to_tell(grow: Grow) -> None:
    with pytest.raises(KeyboardInterrupt):
        traced(grow(TRAP), "seeds-set", progress=stop_after(0))


def test_the_same_history_gives_the_same_bytes_however_many_work(
    grow: Grow, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = grow(long_states({9: False, 30: True, 70: False}, 120))

    def told(processors: int, most: int) -> str:
        monkeypatch.setattr(os, "cpu_count", lambda: processors)
        return history_json(traced(repo, *IDS, most=most))

    for most in (400, 40):
        assert told(1, most) == told(3, most) == told(3, most)


def test_blobs_that_are_not_in_the_clone_make_a_commit_unknown(
    grow: Grow, tmp_path: Path, git: Git
) -> None:
    origin = grow([CODE, CODE | {"a.md": "a"}, SEEDLESS])
    git(origin.root, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", f"file://{origin.root}", "partial")
    partial = Repo.discover(tmp_path / "partial")
    cache = tmp_path / "facts.sqlite3"

    before = traced(partial, "seeds-set", cache=cache)
    git(partial.root, "checkout", "--quiet", "HEAD~2")
    git(partial.root, "checkout", "--quiet", "main")
    after = traced(partial, "seeds-set", cache=cache)

    assert [outcome for outcome, _ in spans(before, "seeds-set")] == ["unknown", "fail"]
    assert [why for _, why in before.problems] == ["not in this clone: train.py"] * 2
    assert [outcome for outcome, _ in spans(after, "seeds-set")] == ["pass", "fail"]


def test_folders_that_are_not_in_the_clone_make_a_commit_unknown(
    grow: Grow, tmp_path: Path, git: Git
) -> None:
    origin = grow([CODE, CODE | {"a.md": "a"}, SEEDLESS])
    git(origin.root, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--filter=tree:0", f"file://{origin.root}", "partial")

    history = traced(Repo.discover(tmp_path / "partial"), "seeds-set")

    assert [outcome for outcome, _ in spans(history, "seeds-set")] == ["unknown", "fail"]
    assert "its folders cannot be read" in history.problems[0][1]


def test_a_shallow_clone_says_that_history_goes_on(grow: Grow, tmp_path: Path, git: Git) -> None:
    origin = grow([TESTED, TESTED | {"a.md": "a"}, CODE])
    git(tmp_path, "clone", "--quiet", "--depth=2", f"file://{origin.root}", "shallow")

    history = traced(Repo.discover(tmp_path / "shallow"), "tests-present")

    assert history.is_shallow
    assert spans(history, "tests-present") == [("pass", "commit 1"), ("fail", "commit 2")]


def test_a_trace_begins_with_the_commit_or_the_day_given(grow: Grow) -> None:
    repo = grow([SEEDLESS, CODE, CODE | {"a.md": "a"}, SEEDLESS])
    commit, none = beginning(repo, "HEAD~1")
    assert none is None
    nothing, day = beginning(repo, "2027-01-17")
    assert (nothing, day) == ("", datetime(2027, 1, 17, tzinfo=UTC))

    since = trace(repo, ["seeds-set"], tip=repo.head(), since=commit)
    after = trace(repo, ["seeds-set"], tip=repo.head(), after=day)

    assert spans(since, "seeds-set") == [("pass", "commit 2"), ("fail", "commit 3")]
    assert after.first.at.date().isoformat() == "2027-01-17"
    assert after.first.subject == "commit 2"


def test_a_beginning_that_is_nothing_is_refused(grow: Grow) -> None:
    with pytest.raises(UsageError, match="names no commit here, and no day"):
        beginning(grow([CODE]), "last tuesday\x1b[31m")


def test_nothing_of_the_repository_is_changed(grow: Grow, git: Git) -> None:
    repo = grow([CODE, SEEDLESS])
    before = git(repo.root, "for-each-ref") + git(repo.root, "status", "--porcelain")

    traced(repo, *IDS)

    assert git(repo.root, "for-each-ref") + git(repo.root, "status", "--porcelain") == before


def test_a_history_has_no_gaps_in_its_spans(grow: Grow) -> None:
    history: History = traced(grow(long_states({3: False, 5: True}, 12)), "seeds-set")

    (check,) = history.checks
    assert [span.outcome for span in check.spans] == [Outcome.PASS, Outcome.FAIL, Outcome.PASS]
    assert [(span.begins, span.ends) for span in check.spans] == [(0, 2), (3, 4), (5, 11)]


def test_a_file_that_is_not_in_the_clone_matters_to_the_checks_that_read_it(grow: Grow) -> None:
    repo = grow([CODE | {"LICENSE": MIT}, SEEDLESS | {"LICENSE": MIT}])
    blob = repo.blob_id(CODE["train.py"].encode())
    (repo.git_dir / "objects" / blob[:2] / blob[2:]).unlink()

    history = traced(repo, "seeds-set", "license-present")

    assert spans(history, "license-present") == [("pass", "commit 0")]
    assert [outcome for outcome, _ in spans(history, "seeds-set")] == ["unknown", "fail"]
    assert history.checks[0].spans[0].headline == "Not checked: 1 file is not in this clone"
    assert not history.is_blind
