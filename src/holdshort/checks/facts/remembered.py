"""Results of pure functions over small texts, kept while the process lives.

A look at many commits asks for the same few manifests, workflows and documents again and again,
and to read them anew would be a third of its work.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

MAX_CHARS = 64_000
"""Longest text whose result is kept. Source: our own limit; with `ENTRIES` of them some 16 MB."""

ENTRIES = 256

_T = TypeVar("_T")
_P = ParamSpec("_P")


def remembered(make: Callable[Concatenate[str, _P], _T]) -> Callable[Concatenate[str, _P], _T]:
    """Keep what a pure function makes of a small text; nobody may change its results."""
    kept = lru_cache(maxsize=ENTRIES)(make)

    @wraps(make)
    def made(text: str, /, *rest: _P.args, **named: _P.kwargs) -> _T:
        if len(text) > MAX_CHARS:
            return make(text, *rest, **named)
        result: _T = kept(text, *rest, **named)  # type: ignore[arg-type] # all are hashable
        return result

    return made
