"""Rows that are clicked, places that are opened, and the rarer lines of a screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Input

from holdshort.model.review import Decision, Verdict
from holdshort.tui.paint import sign as paint
from holdshort.tui.search import PathSearch
from holdshort.walkthrough.sealing import Committed, claims

from .conftest import Drive, Driven

Git = Callable[..., str]
NO_LOAN = "this terminal cannot be lent to a program"
"""What the headless driver says when an editor would open."""


async def click(driven: Driven, words: str) -> None:
    """Click on the first place that shows these words."""
    row = next(at for at, line in enumerate(driven.rows) if words in line)
    await driven.pilot.click(offset=(driven.rows[row].index(words), row))
    await driven.pilot.pause()


def test_a_row_of_the_overview_is_focused_and_then_opened_by_clicks(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        await driven.press("o")
        await click(driven, "level")
        assert "> [ ]   level" in driven.text
        await click(driven, "level")
        assert driven.question.at == "level"

    drive(play)


def test_rows_of_checks_and_drafts_are_focused_by_clicks(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        await driven.press("enter", "escape")
        await click(driven, "another review")
        assert "> another review" in driven.text.replace(">  ", "> ")
        await driven.press("t")
        await click(driven, "tests-present")
        assert any(row.startswith(" > ") and "tests-present" in row for row in driven.rows)
        await driven.press("pagedown", "pageup", "t")
        await click(driven, "Enter Start")
        assert driven.question.at == "seeded"

    drive(play, straight=False)


def test_a_question_in_the_column_of_sections_is_opened_by_a_click(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        await click(driven, "Second things")
        assert driven.question.at == "kind"

    drive(play, size=(120, 40))


def test_evidence_and_places_are_opened_in_the_editor(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        await driven.goto("plain")
        await driven.press("E")
        assert "No file stands beside this question" in driven.text
        await driven.goto("seeded")
        await driven.press("E")
        assert NO_LOAN in driven.text
        await driven.press("1", "E")
        assert NO_LOAN in driven.text
        await driven.press("t", "E")
        assert NO_LOAN in driven.text or "names no place" in driven.text

    drive(play)


def test_a_file_that_left_the_work_tree_is_not_opened(drive: Drive, project: Path) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        (project / "train.py").unlink()
        await driven.press("E")
        assert "'train.py' is not in the work tree" in driven.text

    drive(play)


def test_enter_goes_on_from_an_answered_question(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        await driven.press("enter", "k", "enter")
        assert driven.question.at == "tested"

    drive(play)


def test_the_picker_takes_links_commits_and_checks(drive: Drive, git: Git, project: Path) -> None:
    head = git(project, "rev-parse", "HEAD")

    async def play(driven: Driven) -> None:
        await driven.checked()
        for typed in ("https://example.org/run/7", head[:10], "seeds-set"):
            await driven.press("e")
            driven.app.screen.query_one(Input).value = typed
            await driven.pilot.pause()
            await driven.press("enter")
        refs = [one.ref for one in driven.walk.review.answers["seeded"].evidence]
        assert refs == ["https://example.org/run/7", head, "seeds-set"]
        await driven.press("e", "up", "tab", "tab", "ctrl+x")
        left = [one.ref for one in driven.walk.review.answers["seeded"].evidence]
        assert left == refs[1:]

    drive(play)


def test_the_path_search_finds_by_letters_and_puts_mentioned_files_first() -> None:
    paths = [f"src/package{number}/module.py" for number in range(2000)]
    search = PathSearch([*paths, "src/prep.py", "tests/test_prep.py"], ["tests/test_prep.py"])
    assert search.find("", 2) == ["tests/test_prep.py", "src/package0/module.py"]
    assert search.find("pre", 5)[:2] == ["tests/test_prep.py", "src/prep.py"]
    assert search.find("prep", 5) == ["tests/test_prep.py", "src/prep.py"]
    assert search.find("pk7mod", 1) == ["src/package7/module.py"]
    assert search.find("zzz", 5) == []


def test_the_sign_page_says_what_is_contradicted_and_what_may_change(
    drive: Drive, project: Path, git: Git
) -> None:
    (project / "train.py").write_text("import random\n\nprint(random.random())\n", "utf-8")
    git(project, "commit", "--quiet", "--all", "--message=Unseed")

    async def play(driven: Driven) -> None:
        await driven.checked()
        walk = driven.walk
        walk.answer("seeded", Verdict.MET, note="it is, elsewhere")
        walk.attach("seeded", "https://example.org/run/7")
        page = paint.sign_page(
            claims(walk, Decision.APPROVE),
            walk.review,
            Decision.APPROVE,
            focus=0,
            key="a key",
            width=78,
        ).plain
        assert "Contradicts seeded" in page
        assert "May change  https://example.org/run/7" in page

    drive(play)


def test_the_last_page_has_the_line_that_publishes() -> None:
    done = Committed(commit="a" * 40, path="reviews/x.yaml", push="git push origin main")
    page = paint.done_page(done, "1.0", 80).plain
    assert "Committed aaaaaaaaaa and verified." in page
    assert "Publish it  git push origin main" in page


def test_a_section_without_anything_open_is_not_answered_together(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        for one in driven.walk.bulk_candidates("First things"):
            driven.walk.answer(one.question.id, Verdict.UNMET, note="no")
        await driven.press("o", "X")
        assert "Nothing open in First things" in driven.text

    drive(play)


def test_a_check_that_no_question_rests_on_says_so(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        await driven.press("t")
        await click(driven, "dependencies-pinned")
        await driven.press("enter")
        assert "No question asked here rests on this check" in driven.text

    drive(play)


@pytest.mark.parametrize("key", ["pagedown", "pageup"])
def test_a_long_page_scrolls_by_key(drive: Drive, key: str) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("question_mark")
        before = driven.text
        await driven.press("pagedown")
        assert driven.text != before
        await driven.press(key)
        assert (driven.text == before) == (key == "pageup")

    drive(play)
