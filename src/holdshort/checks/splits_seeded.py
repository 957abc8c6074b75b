"""Data is divided into parts the same way every time.

Reads the same calls as the seeds, but judges only those that divide data: train_test_split,
cross-validation with shuffling, random_split and comparisons of a random number with a ratio.
"""

from __future__ import annotations

from dataclasses import replace

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.chance.effects import Role, Use
from holdshort.checks.facts.chance.judging import (
    REASONS,
    level_of,
    outcome_of,
    overall,
    strength,
    tally,
    worst_per_place,
)
from holdshort.checks.facts.randomness import Happening
from holdshort.checks.facts.repository import Repository
from holdshort.model.finding import Confidence, Outcome, Place

_WHY = {**REASONS, True: "the split is seeded", False: "shuffles without a seed"}


def look(repository: Repository) -> Verdict:
    """Judge every split."""
    happenings = [h for h in repository.happenings() if h.effect.use is Use.SPLIT]
    splits = worst_per_place(map(_seen, happenings))
    state = overall(splits)
    facts: dict[str, object] = {"splits_seeded": state, "splits": len(splits)}
    if not splits:
        return _nothing(repository, facts)
    return Verdict(
        outcome=outcome_of(splits, whole=not repository.has_errors()),
        confidence=Confidence.LIKELY,
        headline=tally(splits, "random split") + repository.unread_note(),
        evidence=tuple(sorted(map(_place, splits), key=strength)),
        facts=facts,
        remediation="" if state is True else _REMEDIATION,
    )


_REMEDIATION = (
    "Give every split its own seed, for example:\n"
    "train_test_split(X, y, random_state=42)\n"
    "KFold(n_splits=5, shuffle=True, random_state=42)\n"
    "random_split(data, lengths, generator=torch.Generator().manual_seed(42))\n"
    "dataset.train_test_split(test_size=0.1, seed=42)\n"
    "frame.randomSplit([0.8, 0.2], seed=42)"
)


def _seen(split: Happening) -> Happening:
    """Return a split as this check sees it: random_split on the global seed is only indirect."""
    borrowed = split.effect.role is Role.DRAW and split.effect.what.endswith("random_split")
    return replace(split, state="indirect") if borrowed and split.state is True else split


def _place(split: Happening) -> Place:
    why = f"{split.effect.what}: {_WHY[split.state]}"
    return place(split.path, split.line, level_of(split), why, cell=split.cell)


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
            "KFold and its kin matter only with shuffle=True; ShuffleSplit and Repeated* always;"
            " TimeSeriesSplit never, GroupKFold only where it is told to shuffle."
        ),
        "train_test_split with shuffle=False is no random split.",
        "Dataset.train_test_split of Hugging Face takes seed, not random_state.",
        "randomSplit of Spark takes its seed as the second argument and follows no global one.",
        "cv() of XGBoost, LightGBM and CatBoost has a constant seed of its own.",
        (
            "A Keras data set read from a folder is a split when it takes validation_split;"
            " validation_split of fit() takes the last rows and is none."
        ),
        "Without random_state a split follows NumPy's global seed: said, not passed.",
        (
            "A comparison of random.random() with a ratio counts as a split, and so does a sample"
            " or a permutation named after a part: test_idx, train = frame.sample(frac=0.8)."
        ),
        "Splits by position or by time are not random and are not listed.",
    ),
    facts={
        "splits_seeded": "true, false, null (no split), partial, or a third answer",
        "splits": "how many random splits were found",
    },
    not_checked="whether the parts overlap or leak into each other",
    look=look,
)
