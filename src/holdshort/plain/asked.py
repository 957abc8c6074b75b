"""What a person may type at a question, and what it means: one table for keys and help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from holdshort.model.review import Verdict


class Key(StrEnum):
    """One thing to do at a question; the value is the letter, Enter is the empty line."""

    ENTER = ""
    YES = "y"
    NO = "n"
    PARTLY = "p"
    NOT_APPLICABLE = "x"
    CANNOT_TELL = "i"
    EVIDENCE = "e"
    NOTE = "c"
    VALUE = "v"
    SKIP = "s"
    BACK = "b"
    UNDO = "u"
    REDO = "r"
    GUIDANCE = "g"
    OVERVIEW = "o"
    WAIVER = "w"
    SIGN = "S"
    HELP = "?"


VERDICTS = {
    Key.YES: Verdict.MET,
    Key.NO: Verdict.UNMET,
    Key.PARTLY: Verdict.PARTLY,
    Key.NOT_APPLICABLE: Verdict.NOT_APPLICABLE,
    Key.CANNOT_TELL: Verdict.UNKNOWN,
}
"""The keys that answer, in the order they are offered."""

READING = frozenset({Key.ENTER, Key.BACK, Key.GUIDANCE, Key.OVERVIEW, Key.HELP})
"""The keys that change nothing."""

_HELP = {
    Key.ENTER: "accepts a suggested yes when the question says so; else goes on",
    Key.YES: "yes",
    Key.NO: "no; a failing check becomes the note unless you write one",
    Key.PARTLY: "partly",
    Key.NOT_APPLICABLE: "not applicable",
    Key.CANNOT_TELL: "I cannot tell",
    Key.EVIDENCE: "evidence: a file, a line, a commit, a link or a check",
    Key.NOTE: "note (comment)",
    Key.VALUE: "value, for a question that takes one",
    Key.SKIP: "skip, come back later",
    Key.BACK: "back to the question before",
    Key.UNDO: "undo the last step, without limit",
    Key.REDO: "redo what was undone",
    Key.GUIDANCE: "guidance in full, with the fix for a failing check",
    Key.OVERVIEW: "overview of all questions",
    Key.WAIVER: "waiver: accept this question unmet until a date",
    Key.SIGN: "sign and commit; the word sign works too",
    Key.HELP: "this help",
}


def read(typed: str) -> Key | None:
    """Return the key that was typed, as a letter of either case or as its word."""
    for form in (typed, typed.lower()):
        if form in set(Key):
            return Key(form)
    word = typed.lower().replace(" ", "_").replace("-", "_")
    return next((key for key in Key if key.name.lower() == word), None)


def digit(typed: str) -> int:
    """Return the digit from 1 to 9 that was typed, else 0."""
    return int(typed) if len(typed) == 1 and typed in "123456789" else 0


def choice(typed: str, choices: Sequence[str]) -> str:
    """Return the choice that was typed, as its number or its word, else an empty text."""
    if typed in choices:
        return typed
    number = digit(typed)
    return choices[number - 1] if 0 < number <= len(choices) else ""


def help_lines() -> Iterator[str]:
    """Yield every key with what it does."""
    yield "Keys. Type one, then Enter. Every step is saved at once."
    for key, does in _HELP.items():
        yield f"{key or 'Enter'}: {does}."
    yield "1 to 9: attach the evidence, or choose the value, under that number."
    yield "The id of a question, such as leakage: go to it."
    yield "q, or Ctrl-D: quit."
