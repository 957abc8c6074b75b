"""Everything a question can be given: a verdict, a value, evidence, a note, a waiver.

Each public method is one key. It takes the steps of the engine, asks for what the answer still
needs, and says what was saved; Enter leaves anything for later.
"""

from __future__ import annotations

from datetime import timedelta

from holdshort.errors import UsageError
from holdshort.model.checklist import AnswerType, Question
from holdshort.model.progress import Need, QuestionView
from holdshort.model.review import Verdict
from holdshort.model.suggestion import against
from holdshort.plain import asked, said
from holdshort.plain.voice import Voice
from holdshort.walkthrough.session import Step, Walkthrough

_LATER = "or Enter to leave it for later"
_BACK = "or Enter to go back"
_EVIDENCE = f"a path, path:88-95, a commit, a link or a check, {_LATER}"


class Answering:
    """The answering half of the conversation.

    Every method raises `UsageError` when the question does not take what its key gives.
    """

    def __init__(self, walk: Walkthrough, voice: Voice) -> None:
        """Answer this review."""
        self._walk = walk
        self._voice = voice

    def answer(self, view: QuestionView, verdict: Verdict) -> bool:
        """Give a verdict and ask for what it needs; tell whether one was given."""
        name, before = view.question.id, view.answer
        if verdict is Verdict.MET and said.lacks_value(view):
            self.give_value(view)
            return False
        after = self._walk.answer(name, verdict).view
        note = after.answer.note if after.answer else ""
        if note and note != (before.note if before else ""):
            self._voice.say(f"Took the finding as the note: {said.sentence(note)}")
            self._ask_note(name, "Note, or Enter to use the finding")
        self._complete(after)
        self._saved(f"{name} = {verdict.word}")
        self._voice.say(*said.lacking(self._walk.view(name)))
        return True

    def accept(self, view: QuestionView) -> None:
        """Accept the suggested yes with its evidence."""
        self._complete(self._walk.accept(view.question.id).view)
        self._saved(f"{view.question.id} = yes (suggested)")

    def give_value(self, view: QuestionView) -> None:
        """Ask for the value of a typed question."""
        question = view.question
        if not said.takes_value(question):
            raise UsageError(f"{question.id} takes no value")
        if question.answer.type is AnswerType.LIST:
            items = "\n".join(iter(lambda: self._voice.answer("Next item, or Enter to end"), ""))
            step = self._walk.value(question.id, items) if items else None
        else:
            step = self._voice.until_taken(
                f"Value: {said.measure(question)}. Type it, {_LATER}",
                lambda typed: self._walk.value(question.id, _chosen(question, typed)),
            )
        if step:
            self._say_value(step)

    def choose(self, view: QuestionView, choice: str) -> None:
        """Set the value of a choice."""
        self._say_value(self._walk.value(view.question.id, choice))

    def attach(self, view: QuestionView) -> None:
        """Ask for evidence to attach, or take off; many places on offer are read out first."""
        _refuse_facet(view)
        if step := self._ask_evidence(view, "Evidence: type"):
            self._say_evidence(step)

    def attach_number(self, view: QuestionView, number: int) -> None:
        """Attach the place under a digit."""
        self._say_evidence(self._walk.attach_suggested(view.question.id, number))

    def write_note(self, view: QuestionView) -> None:
        """Ask for a note in place of the one there is."""
        _refuse_facet(view)
        if self._ask_note(view.question.id, f"Note, {_BACK}"):
            self._saved(f"note on {view.question.id}")

    def waive(self, view: QuestionView) -> None:
        """Ask for reason, owner and date of a waiver."""
        _refuse_facet(view)
        name = view.question.id
        self._voice.say(f"A waiver accepts {name} unmet, by name, until a date.")
        if not (reason := self._voice.answer(f"Reason, {_BACK}")):
            return
        if not (owner := self._voice.answer(f"Owner, who answers for it, {_BACK}")):
            return
        last = self._walk.today() + timedelta(days=self._walk.policy.waivers.max_days)
        if self._voice.until_taken(
            f"Last day as YYYY-MM-DD, at most {last}, {_BACK}",
            lambda day: self._walk.waive(name, reason=reason, owner=owner, expires=day),
        ):
            self._saved(f"waiver for {name}")

    def _complete(self, view: QuestionView) -> None:
        """Ask once for each thing the answer still needs."""
        for need in view.needs:
            match need:
                case Need.EVIDENCE:
                    self._ask_evidence(view, "A yes needs evidence: type")
                case Need.NOTE:
                    self._ask_note(view.question.id, f"Note, {_LATER}")
                case Need.REASON:
                    self._ask_note(view.question.id, f"{self._why(view)} Note, {_LATER}")
                case Need.VALUE | Need.VERDICT | Need.AGAIN:
                    pass  # asked for before the verdict, or nothing a prompt could mend

    def _why(self, view: QuestionView) -> str:
        if view.verdict is Verdict.NOT_APPLICABLE:
            return "Why does it not apply?"
        failing = ", ".join(one.id for one in against(view.question, self._walk.findings))
        return f"Against it: {failing}. Why is yes right?"

    def _ask_note(self, name: str, prompt: str) -> Step | None:
        return self._voice.until_taken(prompt, lambda typed: self._walk.note(name, typed))

    def _ask_evidence(self, view: QuestionView, label: str) -> Step | None:
        name, offered = view.question.id, view.suggestion.places
        if len(offered) > said.PLACES_SHOWN:
            self._voice.say(*said.places(offered))
        digits = f"1 to {len(offered)}, " if len(offered) > 1 else "1, " * len(offered)
        digits += "-1 to take attached 1 off, " if view.answer and view.answer.evidence else ""

        def take(typed: str) -> Step:
            if number := asked.digit(typed):
                return self._walk.attach_suggested(name, number)
            if number := asked.digit(typed.removeprefix("-")):
                return self._walk.detach(name, number)
            return self._walk.attach(name, typed)

        return self._voice.until_taken(f"{label} {digits}{_EVIDENCE}", take)

    def _say_value(self, step: Step) -> None:
        value = said.value(step.view.answer.value) if step.view.answer else ""
        self._saved(f"{step.view.question.id} = {value}")
        self._voice.say(said.target(step.view.question, value))

    def _say_evidence(self, step: Step) -> None:
        self._saved(f"evidence on {step.view.question.id}")
        self._voice.say(*said.attached(step.view))

    def _saved(self, step: str) -> None:
        self._voice.say(said.saved(step, self._walk.progress()))


def _chosen(question: Question, typed: str) -> str:
    return asked.choice(typed, question.answer.choices) or typed


def _refuse_facet(view: QuestionView) -> None:
    if view.question.facet:
        raise UsageError(f"{view.question.id} takes one of its choices and nothing else")
