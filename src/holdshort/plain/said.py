"""Values as sentences: what is known about one question, and what a step did.

Pure: a view goes in, sentences come out, one fact each. Foreign text is made harmless by
`voice`, which every sentence passes through.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holdshort.model.checklist import AnswerType, EvidenceNeed, Question
from holdshort.model.dossier import Dossier
from holdshort.model.finding import Finding, Outcome, Place
from holdshort.model.progress import Need, Progress, QuestionView, may_be, meets_target
from holdshort.model.review import Answer, Evidence
from holdshort.model.text import one_line
from holdshort.plain.asked import VERDICTS

PLACES_SHOWN = 3
"""Places read out with a question; more would be hard to listen to. `e` reads out all."""

MAX_SPOKEN_CHARS = 300
"""Longest note or value read out. Source: our own choice, about twenty seconds of speech."""

OUTCOMES = {
    Outcome.PASS: "passes",
    Outcome.WARN: "warns",
    Outcome.FAIL: "fails",
    Outcome.NOT_APPLICABLE: "has nothing to look at",
    Outcome.UNKNOWN: "cannot tell",
}
NEEDED = {
    Need.VERDICT: "an answer",
    Need.EVIDENCE: "evidence",
    Need.NOTE: "a note",
    Need.REASON: "a reason in the note",
    Need.VALUE: "a value",
    Need.AGAIN: "your answer again, something changed since",
}


def section(title: str, views: Sequence[QuestionView]) -> str:
    """Return the line where a section begins."""
    titles = list(dict.fromkeys(view.section for view in views))
    size = sum(view.section == title for view in views)
    number = f"Section {titles.index(title) + 1} of {len(titles)}"
    return f"{number}: {title}. {several(size, 'question')}."


def question(view: QuestionView, total: int) -> Iterator[str]:
    """Yield everything a person hears on arriving at a question."""
    asked = view.question
    number = f"Question {view.number} of {total}." if view.mine else f"For {asked.role}."
    yield f"{number} {asked.severity.capitalize()}. {asked.id}"
    yield asked.text
    if asked.guidance.why:
        yield f"Why: {first_sentence(asked.guidance.why)}"
    if takes_value(asked) and not asked.facet:
        yield f"Takes a value: {measure(asked)}."
    yield from map(check, view.findings)
    if view.pending:
        yield f"Not run: {', '.join(view.pending)}."
    yield from _offers(view)
    yield from _suggestion(view)
    yield from so_far(view)


def check(finding: Finding) -> str:
    """Return what one check found."""
    return f"Check {finding.id} {OUTCOMES[finding.outcome]}: {sentence(finding.shown)}"


def exception(text: str) -> str:
    """Return what is wrong with an exception, or with the file of them."""
    return f"Exception: {sentence(text)}"


def places(offered: Sequence[Place]) -> Iterator[str]:
    """Yield places with the digit that attaches each."""
    for number, one in enumerate(offered, 1):
        yield f"Evidence {number}: {place(one)}, {sentence(one.said)}"


def so_far(view: QuestionView) -> Iterator[str]:
    """Yield the answer given so far and what it still needs."""
    answer = view.answer or Answer(asked="", severity=view.question.severity)
    if answer.value:
        yield f"Value so far: {value(answer.value)}."
    if answer.verdict:
        yield f"Answer so far: {answer.verdict.word}."
    yield from attached(view)
    if answer.note:
        yield f"Note so far: {sentence(answer.note)}"
    if view.waived:
        yield "Waived."
    if not answer.evidence and view.question.evidence.need is EvidenceNeed.REQUIRED:
        yield f"A yes needs evidence: {sentence(view.question.evidence.hint or 'any')}"
    yield from lacking(view)


def attached(view: QuestionView) -> Iterator[str]:
    """Yield the evidence given so far, with the number that takes each off."""
    for number, one in enumerate(view.answer.evidence if view.answer else (), 1):
        yield f"Attached {number}: {evidence(one)}."


def lacking(view: QuestionView) -> Iterator[str]:
    """Yield what an answer still needs."""
    if view.answered and view.needs:
        yield f"Still needs {needed(view.needs)}."


def guidance(view: QuestionView) -> Iterator[str]:
    """Yield the guidance in full, and how to fix what a check found."""
    asked = view.question
    rows = (
        ("Why", asked.guidance.why),
        ("Good", asked.guidance.good),
        ("Weak", asked.guidance.weak),
        ("Evidence", asked.evidence.hint),
        ("Role", asked.role),
        ("Sources", ", ".join((*asked.framework, *asked.sources))),
    )
    for label, text in rows:
        if text:
            yield f"{label}: {sentence(text)}"
    for finding in view.findings:
        if finding.coverage.not_checked:
            yield f"Check {finding.id} cannot see {sentence(finding.coverage.not_checked)}"
        for line in finding.remediation.splitlines():
            yield f"Fix for {finding.id}: {line}"


def overview(views: Sequence[QuestionView], dossier: Dossier) -> Iterator[str]:
    """Yield every question with its state, and what the gate would say."""
    progress = Progress.of(views)
    yield f"Overview. {counted(progress)} Blockers open: {progress.blockers_open}."
    for view in views:
        state = view.verdict.word if view.verdict else "chosen" if view.answered else "open"
        rest = f", needs {needed(view.needs)}" if view.answered and view.needs else ""
        rest += ", waived" * view.waived + f", for {view.question.role}" * (not view.mine)
        name = f"{view.question.id}, {view.question.severity}"
        yield f"Question {view.number}, {name}: {state}{rest}."
    yield f"If signed now: {dossier.verdict.words}."
    yield from (f"Because: {reason}." for reason in dossier.reasons)


def left(views: Sequence[QuestionView]) -> Iterator[str]:
    """Yield what a person has not finished, and the way on from there."""
    waiting = [view for view in views if view.mine and view.needs]
    for view in waiting:
        yield f"Left: {view.question.id} needs {needed(view.needs)}."
    go = "type its id to go there, " if waiting else ""
    yield f"Nothing else is open: {go}S to sign, o for the overview."


def prompt(view: QuestionView, *, spelled: bool) -> str:
    """Return the prompt of a question; `spelled` names every key one usually needs."""
    asked = view.question
    if asked.facet:
        return f"Choose {numbered(asked.answer.choices)}, s skip, g guidance, ? all keys"
    enter = "Enter accepts yes. " if acceptable(view) else ""
    if lacks_value(view) and not view.answered:
        enter = "Enter asks for the value. "
    if not spelled:
        return f"{enter}Answer {asked.id}, ? for keys"
    verdicts = ", ".join(
        f"{key} {verdict.word}" for key, verdict in VERDICTS.items() if may_be(asked, verdict)
    )
    return f"{enter}Answer {verdicts}, s skip, e evidence, c note, g guidance, ? all keys"


def saved(step: str, progress: Progress) -> str:
    """Return the line after every step."""
    return f"Saved: {step}. {counted(progress)}"


def counted(progress: Progress) -> str:
    """Return how far the review is."""
    return f"{progress.answered} of {progress.total} answered."


def target(asked: Question, typed: str) -> str:
    """Return whether a value meets its target, empty when there is none to compare."""
    met = meets_target(typed, asked.answer.target)
    verb = {True: "meets", False: "does not meet", None: ""}[met]
    return f"{typed} {verb} the target {asked.answer.target}." if verb else ""


def measure(asked: Question) -> str:
    """Return what a value is: its kind, its choices or its unit, and its target."""
    rule = asked.answer
    parts = (rule.type, numbered(rule.choices), rule.unit, rule.target and f"target {rule.target}")
    return ", ".join(part for part in parts if part)


def acceptable(view: QuestionView) -> bool:
    """Tell whether Enter accepts the suggestion."""
    return view.suggestion.acceptable and not view.answered


def takes_value(asked: Question) -> bool:
    """Tell whether a value belongs to the answer."""
    return asked.answer.type is not AnswerType.VERDICT


def lacks_value(view: QuestionView) -> bool:
    """Tell whether a value belongs beside the verdict and has not been given."""
    if view.question.facet or not takes_value(view.question):
        return False
    return not (view.answer and view.answer.value)


def needed(needs: Sequence[Need]) -> str:
    """Return what an answer still needs."""
    return " and ".join(NEEDED[need] for need in needs)


def numbered(choices: Sequence[str]) -> str:
    """Return choices with the digit of each."""
    return ", ".join(f"{number} {one}" for number, one in enumerate(choices, 1))


def value(given: str | tuple[str, ...]) -> str:
    """Return a value as one phrase."""
    whole = given if isinstance(given, str) else ", ".join(given)
    return one_line(whole, MAX_SPOKEN_CHARS)


def several(count: int, noun: str) -> str:
    """Return a count with its noun, `1 question` or `2 questions`."""
    return f"{count} {noun}{'s' * (count != 1)}"


def evidence(one: Evidence) -> str:
    """Return a reference as it is spoken, `train.py lines 8 to 12`."""
    if not one.lines:
        return one.ref
    first, _, last = one.lines.partition("-")
    return f"{one.ref} lines {first} to {last}" if last else f"{one.ref} line {first}"


def place(one: Place) -> str:
    """Return a place as it is spoken, `train.py line 8`."""
    cell = f" cell {one.cell}" if one.cell else ""
    return f"{one.path}{cell} line {one.line}" if one.line else f"{one.path}{cell}"


def sentence(text: str) -> str:
    """Return a text as one sentence of bearable length with its full stop."""
    line = one_line(text, MAX_SPOKEN_CHARS)
    return line if line.endswith((".", "?", "!")) else f"{line}."


def first_sentence(text: str) -> str:
    """Return the first sentence of a text."""
    return sentence(text.partition(". ")[0])


def _offers(view: QuestionView) -> Iterator[str]:
    offered = view.suggestion.places
    yield from places(offered[:PLACES_SHOWN])
    if len(offered) > PLACES_SHOWN:
        yield f"{several(len(offered) - PLACES_SHOWN, 'more place')}: e reads out all."


def _suggestion(view: QuestionView) -> Iterator[str]:
    offered = view.suggestion
    if offered.verdict is None or view.answered:
        return
    enter = "Enter does not accept it"
    if offered.acceptable:
        enter = "Enter accepts it" + (" with its evidence" if offered.places else "")
    yield f"Suggested: {offered.verdict.word}, {offered.reason}. {enter}."
