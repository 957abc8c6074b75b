"""Paints what stands left and right of the question in a wide window: sections and checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from textual.content import Content

from holdshort.model.finding import Finding, Place
from holdshort.model.progress import QuestionView
from holdshort.tui.paint import words
from holdshort.tui.text import EMPTY, cell, fit, labelled, on_click, selected, stack, text, window

PLACES = 3
"""Places shown with their code. Source: our own choice, to fit a column of 40 rows."""

_AROUND = 1
"""Lines of code before and after a place."""


def sections(
    views: Sequence[QuestionView], current: QuestionView, width: int, height: int
) -> Content:
    """Return every section with its count, the current one with its questions."""
    lines: list[Content] = []
    focus = 0
    for title in dict.fromkeys(view.section for view in views):
        inside = [view for view in views if view.section == title]
        lines.append(_section(title, inside, width, current=title == current.section))
        if title != current.section:
            continue
        for view in inside:
            if view is current:
                focus = len(lines)
            lines.append(_question(view, width, current=view is current))
    return stack(window(lines, focus, height))


def _section(title: str, inside: Sequence[QuestionView], width: int, *, current: bool) -> Content:
    answered = sum(view.answered for view in inside)
    count = text(
        f" {answered}/{len(inside)}", "$hs-pass" if answered == len(inside) else "$hs-muted"
    )
    name = cell(text(title, "bold" if current else ""), max(width - count.cell_length, 1))
    return on_click(name + count, f"pick({inside[0].number})")


def _question(view: QuestionView, width: int, *, current: bool) -> Content:
    name = text(view.question.id, "$hs-key" if current else "$hs-muted")
    line = Content(" ") + words.glyph(view) + Content(" ") + name
    shown = selected(line, width) if current else fit(line, width)
    return on_click(shown, f"pick({view.number})")


def checks(
    view: QuestionView,
    code: Mapping[str, Sequence[str]],
    width: int,
    *,
    running: bool,
) -> Content:
    """Return what the checks beside a question say, with the code of their first places.

    Args:
        view: the question.
        code: the lines of the files read so far, by path.
        width: columns to fill.
        running: whether missing findings are on their way.
    """
    lines: list[Content] = []
    for finding in view.findings:
        lines += [*_check(finding, code, width), EMPTY]
    for name in view.pending:
        lines.append(
            fit(text(f"[ .. ] {name} {'running' if running else 'not run'}", "$hs-muted"), width)
        )
    if not lines:
        lines = [text("No check stands beside this.", "$hs-muted")]
    return stack(lines)


def _check(finding: Finding, code: Mapping[str, Sequence[str]], width: int) -> Iterator[Content]:
    glyph = words.outcome(finding.outcome)
    yield fit(glyph + Content(" ") + text(finding.id, "$hs-key"), width)
    yield from labelled(EMPTY, text(finding.shown), width, indent=2, limit=4)
    for place in finding.evidence[:PLACES]:
        yield fit(text(f"  {place.where}", "$hs-muted"), width)
        lines = () if place.cell else code.get(place.path, ())
        yield from _excerpt(place, lines, width)
        if place.excepted:
            said = text(place.excepted.words, "$hs-warn")
            yield from labelled(EMPTY, said, width, indent=4, limit=3)


def _excerpt(place: Place, lines: Sequence[str], width: int) -> Iterator[Content]:
    if not lines or not 1 <= place.line <= len(lines):
        yield from labelled(EMPTY, text(place.why, "$hs-muted"), width, indent=4, limit=2)
        return
    around = range(max(place.line - _AROUND, 1), min(place.line + _AROUND, len(lines)) + 1)
    for number in around:
        if number != place.line and not lines[number - 1].strip():
            continue
        here = number == place.line
        mark = text(f" {'>' if here else ' '}{number:>4} ", "$hs-key" if here else "$hs-muted")
        source = text(lines[number - 1].replace("\t", "    "), "" if here else "$hs-muted")
        yield fit(mark + source, width)
