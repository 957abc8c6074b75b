"""A window of filters: a letter puts one on or off, several narrow together."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from holdshort.model.progress import Filter
from holdshort.tui.actions import KEY_NAMES, Place, bindings_of
from holdshort.tui.screens.line import window_keys
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


class FilterWindow(ModalScreen[frozenset[Filter] | None]):
    """Asks which questions to stop at."""

    BINDINGS = bindings_of(Place.FILTER)

    def __init__(self, filters: frozenset[Filter]) -> None:
        """Begin with the filters in force."""
        super().__init__()
        self._filters = set(filters)

    def compose(self) -> ComposeResult:
        """Lay out title, filters and keys."""
        with Vertical(classes="window"):
            yield Static(text("Stop at questions that are", "bold"), classes="title")
            yield Static(EMPTY, id="filters")
            yield Static(window_keys(Place.FILTER), classes="keys")

    def on_mount(self) -> None:
        """Paint the filters."""
        self._paint()

    def action_switch(self, key: str) -> None:
        """Put a filter on or off."""
        self._filters ^= {LETTERS[KEY_NAMES.get(key, key)][0]}
        self._paint()

    def action_clear(self) -> None:
        """Take every filter off."""
        self._filters.clear()
        self._paint()

    def action_cancel(self) -> None:
        """Close with the filters as they were."""
        self.dismiss(None)

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
