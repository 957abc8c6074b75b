"""One open review and every step that changes it: answers, notes, evidence, waivers, undo.

Every step is saved in the journal before it returns, and returns what it changed; nothing here
draws, prints or asks. Sealing, signing and committing are in `sealing`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from holdshort.errors import UsageError
from holdshort.model.checklist import AnswerType, Question, Severity
from holdshort.model.progress import QuestionView, may_be
from holdshort.model.review import Answer, Change, Evidence, Verdict, Via, Waiver
from holdshort.model.suggestion import against, related
from holdshort.model.text import MAX_NOTE_CHARS, normalise, one_line
from holdshort.walkthrough.evidence import pin, pin_place
from holdshort.walkthrough.reading import Reading

ACCEPTED_PLACES = 3
"""How many offered places an accepted suggestion attaches; more would only be noise."""


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

        A no against a failing check takes the finding as its note when there is no other.

        Raises:
            UsageError: the question is not asked, or does not take this verdict.
            MissingEnvironmentError: not saved.
        """
        view = self.view(question)
        if view.question.facet:
            raise UsageError(f"{question} takes a value: {', '.join(view.question.answer.choices)}")
        if not may_be(view.question, verdict):
            raise UsageError(f"{question} cannot be not applicable")
        old = self._answer_of(view)
        evidence = tuple(map(self._repinned, old.evidence)) if view.stale else old.evidence
        new = replace(old, verdict=verdict, via=via, evidence=evidence)
        new = replace(new, note=_note(new, note, self._finding_note(view.question)))
        return self._save(view, new, f"{question} = {verdict.word}")

    def accept(self, question: str) -> Step:
        """Accept the suggested yes and attach the places it rests on.

        Raises:
            UsageError: nothing is suggested that may be accepted with one key.
        """
        view = self.view(question)
        if not view.suggestion.acceptable or view.suggestion.verdict is not Verdict.MET:
            raise UsageError(f"{question} has no suggestion that one key accepts")
        places = view.suggestion.places[:ACCEPTED_PLACES]
        found = tuple(pin_place(place, self.visit) for place in places)
        old = self._answer_of(view)
        evidence = tuple(dict.fromkeys((*map(self._repinned, old.evidence), *found)))
        new = replace(old, verdict=Verdict.MET, via=Via.SUGGESTED, evidence=evidence)
        return self._save(view, new, f"{question} = yes (suggested)")

    def note(self, question: str, text: str) -> Step:
        """Set the note of a question.

        Raises:
            UsageError: longer than the limit.
        """
        if len(text) > MAX_NOTE_CHARS:
            raise UsageError(f"a note holds {MAX_NOTE_CHARS:,} characters at most")
        view = self.view(question)
        answer = replace(self._answer_of(view), note=normalise(text))
        return self._save(view, answer, f"note on {question}")

    def value(self, question: str, text: str) -> Step:
        """Set the value of a typed question or a scope facet; a list is one item a line.

        Raises:
            UsageError: the question takes no value, or not this one.
        """
        view = self.view(question)
        rule, clean = view.question.answer, normalise(text)
        if rule.type is AnswerType.VERDICT:
            raise UsageError(f"{question} takes a verdict only")
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
        value = tuple(line for line in clean.split("\n") if line) if is_list else clean
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
            reason=normalise(reason),
            owner=normalise(owner),
            expires=expires.strip(),
            ticket=normalise(ticket),
        )
        self._check_waiver(waiver)
        change = Change(label=f"waiver for {question}", at=self._stamp(), question=question)
        self._draft.record(replace(change, waivers={question: waiver}))
        return self._step(view.question.id)

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
        text = normalise(reason)
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
        change = Change(label=label, at=self._stamp(), question=chosen[0].question.id)
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
        return self._save(view, replace(answer, evidence=evidence), f"evidence on {question}")

    def _save(self, view: QuestionView, answer: Answer, label: str) -> Step:
        name = view.question.id
        if answer != view.answer:
            outcomes = {one.id: one.outcome for one in related(view.question, self.findings)}
            change = Change(label=label, at=self._stamp(), question=name, outcomes=outcomes)
            self._draft.record(replace(change, answers={name: answer}))
        self.skipped.discard(name)
        return self._step(name)

    def _step(self, question: str) -> Step:
        view = self.view(question)
        following = None if view.needs else self.following(question, self.filters)
        return Step(view=view, following=following)

    def _answer_of(self, view: QuestionView) -> Answer:
        question = view.question
        return view.answer or Answer(asked=question.text, severity=question.severity)

    def _repinned(self, evidence: Evidence) -> Evidence:
        """Return evidence pinned to the commit now reviewed; what is gone there stays as it was."""
        if not evidence.blob or self.visit.blob_of(evidence.ref) == evidence.blob:
            return evidence
        try:
            return pin(evidence.where, self.visit, self.findings)
        except UsageError:
            return evidence

    def _finding_note(self, question: Question) -> str:
        found = against(question, self.findings)
        return normalise(f"{found[0].id}: {found[0].headline}") if found else ""

    def _check_waiver(self, waiver: Waiver) -> None:
        if not waiver.reason or not waiver.owner:
            raise UsageError("a waiver needs a reason and an owner")
        last = self.today() + timedelta(days=self.policy.waivers.max_days)
        try:
            expires = date.fromisoformat(waiver.expires)
        except ValueError as error:
            raise UsageError(
                f"{one_line(waiver.expires, 40)!r} is no date; write YYYY-MM-DD"
            ) from error
        if not self.today() <= expires <= last:
            raise UsageError(f"a waiver expires between {self.today()} and {last}")

    def _stamp(self) -> str:
        return stamp(self.now())


def stamp(moment: datetime) -> str:
    """Return a time as documents hold it: UTC, `YYYY-MM-DDTHH:MM:SSZ`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _note(answer: Answer, given: str | None, of_finding: str) -> str:
    """Choose the note: what was given, else what stood, else for a no the finding's own words."""
    if given is not None:
        if len(given) > MAX_NOTE_CHARS:
            raise UsageError(f"a note holds {MAX_NOTE_CHARS:,} characters at most")
        return normalise(given)
    if answer.verdict is Verdict.UNMET:
        return answer.note or of_finding
    return "" if answer.note == of_finding else answer.note


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
