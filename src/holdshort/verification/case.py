"""One release being verified: what every duty needs, and the ledger it writes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from holdshort.storage.git_objects import Commit
from holdshort.storage.records import ROOT
from holdshort.storage.repo import Change, Entry, Repo
from holdshort.verification.ledger import Ledger


class Landings:
    """Which first-parent commits of a branch changed `reviews/`, and how; read when asked for."""

    def __init__(self, repo: Repo, tip: str) -> None:
        """Look at nothing yet."""
        self._repo, self._tip = repo, tip

    @cached_property
    def history(self) -> Sequence[Commit]:
        """The commits, newest first."""
        return self._repo.history_of(ROOT, self._tip)

    @cached_property
    def changes(self) -> Sequence[tuple[Commit, Change]]:
        """What each changed from its first parent, newest first."""
        commits = {commit.id: commit for commit in self.history}
        pairs = ((commits[one.commit], one) for one in self._repo.changes(self.history, ROOT))
        return [(commit, one) for commit, one in pairs if one.parent in _first_parent(commit)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One release under judgement.

    Attributes:
        tip: the judged revision, full hex.
        base: the tip of the protected branch, empty for none.
        entries: every tracked path at `tip`.
        qualifiers: what must stand beside the verdict.
    """

    repo: Repo
    tip: str
    base: str
    model: str
    release: str
    now: datetime
    entries: tuple[Entry, ...]
    landings: Landings
    ledger: Ledger = field(default_factory=Ledger)
    qualifiers: list[str] = field(default_factory=list)

    def tree(self, commit: str) -> tuple[Entry, ...]:
        """Return every tracked path at a commit."""
        return self.entries if commit == self.tip else self.repo.ls_tree(commit)


def _first_parent(commit: Commit) -> tuple[str, ...]:
    return commit.parents[:1] or ("",)
