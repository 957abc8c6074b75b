"""What brings a release nearer to ready: one action, who takes it, where, and what to paste."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActionKind(StrEnum):
    """Kinds of action, cheapest first: the order of every list of them."""

    ACCEPT = "accept"
    ANSWER = "answer"
    COMPLETE = "complete"
    FIX = "fix"
    WAIVE = "waive"
    SIGN = "sign"
    ASK = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action.

    Attributes:
        questions: ids of the questions it settles; none for a signature.
        owner: the role whose action it is, `any` for everybody's.
        why: one line on what is open.
        place: `file:line` it is about, empty when it is about none.
        fix: what to paste, a command or a change to a file; words in capitals are to be filled in.
        message: for another role: what to send.
    """

    kind: ActionKind
    owner: str
    why: str
    questions: tuple[str, ...] = ()
    place: str = ""
    fix: str = ""
    message: str = ""
