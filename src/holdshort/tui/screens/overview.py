"""All questions by section: where the review stands, and what the gate would say now."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from holdshort.model.dossier import Dossier
from holdshort.model.progress import Progress, QuestionView
from holdshort.tui.actions import Place, bindings_of
from holdshort.tui.paint import question, rows
from holdshort.tui.screens.line import LineWindow
from holdshort.tui.screens.reviewing import Reviewing
from holdshort.tui.text import EMPTY, fit, join, spread, stack, text, window

_ROOM_FOR_BOTH = 12
_MOST_SECTIONS = 8
"""Section rows shown at once. Source: our own choice; the list below needs the room."""


class OverviewScreen(Reviewing):
    """A table of sections above a list of questions."""

    PLACE = Place.OVERVIEW
    BINDINGS = bindings_of(Place.OVERVIEW)

    def body(self) -> ComposeResult:
        """Lay out sections, questions and the gate's answer."""
        yield Static(EMPTY, id="sections")
        yield Static(EMPTY, id="questions")
        yield Static(EMPTY, id="gate")

    def on_mount(self) -> None:
        """Put the focus where the person was."""
        self.at = self.walk.current

    def redraw(self) -> None:
        """Paint the table, the list and the gate's answer."""
        self.views = self.walk.views()
        progress = Progress.of(self.views)
        filters = ", ".join(sorted(self.walk.filters)) or "none"
        title = join((text("Overview", "bold"), text(f"filter: {filters}", "$hs-muted")), "   ")
        done = text(f"{progress.answered} of {progress.total} answered", "$hs-muted")
        self.paint_heading(
            spread(title, done, self.columns),
            question.rule(progress.answered, progress.total, self.size.width),
        )
        shown = [one for one in self.views if self._stops_at(one)]
        if shown and self.view not in shown:
            self.at = shown[0].question.id
        gate = self._gate(self.walk.gate())
        sections = self._sections()
        room = self.query_one("#body").size.height - len(sections) - len(gate) - 2
        table = self.query_one("#sections", Static)
        table.display = bool(sections)
        table.update(stack(sections))
        self.query_one("#questions", Static).update(stack(self._questions(shown, max(room, 1))))
        self.query_one("#gate", Static).update(stack(gate))

    def _sections(self) -> Sequence[Content]:
        width, here = self.columns, self.view.section
        titles = list(dict.fromkeys(one.section for one in self.views))
        lines = [
            rows.section_row(
                title,
                [one for one in self.views if one.section == title],
                width,
                focused=title == here,
            )
            for title in titles
        ]
        height = self.query_one("#body").size.height
        if height < _ROOM_FOR_BOTH:
            return []
        most = min(_MOST_SECTIONS, height // 3)
        return [rows.section_head(width), *window(lines, titles.index(here), most)]

    def _questions(self, shown: Sequence[QuestionView], room: int) -> Sequence[Content]:
        if not shown:
            return [text("No question passes the filter. f 0 takes it off.", "$hs-muted")]
        lines = [
            rows.question_row(one, self.columns, focused=one.question.id == self.at)
            for one in shown
        ]
        return window(lines, shown.index(self.view), room)

    def _gate(self, dossier: Dossier) -> Sequence[Content]:
        verdict = dossier.verdict.words.upper()
        why = "; ".join(dossier.reasons[:3])
        more = f"; {len(dossier.reasons) - 3} more" if len(dossier.reasons) > len("...") else ""
        said = join((text("If signed now", "$hs-muted"), text(verdict, "bold")))
        return [fit(join((said, text(f"{why}{more}", "$hs-muted"))), self.columns)]

    # Actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to follow HEAD only when it has moved."""
        del parameters
        return action != "follow" or bool(self.hold.warning)

    def go(self, question: str) -> None:
        """Move the focus; the walk itself stays where it is until Enter."""
        self.at = question

    def action_go(self) -> None:
        """Go to the question in focus."""
        self.dismiss(self.at)

    def action_pick(self, number: int) -> None:
        """Put the focus on a row that was clicked, or go there when it has it."""
        clicked = self.views[number - 1].question.id
        if clicked == self.at:
            self.action_go()
        else:
            self.at = clicked
            self.refresh_all()

    def action_overview(self) -> None:
        """Close, as the same key opened it."""
        self.dismiss(None)

    def action_bulk(self) -> None:
        """Answer what is open in a section as not applicable, with one reason."""
        section = self.view.section
        ids = [one.question.id for one in self.walk.bulk_candidates(section)]
        if not ids:
            self.say(text(f"Nothing open in {section} can be answered together.", "$hs-muted"))
            self.refresh_all()
            return
        answering = LineWindow(
            f"{section}: {len(ids)} not applicable, because",
            lambda typed: self.walk.bulk_not_applicable(section, typed),
            hint=f"{', '.join(ids)}\nBlockers are left out. One u takes all of it back.",
        )
        self.app.push_screen(answering, self._answered)

    def _answered(self, ids: tuple[str, ...] | None) -> None:
        if ids:
            self.hold.mark_saved()
            self.say(text(f"Not applicable: {', '.join(ids)}", "$hs-muted"))
        self.refresh_all()
