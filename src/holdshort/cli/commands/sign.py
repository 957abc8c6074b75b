"""`holdshort sign`: show what is claimed, then seal, sign and commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from holdshort.cli.console import Console, say, talk
from holdshort.cli.options import begin, review_options
from holdshort.model.review import Decision
from holdshort.model.text import one_line

if TYPE_CHECKING:
    from holdshort.signing.ssh import SigningKey
    from holdshort.walkthrough.sealing import Claims
    from holdshort.walkthrough.session import Walkthrough


@click.command(short_help="Seal, sign and commit.")
@click.option(
    "--decision",
    type=click.Choice([one.value for one in Decision if one is not Decision.WITHDRAWN]),
    default=Decision.APPROVE.value,
    show_default=True,
)
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option("--detached", is_flag=True, help="Commit even on a detached HEAD.")
@review_options
@click.pass_context
def command(
    ctx: click.Context, /, decision: str, yes: bool, detached: bool, **options: Any
) -> None:
    """Seal the review, sign it with your SSH key and commit it as one file.

    Hooks are not run, nothing else is committed, nothing is pushed.
    """
    from holdshort.walkthrough.keys import signing_key  # noqa: PLC0415 - lazy by design
    from holdshort.walkthrough.sealing import claims, commit_review, seal, sign_review  # noqa: PLC0415

    console: Console = ctx.obj
    walk = begin(console, options)
    with walk.draft:
        sealed = seal(walk, Decision(decision), detached=detached)
        key = signing_key(walk.visit)
        show_claims(walk, claims(walk, Decision(decision)), key)
        if console.interactive and not yes:
            click.confirm("Sign and commit?", err=True, abort=True)
        signed = sign_review(sealed, key, interactive=console.interactive)
        done = commit_review(walk, signed, detached=detached)
    say(f"Committed {done.commit[:10]}: {done.path}")
    if done.push:
        say(f"Publish it: {done.push}")
    say(f"Check it: holdshort verify --release {signed.release}")


def show_claims(walk: Walkthrough, claimed: Claims, key: SigningKey) -> None:
    """Say on stderr what a signature would claim."""
    review = walk.review
    counts = ", ".join(f"{n} {one.word}" for one, n in claimed.by_verdict.items() if n)
    via = ", ".join(f"{n} {one.value}" for one, n in claimed.by_via.items() if n)
    commit = walk.visit.commit[:10]
    talk(f"Review             {review.model} {review.release} at {commit}")
    talk(f"Decision           {claimed.decision.value}   (--decision says another)")
    talk(f"The gate will say  {claimed.dossier.verdict.words.upper()}")
    for reason in claimed.dossier.reasons:
        talk(f"                   {one_line(reason, 200)}")
    talk(f"Answers            {counts}  ({via})")
    if claimed.contradicted:
        talk(f"Against a check    {', '.join(claimed.contradicted)}")
    for link in claimed.mutable_links:
        talk(f"Mutable link       {link}")
    talk(f"Writes             {claimed.path}")
    talk(f"As                 {review.reviewer.id} <{review.reviewer.principal}>  {key.name}")
    talk("I confirm these answers are my own judgement for this commit. Hooks are not run.")
