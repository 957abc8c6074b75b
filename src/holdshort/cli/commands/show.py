"""`holdshort show`: the signed reviews at a revision, for reading."""

from __future__ import annotations

import click

from holdshort.cli.console import Console, malformed, say, talk
from holdshort.errors import HoldshortError, UndeterminedError
from holdshort.walkthrough.wanted import release_name

MAX_RECORD_BYTES = 1_000_000


@click.command(short_help="Show the signed reviews.")
@click.argument("revision", metavar="[REV]", default="HEAD")
@click.option("--release", default="", metavar="NAME", help="Default: all.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "json"]),
    default="markdown",
    show_default=True,
)
@click.pass_context
def command(ctx: click.Context, revision: str, release: str, form: str) -> None:
    """Show the reviews that stand at REV. It does not verify them: see `holdshort verify`."""
    from holdshort.reports.json import as_json  # noqa: PLC0415 - lazy by design
    from holdshort.reports.markdown import reviews_markdown  # noqa: PLC0415
    from holdshort.storage.records import ROOT, RecordPath, parse  # noqa: PLC0415
    from holdshort.storage.repo import Repo  # noqa: PLC0415

    console: Console = ctx.obj
    repo = Repo.discover(console.repo)
    commit = repo.resolve(revision)
    reviews, failed = [], None
    for entry in repo.ls_tree(commit, ROOT):
        place = RecordPath.parse(entry.path)
        if place is None or release_name(release) not in {"", place.release}:
            continue
        try:
            data = repo.read_blob_at(commit, entry.path, MAX_RECORD_BYTES)
            reviews.append(parse(data, entry.path).review)
        except HoldshortError as error:
            failed = malformed(error)
            talk(f"not shown: {error.message}")
    if not reviews:
        raise failed or UndeterminedError(
            f"no review stands at {commit[:10]}", "Make one: holdshort review"
        )
    shown = as_json(reviews) if form == "json" else reviews_markdown(reviews).rstrip("\n")
    say(shown)
    if failed:
        ctx.exit(int(failed.exit_code))
