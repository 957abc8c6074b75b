"""A window for a waiver: reason, owner and the date until which it holds."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from holdshort.errors import HoldshortError
from holdshort.tui.actions import Place, bindings_of
from holdshort.tui.screens.line import window_keys
from holdshort.tui.text import EMPTY, stack, text

_FIELDS = ("reason", "owner", "expires")


class WaiverWindow(ModalScreen[bool]):
    """Asks for the three parts of a waiver; Enter goes from one to the next."""

    BINDINGS = bindings_of(Place.WAIVER)

    def __init__(
        self, question: str, save: Callable[[str, str, str], object], *, owner: str, expires: str
    ) -> None:
        """Ask for a waiver of a question; `save(reason, owner, expires)` takes it."""
        super().__init__()
        self._question = question
        self._save = save
        self._values = {"reason": "", "owner": owner, "expires": expires}

    def compose(self) -> ComposeResult:
        """Lay out three lines."""
        with Vertical(classes="window"):
            yield Static(text(f"Accept {self._question} until a date", "bold"), classes="title")
            for name in _FIELDS:
                yield Static(text(name.capitalize(), "$hs-muted"))
                yield Input(self._values[name], id=name, select_on_focus=False)
            yield Static(EMPTY, id="problem")
            yield Static(window_keys(Place.WAIVER), classes="keys")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id == _FIELDS[-1]:
            self.action_submit()
        else:
            self.focus_next()

    def action_cancel(self) -> None:
        """Close without a waiver."""
        self.dismiss(result=False)

    def action_submit(self) -> None:
        """Hand over the three lines, and close when they were taken."""
        given = [self.query_one(f"#{name}", Input).value for name in _FIELDS]
        try:
            self._save(*given)
        except HoldshortError as error:
            problem = (text(error.message, "$hs-fail"), text(error.hint, "$hs-muted"))
            self.query_one("#problem", Static).update(stack(one for one in problem if one))
        else:
            self.dismiss(result=True)
