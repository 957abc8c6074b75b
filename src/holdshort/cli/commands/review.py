"""`holdshort review`: the walkthrough on a screen, as lines of text, or from a file."""

from __future__ import annotations

from typing import Any, BinaryIO

import click

from holdshort.cli.console import Console, ask, say, talk
from holdshort.cli.options import begin, review_options, wanted_from
from holdshort.errors import UsageError
from holdshort.walkthrough.wanted import Wanted

MAX_ANSWERS_BYTES = 1_000_000


@click.command(short_help="Walk the checklist.")
@review_options
@click.option("--plain", is_flag=True, help="Lines of text instead of a screen.")
@click.option(
    "--answers",
    type=click.File("rb"),
    metavar="FILE",
    help="Take the answers from a YAML file shaped like a record's `answers:`; - reads stdin.",
)
@click.pass_context
def command(ctx: click.Context, /, plain: bool, answers: BinaryIO | None, **options: Any) -> None:
    """Walk the checklist, one question at a time; resumes where you left off.

    Every answer is saved at once, in your own state folder, never in the repository.
    """
    console: Console = ctx.obj
    if answers:
        play_file(console, options, answers)
    else:
        shown = Console(repo=console.repo, plain=console.plain or plain, no_input=console.no_input)
        ctx.exit(open_screen(shown, straight=True, wanted=wanted_from(options)))


def open_screen(console: Console, *, straight: bool, wanted: Wanted | None = None) -> int:
    """Open the terminal interface, or its plain form, and return the exit code.

    Raises:
        UsageError: nobody can be asked.
    """
    if not console.interactive:
        console.visit()
        raise UsageError(
            "there is no terminal to ask on",
            "See what the repository proves: holdshort check. Answer without a terminal: "
            "holdshort answer ID VERDICT, or holdshort review --answers FILE",
        )
    if reason := console.plain_reason():
        from holdshort.plain.walk import run as run_plain  # noqa: PLC0415 - lazy by design

        return run_plain(console.visit, wanted or Wanted(), reason=reason, ask=ask, say=say)
    from holdshort.tui.app import run  # noqa: PLC0415 - lazy by design
    from holdshort.tui.settings import Settings  # noqa: PLC0415

    settings = Settings(folder=console.repo.absolute().name)
    return run(console.visit, wanted or Wanted(), straight=straight, settings=settings)


def play_file(console: Console, options: dict[str, Any], file: BinaryIO) -> None:
    """Take the answers of a file."""
    from holdshort.walkthrough.script import play, read_script  # noqa: PLC0415 - lazy by design

    name = "stdin" if file.name == "<stdin>" else str(file.name)
    script = read_script(file.read(MAX_ANSWERS_BYTES + 1), name)
    walk = begin(console, options)
    with walk.draft:
        walk.visit.run_checks()
        given = play(walk, script)
        progress = walk.progress()
        say(f"Saved {given} answers. {progress.answered} of {progress.total} answered.")
        if progress.needs:
            talk(f"{progress.needs} need more. See: holdshort next")
