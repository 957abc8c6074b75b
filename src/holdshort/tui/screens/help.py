"""The keys: those of the screen one came from first, then the others; made from the one table."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from holdshort.tui.actions import Action, Place, actions_of, bindings_of
from holdshort.tui.screens.line import LineWindow
from holdshort.tui.screens.shell import Pane, Shell
from holdshort.tui.text import EMPTY, join, row, spread, stack, text

_KEY_COLUMNS, _NAME_COLUMNS = 10, 16


class HelpScreen(Shell):
    """One page of keys."""

    PLACE = Place.HELP
    BINDINGS = bindings_of(Place.HELP)

    def __init__(self, place: Place) -> None:
        """Show the keys of a place first."""
        super().__init__()
        self._place = place
        self._wanted = ""

    def redraw(self) -> None:
        """Paint the table."""
        found = f"found: {self._wanted}" if self._wanted else f"{self._place} first"
        title = join((text("Help", "bold"), text(found, "$hs-muted")))
        self.paint_heading(
            spread(title, text("y n p x i answer, u takes back", "$hs-muted"), self.columns)
        )
        pane = self.query_one("#pane", Pane)
        others = [one for one in Place if one is not self._place]
        lines: list[Content] = []
        seen: set[tuple[str, ...]] = set()
        for place in (self._place, *others):
            rows = [one for one in self._found(place) if (one.id, *one.keys) not in seen]
            seen.update((one.id, *one.keys) for one in rows)
            if rows:
                lines += [EMPTY] if lines else []
                lines.append(text(place, "$hs-muted"))
                lines += [self._row(one, pane.columns) for one in rows]
        pane.paint(stack(lines or [text("No key does that.", "$hs-muted")]))

    def action_help(self) -> None:
        """Close, as the same key opened it."""
        self.action_back()

    def action_find(self) -> None:
        """Keep only the rows with these words."""
        self.app.push_screen(LineWindow("Find a key", self._filter, value=self._wanted))

    def _filter(self, typed: str) -> bool:
        self._wanted = typed.strip().casefold()
        return True

    def _found(self, place: Place) -> Iterator[Action]:
        for one in actions_of(place):
            if self._wanted in f"{one.shown} {one.name} {one.help}".casefold():
                yield one

    def _row(self, action: Action, width: int) -> Content:
        said = max(width - _KEY_COLUMNS - _NAME_COLUMNS - 4, 1)
        return row(
            (text(action.shown, "$hs-key bold"), _KEY_COLUMNS),
            (text(action.name), _NAME_COLUMNS),
            (text(action.help, "$hs-muted"), said),
        )
