"""What a person asks to review: a value a shell can make before the engine is loaded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the person asks to review; an empty text means the default."""

    model: str = ""
    release: str = ""
    checklist: str = ""
    profile: str = ""
    roles: tuple[str, ...] = ()
