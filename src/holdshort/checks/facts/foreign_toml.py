"""Somebody else's TOML, read with the standard library after a look at its keys.

In: text. Out: plain values. `tomllib` needs time and memory quadratic in the length of a dotted
key, so documents with absurd ones are refused first.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from holdshort.checks.facts.python_source import UnreadableSourceError

Table = Mapping[str, object]

_MANY = 64
_LONG_KEY = re.compile(rf"(?:[\w\"'-]{{1,80}}[ \t]{{0,9}}\.[ \t]{{0,9}}){{{_MANY}}}")


def load(text: str) -> Table:
    """Return a document.

    Raises:
        UnreadableSourceError: not TOML, or keys of more than 64 parts.
    """
    dotted = (line for line in text.split("\n") if line.count(".") >= _MANY)
    if any(_LONG_KEY.search(line) for line in dotted):
        raise UnreadableSourceError("TOML keys beyond the limit")
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise UnreadableSourceError("not valid TOML") from error


def table(value: object, *keys: str) -> Table:
    """Return the table under a path of keys, empty when a step is missing or no table."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}
