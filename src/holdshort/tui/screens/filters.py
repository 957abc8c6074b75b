"""A window of filters: a letter puts one on or off, several narrow together."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from holdshort.model.progress import Filter
from holdshort.tui.text import EMPTY, join, stack, text

LETTERS = {
    "u": (Filter.UNANSWERED, "unanswered"),
    "m": (Filter.MINE, "asked of my roles"),
    "b": (Filter.BLOCKERS, "blockers"),
    "w": (Filter.CHECKS, "a check warns or fails"),
    "s": (Filter.SKIPPED, "skipped"),
    "!": (Filter.NEEDS, "answered, but something is missing"),
}
"""The letter and the words of each filter."""

_KEYS = {"!": "exclamation_mark"}


class FilterWindow(ModalScreen[frozenset[Filter] | None]):
    """Asks which questions to stop at."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(_KEYS.get(letter, letter), f"switch('{one.value}')", words, show=False)
            for letter, (one, words) in LETTERS.items()
        ),
        Binding("0", "clear", "All questions", show=False),
        Binding("enter,f,escape", "close", "Close", show=False),
    ]

    def __init__(self, filters: frozenset[Filter]) -> None:
        """Begin with the filters in force."""
        super().__init__()
        self._filters = set(filters)

    def compose(self) -> ComposeResult:
        """Lay out title, filters and keys."""
        with Vertical(classes="window"):
            yield Static(text("Stop at questions that are", "bold"), classes="title")
            yield Static(EMPTY, id="filters")
            keys = (("0", "all questions"), ("Enter", "close"))
            yield Static(
                join(join((text(k, "$hs-key bold"), text(w, "$hs-muted")), " ") for k, w in keys),
                classes="keys",
            )

    def on_mount(self) -> None:
        """Paint the filters."""
        self._paint()

    def action_switch(self, name: str) -> None:
        """Put a filter on or off."""
        self._filters ^= {Filter(name)}
        self._paint()

    def action_clear(self) -> None:
        """Take every filter off."""
        self._filters.clear()
        self._paint()

    def action_close(self) -> None:
        """Close with the filters as shown."""
        self.dismiss(frozenset(self._filters))

    def _paint(self) -> None:
        lines = []
        for letter, (one, words) in LETTERS.items():
            on = one in self._filters
            mark = text("[x]", "$hs-pass") if on else text("[ ]", "$hs-muted")
            lines.append(join((mark, text(letter, "$hs-key bold"), text(words)), " "))
        self.query_one("#filters", Static).update(stack(lines))
