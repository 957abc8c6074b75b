"""Paints the first screen: what the repository already proves, and the reviews begun here.

The groups and words are those of `holdshort check`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from textual.content import Content

from holdshort.model import exceptions
from holdshort.model.checklist import Checklist, Question
from holdshort.model.finding import Finding, Level, Outcome
from holdshort.model.suggestion import related
from holdshort.tui.paint import words
from holdshort.tui.text import (
    EMPTY,
    fit,
    flowing,
    join,
    labelled,
    on_click,
    selected,
    spread,
    stack,
    text,
    wrapped,
)

_INDENT = 27
_MAX_LINES = 2
_GROUPS = (
    ("contradicts", (Outcome.FAIL,)),
    ("cannot say", (Outcome.WARN, Outcome.UNKNOWN)),
    ("proves", (Outcome.PASS,)),
)
_LEVELS = {Outcome.PASS: Level.PASS, Outcome.FAIL: Level.FAIL, Outcome.WARN: Level.WARN}
_SPEAKS = frozenset({Outcome.PASS, Outcome.FAIL, Outcome.WARN})


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """One review begun and not yet signed.

    Attributes:
        saved_at: local time.
    """

    name: str
    reviewer: str
    profile: str
    answered: int
    total: int
    saved_at: datetime


def drafts(rows: Sequence[DraftRow], focus: int, today: datetime, width: int) -> Content:
    """Return the reviews begun here, the one in focus marked."""
    lines = [text("Begun here", "$hs-muted")]
    for number, row in enumerate(rows):
        at = number == focus
        parts = (
            text(">" if at else " ", "$hs-key bold"),
            text(row.name, "bold"),
            text(row.profile, "$hs-muted"),
            text(f"{row.answered}/{row.total}"),
            text(f"{row.reviewer}, saved {_when(row.saved_at, today)}", "$hs-muted"),
        )
        line = join(parts)
        shown = selected(line, width) if at else fit(line, width)
        lines.append(on_click(shown, f"pick({number})"))
    at = focus == len(rows)
    new = join((text(">" if at else " ", "$hs-key bold"), text("another review, named below")))
    lines.append(on_click(selected(new, width) if at else new, f"pick({len(rows)})"))
    return stack(lines)


def proof(
    findings: Mapping[str, Finding],
    ids: Sequence[str],
    *,
    running: bool,
    width: int,
    notes: Sequence[str] = (),
) -> Content:
    """Return what the checks say so far, what speaks against a release first.

    `notes` say what is wrong with exceptions.
    """
    lines = [text("Without running anything, this repository", "bold")]
    arrived = [findings[one] for one in ids if one in findings]
    for name, outcomes in _GROUPS:
        rows = [one for one in arrived if one.outcome in outcomes]
        lines += _group(name, rows, width)
    idle = [one.id for one in arrived if one.outcome is Outcome.NOT_APPLICABLE]
    if idle:
        lines += [EMPTY, text("nothing on", "$hs-muted")]
        said = text(", ".join(idle), "$hs-muted")
        lines += labelled(EMPTY, said, width, indent=2, limit=2)
    if named := [*notes, *exceptions.idle(arrived)]:
        lines += [EMPTY, text("exceptions", "$hs-warn")]
        lines += (line for one in named for line in wrapped(text(one), width, 3))
    if waiting := len(ids) - len(arrived):
        state = "still looking" if running else "not looked at"
        lines += [EMPTY, text(f"{waiting} checks {state}", "$hs-muted")]
    return stack(lines)


def _group(name: str, rows: Sequence[Finding], width: int) -> Iterator[Content]:
    if rows:
        yield EMPTY
        yield text(name, words.outcome_style(rows[0].outcome))
    for finding in rows:
        label = Content("  ") + text(finding.id, "$hs-key")
        said = text(finding.shown)
        yield from labelled(label, said, width, indent=_INDENT, limit=_MAX_LINES)
        yield from _places(finding, width)


def _places(finding: Finding, width: int) -> Iterator[Content]:
    """Yield where it stands: the places of a pass side by side, the first one against it."""
    level = _LEVELS.get(finding.said)
    standing = (one for one in finding.evidence if one.level is level)
    found = [one for one in standing if one.excepted or one.where not in finding.headline]
    if finding.outcome is Outcome.PASS and found:
        parts = [text(one.where, "$hs-muted") for one in found]
        yield from flowing(EMPTY, parts, width, indent=_INDENT, limit=1)
    elif found:
        where = join((text(found[0].where, "$hs-muted"), text(found[0].said, "$hs-muted")))
        lines = 3 if found[0].excepted else 1
        yield from labelled(EMPTY, where, width, indent=_INDENT, limit=lines)


def wanted(model: str, release: str, width: int) -> Content:
    """Return what would be reviewed."""
    named = join(
        (
            text("Release", "$hs-muted"),
            text(release or "unnamed", "bold"),
            text("  model", "$hs-muted"),
            text(model, "bold"),
        ),
        " ",
    )
    return spread(
        named,
        on_click(join((text("m", "$hs-key bold"), text("change", "$hs-muted")), " "), "rename"),
        width,
    )


def effort(
    checklist: Checklist, profile: str, findings: Mapping[str, Finding], width: int
) -> Content:
    """Return how many questions, how many with something above, and the minutes they take."""
    questions = checklist.questions(profile, {})
    beside = sum(_spoken_of(one, findings) for one in questions)
    minutes = round(sum(one.minutes for one in questions))
    name = profile.capitalize()
    said = f"{len(questions)} questions, {beside} with a finding beside them, about {minutes} min"
    return fit(join((text(f"{name} review:", "bold"), text(said)), " "), width)


def _spoken_of(question: Question, findings: Mapping[str, Finding]) -> bool:
    return any(one.outcome in _SPEAKS for one in related(question, findings))


def _when(moment: datetime, today: datetime) -> str:
    if moment.date() == today.date():
        return f"today {moment:%H:%M}"
    return f"{moment:%Y-%m-%d}"
