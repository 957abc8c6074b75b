"""`holdshort explain ID`: what a check looks at and what decides it; needs no repository."""

from __future__ import annotations

import click

from holdshort.cli.checks import described_here, plugins_here, refuse_unknown, relations_here
from holdshort.cli.console import Console, columns, say


@click.command(short_help="Say what an auto-check looks at and why.")
@click.argument("check_id", metavar="ID", default="")
@click.pass_context
def command(ctx: click.Context, check_id: str) -> None:
    """Print what a check means, its outcomes and its edge rules; without ID, the list."""
    from holdshort.checks.base import IDS  # noqa: PLC0415 - lazy by design
    from holdshort.checks.reference import explained, listed  # noqa: PLC0415

    console: Console = ctx.obj
    if not check_id:
        known = (*IDS, *(one.id for one in plugins_here(console)))
        say(listed(described_here(known, console), width=columns()))
        return
    refuse_unknown([check_id], console)
    (about,) = described_here([check_id], console)
    say(explained(about, relations_here(console).of(check_id), columns()))
