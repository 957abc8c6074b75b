"""The screens around the question: home, overview, checks, sign and what comes after."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from holdshort.errors import RepositoryStateError
from holdshort.model.review import Decision, Verdict
from holdshort.tui.screens.checks import ChecksScreen
from holdshort.tui.screens.done import DoneScreen
from holdshort.tui.screens.fixes import FixesScreen
from holdshort.tui.screens.home import HomeScreen
from holdshort.tui.screens.overview import OverviewScreen
from holdshort.tui.screens.question import QuestionScreen
from holdshort.tui.screens.sign import SignScreen
from holdshort.walkthrough.visit import Visit
from holdshort.walkthrough.wanted import Wanted

from .conftest import Clock, Drive, Driven

Git = Callable[..., str]


# Home


def test_home_says_what_the_repository_proves_before_anything_is_set_up(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        assert driven.text.index("contradicts") < driven.text.index("tests-present")
        assert driven.text.index("tests-present") < driven.text.index("license-present")
        assert "no review yet" in driven.rows[0]
        assert "Quick review: 9 questions, 2 with a finding beside them" in driven.text
        assert "Release 1.0" in driven.text

    drive(play, straight=False)


def test_an_empty_repository_proves_nothing(
    drive: Drive, project: Path, git: Git, clock: Clock
) -> None:
    git(project, "rm", "-r", "--quiet", ".")
    git(project, "commit", "--quiet", "--allow-empty", "--message=Nothing")

    async def play(driven: Driven) -> None:
        await driven.checked()
        assert isinstance(driven.app.screen, HomeScreen)
        assert "proves" not in driven.text
        assert "0 files" in driven.rows[0]
        assert f"Release {clock().date().isoformat()}" in driven.text

    drive(play, straight=False, wanted=Wanted())


def test_enter_starts_and_the_way_back_shows_the_draft(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("enter")
        assert isinstance(driven.app.screen, QuestionScreen)
        await driven.press("y", "escape")
        assert isinstance(driven.app.screen, HomeScreen)
        assert "> repository 1.0" in driven.text.replace(">  ", "> ")
        assert "1/9" in driven.text
        await driven.press("enter")
        assert driven.question.at == "tested"

    drive(play, straight=False)


def test_home_renames_and_deepens_what_will_be_reviewed(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("m")
        driven.app.screen.query_one("#line").value = "Bad Name 3"  # type: ignore[attr-defined]
        await driven.press("enter")
        assert "one or two names" in driven.text
        driven.app.screen.query_one("#line").value = "churn v2.0"  # type: ignore[attr-defined]
        await driven.press("enter", "N")
        assert "Release 2.0   model churn" in driven.text
        assert "Deep review: 5 questions" in driven.text
        await driven.press("enter")
        assert driven.walk.review.model == "churn"
        assert driven.walk.profile == "deep"

    drive(play, straight=False)


def test_home_chooses_among_drafts(drive: Drive, project: Path, home: Path, clock: Clock) -> None:
    for release in ("1.1", "1.2"):
        visit = Visit.open(project, state=home / "state", now=clock)
        visit.begin(Wanted(checklist="tiny", release=release)).draft.close()

    async def play(driven: Driven) -> None:
        assert driven.text.count("saved ") == 2
        first = next(row for row in driven.rows if row.strip().startswith(">"))
        await driven.press("j")
        second = next(row for row in driven.rows if row.strip().startswith(">"))
        assert first != second
        await driven.press("j", "j", "j")
        assert "> another review" in driven.text.replace(">  ", "> ")
        await driven.press("k", "enter")
        assert driven.walk.review.release in second

    drive(play, straight=False)


def test_a_review_that_cannot_be_begun_is_told_in_place(
    drive: Drive, git: Git, project: Path
) -> None:
    git(project, "config", "--global", "--unset", "user.email")

    async def play(driven: Driven) -> None:
        await driven.press("enter")
        assert isinstance(driven.app.screen, HomeScreen)
        assert "user.email" in driven.text

    drive(play, straight=False)


@pytest.mark.usefixtures("ssh_key")
def test_a_review_that_is_signed_already_is_refused_before_the_first_screen(drive: Drive) -> None:
    async def sign(driven: Driven) -> None:
        await driven.checked()
        await driven.press("S", "k")
        await driven.until(lambda: "SHA256:" in driven.text)
        await driven.press("enter")
        await driven.until(lambda: isinstance(driven.app.screen, DoneScreen))

    drive(sign)
    with pytest.raises(RepositoryStateError, match="already signed"):
        drive(sign)


# Fix list


def test_the_fix_list_names_the_cheapest_first_and_leads_to_its_question(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        await driven.press("x")
        assert isinstance(driven.app.screen, FixesScreen)
        assert driven.rows[3].strip().startswith("> accept")
        assert "holdshort answer seeded --accept" in driven.text
        await driven.press("j")
        second = driven.app.screen._actions[1].questions[0]
        await driven.press("enter")
        assert driven.question.at == second
        assert len(driven.walk.draft.state.history.changes) == 0

    drive(play, straight=False)


def test_the_fix_list_ends_with_a_signature_that_is_no_question(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("x")
        await driven.press("pagedown", "pagedown")
        assert "> sign" in driven.text
        await driven.press("enter", "E")
        assert isinstance(driven.app.screen, FixesScreen)
        await driven.press("escape")
        assert isinstance(driven.app.screen, HomeScreen)

    drive(play, straight=False)


# Overview


def test_the_overview_counts_filters_and_leads_to_a_question(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("y", "n", "o")
        assert isinstance(driven.app.screen, OverviewScreen)
        assert "2 of 9 answered" in driven.rows[0]
        assert "needs a note" in driven.text
        assert "If signed now  INCOMPLETE" in driven.text
        await driven.press("f", "u", "enter")
        assert "tested" not in "".join(row[:40] for row in driven.rows)
        await driven.press("J", "enter")
        assert driven.question.at == "kind"
        await driven.press("o", "o")
        assert isinstance(driven.app.screen, QuestionScreen)

    drive(play)


def test_a_section_is_answered_with_one_reason_and_one_undo(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("o", "J", "X")
        assert "score, level, names" in driven.text
        await driven.type("no model here")
        await driven.press("enter")
        answers = driven.walk.review.answers
        assert {one.verdict for one in answers.values()} == {Verdict.NOT_APPLICABLE}
        assert set(answers) == {"score", "level", "names"}
        await driven.press("u")
        assert not driven.walk.review.answers

    drive(play)


def test_an_empty_filter_says_how_to_take_it_off(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("o", "f", "s", "enter")
        assert "No question passes the filter" in driven.text

    drive(play)


# Checks


def test_the_checks_lead_to_their_question(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("j", "j", "t")
        await driven.checked()
        assert isinstance(driven.app.screen, ChecksScreen)
        assert "[pass] seeds-set" in driven.text
        while "> [pass] seeds-set" not in driven.text:
            await driven.press("j")
        assert "train.py:3" in driven.text
        await driven.press("enter")
        assert driven.question.at == "seeded"

    drive(play)


def test_checks_run_again_on_request(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        driven.app.visit.findings.clear()  # type: ignore[union-attr]
        await driven.press("t", "v")
        await driven.checked()
        assert driven.app.checking is not None
        assert driven.app.checking.done == 1
        await driven.press("r")
        await driven.checked()
        assert driven.app.checking.done == driven.app.checking.total

    drive(play)


# Sign


@pytest.mark.usefixtures("ssh_key")
def test_the_review_is_signed_verified_and_committed(drive: Drive, git: Git, project: Path) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        await driven.press("enter", "S")
        await driven.until(lambda: "SHA256:" in driven.text)
        assert "Gate says" in driven.text
        await driven.press("r")
        await driven.press("equals_sign")
        await driven.until(lambda: "decision: reject" in driven.text)
        await driven.press("escape", "enter")
        await driven.until(lambda: isinstance(driven.app.screen, DoneScreen))
        assert "and verified" in driven.text
        assert "holdshort verify --release 1.0" in driven.text
        await driven.press("enter")

    app = drive(play)
    assert app.return_code == 0
    assert git(project, "log", "-1", "--format=%s").startswith("review: ")
    assert git(project, "show", "--stat", "--format=", "HEAD").count("|") == 1
    assert git(project, "status", "--porcelain") == ""


@pytest.mark.usefixtures("ssh_key")
def test_what_is_open_keeps_an_approval_from_being_signed(
    drive: Drive, git: Git, project: Path
) -> None:
    before = git(project, "rev-parse", "HEAD")

    async def play(driven: Driven) -> None:
        await driven.checked()
        await driven.press("y", "S")
        await driven.until(lambda: "SHA256:" in driven.text)
        await driven.press("enter")
        await driven.until(lambda: "no answer yet" in driven.text)
        assert isinstance(driven.app.screen, SignScreen)
        assert driven.walk.review.answers["seeded"].verdict is Verdict.MET

    drive(play)
    assert git(project, "rev-parse", "HEAD") == before


def test_without_a_key_the_screen_says_what_makes_one(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        await driven.press("S")
        await driven.until(lambda: "ssh-keygen -t ed25519" in driven.text)
        await driven.press("k", "enter")
        await driven.until(lambda: "ssh-keygen -t ed25519" in driven.text)
        await driven.press("escape")
        assert isinstance(driven.app.screen, QuestionScreen)

    drive(play)


def test_a_waiver_asks_for_reason_owner_and_date(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("S")
        await driven.until(lambda: "looking for it" not in driven.text)
        await driven.press("W", "enter", "enter", "enter")
        assert "a waiver needs a reason" in driven.text
        await driven.press("shift+tab", "shift+tab")
        await driven.type("hotfix")
        await driven.press("enter", "enter", "enter")
        waiver = driven.walk.review.waivers[0]
        assert (waiver.question, waiver.reason, waiver.owner) == ("seeded", "hotfix", "ada")
        assert waiver.expires == "2026-12-20"

    drive(play)


def test_every_decision_is_one_key(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("S")
        await driven.until(lambda: "looking for it" not in driven.text)
        screen = driven.app.screen
        assert isinstance(screen, SignScreen)
        for key, decision in (("r", "reject"), ("k", "comment"), ("a", "approve")):
            await driven.press(key)
            assert screen._decision is Decision(decision)
            assert f"(o) {key} {decision}" in driven.text

    drive(play)


# HEAD


def test_a_moved_head_is_told_and_can_be_followed(drive: Drive, git: Git, project: Path) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        await driven.press("enter")
        (project / "train.py").write_text("import numpy as np\n\nprint(np.random.rand())\n")
        git(project, "commit", "--quiet", "--all", "--message=Move")
        driven.app.look_at_head()
        await driven.until(lambda: "HEAD moved" in driven.text)
        await driven.press("H")
        await driven.checked()
        assert "HEAD moved" not in driven.text
        await driven.goto("seeded")
        assert "changed since you answered" in driven.text
        assert driven.walk.visit.commit == git(project, "rev-parse", "HEAD")

    drive(play)


def test_home_follows_a_moved_head(drive: Drive, git: Git, project: Path) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        git(project, "rm", "--quiet", "train.py")
        git(project, "commit", "--quiet", "--message=Remove")
        driven.app.look_at_head()
        await driven.until(lambda: "HEAD moved while this was open.  H follows it." in driven.text)
        await driven.press("H")
        await driven.checked()
        assert git(project, "rev-parse", "--short=7", "HEAD") in driven.rows[0]
        assert "HEAD moved" not in driven.text

    drive(play, straight=False)


@pytest.mark.usefixtures("ssh_key")
def test_a_head_that_cannot_be_followed_leaves_everything_as_it_was(
    drive: Drive, git: Git, project: Path
) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        await driven.press("y")
        place = project / "reviews" / "repository" / "1.0" / "tiny"
        place.mkdir(parents=True)
        (place / "ada.yaml").write_text("signed: elsewhere\n", "utf-8")
        git(project, "add", "reviews")
        git(project, "commit", "--quiet", "--message=Sign elsewhere")
        driven.app.look_at_head()
        await driven.until(lambda: "HEAD moved" in driven.text)
        await driven.press("H")
        assert "already signed" in driven.text
        await driven.press("y")
        assert len(driven.walk.review.answers) == 2

    drive(play)
