"""Free text: stored in one form, shown without harm."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.model.text import (
    forbidden_character,
    is_slug,
    normalise,
    one_line,
    slug,
    visible,
    visible_lines,
)

NASTY = "\x00\x07\x1b\x7f\x85\x9b\u00ad\u202e\u200b\u2028\u2066\ufeff\ud800\t\r\n e\u0301\U000e0041"
texts = st.text(st.one_of(st.characters(), st.sampled_from(NASTY)))


@given(texts)
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(texts)
def test_normalised_text_may_stand_in_a_sealed_record(text: str) -> None:
    stored = normalise(text)
    assert forbidden_character(stored) is None
    assert unicodedata.is_normalized("NFC", stored)
    assert stored == stored.strip("\n")
    assert not any(line != line.rstrip() for line in stored.split("\n"))


@given(texts)
def test_visible_text_is_shown_as_it_is(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert forbidden_character(visible(text)) is None


@given(texts)
def test_visible_lines_hold_no_control_but_line_breaks(text: str) -> None:
    assert visible_lines(visible_lines(text)) == visible_lines(text)
    assert forbidden_character(visible_lines(text).replace("\n", "")) is None


@given(texts, st.integers(0, 40))
def test_one_line_is_one_line_of_at_most_its_limit(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert "\n" not in line
    assert not limit or len(line) <= max(limit, 3)


@given(texts)
def test_every_name_has_a_slug(text: str) -> None:
    assert is_slug(slug(text))
    assert slug(slug(text)) == slug(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "^[[31m"),
        ("a\x7f", "a^?"),
        ("\u202egnp", "<U+202E>gnp"),
        ("a\u00a0b", "a\u00a0b"),
        ("plain", "plain"),
    ],
)
def test_what_cannot_be_seen_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_lines_stay_lines_and_tabs_become_blanks() -> None:
    assert visible_lines("a\tb\r\nc\x1b") == "a    b\nc^["
