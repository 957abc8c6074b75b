"""`holdshort drafts`: what has been begun and not yet signed."""

from __future__ import annotations

import shutil

import click

from holdshort.cli.console import Console, say, state_folder
from holdshort.errors import UsageError


@click.group(short_help="List or delete drafts.")
def command() -> None:
    """List or delete drafts. They live in your own state folder, never in a repository."""


@command.command("list")
def list_drafts() -> None:
    """List every draft, newest first."""
    from holdshort.storage.drafts import DraftStore  # noqa: PLC0415 - lazy by design

    found = DraftStore(state_folder() / "drafts").list()
    for one in found:
        key, history = one.state.key, one.state.history
        say(
            f"{one.folder.name}  {key.model} {key.release}  {one.state.profile}"
            f"  {history.cursor} steps"
        )
    if not found:
        say("No drafts.")


@command.command("delete")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def delete_draft(ctx: click.Context, name: str, yes: bool) -> None:
    """Delete one draft, by the name `drafts list` shows. There is no way back."""
    from holdshort.storage.drafts import DraftStore  # noqa: PLC0415 - lazy by design

    console: Console = ctx.obj
    chosen = [
        one for one in DraftStore(state_folder() / "drafts").list() if one.folder.name == name
    ]
    if not chosen:
        raise UsageError(f"no draft is called {name!r}", "List them: holdshort drafts list")
    if not yes and not (console.interactive and click.confirm(f"Delete {name} and its answers?")):
        raise UsageError("not deleted", f"To delete it: holdshort drafts delete {name} --yes")
    shutil.rmtree(chosen[0].folder)
    say(f"Deleted {name}.")
