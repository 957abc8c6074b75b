"""Says sentences and asks for lines; the only way text reaches the terminal in plain mode.

Every sentence is one line of foreign-proof text, broken between words at 79 columns; a longer
word, such as a link, stays whole so that it can be copied. `q` and the end of input leave from
every prompt: both are an `EOFError`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from holdshort.errors import HoldshortError, UsageError
from holdshort.model.text import one_line, wrapped

COLUMNS = 79
"""Widest line, one less than the narrowest usual terminal, so that none wraps it again."""

_Taken = TypeVar("_Taken")


class Voice:
    """One person's terminal: `say` prints a line, `ask` prints a prompt and reads a line."""

    def __init__(self, ask: Callable[[str], str], say: Callable[[str], None]) -> None:
        """Speak through these two."""
        self._ask = ask
        self._say = say

    def say(self, *sentences: str) -> None:
        """Print each sentence on lines of its own; an empty one is left out."""
        for line in (line for one in sentences if one for line in lines_of(one)):
            self._say(line)

    def refused(self, error: HoldshortError) -> None:
        """Say what was not done, and why."""
        self.say(f"Not done: {error.message.rstrip('.')}. {error.hint}")

    def ask(self, prompt: str) -> str:
        """Return what was typed, without blanks around it.

        Raises:
            EOFError: the person leaves.
        """
        *before, last = lines_of(f"{prompt}:")
        for line in before:
            self._say(line)
        try:
            typed = self._ask(f"{last} ").strip()
        except (EOFError, KeyboardInterrupt):
            self._say("")  # the line of the prompt is still open
            raise
        if typed in {"q", "quit"}:
            raise EOFError
        return typed

    def answer(self, prompt: str) -> str:
        """Return what was typed at a side question, empty when the person goes back.

        Raises:
            EOFError: the person leaves.
        """
        while (typed := self.ask(prompt)) == "?":
            self.say("Enter or b goes back without this, q quits. Everything is saved.")
        return "" if typed in {"b", "back"} else typed

    def until_taken(self, prompt: str, take: Callable[[str], _Taken]) -> _Taken | None:
        """Ask until `take` accepts what was typed, and return its result.

        Returns None when the person goes back.

        Raises:
            EOFError: the person leaves.
        """
        while typed := self.answer(prompt):
            try:
                return take(typed)
            except UsageError as error:
                self.refused(error)
        return None


def lines_of(sentence: str) -> list[str]:
    """Return a sentence as lines that fit, broken between words."""
    return wrapped(one_line(sentence), COLUMNS)
