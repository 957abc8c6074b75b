"""Answers from a file: the same steps a person would take, in the file's order.

In: a YAML mapping shaped like a record's `answers:`, or one with the keys `answers`, `waivers`,
`facets` and `decision`. Every answer goes through the engine, one saved step at a time, so a
file gives the same record as the same keys on a screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from holdshort.errors import HoldshortError, UsageError
from holdshort.model.canonical import Strict
from holdshort.model.review import Decision, Verdict, Via, Waiver
from holdshort.storage.documents import validate
from holdshort.storage.yaml_load import Document, load
from holdshort.walkthrough.session import Walkthrough


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedEvidence(Strict):
    """A reference as a person would type it, in parts; `kind` is for the reader."""

    ref: str
    lines: str = ""
    kind: str = ""

    @property
    def typed(self) -> str:
        """The reference on one line."""
        return f"{self.ref}:{self.lines}" if self.lines else self.ref


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedAnswer(Strict):
    """One answer; `via: suggested` accepts the suggestion, and fails when there is none."""

    verdict: Verdict | None = None
    via: Via = Via.MANUAL
    note: str = ""
    value: str | tuple[str, ...] = ""
    evidence: tuple[ScriptedEvidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Script(Strict):
    """A whole review but for subject, time and signature."""

    decision: Decision = Decision.APPROVE
    facets: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, ScriptedAnswer]
    waivers: tuple[Waiver, ...] = ()


def read_script(data: bytes, name: str) -> Script:
    """Read a file of answers.

    Raises:
        BadInputError: it cannot be read, with `file:line:col`.
    """
    document = load(data, name)
    if "answers" in document.value:
        return validate(Script, document)
    wrapped = {("answers", *path): at for path, at in document.positions.items()}
    return validate(Script, Document(name, {"answers": document.value}, wrapped, None))


def play(walk: Walkthrough, script: Script) -> int:
    """Take every step of a script and return how many answers were given.

    Raises:
        UsageError: a step that cannot be taken, naming the question; earlier ones are saved.
    """
    for question, value in script.facets.items():
        _step(walk, question, ScriptedAnswer(value=value))
    for question, answer in script.answers.items():
        _step(walk, question, answer)
    for one in script.waivers:
        walk.waive(
            one.question, reason=one.reason, owner=one.owner, expires=one.expires, ticket=one.ticket
        )
    return len(script.answers)


def _step(walk: Walkthrough, question: str, answer: ScriptedAnswer) -> None:
    try:
        _give(walk, question, answer)
    except UsageError as error:
        raise _located(error, question) from error


def _give(walk: Walkthrough, question: str, answer: ScriptedAnswer) -> None:
    if answer.via not in {Via.MANUAL, Via.SUGGESTED}:
        raise UsageError(f"an answer cannot be given as {answer.via.value!r}")
    if answer.value:
        given = answer.value
        walk.value(question, given if isinstance(given, str) else "\n".join(given))
    for evidence in answer.evidence:
        walk.attach(question, evidence.typed)
    if answer.via is Via.SUGGESTED:
        walk.accept(question)
    elif answer.verdict:
        walk.answer(question, answer.verdict, note=answer.note or None)
    if answer.note:
        walk.note(question, answer.note)


def _located(error: HoldshortError, question: str) -> UsageError:
    said = error.message if question in error.message else f"{question}: {error.message}"
    return UsageError(said, error.hint or "Answers before this one are saved.")
