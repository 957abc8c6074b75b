"""The auto-checks of one commit as a review runs them: which there are, how they start."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cached_property

from holdshort.checks.base import IDS
from holdshort.checks.child import CheckRun
from holdshort.checks.plugins import installed
from holdshort.model.exceptions import PLACE
from holdshort.storage.exceptions import read_exceptions
from holdshort.storage.repo import Repo


class Checks:
    """The checks of one commit."""

    def __init__(self, repo: Repo, commit: str, paths: Collection[str]) -> None:
        """Run and read nothing yet; `paths` are the tracked ones of the commit."""
        self._repo, self._commit, self._paths = repo, commit, paths

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Every check, in the order they are run and shown: ours, then those of plugins."""
        return (*IDS, *(one.id for one in installed(self._repo.root)))

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What is wrong with the commit's file of exceptions; the checks go on without it."""
        if PLACE not in self._paths:
            return ()
        return tuple(read_exceptions(self._repo.view(self._commit)).notes(self.ids))

    def start(self, ids: tuple[str, ...], day: date) -> CheckRun:
        """Start checks, or all; exceptions are judged on a day."""
        return CheckRun(self._repo.root, self._commit, ids or self.ids, day=day)
