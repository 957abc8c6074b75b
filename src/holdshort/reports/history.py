"""The history of checks to JSON, the contract `holdshort/history/v1` of `docs/history.md`.

Plain ASCII, times in ISO 8601 and UTC, and the keys keep their order, so the same history gives
the same bytes.
"""

from __future__ import annotations

import json

from holdshort.model.history import CheckHistory, History, Moment, Span

SCHEMA = "holdshort/history/v1"


def history_json(history: History) -> str:
    """Return the document of the contract."""
    document = {
        "schema": SCHEMA,
        "first": _moment(history.first),
        "tip": _moment(history.tip),
        "commits": history.commits,
        "looked_at": history.looked_at,
        "known": history.known,
        "exact": history.is_exact,
        "shallow": history.is_shallow,
        "stopped": history.stopped.value or None,
        "problems": [{**_moment(at), "why": why} for at, why in history.problems],
        "checks": [_check(one) for one in history.checks],
    }
    return json.dumps(document, indent=2)


def _check(check: CheckHistory) -> dict[str, object]:
    stopped = check.stopped_passing
    return {
        "id": check.id,
        "version": check.version,
        "outcome": check.now.outcome.value,
        "since": _began(check.now),
        "stopped_passing": _began(stopped) if stopped else None,
        "spans": [_span(one) for one in check.spans],
    }


def _span(span: Span) -> dict[str, object]:
    return {
        "outcome": span.outcome.value,
        "headline": span.headline,
        "first": _moment(span.first),
        "last": _moment(span.last),
        "unseen_before": span.unseen_before,
    }


def _began(span: Span) -> dict[str, object]:
    return {**_moment(span.first), "unseen_before": span.unseen_before}


def _moment(moment: Moment) -> dict[str, object]:
    return {
        "commit": moment.commit,
        "at": moment.at.isoformat(),
        "subject": moment.subject,
        "is_merge": moment.is_merge,
    }
