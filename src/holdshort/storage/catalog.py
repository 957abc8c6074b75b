"""Where checklists come from: bundled with holdshort, or the repository's `checklists/`.

In: an id. Out: a resolved, validated `Checklist`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from holdshort.errors import BadInputError
from holdshort.model.canonical import plain
from holdshort.model.checklist import SCHEMA, Checklist
from holdshort.model.text import one_line
from holdshort.storage.documents import read
from holdshort.storage.layout import DEFAULT, bundled_folder
from holdshort.storage.yaml_dump import dump

__all__ = ["DEFAULT", "Source", "bundled", "find", "parse", "rendered"]

_MARK = SCHEMA.rpartition("/")[0].encode()


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of one checklist and the name messages use for it."""

    name: str
    data: bytes


def parse(source: Source) -> Checklist:
    """Read one checklist.

    Raises:
        BadInputError: it cannot be read, with `file:line:col`.
    """
    return read(Checklist, source.data, source.name, SCHEMA)


def rendered(checklist: Checklist) -> bytes:
    """Return the canonical bytes of a resolved checklist, as pinned in the trust root."""
    value = plain(checklist)
    if not isinstance(value, dict):
        raise TypeError("a checklist is a mapping")
    return dump(value)


def bundled() -> Iterator[Source]:
    """Yield the checklists that come with holdshort, by name."""
    for path in sorted(bundled_folder().glob("*.yaml")):
        yield Source(path.name, path.read_bytes())


def find(identity: str, own: tuple[Source, ...] = ()) -> Checklist:
    """Return a checklist by id; the repository's own ones win over bundled ones.

    Args:
        identity: the checklist's id.
        own: the files of the repository's `checklists/` folder.

    Raises:
        BadInputError: no checklist has this id, or the one that has it cannot be read.
    """
    known: list[str] = []
    for source in (*filter(_is_ours, own), *bundled()):
        checklist = parse(source)
        if checklist.id == identity:
            return checklist
        known.append(checklist.id)
    raise BadInputError(
        f"no checklist is called {one_line(identity, 80)!r}",
        f"Known: {', '.join(known) or 'none'}.",
    )


def _is_ours(source: Source) -> bool:
    """Tell whether a file means to be a checklist of ours; `checklists/` is a common name."""
    return _MARK in source.data
