"""The findings of `holdshort check`, printed in the form asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import click

from holdshort.checks.base import RepoView
from holdshort.cli.checks import described_here, relations_in
from holdshort.cli.console import Console, arrow, columns, say, talk
from holdshort.errors import ExitCode
from holdshort.model.finding import Finding
from holdshort.model.relation import Beside


@dataclass(frozen=True, slots=True)
class Report:
    """What is shown.

    Attributes:
        state: names what was read.
        notes: what is wrong with the file of exceptions.
        asked: the checks were named one by one.
    """

    findings: Sequence[Finding]
    view: RepoView
    code: ExitCode
    state: str
    notes: Sequence[str]
    console: Console
    asked: bool


def show(report: Report, form: str) -> None:
    """Print the findings in one of the forms of `check --format`."""
    match form:
        case "json":
            from holdshort.reports.findings import findings_json  # noqa: PLC0415 - lazy by design

            view, notes = report.view, report.notes
            say(findings_json(report.findings, commit=view.commit, dirty=view.dirty, notes=notes))
        case "sarif":
            _show_sarif(report)
        case "markdown":
            from holdshort.reports.findings_markdown import findings_markdown  # noqa: PLC0415

            beside = _beside(report.view)
            shown = findings_markdown(
                report.findings, report.code, beside, state=report.state, notes=report.notes
            )
            say(shown.rstrip("\n"))
        case _:
            _show_text(report)


def _show_sarif(report: Report) -> None:
    from holdshort import __version__  # noqa: PLC0415 - lazy by design
    from holdshort.reports.sarif import Run, sarif  # noqa: PLC0415

    about = described_here([one.id for one in report.findings], report.console)
    run = Run(
        version=__version__,
        findings=report.findings,
        described={one.id: one for one in about},
        commit=report.view.commit,
        dirty=report.view.dirty,
        code=report.code,
        beside=_beside(report.view),
        notes=report.notes,
    )
    click.echo(sarif(run))


def _show_text(report: Report) -> None:
    from holdshort.reports.findings_text import (  # noqa: PLC0415 - lazy by design
        Layout,
        closing_lines,
        exception_lines,
        finding_lines,
    )

    beside = _beside(report.view)
    layout = Layout(width=columns(), whole=report.asked, arrow=arrow(), beside=beside)
    for line in finding_lines(report.findings, layout, state=report.state):
        say(line)
    for line in exception_lines(report.findings, report.notes, layout):
        say(line)
    for line in closing_lines(report.findings, report.code, layout):
        say(line)


def _beside(view: RepoView) -> Mapping[str, tuple[Beside, ...]]:
    relations = relations_in(view)
    if relations.problem:
        talk(f"The questions beside the checks are not shown: {relations.problem}")
    return relations.by_check
