"""Facts to JSON and back, and what is no such JSON."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.checks.facts.codec import decode, encode
from holdshort.checks.facts.extractors import Secrets
from holdshort.checks.facts.python_facts import PythonFacts, python_facts

SOURCE = b"""
import numpy as np, torch
from .settings import SEED
try:
    import wandb
except ImportError:
    wandb = None

class Trainer:
    seed: int | None = None

    def fit(self, rate=0.1, *, seed=SEED):
        np.random.seed(seed)
        torch.backends.cudnn.deterministic = True
        return np.random.rand(3) > rate

def test_fit():
    assert Trainer().fit().any()

if __name__ == "__main__":
    Trainer().fit(seed=7)
"""


class Colour(StrEnum):
    """A member told by its value."""

    RED = "red"


@dataclass(frozen=True)
class Leaf:
    """One of two kinds."""

    text: str
    colour: Colour | None = None


@dataclass(frozen=True)
class Stone:
    """The other kind."""

    weight: int


@dataclass(frozen=True)
class Tree:
    """Everything that facts are made of."""

    things: tuple[Leaf | Stone, ...]
    pairs: tuple[tuple[str, int], ...]
    names: frozenset[str]
    by_name: Mapping[str, Leaf]
    is_old: bool = False
    best: Leaf | None = None


leaves = st.builds(Leaf, st.text())
trees = st.builds(
    Tree,
    st.lists(st.one_of(leaves, st.builds(Stone, st.integers()))).map(tuple),
    st.lists(st.tuples(st.text(), st.integers())).map(tuple),
    st.frozensets(st.text()),
    st.dictionaries(st.text(), leaves),
    st.booleans(),
    st.none() | leaves,
)


@given(trees)
def test_what_was_written_is_read_back(tree: Tree) -> None:
    assert decode(Tree, encode(tree)) == tree


def test_an_enum_comes_back_as_its_member() -> None:
    assert decode(Secrets, encode(Secrets(()))) == Secrets(())


def test_facts_of_code_survive() -> None:
    facts = python_facts(SOURCE)
    assert facts.code is not None
    assert facts.code.sightings
    assert facts.code.imports
    assert facts.tests.functions
    assert decode(PythonFacts, encode(facts)) == facts


@given(st.binary())
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - that, and nothing else, is the promise
        decode(PythonFacts, data)


@given(st.integers(min_value=0), st.integers(0, 255))
def test_a_changed_byte_is_refused_or_gives_facts(at: int, value: int) -> None:
    data = bytearray(encode(python_facts(SOURCE)))
    data[at % len(data)] = value
    with contextlib.suppress(ValueError):
        assert isinstance(decode(PythonFacts, bytes(data)), PythonFacts)
