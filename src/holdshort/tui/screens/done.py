"""The last screen: the commit, and the lines that publish and check it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdshort.tui.actions import Place, bindings_of
from holdshort.tui.paint.sign import done_page
from holdshort.tui.screens.shell import Pane, Shell
from holdshort.tui.text import THICK, text

if TYPE_CHECKING:
    from holdshort.walkthrough.sealing import Committed


class DoneScreen(Shell):
    """What stands in git now."""

    PLACE = Place.DONE
    BINDINGS = bindings_of(Place.DONE)

    def __init__(self, done: Committed, release: str) -> None:
        """Show a commit."""
        super().__init__()
        self._done = done
        self._release = release

    def redraw(self) -> None:
        """Paint the commit and the next steps."""
        self.paint_heading(
            text(f"Signed {self._release}", "bold"), text(THICK * self.size.width, "$hs-pass")
        )
        pane = self.query_one("#pane", Pane)
        pane.paint(done_page(self._done, self._release, pane.columns))
