"""What question and overview share: where the person is in the open review, and how they move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from holdshort.model.progress import Filter, QuestionView
from holdshort.model.review import Change
from holdshort.tui.screens.line import LineWindow
from holdshort.tui.screens.shell import Shell
from holdshort.tui.text import EMPTY, text

if TYPE_CHECKING:
    from holdshort.walkthrough.session import Walkthrough


class Reviewing(Shell):
    """A screen over the open review.

    Attributes:
        at: the id of the question in view or in focus.
        views: the questions as of the last painting.
    """

    def __init__(self) -> None:
        """Show nothing yet."""
        super().__init__()
        self.at = ""
        self.views: tuple[QuestionView, ...] = ()
        self._hits: tuple[str, ...] = ()

    @property
    def walk(self) -> Walkthrough:
        """The open review."""
        walk = self.hold.walk
        if walk is None:
            raise RuntimeError("no review is open")  # the app opens one before this screen
        return walk

    @property
    def view(self) -> QuestionView:
        """The question shown."""
        return next((one for one in self.views if one.question.id == self.at), self.views[0])

    def go(self, question: str) -> None:
        """Show another question and remember the place."""
        self.at = question
        self.attempt(lambda: self.walk.go(question))

    # Moving

    def action_down(self) -> None:
        """Go to the next question that passes the filter."""
        self._move(self._after())

    def action_up(self) -> None:
        """Go to the previous question that passes the filter."""
        self._move(tuple(reversed(self._before())))

    def action_next_section(self) -> None:
        """Go to the first question of another section further on."""
        here = self.view.section
        self._move([one for one in self._after() if one.section != here])

    def action_previous_section(self) -> None:
        """Go to the nearest question of another section further back."""
        here = self.view.section
        self._move([one for one in reversed(self._before()) if one.section != here])

    def action_undo(self) -> None:
        """Take the last step back."""
        self._turned(self.attempt(self.walk.undo), "Undone: {}   ^r brings it back", "undo")

    def action_redo(self) -> None:
        """Bring back what was undone."""
        self._turned(self.attempt(self.walk.redo), "Again: {}", "bring back")

    def action_find(self) -> None:
        """Find text in ids, questions and notes."""
        window = LineWindow("Find", self._find, hint="in ids, questions and notes")
        self.app.push_screen(window, lambda _: self.refresh_all())

    def action_next_hit(self) -> None:
        """Go to the next question found."""
        self._hit(1)

    def action_previous_hit(self) -> None:
        """Go to the previous question found."""
        self._hit(-1)

    def _after(self) -> Sequence[QuestionView]:
        return [one for one in self.views[self.view.number :] if self._stops_at(one)]

    def _before(self) -> Sequence[QuestionView]:
        return [one for one in self.views[: self.view.number - 1] if self._stops_at(one)]

    def _stops_at(self, view: QuestionView) -> bool:
        return view.passes(self.walk.filters)

    def _move(self, ahead: Sequence[QuestionView]) -> None:
        self.say(EMPTY)
        if ahead:
            self.go(ahead[0].question.id)
        self.refresh_all()

    def _turned(self, change: Change | None, said: str, verb: str) -> None:
        if change is None:
            if self.quiet:
                self.say(text(f"Nothing to {verb}.", "$hs-muted"))
        else:
            self.hold.mark_saved()
            if change.question:
                self.go(change.question)
            self.say(text(said.format(change.label), "$hs-muted"))
        self.refresh_all()

    def _find(self, typed: str) -> bool:
        wanted = typed.casefold().split()
        found = []
        for view in self.views:
            note = view.answer.note if view.answer else ""
            hay = f"{view.question.id} {view.question.text} {note}".casefold()
            if wanted and all(word in hay for word in wanted):
                found.append(view.question.id)
        self._hits = tuple(found)
        self._hit(0)
        return bool(found)

    def _hit(self, step: int) -> None:
        if not self._hits:
            self.say(text("Nothing found.", "$hs-muted"))
        else:
            at = self._hits.index(self.at) if self.at in self._hits else -step
            place = (at + step) % len(self._hits)
            self.go(self._hits[place])
            self.say(
                text(f"Hit {place + 1} of {len(self._hits)}   ] next   [ previous", "$hs-muted")
            )
        self.refresh_all()

    # Other screens

    def action_filter(self) -> None:
        """Choose which questions to stop at."""
        from holdshort.tui.screens.filters import FilterWindow  # noqa: PLC0415 - on first use

        self.app.push_screen(FilterWindow(self.walk.filters), self._narrow)

    def _narrow(self, filters: frozenset[Filter] | None) -> None:
        if filters is not None:
            self.attempt(lambda: self.walk.narrow(filters))
            if not self._stops_at(self.view) and (ahead := [*self._after(), *self._before()]):
                self.go(ahead[0].question.id)
        self.refresh_all()

    def action_sign(self) -> None:
        """See what a signature would claim."""
        self.hold.open_sign()

    def action_checks(self) -> None:
        """Show what the checks found."""
        self.hold.open_checks(self.chosen)

    def chosen(self, question: str | None) -> None:
        """Go to the question another screen came back with."""
        if question:
            self.go(question)
        self.refresh_all()

    def action_follow(self) -> None:
        """Move the review to the new HEAD."""
        self.attempt(self.hold.follow_head)
        self.refresh_all()
