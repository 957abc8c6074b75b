"""Every line fits, nothing foreign reaches the terminal, and every prompt can be left."""

from __future__ import annotations

from collections.abc import Callable
from unicodedata import east_asian_width

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from holdshort.errors import UsageError
from holdshort.model.text import visible
from holdshort.plain.voice import Voice, lines_of

HOSTILE = ["[/foo]", "[=", "\x1b[31mred\x1b[0m", "\u202etxt.exe", "a\r\nb", "\x00", "é" * 10_000]


def typing(*lines: str) -> tuple[Voice, list[str]]:
    heard: list[str] = []
    coming = iter(lines)

    def ask(prompt: str) -> str:
        heard.append(prompt)
        for line in coming:
            return line
        raise EOFError

    return Voice(ask, heard.append), heard


def columns(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


@given(st.text(max_size=400) | st.sampled_from(HOSTILE))
@example("모델 " * 60)
def test_a_sentence_becomes_printable_lines_that_fit_or_are_one_word(sentence: str) -> None:
    lines = lines_of(sentence)
    assert [visible(line) for line in lines] == lines
    assert all(columns(line) < 80 or " " not in line for line in lines)


@given(st.lists(st.text("abc/:-", min_size=1, max_size=120), min_size=1))
def test_wrapping_keeps_every_word_whole_and_in_order(words: list[str]) -> None:
    assert " ".join(lines_of(" ".join(words))).split() == words


def test_a_prompt_ends_on_the_line_where_one_types() -> None:
    voice, heard = typing(" y ")
    assert voice.ask("word " * 20 + "end") == "y"
    assert [line[-2:] for line in heard] == ["rd", ": "]


@pytest.mark.parametrize("typed", [["q"], ["quit"], []])
def test_q_and_the_end_of_input_leave_from_every_prompt(typed: list[str]) -> None:
    for prompt in (Voice.ask, Voice.answer):
        voice, _ = typing(*typed)
        with pytest.raises(EOFError):
            prompt(voice, "Note")


def test_the_end_of_input_closes_the_line_of_the_prompt() -> None:
    voice, heard = typing()
    with pytest.raises(EOFError):
        voice.ask("Note")
    assert heard == ["Note: ", ""]


@pytest.mark.parametrize("typed", ["", "b", "back", " "])
def test_a_side_question_can_be_left_without_an_answer(typed: str) -> None:
    voice, _ = typing(typed)
    assert not voice.answer("Note")


def test_a_side_question_says_how_to_leave_it() -> None:
    voice, heard = typing("?", "")
    assert not voice.answer("Note")
    assert "b goes back" in heard[1]


def refusing(*words: str) -> Callable[[str], str]:
    def take(typed: str) -> str:
        if typed in words:
            raise UsageError(f"{typed!r} is refused", "Try another.")
        return typed

    return take


def test_what_is_refused_is_said_in_one_sentence_and_asked_again() -> None:
    voice, heard = typing("one", "two", "three")
    assert voice.until_taken("Number", refusing("one", "two")) == "three"
    assert heard[1] == "Not done: 'one' is refused. Try another."
    assert heard.count("Number: ") == 3


def test_asking_again_ends_when_the_person_goes_back() -> None:
    voice, _ = typing("one", "")
    assert voice.until_taken("Number", refusing("one")) is None
