"""Facts and findings kept between runs, in one SQLite file in the user's cache directory.

In: keys that say everything a value depends on. Out: the bytes put under them, or nothing. A cache
may be lost at any time and is never trusted: each row carries a digest of its key and value, a
file that is no sound database is made anew, and any trouble means working without. Nothing of a
review is decided by it: `verify` does not use it.
Source for the digest: https://www.rfc-editor.org/rfc/rfc7693 (BLAKE2b).
"""

from __future__ import annotations

import contextlib
import sqlite3
import sys
import time
from collections.abc import Iterable, Mapping
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

import holdshort

MAX_CACHE_BYTES = 256 * 1024 * 1024
"""Size beyond which the oldest rows go. Source: our own limit; a repository of 45 MB takes 12."""

_KEPT = 0.75
_KEY_BYTES = 16
_PROOF_BYTES = 8
_DAY_S = 86_400
_BUSY_S = 0.5
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS kept"
    " (key BLOB PRIMARY KEY, value BLOB NOT NULL, proof BLOB NOT NULL, day INTEGER NOT NULL)"
    " WITHOUT ROWID"
)
_MANY = 500


def key_of(*parts: str) -> bytes:
    """Return the key of everything a value depends on, in order; our own code always does."""
    told = "\0".join((_own_code(), *parts))
    return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=_KEY_BYTES).digest()


class FactCache:
    """Bytes by key; every method does nothing when there is no usable file."""

    def __init__(self, path: Path | None, max_bytes: int = MAX_CACHE_BYTES) -> None:
        """Use a file, made with its folder on the first write; None keeps nothing."""
        self._path = path
        self._max_bytes = max_bytes

    def __bool__(self) -> bool:
        return self._database is not None

    def get(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return what is kept and sound, by key."""
        wanted = list(dict.fromkeys(keys))
        found: dict[bytes, bytes] = {}
        try:
            for at in range(0, len(wanted) if self._database else 0, _MANY):
                found.update(self._rows(wanted[at : at + _MANY]))
        except sqlite3.Error:
            self._start_again()
        return found

    def put(self, rows: Mapping[bytes, bytes]) -> None:
        """Keep values; a full disk or a busy file loses them, nothing else."""
        database = self._database
        if database is None or not rows:
            return
        day = int(time.time() // _DAY_S)
        values = [(key, value, _proof(key, value), day) for key, value in rows.items()]
        try:
            with database:
                database.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", values)
            self._shrink(database)
        except sqlite3.OperationalError:
            return
        except sqlite3.Error:
            self._start_again()

    def close(self) -> None:
        """Let go of the file."""
        database = self.__dict__.pop("_database", None)
        if database is not None:
            with contextlib.suppress(sqlite3.Error):
                database.close()

    @cached_property
    def _database(self) -> sqlite3.Connection | None:
        if self._path is None:
            return None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            return _opened(self._path)
        except sqlite3.OperationalError:
            return None
        except (sqlite3.Error, OSError):
            return self._made_anew()

    def _made_anew(self) -> sqlite3.Connection | None:
        assert self._path is not None  # noqa: S101 - asked only where there is one
        try:
            for suffix in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            return _opened(self._path)
        except (sqlite3.Error, OSError):
            return None

    def _start_again(self) -> None:
        """Throw an unsound file away; this run works without it."""
        self.close()
        if self._path is not None and (fresh := self._made_anew()):
            fresh.close()
        self.__dict__["_database"] = None

    def _rows(self, keys: list[bytes]) -> dict[bytes, bytes]:
        assert self._database is not None  # noqa: S101 - asked only where there is one
        marks = ",".join("?" * len(keys))
        query = f"SELECT key, value, proof FROM kept WHERE key IN ({marks})"  # noqa: S608 - marks
        found = self._database.execute(query, keys)
        return {key: value for key, value, proof in found if proof == _proof(key, value)}

    def _shrink(self, database: sqlite3.Connection) -> None:
        pages, size = _number(database, "page_count"), _number(database, "page_size")
        used = (pages - _number(database, "freelist_count")) * size
        if used <= self._max_bytes:
            return
        total = database.execute("SELECT count(*) FROM kept").fetchone()[0]
        surplus = int(total * (1 - _KEPT * self._max_bytes / used))
        with database:
            database.execute(
                "DELETE FROM kept WHERE key IN (SELECT key FROM kept ORDER BY day LIMIT ?)",
                (surplus,),
            )


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=_BUSY_S)
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        database.execute(_SCHEMA)
    except sqlite3.Error:
        database.close()
        raise
    return database


def _number(database: sqlite3.Connection, pragma: str) -> int:
    return int(database.execute(f"PRAGMA {pragma}").fetchone()[0])


def _proof(key: bytes, value: bytes) -> bytes:
    return blake2b(value, digest_size=_PROOF_BYTES, key=key).digest()


def _own_code() -> str:
    """Return a digest of this program, so that another version never reads what this one kept."""
    if not _CODE:
        total = blake2b(digest_size=_KEY_BYTES)
        total.update(sys.version.encode())
        root = Path(holdshort.__file__).parent
        for path in sorted([*(root / "checks").rglob("*.py"), *(root / "model").glob("*.py")]):
            total.update(path.read_bytes())
        _CODE.append(total.hexdigest())
    return _CODE[0]


_CODE: list[str] = []
