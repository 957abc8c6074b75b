"""`holdshort answer`: one answer without a screen, through the same engine."""

from __future__ import annotations

from typing import Any

import click

from holdshort.cli.console import Console, say
from holdshort.cli.options import review_options, wanted_from
from holdshort.errors import UsageError
from holdshort.model.review import Verdict

WORDS = {
    "yes": Verdict.MET,
    "no": Verdict.UNMET,
    "partly": Verdict.PARTLY,
    "na": Verdict.NOT_APPLICABLE,
    "unknown": Verdict.UNKNOWN,
    **{one.value: one for one in Verdict},
}
"""What a person may type for a verdict."""


@click.command(short_help="Answer one question.")
@click.argument("question", metavar="ID")
@click.argument("verdict", type=click.Choice(list(WORDS)), required=False)
@click.option("--note", help="Why; needed for everything but a yes.")
@click.option("--value", help="The value of a typed question or a scope facet.")
@click.option("--evidence", multiple=True, metavar="REF", help="path:line, commit, URL or check.")
@click.option("--accept", is_flag=True, help="Accept the yes that the checks suggest.")
@review_options
@click.pass_context
def command(
    ctx: click.Context,
    question: str,
    verdict: str | None,
    note: str | None,
    value: str | None,
    evidence: tuple[str, ...],
    accept: bool,
    **options: Any,
) -> None:
    """Answer one question and save it.

    VERDICT is yes, partly, no, na or unknown (I cannot tell).
    """
    if verdict is None and not (note or value or evidence or accept):
        raise UsageError("nothing to save", f"Give a verdict: holdshort answer {question} yes")
    console: Console = ctx.obj
    visit = console.visit()
    walk = visit.begin(wanted_from(options))
    with walk.draft:
        visit.run_checks()
        if value is not None:
            walk.value(question, value)
        for one in evidence:
            walk.attach(question, one)
        if accept:
            walk.accept(question)
        elif verdict:
            walk.answer(question, WORDS[verdict], note=note)
        if note is not None and (accept or not verdict):
            walk.note(question, note)
        view, progress = walk.view(question), walk.progress()
    said = view.verdict.word if view.verdict else "kept, no verdict yet"
    say(f"Saved: {question} = {said}. {progress.answered} of {progress.total} answered.")
    if view.needs:
        say(f"It still needs: {', '.join(view.needs)}.")
