"""Paints one question: what it asks, what is known about it, and the answer so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content

from holdshort.model.checklist import AnswerType, EvidenceNeed, Question
from holdshort.model.progress import Need, Progress, QuestionView, meets_target
from holdshort.model.review import Review, Verdict
from holdshort.tui.paint import words
from holdshort.tui.text import (
    EMPTY,
    THICK,
    THIN,
    block,
    cell,
    fit,
    flowing,
    join,
    labelled,
    on_click,
    spread,
    stack,
    text,
    wrapped,
)

INDENT = 10
"""Columns of the label before each paragraph."""

ROOMY_COLUMNS = 64
READING_COLUMNS = 96
"""Widest line of text. Source: our own choice; longer lines lose the eye on the way back."""


def heading(
    review: Review, view: QuestionView, progress: Progress, facts: Sequence[str]
) -> Content:
    """Return the first line: what is reviewed, where we are, then `facts`."""
    where = f"{view.number}/{progress.total}" if view.mine else f"for {view.question.role}"
    parts = [
        join((text(review.model, "bold"), text(review.release, "bold")), " "),
        text(where),
        text(f"answered {progress.answered}", "$hs-muted"),
        text(
            f"blockers {progress.blockers_open}",
            "$hs-fail" if progress.blockers_open else "$hs-muted",
        ),
        *(text(fact, "$hs-muted") for fact in facts),
    ]
    return join(parts, "   ")


def rule(done: int, total: int, width: int) -> Content:
    """Return the line under the heading: as far as it is bright, the review has come."""
    share = done / total if total else 0.0
    label = f" {share:.0%} "
    room = max(width - len(label), 0)
    bright = round(room * share)
    return Content.assemble(
        (THICK * bright, "$hs-key"), (THIN * (room - bright), "$hs-rule"), (label, "$hs-muted")
    )


def reading(view: QuestionView, width: int, *, limit: int, more: bool) -> Content:
    """Return what is asked and why.

    Args:
        view: the question.
        width: columns to fill.
        limit: lines for each part of the guidance, 0 for all of it.
        more: also sources and what would be good evidence.
    """
    width = min(width, READING_COLUMNS)
    lines = [_about(view, width), *wrapped(text(view.question.text, "bold"), width), EMPTY]
    lines += _guidance(view.question, width, limit)
    return stack([*lines, *_more_guidance(view.question, width)] if more else lines)


def reading_small(view: QuestionView, width: int) -> Content:
    """Return what is asked, for a window that has room for little else."""
    return stack([*wrapped(text(view.question.text, "bold"), width), _about(view, width)])


def _about(view: QuestionView, width: int) -> Content:
    question = view.question
    about = [words.severity(question.severity), text(question.role.replace("_", " "), "$hs-muted")]
    if view.stale:
        about.append(text("changed since you answered", "$hs-warn"))
    if view.waived:
        about.append(text("waived", "$hs-warn"))
    if view.skipped:
        about.append(text("skipped", "$hs-muted"))
    name, right = text(question.id, "$hs-key"), join(about)
    named = join((name, text(view.section, "$hs-muted")))
    fits = named.cell_length + right.cell_length + 2 <= width
    return spread(named if fits else name, right, width)


def _guidance(question: Question, width: int, limit: int) -> Iterator[Content]:
    for label, words_ in (
        ("Why", question.guidance.why),
        ("Good", question.guidance.good),
        ("Weak", question.guidance.weak),
    ):
        if words_:
            yield from labelled(_label(label), text(words_), width, indent=INDENT, limit=limit)


def _more_guidance(question: Question, width: int) -> Iterator[Content]:
    rows = (
        ("Evidence", question.evidence.hint),
        ("See", ", ".join(question.framework)),
        ("Sources", ", ".join(question.sources)),
    )
    for label, said in rows:
        if said:
            yield from labelled(_label(label), text(said, "$hs-muted"), width, indent=INDENT)


def checks(view: QuestionView, width: int, *, running: bool) -> Content:
    """Return one paragraph for each check beside the question."""
    width = min(width, READING_COLUMNS)
    lines: list[Content] = []
    for finding in view.findings:
        body = join((words.outcome(finding.outcome), text(finding.shown)), " ")
        label = _label("Checks") if not lines else EMPTY
        lines += labelled(label, body, width, indent=INDENT, limit=2)
    if view.pending:
        state = "running" if running else "not run"
        body = text(f"[ .. ] {', '.join(view.pending)} {state}", "$hs-muted")
        lines += labelled(
            _label("Checks") if not lines else EMPTY, body, width, indent=INDENT, limit=1
        )
    return stack(lines)


def ballot(view: QuestionView, width: int) -> Content:
    """Return the answer so far and what can be pressed."""
    width = min(width, READING_COLUMNS)
    lines = [*_suggestion(view, width), *_value(view, width), *_answer(view, width)]
    if not view.question.facet:
        lines += [*_evidence(view, width), *_note(view, width)]
    return stack(lines)


def ballot_small(view: QuestionView, width: int) -> Content:
    """Return the answer so far in as few rows as can be."""
    lines = [*_value(view, width)]
    if not view.question.facet:
        buttons = [_small_button(view, one) for one in words.verdicts_of(view.question)]
        lines += flowing(EMPTY, buttons, width, indent=0)
        lines += flowing(EMPTY, _evidence_parts(view), width, indent=0, limit=1)
    return stack(lines)


def _small_button(view: QuestionView, verdict: Verdict) -> Content:
    key, word, action, _, style = words.VERDICTS[verdict]
    said = "?" if verdict is Verdict.UNKNOWN else word
    if view.verdict is verdict:
        return on_click(text(f"({key} {said})", f"{style} bold"), action)
    return on_click(join((text(key, "$hs-key bold"), text(said)), " "), action)


def choices(question: Question) -> tuple[str, ...]:
    """Return the values that digits choose."""
    return question.answer.choices[:9] if words.takes_choice(question) else ()


def target_line(question: Question, value: str) -> Content:
    """Return what a value is measured in and whether it meets its target."""
    rule_, parts = question.answer, []
    if rule_.unit:
        parts.append(text(rule_.unit, "$hs-muted"))
    if rule_.target:
        met = meets_target(value, rule_.target)
        said = {True: "meets", False: "does not meet", None: "target"}[met]
        style = {True: "$hs-pass", False: "$hs-fail", None: "$hs-muted"}[met]
        parts.append(text(f"{said} {rule_.target}", style))
    return join(parts)


def _suggestion(view: QuestionView, width: int) -> Iterator[Content]:
    offered = view.suggestion
    if offered.verdict is None:
        return
    style = words.VERDICTS[offered.verdict][4]
    body = join((text(offered.verdict.word, style), text(offered.reason, "$hs-muted")))
    if offered.acceptable and not view.answered:
        enter = on_click(join((text("Enter", "$hs-key bold"), text("accepts")), " "), "accept")
    else:
        said = "" if view.answered or width < ROOMY_COLUMNS else "Enter does not accept"
        enter = text(said, "$hs-muted")
    yield cell(_label("Suggest"), INDENT) + spread(body, enter, width - INDENT)


def _answer(view: QuestionView, width: int) -> Iterator[Content]:
    if view.question.facet:
        return
    buttons = [_button(view, one) for one in words.verdicts_of(view.question)]
    yield from flowing(_label("Answer"), buttons, width, indent=INDENT)


def _button(view: QuestionView, verdict: Verdict) -> Content:
    key, word, action, _, style = words.VERDICTS[verdict]
    if view.verdict is verdict:
        return on_click(text(f"(o) {key} {word}", f"{style} bold"), action)
    rest = "$hs-muted" if view.verdict else "$hs-text"
    parts = (text("( )", "$hs-muted"), text(key, "$hs-key bold"), text(word, rest))
    return on_click(join(parts, " "), action)


def _value(view: QuestionView, width: int) -> Iterator[Content]:
    question = view.question
    if not words.takes_value(question):
        return
    value = view.answer.value if view.answer else ""
    if offered := choices(question):
        parts = [_choice(number, one, value) for number, one in enumerate(offered, 1)]
        label = "Answer" if question.facet else "Value"
        yield from flowing(_label(label), parts, width, indent=INDENT)
        return
    if question.answer.type is AnswerType.LIST:
        shown = text(", ".join(value) if not isinstance(value, str) else value)
        body = shown or text("none yet, y opens the list", "$hs-muted")
    else:
        shown = text(str(value), "bold") if value else text("none yet, y asks for it", "$hs-muted")
        body = join((shown, target_line(question, str(value))))
    yield from labelled(_label("Value"), body, width, indent=INDENT, limit=2)


def _choice(number: int, name: str, chosen: object) -> Content:
    action = f"number('{number}')"
    if name == chosen:
        return on_click(text(f"(o) {number} {name}", "$hs-pass bold"), action)
    parts = (text("( )", "$hs-muted"), text(str(number), "$hs-key bold"), text(name))
    return on_click(join(parts, " "), action)


def _evidence(view: QuestionView, width: int) -> Iterator[Content]:
    yield from flowing(_label("Evidence"), _evidence_parts(view), width, indent=INDENT, limit=3)


def _evidence_parts(view: QuestionView) -> list[Content]:
    attached = view.answer.evidence if view.answer else ()
    missing = view.question.evidence.need is EvidenceNeed.REQUIRED and not attached
    parts = [text(one.where) for one in attached]
    if missing:
        style = "$hs-warn" if Need.EVIDENCE in view.needs else "$hs-muted"
        parts.append(text("needed for a yes", style))
    have = {one.where for one in attached}
    if not words.takes_choice(view.question):
        for number, place in enumerate(view.suggestion.places, 1):
            if place.where not in have:
                key = text(str(number), "$hs-key bold")
                offer = join((key, text(place.where, "$hs-muted")), " ")
                parts.append(on_click(offer, f"number('{number}')"))
    return parts or [text("none", "$hs-muted")]


def _note(view: QuestionView, width: int) -> Iterator[Content]:
    note = view.answer.note if view.answer else ""
    wanted = {Need.NOTE, Need.REASON} & set(view.needs)
    body = block(note) if note else text("c writes one" if wanted else "-", "$hs-muted")
    yield from labelled(_label("Note"), body, width, indent=INDENT, limit=2)


def _label(word: str) -> Content:
    return fit(text(word, "$hs-muted"), INDENT)
