"""Values to JSON: ASCII, two blanks, keys in field order, so the same value gives the same bytes.

Verification is `holdshort/verification/v1`, a review's standing `holdshort/status/v1`.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import Enum

from holdshort.model.verification import Verification


def verification_json(results: Sequence[Verification]) -> str:
    """Return the result of `verify` for every release judged."""
    rows = [
        {
            **_fields(one),
            "strict_exit_code": int(one.strict_exit_code),
            "exit_code": int(one.exit_code),
        }
        for one in results
    ]
    return as_json({"schema": "holdshort/verification/v1", "releases": rows})


def as_json(value: object) -> str:
    """Return any model value as JSON text, in which no character can drive a terminal."""
    return json.dumps(_plain(value), indent=2, ensure_ascii=True)


def _fields(value: object) -> dict[str, object]:
    plain = _plain(value)
    return plain if isinstance(plain, dict) else {}


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    match value:
        case Enum():
            return value.value
        case str() | int() | float() | None:
            return value
        case Mapping():
            return {str(_plain(key)): _plain(item) for key, item in value.items()}
        case AbstractSet():
            return sorted(str(item) for item in value)
        case Sequence():
            return [_plain(item) for item in value]
    raise TypeError(type(value).__name__)
