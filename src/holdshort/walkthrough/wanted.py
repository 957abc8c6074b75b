"""What a person asks to review: a value a shell can make before the engine is loaded."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the person asks to review; an empty text means the default."""

    model: str = ""
    release: str = ""
    checklist: str = ""
    profile: str = ""
    roles: tuple[str, ...] = ()


def release_name(text: str) -> str:
    """Return a release without the `v` before its number: `1.4.0` for `v1.4.0`."""
    return text[1:] if re.match(r"v[0-9]", text) else text
