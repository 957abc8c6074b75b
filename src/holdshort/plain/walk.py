"""The conversation: announce the mode, look at the repository, walk the questions, sign.

In: how to open the repository, what is wanted, and the two ends of a terminal. Out: an exit
code, and every step saved by the engine. It draws nothing and never moves the cursor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from holdshort.errors import ExitCode, UsageError
from holdshort.model.progress import QuestionView
from holdshort.model.review import Change
from holdshort.plain import asked, home, said
from holdshort.plain.answering import Answering
from holdshort.plain.asked import READING, VERDICTS, Key
from holdshort.plain.signature import sign
from holdshort.plain.voice import Voice
from holdshort.walkthrough.session import Walkthrough
from holdshort.walkthrough.visit import Visit
from holdshort.walkthrough.wanted import Wanted

_KEYS = "Type ? for the keys."

SPELLED_PROMPTS = 3
"""Questions whose prompt names every usual key; later ones only name `?`."""


def run(
    open_visit: Callable[[], Visit],
    wanted: Wanted,
    *,
    reason: str,
    ask: Callable[[str], str],
    say: Callable[[str], None],
) -> int:
    """Hold the whole conversation and return the exit code.

    Args:
        open_visit: opens the repository.
        wanted: which review.
        reason: why lines are used instead of a screen.
        ask: prints a prompt and reads a line; raises EOFError at the end of input.
        say: prints a line.

    Raises:
        HoldshortError: the review cannot be opened, or a step could not be saved.
    """
    voice = Voice(ask, say)
    visit = open_visit()
    voice.say(home.mode(reason))
    home.look(visit, voice)
    try:
        walk = home.begin(visit, wanted, voice)
    except EOFError:
        return ExitCode.DONE
    with walk.draft:
        voice.say(*home.opening(walk))
        try:
            Conversation(walk, voice).hold()
        except EOFError:
            voice.say(f"Saved. {said.counted(walk.progress())} The same command goes on here.")
    return ExitCode.DONE


class Conversation:
    """One question after another, until the record is committed or the person leaves."""

    def __init__(self, walk: Walkthrough, voice: Voice) -> None:
        """Begin at the question where the person was."""
        self._walk = walk
        self._voice = voice
        self._answering = Answering(walk, voice)
        self._at = walk.current
        self._arriving = True
        self._section = ""
        self._heard = 0
        self._signed = False
        self._does: Mapping[Key, Callable[[QuestionView], None]] = {
            Key.ENTER: self._enter,
            Key.EVIDENCE: self._answering.attach,
            Key.NOTE: self._answering.write_note,
            Key.VALUE: self._answering.give_value,
            Key.SKIP: self._skip,
            Key.BACK: lambda view: self._step(view, -1),
            Key.UNDO: lambda _: self._turned("Undone", "undo", walk.undo()),
            Key.REDO: lambda _: self._turned("Done again", "redo", walk.redo()),
            Key.GUIDANCE: lambda view: voice.say(*said.guidance(view)),
            Key.OVERVIEW: lambda _: voice.say(*said.overview(walk.views(), walk.gate())),
            Key.WAIVER: self._answering.waive,
            Key.SIGN: self._sign,
            Key.HELP: lambda _: voice.say(*asked.help_lines()),
        }

    def hold(self) -> None:
        """Ask until the record is committed.

        Raises:
            EOFError: the person leaves.
            HoldshortError: a step could not be saved.
        """
        while not self._signed:
            view = self._view()
            if self._arriving:
                self._arrive(view)
            typed = self._voice.ask(said.prompt(view, spelled=self._heard <= SPELLED_PROMPTS))
            try:
                self._obey(view, typed)
            except UsageError as error:
                self._voice.refused(error)

    def _view(self) -> QuestionView:
        """Return the question in view; one that an undo has hidden gives way to the first."""
        views = self._walk.views()
        return next((view for view in views if view.question.id == self._at), views[0])

    def _arrive(self, view: QuestionView) -> None:
        self._arriving = False
        self._heard += 1
        self._walk.go(view.question.id)
        if self._walk.visit.head_moved:
            self._voice.say("HEAD has moved. Quit and start again: your answers move along.")
        if view.section != self._section:
            self._section = view.section
            self._voice.say(said.section(view.section, self._walk.views()))
        self._voice.say(*said.question(view, self._walk.progress().total))

    def _obey(self, view: QuestionView, typed: str) -> None:
        key, number = asked.read(typed), asked.digit(typed)
        if self._walk.draft.holder and key not in READING and typed not in self._ids():
            holder = self._walk.draft.holder
            raise UsageError(f"{holder} writes this draft; here it can only be read")
        if choice := asked.choice(typed, view.question.answer.choices):
            self._answering.choose(view, choice)
            if view.question.facet:
                self._go_on()
        elif number:
            self._answering.attach_number(view, number)
        elif typed in self._ids():
            self._go(typed)
        elif key is None:
            raise UsageError(f"no key is called {typed!r}", _KEYS)
        else:
            self._press(key, view)

    def _press(self, key: Key, view: QuestionView) -> None:
        if verdict := VERDICTS.get(key):
            if self._answering.answer(view, verdict):
                self._go_on()
        else:
            self._does[key](view)

    def _enter(self, view: QuestionView) -> None:
        """Accept, ask for the value, or go on, whichever the question says."""
        if self._walk.draft.holder:
            self._step(view, 1)
        elif said.lacks_value(view) and not view.answered:
            self._answering.give_value(view)
        elif said.acceptable(view):
            self._answering.accept(view)
            self._go_on()
        elif view.answered:
            self._go_on()
        else:
            raise UsageError("nothing is suggested here that Enter may accept", _KEYS)

    def _skip(self, view: QuestionView) -> None:
        self._walk.skip(view.question.id)
        self._go_on()

    def _sign(self, _: QuestionView) -> None:
        self._signed = sign(self._walk, self._voice)

    def _turned(self, done: str, verb: str, change: Change | None) -> None:
        """Say which step was undone or redone, and go where it was made."""
        if change is None:
            raise UsageError(f"there is nothing to {verb}")
        self._voice.say(f"{done}: {change.label}. {said.counted(self._walk.progress())}")
        self._go(change.question)

    def _go_on(self) -> None:
        """Go to the next open question, or say what is left."""
        if following := self._walk.following(self._at):
            self._go(following)
        else:
            self._voice.say(*said.left(self._walk.views()))

    def _step(self, view: QuestionView, by: int) -> None:
        """Go to the question before or after, whatever its state."""
        views, index = self._walk.views(), view.number - 1 + by
        if not 0 <= index < len(views):
            raise UsageError(f"this is the {'last' if by > 0 else 'first'} question")
        self._go(views[index].question.id)

    def _go(self, question: str) -> None:
        self._at = question
        self._arriving = True

    def _ids(self) -> frozenset[str]:
        return frozenset(view.question.id for view in self._walk.views())
