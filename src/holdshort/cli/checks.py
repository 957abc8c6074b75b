"""What the commands about checks share: which ids there are, and the questions beside them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from holdshort.cli.console import Console
from holdshort.errors import HoldshortError, UsageError
from holdshort.model.text import one_line

if TYPE_CHECKING:
    from holdshort.checks.base import RepoView
    from holdshort.checks.plugins import Plugin
    from holdshort.model.description import Description
    from holdshort.storage.relations import Relations


def plugins_here(console: Console) -> tuple[Plugin, ...]:
    """Return the checks that other installed packages bring; none of them is loaded."""
    from holdshort.checks.plugins import installed  # noqa: PLC0415 - lazy by design
    from holdshort.storage.repo import Repo  # noqa: PLC0415

    try:
        return installed(Repo.discover(console.repo).root)
    except HoldshortError:
        return installed(console.repo)


def refuse_unknown(ids: Iterable[str], console: Console) -> None:
    """Refuse an id that no check has, and say which one was probably meant.

    Raises:
        UsageError: the first such id.
    """
    from holdshort.checks.base import IDS  # noqa: PLC0415 - lazy by design

    if not (unknown := [one for one in ids if one not in IDS]):
        return
    known = (*IDS, *(one.id for one in plugins_here(console)))
    for name in unknown:
        if name not in known:
            shown = one_line(name, 80)
            raise UsageError(f"No check is called '{shown}'", _hint(name, known, console))


def described_here(ids: Iterable[str], console: Console) -> list[Description]:
    """Return what checks say about themselves; of a plugin's, which is not loaded, only whose."""
    from holdshort.checks.base import IDS, load  # noqa: PLC0415 - lazy by design
    from holdshort.checks.reference import described, described_plugin  # noqa: PLC0415

    wanted = list(ids)
    theirs = plugins_here(console) if set(wanted) - set(IDS) else ()
    plugins = {one.id: described_plugin(one) for one in theirs}
    return [described(load(one)) if one in IDS else plugins[one] for one in wanted]


def relations_in(view: RepoView) -> Relations:
    """Return the questions beside the checks by the checklist that this state is reviewed by."""
    from holdshort.storage.relations import read_relations  # noqa: PLC0415 - lazy by design

    return read_relations((entry.path for entry in view.entries()), view.read)


def relations_here(console: Console) -> Relations:
    """Return the same for HEAD; outside of a repository, by the bundled checklist."""
    from holdshort.storage.layout import CHECKLISTS, FOLDER  # noqa: PLC0415 - lazy by design
    from holdshort.storage.relations import read_relations  # noqa: PLC0415
    from holdshort.storage.repo import Repo  # noqa: PLC0415

    try:
        repo = Repo.discover(console.repo)
        head = repo.head()
        paths = [entry.path for entry in repo.ls_tree(head, FOLDER, CHECKLISTS)]
    except HoldshortError:
        return read_relations((), lambda path, _: path.encode())
    return read_relations(paths, lambda path, limit: repo.read_blob_at(head, path, limit))


def _hint(name: str, known: Iterable[str], console: Console) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for this message

    by_check = relations_here(console).by_check
    beside = [check for check, rows in by_check.items() if any(r.question == name for r in rows)]
    if beside:
        return f"It is a question of the checklist; beside it: {', '.join(beside)}"
    if close := get_close_matches(name, known, n=3):
        return f"Did you mean: {', '.join(close)}?"
    return "List them with: holdshort check --list"
