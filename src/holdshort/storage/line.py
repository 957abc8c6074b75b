"""The first-parent line of a revision: its commits, and what changed from one to the next.

In: a full commit id, or a revision or date to begin with. Out: a `Line`, oldest commit first, and
the tracked files at each of its commits. Commits whose trees cannot be compared, because they are
not in this clone, have no step; asked for, their files are listed by git itself or refused.
Source: git-log(1) "PRETTY FORMATS", git-rev-list(1) `--first-parent`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from holdshort.errors import UndeterminedError
from holdshort.model.history import Moment
from holdshort.storage.blobs import Blobs
from holdshort.storage.git import GitError, decode, encode, run
from holdshort.storage.git_objects import (
    SUBMODULE,
    Change,
    Entry,
    changes_between,
    ids_of,
    list_tree,
    read_commits,
)
from holdshort.storage.repo_views import KnownView

MAX_CHANGES = 500_000
"""Most changes kept in memory; older steps are left unknown. Source: our own limit, about
200 MB. A line of 20,000 commits has a fifth of that."""

MAX_SUBJECT_CHARS = 500
"""Longest subject that is kept. Source: our own limit; six lines of a terminal."""

NEAR = 32
"""Commits on either side of which blobs are learnt at once. Source: our own choice."""

Step = tuple[Change, ...]
"""What one commit changed of the one before it."""


@dataclass(frozen=True, slots=True)
class Line:
    """Commits on a first-parent line, oldest first.

    Attributes:
        moments: the commits.
        trees: the tree of each.
        steps: what each changed of the one before; None where that is not known, and at the
            first.
        is_cut: whether older commits exist that are not in this clone.
    """

    moments: tuple[Moment, ...]
    trees: tuple[str, ...]
    steps: tuple[Step | None, ...]
    is_cut: bool


def read_line(folder: Path, tip: str, since: str = "", after: datetime | None = None) -> Line:
    """Return the line that leads to a commit.

    Args:
        folder: a folder of the repository.
        tip: the last commit, a full id.
        since: a commit; the line begins with the last one that it holds itself, so that what
            came after it has something to be compared with.
        after: a time; the line begins with the first commit of that time or later.

    """
    rows = list(_listed(folder, tip))
    start = 0
    if since:
        start = max(len(rows) - len(ids_of(folder, "--first-parent", tip, f"^{since}")) - 1, 0)
    if after:
        late = (at for at, row in enumerate(rows) if row[0].at >= after)
        start = max(start, next(late, len(rows) - 1))
    moments, trees = zip(*rows[start:], strict=True)
    is_cut = not start and _is_cut(folder, moments[0].commit)
    return Line(moments, trees, (None,) * len(moments), is_cut)


def with_steps(folder: Path, line: Line) -> Line:
    """Return the line with what each commit changed, as far as this clone and memory hold it."""
    places = {one.commit: at for at, one in enumerate(line.moments)}
    ids, trees = tuple(places), line.trees
    changed = [at for at in range(len(ids) - 1, 0, -1) if trees[at] != trees[at - 1]]
    steps: list[list[Change]] = [[] for _ in ids]
    oldest = len(ids)  # the last one that is being told, newest first
    try:
        pairs = [(ids[at], ids[at - 1]) for at in changed]
        for number, change in enumerate(changes_between(folder, pairs)):
            oldest = places[change.commit]
            if number > MAX_CHANGES:
                break
            steps[oldest].append(change)
        else:
            oldest = 0
    except GitError:
        pass
    known = (tuple(step) if at > oldest else None for at, step in enumerate(steps))
    return replace(line, steps=tuple(known))


class LineFiles:
    """The files at one commit of a line after another; a near one costs next to nothing.

    Attributes:
        edited: the paths whose content alone may differ from the view before; None when files
            came, went or changed their kind, or nobody can tell.
    """

    def __init__(self, folder: Path, line: Line, blobs: Blobs) -> None:
        """List nothing yet."""
        self._folder = folder
        self._line = line
        self._blobs = blobs
        self.edited: frozenset[str] | None = None
        self._at = -1
        self._entries: dict[str, Entry] = {}

    def view(self, at: int) -> KnownView:
        """Return the files at one commit of the line; it holds until the next is asked for.

        Raises:
            UndeterminedError: its folders are not in this clone.
        """
        if not self._walked(at):
            try:
                listed = list_tree(self._folder, self._line.moments[at].commit)
            except GitError as error:
                raise UndeterminedError("its folders cannot be read in this clone") from error
            self._entries = {one.path: one for one in listed}
        self._at = at
        self._blobs.prepare((one.blob for one in self._entries.values() if one.is_file), self._near)
        return KnownView(self._folder, self._line.moments[at].commit, self._entries, self._blobs)

    def _near(self) -> Iterator[str]:
        """Yield the blobs that commits around this one have, which may be asked for next."""
        for step in self._line.steps[max(self._at - NEAR, 0) : self._at + NEAR]:
            for change in step or ():
                if SUBMODULE not in (change.old_mode, change.new_mode):
                    yield from filter(None, (change.old_blob, change.new_blob))

    def _walked(self, at: int) -> bool:
        """Change the entries into those of another commit, if every step between is known."""
        self.edited = None
        if self._at < 0:
            return False
        first, last = sorted((self._at, at))
        steps = self._line.steps[first + 1 : last + 1]
        known = [step for step in steps if step is not None]
        if len(known) < len(steps):
            return False
        changes = [change for step in known for change in step]
        if all(one.old_mode == one.new_mode for one in changes):
            self.edited = frozenset(one.path for one in changes)
        is_forward = at > self._at
        is_sorted = True
        for change in changes if is_forward else reversed(changes):
            is_sorted &= self._apply(change, is_forward=is_forward)
        if not is_sorted:
            rows = sorted(self._entries.items(), key=lambda row: encode(row[0]))
            self._entries = dict(rows)
        return True

    def _apply(self, change: Change, *, is_forward: bool) -> bool:
        """Take over one change; tell whether the order of the paths stays right."""
        old, new = change.old_mode, change.new_mode
        mode, blob = (new, change.new_blob) if is_forward else (old, change.old_blob)
        if mode:
            self._entries[change.path] = Entry(change.path, mode, blob)
        else:
            del self._entries[change.path]
        return bool(old) or not mode if is_forward else bool(new) or not mode


def _listed(folder: Path, tip: str) -> Iterator[tuple[Moment, str]]:
    """Yield each commit with its tree, oldest first."""
    form = "--format=%H%x00%T%x00%P%x00%ct%x00%s"
    flags = ("-z", "--first-parent", "--no-notes", "--reverse", "--encoding=UTF-8", form)
    fields = iter(decode(run(folder, "log", *flags, tip, "--").stdout).split("\0"))
    for commit in fields:
        if not commit:
            return
        tree, parents, seconds, subject = (next(fields, "") for _ in range(4))
        shown = subject[:MAX_SUBJECT_CHARS]
        yield Moment(commit, _time(seconds), shown, is_merge=" " in parents), tree


def _time(seconds: str) -> datetime:
    """Return the committer's time; an unreadable one is 1970, as git has it."""
    is_sound = seconds.isdecimal() and len(seconds) <= _MAX_DIGITS
    return datetime.fromtimestamp(int(seconds) if is_sound else 0, UTC)


_MAX_DIGITS = 11


def _is_cut(folder: Path, oldest: str) -> bool:
    """Tell whether a clone holds nothing before a commit that has a parent."""
    if run(folder, "rev-parse", "--is-shallow-repository").text != "true":
        return False
    return bool(read_commits(folder, [oldest])[0].parents)
