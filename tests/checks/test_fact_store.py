"""Facts remembered between states, and findings that are not kept when a file was missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.checks.base import look_at, run
from holdshort.checks.facts import fact_store
from holdshort.checks.facts.fact_cache import FactCache
from holdshort.checks.facts.fact_store import Memo
from holdshort.checks.facts.repository import Repository
from holdshort.model.finding import Outcome
from holdshort.storage.repo import Repo

Git = Callable[..., str]
IDS = ["seeds-set", "tests-present", "readme-present"]


@pytest.fixture
def code(repository: Path, git: Git) -> Repo:
    (repository / "train.py").write_text("import random\n\nrandom.seed(1)\nrandom.random()\n")
    (repository / "conf.yaml").write_text("seed: 1\n")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message=Train")
    return Repo.discover(repository)


def test_facts_made_for_one_state_serve_the_next(
    code: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    memo = Memo()
    first = [*look_at(Repository(code.view(code.head()), memo=memo), IDS)]
    monkeypatch.delattr(fact_store, "extract")

    assert [*look_at(Repository(code.view(code.head()), memo=memo), IDS)] == first


def test_facts_that_were_not_used_for_two_turns_are_let_go() -> None:
    memo = Memo()
    memo.put(("a", "1", ""), "used")
    memo.put(("a", "2", ""), "idle")
    for _ in range(2):
        assert memo.get(("a", "1", "")) == "used"
        memo.turn()
    assert memo.get(("a", "1", "")) == "used"
    assert memo.get(("a", "2", "")) is None


def test_a_check_says_which_files_it_asked_for_even_where_others_asked_before(
    code: Repo,
) -> None:
    repository = Repository(code.view(code.head()))
    found = look_at(repository, ["seeds-set", "splits-seeded", "readme-present"])
    used = [set(repository.used) for _ in found]

    assert used[0] == used[1] == {"train.py", "conf.yaml"}
    assert "train.py" not in used[2]
    assert "README.md" in used[2]


def test_a_finding_without_all_its_files_is_not_kept(code: Repo, tmp_path: Path, git: Git) -> None:
    git(code.root, "config", "uploadpack.allowFilter", "true")
    clone = ("clone", "--quiet", "--no-checkout", "--filter=blob:none")
    git(tmp_path, *clone, f"file://{code.root}", "partial")
    partial = Repo.discover(tmp_path / "partial")
    cache = FactCache(tmp_path / "facts.sqlite3")

    (before,) = run(partial.view(partial.head()), ["seeds-set"], cache=cache)
    git(partial.root, "checkout", "--quiet", "main")
    (after,) = run(partial.view(partial.head()), ["seeds-set"], cache=cache)

    assert before.outcome is not Outcome.PASS
    assert any("not in this clone" in error for error in before.coverage.errors)
    assert after.outcome is Outcome.PASS
