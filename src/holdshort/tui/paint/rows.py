"""Paints lists of questions and findings: one row each, the one in focus marked."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from holdshort.model.action import Action
from holdshort.model.checklist import Severity
from holdshort.model.finding import Finding
from holdshort.model.policy import ANY_ROLE
from holdshort.model.progress import QuestionView
from holdshort.model.review import Verdict
from holdshort.tui.paint import words
from holdshort.tui.text import cell, join, on_click, row, selected, spread, text

_ID_COLUMNS = 22
_COUNT_COLUMNS = 4
_KIND_COLUMNS = 9
_TITLE_COLUMNS = 30
_NARROW = 60
_SECTION_HEADS = ("yes", "no", "part", "n/a", "?", "todo")
_COUNTED = (
    Verdict.MET,
    Verdict.UNMET,
    Verdict.PARTLY,
    Verdict.NOT_APPLICABLE,
    Verdict.UNKNOWN,
)


def question_row(view: QuestionView, width: int, *, focused: bool) -> Content:
    """Return one question on one line."""
    blocker = view.question.severity is Severity.BLOCKER
    weight = text("B", "$hs-fail bold") if blocker else text(" ")
    state = _state(view)
    taken = len("> [x] B ") + _ID_COLUMNS + 1 + (state.cell_length + 1 if state else 0)
    room = max(width - taken, 1)
    line = join(
        (
            text(">" if focused else " ", "$hs-key bold"),
            words.glyph(view),
            weight,
            cell(text(view.question.id, "$hs-key"), _ID_COLUMNS),
            cell(text(view.question.text), room),
            state,
        ),
        " ",
    )
    return on_click(selected(line, width) if focused else line, f"pick({view.number})")


def _state(view: QuestionView) -> Content:
    if view.answered and view.needs:
        return text(f"needs {words.needed(view.needs[:1])}", "$hs-warn")
    if view.waived:
        return text("waived", "$hs-warn")
    if not view.mine:
        return text(f"for {view.question.role}", "$hs-muted")
    return text("skipped", "$hs-muted") if view.skipped else Content()


def section_head(width: int) -> Content:
    """Return the head of the table of sections."""
    heads = [text(one, "$hs-muted") for one in _SECTION_HEADS]
    return _section_line(text("Section", "$hs-muted"), heads, width)


def section_row(title: str, views: Sequence[QuestionView], width: int, *, focused: bool) -> Content:
    """Return one section with its counts."""
    counts = [sum(view.verdict is one for view in views) for one in _COUNTED]
    counts.append(sum(not view.answered for view in views))
    styles = [*(words.VERDICTS[one][4] for one in _COUNTED), "bold"]
    cells = [
        text(str(count), style if count else "$hs-muted")
        for count, style in zip(counts, styles, strict=True)
    ]
    line = _section_line(text(title, "bold" if focused else ""), cells, width)
    return selected(line, width) if focused else line


def _section_line(title: Content, cells: Sequence[Content], width: int) -> Content:
    if width < _NARROW:
        cells = (cells[0], cells[1], cells[-1])
    room = min(max(width - (_COUNT_COLUMNS + 2) * len(cells), 8), _TITLE_COLUMNS)
    right = [one.pad_left(max(_COUNT_COLUMNS - one.cell_length, 0)) for one in cells]
    return row((title, room), *((one, _COUNT_COLUMNS) for one in right))


def finding_row(finding: Finding, width: int, *, focused: bool, number: int) -> Content:
    """Return one check on one line."""
    room = max(width - len("> [pass] ") - _ID_COLUMNS - 2, 1)
    line = join(
        (
            text(">" if focused else " ", "$hs-key bold"),
            words.outcome(finding.outcome),
            cell(text(finding.id, "$hs-key"), _ID_COLUMNS + 1),
            cell(text(finding.shown), room),
        ),
        " ",
    )
    return on_click(selected(line, width) if focused else line, f"pick({number})")


def waiting_row(name: str, width: int, *, focused: bool, running: bool, number: int) -> Content:
    """Return a check that has not reported."""
    line = join(
        (
            text(">" if focused else " ", "$hs-key bold"),
            text("[ .. ]" if running else "[wait]", "$hs-muted"),
            cell(text(name, "$hs-muted"), _ID_COLUMNS + 1),
            text("running" if running else "not run", "$hs-muted"),
        ),
        " ",
    )
    return on_click(selected(line, width) if focused else line, f"pick({number})")


def action_row(action: Action, width: int, *, focused: bool, number: int) -> Content:
    """Return one thing to do on one line."""
    named = ", ".join(action.questions)
    owner = text(action.owner.replace("_", " ") if action.owner != ANY_ROLE else "", "$hs-muted")
    parts = (
        text(">" if focused else " ", "$hs-key bold"),
        cell(text(action.kind.value, "bold"), _KIND_COLUMNS),
        text(named, "$hs-key") or text(action.why),
    )
    line = spread(join(parts, " "), owner, width)
    return on_click(selected(line, width) if focused else line, f"pick({number})")
