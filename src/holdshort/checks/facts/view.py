"""The repository as checks see it: tracked entries and their bytes, nothing else.

The consumer owns the protocol: `storage.repo` has classes with these methods and does not know
this module. A view never runs anything and never follows a link out of the repository.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol


class Entry(Protocol):
    """One tracked entry."""

    @property
    def path(self) -> str:
        """Repository-relative, `/`-separated, as git lists it."""
        ...

    @property
    def mode(self) -> str:
        """Git's six digits; `120000` is a symbolic link, `160000` a submodule."""
        ...

    @property
    def blob(self) -> str:
        """The object id, empty when unknown."""
        ...


class RepoView(Protocol):
    """One state of a repository, read-only."""

    @property
    def commit(self) -> str:
        """The full hex commit id, empty when there is none."""
        ...

    @property
    def dirty(self) -> bool:
        """Whether the bytes read may differ from the commit."""
        ...

    def entries(self) -> Sequence[Entry]:
        """Return every tracked entry, links and submodules included, sorted by path."""
        ...

    def read(self, path: str, limit_bytes: int) -> bytes:
        """Return the bytes of a tracked regular file.

        Raises:
            OSError: unreadable, larger than the limit, or not a regular file inside.
        """
        ...

    def read_many(
        self, paths: Sequence[str], limit_bytes: int
    ) -> Iterator[tuple[str, bytes | OSError]]:
        """Yield each path with its bytes or the reason it cannot be read, in order."""
        ...

    def state(self) -> str:
        """Return a text that is the same only when all that can be read is, empty when unknown."""
        ...

    def tracked(self, paths: Sequence[str], limit_bytes: int) -> Iterator[tuple[str, int, bytes]]:
        """Yield each path with the size git holds for it and, up to the limit, its bytes.

        That is what is tracked whatever stands in the work tree: of a file in Git LFS the pointer.
        Above the limit the bytes are empty. A path that this clone has no object of is left out.
        """
        ...

    def untracked(self, paths: Sequence[str]) -> Sequence[str]:
        """Return those of these paths where a file lies on the disk that is not tracked.

        Nothing at a commit. Other untracked files stay unknown: nothing is listed.
        """
        ...
