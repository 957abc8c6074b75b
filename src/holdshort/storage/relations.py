"""Which questions each check stands beside, read from a checklist without validating it.

For reports of checks alone, which shall not wait for a whole checklist: this takes a few
milliseconds, `catalog.find` a tenth of a second. The checklist is the one a review would use: the
pinned ones, else the repository's own, else the bundled one. What cannot be read is no reason to
show no findings: it is named in `problem`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice

from holdshort.errors import BadInputError
from holdshort.model.relation import Beside, Relation
from holdshort.model.text import one_line
from holdshort.storage.layout import CHECKLISTS, DEFAULT, POLICY, bundled_folder, checklist_path
from holdshort.storage.yaml_load import MAX_BYTES, Loaded, load

Reader = Callable[[str, int], bytes]
"""Returns a file's bytes, given its path and the most bytes wanted; raises OSError."""


@dataclass(frozen=True, slots=True)
class Relations:
    """Questions by check id, in the order of the checklist.

    Attributes:
        problem: why there are none, with `file:line:col`; empty when they could be read.
    """

    by_check: Mapping[str, tuple[Beside, ...]] = field(default_factory=dict)
    problem: str = ""

    def of(self, check: str) -> tuple[Beside, ...]:
        """Return the questions a check stands beside."""
        return self.by_check.get(check, ())


def read_relations(paths: Iterable[str], read: Reader) -> Relations:
    """Return the relations of the checklist in force.

    Args:
        paths: what is tracked.
        read: reads one of them.
    """
    found: dict[str, dict[Beside, None]] = {}
    try:
        for checklist in _in_force(frozenset(paths), read):
            for check, beside in _relations(checklist):
                found.setdefault(check, {})[beside] = None
    except (BadInputError, OSError, ValueError) as error:
        said = error.message if isinstance(error, BadInputError) else str(error)
        return Relations(problem=one_line(said, 200))
    return Relations({check: tuple(besides) for check, besides in found.items()})


def _in_force(paths: frozenset[str], read: Reader) -> Iterator[Loaded]:
    """Yield the checklists a review here would use, as `walkthrough.visit` chooses them."""
    if POLICY in paths:
        for pin in _items(load(read(POLICY, MAX_BYTES), POLICY).value, "checklists"):
            path = checklist_path(_text(pin, "id"), _text(pin, "version"))
            yield load(read(path, MAX_BYTES), path).value
        return
    own = (path for path in sorted(paths) if _OWN.fullmatch(path))
    bundled = sorted(bundled_folder().glob("*.yaml"))
    documents = chain(
        ((path, read(path, MAX_BYTES)) for path in own),
        ((path.name, path.read_bytes()) for path in bundled),
    )
    ours = (load(data, name).value for name, data in documents if _MARK in data)
    yield from islice((one for one in ours if one.get("id") == DEFAULT), 1)


_OWN = re.compile(rf"{CHECKLISTS}/[^/]+\.yaml")
_MARK = b"holdshort/checklist/"


def _relations(checklist: Loaded) -> Iterator[tuple[str, Beside]]:
    for section in _items(checklist, "sections"):
        for asked in _items(section, "questions"):
            for question in chain([asked], _items(asked, "followups")):
                for one in _items(question, "checks"):
                    relation = Relation(_text(one, "relation") or Relation.SUPPORTS)
                    yield _text(one, "id"), Beside(one_line(_text(question, "id"), 64), relation)


def _items(value: Loaded, key: str) -> list[Loaded]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _text(value: Loaded, key: str) -> str:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
