"""Reading git's objects: trees, blobs, commits and what each commit changed.

Functions over a repository's folder. Ids go in as full hex, never as a user wrote them; blobs
come out in batches or as digests, so memory stays small however large a repository is.
Format: git-ls-tree(1), git-cat-file(1) "BATCH OUTPUT", git-diff-tree(1) "RAW OUTPUT FORMAT".
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from holdshort.errors import UndeterminedError
from holdshort.storage.git import GitError, decode, run, stream

SYMLINK, SUBMODULE = "120000", "160000"
MAX_COMMIT_BYTES = 1024 * 1024
"""Largest commit object that is read. Source: our own limit; a message is a few kilobytes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One tracked path: git's six octal digits of mode and the blob's id."""

    path: str
    mode: str
    blob: str

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file, not a symbolic link or a submodule."""
        return self.mode not in (SYMLINK, SUBMODULE)


@dataclass(frozen=True, slots=True)
class Identity:
    """A name and an address, as a commit carries them."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit; its names are claims, for an unsigned commit can name anybody."""

    id: str
    tree: str
    parents: tuple[str, ...]
    author: Identity
    authored_at: datetime
    committer: Identity
    committed_at: datetime
    message: str

    @property
    def authors(self) -> tuple[Identity, ...]:
        """The author and everyone a `Co-authored-by:` line names."""
        return (self.author, *(Identity(*one) for one in _CO_AUTHOR.findall(self.message)))

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]


@dataclass(frozen=True, slots=True)
class Change:
    """What one path became from one parent of a commit; absent sides are empty."""

    commit: str
    parent: str
    path: str
    old_mode: str
    old_blob: str
    new_mode: str
    new_blob: str


def list_tree(folder: Path, tree: str, *paths: str) -> tuple[Entry, ...]:
    """Return the entries of a commit or tree, sorted by the bytes of path."""
    said = run(folder, "ls-tree", "-r", "-z", "--full-tree", tree, "--", *paths)
    rows = (row.partition("\t") for row in decode(said.stdout).split("\0") if row)
    return tuple(Entry(path, fields[:6], fields.rpartition(" ")[2]) for fields, _, path in rows)


def list_index(folder: Path, *paths: str) -> tuple[Entry, ...]:
    """Return what is staged, sorted by path; of a path in conflict, the side of HEAD."""
    said = run(folder, "ls-files", "-s", "-z", "--full-name", "--", *paths)
    entries: dict[str, Entry] = {}
    for row in filter(None, decode(said.stdout).split("\0")):
        fields, _, path = row.partition("\t")
        mode, blob, stage = fields.split(" ")
        if stage in "02" or path not in entries:
            entries[path] = Entry(path, mode, blob)
    return tuple(entries.values())


def blob_id(data: bytes, algorithm: str) -> str:
    """Return the id git gives these bytes as a blob, `algorithm` being the object format."""
    total = hashlib.new(algorithm, b"blob %d\0" % len(data), usedforsecurity=False)
    total.update(data)
    return total.hexdigest()


def sizes_of(folder: Path, ids: Iterable[str]) -> dict[str, int]:
    """Return the size in bytes of each object; one that is not there is left out."""
    wanted = list(ids)
    asked = b"".join(f"{one}\n".encode() for one in wanted)
    said = run(folder, "cat-file", "--batch-check", stdin=asked, may_fail=True)
    if said.code and "promisor" in said.stderr:
        return _sizes_here(folder, frozenset(wanted))
    if said.code:
        raise GitError("cat-file", said.code, said.stderr)
    fields = (row.split(" ") for row in said.text.splitlines() if not row.endswith(" missing"))
    return {name: int(size) for name, _, size in fields}


def _sizes_here(folder: Path, wanted: frozenset[str]) -> dict[str, int]:
    """Return the sizes of those that a partial clone has; asked for another, git gives up."""
    every = ("--batch-check", "--batch-all-objects", "--unordered")
    rows = (row.split(" ") for row in _tokens(stream(folder, "cat-file", *every), b"\n"))
    return {name: int(size) for name, _, size in rows if name in wanted}


