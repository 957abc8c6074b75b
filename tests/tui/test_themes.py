"""Every text can be read in every theme. Source of the formula: WCAG 2.2, relative luminance."""

from __future__ import annotations

import pytest
from textual.color import Color

from holdshort.tui.themes import GROUNDS, NAMES, ROLES, colours_of, themes

from .conftest import Drive, Driven


def luminance(colour: str) -> float:
    parts = [part / 255 for part in Color.parse(colour).rgb]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("name", NAMES)
def test_text_stands_out_from_every_ground(name: str, ground: str, role: str) -> None:
    colours = colours_of(name)
    least = 7 if name == "review-contrast" else 4.5
    assert contrast(colours[role], colours[ground]) >= least


@pytest.mark.parametrize("name", NAMES)
def test_the_row_in_focus_is_marked_without_colour_too(name: str, drive: Drive) -> None:
    async def play(driven: Driven) -> None:
        await driven.press("o")
        assert driven.app.theme == name
        assert sum(row.strip().startswith("> [") for row in driven.rows) == 1

    drive(play, theme=name)


def test_every_theme_has_a_name_of_its_own() -> None:
    assert [one.name for one in themes()] == list(NAMES)


def test_without_colours_every_state_still_has_its_glyph(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def play(driven: Driven) -> None:
        await driven.press("n", "j", "x", "j", "o")
        assert {"[!]", "[-]", "[ ]"} <= {row[3:6] for row in driven.rows}

    drive(play)
