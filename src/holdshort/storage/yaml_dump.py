"""The canonical dumper: strings, lists and mappings to the one layout our documents have.

Block style throughout, two blanks a level, lists level with their key, keys in the order
given, LF, no anchors, no aliases, no wrapping. A text is left bare only when every YAML 1.1 and
1.2 loader reads it back as the same text; several lines become `|-`. Law:
`load(dump(value)).value == value`.

Our own code and not a library's emitter: a record is signed and diffed for years, so its bytes
must not change with a release of PyYAML (`docs/adr/0003-own-canonical-yaml-dumper.md`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from holdshort.model.canonical import Plain

_BARE = re.compile(r"[A-Za-z_/][A-Za-z0-9_./+@=~^-]*(?: [A-Za-z0-9_./+@=~^,;()'?!-]+)*")
_RETYPED = re.compile(
    r"""(?ix) y|n|yes|no|on|off|true|false|null|nan|inf
    |[-+]?\.(inf|nan) |_+ |0[xob][0-9a-f_]+ |[-+]?[0-9][0-9_]*(e[-+]?[0-9]+)?"""
)
"""Words some loader turns into a boolean, null or number. Source: https://yaml.org/type/ and
YAML 1.2.2, 10.3.2."""

_UNREADABLE = "\u2028\u2029\ufeff\ufffe\uffff"
"""Above C1, what YAML loaders take as a line break or refuse. Source: YAML 1.1, 5.1."""


def dump(value: Mapping[str, Plain | None]) -> bytes:
    """Return the canonical bytes of a document.

    A value of None is written as a bare key line (drafts only).

    Raises:
        ValueError: an empty list or mapping, which has no block form.
    """
    return "".join(f"{line}\n" for line in _mapping(value, 0)).encode("utf-8")


def _mapping(value: Mapping[str, Plain | None], level: int) -> Iterator[str]:
    if not value:
        raise ValueError("an empty mapping has no block form")
    blanks = "  " * level
    for key, item in value.items():
        head = f"{blanks}{_scalar(key)}:"
        if item is None:
            yield head
        elif isinstance(item, str):
            yield f"{head} {_text(item, level + 1)}"
        elif isinstance(item, Mapping):
            yield head
            yield from _mapping(item, level + 1)
        else:
            yield head
            yield from _sequence(item, level)


def _sequence(value: Sequence[Plain], level: int) -> Iterator[str]:
    if not value:
        raise ValueError("an empty list has no block form")
    blanks = "  " * level
    for item in value:
        if isinstance(item, str):
            yield f"{blanks}- {_text(item, level + 1)}"
            continue
        lines = (
            _mapping(item, level + 1) if isinstance(item, Mapping) else _sequence(item, level + 1)
        )
        yield f"{blanks}- {next(iter(lines)).lstrip(' ')}"
        yield from lines


def _text(text: str, level: int) -> str:
    if "\n" not in text or not _fits_block(text):
        return _scalar(text)
    indicator = "|2-" if text[0] in " \t" else "|-"
    blanks = "  " * level
    lines = [f"{blanks}{line}" if line else "" for line in text.split("\n")]
    return "\n".join([indicator, *lines])


def _fits_block(text: str) -> bool:
    if text.startswith("\n") or text.endswith("\n") or "\r" in text:
        return False
    return _printable(text) and not any(line.isspace() for line in text.split("\n"))


def _scalar(text: str) -> str:
    """Return one line of text: bare, in single quotes, or in double quotes as a last resort."""
    if _BARE.fullmatch(text) and not _RETYPED.fullmatch(text):
        return text
    if "\n" in text or "\t" in text or not _printable(text):
        return '"' + "".join(map(_escaped, text)) + '"'
    return "'" + text.replace("'", "''") + "'"


def _printable(text: str) -> bool:
    return all(char in "\n\t" or char == " " or _shows(char) for char in text)


def _shows(char: str) -> bool:
    return char.isprintable() or (ord(char) >= 0xA0 and char not in _UNREADABLE)  # noqa: PLR2004 - first after C1


def _escaped(char: str) -> str:
    known = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    if char in known:
        return known[char]
    if char == " " or _shows(char):
        return char
    return f"\\U{ord(char):08X}"
