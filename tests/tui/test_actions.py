"""One table of actions: keys, footer, palette, help and docs say the same."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from textual.command import DiscoveryHit
from textual.screen import ModalScreen

from holdshort.tui.actions import ACTIONS, WINDOWS, Place, actions_of, bindings_of, keys_page
from holdshort.tui.keybar import painted
from holdshort.tui.palette import Commands
from holdshort.tui.screens.checks import ChecksScreen
from holdshort.tui.screens.done import DoneScreen
from holdshort.tui.screens.evidence import EvidenceWindow
from holdshort.tui.screens.filters import FilterWindow
from holdshort.tui.screens.fixes import FixesScreen
from holdshort.tui.screens.help import HelpScreen
from holdshort.tui.screens.home import HomeScreen
from holdshort.tui.screens.line import LineWindow
from holdshort.tui.screens.overview import OverviewScreen
from holdshort.tui.screens.question import QuestionScreen
from holdshort.tui.screens.shell import Shell
from holdshort.tui.screens.sign import SignScreen
from holdshort.tui.screens.waiver import WaiverWindow

from .conftest import Drive, Driven

SCREENS: dict[Place, type[Shell]] = {
    Place.HOME: HomeScreen,
    Place.QUESTION: QuestionScreen,
    Place.OVERVIEW: OverviewScreen,
    Place.SIGN: SignScreen,
    Place.CHECKS: ChecksScreen,
    Place.FIXES: FixesScreen,
    Place.DONE: DoneScreen,
    Place.HELP: HelpScreen,
}
WINDOW_CLASSES: dict[Place, type[ModalScreen[Any]]] = {
    Place.LINE: LineWindow,
    Place.PICKER: EvidenceWindow,
    Place.FILTER: FilterWindow,
    Place.WAIVER: WaiverWindow,
}
KEYS_PAGE = Path(__file__).parents[2] / "docs" / "keys.md"

every_place = pytest.mark.parametrize("place", Place)


@every_place
def test_every_action_of_a_place_has_a_method_on_its_screen(place: Place) -> None:
    screen = {**SCREENS, **WINDOW_CLASSES}[place]
    for action in actions_of(place):
        assert callable(getattr(screen, f"action_{action.id}", None)), action


def test_every_screen_stands_at_its_place() -> None:
    assert set(SCREENS) | set(WINDOW_CLASSES) == set(Place)
    assert set(WINDOW_CLASSES) == WINDOWS
    assert all(screen.PLACE is place for place, screen in SCREENS.items())


@every_place
def test_no_key_has_two_meanings_on_one_screen(place: Place) -> None:
    keys = Counter(key for action in actions_of(place) for key in action.keys)
    assert [key for key, count in keys.items() if count > 1] == []


@every_place
def test_the_keys_of_a_screen_are_the_keys_of_the_table(place: Place) -> None:
    bound: list[Any] = {**SCREENS, **WINDOW_CLASSES}[place].BINDINGS
    wanted = {(key, one.call(key)) for one in actions_of(place) for key in one.keys}
    assert {(one.key, one.action) for one in bound} == wanted
    assert len({one.id for one in bound}) == len(bound) == len(bindings_of(place))


def test_an_answer_key_means_its_answer_wherever_a_question_is_shown() -> None:
    meanings = {"y": "yes", "n": "no", "p": "partly", "x": "not_applicable", "i": "cannot_tell"}
    shown = {Place.QUESTION, Place.OVERVIEW}
    found = {
        key: one.id
        for one in ACTIONS
        for key in one.keys
        if key in {*meanings, "u"} and shown & set(one.places)
    }
    assert found == {**meanings, "u": "undo"}


def test_the_letters_of_an_answer_mean_nothing_else_but_the_fix_list() -> None:
    letters = {"y", "n", "p", "i", "e", "c"}
    shown = {Place.QUESTION, Place.OVERVIEW}
    elsewhere = [one for one in ACTIONS if letters & set(one.keys) and not shown & set(one.places)]
    assert elsewhere == []


def test_a_key_that_is_never_required_is_never_bound() -> None:
    bound = {key for one in ACTIONS for key in one.keys}
    assert not bound & {"ctrl+s", "ctrl+z", "ctrl+a", "ctrl+b", "ctrl+h", "ctrl+i", "ctrl+m"}
    assert not {key for key in bound if key.startswith(("alt+", "f1", "shift+"))}


def test_the_documented_keys_are_the_keys_of_the_table() -> None:
    assert KEYS_PAGE.read_text(encoding="utf-8") == keys_page(), (
        'write it again: python -c "from holdshort.tui.actions import keys_page; '
        "print(keys_page(), end='')\" > docs/keys.md"
    )


@pytest.mark.parametrize("width", [10, 38, 58, 78, 118])
@every_place
def test_the_footer_never_leaves_the_window(place: Place, width: int) -> None:
    assert painted(actions_of(place), width).cell_length <= width


def test_the_footer_keeps_help_longest() -> None:
    assert painted(actions_of(Place.QUESTION), 10).plain == "? Help"


def test_help_and_palette_offer_every_action_of_the_screen(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.checked()
        legal = list(driven.question.legal())
        hits = [hit async for hit in Commands(driven.question).discover()]
        offered = {hit.text for hit in hits if isinstance(hit, DiscoveryHit)}
        assert offered == {one.name for one in legal if one.id != "palette"}
        await driven.press("question_mark")
        page = driven.app.screen.query_one("#pane .ink").visual.plain  # type: ignore[attr-defined]
        for action in ACTIONS:
            assert action.name in page, action
            assert action.shown.split()[0] in page, action

    drive(play, size=(120, 40))


def test_a_command_of_the_palette_does_what_its_key_does(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("ctrl+p")
        await driven.type("skip")
        await asyncio.sleep(0.2)
        await driven.press("enter")
        await driven.until(lambda: driven.question.at == "tested")
        assert "seeded" in driven.walk.skipped

    drive(play)


def test_the_filter_of_the_help_keeps_what_was_typed(drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("question_mark", "slash")
        await driven.type("waiver")
        await driven.press("enter")
        assert "Accept an open question" in driven.text
        assert "Answer yes" not in driven.text

    drive(play)
