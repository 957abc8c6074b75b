"""Which states of a line to look at: all of a short one, of a long one some and then between them.

In: what is known. Out: rounds of states; the next round is chosen when the one before is known.
Evenly spaced samples first; then halfway between neighbours that differ, until the very commit is
found. A change that came and went between two samples which agree is not seen, and `trace` says
so. The same history and limit give the same rounds.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdshort.history.known import Known

SAMPLED = 3
"""One in so many of the looks is spent on samples, the others between them. Source: our own
choice; a gap of 20 states takes four or five looks to find one change."""


def rounds(known: Known, most: int) -> Iterator[list[int]]:
    """Yield the states to look at next, newest first, at most so many in all."""
    last = len(known.looks) - 1
    yield [last][:most]
    if len(known.unknown()) > most - known.looked:
        count = min(max(2, most // SAMPLED), most - known.looked)
        yield _newest(known, _evenly(last, count), most)
        if known.expected_looks() > most - known.looked:
            while middles := _middles(known)[: most - known.looked]:
                yield middles
    if known.expected_looks() <= most - known.looked:
        while unknown := _newest(known, known.unknown(), most):
            yield unknown


def is_narrowed(known: Known) -> bool:
    """Tell whether every change is narrowed down to one commit."""
    return not _middles(known)


def _newest(known: Known, states: list[int], most: int) -> list[int]:
    unknown = [state for state in reversed(states) if known.looks[state] is None]
    return unknown[: most - known.looked]


def _evenly(last: int, count: int) -> list[int]:
    """Return up to so many states from 0 on, evenly spaced; the last one is known already."""
    return sorted({round(last * part / count) for part in range(count)})


def _middles(known: Known) -> list[int]:
    gaps = reversed(known.gaps())
    return [(one + two) // 2 for one, two in gaps if known.differs(one, two)]
