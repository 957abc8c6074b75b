"""Foreign text reaches a widget harmless: nothing is markup, nothing steers the terminal."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from holdshort.tui.text import (
    block,
    cell,
    fit,
    flowing,
    glyphs,
    join,
    labelled,
    spread,
    text,
    wrapped,
)

HOSTILE = (
    "[/foo]",
    "[=",
    "[b]bold[/b] [@click=app.quit]x[/]",
    "\x1b[31mred\x1b]8;;http://e.org\x07",
    "\x9b2J\x90q",
    "\u202egnp.exe\u200b",
    "$hs-fail {0} %s",
    "line\nbreak\ttab\rreturn",
    "界" * 50,
    "👩‍👩‍👧‍👦🏽",
    "x" * 10_000,
)
TUI = Path(__file__).parents[2] / "src" / "holdshort" / "tui"
SINKS = {"Static", "Label", "Button", "OptionList", "Option", "notify", "update", "Checkbox"}


def is_harmless(content: Content, *, lines: bool = False) -> bool:
    allowed = {"\n"} if lines else set()
    return all(char.isprintable() or char in allowed for char in content.plain)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_shown_and_never_obeyed(hostile: str) -> None:
    assert is_harmless(text(hostile))
    assert is_harmless(block(hostile), lines=True)
    assert not any("click" in str(span.style) for span in text(hostile).spans)


@given(st.text(), st.integers(0, 60))
def test_a_cell_is_exactly_as_wide_as_asked(words: str, width: int) -> None:
    assert fit(text(words), width).cell_length <= width
    assert cell(text(words), width).cell_length == width


@given(st.text(), st.text(), st.integers(12, 80))
def test_lines_never_leave_their_width(left: str, right: str, width: int) -> None:
    assert spread(text(left), text(right[:8]), width).cell_length <= width
    for limit in (0, 1, 2):
        lines = labelled(text("Why"), text(left), width, indent=6, limit=limit)
        assert all(line.cell_length <= width for line in lines)
        assert not limit or len(lines) <= limit


@given(st.lists(st.text(min_size=1), max_size=12), st.integers(20, 80))
def test_flowing_parts_are_whole_or_counted(parts: list[str], width: int) -> None:
    lines = flowing(text("x"), [text(one) for one in parts], width, indent=4, limit=2)
    assert 1 <= len(lines) <= 2
    assert all(line.cell_length <= width for line in lines)


def test_lines_are_ascii_where_box_drawing_may_be_twice_as_wide() -> None:
    assert glyphs({"LANG": "ja_JP.UTF-8"}) == ("=", "-")
    assert glyphs({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}) == glyphs({})


def test_a_long_text_ends_at_a_word() -> None:
    assert wrapped(text("one two three four five six"), 14, 1)[0].plain == "one two ..."


def test_join_leaves_out_what_is_empty() -> None:
    assert join((text("a"), text(""), text("b"))).plain == "a  b"


@pytest.mark.parametrize("module", sorted(TUI.rglob("*.py")), ids=lambda path: path.stem)
def test_no_widget_is_given_a_bare_text(module: Path) -> None:
    """A `str` would be read as markup; only Content may reach a widget that shows it."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in SINKS:
            bare = [one for one in node.args if isinstance(one, ast.Constant | ast.JoinedStr)]
            assert not bare, f"{module.name}:{node.lineno}"
