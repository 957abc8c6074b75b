"""The canonical dumper: every loader reads back the text that was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from holdshort.storage.yaml_dump import dump
from holdshort.storage.yaml_load import load

WORDS = (Path(__file__).parent.parent / "corpus/yaml/words.txt").read_text("utf-8").splitlines()
SEPARATORS = ["\x85", "\u2028", "\u2029", "\ufeff", "\u200b", "\u202e", "\xa0", "\u3000", "\x00"]
SEPARATORS += ["\x1b", "\x7f", "\x9b", "\ufffe", "\uffff", "\ufffd", "\ue000", "😀", "\U0010ffff"]
PIECES = [*WORDS, *SEPARATORS, " ", "  ", "\n", "\n\n", "\r", "\r\n", "\t", "word", "é"]

texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join),
)
keys = texts.filter(lambda text: text not in {"", "<<"})
values = st.recursive(
    texts,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4)
        | st.dictionaries(keys, inner, min_size=1, max_size=4)
    ),
    max_leaves=12,
)
documents = st.dictionaries(keys, values, min_size=1, max_size=5)


def pure(data: bytes) -> object:
    return yaml.load(data, yaml.BaseLoader)  # noqa: S506 - builds nothing but text


def fast(data: bytes) -> object:
    return yaml.load(data, yaml.CBaseLoader)  # noqa: S506 - the same


def resolving(data: bytes) -> object:
    return yaml.safe_load(data)


@given(documents)
@example({"a": "\n"})
@example({"a": " \n b"})
@example({"a": [["x\n  y", ["\tz\n-"]]]})
@example({"a": [{"b": "one\n\n# two"}]})
@example({"a": "b " * 400})
def test_what_is_dumped_is_loaded(value: dict[str, Any]) -> None:
    assert load(dump(value), "f").value == value


@given(documents)
def test_other_loaders_read_the_same_and_retype_nothing(value: dict[str, Any]) -> None:
    data = dump(value)

    assert pure(data) == value
    assert fast(data) == value
    assert resolving(data) == value


@given(documents)
def test_what_was_dumped_is_dumped_the_same_again(value: dict[str, Any]) -> None:
    data = dump(value)

    again: Any = load(data, "f").value
    assert dump(again) == data
    assert data.endswith(b"\n")
    assert b"\r" not in data


@pytest.mark.parametrize("word", WORDS)
def test_a_word_of_some_yaml_is_quoted_as_value_key_and_item(word: str) -> None:
    value: dict[str, Any] = {"k": word, word + "k": "v", "list": [word]}

    assert resolving(dump(value)) == value
    assert load(dump(value), "f").value == value


@pytest.mark.parametrize("word", ["y", "n", "1e3", "12e45", "0o17", "0123", "12:30:45", "no", "~"])
def test_words_that_other_libraries_leave_bare_are_quoted(word: str) -> None:
    assert dump({"k": word}) == f"k: '{word}'\n".encode()


def test_the_layout_is_this_one() -> None:
    value: dict[str, Any] = {
        "schema": "holdshort/review/v1",
        "release": "1.4.0",
        "note": "First line.\n\n  indented\nlast",
        "list": ["a", ["b", "c"], {"d": "e", "f": ["g"]}],
        "wide": "😀 é",
        "hidden": "a\u200bb\ue000",
        "open": None,
    }
    assert dump(value).decode() == (
        "schema: holdshort/review/v1\n"
        "release: '1.4.0'\n"
        "note: |-\n  First line.\n\n    indented\n  last\n"
        "list:\n- a\n- - b\n  - c\n- d: e\n  f:\n  - g\n"
        "wide: '😀 é'\n"
        "hidden: 'a\u200bb\ue000'\n"
        "open:\n"
    )


@pytest.mark.parametrize(
    "text", ["a\x85b", "a\u2028b\nc", "a\rb", "\ufeffa", "a\x1b\nb", "a\n \nb"]
)
def test_what_a_loader_could_take_for_a_line_break_is_escaped(text: str) -> None:
    data = dump({"k": text})

    assert data.startswith(b'k: "')
    assert data.count(b"\n") == 1


@pytest.mark.parametrize("empty", [{}, {"a": {}}, {"a": []}, {"a": [[]]}, {"a": [{}]}])
def test_what_has_no_block_form_is_refused(empty: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="has no block form"):
        dump(empty)
