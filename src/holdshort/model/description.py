"""What a check says about itself: for a list, an explanation, or the rules of a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """One check in words; every text is ours or a plugin's, never the repository's.

    Attributes:
        title: two or three words.
        statement: the sentence that is true when the check passes.
        paragraphs: how it looks and what it rests on.
        outcomes: what each outcome means, by its word.
        rules: the edge rules, one sentence each.
        facts: what each key of a finding's facts holds.
        not_checked: one phrase naming what it cannot see.
    """

    id: str
    version: str
    title: str
    statement: str
    paragraphs: tuple[str, ...] = ()
    outcomes: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    not_checked: str = ""
