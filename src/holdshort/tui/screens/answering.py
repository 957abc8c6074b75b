"""The answering half of the question screen: each key is one step of the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.content import Content

from holdshort.model.checklist import AnswerType
from holdshort.model.finding import Outcome
from holdshort.model.progress import Need, QuestionView
from holdshort.model.review import Verdict
from holdshort.tui.paint import question as paint
from holdshort.tui.paint import words
from holdshort.tui.screens.line import LineWindow
from holdshort.tui.screens.reviewing import Reviewing
from holdshort.tui.text import join, text

if TYPE_CHECKING:
    from holdshort.walkthrough.session import Step


class Answering(Reviewing):
    """A screen that shows one question of the open review."""

    def action_yes(self) -> None:
        """Answer yes; a typed answer asks for its value first."""
        question, answer = self.view.question, self.view.answer
        typed = words.takes_value(question) and not words.takes_choice(question)
        if typed and not (answer and answer.value):
            self._ask_value()
        else:
            self._answer(Verdict.MET)

    def action_no(self) -> None:
        """Answer no."""
        self._answer(Verdict.UNMET)

    def action_partly(self) -> None:
        """Answer partly."""
        self._answer(Verdict.PARTLY)

    def action_not_applicable(self) -> None:
        """Answer not applicable."""
        self._answer(Verdict.NOT_APPLICABLE)

    def action_cannot_tell(self) -> None:
        """Answer that nobody here can tell."""
        self._answer(Verdict.UNKNOWN)

    def action_accept(self) -> None:
        """Accept the suggested yes, or a check's words as the note, or go on."""
        view = self.view
        if view.suggestion.acceptable and not view.answered:
            self._step(lambda: self.walk.accept(self.at), advance=True)
        elif self.takes_words:
            self._step(lambda: self.walk.note_from_check(self.at), advance=True)
        else:
            self._go_on(view)
            self.refresh_all()

    @property
    def takes_words(self) -> bool:
        """Whether Enter takes the words of a check as the note that is missing."""
        return _has_words(self.view)

    def _go_on(self, view: QuestionView) -> None:
        following = self.walk.following(self.at, self.walk.filters)
        if view.answered and view.needs:
            self.say(self._needs_line(view))
        elif not view.answered:
            self.say(text("Enter accepts a suggested yes; here a letter answers.", "$hs-muted"))
        elif following:
            self.go(following)
        else:
            self.say(self._finish_line())

    def action_number(self, digit: str) -> None:
        """Choose the value, or attach the evidence, under a digit."""
        number, offered = int(digit), paint.choices(self.view.question)
        if not offered:
            self._step(lambda: self.walk.attach_suggested(self.at, number))
        elif number <= len(offered):
            value = offered[number - 1]
            self._step(lambda: self.walk.value(self.at, value), advance=self.view.question.facet)

    def action_evidence(self) -> None:
        """Pick evidence."""
        from holdshort.tui.screens.evidence import EvidenceWindow  # noqa: PLC0415 - on first use

        self.app.push_screen(EvidenceWindow(self.walk, self.view), self._came_back)

    def action_note(self) -> None:
        """Write the note."""
        at, answer = self.at, self.view.answer
        window = LineWindow(
            f"Note on {at}",
            lambda typed: self.walk.note(at, typed),
            value=answer.note if answer else "",
        )
        self.app.push_screen(window, self._came_back)

    def _ask_value(self) -> None:
        question, at = self.view.question, self.at
        target = f"target {question.answer.target}" if question.answer.target else ""
        window = LineWindow(
            question.text,
            lambda typed: self.walk.value(at, typed),
            hint="   ".join(one for one in (question.answer.unit, target) if one),
            several=question.answer.type is AnswerType.LIST,
        )
        self.app.push_screen(window, self._came_back)

    def _answer(self, verdict: Verdict) -> None:
        self._step(lambda: self.walk.answer(self.at, verdict), advance=True)

    def _step(self, verb: Callable[[], Step], *, advance: bool = False) -> None:
        """Take one step; go on when it completes an answer."""
        waiting = self.view.answered and bool(self.view.needs)
        if step := self.attempt(verb):
            self._done(step, advance=advance or waiting)
        self.refresh_all()

    def _came_back(self, step: Step | None) -> None:
        """Show what a window did."""
        if step:
            waiting = self.view.answered and bool(self.view.needs)
            self._done(step, advance=waiting)
        self.refresh_all()

    def _done(self, step: Step, *, advance: bool) -> None:
        change = self.walk.draft.state.history.undoable
        self.hold.mark_saved()
        view = step.view
        mine = change is not None and change.question == view.question.id
        said = text(f"Saved: {change.label}" if change and mine else "", "$hs-muted")
        if view.answered and view.needs:
            self.say(self._needs_line(view))
        elif advance and step.following:
            self.go(step.following)
            self.say(said)
        elif advance:
            self.say(join((said, self._finish_line())))
        elif words.takes_value(view.question) and not view.answered:
            value = view.answer.value if view.answer else ""
            self.say(join((paint.target_line(view.question, str(value)), text("Now y or n"))))
        else:
            self.say(said)

    def _needs_line(self, view: QuestionView) -> Content:
        ways = []
        if Need.EVIDENCE in view.needs:
            ways.append("1-9 offered, e other" if view.suggestion.places else "e adds it")
        if _has_words(view):
            ways.append("Enter takes the check's words")
        if {Need.NOTE, Need.REASON} & set(view.needs):
            ways.append("c writes it")
        if Need.VALUE in view.needs:
            ways.append("y asks for it")
        needed = text(f"Needs {words.needed(view.needs)}:", "$hs-warn")
        return join((needed, text(", ".join([*ways, "j leaves it for later"]))), " ")

    def _finish_line(self) -> Content:
        progress = self.walk.progress()
        if progress.needs:
            return text(
                f"All answered; {progress.needs} still need something: f then ! stops there."
            )
        return text("All answered. S signs, o shows all.", "bold")


def _has_words(view: QuestionView) -> bool:
    """Tell whether a note is missing and a check beside the question has words for it."""
    speaks = {Outcome.FAIL, Outcome.WARN}
    return Need.NOTE in view.needs and any(one.outcome in speaks for one in view.findings)
