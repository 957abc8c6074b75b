"""Findings as GitHub-flavoured Markdown that fits one comment: what contradicts stands open.

Each group folds. A row that has no room is left out whole, never cut, and counted; the groups that
weigh most have their room first. Foreign text is escaped as everywhere in `reports.markdown`.

Source: GitHub refuses the body of a comment beyond 65,536 characters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from holdshort.errors import ExitCode
from holdshort.model.exceptions import idle
from holdshort.model.finding import Finding, Level, Outcome
from holdshort.model.relation import Beside
from holdshort.reports.findings_text import (
    GROUPS,
    MEANING,
    counted,
    grouped,
    qualified,
    remedy,
)
from holdshort.reports.markdown import escaped

MAX_BYTES = 65_536
"""Counted in UTF-8, where no character takes less than one byte, so that either count fits."""

PLACES_SHOWN = 3
PASTED_SHOWN = 7
MAX_LINE_CHARS = 300

_FRAME_BYTES = 300
"""Kept free for the title and end of each group, and for what is left out of it."""

_TABLE = "| check | found | where | to do |\n|---|---|---|---|\n"


def findings_markdown(
    findings: Sequence[Finding],
    code: ExitCode,
    beside: Mapping[str, Sequence[Beside]],
    *,
    state: str,
    notes: Sequence[str] = (),
    max_bytes: int = MAX_BYTES,
) -> str:
    """Return the findings as one comment; `state` names what was read."""
    said = (
        f"Read without running anything: {escaped(state)}. Exit code {int(code)}: {MEANING[code]}."
    )
    parts = [f"## Auto-checks: {counted(findings)}\n\n{said}\n"]
    room = max_bytes - _size(parts[0]) - _FRAME_BYTES * (len(GROUPS) + 1)
    named = [f"- {escaped(one)}\n" for one in (*notes, *idle(findings))]
    fitting = list(_fitting(named, room // 4))
    room -= sum(map(_size, fitting))
    for name, rows in grouped(findings):
        is_idle = rows[0].outcome is Outcome.NOT_APPLICABLE
        lines = [f"`{one.id}`, " if is_idle else _row(one, beside) for one in rows]
        kept = list(_fitting(lines, room))
        room -= sum(map(_size, kept))
        body = "".join(kept).rstrip(", \n")
        parts.append(_group(f"{name} ({len(rows)})", body, len(lines) - len(kept), idle=is_idle))
    if named:
        body, left_out = "".join(fitting).rstrip(), len(named) - len(fitting)
        parts.append(_group(f"exceptions ({len(named)})", body, left_out, idle=True))
    return "\n".join(parts)


def _group(title: str, body: str, left_out: int, *, idle: bool) -> str:
    state = " open" if title.startswith(GROUPS[0][0]) else ""
    said = f"\n\n{left_out} more have no room here: `holdshort check` shows them." * bool(left_out)
    table = "" if idle else _TABLE
    return f"<details{state}>\n<summary>{title}</summary>\n\n{table}{body}{said}\n\n</details>\n"


def _fitting(lines: Sequence[str], room: int) -> Iterator[str]:
    """Yield the first lines that fit; the one that does not ends it, so that order is kept."""
    for line in lines:
        room -= _size(line)
        if room < 0:
            return
        yield line


def _row(finding: Finding, beside: Mapping[str, Sequence[Beside]]) -> str:
    questions = [escaped(one.words) for one in beside.get(finding.id, ())]
    names = "<br>".join(
        [f"`{finding.id}` {qualified(finding)}".rstrip(), *(f"→ {one}" for one in questions)]
    )
    prose, pasted = remedy(finding)
    lines = (prose, *pasted[:PASTED_SHOWN])
    to_do = "<br>".join(escaped(line, MAX_LINE_CHARS) for line in lines if line)
    return f"| {names} | {_found(finding)} | {_where(finding)} | {to_do} |\n"


def _found(finding: Finding) -> str:
    coverage, parts = finding.coverage, [escaped(finding.headline)]
    if coverage.errors:
        parts.append(f"Not read: {escaped('; '.join(coverage.errors), 200)}")
    if finding.outcome in {Outcome.PASS, Outcome.WARN} and coverage.not_checked:
        parts.append(f"Not checked: {escaped(coverage.not_checked)}")
    return "<br>".join(parts)


def _where(finding: Finding) -> str:
    against = [one for one in finding.evidence if one.level in {Level.FAIL, Level.WARN}]
    found = against or [one for one in finding.evidence if one.level is Level.PASS]
    shown = [
        f"{escaped(one.where, MAX_LINE_CHARS)}: {escaped(one.said, MAX_LINE_CHARS)}"
        for one in found[:PLACES_SHOWN]
    ]
    more = len(found) - len(shown)
    if finding.excepted:
        shown.insert(0, escaped(finding.excepted.words, MAX_LINE_CHARS))
    return "<br>".join([*shown, *([f"and {more} more"] if more else [])])


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
