"""`holdshort next`: the shortest list of actions to ready; reads only."""

from __future__ import annotations

from typing import Any

import click

from holdshort.cli.console import Console, say
from holdshort.cli.options import review_options, wanted_from


@click.command(short_help="What to do next, cheapest first.")
@review_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How the list is written; markdown is the body of an issue.",
)
@click.pass_context
def command(ctx: click.Context, /, form: str, **options: Any) -> None:
    """List what is left to do until the release is ready, each with what to paste.

    Cheapest first: accept, answer, complete, fix, waive, sign, and whom to ask. Writes nothing.
    """
    from holdshort.reports.actions import action_lines, actions_markdown  # noqa: PLC0415
    from holdshort.reports.json import as_json  # noqa: PLC0415 - lazy by design
    from holdshort.walkthrough.actions import actions, actions_after_signing  # noqa: PLC0415

    console: Console = ctx.obj
    visit, wanted = console.visit(), wanted_from(options)
    if signed := visit.signed(wanted):
        model, release = signed.model, signed.release
        found = actions_after_signing(visit, wanted, signed)
    else:
        walk = visit.look(wanted)
        visit.run_checks()
        model, release, found = walk.base.model, walk.base.release, actions(walk)
    match form:
        case "json":
            head = {"schema": "holdshort/next/v1", "model": model, "release": release}
            say(as_json({**head, "actions": found}))
        case "markdown":
            say(actions_markdown(found, title=f"{model} {release}: to ready").rstrip("\n"))
        case _:
            for line in action_lines(found):
                say(line)
