"""Bytes of a stranger's file to text; never fails."""

from __future__ import annotations


def decode(data: bytes) -> str:
    """Return bytes as text: a byte order mark decides, else UTF-8 with replacements."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")
