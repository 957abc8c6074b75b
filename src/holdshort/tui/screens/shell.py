"""What every screen shares: heading, rule, banner, body, notice, keys, and errors told in place.

A screen paints from the engine's values in `redraw` and changes them only through `attempt`,
which tells a failure on the notice line and keeps everything as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Click, Resize
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from holdshort.errors import HoldshortError
from holdshort.tui.actions import Action, Place, actions_of
from holdshort.tui.keybar import painted
from holdshort.tui.text import EMPTY, fit, stack, text, thin_line

if TYPE_CHECKING:
    from holdshort.tui.app import HoldshortApp

MIN_COLUMNS, MIN_ROWS = 40, 10
WIDE_COLUMNS = 110

_Result = TypeVar("_Result")


class Pane(VerticalScroll, can_focus=False):
    """A part of the screen that scrolls without ever taking the keys."""

    def compose(self) -> ComposeResult:
        """Lay out the one text it holds."""
        yield Static(EMPTY, classes="ink")

    def paint(self, content: Content) -> None:
        """Show a text."""
        self.query_one(".ink", Static).update(content)

    @property
    def columns(self) -> int:
        """Columns a text may fill, whether or not the scroll bar is there."""
        return max(self.size.width - 1, 1)


class Shell(Screen[str | None]):
    """A screen in browse mode: every key is a command, nothing holds text focus."""

    AUTO_FOCUS = ""
    PLACE: ClassVar[Place]

    def __init__(self) -> None:
        """Make an empty screen."""
        super().__init__()
        self._notice = EMPTY

    # What a screen fills in

    def body(self) -> ComposeResult:
        """Lay out the part between rule and notice."""
        yield Pane(id="pane", classes="pane")

    def redraw(self) -> None:
        """Paint everything from the engine's values."""

    def banner(self) -> str:
        """Return a warning that stays while its cause does."""
        return ""

    # What every screen does

    @property
    def hold(self) -> HoldshortApp:
        """The app, by its own type."""
        return cast("HoldshortApp", self.app)

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        yield Static(EMPTY, id="heading")
        yield Static(EMPTY, id="rule")
        yield Static(EMPTY, id="banner")
        with Widget(id="body"):
            yield from self.body()
        yield Static(EMPTY, id="notice")
        yield Static(EMPTY, id="keybar")
        yield Static(EMPTY, id="cover")

    def on_screen_resume(self) -> None:
        """Paint again: something may have changed under another screen."""
        self.refresh_all()

    def on_resize(self, event: Resize) -> None:
        """Fit the new size, or say that it is too small."""
        width, height = event.size
        tiny = width < MIN_COLUMNS or height < MIN_ROWS
        self.set_class(tiny, "-tiny")
        if tiny:
            needed = f"Need {MIN_COLUMNS}x{MIN_ROWS}. Answers are saved."
            lines = (f"Window too small ({width}x{height}).", needed)
            self._static("cover").update(stack(text(line) for line in lines))
            return
        self.call_after_refresh(self.refresh_all)

    async def on_click(self, event: Click) -> None:
        """Run the action painted where the mouse was clicked."""
        if action := event.style.meta.get("act"):
            event.stop()
            await self.run_action(action)

    def refresh_all(self) -> None:
        """Paint the screen, its banner and its keys."""
        if not (self.is_running and self.is_mounted) or self.has_class("-tiny"):
            return
        self.redraw()
        warning = self.hold.not_saved or self.banner() or self._head_warning()
        banner = self._static("banner")
        banner.set_class(bool(warning), "-shown")
        if warning:
            banner.update(fit(text(warning), self.columns))
        self._static("notice").update(self._notice)
        self._static("keybar").update(painted(self.legal(), self.columns))

    def _head_warning(self) -> str:
        follow = any(one.id == "follow" for one in self.legal())
        return (
            f"{self.hold.warning}{'  H follows it.' if follow else ''}" if self.hold.warning else ""
        )

    @property
    def columns(self) -> int:
        """Columns between the screen's margins."""
        return max(self.size.width - 2, 1)

    def legal(self) -> Iterator[Action]:
        """Yield the actions that would do something now."""
        return (one for one in actions_of(self.PLACE) if self.check_action(one.id, ()))

    def say(self, *lines: Content) -> None:
        """Put a sentence on the notice line; the next key press clears it."""
        self._notice = stack(lines)

    def tell(self, error: HoldshortError) -> None:
        """Tell an error where the person looks."""
        if error.message.startswith("NOT SAVED"):
            self.hold.not_saved = error.message
        hint = text(error.hint, "$hs-muted") if error.hint else EMPTY
        self.say(*(line for line in (text(error.message, "$hs-fail"), hint) if line))

    def attempt(self, verb: Callable[[], _Result]) -> _Result | None:
        """Run a step of the engine; a failure is told and changes nothing."""
        self.say(EMPTY)
        try:
            result = verb()
        except HoldshortError as error:
            self.tell(error)
            return None
        return result

    @property
    def quiet(self) -> bool:
        """Whether nothing has been said since the last step."""
        return not self._notice

    def paint_heading(self, heading: Content, rule: Content = EMPTY) -> None:
        """Show the first two lines; the second is a thin line unless it is given."""
        self._static("heading").update(heading)
        self._static("rule").update(rule or thin_line(self.size.width))

    # Actions that work on every screen

    def action_back(self) -> None:
        """Go back to the screen below."""
        self.dismiss(None)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        self.hold.open_help(self.PLACE)

    def action_palette(self) -> None:
        """Open the command palette."""
        self.app.action_command_palette()

    def action_quit(self) -> None:
        """Leave."""
        self.hold.exit(0)

    def action_page_down(self) -> None:
        """Scroll down."""
        self.query(Pane).first().scroll_page_down(animate=False)

    def action_page_up(self) -> None:
        """Scroll up."""
        self.query(Pane).first().scroll_page_up(animate=False)

    def _static(self, name: str) -> Static:
        return self.query_one(f"#{name}", Static)
