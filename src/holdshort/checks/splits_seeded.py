"""Data is divided into parts the same way every time.

Reads the same calls as the seeds, but judges only those that divide data: train_test_split,
cross-validation with shuffling, random_split and comparisons of a random number with a ratio.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.random_names import Role
from holdshort.checks.facts.randomness import THIRD_ANSWERS, Happening, State
from holdshort.checks.facts.repository import Repository
from holdshort.model.finding import Confidence, Level, Outcome, Place

_WHY = {
    True: "the split is seeded",
    False: "shuffles without a seed",
    "indirect": "relies on the global seed",
    "unknown": "its arguments cannot be seen",
    "unsure": "is seeded without a value",
    "optional": "is seeded only when somebody gives a seed",
    "config_null": "the default configuration gives no seed",
    "depends_on_caller": "the seed depends on a caller",
}


def look(repository: Repository) -> Verdict:
    """Judge every split."""
    splits = _worst_per_place(_seen(h) for h in repository.happenings() if h.effect.split)
    state = _overall([h.state for h in splits])
    facts: dict[str, object] = {"splits_seeded": state, "splits": len(splits)}
    if not splits:
        return _nothing(repository, facts)
    return Verdict(
        outcome=_outcome(splits),
        confidence=Confidence.LIKELY,
        headline=_headline(splits) + repository.unread_note(),
        evidence=tuple(sorted((_place(h) for h in splits), key=_strength)),
        facts=facts,
        remediation="" if state is True else _REMEDIATION,
    )


_REMEDIATION = (
    "Give every split its own seed, for example:\n"
    "train_test_split(X, y, random_state=42)\n"
    "KFold(n_splits=5, shuffle=True, random_state=42)\n"
    "random_split(data, lengths, generator=torch.Generator().manual_seed(42))\n"
    "dataset.train_test_split(test_size=0.1, seed=42)"
)
_RANK: tuple[State, ...] = (False, *THIRD_ANSWERS, True)


def _seen(split: Happening) -> Happening:
    """Return a split as this check sees it: random_split on the global seed is only indirect."""
    borrowed = split.effect.role is Role.DRAW and split.effect.what.endswith("random_split")
    return replace(split, state="indirect") if borrowed and split.state is True else split


def _worst_per_place(splits: Iterable[Happening]) -> list[Happening]:
    rows: dict[tuple[str, int, int, str], Happening] = {}
    for split in splits:
        key = (split.path, split.cell, split.line, split.effect.what)
        if key not in rows or _RANK.index(split.state) < _RANK.index(rows[key].state):
            rows[key] = split
    return [rows[key] for key in sorted(rows)]


def _overall(states: list[State]) -> State:
    if not states:
        return None
    if False in states and set(states) != {False}:
        return "partial"
    return min(states, key=_RANK.index)


def _outcome(splits: list[Happening]) -> Outcome:
    states = [h.state for h in splits]
    if False in states:
        return Outcome.FAIL
    return Outcome.PASS if all(state is True for state in states) else Outcome.WARN


def _place(split: Happening) -> Place:
    why = f"{split.effect.what}: {_WHY[split.state if split.state is not None else 'unknown']}"
    return place(split.path, split.line, _level(split.state), why, cell=split.cell)


def _level(state: State) -> Level:
    if state is True:
        return Level.PASS
    if state is False:
        return Level.FAIL
    return Level.INFO if state in {"indirect", "unknown", "depends_on_caller"} else Level.WARN


def _strength(found: Place) -> tuple[int, str, int, int]:
    order = (Level.FAIL, Level.WARN, Level.INFO, Level.PASS).index(found.level)
    return order, found.path, found.cell, found.line


def _headline(splits: list[Happening]) -> str:
    seeded = sum(h.state is True for h in splits)
    never = sum(h.state is False for h in splits)
    noun = "random split" if len(splits) == 1 else "random splits"
    parts = [f"Found {len(splits)} {noun}", f"{seeded} seeded"]
    parts += [f"{never} not seeded"] if never else []
    other = len(splits) - seeded - never
    parts += [f"{other} for a person to judge"] if other else []
    return ", ".join(parts)


def _nothing(repository: Repository, facts: dict[str, object]) -> Verdict:
    if repository.has_errors():
        return Verdict(
            outcome=Outcome.UNKNOWN,
            headline="Found no random split in what could be read; some files could not be",
            facts=facts,
        )
    return Verdict(
        outcome=Outcome.NOT_APPLICABLE,
        confidence=Confidence.LIKELY,
        headline="Found no call that divides data at random",
        facts=facts,
    )


CHECK = Check(
    id="splits-seeded",
    version="2",
    title="splits",
    statement="Every random split of data gives the same parts every time.",
    outcomes={
        Outcome.PASS: "each split has a random_state, seed or generator, or follows a set seed",
        Outcome.WARN: "a split relies on a global seed, hides its arguments, or may get no seed",
        Outcome.FAIL: "a shuffled split or cross-validation without any seed",
        Outcome.NOT_APPLICABLE: "no random split",
        Outcome.UNKNOWN: "nothing was found, and some files could not be read",
    },
    rules=(
        (
            "KFold and StratifiedKFold matter only with shuffle=True; ShuffleSplit and Repeated*"
            " always; TimeSeriesSplit and GroupKFold never."
        ),
        "train_test_split with shuffle=False is no random split.",
        "Dataset.train_test_split of Hugging Face takes seed, not random_state.",
        "Without random_state a split follows NumPy's global seed: said, not passed.",
        "A comparison of random.random() with a ratio counts as a split.",
        "Splits by position or by time are not random and are not listed.",
    ),
    facts={
        "splits_seeded": "true, false, null (no split), partial, or a third answer",
        "splits": "how many random splits were found",
    },
    not_checked="whether the parts overlap or leak into each other",
    look=look,
)
