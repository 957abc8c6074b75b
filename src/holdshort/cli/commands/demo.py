"""`holdshort demo`: the embedded sample, walked by a person or, without a terminal, by a script."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from holdshort.cli.commands.review import open_screen
from holdshort.cli.console import Console, now, say, state_folder, talk
from holdshort.model.dossier import ReleaseVerdict
from holdshort.walkthrough.wanted import Wanted

CLEARED = frozenset({ReleaseVerdict.READY, ReleaseVerdict.READY_WITH_WAIVERS})


@click.command(short_help="Review the embedded sample.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Where the sample stands; kept, so that a review can be resumed.",
)
@click.pass_context
def command(ctx: click.Context, folder: Path | None) -> None:
    """Open the walkthrough on a small sample repository with a demo key.

    Without a terminal: a scripted review of a fresh copy, signed, committed and verified.
    """
    from holdshort.setup.demo import create_sample, demo_identity  # noqa: PLC0415 - lazy by design
    from holdshort.setup.sample import RELEASE  # noqa: PLC0415

    console: Console = ctx.obj
    if not console.interactive:
        ctx.exit(scripted())
    place = (folder or state_folder() / "sample").absolute()
    talk(f"The sample stands in {place}")
    root = create_sample(place)
    with demo_identity(place):
        shown = Console(repo=root, plain=console.plain, no_input=console.no_input)
        code = open_screen(shown, straight=False, wanted=Wanted(release=RELEASE))
    talk(f"Saved. The same command resumes; to start over: rm -r {place}")
    talk(f"Once signed, check it: {program()} --repo {root} verify")
    ctx.exit(code)


def program() -> str:
    """Return how this very program was started, to be pasted."""
    started = Path(sys.argv[0])
    beside = Path(sys.prefix) / "bin" / "holdshort"
    return str(beside) if started.name == "__main__.py" and beside.exists() else "holdshort"


def scripted() -> int:
    """Review a fresh copy in a temporary folder and return 0 only when it is cleared."""
    from holdshort.reports.markdown import reviews_markdown  # noqa: PLC0415 - lazy by design
    from holdshort.reports.text import verification_lines  # noqa: PLC0415
    from holdshort.setup.demo import create_sample, demo_identity  # noqa: PLC0415
    from holdshort.setup.sample import RELEASE, sample_review  # noqa: PLC0415
    from holdshort.verification.verify import Request, verify_releases  # noqa: PLC0415
    from holdshort.walkthrough.keys import signing_key  # noqa: PLC0415
    from holdshort.walkthrough.script import play, read_script  # noqa: PLC0415
    from holdshort.walkthrough.sealing import commit_review, seal, sign_review  # noqa: PLC0415

    place = Path(tempfile.mkdtemp(prefix="holdshort-demo-"))
    root = create_sample(place)
    with demo_identity(place):
        visit = Console(repo=root).visit()
        walk = visit.begin(Wanted(release=RELEASE))
        with walk.draft:
            visit.run_checks()
            script = read_script(sample_review(walk.today()), "sample_review.yaml")
            talk(f"Scripted review: {play(walk, script)} answers")
            signed = sign_review(seal(walk, script.decision), signing_key(visit))
            done = commit_review(walk, signed)
        results = verify_releases(visit.repo, Request(release=RELEASE), now())
    say(reviews_markdown([signed]).rstrip("\n"))
    for line in (line for one in results for line in verification_lines(one)):
        say(line)
    say("")
    say("Inspect it:")
    say(f"  git -C {root} show {done.commit[:10]}")
    say(f"  {program()} --repo {root} verify")
    say(f"  {program()} payload {root / done.path}")
    say(f"Remove it: rm -r {place}")
    return 0 if all(one.verdict in CLEARED for one in results) else 1
