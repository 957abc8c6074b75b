"""One serialisation is hashed and signed: RFC 8785, for our documents plain sorted JSON."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.model.canonical import Plain, canonical_json, plain, sha256_of

no_surrogates = st.characters(exclude_categories=["Cs"])
keys = st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0xFFFF), min_size=1)
documents = st.recursive(
    st.text(no_surrogates), lambda inner: st.lists(inner) | st.dictionaries(keys, inner)
)


@given(documents)
def test_the_canonical_form_is_sorted_compact_json(value: Plain) -> None:
    said = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert canonical_json(value) == said.encode()


@given(documents)
def test_a_digest_is_of_the_canonical_form(value: Plain) -> None:
    assert sha256_of(value) == hashlib.sha256(canonical_json(value)).hexdigest()


@given(documents)
def test_plain_leaves_plain_values_alone_once_nothing_is_empty(value: Plain) -> None:
    assert plain(plain(value)) == plain(value)


class Colour(StrEnum):
    """A word."""

    RED = "red"


@dataclass
class Thing:
    """A value with something of everything."""

    colour: Colour = Colour.RED
    size: int = 3
    share: float = 0.5
    new: bool = True
    old: bool = False
    none: str | None = None
    empty: tuple[str, ...] = ()
    parts: tuple[str, ...] = ("a",)


def test_values_become_text_in_field_order_without_what_is_empty() -> None:
    shown = {"colour": "red", "size": "3", "share": "0.5", "new": "true", "parts": ["a"]}
    assert plain(Thing()) == shown
    assert list(shown) == ["colour", "size", "share", "new", "parts"]
    assert plain([False, 1]) == ["false", "1"]


@pytest.mark.parametrize("value", [object(), b"bytes".__iter__(), Thing])
def test_what_no_document_holds_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no document holds"):
        plain({"key": value})
