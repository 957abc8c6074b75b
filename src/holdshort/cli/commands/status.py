"""`holdshort status`: where this review stands; reads only."""

from __future__ import annotations

from typing import Any

import click

from holdshort.cli.console import Console, say
from holdshort.cli.options import format_option, review_options, wanted_from


@click.command(short_help="Where this review stands.")
@review_options
@format_option
@click.pass_context
def command(ctx: click.Context, form: str, **options: Any) -> None:
    """Show every question, what it still needs, and what the gate would say. Writes nothing."""
    from holdshort.reports.json import as_json  # noqa: PLC0415 - lazy by design
    from holdshort.reports.text import status_lines  # noqa: PLC0415

    console: Console = ctx.obj
    visit = console.visit()
    wanted = wanted_from(options)
    if signed := visit.signed(wanted):
        say(f"Signed: {signed}. Check it: holdshort verify --release {signed.release}")
        return
    walk = visit.look(wanted)
    visit.run_checks()
    views, dossier = walk.views(), walk.gate()
    if form == "json":
        rows = [
            {
                "id": view.question.id,
                "severity": view.question.severity,
                "role": view.question.role,
                "verdict": view.verdict,
                "needs": view.needs,
                "stale": view.stale,
            }
            for view in views
        ]
        head = {"schema": "holdshort/status/v1", "model": walk.base.model}
        say(as_json({**head, "release": walk.base.release, "questions": rows, "gate": dossier}))
        return
    for line in status_lines(walk.review, walk.progress(), views, dossier):
        say(line)
