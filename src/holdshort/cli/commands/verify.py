"""`holdshort verify`: the gate. Reads git objects only and never writes."""

from __future__ import annotations

import os

import click

from holdshort.cli.console import Console, now, say
from holdshort.walkthrough.wanted import release_name


@click.command(short_help="Decide whether the release is cleared.")
@click.argument("revision", metavar="[REV]", default="HEAD")
@click.option("--base", default="", metavar="REF", help="The protected branch; needed in CI.")
@click.option("--release", default="", metavar="NAME", help="Default: the one that changed.")
@click.option("--gate", is_flag=True, help="As in CI; the default where CI=true.")
@click.option("--trust-anchor", "anchor", default="", metavar="X", help="Commit or sha256.")
@click.option("--recheck/--no-recheck", default=True, help="Run the auto-checks again.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
)
@click.pass_context
def command(
    ctx: click.Context,
    revision: str,
    base: str,
    release: str,
    gate: bool,
    anchor: str,
    recheck: bool,
    form: str,
) -> None:
    """Verify the signed reviews at REV against the trust root of the base.

    Exit code: 0 ready, 1 the gate says no, 3 could not tell, 4 integrity. Never silently 0.
    """
    from holdshort.storage.repo import Repo  # noqa: PLC0415 - lazy by design
    from holdshort.verification.verify import Request, verify_releases  # noqa: PLC0415

    console: Console = ctx.obj
    request = Request(
        revision=revision,
        base=base,
        release=release_name(release),
        gate=gate or os.environ.get("CI", "") not in {"", "0", "false"},
        anchor=anchor,
        recheck=recheck,
    )
    results = verify_releases(Repo.discover(console.repo), request, now())
    match form:
        case "json":
            from holdshort.reports.json import verification_json  # noqa: PLC0415

            say(verification_json(results))
        case "markdown":
            from holdshort.reports.markdown import verification_markdown  # noqa: PLC0415

            say(verification_markdown(results).rstrip("\n"))
        case _:
            from holdshort.reports.text import verification_lines  # noqa: PLC0415

            for one in results:
                for line in verification_lines(one):
                    say(line)
    ctx.exit(max((int(one.exit_code) for one in results), default=3))
