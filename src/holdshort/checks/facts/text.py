"""Bytes of a stranger's file to text, and where things stand in it; never fails."""

from __future__ import annotations

import re

_KEY = re.compile(r"\s*[\"']?([\w.-]{1,100})[\"']?[ \t]*=")
_QUOTED = re.compile(r"\"([^\"\n]{1,300})\"|'([^'\n]{1,300})'")


class Lines:
    """Finds the first line of a key or of an entry, in a text read once."""

    def __init__(self, text: str) -> None:
        """Index every key, quoted text and whole line."""
        self._keys: dict[str, int] = {}
        self._entries: dict[str, int] = {}
        for number, line in enumerate(text.split("\n"), 1):
            if key := _KEY.match(line):
                self._keys.setdefault(key[1], number)
            for found in _QUOTED.finditer(line):
                self._entries.setdefault(found[1] or found[2], number)
            self._entries.setdefault(line.strip(), number)

    def of_key(self, *names: str) -> int:
        """Return the 1-based line that assigns the first of these keys, 0 when there is none."""
        return next((self._keys[name] for name in names if name in self._keys), 0)

    def of_entry(self, entry: str) -> int:
        """Return the 1-based line on which an entry stands, 0 when it is not found."""
        return self._entries.get(entry, 0)


def decode(data: bytes) -> str:
    """Return bytes as text: a byte order mark decides, else UTF-8 with replacements."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")