def read_blobs(
    folder: Path, ids: Sequence[str], limit_bytes: int
) -> Iterator[tuple[str, bytes | OSError]]:
    """Yield each object's content in the order asked; an OSError where it cannot be read."""
    sizes = sizes_of(folder, ids)
    refused = {one: refusal(one, sizes.get(one), limit_bytes) for one in ids}
    contents = _contents(folder, [one for one in ids if refused[one] is None])
    for one in ids:
        yield one, refused[one] or b"".join(next(contents)[1])


def small_blobs(
    folder: Path, wanted: Sequence[tuple[str, str]], limit_bytes: int
) -> Iterator[tuple[str, int, bytes]]:
    """Yield each name with its object's size and, up to the limit, content; absent ones not.

    Args:
        folder: a folder of the repository.
        wanted: names, such as paths, each with the id of an object.
        limit_bytes: of a larger object the content is left empty.
    """
    sizes = sizes_of(folder, dict.fromkeys(one for _, one in wanted))
    held = [(name, one) for name, one in wanted if one in sizes]
    small = [one for _, one in held if sizes[one] <= limit_bytes]
    contents = _contents(folder, small)
    for name, one in held:
        data = b"".join(next(contents)[1]) if sizes[one] <= limit_bytes else b""
        yield name, sizes[one], data


def refusal(name: str, size: int | None, limit_bytes: int) -> OSError | None:
    """Return why a blob of this size is not read; None as the size says it is not there."""
    if size is None:
        return FileNotFoundError(f"object {name} is not in this clone")
    if size > limit_bytes:
        return OSError(f"{size} bytes, more than the limit of {limit_bytes}")
    return None


def digests_of(folder: Path, ids: Iterable[str]) -> dict[str, str]:
    """Return the hex SHA-256 of each blob's content, read piece by piece.

    Raises:
        UndeterminedError: a blob is not in this clone.
    """
    digests = {}
    for name, pieces in _contents(folder, list(dict.fromkeys(ids))):
        total = hashlib.sha256()
        for piece in pieces:
            total.update(piece)
        digests[name] = total.hexdigest()
    return digests


def ids_of(folder: Path, *args: str) -> tuple[str, ...]:
    """Return the commit ids `git rev-list` prints, in its order."""
    return tuple(run(folder, "rev-list", *args).text.split())


def read_commits(folder: Path, ids: Sequence[str]) -> tuple[Commit, ...]:
    """Return the commits in the order asked.

    Raises:
        UndeterminedError: one is not in this clone, or is no commit git could have made.
    """
    found = []
    for name, data in read_blobs(folder, ids, MAX_COMMIT_BYTES):
        if isinstance(data, OSError):
            raise UndeterminedError(f"commit {name} cannot be read: {data}", _FETCH)
        found.append(_commit(name, decode(data)))
    return tuple(found)


def changes_of(folder: Path, commits: Sequence[Commit], *under: str) -> Iterator[Change]:
    """Yield what each commit changed from each of its parents, in the order given.

    Args:
        folder: a folder of the repository.
        commits: commits in any order; a root commit is compared with nothing.
        under: literal paths or folders to look at; everything by default.
    """
    pairs = [(one.id, parent) for one in commits for parent in one.parents or ("",)]
    yield from changes_between(folder, pairs, *under)


