"""A key is a letter, its word, or Enter; every key is in the help."""

from __future__ import annotations

import pytest

from holdshort.plain import asked
from holdshort.plain.asked import Key


@pytest.mark.parametrize("key", Key)
def test_every_key_is_read_by_letter_and_by_word_and_is_in_the_help(key: Key) -> None:
    assert asked.read(key) is key
    assert asked.read(key.name.lower().replace("_", " ")) is key
    assert any(line.startswith(f"{key or 'Enter'}: ") for line in asked.help_lines())


@pytest.mark.parametrize(("typed", "key"), [("Y", Key.YES), ("S", Key.SIGN), ("s", Key.SKIP)])
def test_case_matters_only_between_sign_and_skip(typed: str, key: Key) -> None:
    assert asked.read(typed) is key


@pytest.mark.parametrize("typed", ["z", "yn", "yes please", "12", "-", "ß", "__class__"])
def test_anything_else_is_no_key(typed: str) -> None:
    assert asked.read(typed) is None


def test_digits_are_one_to_nine() -> None:
    assert [asked.digit(one) for one in ("1", "9", "0", "10", "²", "٣", "")] == [
        1,
        9,
        0,
        0,
        0,
        0,
        0,
    ]


def test_a_choice_is_its_number_or_its_word() -> None:
    choices = ("none", "2", "both")
    assert asked.choice("1", choices) == "none"
    assert asked.choice("both", choices) == "both"
    assert asked.choice("2", choices) == "2"
    assert not asked.choice("4", choices)
    assert not asked.choice("bot", choices)
