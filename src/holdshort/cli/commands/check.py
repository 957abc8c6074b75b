"""`holdshort check`: the auto-checks alone. Reads, never runs or writes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from holdshort.cli.console import Console, say
from holdshort.cli.options import format_option
from holdshort.errors import ExitCode, UsageError
from holdshort.model.finding import Finding, Outcome

if TYPE_CHECKING:
    from holdshort.checks.base import RepoView


@click.command(short_help="Run the auto-checks alone.")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--commit", default="", metavar="REV", help="Default: the work tree as it stands.")
@click.option("--stream", is_flag=True, help="One finding of JSON a line, as each is ready.")
@format_option
@click.pass_context
def command(ctx: click.Context, ids: tuple[str, ...], commit: str, stream: bool, form: str) -> None:
    """Say what the repository proves, contradicts, or cannot say, with file and line.

    Exit code: 0 nothing fails, 1 something fails, 3 a check asked for by ID is unknown.
    """
    from holdshort.checks.base import IDS, run  # noqa: PLC0415 - lazy by design
    from holdshort.reports.findings import finding_line  # noqa: PLC0415

    if unknown := sorted(set(ids).difference(IDS)):
        raise UsageError(f"No check is called '{unknown[0]}'", f"There are: {', '.join(IDS)}")
    console: Console = ctx.obj
    view = _view(console, commit)
    findings = []
    for finding in run(view, ids or None):
        findings.append(finding)
        if stream:
            click.echo(finding_line(finding))
    if not stream:
        _show(findings, view, form)
    ctx.exit(_exit_code(findings, asked=bool(ids)))


def _view(console: Console, commit: str) -> RepoView:
    from holdshort.storage.repo import Repo  # noqa: PLC0415 - lazy by design

    repo = Repo.discover(console.repo)
    return repo.view(repo.resolve(commit)) if commit else repo.worktree()


def _show(findings: list[Finding], view: RepoView, form: str) -> None:
    from holdshort.reports.findings import finding_lines, findings_json  # noqa: PLC0415

    if form == "json":
        say(findings_json(findings, commit=view.commit, dirty=view.dirty))
        return
    for line in finding_lines(findings):
        say(line)


def _exit_code(findings: list[Finding], *, asked: bool) -> ExitCode:
    outcomes = {finding.outcome for finding in findings}
    if asked and Outcome.UNKNOWN in outcomes:
        return ExitCode.UNDETERMINED
    return ExitCode.GATE_SAYS_NO if Outcome.FAIL in outcomes else ExitCode.DONE
