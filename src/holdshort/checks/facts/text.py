"""Bytes of a stranger's file to text, and where things stand in it; never fails."""

from __future__ import annotations

import re

_KEY = re.compile(r"\s*[\"']?([\w.-]{1,100})[\"']?[ \t]*=")
_HEADER = re.compile(r"\s*\[\[?([\w.:\"' -]{1,200})\]\]?\s*(?:#.*)?$")
_QUOTED = re.compile(r"\"((?:[^\"\\\n]|\\.){1,300})\"|'([^'\n]{1,300})'")
_LOGIN_AND_QUERY = re.compile(r"(?<=://)[^/@\s]*@|[?#].*")


class Lines:
    """Finds the line of a key or of an entry, in a text read once."""

    def __init__(self, text: str) -> None:
        """Index every table, key, quoted text and whole line."""
        self._keys: dict[tuple[str, str], int] = {}
        self._entries: dict[str, list[int]] = {}
        table = ""
        for number, line in enumerate(text.split("\n"), 1):
            if header := _HEADER.match(line):
                table = header[1].replace('"', "").replace(" ", "")
            elif key := _KEY.match(line):
                self._keys.setdefault((table, key[1]), number)
                self._keys.setdefault(("", key[1]), number)
            for found in _QUOTED.finditer(line):
                entry = found[1].replace('\\"', '"') if found[1] else found[2]
                self._entries.setdefault(entry, []).append(number)
            self._entries.setdefault(line.strip(), []).append(number)

    def of_key(self, *names: str, table: str = "") -> int:
        """Return the 1-based line that assigns the first of these keys, 0 when there is none.

        In the table of this dotted name if it is there, else anywhere.
        """
        places = [(table, name) for name in names] + [("", name) for name in names]
        return next((self._keys[place] for place in places if place in self._keys), 0)

    def of_entry(self, entry: str, after: int = 0) -> int:
        """Return the first 1-based line from `after` on which an entry stands, else 0."""
        found = self._entries.get(entry, ())
        return next((line for line in found if line >= after), found[0] if found else 0)


def decode(data: bytes) -> str:
    """Return bytes as text: a byte order mark decides, else UTF-8 with replacements."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")


def without_login(address: str) -> str:
    """Return an address without the login and the query, which may hold a secret."""
    return _LOGIN_AND_QUERY.sub("", address)