def changes_between(
    folder: Path, pairs: Sequence[tuple[str, str]], *under: str
) -> Iterator[Change]:
    """Yield what changed in each pair of a commit and the one it is compared with, in order.

    Args:
        folder: a folder of the repository.
        pairs: full ids, the newer commit first; an empty second one stands for nothing.
        under: literal paths or folders to look at; everything by default.

    Raises:
        GitError: a folder of one of them is not in this clone; what came before is yielded.
    """
    wanted = b"".join(f"{commit} {other}".rstrip().encode() + b"\n" for commit, other in pairs)
    flags = ("--stdin", "-r", "-m", "-z", "--root", "--always", "--no-renames")
    plain = ("--no-ext-diff", "--no-textconv", "--ignore-submodules=none")
    tokens = _tokens(stream(folder, "diff-tree", *flags, *plain, "--", *under, stdin=wanted))
    heads = iter(pairs)
    commit = other = ""
    for token in tokens:
        if token.startswith(":"):
            old_mode, new_mode, old, new, _ = token[1:].split(" ")
            sides = (_known(old_mode), _known(old), _known(new_mode), _known(new))
            yield Change(commit, other, next(tokens), *sides)
        else:
            commit, other = next(heads)


_FETCH = "Fetch the whole history (`git fetch --unshallow`, or a clone without a filter)."
_CO_AUTHOR = re.compile(r"(?im)^co-authored-by:[ \t]*(.*?)[ \t]*<([^<>\n]*)>[ \t]*$")
_SECONDS = re.compile(r" ([0-9]{1,11})(?: |$)")
_COMMIT = re.compile(
    r"tree (?P<tree>[0-9a-f]+)\n(?P<parents>(?:parent [0-9a-f]+\n)*)"
    r"author (?P<author>.*)\ncommitter (?P<committer>.*)(?:\n|$)"
)


def _known(field: str) -> str:
    return field if field.strip("0") else ""


def _tokens(chunks: Iterator[bytes], end: bytes = b"\0") -> Iterator[str]:
    """Yield what NUL, or another byte, ends; without the empty ones."""
    held = b""
    for chunk in chunks:
        *whole, held = (held + chunk).split(end)
        yield from (decode(one) for one in whole if one)


def _contents(folder: Path, ids: Sequence[str]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield each object with its content in pieces, which must be used up before the next."""
    wanted = b"".join(f"{one}\n".encode() for one in ids)
    reader = Reader(stream(folder, "cat-file", "--batch", "--buffer", stdin=wanted))
    for name in ids:
        header = decode(reader.line()).split(" ")
        if header[-1] == "missing" or header[0] != name:
            raise UndeterminedError(f"object {name} is not in this clone", _FETCH)
        yield name, reader.take(int(header[2]))
        reader.line()


class Reader:
    """Lines and counted bytes out of a stream of chunks."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        """Read as far as is asked for."""
        self._chunks = chunks
        self._held, self._at = b"", 0

    def line(self) -> bytes:
        """Return the next line without its end."""
        while (end := self._held.find(b"\n", self._at)) < 0:
            self._more()
        line, self._at = self._held[self._at : end], end + 1
        return line

    def take(self, size: int) -> Iterator[bytes]:
        """Yield the next so many bytes in pieces."""
        while size:
            if self._at == len(self._held):
                self._more()
            piece = self._held[self._at : self._at + size]
            self._at += len(piece)
            size -= len(piece)
            yield piece

    def _more(self) -> None:
        chunk = next(self._chunks, b"")
        if not chunk:
            raise GitError("cat-file", 0, "the output ended early")
        self._held, self._at = self._held[self._at :] + chunk, 0


def _commit(name: str, text: str) -> Commit:
    head = _COMMIT.match(text)
    if head is None:
        raise UndeterminedError(f"object {name} is not a readable commit")
    author, authored_at = _identity(head["author"])
    committer, committed_at = _identity(head["committer"])
    return Commit(
        name,
        head["tree"],
        tuple(head["parents"].replace("parent ", "").split()),
        author,
        authored_at,
        committer,
        committed_at,
        text.partition("\n\n")[2],
    )


def _identity(line: str) -> tuple[Identity, datetime]:
    """Split `Name <address> seconds zone` as git does; an unreadable time is 1970."""
    name, _, rest = line.partition("<")
    seconds = _SECONDS.match(line.rpartition(">")[2])
    at = datetime.fromtimestamp(int(seconds[1]) if seconds else 0, UTC)
    return Identity(name.strip(), rest.partition(">")[0].strip()), at
