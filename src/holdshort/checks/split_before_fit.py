"""Data is divided before anything is fitted to it.

What learns from all rows (a scaler, an imputer, an encoder, a selector, resampling) tells a model
about the rows it is tested on. Follows values within one function, module or notebook.
Source: https://scikit-learn.org/stable/common_pitfalls.html#data-leakage
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts import leakage
from holdshort.checks.facts.code import Code
from holdshort.checks.facts.inventory import is_test_path
from holdshort.checks.facts.leakage import Fit
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.sightings import Sighting
from holdshort.checks.facts.words import words
from holdshort.model.finding import Confidence, Level, Outcome, Place

_DIVIDES = frozenset({"split", "folds", "cv"})
_FITTING = words("fit fit_transform partial_fit train fit_resample __init__")
_ORDER = (Level.FAIL, Level.WARN, Level.PASS, Level.INFO)


@dataclass(frozen=True, slots=True)
class _Found:
    """What one file says.

    Attributes:
        places: one for each fit.
        splits: how many calls divide data.
        pipelines: how many objects fit within each part.
    """

    places: tuple[Place, ...]
    splits: int
    pipelines: int


def look(repository: Repository) -> Verdict:
    """Judge every fit."""
    code = repository.code()
    found = [_judge(file.path, one) for file, one in code if not is_test_path(file.path)]
    places = sorted((p for one in found for p in one.places), key=lambda p: _ORDER.index(p.level))
    splits = sum(one.splits for one in found)
    pipelines = sum(one.pipelines for one in found) if splits else 0
    outcome = _outcome({p.level for p in places}, pipelines)
    if outcome is Outcome.PASS and repository.has_errors():
        outcome = Outcome.WARN
    leaks = sum(p.level in {Level.FAIL, Level.WARN} for p in places)
    return Verdict(
        outcome=Outcome.UNKNOWN if not places and repository.has_errors() else outcome,
        confidence=Confidence.LIKELY,
        headline=_headline(places, splits, pipelines) + repository.unread_note(),
        evidence=tuple(places),
        facts={"leaks": leaks, "fits": len(places), "splits": splits, "pipelines": pipelines},
        remediation=_REMEDIATION if outcome in {Outcome.FAIL, Outcome.WARN} else "",
    )


_REMEDIATION = (
    "Divide first, and let a pipeline fit within each part:\n"
    "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=42)\n"
    "model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, y_train)"
)


def _judge(path: str, code: Code) -> _Found:
    seen = {s.detail("at"): s for s in code.sightings if s.topic == "leakage"}
    kinds = [one.detail("kind") for one in seen.values()]
    splits = sum(kind in _DIVIDES for kind in kinds)
    places: list[Place] = []
    for scope, flows in groupby(code.flows, key=lambda flow: flow.scope):
        body = list(flows)
        here = any(seen[c.at].detail("kind") in _DIVIDES for flow in body for c in flow.calls)
        fits = leakage.fits_in(body, seen)
        places.extend(_places(path, fits, scope, elsewhere=splits > 0 and not here))
    return _Found(tuple(places), splits, kinds.count("pipeline"))


def _places(path: str, fits: Iterable[Fit], scope: str, *, elsewhere: bool) -> Iterator[Place]:
    for fit in fits:
        reading = _reading(fit, scope, elsewhere=elsewhere)
        if reading is not None:
            level, why = reading
            line, cell = fit.seen.line, fit.seen.cell
            yield place(path, line, level, f"{_what(fit.seen)} {why}", cell=cell)


def _what(seen: Sighting) -> str:
    return ".".join(seen.what.lstrip("?:.").split(".")[-2:])


def _reading(fit: Fit, scope: str, *, elsewhere: bool) -> tuple[Level, str] | None:
    """Return what is said of a fit; of a model only when it is fitted to what tests it."""
    kind, sure = fit.seen.detail("kind"), fit.seen.detail("sure")
    match fit.verdict:
        case leakage.Verdict.TEST:
            certain = sure == "known" or (sure == "named" and kind == "fit")
            return (Level.FAIL if certain else Level.WARN), "learns from the data kept for testing"
        case _ if kind == "model":
            return None
        case leakage.Verdict.BEFORE:
            return Level.WARN, "learns from all rows, which are divided afterwards"
        case leakage.Verdict.WHOLE:
            return Level.WARN, "learns from all rows, and then changes a part of them"
        case leakage.Verdict.PART:
            return Level.PASS, "learns from a part only"
        case leakage.Verdict.UNPLACED:
            asked = elsewhere and sure == "known" and scope.rpartition(".")[2] not in _FITTING
            why = "learns from rows that may be divided elsewhere in this file"
            return (Level.WARN, why) if asked else (Level.INFO, "is not beside a split of its data")


def _outcome(levels: set[Level], pipelines: int) -> Outcome:
    if Level.FAIL in levels:
        return Outcome.FAIL
    if Level.WARN in levels:
        return Outcome.WARN
    if Level.PASS in levels or pipelines:
        return Outcome.PASS
    return Outcome.UNKNOWN if levels else Outcome.NOT_APPLICABLE


def _headline(places: list[Place], splits: int, pipelines: int) -> str:
    levels = [found.level for found in places]
    leaks = levels.count(Level.WARN) + levels.count(Level.FAIL)
    noun = "call" if len(places) == 1 else "calls"
    parts = [f"Found {len(places)} {noun} that learn from data and {splits} that divide it"]
    parts += [f"{leaks} learn from rows kept for testing, or may"] if leaks else []
    parts += [f"{pipelines} pipelines"] if pipelines else []
    return "; ".join(parts)


CHECK = Check(
    id="split-before-fit",
    version="1",
    title="split before fit",
    statement="Data is divided before anything is fitted to it.",
    outcomes={
        Outcome.PASS: "whatever learns from data learns from a part only, or within a pipeline",
        Outcome.WARN: (
            "a fit comes before the split of its data, or learns from data that another function"
            " of the same file may divide"
        ),
        Outcome.FAIL: "something is fitted to a variable named after the data kept for testing",
        Outcome.NOT_APPLICABLE: "nothing is fitted, or nothing but models",
        Outcome.UNKNOWN: "fits without a split beside them, or files that could not be read",
    },
    rules=(
        (
            "Scalers, imputers, encoders, vectorizers, selectors, decompositions and resampling"
            " count; LabelEncoder, Normalizer and what else learns nothing of the rows do not."
        ),
        (
            "Values are followed within one function, module or notebook: what a fit made, or what"
            " a fitted object changed, must not be divided later."
        ),
        (
            "train_test_split, folds, cross-validation, random_split, randomSplit, a sample named"
            " after training and slices named after a part divide data."
        ),
        "A Pipeline or ColumnTransformer is fitted within each part, so it passes.",
        "Cells of a notebook run in the order they are stored.",
        "A decomposition or clustering of test data may only draw a picture: said, not failed.",
    ),
    facts={
        "leaks": "fits that learn from rows kept for testing, or may",
        "fits": "calls that learn from data and change it",
        "splits": "calls that divide data",
        "pipelines": "objects that fit within each part; 0 where nothing is divided",
    },
    not_checked="values that pass between functions, and means computed by hand",
    look=look,
)
