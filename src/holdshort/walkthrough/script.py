"""Answers from a file: the same steps a person would take, in the file's order.

In: a YAML mapping shaped like a record's `answers:`, or one with some of the keys `answers`,
`waivers`, `facets` and `decision`. Every answer goes through the engine, so a file gives the
same record as the same keys on a screen. An answer is given whole or not at all; those before
one that cannot be given are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from holdshort.errors import HoldshortError, UsageError
from holdshort.model.canonical import Strict
from holdshort.model.review import Decision, Verdict, Via, Waiver
from holdshort.storage.documents import validate
from holdshort.storage.yaml_load import Document, Loaded, load
from holdshort.walkthrough.session import Walkthrough


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedEvidence(Strict):
    """A reference as a person would type it, in parts; it is pinned anew.

    Attributes:
        kind, blob, quote, sha256: what a record holds beside the reference; not read.
    """

    ref: str
    lines: str = ""
    kind: str = ""
    blob: str = ""
    quote: str = ""
    sha256: str = ""

    @property
    def typed(self) -> str:
        """The reference on one line."""
        return f"{self.ref}:{self.lines}" if self.lines else self.ref


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedAnswer(Strict):
    """One answer; `via: suggested` accepts the suggestion, and fails when there is none.

    Attributes:
        asked: when given, the question must still be worded so.
        severity: what a record holds beside the answer; not read.
        note: None leaves the note as it is, an empty one takes it away.
    """

    asked: str = ""
    severity: str = ""
    verdict: Verdict | None = None
    via: Via = Via.MANUAL
    note: str | None = None
    value: str | tuple[str, ...] = ""
    evidence: tuple[ScriptedEvidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Script(Strict):
    """A whole review but for subject, time and signature."""

    decision: Decision = Decision.APPROVE
    facets: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, ScriptedAnswer] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()


def read_script(data: bytes, name: str) -> Script:
    """Read a file of answers.

    Raises:
        BadInputError: it cannot be read, with `file:line:col`.
    """
    document = load(data, name)
    if set(document.value) & {one.name for one in fields(Script)}:
        return validate(Script, document)
    positions = {("answers", *path): at for path, at in document.positions.items()}
    keys = {("answers", *path): at for path, at in document.keys.items()}
    answers: dict[str, Loaded] = {"answers": document.value}
    return validate(Script, Document(document.name, answers, positions, None, keys))


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
        try:
            walk.waive(
                one.question,
                reason=one.reason,
                owner=one.owner,
                expires=one.expires,
                ticket=one.ticket,
            )
        except UsageError as error:
            raise _located(error, one.question) from error
    return len(script.answers)


def _step(walk: Walkthrough, question: str, answer: ScriptedAnswer) -> None:
    before = walk.draft.state.history.cursor
    try:
        _give(walk, question, answer)
    except UsageError as error:
        while walk.draft.state.history.cursor > before:
            walk.undo()
        raise _located(error, question) from error


def _give(walk: Walkthrough, question: str, answer: ScriptedAnswer) -> None:
    if answer.via not in {Via.MANUAL, Via.SUGGESTED}:
        raise UsageError(f"an answer cannot be given as {answer.via.value!r}")
    if answer.asked not in {"", walk.view(question).question.text}:
        raise UsageError("the question is worded otherwise now: read it again")
    if answer.value:
        given = answer.value
        walk.value(question, given if isinstance(given, str) else "\n".join(given))
    if answer.evidence:
        walk.attach(question, "\n".join(evidence.typed for evidence in answer.evidence))
    if answer.via is Via.SUGGESTED:
        walk.accept(question)
    elif answer.verdict:
        walk.answer(question, answer.verdict, note=answer.note)
        return
    if answer.note is not None:
        walk.note(question, answer.note)


def _located(error: HoldshortError, question: str) -> UsageError:
    said = error.message if question in error.message else f"{question}: {error.message}"
    return UsageError(said, error.hint or "Answers before this one are saved.")
