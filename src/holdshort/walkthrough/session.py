"""One open review and every step that changes it: answers, notes, evidence, waivers, undo.

Every step is saved in the journal before it returns, and returns what it changed; nothing here
draws, prints or asks. Sealing, signing and committing are in `sealing`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from holdshort.errors import UsageError
from holdshort.model.checklist import AnswerType, Question, Severity
from holdshort.model.finding import Outcome
from holdshort.model.progress import QuestionView, may_be
from holdshort.model.review import Answer, Change, Evidence, Verdict, Via, Waiver
from holdshort.model.suggestion import against
from holdshort.model.text import MAX_NOTE_CHARS, normalise, one_line
from holdshort.walkthrough.evidence import pin, pin_again, pin_place
from holdshort.walkthrough.reading import Reading

ACCEPTED_PLACES = 3
"""How many offered places an accepted suggestion attaches; more would only be noise."""

MAX_EVIDENCE = 30
"""Most references of one answer. Source: our own limit; a record holds 1 MB."""

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
"""A number as every language reads it; `float` alone takes `1_000` and digits of any script."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one step did.

    Attributes:
        view: the question afterwards, with what it still needs.
        following: the next open question, None when there is none or this one still needs
            something.
    """

    view: QuestionView
    following: str | None


class Walkthrough(Reading):
    """An open review that can be changed; begin one with `Visit.begin`."""

    def answer(
        self, question: str, verdict: Verdict, *, note: str | None = None, via: Via = Via.MANUAL
    ) -> Step:
        """Give a verdict, with a note when one is given; evidence already attached stays.

        A no against a failing check takes the finding as its note when there is no other, and
        loses it with the next verdict. An answer that went stale is pinned again; evidence that
        is gone is dropped.

        Raises:
            UsageError: the question is not asked, or does not take this verdict.
            MissingEnvironmentError: not saved.
        """
        view = self.view(question)
        if view.question.facet:
            raise UsageError(f"{question} takes a value: {', '.join(view.question.answer.choices)}")
        if not may_be(view.question, verdict):
            raise UsageError(f"{question} cannot be not applicable")
        old = self._pressed(view)
        noted = ""
        if note is not None:
            old = replace(old, note=_clean(note, "note"))
        elif verdict is Verdict.UNMET and not old.note:
            noted = self._finding_note(view.question)
            old = replace(old, note=noted)
        new = replace(old, verdict=verdict, via=via)
        return self._save(view, new, f"{question} = {verdict.word}", pressed=True, noted=noted)

    def accept(self, question: str) -> Step:
        """Accept the suggested yes and attach the places it rests on.

        Raises:
            UsageError: nothing is suggested that may be accepted with one key.
        """
        view = self.view(question)
        if not view.suggestion.acceptable or view.suggestion.verdict is not Verdict.MET:
            raise UsageError(f"{question} has no suggestion that one key accepts")
        old = self._pressed(view)
        evidence = tuple(dict.fromkeys((*old.evidence, *self._offered(view))))[:MAX_EVIDENCE]
        new = replace(old, verdict=Verdict.MET, via=Via.SUGGESTED, evidence=evidence)
        return self._save(view, new, f"{question} = yes (suggested)", pressed=True)

    def note(self, question: str, text: str) -> Step:
        """Set the note of a question.

        Raises:
            UsageError: longer than the limit, or a scope facet, which has no note.
        """
        view = self.view(question)
        if view.question.facet:
            raise UsageError(f"{question} takes a value, not a note")
        answer = replace(self._answer_of(view), note=_clean(text, "note"))
        return self._save(view, answer, f"note on {question}")

    def note_from_check(self, question: str) -> Step:
        """Take what a failing or warning check beside a question says as its note.

        Raises:
            UsageError: no check beside it fails or warns.
        """
        for finding in self.view(question).findings:
            if finding.outcome in {Outcome.FAIL, Outcome.WARN}:
                return self.note(question, f"{finding.id}: {finding.headline}")
        raise UsageError(f"no check beside {question} fails or warns")

    def value(self, question: str, text: str) -> Step:
        """Set the value of a typed question or a scope facet; a list is one item a line.

        Raises:
            UsageError: the question takes no value, or not this one.
        """
        view = self.view(question)
        rule, clean = view.question.answer, _clean(text, "value")
        if rule.type is AnswerType.VERDICT:
            raise UsageError(f"{question} takes a verdict only")
        if rule.type in {AnswerType.NUMBER, AnswerType.CHOICE}:
            clean = clean.strip()
        if rule.type is AnswerType.CHOICE and clean not in rule.choices:
            raise UsageError(f"{question} takes one of: {', '.join(rule.choices)}")
        if rule.type is AnswerType.NUMBER and not _is_number(clean):
            raise UsageError(f"{question} takes a number, not {one_line(clean, 40)!r}")
        label = f"{question} = {one_line(clean, 40)}"
        if view.question.facet:
            change = Change(label=label, at=self._stamp(), question=question)
            self._draft.record(replace(change, facets={question: clean}))
            return self._step(question)
        is_list = rule.type is AnswerType.LIST
        value = tuple(line for line in clean.split("\n") if line) or "" if is_list else clean
        return self._save(view, replace(self._answer_of(view), value=value), label)

    def attach(self, question: str, typed: str) -> Step:
        """Attach evidence as a person types it, one reference a line.

        Raises:
            UsageError: a line names nothing that can be pinned; nothing was attached.
        """
        lines = [line for line in typed.splitlines() if line.strip()] or [""]
        found = [pin(line, self.visit, self.findings) for line in lines]
        return self._attach(question, found)

    def attach_suggested(self, question: str, number: int) -> Step:
        """Attach the place offered under a digit.

        Raises:
            UsageError: no place stands under it.
        """
        places = self.view(question).suggestion.places
        if not 1 <= number <= len(places):
            raise UsageError(f"no evidence is offered under {number}")
        return self._attach(question, [pin_place(places[number - 1], self.visit)])

    def detach(self, question: str, number: int) -> Step:
        """Remove the evidence at a 1-based position.

        Raises:
            UsageError: nothing stands there.
        """
        view = self.view(question)
        answer = self._answer_of(view)
        if not 1 <= number <= len(answer.evidence):
            raise UsageError(f"{question} has no evidence {number}")
        kept = answer.evidence[: number - 1] + answer.evidence[number:]
        return self._save(view, replace(answer, evidence=kept), f"evidence off {question}")

    def waive(
        self, question: str, *, reason: str, owner: str, expires: str, ticket: str = ""
    ) -> Step:
        """Accept an unmet question by name until a date.

        Raises:
            UsageError: no reason or owner, or a date that is past, unreadable or too far.
        """
        view = self.view(question)
        waiver = Waiver(
            question=question,
            reason=_clean(reason, "reason"),
            owner=_clean(owner, "owner"),
            expires=self._expiry(expires.strip()),
            ticket=_clean(ticket, "ticket"),
        )
        if not waiver.reason or not waiver.owner:
            raise UsageError("a waiver needs a reason and an owner")
        change = Change(label=f"waiver for {question}", at=self._stamp(), question=question)
        self._draft.record(replace(change, waivers={question: waiver}))
        return self._step(view.question.id)

    def unwaive(self, question: str) -> Step:
        """Take a waiver back.

        Raises:
            UsageError: there is none.
        """
        if not self.view(question).waived:
            raise UsageError(f"{question} has no waiver")
        change = Change(label=f"no waiver for {question}", at=self._stamp(), question=question)
        self._draft.record(replace(change, waivers={question: None}))
        return self._step(question)

    def bulk_candidates(self, section: str) -> tuple[QuestionView, ...]:
        """Return the open questions of a section that one reason may answer; never a blocker."""
        return tuple(
            view
            for view in self.views()
            if view.section == section
            and view.mine
            and not view.answered
            and not view.question.facet
            and view.question.severity is not Severity.BLOCKER
            and may_be(view.question, Verdict.NOT_APPLICABLE)
        )

    def bulk_not_applicable(self, section: str, reason: str) -> tuple[str, ...]:
        """Answer not applicable for every open question of a section that allows it.

        Blockers are left out. Returns the ids answered; one undo takes all of them back.

        Raises:
            UsageError: no reason was given, or nothing is left to answer.
        """
        text = _clean(reason, "reason")
        if not text:
            raise UsageError("not applicable needs a reason")
        chosen = self.bulk_candidates(section)
        if not chosen:
            raise UsageError(f"nothing in {section!r} can be answered in bulk")
        answers = {
            view.question.id: replace(
                self._answer_of(view), verdict=Verdict.NOT_APPLICABLE, via=Via.BULK, note=text
            )
            for view in chosen
        }
        label = f"{len(answers)} not applicable in {section}"
        outcomes = {one.id: one.outcome for view in chosen for one in view.findings}
        at = chosen[0].question.id
        change = Change(label=label, at=self._stamp(), question=at, outcomes=outcomes)
        self._draft.record(replace(change, answers=answers))
        return tuple(answers)

    def undo(self) -> Change | None:
        """Take back the last change, or return None at the start."""
        return self._draft.undo()

    def redo(self) -> Change | None:
        """Bring back the last undone change, or return None at the end."""
        return self._draft.redo()

    def _attach(self, question: str, found: Sequence[Evidence]) -> Step:
        view = self.view(question)
        if view.question.facet:
            raise UsageError(f"{question} takes a value, not evidence")
        answer = self._answer_of(view)
        evidence = tuple(dict.fromkeys((*answer.evidence, *found)))
        if len(evidence) > MAX_EVIDENCE:
            raise UsageError(f"an answer holds {MAX_EVIDENCE} references at most")
        return self._save(view, replace(answer, evidence=evidence), f"evidence on {question}")

    def _save(
        self,
        view: QuestionView,
        answer: Answer,
        label: str,
        *,
        pressed: bool = False,
        noted: str = "",
    ) -> Step:
        """Record what changed; only a verdict that is pressed says anything of the findings."""
        name = view.question.id
        if answer != view.answer or (pressed and view.stale):
            outcomes = {one.id: one.outcome for one in view.findings} if pressed else {}
            change = Change(label=label, at=self._stamp(), question=name, outcomes=outcomes)
            self._draft.record(replace(change, answers={name: answer}, noted=noted))
        self.skipped.discard(name)
        return self._step(name)

    def _step(self, question: str) -> Step:
        view = self.view(question)
        following = None if view.needs else self.following(question, self.filters)
        return Step(view=view, following=following)

    def _answer_of(self, view: QuestionView) -> Answer:
        question = view.question
        return view.answer or Answer(asked=question.text, severity=question.severity)

    def _pressed(self, view: QuestionView) -> Answer:
        """Return the answer that a new verdict is given to.

        It is to today's question, pinned to the commit now reviewed, and without a note that
        only a finding gave.
        """
        old, question = self._answer_of(view), view.question
        again = (pin_again(one, self.visit, self.findings) for one in old.evidence)
        noted = self._draft.state.history.noted_of(question.id)
        return replace(
            old,
            asked=question.text,
            severity=question.severity,
            note="" if old.note in noted else old.note,
            evidence=tuple(dict.fromkeys(one for one in again if one)),
        )

    def _offered(self, view: QuestionView) -> list[Evidence]:
        """Return the first offered places that can be pinned."""
        found: list[Evidence] = []
        for place in view.suggestion.places:
            with suppress(UsageError):
                found.append(pin_place(place, self.visit))
        return found[:ACCEPTED_PLACES]

    def _finding_note(self, question: Question) -> str:
        found = against(question, self.findings)
        return normalise(f"{found[0].id}: {found[0].headline}") if found else ""

    def _expiry(self, typed: str) -> str:
        """Return the date a waiver ends, `YYYY-MM-DD`."""
        last = self.today() + timedelta(days=self.policy.waivers.max_days)
        try:
            expires = date.fromisoformat(typed)
        except ValueError as error:
            raise UsageError(f"{one_line(typed, 40)!r} is no date; write YYYY-MM-DD") from error
        if not self.today() <= expires <= last:
            raise UsageError(f"a waiver expires between {self.today()} and {last}")
        return expires.isoformat()

    def _stamp(self) -> str:
        return stamp(self.now())


def stamp(moment: datetime) -> str:
    """Return a time as documents hold it: UTC, `YYYY-MM-DDTHH:MM:SSZ`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _clean(text: str, what: str) -> str:
    """Return free text as it is stored, or refuse one that nobody would read."""
    if len(text) > MAX_NOTE_CHARS:
        raise UsageError(f"a {what} holds {MAX_NOTE_CHARS:,} characters at most")
    return normalise(text)


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text)) and math.isfinite(float(text))
