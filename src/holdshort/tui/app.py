"""The application: opens the repository behind the first frame, then hands over to a screen.

In: how to open the visit, what is wanted. Out: an exit code. It prints nothing; an error leaves
through `run` once the terminal is as it was. The engine is imported by `open_visit`, in a
thread, after the first frame.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.timer import Timer

from holdshort.errors import HoldshortError
from holdshort.tui.actions import Place
from holdshort.tui.checking import Checking
from holdshort.tui.screens.opening import OpeningScreen
from holdshort.tui.screens.shell import WIDE_COLUMNS, Shell
from holdshort.tui.settings import Settings
from holdshort.tui.signals import FINISHING, answer_signals
from holdshort.tui.text import text
from holdshort.tui.themes import NAMES, themes

if TYPE_CHECKING:
    from textual.command import Provider

    from holdshort.walkthrough.session import Walkthrough
    from holdshort.walkthrough.visit import Visit
    from holdshort.walkthrough.wanted import Wanted

CHECKS_AFTER_S = 0.05
HEAD_EVERY_S = 5.0


def run(
    open_visit: Callable[[], Visit],
    wanted: Wanted,
    *,
    straight: bool,
    settings: Settings | None = None,
) -> int:
    """Show the interface until the person leaves, and return the exit code.

    Args:
        open_visit: opens the repository; called in a thread, behind the first frame.
        wanted: what to review.
        straight: go to the questions without the home screen.
        settings: how it looks.

    Raises:
        HoldshortError: the repository or the review cannot be opened.
    """
    app = HoldshortApp(open_visit, wanted, straight=straight, settings=settings or Settings())
    try:
        app.run()
    finally:
        app.close()
        gc.freeze()  # the process ends now; collecting first takes longer than Textual's own exit
    if app.failure:
        raise app.failure
    return app.return_code or 0


def _commands() -> type[Provider]:
    from holdshort.tui.palette import Commands  # noqa: PLC0415 - not before it is opened

    return Commands


class HoldshortApp(App[int]):
    """One run of the interface.

    Attributes:
        visit: the repository, None until it has been read.
        walk: the open review, None until one is begun.
        warning: what every screen shows until its cause is gone.
        not_saved: why the last step was not saved, empty once one is.
        saved: when the last step was saved, ISO 8601.
        failure: what ended the run, raised once the terminal is restored.
    """

    CSS_PATH = "styles.tcss"
    TITLE = "holdshort"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE_COLUMNS, "-wide")]  # noqa: RUF012 - Textual's
    VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-tall")]  # noqa: RUF012 - own declaration
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
        Binding("ctrl+c", "help_quit", "Quit", show=False, system=True),
    ]
    COMMANDS: ClassVar = {_commands}

    def __init__(
        self,
        open_visit: Callable[[], Visit],
        wanted: Wanted,
        *,
        straight: bool,
        settings: Settings,
    ) -> None:
        """Keep what is asked for; nothing is opened yet."""
        super().__init__()
        self._open_visit = open_visit
        self.wanted = wanted
        self.straight = straight
        self.settings = settings
        self.visit: Visit | None = None
        self.walk: Walkthrough | None = None
        self.checking: Checking | None = None
        self.warning = ""
        self.not_saved = ""
        self.saved = ""
        self.failure: BaseException | None = None
        self._head_timer: Timer | None = None
        for theme in themes():
            self.register_theme(theme)
        chosen = settings.theme or os.environ.get("TEXTUAL_THEME", "")
        self.theme = chosen if chosen in self.available_themes else NAMES[0]

    # Opening

    def get_default_screen(self) -> Screen[object]:
        """Return the first frame."""
        return OpeningScreen(self.settings.folder)  # type: ignore[return-value]  # a Screen of None

    def on_mount(self) -> None:
        """Take the signals Textual leaves alone."""
        if not self.is_headless:
            answer_signals(lambda code: self.exit(return_code=code), self.close)

    def on_ready(self) -> None:
        """Open the repository once the first frame stands."""
        self.in_thread(self._open, self._opened)

    def in_thread(
        self, work: Callable[[], None], then: Callable[[], None], *, finish: bool = False
    ) -> None:
        """Do slow work beside the interface; what goes wrong ends the run.

        Quitting waits for the work only when it must `finish`, as a commit must.
        """

        def runner() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - handed to the interface's own thread
                self.call_later(self.fail, error)
            else:
                self.call_later(lambda: then() if self.is_running else None)

        name = FINISHING if finish else "engine"
        threading.Thread(target=runner, daemon=not finish, name=name).start()

    def _open(self) -> None:
        visit = self._open_visit()
        visit.checklist(self.wanted.checklist)  # load what the first screen needs, off the screen
        len(visit.entries)  # the same
        self.visit = visit
        if self.straight:
            self.wanted = _named(visit, self.wanted)
            self.walk = visit.begin(self.wanted)

    def _opened(self) -> None:
        if self.visit is None:
            return
        gc.freeze()  # what was loaded stays; collecting it again would only delay a key
        self.checking = Checking(self.visit, self.set_timer)
        self.set_timer(CHECKS_AFTER_S, self.run_checks)
        self._head_timer = self.set_interval(HEAD_EVERY_S, self.look_at_head)
        if self.walk:
            self.open_questions()
        else:
            from holdshort.tui.screens.home import HomeScreen  # noqa: PLC0415 - on first use

            self.push_screen(HomeScreen(self.visit, self.wanted))

    def begin(self, wanted: Wanted, question: str = "") -> None:
        """Open or resume a review, and show its questions, or one of them.

        Raises:
            HoldshortError: it cannot be opened; nothing was changed.
        """
        if self.visit:
            self.wanted = wanted
            if self.walk:
                self.walk.draft.close()
            self.walk = self.visit.begin(wanted)
            if question:
                self.walk.go(question)
            self.open_questions()

    def open_questions(self) -> None:
        """Show the questions of the open review."""
        from holdshort.tui.screens.question import QuestionScreen  # noqa: PLC0415 - on first use

        self.push_screen(QuestionScreen())

    @property
    def has_home(self) -> bool:
        """Whether there is a home screen to go back to."""
        return not self.straight

    def open_overview(self, chosen: Callable[[str | None], None]) -> None:
        """Show all questions; `chosen` gets the one to go to, or None."""
        from holdshort.tui.screens.overview import OverviewScreen  # noqa: PLC0415 - on first use

        self.push_screen(OverviewScreen(), chosen)

    def open_checks(self, chosen: Callable[[str | None], None] | None = None) -> None:
        """Show what the checks found; `chosen` gets the question to go to, or None."""
        from holdshort.tui.screens.checks import ChecksScreen  # noqa: PLC0415 - on first use

        self.push_screen(ChecksScreen(), chosen)

    def open_fixes(self, wanted: Wanted, chosen: Callable[[str | None], None]) -> None:
        """Show what is left to do; `chosen` gets the question to begin at, or None.

        Raises:
            HoldshortError: the review cannot be read.
        """
        from holdshort.tui.screens.fixes import FixesScreen  # noqa: PLC0415 - on first use

        if self.visit:
            self.push_screen(FixesScreen(self.visit, wanted), chosen)

    def open_sign(self) -> None:
        """Show what a signature would claim."""
        from holdshort.tui.screens.sign import SignScreen  # noqa: PLC0415 - on first use

        if self.walk:
            self.push_screen(SignScreen(self.walk))

    def open_help(self, place: Place) -> None:
        """Show the keys of a screen."""
        from holdshort.tui.screens.help import HelpScreen  # noqa: PLC0415 - on first use

        self.push_screen(HelpScreen(place))

    # The checks and HEAD

    def mark_saved(self) -> None:
        """Remember that a step has just been saved."""
        self.not_saved = ""
        if self.walk:
            self.saved = self.walk.now().isoformat()

    def run_checks(self, ids: tuple[str, ...] = ()) -> None:
        """Run these checks, or all of them."""
        if self.checking:
            self.checking.start(self.repaint, ids)

    def repaint(self) -> None:
        """Paint the screen in view again, if there still is one."""
        if self.is_running and isinstance(self.screen, Shell):
            self.screen.refresh_all()

    def look_at_head(self) -> None:
        """Look, beside the interface, whether HEAD has moved."""
        visit = self.visit
        moved: list[bool] = []

        def work() -> None:
            with suppress(HoldshortError):  # a repository in mid-change: look again later
                moved.append(visit is not None and visit.head_moved)

        def then() -> None:
            said = "HEAD moved while this was open." if any(moved) else ""
            if said != self.warning:
                self.warning = said
                self.repaint()

        self.in_thread(work, then)

    def follow_head(self) -> None:
        """Look at the new HEAD; an open review goes along, what changed is asked again.

        Raises:
            HoldshortError: it cannot be opened there; everything is as before.
        """
        visit = self._open_visit()
        self.close()
        if self.walk and self.visit:
            try:
                self.walk = visit.begin(self.wanted)
            except HoldshortError:
                self.walk = self.visit.begin(self.wanted)
                raise
        self.visit = visit
        self.warning = ""
        self.checking = Checking(visit, self.set_timer)
        self.run_checks()

    def edit(self, path: str, line: int) -> None:
        """Show a file of the work tree in the person's editor.

        Raises:
            HoldshortError: there is no editor, or it failed.
        """
        from holdshort.tui.editor import open_file  # noqa: PLC0415 - on first use

        if self.visit:
            open_file(self, self.visit.work_file(path), line)

    def finished(self) -> None:
        """Let go of a review that has been committed; its draft is gone."""
        self.walk = None
        self.warning = ""
        if self._head_timer:
            self._head_timer.stop()

    # Leaving

    def action_help_quit(self) -> None:
        """Say how to leave, for a person who presses Ctrl-C."""
        if isinstance(self.screen, Shell):
            self.screen.say(text("Press q to quit. Everything is saved.", "$hs-muted"))
            self.screen.refresh_all()

    async def action_quit(self) -> None:
        """Leave from anywhere, a text field included."""
        self.exit(0)

    def fail(self, error: BaseException) -> None:
        """End the run with an error, to be told once the terminal is restored."""
        self.failure = self.failure or error
        self.exit(return_code=1)

    def close(self) -> None:
        """End the checks and let go of the draft; what was saved stays."""
        if self.checking:
            self.checking.stop()
        if self.walk:
            self.walk.draft.close()

    def _handle_exception(self, error: Exception) -> None:
        """Leave without Textual's traceback: the one boundary of the house tells a defect."""
        self.failure = self.failure or error
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._return_code = 1
        self._close_messages_no_wait()


def _named(visit: Visit, wanted: Wanted) -> Wanted:
    """Fill in a release when neither the person, a tag nor a draft names one: today's date."""
    if wanted.release or visit.release or visit.drafts:
        return wanted
    return replace(wanted, release=visit.now().date().isoformat())
