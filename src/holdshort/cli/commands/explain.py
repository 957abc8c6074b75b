"""`holdshort explain ID`: what a check looks at and what decides it; needs no repository."""

from __future__ import annotations

import click

from holdshort.cli.console import say
from holdshort.errors import UsageError


@click.command(short_help="Say what an auto-check looks at and why.")
@click.argument("check_id", metavar="ID", default="")
def command(check_id: str) -> None:
    """Print what a check means, its outcomes and its edge rules; without ID, the list."""
    from holdshort.checks.base import IDS, load  # noqa: PLC0415 - lazy by design
    from holdshort.checks.reference import explained, listed  # noqa: PLC0415

    if not check_id:
        say(listed())
    elif check_id in IDS:
        say(explained(load(check_id)))
    else:
        raise UsageError(f"No check is called '{check_id}'", f"There are: {', '.join(IDS)}")
