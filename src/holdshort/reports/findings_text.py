"""Findings to lines of text for a terminal or a log: what contradicts first, what is idle last.

Nothing is cut and no word is broken: lines are wrapped at the width given, and a path that is
longer stays whole. Of each finding some places are shown; a report on checks that were asked for
by id shows all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from holdshort.errors import ExitCode
from holdshort.model.exceptions import idle
from holdshort.model.finding import Confidence, Finding, Level, Outcome
from holdshort.model.relation import Beside
from holdshort.model.text import one_line, visible, wrapped
from holdshort.reports.text import log_safe

PLACES_SHOWN = 3
"""Most places of a finding in the overview. Source: our own choice, to fit a screen."""

PASTED_SHOWN = 1
"""Most lines to paste in the overview."""

GROUPS = (
    ("contradicts", (Outcome.FAIL,)),
    ("cannot say", (Outcome.WARN, Outcome.UNKNOWN)),
    ("proves", (Outcome.PASS,)),
    ("nothing on", (Outcome.NOT_APPLICABLE,)),
)
"""What the repository says of a statement, in the order a person wants to know."""


MEANING = {
    ExitCode.DONE: "nothing fails",
    ExitCode.GATE_SAYS_NO: "a check fails",
    ExitCode.UNDETERMINED: "a check asked for by id is unknown",
}
"""What the exit codes of `check` say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the text is laid out.

    Attributes:
        width: columns to fill.
        whole: show every place and the whole remedy.
        arrow: stands before the questions a check is beside.
        beside: those questions, by check id.
    """

    width: int = 80
    whole: bool = False
    arrow: str = "->"
    beside: Mapping[str, Sequence[Beside]] = field(default_factory=dict)


def finding_lines(findings: Sequence[Finding], layout: Layout, *, state: str) -> Iterator[str]:
    """Yield the findings, grouped by what the repository says; `state` names what was read."""
    yield from map(log_safe, _lines(findings, layout, state))


def closing_lines(findings: Sequence[Finding], code: ExitCode, layout: Layout) -> Iterator[str]:
    """Yield the counts, what the exit code says, and what to type next."""
    noun = "check" if len(findings) == 1 else "checks"
    yield ""
    yield from wrapped(f"{len(findings)} {noun}: {counted(findings)}", layout.width, rest="  ")
    said = f"Exit code {int(code)}: {MEANING[code]}. Next: {_next(findings, code, layout)}"
    yield from wrapped(said, layout.width, rest="  ")


def exception_lines(
    findings: Sequence[Finding], notes: Sequence[str], layout: Layout
) -> Iterator[str]:
    """Yield the exceptions that cover nothing, and what is wrong with their file."""
    said = [*notes, *idle(findings)]
    if said:
        yield from ("", f"exceptions ({len(said)})")
    for one in said:
        yield from map(log_safe, wrapped(one_line(one), layout.width, "  - ", "    "))


def grouped(findings: Sequence[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    """Yield each group that is not empty; within one, the heavier outcome comes first."""
    for name, outcomes in GROUPS:
        rows = [one for outcome in outcomes for one in findings if one.outcome is outcome]
        if rows:
            yield name, rows


def counted(findings: Sequence[Finding]) -> str:
    """Return how many findings each group has."""
    return ", ".join(f"{len(rows)} {_verb(name, rows)}" for name, rows in grouped(findings))


def qualified(finding: Finding) -> str:
    """Return what its group does not say of a finding, in parentheses: `(warn, likely)`."""
    said = [str(finding.outcome)] if finding.outcome in {Outcome.WARN, Outcome.UNKNOWN} else []
    if finding.proved:
        said = [f"{finding.proved}s, but excepted until {finding.excepted_until}"]
    said += [str(finding.confidence)] if finding.confidence is not Confidence.CERTAIN else []
    return f"({', '.join(said)})" if said else ""


def _lines(findings: Sequence[Finding], layout: Layout, state: str) -> Iterator[str]:
    yield from wrapped(f"Without running anything, {state}", layout.width)
    for name, rows in grouped(findings):
        yield ""
        if rows[0].outcome is Outcome.NOT_APPLICABLE and not layout.whole:
            said = ", ".join(one.id for one in rows)
            yield from wrapped(said, layout.width, f"{name} ({len(rows)}): ", "  ")
            continue
        yield f"{name} ({len(rows)})"
        for one in rows:
            yield from _head(one, layout)
            yield from _body(one, layout)


def _head(finding: Finding, layout: Layout) -> Iterator[str]:
    beside = ", ".join(one.words for one in layout.beside.get(finding.id, ()))
    parts = (finding.id, qualified(finding), layout.arrow * bool(beside), beside)
    yield from wrapped(" ".join(filter(None, parts)), layout.width, "  ", "      ")


def _body(finding: Finding, layout: Layout) -> Iterator[str]:
    yield from wrapped(one_line(finding.headline), layout.width, "    ", "    ")
    if finding.excepted:
        said = one_line(finding.excepted.words)
        yield from wrapped(said, layout.width, "    - ", "      ")
    yield from _places(finding, layout)
    errors = finding.coverage.errors
    for error in errors if layout.whole else errors[:PLACES_SHOWN]:
        yield from wrapped(f"not read: {one_line(error)}", layout.width, "    ", "      ")
    if len(errors) > PLACES_SHOWN and not layout.whole:
        yield f"    not read: {len(errors) - PLACES_SHOWN} more"
    if finding.outcome in {Outcome.PASS, Outcome.WARN} and finding.coverage.not_checked:
        said = f"not checked: {one_line(finding.coverage.not_checked)}"
        yield from wrapped(said, layout.width, "    ", "      ")
    yield from _remedy(finding, layout)


def _remedy(finding: Finding, layout: Layout) -> Iterator[str]:
    prose, pasted = remedy(finding)
    if prose:
        yield from wrapped(prose, layout.width, "    to do: ", "      ")
    for line in pasted if layout.whole else pasted[:PASTED_SHOWN]:
        yield f"      {visible(line)}"


def remedy(finding: Finding) -> tuple[str, list[str]]:
    """Return what to do as one line of prose, and the lines to paste, as they are.

    Prose ends with its first line that ends in a colon; without a colon all of it is prose.
    """
    lines = finding.remediation.splitlines()
    ends = [at for at, line in enumerate(lines, 1) if line.rstrip().endswith(":")]
    end = ends[0] if ends else len(lines)
    return one_line(" ".join(lines[:end])), [line.rstrip() for line in lines[end:]]


def _places(finding: Finding, layout: Layout) -> Iterator[str]:
    against = [p for p in finding.evidence if p.level in {Level.FAIL, Level.WARN}]
    passing = [p for p in finding.evidence if p.level is Level.PASS]
    found = list(finding.evidence) if layout.whole else against or passing
    shown = found if layout.whole else found[:PLACES_SHOWN]
    more = len(found) - len(shown)
    if not against and not layout.whole and found:
        said = ", ".join(one_line(one.where) for one in shown) + f" and {more} more" * bool(more)
        yield from wrapped(said, layout.width, "    at ", "      ")
        return
    for one in shown:
        said = f"{one_line(one.where)}: {one_line(one.said)}"
        yield from wrapped(said, layout.width, "    - ", "      ")
    if more:
        yield f"    - and {more} more"


def _verb(name: str, rows: Sequence[Finding]) -> str:
    return name if len(rows) == 1 else _PLURAL.get(name, name)


_PLURAL = {"contradicts": "contradict", "proves": "prove"}


def _next(findings: Sequence[Finding], code: ExitCode, layout: Layout) -> str:
    """Return the command that takes a person on from here."""
    wanted = Outcome.UNKNOWN if code is ExitCode.UNDETERMINED else Outcome.FAIL
    first = next((one.id for one in findings if one.outcome is wanted), "")
    if not first:
        return "holdshort review"
    return f"holdshort {'explain' if layout.whole else 'check'} {first}"
