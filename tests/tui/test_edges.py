"""Hostile content on every screen, every size, and the ways a session can end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from holdshort.tui.screens.shell import Shell

from .conftest import CHECKLIST, Drive, Driven
from .test_text import HOSTILE

Git = Callable[..., str]
SIZES = [(80, 24), (120, 40), (60, 16), (40, 10), (300, 100)]
SCREENS = {
    "question": (),
    "overview": ("o",),
    "checks": ("t",),
    "sign": ("S",),
    "help": ("question_mark",),
}


@pytest.mark.parametrize("keys", SCREENS.values(), ids=SCREENS)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_screen_fits_every_size(
    drive: Drive, size: tuple[int, int], keys: tuple[str]
) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        await driven.press(*keys)
        fits(driven, size)
        assert "? Help" in driven.rows[-1] or "Quit" in driven.rows[-1]

    drive(play, size=size)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_home_fits_every_size(drive: Drive, size: tuple[int, int]) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        fits(driven, size)
        assert "Enter Start" in driven.rows[-1]

    drive(play, straight=False, size=size)


def fits(driven: Driven, size: tuple[int, int]) -> None:
    assert len(driven.rows) == size[1]
    screen = driven.app.screen
    assert isinstance(screen, Shell)
    for name in ("heading", "rule", "keybar"):
        widget = screen.query_one(f"#{name}")
        assert widget.size.height == 1
        shown = widget.visual.plain  # type: ignore[attr-defined]
        assert len(shown) <= size[0]
    bottom = screen.query_one("#body").region.bottom
    for child in screen.query_one("#body").children:
        assert child.region.bottom <= bottom or not child.display


def test_question_answers_and_keys_stand_on_80_by_24_without_scrolling(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        for wanted in ("Is every random", "Why", "Checks", "Suggest", "Answer", "Evidence", "Note"):
            assert wanted in driven.text, wanted
        assert driven.question.query_one("#reading").max_scroll_y == 0

    drive(play)


def test_question_and_answers_stand_on_40_by_10(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        assert "Is every random number generator" in driven.text
        assert "y yes   n no   p partly" in driven.text
        await driven.press("n")
        assert "(n no)" in driven.text

    drive(play, size=(40, 10))


def test_a_window_too_small_says_what_it_needs(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.pilot.resize_terminal(38, 9)
        await driven.pilot.pause()
        assert "Window too small (38x9)." in driven.text
        assert "Need 40x10. Answers are saved." in driven.text
        await driven.pilot.resize_terminal(80, 24)
        await driven.pilot.pause()
        assert "Is every random number generator" in driven.text

    drive(play)


def test_no_screen_holds_a_text_field_in_browse_mode(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        for keys in SCREENS.values():
            await driven.press(*keys)
            assert not isinstance(driven.app.focused, Input | TextArea)
            assert not driven.app.screen.query(Input)
            if keys:
                await driven.press("escape")

    drive(play)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=str)
def test_hostile_text_crashes_no_screen_and_steers_no_terminal(
    drive: Drive, project: Path, git: Git, size: tuple[int, int]
) -> None:
    checklist = CHECKLIST
    questions = ("Is there proof?", "Is it plain?", "Do tests exercise the code?", "first things")
    for number, hostile in enumerate(HOSTILE):
        name = "".join(char for char in hostile[:60] if char not in "/\0")
        (project / f"{name}.py").write_text(
            f"import random\nrandom.seed({number})\n# {hostile}\n", "utf-8"
        )
        printable = "".join(char for char in hostile if char.isprintable())[:400]
        if number < len(questions):
            quoted = printable.replace("'", "''")
            checklist = checklist.replace(questions[number], f"'{quoted}'")
    (project / "checklists" / "tiny.yaml").write_text(checklist, "utf-8")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", HOSTILE[0])

    async def play(driven: Driven) -> None:
        await driven.checked()
        await driven.goto("proven")
        for hostile in HOSTILE:
            driven.walk.note("proven", hostile)
            driven.question.refresh_all()
            await driven.pilot.pause()
            assert driven.is_harmless
            assert driven.question.at == "proven"
        for keys in (*SCREENS.values(), ("e",), ("c",), ("f",), ("slash",)):
            await driven.press(*keys)
            await driven.pilot.pause(0.2 if keys == ("e",) else 0)
            assert driven.is_harmless
            if keys:
                await driven.press("escape")

    drive(play, size=size)


def test_an_unexpected_error_leaves_as_itself_and_without_a_traceback(
    drive: Drive, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def play(driven: Driven) -> None:
        def broken(*_: object) -> None:
            raise ZeroDivisionError("a defect")

        monkeypatch.setattr(driven.question, "redraw", broken)
        await driven.press("j")

    with pytest.raises(ZeroDivisionError, match="a defect"):
        drive(play)
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err


def test_ctrl_c_says_how_to_leave(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("ctrl+c")
        assert "Press q to quit" in driven.text

    drive(play)


def test_quitting_leaves_from_a_text_field_too(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("c", "ctrl+q")

    assert drive(play).return_code == 0


def test_leaving_a_screen_before_its_work_is_done_is_harmless(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        for _ in range(5):
            await driven.pilot.press("S", "escape")
        await driven.until(lambda: driven.app.screen is driven.question)
        await driven.checked()
        assert "Is every random number generator" in driven.text

    drive(play)


def test_quitting_while_a_screen_still_works_is_harmless(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.pilot.press("S", "q")

    assert drive(play).return_code == 0
