"""Settings about chance in configuration files: seeds, and switches of deterministic mode.

In: text of YAML, JSON, TOML or INI. Out: key to value, None where the file says null. Lines are
read one by one; nothing is constructed, so no document can do harm. Comments never count.
"""

from __future__ import annotations

import re

_LINE = re.compile(
    r"""^[ \t]*(?:-[ ]+)?["']?([\w.-]*(?:seed|random_state|rng|determin)[\w-]*)["']?"""
    r"""[ ]*[:=][ ]*([^\n]*)$""",
    re.IGNORECASE | re.MULTILINE,
)
MAX_VALUE = 200
"""Characters of a value that are read. Source: our own limit."""

_NULL = frozenset({"", "null", "~", "none"})


def seed_settings(text: str) -> tuple[tuple[str, str | None], ...]:
    """Return each key that sounds like a seed or determinism with its value, None for null."""
    found = []
    for key, rest in _LINE.findall(text):
        value = re.sub(r"\s+#.*$|[,\s\"']+$", "", rest[:MAX_VALUE]).strip(" \"'")
        found.append((key.rpartition(".")[2], None if value.lower() in _NULL else value))
    return tuple(found)
