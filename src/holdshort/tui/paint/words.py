"""Words, glyphs and colours of verdicts, outcomes, severities and needs: one place for all."""

from __future__ import annotations

from textual.content import Content

from holdshort.model.checklist import AnswerType, Question, Severity
from holdshort.model.finding import Outcome
from holdshort.model.progress import Need, QuestionView, may_be
from holdshort.model.review import Verdict
from holdshort.tui.text import text

VERDICTS = {
    Verdict.MET: ("y", "yes", "yes", "[x]", "$hs-pass"),
    Verdict.UNMET: ("n", "no", "no", "[!]", "$hs-fail"),
    Verdict.PARTLY: ("p", "partly", "partly", "[~]", "$hs-warn"),
    Verdict.NOT_APPLICABLE: ("x", "n/a", "not_applicable", "[-]", "$hs-muted"),
    Verdict.UNKNOWN: ("i", "cannot tell", "cannot_tell", "[?]", "$hs-warn"),
}
"""Key, word, action, glyph and colour of each verdict, in the order they are offered."""

_OUTCOMES = {
    Outcome.PASS: ("[pass]", "$hs-pass"),
    Outcome.WARN: ("[warn]", "$hs-warn"),
    Outcome.FAIL: ("[FAIL]", "$hs-fail"),
    Outcome.NOT_APPLICABLE: ("[n/a ]", "$hs-muted"),
    Outcome.UNKNOWN: ("[ ?  ]", "$hs-muted"),
}
_SEVERITIES = {
    Severity.BLOCKER: "$hs-fail bold",
    Severity.MAJOR: "$hs-text",
    Severity.MINOR: "$hs-muted",
}
_NEEDS = {
    Need.VERDICT: "an answer",
    Need.EVIDENCE: "evidence",
    Need.NOTE: "a note",
    Need.REASON: "a reason in the note",
    Need.VALUE: "a value",
    Need.AGAIN: "your answer again",
}


def outcome(value: Outcome) -> Content:
    """Return `[pass]` and its like."""
    glyph, style = _OUTCOMES[value]
    return text(glyph, style)


def outcome_style(value: Outcome) -> str:
    """Return the colour of an outcome."""
    return _OUTCOMES[value][1]


def severity(value: Severity) -> Content:
    """Return the severity, a blocker in capitals."""
    name = value.upper() if value is Severity.BLOCKER else value.value
    return text(name, _SEVERITIES[value])


def glyph(view: QuestionView) -> Content:
    """Return `[x]` and its like: what has been answered so far."""
    if view.verdict is None:
        return text("[x]", "$hs-pass") if view.answered else text("[ ]", "$hs-muted")
    _, _, _, sign, style = VERDICTS[view.verdict]
    return text(sign, style)


def needed(needs: tuple[Need, ...]) -> str:
    """Return what is still needed as a person reads it."""
    return " and ".join(_NEEDS[need] for need in needs)


def verdicts_of(question: Question) -> tuple[Verdict, ...]:
    """Return the verdicts a question takes; a scope facet takes none."""
    return () if question.facet else tuple(one for one in VERDICTS if may_be(question, one))


def takes_choice(question: Question) -> bool:
    """Tell whether digits choose a value."""
    return question.answer.type is AnswerType.CHOICE


def takes_value(question: Question) -> bool:
    """Tell whether a value belongs to the answer."""
    return question.answer.type is not AnswerType.VERDICT
