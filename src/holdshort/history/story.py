"""Looks to spans: how each check went, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from holdshort.checks.base import load
from holdshort.history.known import Known
from holdshort.model.history import CheckHistory, History, Moment, Span, Stopped


def told(known: Known, ids: Sequence[str], stopped: Stopped) -> History:
    """Return what is known about these checks; something must be."""
    moments = known.line.moments
    places = [known.moments(state) for state, look in enumerate(known.looks) if look is not None]
    return History(
        first=moments[0],
        tip=moments[-1],
        commits=len(moments),
        looked_at=known.looked,
        known=sum(last - first + 1 for first, last in places),
        is_shallow=known.line.is_cut,
        stopped=stopped,
        problems=tuple(_problems(known)),
        checks=tuple(CheckHistory(name, load(name).version, _spans(known, name)) for name in ids),
    )


def _problems(known: Known) -> list[tuple[Moment, str]]:
    rows = ((known.starts[at], look) for at, look in enumerate(known.looks) if look is not None)
    return [(known.line.moments[at], look.problem) for at, look in rows if look.problem]


def _spans(known: Known, name: str) -> tuple[Span, ...]:
    moments = known.line.moments
    spans: list[Span] = []
    for state, look in enumerate(known.looks):
        if look is None:
            continue
        seen = look.seen[name]
        first, last = known.moments(state)
        if spans and spans[-1].outcome is seen.outcome:
            spans[-1] = replace(spans[-1], last=moments[last], ends=last)
            continue
        span = Span(
            outcome=seen.outcome,
            headline=seen.headline,
            first=moments[first],
            last=moments[last],
            begins=first,
            ends=last,
            unseen_before=first - spans[-1].ends - 1 if spans else first,
        )
        spans.append(span)
    return tuple(spans)
