"""One question at a time: one letter answers it and goes on to the next open one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from holdshort.model.progress import Progress, QuestionView
from holdshort.tui.actions import Action, Place, bindings_of
from holdshort.tui.paint import beside, words
from holdshort.tui.paint import question as paint
from holdshort.tui.screens.answering import Answering
from holdshort.tui.screens.shell import WIDE_COLUMNS, Pane
from holdshort.tui.text import EMPTY, fit, stack, text

SMALL_ROWS = 16
SHORT_ROWS = 24
NARROW_COLUMNS = 80
TALL_ROWS = 30
CODE_AFTER_S = 0.15
"""Source: our own choice; a person who only passes by should not wait for a file."""

MOST_FILES = 50
"""Files kept for the code column before it starts afresh."""

VERDICT_ACTIONS = frozenset(one[2] for one in words.VERDICTS.values())


class QuestionScreen(Answering):
    """The walk through the questions."""

    PLACE = Place.QUESTION
    BINDINGS = bindings_of(Place.QUESTION)

    def __init__(self) -> None:
        """Begin where the person was."""
        super().__init__()
        self._full = False
        self._code: dict[str, list[str]] = {}

    def body(self) -> ComposeResult:
        """Lay out sections, question and checks side by side."""
        with Horizontal(id="columns"):
            yield Pane(id="nav", classes="pane")
            with Vertical(id="middle"):
                yield Pane(id="reading", classes="pane")
                yield Static(EMPTY, id="ballot")
            yield Pane(id="side", classes="pane")

    def on_mount(self) -> None:
        """Say what was recovered."""
        self._reading_code = self.set_interval(CODE_AFTER_S, self._read_code, pause=True)
        walk = self.walk
        self.at = walk.current
        last = walk.draft.state.history.undoable
        if walk.resumed and last:
            answered = walk.progress().answered
            self.say(text(f"Recovered {answered} answers; last: {last.label}", "$hs-muted"))
            self.hold.saved = last.at

    # Painting

    def banner(self) -> str:
        """Return what keeps answers from being saved, or what was lost."""
        draft = self.walk.draft
        return f"Read only: {draft.holder} writes this draft." if draft.holder else draft.damage

    def redraw(self) -> None:
        """Paint the question and its surroundings."""
        self.views = self.walk.views()
        self.at = self.view.question.id
        progress = Progress.of(self.views)
        heading = paint.heading(self.walk.review, self.view, progress, self._facts())
        rule = paint.rule(progress.answered, progress.total, self.size.width)
        self.paint_heading(fit(heading, self.columns), rule)
        self._paint_middle(self.view)
        if self._wide:
            self._paint_beside(self.view)

    def _facts(self) -> list[str]:
        facts = []
        checking = self.hold.checking
        if checking and checking.running:
            facts.append(f"checks {checking.done}/{checking.total}")
        if changed := sum(view.stale for view in self.views):
            facts.append(f"changed {changed}")
        if filters := self.walk.filters:
            facts.append(f"filter: {', '.join(sorted(filters))}")
        if self.hold.saved:
            local = datetime.fromisoformat(self.hold.saved).astimezone()
            facts.append(f"saved {local:%H:%M:%S}")
        return facts

    @property
    def _wide(self) -> bool:
        return self.size.width >= WIDE_COLUMNS

    @property
    def _checking(self) -> bool:
        return bool(self.hold.checking and self.hold.checking.running)

    def _paint_middle(self, view: QuestionView) -> None:
        reading, ballot = self.query_one("#reading", Pane), self.query_one("#ballot", Static)
        width, small = reading.columns, self.size.height < SMALL_ROWS
        if small and not self._full:
            shown, vote = paint.reading_small(view, width), paint.ballot_small(view, width)
        else:
            shown = paint.reading(view, width, limit=self._limit, more=self._full)
            vote = paint.ballot(view, width)
            if not self._wide and (found := paint.checks(view, width, running=self._checking)):
                shown = stack((shown, EMPTY, found))
        room = self.query_one("#middle").size.height - vote.plain.count("\n") - (1 if small else 2)
        reading.styles.height = max(min(shown.plain.count("\n") + 1, room), 1)
        reading.paint(shown)
        ballot.update(vote)

    @property
    def _limit(self) -> int:
        """Lines for each part of the guidance; 0 for all."""
        if self._full or self.size.height >= TALL_ROWS:
            return 0
        return 1 if self.size.height < SHORT_ROWS or self.size.width < NARROW_COLUMNS else 2

    def _paint_beside(self, view: QuestionView) -> None:
        nav, side = self.query_one("#nav", Pane), self.query_one("#side", Pane)
        nav.paint(beside.sections(self.views, view, nav.columns, nav.size.height))
        side.paint(beside.checks(view, self._code, side.columns, running=self._checking))
        if any(path not in self._code for path in self._wanted_paths(view)):
            self._reading_code.reset()
            self._reading_code.resume()

    def _wanted_paths(self, view: QuestionView) -> list[str]:
        places = [one for found in view.findings for one in found.evidence[: beside.PLACES]]
        return [one.path for one in places if one.line and not one.cell]

    def _read_code(self) -> None:
        """Read the files behind the places in view, once nobody has pressed a key for a moment."""
        self._reading_code.pause()
        if len(self._code) > MOST_FILES:
            self._code.clear()
        for path in self._wanted_paths(self.view):
            if path not in self._code:
                try:
                    self._code[path] = self.walk.visit.text_of(path).splitlines()
                except OSError:
                    self._code[path] = []
        self.refresh_all()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Tell whether a key is heard; a verdict the question does not take is refused in words."""
        del parameters
        if self.has_class("-tiny"):
            return action == "quit"
        if not self.views:
            return action in {"quit", "help"}
        view = self.view
        if action in {"evidence", "note"}:
            return not view.question.facet
        if action == "back":
            return self.hold.has_home
        return action != "follow" or bool(self.hold.warning)

    def legal(self) -> Iterator[Action]:
        """Leave out of the footer what would do nothing for this question."""
        view = self.view if self.views else None
        accepts = view and view.suggestion.acceptable and not view.answered
        silent = set() if accepts or (view and self.takes_words) else {"accept"}
        if view:
            taken = {words.VERDICTS[one][2] for one in words.verdicts_of(view.question)}
            silent |= VERDICT_ACTIONS - taken
        return (one for one in super().legal() if one.id not in silent)

    def go(self, question: str) -> None:
        """Show another question from its top."""
        self._full = False
        self.query_one("#reading", Pane).scroll_home(animate=False)
        super().go(question)

    # The rest

    def action_skip(self) -> None:
        """Put the question off."""
        following = self.walk.skip(self.at)
        if following and following != self.at:
            skipped = self.at
            self.go(following)
            self.say(text(f"Skipped: {skipped}", "$hs-muted"))
        else:
            self.say(text("Nothing else is open.", "$hs-muted"))
        self.refresh_all()

    def action_guidance(self) -> None:
        """Show all of the guidance, or two lines of each part."""
        self._full = not self._full
        self.refresh_all()

    def action_overview(self) -> None:
        """Show all questions."""
        self.hold.open_overview(self.chosen)

    def action_pick(self, number: int) -> None:
        """Go to a question that was clicked."""
        self.go(self.views[number - 1].question.id)
        self.refresh_all()

    def action_open_file(self) -> None:
        """Open the first evidence, else the first offered place, in the editor."""
        view = self.view
        attached = [one for one in (view.answer.evidence if view.answer else ()) if one.blob]
        places = view.suggestion.places
        if attached:
            line = int(attached[0].lines.partition("-")[0] or 0)
            self.attempt(lambda: self.hold.edit(attached[0].ref, line))
        elif places:
            line = 0 if places[0].cell else places[0].line
            self.attempt(lambda: self.hold.edit(places[0].path, line))
        else:
            self.say(text("No file stands beside this question.", "$hs-muted"))
        self.refresh_all()
