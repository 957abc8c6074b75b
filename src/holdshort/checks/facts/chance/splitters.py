"""Calls that divide data into parts at random.

KFold and its kin shuffle only when told to; ShuffleSplit and Repeated* always; TimeSeriesSplit
never. `validation_split` of a Keras `fit` takes the last rows, before any shuffling.
Sources: https://scikit-learn.org/stable/glossary.html#term-random_state,
https://huggingface.co/docs/datasets/process#split,
https://spark.apache.org/docs/latest/api/python/reference/pyspark.sql/api/pyspark.sql.DataFrame.randomSplit.html,
https://keras.io/api/data_loading/image/, https://xgboost.readthedocs.io/en/stable/python/python_api.html#xgboost.cv.
"""

from __future__ import annotations

import re

from holdshort.checks.facts.chance.draws import generator_source
from holdshort.checks.facts.chance.effects import (
    Effect,
    Role,
    Seeded,
    Use,
    draw,
    is_given,
    is_on,
    seeded,
)
from holdshort.checks.facts.program import Call
from holdshort.checks.facts.words import words

_HEADS = words("sklearn dask_ml cuml iterstrat surprise")
_ALWAYS = words(
    "ShuffleSplit StratifiedShuffleSplit GroupShuffleSplit RepeatedKFold RepeatedStratifiedKFold"
    " MultilabelStratifiedShuffleSplit RepeatedMultilabelStratifiedKFold"
)
_ON_REQUEST = words(
    "KFold StratifiedKFold StratifiedGroupKFold GroupKFold MultilabelStratifiedKFold learning_curve"
)
_FROM_FILES = words(
    "image_dataset_from_directory text_dataset_from_directory audio_dataset_from_directory"
)
_OTHERS: dict[tuple[str, str], Seeded] = {
    ("xgboost", "cv"): Seeded("", "seed", default="const"),
    ("lightgbm", "cv"): Seeded("", "seed", default="const"),
    ("catboost", "cv"): Seeded("", "partition_random_seed", default="const"),
    ("splitfolders", "ratio"): Seeded("", "seed", 2, default="const"),
    ("splitfolders", "fixed"): Seeded("", "seed", 2, default="const"),
    ("pycaret", "setup"): Seeded("", "session_id", generator=""),
}
_SPARK = Seeded("", "seed", 1, generator="")
_POLARS = Seeded("", "seed", generator="polars")
_GRAPH_SPLITS = words("RandomNodeSplit RandomLinkSplit")
_PART = re.compile(r"(^|_)(train|test|val|valid|holdout|dev)", re.IGNORECASE)

ANYWHERE = words("sample train_test_split randomSplit")
"""Methods that are looked at whatever their receiver is."""


def split_of(call: Call, head: str, last: str) -> Effect | None:
    """Return the effect of a call that divides data, or None."""
    judge = _BY_LAST.get(last)
    if judge:
        return judge(call, head)
    if head in _HEADS:
        return _folds(call, head, last)
    how = _OTHERS.get((head, last))
    if how:
        return seeded(call, how, Use.SPLIT)
    if head == "torch_geometric" and last in _GRAPH_SPLITS:
        return draw(call, "torch", Use.SPLIT)
    return None


def may_split(head: str, last: str) -> bool:
    """Tell whether a call with the right arguments may divide data."""
    if last in _BY_LAST:
        return head in {"torch", "tensorflow", "keras"} or last in ANYWHERE
    return (head in _HEADS and last in _ALWAYS | _ON_REQUEST) or (head, last) in _OTHERS


def _folds(call: Call, head: str, last: str) -> Effect | None:
    if last in _ALWAYS:
        return seeded(call, Seeded(), Use.SPLIT)
    if last not in _ON_REQUEST:
        return None
    if head == "surprise":
        still = call.source_of("shuffle", 2) == "False"
        return None if still else seeded(call, Seeded(position=1), Use.SPLIT)
    old = last.endswith("KFold")
    if not is_on(call.source_of("shuffle", 1 if old else -1)):
        return None
    return seeded(call, Seeded(position=2 if old else -1), Use.SPLIT)


def _train_test_split(call: Call, head: str) -> Effect | None:
    if call.source_of("shuffle") == "False":
        return None
    if head in _HEADS or call.source_of("random_state") is not None:
        return seeded(call, Seeded(), Use.SPLIT)
    own = call.source_of("seed") or call.source_of("generator")
    if own is None and call.has_hidden_arguments:
        return Effect(Role.HIDDEN, ("datasets",), "train_test_split", use=Use.SPLIT)
    if not is_given(own):
        what = "train_test_split"
        return Effect(Role.DRAW, ("datasets",), what, None, "numpy", use=Use.SPLIT)
    return Effect(Role.LOCAL, ("datasets",), "train_test_split", own, use=Use.SPLIT)


def _sample(call: Call, head: str) -> Effect | None:
    named = {name for name, _ in call.keywords}
    use = Use.SPLIT if any(map(_PART.search, call.bound)) else Use.NUMBERS
    if head == "pandas" or (head == "?" and not named.isdisjoint({"frac", "random_state"})):
        return seeded(call, Seeded("pandas"), use)
    if head == "polars" or (head in {"?", "pyspark"} and "fraction" in named):
        return seeded(call, _POLARS if head == "polars" else _SPARK, use)
    return None


def _random_split(call: Call, head: str) -> Effect | None:
    if head != "torch":
        return None
    own = call.source_of("generator", 2)
    if not is_given(own):
        return draw(call, "torch", Use.SPLIT)
    return Effect(Role.LOCAL, ("torch",), call.target, generator_source(own), use=Use.SPLIT)


def _spark_split(call: Call, _: str) -> Effect:
    return seeded(call, _SPARK, Use.SPLIT)


def _from_files(call: Call, head: str) -> Effect | None:
    """Judge a Keras data set made from a folder: shuffled by default, divided on request."""
    if head not in {"tensorflow", "keras"} or call.source_of("shuffle") == "False":
        return None
    use = Use.SPLIT if is_on(call.source_of("validation_split")) else Use.LOADER
    return seeded(call, Seeded("tensorflow", "seed"), use)


def _keras_split(call: Call, head: str) -> Effect | None:
    if head not in {"tensorflow", "keras"} or not is_on(call.source_of("shuffle")):
        return None
    return seeded(call, Seeded("tensorflow", "seed", generator="python"), Use.SPLIT)


_BY_LAST = {
    "train_test_split": _train_test_split,
    "sample": _sample,
    "random_split": _random_split,
    "randomSplit": _spark_split,
    "split_dataset": _keras_split,
    **dict.fromkeys(_FROM_FILES, _from_files),
}
