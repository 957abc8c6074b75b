"""The blob ids of work files, kept between runs while the files stand untouched.

In: a file's path and its `stat`. Out: the id found for those bytes before, or nothing. A file that
changed within two seconds of its hashing is hashed again, because its time may not tell the next
change; this is git's own rule for its index. One JSON file for each work tree, in the user's cache
folder; it may be lost at any time.
Source: https://git-scm.com/docs/racy-git
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from pathlib import Path

KEPT_S = 90 * 86_400
"""How long the ids of a work tree nobody looks at are kept. Source: our own choice."""

MAX_KEPT_BYTES = 64 * 1024 * 1024
"""Largest file of ids that is read. Source: our own limit; 1,000 files take about 0.1 MB."""

_SETTLED_NS = 2_000_000_000
_FORM = 1


class WorkIds:
    """Ids by path for one work tree; does nothing without a folder to keep them in."""

    def __init__(self, folder: Path | None, root: Path, algorithm: str) -> None:
        """Read what an earlier run kept."""
        name = hashlib.sha256(os.fsencode(root) + algorithm.encode()).hexdigest()[:32]
        self._place = folder / f"{name}.json" if folder else None
        self._kept = _read(self._place)
        self._fresh: dict[str, list[int | str]] = {}

    def get(self, path: str, found: os.stat_result) -> str:
        """Return the id of an untouched file, empty when it must be hashed."""
        row = self._kept.get(path)
        if not isinstance(row, list) or row[:-1] != _marks(found) or not isinstance(row[-1], str):
            return ""
        self._fresh[path] = row
        return row[-1]

    def put(self, path: str, found: os.stat_result, blob: str) -> None:
        """Keep the id of a file that was hashed after this `stat`."""
        if max(found.st_mtime_ns, found.st_ctime_ns) < time.time_ns() - _SETTLED_NS:
            self._fresh[path] = [*_marks(found), blob]

    def save(self) -> None:
        """Write the ids of all files seen, when any differs from what was read."""
        if self._place is None or self._fresh == self._kept:
            return
        spare = self._place.with_suffix(f".{os.getpid()}.tmp")
        try:
            self._place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            spare.write_text(json.dumps({"form": _FORM, "ids": self._fresh}), encoding="ascii")
            spare.replace(self._place)
            _forget_old(self._place.parent)
        except OSError:
            with contextlib.suppress(OSError):
                spare.unlink(missing_ok=True)


def _marks(found: os.stat_result) -> list[int | str]:
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev]


def _read(place: Path | None) -> dict[str, list[int | str]]:
    try:
        if place is None or place.stat().st_size > MAX_KEPT_BYTES:
            return {}
        kept = json.loads(place.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    ids = kept.get("ids") if isinstance(kept, dict) and kept.get("form") == _FORM else None
    return ids if isinstance(ids, dict) else {}


def _forget_old(folder: Path) -> None:
    limit = time.time() - KEPT_S
    for place in folder.iterdir():
        if place.stat().st_mtime < limit:
            place.unlink(missing_ok=True)
