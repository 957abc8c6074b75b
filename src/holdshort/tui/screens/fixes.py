"""What is left to do until the release is ready, cheapest first, each with what to paste."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.content import Content

from holdshort.model.action import Action, ActionKind
from holdshort.tui.actions import Place, bindings_of
from holdshort.tui.paint import rows
from holdshort.tui.screens.listed import Listed
from holdshort.tui.text import block, fit, join, spread, text, wrapped

if TYPE_CHECKING:
    from holdshort.walkthrough.visit import Visit
    from holdshort.walkthrough.wanted import Wanted

_FIX_ROWS = 4


class FixesScreen(Listed):
    """The list of actions above the details of one."""

    PLACE = Place.FIXES
    BINDINGS = bindings_of(Place.FIXES)

    def __init__(self, visit: Visit, wanted: Wanted) -> None:
        """Look at a review without opening it for writing.

        Raises:
            HoldshortError: it cannot be read.
        """
        super().__init__()
        self._visit = visit
        self._wanted = wanted
        self._signed = visit.signed(wanted)
        self._reading = None if self._signed else visit.look(wanted)
        self._actions: tuple[Action, ...] = ()

    def count(self) -> int:
        """Return how many actions there are."""
        return len(self._actions)

    def redraw(self) -> None:
        """Paint list and details; the list changes while checks report."""
        self._actions = self._found()
        self.focus_at = min(self.focus_at, max(self.count() - 1, 0))
        wanted = self._wanted
        title = join((text("Fix list", "bold"), text(f"{wanted.model} {wanted.release}")))
        said = text(f"{self.count()} to do, cheapest first", "$hs-muted")
        self.paint_heading(spread(title, said, self.columns))
        lines = [
            rows.action_row(one, self.columns, focused=number == self.focus_at, number=number)
            for number, one in enumerate(self._actions)
        ]
        self.paint_list(lines or [text("Nothing is left to do here.")], list(self._detail()))

    def _found(self) -> tuple[Action, ...]:
        from holdshort.walkthrough.actions import (  # noqa: PLC0415 - loaded by the engine
            actions,
            actions_after_signing,
        )

        if self._reading:
            return actions(self._reading)
        return (
            actions_after_signing(self._visit, self._wanted, self._signed) if self._signed else ()
        )

    def _detail(self) -> Iterator[Content]:
        if not self._actions:
            return
        action, width = self._actions[self.focus_at], self.columns
        yield from wrapped(text(action.why, "bold"), width, 2)
        if action.place:
            yield fit(join((text("at", "$hs-muted"), text(action.place, "$hs-key")), " "), width)
        for line in (action.message or action.fix).splitlines()[:_FIX_ROWS]:
            yield from wrapped(block(f"  {line}"), width, 2)

    # Actions

    def action_go(self) -> None:
        """Begin the review at the first question of the action in focus."""
        action = self._actions[self.focus_at] if self._actions else None
        if action and action.questions and action.kind is not ActionKind.ASK and self._reading:
            self.dismiss(action.questions[0])
        else:
            self.say(text("This one is done elsewhere; paste what stands above.", "$hs-muted"))
            self.refresh_all()

    def action_open_file(self) -> None:
        """Open the place of the action in focus in the editor."""
        place = self._actions[self.focus_at].place if self._actions else ""
        path, _, line = place.rpartition(":")
        if line.isdigit():
            self.attempt(lambda: self.hold.edit(path, int(line)))
        else:
            self.say(text("This action names no line of a file.", "$hs-muted"))
        self.refresh_all()
