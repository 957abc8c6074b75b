"""Somebody else's INI file, such as setup.cfg or tox.ini.

In: text. Out: sections with their options. `configparser` needs quadratic time for a file full of
errors, so large ones are refused first; nothing is interpolated.
"""

from __future__ import annotations

import configparser
from collections.abc import Mapping

from holdshort.checks.facts.python_source import UnreadableSourceError

MAX_CHARS = 100_000
"""Largest INI file that is read. Source: our own limit."""


def load(text: str) -> Mapping[str, Mapping[str, str]]:
    """Return every section, names as written, option names in lower case.

    Raises:
        UnreadableSourceError: not INI, or larger than the limit.
    """
    if len(text) > MAX_CHARS:
        raise UnreadableSourceError("an INI file larger than 100 kB")
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise UnreadableSourceError("not a valid INI file") from error
    return {name: dict(parser.items(name)) for name in parser.sections()}
