"""Exceptions in a review: shown, counted as a warning, sealed as what was proved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from holdshort.model.exceptions import PLACE
from holdshort.model.finding import Outcome
from holdshort.model.progress import Need
from holdshort.model.review import Decision, Verdict
from holdshort.plain.home import look
from holdshort.plain.said import check
from holdshort.plain.voice import Voice
from holdshort.tui.paint import beside, home
from holdshort.walkthrough.sealing import seal
from holdshort.walkthrough.session import Walkthrough
from holdshort.walkthrough.visit import Visit
from holdshort.walkthrough.wanted import Wanted

if TYPE_CHECKING:
    from tests.conftest import Clock

Git = Callable[..., str]
WORDS = "excepted until 2026-12-31 by ada: a demo"
FILE = """\
schema: holdshort/exceptions/v1
exceptions:
- {check: seeds-set, path: train.py, reason: a demo, owner: ada, expires: 2026-12-31}
- {check: seeds-set, path: old.py, reason: a demo, owner: ada, expires: 2026-12-31}
"""


@pytest.fixture
def seen(project: Path, git: Git, tmp_path: Path, clock: Clock) -> Visit:
    """Look at the project, whose training is not seeded and excepted from it."""
    (project / "train.py").write_text("import random\n\nprint(random.random())\n", "utf-8")
    return open_with(FILE, project, git, tmp_path, clock)


def open_with(text: str, project: Path, git: Git, tmp_path: Path, clock: Clock) -> Visit:
    (project / PLACE).parent.mkdir(exist_ok=True)
    (project / PLACE).write_text(text, "utf-8")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message=Except")
    visit = Visit.open(project, state=tmp_path / "state", now=clock)
    visit.run_checks()
    return visit


def begun(visit: Visit) -> Walkthrough:
    return visit.begin(Wanted(release="1.0.0", checklist="team"))


def outcome(walk: Walkthrough) -> Outcome:
    return walk.findings["seeds-set"].outcome


def test_a_yes_needs_no_reason_while_all_that_fails_is_excepted(seen: Visit, clock: Clock) -> None:
    walk = begun(seen)
    assert outcome(walk) is Outcome.WARN
    assert walk.answer("seeded", Verdict.MET).view.needs == ()
    clock.advance(days=60)
    assert outcome(walk) is Outcome.FAIL
    assert Need.REASON in walk.view("seeded").needs
    assert Need.AGAIN in walk.view("seeded").needs


def test_what_is_excepted_never_suggests_a_yes(seen: Visit) -> None:
    suggestion = begun(seen).view("seeded").suggestion
    assert (suggestion.verdict, suggestion.acceptable) == (Verdict.PARTLY, False)
    assert suggestion.places[0].said.endswith(f"({WORDS})")


def test_a_record_holds_what_was_proved_and_the_exceptions_that_counted(seen: Visit) -> None:
    walk = begun(seen)
    walk.answer("seeded", Verdict.MET)
    said = seal(walk, Decision.REJECT).findings["seeds-set"]
    assert (said.outcome, said.excepted_until) == (Outcome.FAIL, "2026-12-31")
    assert said.exceptions == (WORDS,)
    assert said.facts_sha256 == seen.findings["seeds-set"].facts_sha256
    assert (said.counted("2026-12-31"), said.counted("2027-01-01")) == (
        Outcome.WARN,
        Outcome.FAIL,
    )


def test_a_record_after_the_last_day_holds_no_exception(seen: Visit, clock: Clock) -> None:
    walk = begun(seen)
    clock.advance(days=60)
    said = seal(walk, Decision.REJECT).findings["seeds-set"]
    assert (said.outcome, said.excepted_until, said.exceptions) == (Outcome.FAIL, "", ())


def test_the_screen_says_it_at_the_finding_and_names_what_is_idle(seen: Visit) -> None:
    shown = home.proof(seen.findings, seen.check_ids, running=False, width=100).plain
    assert "Fails, but all excepted until 2026-12-31: " in shown
    assert f"({WORDS})" in " ".join(shown.split())
    assert f"{PLACE}:4: seeds-set in old.py matches nothing (ada: a demo)" in shown
    view = begun(seen).view("seeded")
    assert WORDS in beside.checks(view, {}, 60, running=False).plain
    code = {"train.py": ["import random", "", "print(random.random())"]}
    assert WORDS in beside.checks(view, code, 60, running=False).plain


def test_plain_mode_says_it_too(seen: Visit) -> None:
    heard: list[str] = []
    look(seen, Voice(lambda prompt: prompt, heard.append))
    said = " ".join(heard)
    assert "Cannot say: seeds-set. Fails, but all excepted until 2026-12-31: " in said
    assert f"Exception: {PLACE}:4: seeds-set in old.py matches nothing (ada: a demo)." in said
    assert check(seen.findings["seeds-set"]).startswith(
        "Check seeds-set warns: Fails, but all excepted until 2026-12-31: "
    )


def test_a_malformed_file_is_named_on_every_screen_and_excepts_nothing(
    project: Path, git: Git, tmp_path: Path, clock: Clock
) -> None:
    (project / "train.py").write_text("import random\n\nprint(random.random())\n", "utf-8")
    visit = open_with(FILE + "more: x\n", project, git, tmp_path, clock)
    problem = f"{PLACE}:5:1: unknown key 'more'. No exception applies"
    assert visit.checks.notes == (problem,)
    assert visit.findings["seeds-set"].outcome is Outcome.FAIL
    heard: list[str] = []
    look(visit, Voice(lambda prompt: prompt, heard.append))
    assert f"Exception: {problem}." in " ".join(heard)
    shown = home.proof(
        visit.findings, visit.check_ids, running=False, width=100, notes=visit.checks.notes
    )
    assert problem in shown.plain


def test_without_a_file_there_is_nothing_to_say(visit: Callable[..., Visit]) -> None:
    assert visit().checks.notes == ()
