"""What is reviewed: a model, a release, and the exact source tree.

`source_sha256` is the SHA-256 over entries `mode SP digest TAB path NUL`, sorted by the bytes
of path; digest is the hex SHA-256 of the blob's content, for a submodule its commit id. Mode is
git's six octal digits. The commit only says where to look: after a squash it is gone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from holdshort.model.canonical import Strict

_FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")

ALWAYS_OUT = ("reviews/**", ".holdshort/**", "checklists/*.yaml")
"""Never part of the source: records, trust root and the team's checklists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope(Strict):
    """Which paths count as source; `**` crosses folders, `*` and `?` do not."""

    include: tuple[str, ...] = ("**",)
    exclude: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        """Tell whether a path is in scope."""
        if any(_matches(path, pattern) for pattern in ALWAYS_OUT):
            return False
        return any(_matches(path, one) for one in self.include) and not any(
            _matches(path, one) for one in self.exclude
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact(Strict):
    """A model file by the SHA-256 of its content."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject(Strict):
    """The reviewed state of the repository.

    Attributes:
        commit: full hex id of the reviewed commit.
        tree: full hex id of its tree.
        base: commit of the base branch the subject forks from, empty when there is none.
        source_sha256: digest of every in-scope file, as in the module's text.
    """

    commit: str
    tree: str
    base: str = ""
    scope: Scope = field(default_factory=Scope)
    source_sha256: str
    artifacts: tuple[Artifact, ...] = ()

    def __post_init__(self) -> None:
        """Refuse ids that are not full lower-case hex.

        Raises:
            ValueError: the commit, tree, base or digest is no full id.
        """
        for one in (self.commit, self.tree, self.source_sha256, *filter(None, (self.base,))):
            if not _FULL_ID.fullmatch(one):
                message = f"{one!r} is no full id in hex"
                raise ValueError(message)


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One file of the source: git mode, digest and path."""

    mode: str
    digest: str
    path: str


def source_sha256(entries: Iterable[SourceEntry]) -> str:
    """Return the digest of a source tree; the order of the entries does not matter."""
    total = hashlib.sha256()
    for entry in sorted(entries, key=lambda one: one.path.encode("utf-8", "surrogateescape")):
        path = entry.path.encode("utf-8", "surrogateescape")
        total.update(f"{entry.mode} {entry.digest}\t".encode() + path + b"\0")
    return total.hexdigest()


def _matches(path: str, pattern: str) -> bool:
    return _compiled(pattern).fullmatch(path) is not None


_CACHE: dict[str, re.Pattern[str]] = {}


def _compiled(pattern: str) -> re.Pattern[str]:
    if pattern not in _CACHE:
        parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
        said = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
        regex = "".join(said.get(part, re.escape(part)) for part in parts)
        _CACHE[pattern] = re.compile(regex, re.DOTALL)
    return _CACHE[pattern]
