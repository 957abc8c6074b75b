"""What a check's outcome says about a question of a checklist."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Relation(StrEnum):
    """What a check's outcome says about a question.

    `supports`: a pass suggests yes and a fail contradicts it; `contradicts`: only a fail says
    something; `informs`: neither, the facts are shown.
    """

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    INFORMS = "informs"


@dataclass(frozen=True, slots=True)
class Beside:
    """One question that a check stands beside."""

    question: str
    relation: Relation

    @property
    def words(self) -> str:
        """The question and the relation as reports write them."""
        return f"{self.question} ({self.relation})"
