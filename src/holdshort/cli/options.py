"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from holdshort.cli.console import Console, talk
from holdshort.walkthrough.wanted import Wanted, release_name

if TYPE_CHECKING:
    from holdshort.walkthrough.session import Walkthrough

_OPTIONS = (
    click.option("--release", default="", metavar="NAME", help="Default: the tag on HEAD."),
    click.option("--model", default="", metavar="NAME", help="Default: the policy's."),
    click.option("--checklist", default="", metavar="ID", help="Default: the pinned one."),
    click.option("--profile", default="", metavar="NAME", help="Depth: quick, essential, ..."),
    click.option("--role", "roles", multiple=True, metavar="ROLE", help="Sign in this role."),
)


def review_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which review is meant."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def wanted_from(values: dict[str, Any]) -> Wanted:
    """Return what those options ask for."""
    return Wanted(
        release=release_name(values["release"]),
        model=values["model"],
        checklist=values["checklist"],
        profile=values["profile"],
        roles=tuple(values["roles"]),
    )


def begin(console: Console, values: dict[str, Any]) -> Walkthrough:
    """Open or resume the review those options ask for; say when the draft was damaged."""
    walk = console.visit().begin(wanted_from(values))
    if walk.draft.damage:
        talk(walk.draft.damage)
    return walk


format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the result is written.",
)
