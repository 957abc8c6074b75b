"""One judgement per place out of many happenings: how checks about chance fold what they see.

In: happenings of one use. Out: the worst of each place, one state for all, a level and a reason.
A place is seen once from every starting point that reaches it; the worst counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from holdshort.checks.facts.chance.effects import Role
from holdshort.checks.facts.randomness import THIRD_ANSWERS, Happening, State
from holdshort.model.finding import Level, Outcome, Place

_RANK: tuple[State, ...] = (False, *THIRD_ANSWERS, True)
_QUIET = frozenset({"indirect", "unknown", "depends_on_caller", "workers"})

REASONS: Mapping[State, str] = {
    "indirect": "relies on a seed set elsewhere",
    "unknown": "its arguments cannot be seen",
    "unsure": "is seeded without a value",
    "optional": "is seeded only when somebody gives a seed",
    "config_null": "the default configuration gives no seed",
    "depends_on_caller": "the seed depends on a caller",
    "by_default": "draws at random unless told otherwise",
    "some_starts": "is seeded from some starting points only",
    "workers": "its workers follow the global seed alone",
}
"""What the third answers mean, as the end of a sentence."""


def worst_per_place(happenings: Iterable[Happening]) -> list[Happening]:
    """Return one happening per place and call, the worst, in order of places."""
    rows: dict[tuple[str, int, int, str], list[Happening]] = defaultdict(list)
    for seen in happenings:
        rows[seen.path, seen.cell, seen.line, seen.effect.what].append(seen)
    return [_worst(rows[key]) for key in sorted(rows)]


def _worst(rows: list[Happening]) -> Happening:
    worst = min(rows, key=lambda seen: _RANK.index(seen.state))
    seeded_elsewhere = any(seen.state in {True, "indirect"} for seen in rows)
    mixed = worst.state is False and seeded_elsewhere
    return replace(worst, state="some_starts") if mixed else worst


def overall(found: Iterable[Happening]) -> State:
    """Return one state for all: `partial` when only some fail, None when there is nothing."""
    states = [seen.state for seen in found]
    if False in states and set(states) != {False}:
        return "partial"
    return min(states, key=_RANK.index) if states else None


def outcome_of(found: Iterable[Happening], *, whole: bool) -> Outcome:
    """Return the outcome of a check over what it found, which is not empty.

    Args:
        found: what is judged.
        whole: whether every file could be read; an unread one may hold the one that fails.
    """
    states = [seen.state for seen in found]
    if False in states:
        return Outcome.FAIL
    good = whole and all(state is True for state in states)
    return Outcome.PASS if good else Outcome.WARN


def level_of(seen: Happening) -> Level:
    """Return how strongly one place speaks; a draw left to a caller is worth a look."""
    if isinstance(seen.state, bool):
        return Level.PASS if seen.state else Level.FAIL
    left = seen.state == "depends_on_caller" and seen.effect.role is Role.DRAW
    return Level.INFO if seen.state in _QUIET and not left else Level.WARN


def strength(found: Place) -> tuple[int, str, int, int]:
    """Return the key by which places are sorted: the strongest first, then by where they are."""
    order = (Level.FAIL, Level.WARN, Level.INFO, Level.PASS).index(found.level)
    return order, found.path, found.cell, found.line


def tally(found: list[Happening], noun: str) -> str:
    """Return a headline: how many there are, and how many of them are seeded."""
    seeded = sum(seen.state is True for seen in found)
    never = sum(seen.state is False for seen in found)
    parts = [f"Found {len(found)} {noun}{'' if len(found) == 1 else 's'}", f"{seeded} seeded"]
    parts += [f"{never} not seeded"] if never else []
    other = len(found) - seeded - never
    return ", ".join([*parts, *([f"{other} for a person to judge"] if other else [])])
