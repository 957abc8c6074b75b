"""`holdshort status`: where this review stands; reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from holdshort.cli.console import Console, say
from holdshort.cli.options import format_option, review_options, wanted_from
from holdshort.reports.json import as_json

if TYPE_CHECKING:
    from holdshort.model.progress import Progress
    from holdshort.storage.records import RecordPath
    from holdshort.walkthrough.session import Walkthrough


@click.command(short_help="Where this review stands.")
@review_options
@format_option
@click.pass_context
def command(ctx: click.Context, /, form: str, **options: Any) -> None:
    """Show every question, what it still needs, and what the gate would say. Writes nothing."""
    from holdshort.reports.text import status_lines  # noqa: PLC0415 - lazy by design

    console: Console = ctx.obj
    visit = console.visit()
    wanted = wanted_from(options)
    if signed := visit.signed(wanted):
        show_signed(signed, form)
        return
    walk = visit.look(wanted)
    visit.run_checks()
    if form == "json":
        say(status_json(walk))
        return
    progress, views = walk.progress(), walk.views()
    head, count, *rest = status_lines(walk.review, progress, views, walk.gate())
    step = next_step(progress)
    for line in (head, count, f"Next: {step}   (all that is left: holdshort next)", *rest):
        say(line)


def next_step(progress: Progress) -> str:
    """Return the command that goes on from here."""
    return "holdshort review" if progress.answered < progress.total else "holdshort sign"


def show_signed(signed: RecordPath, form: str) -> None:
    """Say that the review is signed, and how to check it."""
    check = f"holdshort verify --release {signed.release}"
    if form == "json":
        say(as_json({"schema": "holdshort/status/v1", "signed": str(signed), "next": check}))
    else:
        say(f"Signed: {signed}")
        say(f"Next: {check}")


def status_json(walk: Walkthrough) -> str:
    """Return the standing of an open review as JSON."""
    rows = [
        {
            "id": view.question.id,
            "severity": view.question.severity,
            "role": view.question.role,
            "verdict": view.verdict,
            "needs": view.needs,
            "stale": view.stale,
        }
        for view in walk.views()
    ]
    head = {"schema": "holdshort/status/v1", "model": walk.base.model}
    step = {"release": walk.base.release, "next": next_step(walk.progress())}
    return as_json({**head, **step, "questions": rows, "gate": walk.gate()})
