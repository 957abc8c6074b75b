"""Views of the tracked files: as a commit holds them, and as they stand in the work tree.

Both have the shape of `checks.base.RepoView`. Nothing is compared through git: `git status`
would start filters and file-system monitors that the repository itself names.
Format of a Git LFS pointer: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from holdshort.storage import git_objects as objects
from holdshort.storage.blobs import Blobs
from holdshort.storage.git_objects import Entry
from holdshort.storage.repo_files import WorkFiles
from holdshort.storage.work_ids import WorkIds

MAX_HASHED_BYTES = 16 * 1024 * 1024
"""Larger work files are compared by size alone. Source: our own limit; hashing a model of
several gigabytes takes seconds, and no check reads it."""

_MAX_POINTER_BYTES = 1024
_POINTER = re.compile(rb"version https://git-lfs\S*\n(?:.*\n)*?oid sha256:(\w{64})\nsize (\d+)\n")


class CommitView:
    """The files of one commit."""

    dirty = False

    def __init__(self, root: Path, commit: str, *under: str) -> None:
        """Look at `commit`, a full id, in the repository at `root`; or at literal paths of it."""
        self.commit = commit
        self._root = root
        self._under = under

    def entries(self) -> Sequence[Entry]:
        """Return every tracked path, sorted."""
        return tuple(self._by_path.values())

    def read(self, path: str, limit_bytes: int) -> bytes:
        """Return a file's content.

        Raises:
            OSError: it is not there, not a regular file, or too large.
        """
        _, data = next(self.read_many([path], limit_bytes))
        if isinstance(data, OSError):
            raise data
        return data

    def read_many(
        self, paths: Sequence[str], limit_bytes: int
    ) -> Iterator[tuple[str, bytes | OSError]]:
        """Yield the content of files in the order asked, or why one cannot be read."""
        found = {path: self._by_path.get(path) for path in paths}
        ids = [entry.blob for entry in found.values() if entry and entry.is_file]
        contents = self._contents(ids, limit_bytes)
        for path, entry in found.items():
            if entry is None:
                yield path, FileNotFoundError(errno.ENOENT, "not at this commit", path)
            elif not entry.is_file:
                yield path, OSError(errno.EINVAL, "not a regular file", path)
            else:
                yield path, next(contents)[1]

    def state(self) -> str:
        """Return a text that is the same for every commit with these files."""
        return _state(self.entries(), "")

    def tracked(self, paths: Sequence[str], limit_bytes: int) -> Iterator[tuple[str, int, bytes]]:
        """Yield files with the size git holds and, up to the limit, their bytes; others not."""
        return self._small(_with_ids(self._by_path, paths), limit_bytes)

    def untracked(self, paths: Sequence[str]) -> Sequence[str]:
        """Return nothing: a commit holds what is tracked."""
        del paths
        return ()

    def _contents(
        self, ids: Sequence[str], limit_bytes: int
    ) -> Iterator[tuple[str, bytes | OSError]]:
        return objects.read_blobs(self._root, ids, limit_bytes)

    def _small(
        self, wanted: Sequence[tuple[str, str]], limit_bytes: int
    ) -> Iterator[tuple[str, int, bytes]]:
        return objects.small_blobs(self._root, wanted, limit_bytes)

    def _listed(self) -> Mapping[str, Entry]:
        return {one.path: one for one in objects.list_tree(self._root, self.commit, *self._under)}

    @cached_property
    def _by_path(self) -> Mapping[str, Entry]:
        return self._listed()


class KnownView(CommitView):
    """The files of one commit whose tree is known already, read through one open program."""

    def __init__(self, root: Path, commit: str, entries: Mapping[str, Entry], blobs: Blobs) -> None:
        """Take the entries by path, in the order of `git ls-tree`, as they are."""
        super().__init__(root, commit)
        self._entries = entries
        self._blobs = blobs

    def _listed(self) -> Mapping[str, Entry]:
        return self._entries

    def _contents(
        self, ids: Sequence[str], limit_bytes: int
    ) -> Iterator[tuple[str, bytes | OSError]]:
        return self._blobs.read(ids, limit_bytes)

    def _small(
        self, wanted: Sequence[tuple[str, str]], limit_bytes: int
    ) -> Iterator[tuple[str, int, bytes]]:
        return self._blobs.small(wanted, limit_bytes)


class WorktreeView:
    """The tracked files as they stand on the disk, looked at once.

    An entry's blob is the id of the bytes on the disk, and empty where they cannot be read. A
    tracked path with nothing on the disk is left out.
    """

    def __init__(
        self, root: Path, commit: str, object_format: str, cache: Path | None = None
    ) -> None:
        """Look at the work tree at `root`, whose HEAD is `commit` (empty: no commit yet).

        `cache` is the folder that keeps ids of files between runs; None keeps none.
        """
        self._cache = cache
        self._large: dict[str, os.stat_result] = {}
        self.commit = commit
        self._root = root
        self._format = object_format
        self._files = WorkFiles(root)

    @property
    def dirty(self) -> bool:
        """Whether the index or any tracked file differs from HEAD.

        Line ends and Git LFS content that match what is tracked are no difference.
        """
        committed = objects.list_tree(self._root, self.commit) if self.commit else ()
        return self._staged != committed or self._differs()

    def entries(self) -> Sequence[Entry]:
        """Return every tracked path that is there, sorted."""
        return self._standing

    def read(self, path: str, limit_bytes: int) -> bytes:
        """Return a file's bytes on the disk.

        Raises:
            OSError: it is not there, not a regular file inside the repository, or too large.
        """
        return self._files.read(path, limit_bytes)

    def read_many(
        self, paths: Sequence[str], limit_bytes: int
    ) -> Iterator[tuple[str, bytes | OSError]]:
        """Yield the bytes of files in the order asked, or why one cannot be read."""
        for path in paths:
            try:
                yield path, self.read(path, limit_bytes)
            except OSError as error:
                yield path, error

    def tracked(self, paths: Sequence[str], limit_bytes: int) -> Iterator[tuple[str, int, bytes]]:
        """Yield files with the size the index holds and, up to the limit, those bytes.

        A file in Git LFS is its pointer here, though its content stands on the disk.
        """
        wanted = _with_ids({e.path: e for e in self._staged}, paths)
        return objects.small_blobs(self._root, wanted, limit_bytes)

    def untracked(self, paths: Sequence[str]) -> Sequence[str]:
        """Return those of these paths where a regular file lies on the disk, but not in the index.

        Only these paths are looked at, so that folders of untracked data cost nothing.
        """
        tracked = {one.path for one in self._staged}
        return tuple(path for path in paths if path not in tracked and self._lies(path))

    def _lies(self, path: str) -> bool:
        try:
            return stat.S_ISREG(self._files.mode(path))
        except OSError:
            return False

    @cached_property
    def _staged(self) -> tuple[Entry, ...]:
        return objects.list_index(self._root)

    @cached_property
    def _standing(self) -> tuple[Entry, ...]:
        ids = WorkIds(self._cache, self._root, self._format)
        found = [self._stands(one, ids) for one in self._staged]
        ids.save()
        return tuple(one for one in found if one is not None)

    def _stands(self, entry: Entry, ids: WorkIds) -> Entry | None:
        if entry.mode == objects.SUBMODULE:
            return entry
        try:
            found = self._files.status(entry.path)
            if found is None or stat.S_ISDIR(found.st_mode):
                return None
            if stat.S_ISLNK(found.st_mode):
                link = self._files.link(entry.path)
                return Entry(entry.path, objects.SYMLINK, objects.blob_id(link, self._format))
            kept = entry.mode if entry.is_file else "100644"
            return Entry(entry.path, kept, self._blob(entry.path, found, ids))
        except OSError:
            return replace(entry, blob="")

    def _blob(self, path: str, found: os.stat_result, ids: WorkIds) -> str:
        if found.st_size > MAX_HASHED_BYTES:
            self._large[path] = found
            return ""
        known = ids.get(path, found)
        if not known:
            known = self._files.blob_id(path, self._format)
            ids.put(path, found, known)
        return known

    def state(self) -> str:
        """Return a text for all that can be read, empty when a file cannot be identified.

        A file too large to be hashed is known by its size and times.
        """
        unknown = [one for one in self._standing if not one.blob and one.is_file]
        if any(one.path not in self._large for one in unknown):
            return ""
        marks = [(one.path, self._large[one.path]) for one in unknown]
        large = "".join(
            f"{path}\0{s.st_size} {s.st_mtime_ns} {s.st_ctime_ns}\0" for path, s in marks
        )
        standing = {one.path: one.blob for one in self._standing}
        staged = [one for one in self._staged if standing.get(one.path) != one.blob]
        return _state(self._standing, large + "".join(f"{e.path}\0{e.blob}\0" for e in staged))

    def _differs(self) -> bool:
        standing = {one.path: one for one in self._standing}
        if len(standing) < len(self._staged):
            return True
        changed = [one for one in self._staged if standing[one.path] != one]
        if any(not one.is_file or not standing[one.path].is_file for one in changed):
            return True
        sizes = objects.sizes_of(self._root, (one.blob for one in changed))
        small = [one for one in changed if sizes.get(one.blob, 0) <= _MAX_POINTER_BYTES]
        pointers = dict(
            objects.read_blobs(self._root, [one.blob for one in small], _MAX_POINTER_BYTES)
        )
        return not all(self._same(one, sizes, pointers.get(one.blob)) for one in changed)

    def _same(self, entry: Entry, sizes: dict[str, int], tracked: bytes | OSError | None) -> bool:
        """Tell whether a file that is not byte for byte what is tracked still says the same."""
        pointer = _POINTER.fullmatch(tracked) if isinstance(tracked, bytes) else None
        try:
            with self._files.opened(entry.path) as (_, size):
                if size > MAX_HASHED_BYTES:
                    return size == (int(pointer[2]) if pointer else sizes.get(entry.blob))
            data = self._files.read(entry.path, MAX_HASHED_BYTES)
        except OSError:
            return False
        if pointer and hashlib.sha256(data).hexdigest().encode() == pointer[1]:
            return True
        unix = data.replace(b"\r\n", b"\n")
        return objects.blob_id(unix, self._format) == entry.blob


def _state(entries: Sequence[Entry], rest: str) -> str:
    told = "".join(f"{one.mode} {one.blob} {one.path}\0" for one in entries) + rest
    return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()


def _with_ids(entries: Mapping[str, Entry], paths: Sequence[str]) -> list[tuple[str, str]]:
    found = (entries.get(path) for path in paths)
    return [(entry.path, entry.blob) for entry in found if entry and entry.is_file]
