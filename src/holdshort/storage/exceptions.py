"""The exceptions of one state of a repository: a commit, or the work tree.

In: a view of the files. Out: `Exceptions`, empty when there is no file. A file that cannot be read
gives none and says why, with `file:line:col`: the checks go on, and nothing is excepted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from holdshort.errors import HoldshortError
from holdshort.model.exceptions import PLACE, SCHEMA, Exceptions, ExceptionsDocument
from holdshort.model.text import one_line

MAX_BYTES = 1_000_000
"""Largest file read. Source: docs/promises.md, G9."""


class Tracked(Protocol):
    """One tracked entry."""

    @property
    def path(self) -> str:
        """Relative to the repository."""
        ...


class Files(Protocol):
    """One state of a repository."""

    def entries(self) -> Sequence[Tracked]:
        """Return every tracked entry."""
        ...

    def read(self, path: str, limit_bytes: int) -> bytes:
        """Return the bytes of a file; raises OSError."""
        ...


def read_exceptions(files: Files) -> Exceptions:
    """Return the exceptions that hold in this state."""
    try:
        data = files.read(PLACE, MAX_BYTES)
    except FileNotFoundError:
        return Exceptions()
    except OSError as error:
        return Exceptions(problem=f"{PLACE} cannot be read: {error.strerror or error}")
    if not any(entry.path == PLACE for entry in files.entries()):
        return Exceptions(problem=f"{PLACE} is not tracked: `git add` it, or it says nothing")
    try:
        return _parsed(data)
    except HoldshortError as error:
        return Exceptions(problem=one_line(error.message, 300))


def _parsed(data: bytes) -> Exceptions:
    from holdshort.storage.documents import check_schema, validate  # noqa: PLC0415 - rarely there
    from holdshort.storage.yaml_load import load  # noqa: PLC0415

    document = load(data, PLACE)
    check_schema(document, SCHEMA)
    found = validate(ExceptionsDocument, document).exceptions
    lines = (document.positions["exceptions", at].line for at in range(len(found)))
    return Exceptions(tuple(zip(lines, found, strict=True)))
