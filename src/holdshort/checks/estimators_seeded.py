"""Estimators and searches that use chance are given a seed.

Reads the same calls as the seeds, but judges only what fits, searches or resamples at random:
forests, k-means, RandomizedSearchCV, SMOTE, hyperparameter samplers.
"""

from __future__ import annotations

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.chance.effects import Use
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

_WHY = {**REASONS, True: "has a seed", False: "uses chance without a seed"}


def look(repository: Repository) -> Verdict:
    """Judge every estimator that uses chance."""
    happenings = (h for h in repository.happenings() if h.effect.use is Use.ESTIMATOR)
    found = worst_per_place(happenings)
    state = overall(found)
    facts: dict[str, object] = {"estimators_seeded": state, "estimators": len(found)}
    if not found:
        return _nothing(repository, facts)
    return Verdict(
        outcome=outcome_of(found, whole=not repository.has_errors()),
        confidence=Confidence.LIKELY,
        headline=tally(found, "random estimator") + repository.unread_note(),
        evidence=tuple(sorted(map(_place, found), key=strength)),
        facts=facts,
        remediation="" if state is True else _REMEDIATION,
    )


_REMEDIATION = (
    "Give each one a seed, for example:\n"
    "RandomForestClassifier(random_state=42)\n"
    "RandomizedSearchCV(model, space, random_state=42)\n"
    "optuna.create_study(sampler=optuna.samplers.TPESampler(seed=42))"
)


def _place(seen: Happening) -> Place:
    why = f"{seen.effect.what}: {_WHY[seen.state]}"
    return place(seen.path, seen.line, level_of(seen), why, cell=seen.cell)


def _nothing(repository: Repository, facts: dict[str, object]) -> Verdict:
    if repository.has_errors():
        return Verdict(
            outcome=Outcome.UNKNOWN,
            headline="Found no estimator using chance in what could be read; some files could not",
            facts=facts,
        )
    return Verdict(
        outcome=Outcome.NOT_APPLICABLE,
        confidence=Confidence.LIKELY,
        headline="Found no estimator or search that uses chance",
        facts=facts,
    )


CHECK = Check(
    id="estimators-seeded",
    version="1",
    title="estimators",
    statement="Every estimator and search that uses chance is given a seed.",
    outcomes={
        Outcome.PASS: "each one has a random_state or seed with a value",
        Outcome.WARN: (
            "one follows NumPy's global seed, hides its arguments behind **, may get no seed, or"
            " stands in code that nothing here calls"
        ),
        Outcome.FAIL: "an estimator or search in reached code draws without any seed",
        Outcome.NOT_APPLICABLE: "no estimator that uses chance",
        Outcome.UNKNOWN: "nothing was found, and some files could not be read",
    },
    rules=(
        "random_state=None is no seed: scikit-learn then uses NumPy's global generator.",
        (
            "Some use chance only on request: SVC with probability=True, LogisticRegression with"
            " solver sag or saga, PCA with svd_solver randomized."
        ),
        "A dictionary passed with ** counts for the seeds it is seen to hold.",
        "set_params(random_state=...) in the same body gives the seed afterwards.",
        "XGBoost, LightGBM and CatBoost have a constant seed of their own and are not listed.",
        "A study of Optuna without a sampler draws at random: said, not failed.",
        "Deterministic estimators (KNeighborsClassifier, LinearRegression) need no seed.",
    ),
    facts={
        "estimators_seeded": "true, false, null (none), partial, or a third answer",
        "estimators": "how many calls that fit or search at random were found",
    },
    not_checked="estimators of libraries that are not listed, and those that are subclassed",
    look=look,
)
