"""`holdshort drafts`: what has been begun and not yet signed."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from holdshort.cli.console import Console, say, state_folder, talk
from holdshort.cli.options import format_option
from holdshort.errors import UsageError
from holdshort.model.text import one_line

if TYPE_CHECKING:
    from holdshort.storage.drafts import DraftInfo


@click.group(short_help="List or delete drafts.")
def command() -> None:
    """List or delete drafts. They live in your own state folder, never in a repository."""


@command.command("list")
@format_option
def list_drafts(form: str) -> None:
    """List every draft, newest first."""
    from holdshort.reports.json import as_json  # noqa: PLC0415 - lazy by design
    from holdshort.storage.drafts import DraftStore  # noqa: PLC0415

    store = DraftStore(state_folder() / "drafts")
    found = store.list()
    for problem in store.unreadable():
        talk(f"not listed: {problem}")
    if form == "json":
        rows = [
            {
                "name": one.folder.name,
                "key": one.state.key,
                "profile": one.state.profile,
                "steps": one.state.history.cursor,
                "saved_at": f"{_when(one):%Y-%m-%dT%H:%M:%SZ}",
            }
            for one in found
        ]
        say(as_json({"schema": "holdshort/drafts/v1", "drafts": rows}))
        return
    for one in found:
        key, steps = one.state.key, one.state.history.cursor
        say(f"{one.folder.name}  {key.model} {key.release}  {one.state.profile}  {steps} steps")
        say(f"  saved {_when(one):%Y-%m-%d %H:%M} UTC by {key.reviewer}, in {one.folder}")
    if not found:
        say("No drafts. Begin one: holdshort review")


def _when(draft: DraftInfo) -> datetime:
    return datetime.fromtimestamp(draft.saved_at, UTC)


@command.command("delete")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def delete_draft(ctx: click.Context, name: str, yes: bool) -> None:
    """Delete one draft, by the name `drafts list` shows. There is no way back."""
    from holdshort.storage.drafts import DraftStore  # noqa: PLC0415 - lazy by design

    console: Console = ctx.obj
    if not yes:
        if not console.interactive:
            line = shlex.join(["holdshort", "drafts", "delete", name, "--yes"])
            raise UsageError("not deleted: there is no way back", f"To delete it: {line}")
        click.confirm(f"Delete {one_line(name, 200)} and its answers?", err=True, abort=True)
    if not DraftStore(state_folder() / "drafts").delete(name):
        raise UsageError(
            f"no draft is called {one_line(name, 200)!r}", "List them: holdshort drafts list"
        )
    say(f"Deleted {name}.")
