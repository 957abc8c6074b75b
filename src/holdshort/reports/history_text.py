"""The history of checks to lines of text: what stopped passing first, one line for each check.

A line holds the id, the first outcome, a bar from the oldest commit to the newest, the outcome now
and the commit that brought it. Its subject is cut to stay on the line, and has one of its own where
that is too narrow. A report on checks asked for by id tells every change, with what the check said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from holdshort.model.finding import Outcome
from holdshort.model.history import CheckHistory, History, Moment, Span, Stopped
from holdshort.model.text import columns, one_line, wrapped
from holdshort.reports.text import log_safe

BARS = {
    Outcome.PASS: ("\u2594", "^"),
    Outcome.WARN: ("\u2500", "-"),
    Outcome.FAIL: ("\u2581", "_"),
    Outcome.NOT_APPLICABLE: ("\u00b7", "."),
    Outcome.UNKNOWN: ("?", "?"),
}
"""How an outcome is drawn: in Unicode, and in ASCII."""

WORDS = {one: one.value for one in Outcome} | {Outcome.NOT_APPLICABLE: "n/a"}
WORST_FIRST = (
    Outcome.FAIL,
    Outcome.WARN,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
    Outcome.PASS,
)
GROUPS = (
    "stopped passing",
    "unknown now",
    "began to pass",
    "never passed",
    "always passed",
    "nothing on",
)
SHORTEST_SUBJECT = 12
"""Fewest columns of a subject that stay on the line. Source: our own choice; two words."""

PROBLEMS_SHOWN = 3
"""Most commits named that could not be looked at. Source: our own choice."""

_ID_CHARS = 7
_INDENT = " " * 6
_START = {Outcome.UNKNOWN: "?"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """How the text is laid out.

    Attributes:
        width: columns to fill.
        whole: tell every change of each check.
        ascii: draw with plain characters.
    """

    width: int = 80
    whole: bool = False
    ascii: bool = False

    @property
    def cells(self) -> int:
        """How long a bar is."""
        return min(self.width // 10, 16)


def history_lines(history: History, drawing: Drawing) -> Iterator[str]:
    """Yield the history of each check, and what was not looked at."""
    yield from map(log_safe, _lines(history, drawing))


def bar(check: CheckHistory, commits: int, cells: int) -> list[Outcome | None]:
    """Return an outcome for each equal part of a line, None where nothing is known.

    The ends are what the line begins and ends with; of any other part it is the worst.
    """
    cells = min(cells, commits)
    edges = [cell * commits // cells for cell in range(cells + 1)]
    drawn = [_worst(check.spans, first, end - 1) for first, end in pairwise(edges)]
    drawn[0], drawn[-1] = drawn[0] and check.spans[0].outcome, check.now.outcome
    return drawn


def _lines(history: History, drawing: Drawing) -> Iterator[str]:
    first, tip = history.first, history.tip
    noun = "commit" if history.commits == 1 else "commits"
    said = (
        f"Without running anything, {history.commits:,} {noun} from {_day(first)} to {_day(tip)},"
        f" by first parents up to {tip.commit[:10]}"
    )
    yield from wrapped(said, drawing.width)
    for name in GROUPS:
        checks = _in_group(history, name)
        if not checks:
            continue
        yield ""
        if name == GROUPS[-1] and not drawing.whole:
            said = ", ".join(one.id for one in checks)
            yield from wrapped(said, drawing.width, f"{name} ({len(checks)}): ", "  ")
            continue
        yield f"{name} ({len(checks)})"
        for one in checks:
            yield from _row(one, history, drawing)
            yield from _changes(one, drawing) if drawing.whole else ()
    yield ""
    drawn = (f"{BARS[one][drawing.ascii]} {WORDS[one]}" for one in Outcome)
    yield f"Each bar, oldest first: {'  '.join(drawn)}"
    for said in _limits(history):
        yield from wrapped(said, drawing.width, rest="  ")
    yield from wrapped(f"Next: {_next(history)}", drawing.width, rest="  ")


def _row(check: CheckHistory, history: History, drawing: Drawing) -> Iterator[str]:
    longest = max(len(one.id) for one in history.checks)
    cells = min(drawing.cells, history.commits)
    drawn = "".join(
        BARS[one][drawing.ascii] if one else " "
        for one in bar(check, history.commits, drawing.cells)
    )
    word = _START.get(check.spans[0].outcome, WORDS[check.spans[0].outcome])
    head = f"  {check.id:<{longest}}  {word:>4} {drawn:<{cells}} {WORDS[check.now.outcome]}"
    if len(check.spans) == 1:
        yield f"{head} from the start"
        return
    now, stopped = check.now, check.stopped_passing
    parts = _began(now)
    if stopped and stopped is not now:
        parts.append(f"passed until {stopped.first.commit[:_ID_CHARS]}")
    subject = "" if drawing.whole else now.first.subject
    yield from _flow(f"{head} {_since(now)}", parts, subject, drawing.width)


def _changes(check: CheckHistory, drawing: Drawing) -> Iterator[str]:
    for span in check.spans:
        said = f"    {WORDS[span.outcome]} {_since(span)}"
        yield from _flow(said, _began(span), span.first.subject, drawing.width)
        yield from wrapped(one_line(span.headline), drawing.width, _INDENT, _INDENT)


def _since(span: Span) -> str:
    return f"since {span.first.commit[:_ID_CHARS]}, {_day(span.first)}"


def _began(span: Span) -> list[str]:
    noun = "commit" if span.unseen_before == 1 else "commits"
    return [f"or one of the {span.unseen_before:,} {noun} before"] if span.unseen_before else []


def _flow(line: str, parts: Sequence[str], subject: str, width: int) -> Iterator[str]:
    """Yield a line with its parts, and what does not fit on lines of its own."""
    for part in parts:
        longer = f"{line}, {part}"
        if columns(longer) > width:
            yield line
            longer = _INDENT + part
        line = longer
    subject = one_line(subject)
    room = width - columns(line) - len(', ""')
    if not subject:
        yield line
    elif room >= min(SHORTEST_SUBJECT, columns(subject)):
        yield f'{line}, "{_cut(subject, room)}"'
    else:
        yield from (line, f'{_INDENT}"{_cut(subject, width - len(_INDENT) - 2)}"')


def _cut(text: str, room: int) -> str:
    if columns(text) <= room:
        return text
    while columns(text) > room - 3:
        text = text[:-1]
    return text.rstrip() + "..."


def _day(moment: Moment) -> str:
    return moment.at.date().isoformat()


def _in_group(history: History, name: str) -> list[CheckHistory]:
    """Return the checks of a group, the heavier outcome first."""
    found = [one for one in history.checks if _group(one) == name]
    return sorted(found, key=lambda one: WORST_FIRST.index(one.now.outcome))


def _group(check: CheckHistory) -> str:
    if check.now.outcome is Outcome.PASS:
        return "always passed" if len(check.spans) == 1 else "began to pass"
    if check.now.outcome is Outcome.UNKNOWN:
        return "unknown now"
    if check.stopped_passing:
        return "stopped passing"
    is_idle = {span.outcome for span in check.spans} == {Outcome.NOT_APPLICABLE}
    return "nothing on" if is_idle else "never passed"


def _worst(spans: Sequence[Span], first: int, last: int) -> Outcome | None:
    found = {span.outcome for span in spans if span.begins <= last and span.ends >= first}
    return next((one for one in WORST_FIRST if one in found), None)


def _limits(history: History) -> Iterator[str]:
    """Say what was looked at, and what may be unseen."""
    if history.is_exact:
        yield f"No commit is left out; {history.looked_at:,} of them had to be looked at."
    else:
        more = history.known - history.looked_at
        also = f", which tells the same of {more:,} more" if more > 0 else ""
        yield (
            f"Looked at {history.looked_at:,} of {history.commits:,} commits{also}: a change that"
            " came and went between two that agree may be unseen."
        )
    if history.stopped is Stopped.INTERRUPTED:
        yield "Interrupted. What was found is kept: the same command goes on from here."
    if history.stopped is Stopped.LIMIT:
        yield "Not every change is narrowed down to one commit: raise --max-commits."
    if history.is_shallow:
        yield (
            f"This clone holds nothing before {history.first.commit[:_ID_CHARS]}; what is older:"
            " git fetch --unshallow"
        )
    if history.problems:
        shown = "; ".join(
            f"{at.commit[:_ID_CHARS]}: {one_line(why)}"
            for at, why in history.problems[:PROBLEMS_SHOWN]
        )
        more = len(history.problems) - PROBLEMS_SHOWN
        rest = f"; and {more} more" if more > 0 else ""
        noun = "commit" if len(history.problems) == 1 else "commits"
        yield f"Could not look at all of {len(history.problems)} {noun}: {shown}{rest}"


def _next(history: History) -> str:
    """Return the command that takes a person on from here."""
    for check, span in ((one, one.stopped_passing) for one in _in_group(history, GROUPS[0])):
        if span:
            return f"holdshort check {check.id} --commit {span.first.commit[:_ID_CHARS]}"
    return "holdshort check"
