"""`trace`: follow checks along the first-parent line of a revision.

Reads, never runs anything of the repository, and writes only the user's cache. Ctrl-C ends the
looking and not the answer: what is known so far is returned, and the next run goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from holdshort.checks.facts.fact_cache import key_of
from holdshort.errors import UsageError
from holdshort.history.crew import SILENCE_S, Crew
from holdshort.history.known import Known
from holdshort.history.looking import Looker, unlooked
from holdshort.history.search import is_narrowed, rounds
from holdshort.history.story import told
from holdshort.model.history import History, Moment, Stopped
from holdshort.model.text import one_line
from holdshort.storage.line import read_line, with_steps
from holdshort.storage.repo import Repo

MOST_LOOKS = 400
"""Commits looked at unless another limit is given. Source: our own choice; half a minute for a
repository of some 150 files."""

BATCH = 16
"""Most states given to a child at once: neighbours share their files. Source: our own choice."""


def beginning(repo: Repo, text: str) -> tuple[str, datetime | None]:
    """Return the commit or the time that a user's text means; a date alone is midnight in UTC.

    Raises:
        UsageError: it is neither.
    """
    try:
        return repo.resolve(text), None
    except UsageError as error:
        with suppress(ValueError):
            found = datetime.fromisoformat(text)
            return "", found if found.tzinfo else found.replace(tzinfo=UTC)
        hint = "Name a branch, a tag, a commit, or a day such as 2026-05-31."
        message = f"'{one_line(text, 80)}' names no commit here, and no day"
        raise UsageError(message, hint) from error


def trace(
    repo: Repo,
    ids: Sequence[str],
    *,
    tip: str,
    since: str = "",
    after: datetime | None = None,
    most: int = MOST_LOOKS,
    cache: Path | None = None,
    silence_s: float = SILENCE_S,
    progress: Callable[[Moment, int, int, int], None] = lambda *_: None,
) -> History:
    """Return how the outcomes of these checks went.

    Args:
        repo: the repository.
        ids: checks, in the order of the registry.
        tip: where the line ends, a full commit id.
        since: a commit; what it holds itself is not traced.
        after: a time before which nothing is traced.
        most: commits to look at, at most.
        cache: the file of facts and looks that are kept; None keeps nothing.
        silence_s: the longest look, in seconds; a longer one is given up.
        progress: told before each look: where, how many looks are done, how many commits are
            known, and how many there are.
    """
    line = with_steps(repo.root, read_line(repo.root, tip, since, after))
    known = Known(line)
    looker = Looker(repo.root, line, ids, cache)
    key_of("")  # the digest of our own code, made once for all children
    crew = Crew(
        lambda state: looker.look(known.starts[state]),
        known.reach,
        lambda why: unlooked(ids, why),
        silence_s=silence_s,
    )
    stopped = Stopped.NO
    try:
        with crew:
            for states in rounds(known, most):
                _look(crew, known, states, progress)
    except KeyboardInterrupt:
        if known.looks[-1] is None:
            raise
        stopped = Stopped.INTERRUPTED
    if not stopped and not is_narrowed(known):
        stopped = Stopped.LIMIT
    return told(known, ids, stopped)


def _look(
    crew: Crew,
    known: Known,
    states: Sequence[int],
    progress: Callable[[Moment, int, int, int], None],
) -> None:
    total = len(known.line.moments)
    for one in crew.work(_batches(states)):
        if one.look is not None:
            known.add(one.state, one.look)
            continue
        unknown = sum(last - first + 1 for first, last in map(known.moments, known.unknown()))
        progress(known.line.moments[known.starts[one.state]], known.looked, total - unknown, total)


def _batches(states: Sequence[int]) -> list[Sequence[int]]:
    """Return runs of the states, fewer in each when there are few, so that all children work."""
    size = max(1, min(BATCH, len(states) // 8))
    return [states[at : at + size] for at in range(0, len(states), size)]
