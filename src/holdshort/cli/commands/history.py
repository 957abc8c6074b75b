"""`holdshort history`: when did each check stop passing? Reads; writes only its cache."""

from __future__ import annotations

import gc

import click

from holdshort.cli.checks import refuse_unknown
from holdshort.cli.console import Console, cache_folder, columns, draws, say
from holdshort.cli.options import format_option
from holdshort.cli.progress import Progress
from holdshort.errors import ExitCode, UsageError
from holdshort.model.history import Stopped


@click.command(short_help="When did each auto-check stop passing?")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--rev", default="", metavar="REV", help="Where the line ends; default: HEAD.")
@click.option("--since", default="", metavar="REV|DAY", help="Trace only what came after.")
@click.option(
    "--max-commits",
    type=click.IntRange(min=1),
    default=400,
    metavar="N",
    show_default=True,
    help="Look at no more; of a longer line, at samples and then between them.",
)
@click.option("--no-cache", is_flag=True, help="Make every fact anew and keep none.")
@format_option
@click.pass_context
def command(
    ctx: click.Context,
    ids: tuple[str, ...],
    rev: str,
    since: str,
    max_commits: int,
    no_cache: bool,
    form: str,
) -> None:
    """Follow each check along the first parents of a revision to the commit that changed it.

    Ctrl-C shows what is known so far; the same command then goes on from there. Exit code: 0 done,
    3 no commit could be looked at, 130 interrupted.
    """
    from holdshort.checks.base import IDS  # noqa: PLC0415 - lazy by design
    from holdshort.history.trace import beginning, trace  # noqa: PLC0415
    from holdshort.reports.history import history_json  # noqa: PLC0415
    from holdshort.reports.history_text import Drawing, history_lines  # noqa: PLC0415
    from holdshort.storage.repo import Repo  # noqa: PLC0415

    console: Console = ctx.obj
    refuse_unknown(ids, console)
    if theirs := [name for name in ids if name not in IDS]:
        raise UsageError(f"'{theirs[0]}' is a plugin, and only holdshort's own checks are traced")
    gc.disable()  # many values, few cycles, and every child shares them
    repo = Repo.discover(console.repo)
    tip = repo.resolve(rev) if rev else repo.head()
    commit, after = beginning(repo, since) if since else ("", None)
    with Progress(console) as progress:
        history = trace(
            repo,
            [name for name in IDS if name in ids or not ids],
            tip=tip,
            since=commit,
            after=after,
            most=max_commits,
            cache=None if no_cache else cache_folder() / "facts.sqlite3",
            progress=progress.show,
        )
    if form == "json":
        say(history_json(history))
    else:
        is_ascii = bool(console.plain_reason()) or not draws("\u2594\u2581\u2500\u00b7")
        drawing = Drawing(width=columns(), whole=bool(ids), ascii=is_ascii)
        for line in history_lines(history, drawing):
            say(line)
    if history.stopped is Stopped.INTERRUPTED:
        ctx.exit(130)
    ctx.exit(ExitCode.UNDETERMINED if history.is_blind else ExitCode.DONE)
