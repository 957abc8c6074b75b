"""A window with one line to type: the edit mode. Only Enter, Esc and Ctrl keys are commands.

What is typed goes to `save`; an error of the engine is shown under the line and keeps the text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Paste
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from holdshort.errors import HoldshortError
from holdshort.tui.actions import Place, actions_of, bindings_of
from holdshort.tui.editor import edit_text
from holdshort.tui.keybar import painted
from holdshort.tui.text import EMPTY, block, stack, text

_Result = TypeVar("_Result")
WINDOW_COLUMNS = 72


class Line(Input):
    """A line of text that hands a paste of several lines over whole."""

    class Several(Message):
        """Several lines were pasted."""

        def __init__(self, lines: str) -> None:
            """Carry the lines, without blank ones."""
            super().__init__()
            self.lines = lines

    def _on_paste(self, event: Paste) -> None:
        lines = [line.strip() for line in event.text.splitlines() if line.strip()]
        if len(lines) > 1:
            event.prevent_default()
            event.stop()
            self.post_message(self.Several("\n".join(lines)))


class LineWindow(ModalScreen[_Result | None], Generic[_Result]):
    """Asks for one line, or with `several` for lines until an empty one."""

    BINDINGS = bindings_of(Place.LINE)

    def __init__(
        self,
        title: str,
        save: Callable[[str], _Result],
        *,
        value: str = "",
        hint: str = "",
        several: bool = False,
    ) -> None:
        """Ask `title`; give what is typed to `save`."""
        super().__init__()
        self._title, self._hint = title, hint
        self._save = save
        self._value = value
        self._several = several
        self._lines: list[str] = []

    def compose(self) -> ComposeResult:
        """Lay out title, line and keys."""
        with Vertical(classes="window"):
            yield Static(text(self._title, "bold"), classes="title")
            yield Static(block(self._hint, "$hs-muted") if self._hint else EMPTY, id="hint")
            yield Line(_first_line(self._value), id="line", select_on_focus=False)
            yield Static(EMPTY, id="problem")
            yield Static(window_keys(Place.LINE), classes="keys")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if not self._several:
            self.submit(event.value)
        elif event.value.strip():
            self._lines.append(event.value.strip())
            self.query_one("#hint", Static).update(stack(text(f"- {one}") for one in self._lines))
            event.input.value = ""
        else:
            self.submit("\n".join(self._lines))

    @on(Line.Several)
    def _pasted(self, event: Line.Several) -> None:
        event.stop()
        self.submit(event.lines)

    def submit(self, typed: str) -> None:
        """Hand over what was typed, and close when it was taken."""
        try:
            self.dismiss(self._save(typed))
        except HoldshortError as error:
            problem = (text(error.message, "$hs-fail"), text(error.hint, "$hs-muted"))
            self.query_one("#problem", Static).update(stack(one for one in problem if one))

    def action_editor(self) -> None:
        """Write the text in $EDITOR instead."""
        typed = self.query_one("#line", Input).value
        kept = self._value if typed == _first_line(self._value) else typed
        try:
            written = edit_text(self.app, kept)
        except HoldshortError as error:
            self.query_one("#problem", Static).update(text(error.message, "$hs-fail"))
            return
        self.submit(written)

    def action_submit(self) -> None:
        """Hand over what stands on the line."""
        self.submit(self.query_one("#line", Input).value)

    def action_cancel(self) -> None:
        """Close without keeping anything."""
        self.dismiss(None)


def window_keys(place: Place) -> Content:
    """Return the keys of a window."""
    return painted(actions_of(place), WINDOW_COLUMNS)


def _first_line(value: str) -> str:
    return " ".join(value.split())
