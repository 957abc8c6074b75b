"""`holdshort check`: the auto-checks alone. Reads, never runs anything; writes only its cache."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING

import click

from holdshort.cli.checks import plugins_here, refuse_unknown, relations_here
from holdshort.cli.console import Console, cache_folder, columns, now, say
from holdshort.errors import ExitCode, UsageError
from holdshort.model.finding import Finding, Outcome
from holdshort.model.text import one_line

if TYPE_CHECKING:
    from holdshort.checks.base import RepoView
    from holdshort.checks.facts.fact_cache import FactCache
    from holdshort.model.exceptions import Exceptions
    from holdshort.storage.repo import Repo


@click.command(short_help="Run the auto-checks alone.")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--commit", default="", metavar="REV", help="Default: the work tree as it stands.")
@click.option("--on", default="", metavar="DAY", help="Judge exceptions on this day, UTC.")
@click.option("--list", "listing", is_flag=True, help="Name the checks; run none.")
@click.option("--stream", is_flag=True, help="One finding of JSON a line, as each is ready.")
@click.option("--no-plugins", is_flag=True, help="Run no check of another package.")
@click.option("--inside", is_flag=True, hidden=True, help="Run a plugin in this process.")
@click.option("--no-cache", is_flag=True, help="Make every fact anew and keep none.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "markdown"]),
    default="text",
    show_default=True,
    help="How the result is written.",
)
@click.pass_context
def command(
    ctx: click.Context,
    ids: tuple[str, ...],
    commit: str,
    on: str,
    listing: bool,
    stream: bool,
    no_plugins: bool,
    inside: bool,
    no_cache: bool,
    form: str,
) -> None:
    """Say what the repository contradicts, cannot say and proves, with file and line.

    Exit code: 0 nothing fails, 1 something fails, 3 a check asked for by ID is unknown.
    """
    from holdshort.storage.exceptions import read_exceptions  # noqa: PLC0415 - lazy by design
    from holdshort.storage.repo import Repo  # noqa: PLC0415

    console: Console = ctx.obj
    refuse_unknown(ids, console)
    if listing:
        _list(console, ids, form)
        return
    gc.disable()  # a short life with many values and few cycles: collecting costs a third of it
    repo, day = Repo.discover(console.repo), _day(on)
    view = _view(repo, commit, cached=not no_cache)
    exceptions = read_exceptions(view)
    counted = _counting(exceptions, view, day)
    if inside:
        ctx.exit(_inside(repo, ids, view, counted))
    known = _known(repo, ids, plugins=not no_plugins)
    wanted = [one for one in known if one in ids or not ids]
    findings = []
    ours = map(counted, _run(wanted, view, cached=not no_cache))
    for finding in chain(ours, _of_plugins(repo, wanted, commit and view.commit, day)):
        findings.append(finding)
        if stream:
            from holdshort.reports.findings import finding_line  # noqa: PLC0415

            click.echo(finding_line(finding))
    code = _exit_code(findings, asked=bool(ids))
    if not stream:
        from holdshort.cli.check_report import Report, show  # noqa: PLC0415

        state = f"commit {view.commit[:10]}" if commit else "the work tree as it stands"
        notes = tuple(exceptions.notes(known))
        show(Report(findings, view, code, state, notes, console, asked=bool(ids)), form)
    ctx.exit(code)


def _known(repo: Repo, ids: tuple[str, ...], *, plugins: bool) -> tuple[str, ...]:
    """Return every check: ours, then those of plugins, which are looked for only where needed."""
    from holdshort.checks.base import IDS  # noqa: PLC0415 - lazy by design

    if not plugins or (ids and set(ids) <= set(IDS)):
        return IDS
    from holdshort.checks.plugins import installed  # noqa: PLC0415

    return (*IDS, *(one.id for one in installed(repo.root)))


def _run(wanted: Sequence[str], view: RepoView, *, cached: bool) -> Iterator[Finding]:
    from holdshort.checks.base import IDS, run  # noqa: PLC0415 - lazy by design

    ours = [one for one in wanted if one in IDS]
    return run(view, ours, cache=_cache() if cached else None)


def _of_plugins(repo: Repo, wanted: Sequence[str], commit: str, day: date) -> Iterator[Finding]:
    """Yield what plugins find, each in its own process; no `commit` means the work tree."""
    from holdshort.checks.base import IDS  # noqa: PLC0415 - lazy by design

    if theirs := tuple(one for one in wanted if one not in IDS):
        from holdshort.checks.child import CheckRun  # noqa: PLC0415

        yield from CheckRun(repo.root, commit, theirs, day=day)


def _inside(
    repo: Repo, ids: Sequence[str], view: RepoView, counted: Callable[[Finding], Finding]
) -> ExitCode:
    from holdshort.checks.plugins import installed  # noqa: PLC0415 - lazy by design
    from holdshort.cli.inside import run_inside  # noqa: PLC0415

    (plugin,) = (one for one in installed(repo.root) if one.id in ids)
    return _exit_code([run_inside(plugin, repo.root, view, counted)], asked=True)


def _counting(exceptions: Exceptions, view: RepoView, day: date) -> Callable[[Finding], Finding]:
    """Return what makes of a finding what counts on a day; most repositories except nothing."""
    if not exceptions.rows:
        return lambda proved: proved
    from holdshort.checks.quoted import Quoted  # noqa: PLC0415 - lazy by design

    quoted = Quoted(view)
    return lambda proved: exceptions.applied_to(proved, day, quoted.text_of)


def _day(text: str) -> date:
    """Return the day that exceptions are judged on: today in UTC unless one is given."""
    if not text:
        return now().date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{one_line(text, 40)!r} is no day; write YYYY-MM-DD") from error


def _list(console: Console, ids: tuple[str, ...], form: str) -> None:
    from holdshort.checks.base import IDS  # noqa: PLC0415 - lazy by design
    from holdshort.cli.checks import described_here  # noqa: PLC0415

    known = (*IDS, *(one.id for one in plugins_here(console)))
    described = described_here([one for one in known if one in ids or not ids], console)
    match form:
        case "json":
            from holdshort.reports.findings import checks_json  # noqa: PLC0415

            say(checks_json(described, relations_here(console).by_check))
        case "text":
            from holdshort.checks.reference import listed  # noqa: PLC0415

            say(listed(described, columns()))
        case _:
            raise UsageError(f"A list has no form '{form}'", "Use --format text or --format json.")


def _cache() -> FactCache:
    from holdshort.checks.facts.fact_cache import FactCache  # noqa: PLC0415 - lazy by design

    return FactCache(cache_folder() / "facts.sqlite3")


def _view(repo: Repo, commit: str, *, cached: bool) -> RepoView:
    if commit:
        return repo.view(repo.resolve(commit))
    return repo.worktree(cache_folder() / "worktrees" if cached else None)


def _exit_code(findings: list[Finding], *, asked: bool) -> ExitCode:
    outcomes = {finding.outcome for finding in findings}
    if asked and Outcome.UNKNOWN in outcomes:
        return ExitCode.UNDETERMINED
    return ExitCode.GATE_SAYS_NO if Outcome.FAIL in outcomes else ExitCode.DONE
