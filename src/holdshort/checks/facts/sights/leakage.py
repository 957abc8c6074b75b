"""Where something is fitted to data, and where data is divided: what a leak is made of.

Each sighting tells its `kind`: `fit` (learns from data and changes it), `model` (a predictor is
fitted), `split` (returns parts), `folds` (returns which rows belong to a part), `cv` (divides
inside) or `pipeline` (fits within each part). A fit tells its `sure`: `known` by its class,
`named` by how the variable is called, `shown` for classes that also draw pictures of data.
Sources: https://scikit-learn.org/stable/common_pitfalls.html#data-leakage,
https://imbalanced-learn.org/stable/common_pitfalls.html#data-leakage.
"""

from __future__ import annotations

import ast
import re

from holdshort.checks.facts.data_flow import where
from holdshort.checks.facts.preprocessing import (
    HEADS,
    is_picture,
    is_preprocessor,
    sounds_like_preprocessor,
)
from holdshort.checks.facts.sightings import Look, Sighting, Site
from holdshort.checks.facts.words import words

TOPIC = "leakage"

FLOWING = True

WORDS = (b"fit_transform", b"fit_resample", b".fit(", b"ipeline(", b"cross_val")

_PIPELINES = words("Pipeline make_pipeline")
_PREDICTORS = words("sklearn xgboost lightgbm catboost keras tensorflow tf_keras imblearn cuml")
_UNJUDGED = ("sklearn.neighbors.NearestNeighbors", "sklearn.model_selection._search")
_FOLDS = re.compile(r"k?fold|^s?gkf$|^s?kf$|^cv$|splitter|^tscv$|^sss?$|^rkf$", re.IGNORECASE)
_OWN = (":", ".")


def _seen(site: Site, kind: str, sure: str = "") -> Sighting:
    return site.sighting(TOPIC, kind=kind, sure=sure, at=where(site.node))


def _fit(site: Site) -> Sighting | None:
    receiver, _, method = site.target.rpartition(".")
    head, _, _ = receiver.partition(".")
    last = receiver.rpartition(".")[2]
    if last.endswith("SearchCV"):
        return _seen(site, "cv")
    if is_preprocessor(receiver) or (last in _PIPELINES and head in HEADS and method != "fit"):
        return _seen(site, "fit", "shown" if is_picture(last) else "known")
    if head in _PREDICTORS:
        return None if receiver.startswith(_UNJUDGED) else _model(site, receiver)
    if head not in {"", "?"} and not receiver.startswith(_OWN):
        return None
    name = _variable(site)
    if sounds_like_preprocessor(name):
        return _seen(site, "fit", "named")
    return _seen(site, "model", "named") if method == "fit" else None


def _model(site: Site, receiver: str) -> Sighting:
    drawn = (".cluster.", ".manifold.", ".neighbors.", ".mixture.", ".covariance.")
    return _seen(site, "model", "shown" if any(one in receiver for one in drawn) else "known")


def _variable(site: Site) -> str:
    """Return the name of the object whose method is called: `scaler` of `self.scaler.fit`."""
    func = site.call.func
    owner = func.value if isinstance(func, ast.Attribute) else func
    if isinstance(owner, ast.Subscript):
        owner = owner.value
    return getattr(owner, "attr", getattr(owner, "id", ""))


def _function(site: Site) -> Sighting | None:
    return _seen(site, "fit", "known") if site.target.partition(".")[0] in HEADS else None


def _split(site: Site) -> Sighting | None:
    return None if site.target.startswith(_OWN) else _seen(site, "split")


def _folds(site: Site) -> Sighting | None:
    known = site.target.startswith(("sklearn.", "iterstrat."))
    unknown = site.target.startswith("?") and _FOLDS.search(_variable(site)) is not None
    return _seen(site, "folds") if known or unknown else None


def _within(kind: str) -> Look:
    return lambda s: _seen(s, kind) if s.target.partition(".")[0] in HEADS else None


def _sample(site: Site) -> Sighting | None:
    """Look at `train = frame.sample(frac=0.8)`."""
    parts = any("train" in name.lower() for name in site.bound)
    return _seen(site, "split") if parts and site.argument("frac") is not None else None


_FUNCTIONS = words(
    "scale minmax_scale maxabs_scale robust_scale power_transform quantile_transform"
)
_INSIDE = words(
    "cross_val_score cross_validate cross_val_predict learning_curve validation_curve"
    " permutation_test_score"
)

CALLS: dict[str, Look] = {
    **dict.fromkeys(("fit", "fit_transform", "fit_resample", "fit_sample"), _fit),
    **dict.fromkeys(_FUNCTIONS, _function),
    **dict.fromkeys(("train_test_split", "random_split", "randomSplit"), _split),
    **dict.fromkeys(_INSIDE, _within("cv")),
    **dict.fromkeys((*_PIPELINES, "ColumnTransformer"), _within("pipeline")),
    "split": _folds,
    "sample": _sample,
}
