"""What the command line tells the interface about this run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one run.

    Attributes:
        folder: the folder's name, shown until the repository has been read.
        theme: `review-dark`, `review-light` or `review-contrast`; empty means
            the environment's TEXTUAL_THEME, else dark.
    """

    folder: str = ""
    theme: str = ""
