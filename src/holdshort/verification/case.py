"""One release being verified: what every duty needs, and the ledger it writes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from holdshort.storage.records import ROOT
from holdshort.storage.repo import Entry, Repo
from holdshort.verification.ledger import Ledger


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
    ledger: Ledger = field(default_factory=Ledger)
    qualifiers: list[str] = field(default_factory=list)

    @property
    def folder(self) -> str:
        """Where the release's records stand."""
        return f"{ROOT}/{self.model}/{self.release}"
