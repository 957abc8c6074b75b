"""A list of rows above the details of the one in focus: checks, and what is left to do."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from holdshort.tui.screens.shell import Shell
from holdshort.tui.text import EMPTY, stack, window

_DETAIL_ROWS = 9
_PAGE = 10


class Listed(Shell):
    """A screen with a list and details.

    Attributes:
        focus_at: the number of the row in focus.
    """

    def __init__(self) -> None:
        """Put the focus on the first row."""
        super().__init__()
        self.focus_at = 0

    def body(self) -> ComposeResult:
        """Lay out list and details."""
        yield Static(EMPTY, id="list")
        yield Static(EMPTY, id="detail")

    def count(self) -> int:
        """Return how many rows there are."""
        return 0

    def paint_list(self, rows: Sequence[Content], detail: Sequence[Content]) -> None:
        """Show the rows around the focus and as much detail as has room."""
        height = self.query_one("#body").size.height
        shown = list(detail)[: min(_DETAIL_ROWS, height // 2)]
        room = max(height - len(shown) - 1, 1)
        self.query_one("#list", Static).update(stack(window(rows, self.focus_at, room)))
        self.query_one("#detail", Static).update(stack(shown))

    def action_down(self) -> None:
        """Go to the next row."""
        self._move(1)

    def action_up(self) -> None:
        """Go to the previous row."""
        self._move(-1)

    def action_page_down(self) -> None:
        """Go ten rows on."""
        self._move(_PAGE)

    def action_page_up(self) -> None:
        """Go ten rows back."""
        self._move(-_PAGE)

    def action_pick(self, number: int) -> None:
        """Put the focus on a row that was clicked."""
        self._move(number - self.focus_at)

    def _move(self, rows: int) -> None:
        self.say(EMPTY)
        self.focus_at = min(max(self.focus_at + rows, 0), max(self.count() - 1, 0))
        self.refresh_all()
