"""`holdshort init`: write and commit the trust root."""

from __future__ import annotations

import click

from holdshort.cli.console import Console, say, talk
from holdshort.errors import MissingEnvironmentError


@click.command(short_help="Write and commit the trust root.")
@click.option("--profile", default="", help="The least depth of a review; default quick.")
@click.option("--make-key", is_flag=True, help="Make ~/.ssh/id_ed25519 when there is no key.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def command(ctx: click.Context, profile: str, make_key: bool, yes: bool) -> None:
    """Write who may sign and by which rules to .holdshort/, and commit exactly that.

    Your own key becomes the first allowed signer. Edit the policy later, in commits of its own.
    """
    from holdshort.setup.trust_root import commit_plan, plan  # noqa: PLC0415 - lazy by design
    from holdshort.walkthrough.keys import new_key, signing_key  # noqa: PLC0415

    console: Console = ctx.obj
    visit = console.visit()
    who = visit.repo.default_identity()
    try:
        key = signing_key(visit)
    except MissingEnvironmentError as error:
        ask = console.interactive and "no SSH key" in error.message
        if not make_key and not (ask and click.confirm("No SSH key. Make ~/.ssh/id_ed25519?")):
            raise
        key = new_key(visit, with_passphrase=console.interactive)
        say(f"Made {key.name}")
    planned = plan(visit.repo, visit.checklist(), who, key, profile=profile)
    for path, data in planned.files.items():
        talk(f"{path}  {len(data)} bytes")
    talk(planned.files[".holdshort/policy.yaml"].decode())
    if console.interactive and not yes:
        click.confirm("Commit these files?", err=True, abort=True)
    commit = commit_plan(visit.repo, planned)
    say(f"Committed {commit[:10]}: {who.email} may sign reviews with {key.fingerprint}")
    say("Next: holdshort review")
