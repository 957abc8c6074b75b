"""`holdshort answer`: one answer without a screen, through the same engine."""

from __future__ import annotations

from typing import Any

import click

from holdshort.cli.console import Console, say
from holdshort.cli.options import begin, review_options
from holdshort.errors import UsageError
from holdshort.model.review import Verdict, Via

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
    /,
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
    if verdict is None and note is None and not (value or evidence or accept):
        raise UsageError("nothing to save", f"Give a verdict: holdshort answer {question} yes")
    from holdshort.walkthrough.script import (  # noqa: PLC0415 - lazy by design
        Script,
        ScriptedAnswer,
        ScriptedEvidence,
        play,
    )

    if accept and verdict not in {None, "yes", "met"}:
        raise UsageError("--accept takes the suggested yes, so no other verdict goes with it")
    given = ScriptedAnswer(
        verdict=None if accept or verdict is None else WORDS[verdict],
        via=Via.SUGGESTED if accept else Via.MANUAL,
        note=note,
        value=value or "",
        evidence=tuple(ScriptedEvidence(ref=one) for one in evidence),
    )
    console: Console = ctx.obj
    walk = begin(console, options)
    with walk.draft:
        beside = walk.view(question).question.checks
        walk.visit.run_checks((*(one.id for one in beside), *evidence))
        play(walk, Script(answers={question: given}))
        view, progress = walk.view(question), walk.progress()
    if view.question.facet:
        said = view.answer.value if view.answer else "open"
    else:
        said = view.verdict.word if view.verdict else "kept, no verdict yet"
    say(f"Saved: {question} = {said}. {progress.answered} of {progress.total} answered.")
    if view.needs:
        say(f"It still needs: {', '.join(view.needs)}.")
    elif progress.answered == progress.total:
        say("Next: holdshort sign")
