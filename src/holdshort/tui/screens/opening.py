"""The first frame: what is being opened, drawn before the engine is loaded."""

from __future__ import annotations

from holdshort.tui.actions import Place, bindings_of
from holdshort.tui.screens.shell import Shell
from holdshort.tui.text import EMPTY, join, text


class OpeningScreen(Shell):
    """A heading and nothing to do yet but quit."""

    PLACE = Place.HELP
    BINDINGS = bindings_of(Place.HELP)

    def __init__(self, folder: str) -> None:
        """Show the folder's name until the repository is known."""
        super().__init__()
        self._folder = folder

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer nothing but leaving."""
        del parameters
        return action == "quit"

    def redraw(self) -> None:
        """Paint the heading."""
        waiting = text("reading the repository...", "$hs-muted")
        title = text("holdshort", "$hs-brand bold")
        self.paint_heading(join((title, text(self._folder, "bold"), waiting)))
        self.say(EMPTY)
