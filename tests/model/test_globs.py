"""Path patterns: the same meaning as a policy's scope, in bounded time."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from holdshort.model.globs import MAX_CHARS, matches, problem
from holdshort.model.subject import Scope

NAMES = st.text("ab.", min_size=1, max_size=4).filter(lambda one: one not in {".", ".."})
PATHS = st.lists(NAMES, min_size=1, max_size=5).map("/".join)
WILD = st.text("ab.*?", min_size=1, max_size=4).filter(
    lambda one: "**" not in one and one not in {".", ".."}
)
PATTERNS = st.lists(WILD | st.just("**"), min_size=1, max_size=5).map("/".join)


@given(PATHS, PATTERNS)
@example("a", "a/**")
@example("a/b", "a/**")
@example("a/b", "a/**/b")
@example("a", "**/a")
@example("a/b/c", "**")
@example("a/x/b/x/c", "a/**/x/c")
@example("aab", "*a*b")
def test_a_pattern_means_what_it_means_in_a_scope(path: str, pattern: str) -> None:
    assert problem(pattern) == ""
    assert matches(path, pattern) is Scope(include=(pattern,)).holds(path)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("/a", "not a path inside"),
        ("a//b", "not a path inside"),
        ("../a", "not a path inside"),
        ("", "not a path inside"),
        ("a/**b", "stands alone"),
        ("a" * (MAX_CHARS + 1), "longer than 300"),
    ],
)
def test_what_is_no_pattern_is_refused(pattern: str, said: str) -> None:
    assert said in problem(pattern)


def test_a_pattern_of_a_stranger_takes_no_longer_than_its_length() -> None:
    started = time.perf_counter()
    assert not matches("/".join("a" * 2000), "/".join(["**", "a"] * 70) + "/b")
    assert not matches("a" * 4000, "*a" * 140 + "b")
    assert time.perf_counter() - started < 5
