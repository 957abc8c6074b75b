"""Values to bytes and digests: the one serialisation that is hashed and signed.

RFC 8785 canonical JSON (https://www.rfc-editor.org/rfc/rfc8785). Documents hold strings, lists
and mappings only, so the bytes equal Python's
`json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()`
for every key inside the Basic Multilingual Plane.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

import rfc8785

Plain = str | list["Plain"] | dict[str, "Plain"]
"""What a document is made of once read: strings, lists and mappings."""


class Strict:
    """Marks a value whose document refuses unknown keys (read by `storage.documents`)."""

    __slots__ = ()
    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - pydantic's own protocol


def canonical_json(value: object) -> bytes:
    """Return the RFC 8785 form of a JSON value.

    Raises:
        ValueError: the value holds something JSON or RFC 8785 cannot carry.
    """
    return rfc8785.dumps(value)  # type: ignore[arg-type]  # rfc8785 names its own JSON union


def sha256_of(value: object) -> str:
    """Return the lower-case hex SHA-256 of the canonical JSON of a value."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def plain(value: object) -> Plain:
    """Return a model value as strings, lists and mappings, in field order, empties dropped.

    Absent means unanswered: None, empty text, empty lists, mappings and False are left out of
    mappings. Numbers become their shortest decimal text, True becomes `true`.

    Raises:
        TypeError: a value that no document holds.
    """
    match value:
        case Enum():
            return str(value.value)
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case Mapping():
            return _filled((str(key), item) for key, item in value.items())
        case Sequence():
            return [plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = (field.name for field in dataclasses.fields(value))
        return _filled((name, getattr(value, name)) for name in names)
    message = f"no document holds a {type(value).__name__}"
    raise TypeError(message)


def _filled(rows: Iterable[tuple[str, object]]) -> dict[str, Plain]:
    """Return what is not empty, before and after it became plain."""
    full = ((key, plain(item)) for key, item in rows if not _is_empty(item))
    return {key: item for key, item in full if item not in ([], {})}


def _is_empty(value: object) -> bool:
    return value is None or value is False or value in ("", (), [], {})
