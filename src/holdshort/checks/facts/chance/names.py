"""What a call does to chance, whatever library it belongs to.

In: one resolved call. Out: an `Effect`, or None when the call has nothing to do with chance. A
call that no table lists is not seen.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import lru_cache

from holdshort.checks.facts.chance.draws import draw_of, star_of
from holdshort.checks.facts.chance.effects import Effect, Role
from holdshort.checks.facts.chance.estimators import estimator_of, may_be_estimator
from holdshort.checks.facts.chance.loaders import loader_of, may_load
from holdshort.checks.facts.chance.seeders import setter_of
from holdshort.checks.facts.chance.splitters import ANYWHERE, may_split, split_of
from holdshort.checks.facts.program import Call
from holdshort.checks.facts.words import words

_FOREIGN = words(
    "numpy torch tensorflow jax sklearn pandas scipy matplotlib seaborn plotly transformers"
    " datasets accelerate lightning pytorch_lightning torchvision torchaudio keras flax optax"
    " tqdm yaml requests click typer fire hydra omegaconf wandb mlflow PIL cv2 einops flask"
    " fastapi pydantic django pytest setuptools dask cupy xgboost lightgbm catboost nltk spacy"
    " gym gymnasium optuna ray joblib h5py rich absl google boto3 pyspark polars"
)
_LIGHTNING = ("lightning.", "pytorch_lightning.")
_DYNAMIC = words("instantiate call get_class get_object import_module locate")
_DYNAMIC_HEADS = ("hydra.", "importlib.", "pydoc.", "lightning.", "pytorch_lightning.")
_OTHER_BACKENDS = (".TF", ".Flax")


@lru_cache(maxsize=50_000)
def keep(target: str) -> bool:
    """Tell whether a call matters: it has to do with chance, or this repository may define it."""
    if target.startswith((":", ".")):
        return True
    target = _without_aliases(target)
    head, _, _ = target.partition(".")
    last = target.rpartition(".")[2]
    if last in ANYWHERE:
        return True
    if head == "?":
        return False
    if head in _FOREIGN or head in sys.stdlib_module_names:
        return last == "*" or _may_tell(target, head, last)
    return True


def effect_of(call: Call) -> Effect | None:
    """Return what a call does to chance, or None."""
    target = _without_aliases(call.target)
    if target != call.target:
        call = replace(call, target=target)
    if target.startswith((":", ".")):
        return None
    head, _, _ = target.partition(".")
    last = target.rpartition(".")[2]
    if last == "*":
        return star_of(target)
    if last in _DYNAMIC and target.startswith(_DYNAMIC_HEADS):
        return Effect(Role.DYNAMIC, (), target)
    for look in (split_of, setter_of, estimator_of, loader_of, draw_of):
        if (found := look(call, head, last)) is not None:
            return found
    return _framework(call, last)


def _without_aliases(target: str) -> str:
    """Return a name without the module that TensorFlow 1 has within itself."""
    while ".compat.v1.compat.v1." in target:
        target = target.replace(".compat.v1.compat.v1.", ".compat.v1.")
    return target


def _framework(call: Call, last: str) -> Effect | None:
    """Return the effect of what a framework does as a whole with the generators of torch."""
    if call.target.startswith(_LIGHTNING) and call.target.endswith(".Trainer.fit"):
        return Effect(Role.DRAW, ("lightning",), call.target, None, "lightning")
    if last == "generate" and call.target.startswith("transformers."):
        sampled = call.source_of("do_sample") == "True"
        if sampled and not any(name in call.target for name in _OTHER_BACKENDS):
            return Effect(Role.DRAW, ("torch", "transformers"), last, None, "torch")
    return None


def _may_tell(target: str, head: str, last: str) -> bool:
    if may_split(head, last) or may_be_estimator(head, last) or may_load(head, last):
        return True
    if head == "transformers" and last == "generate":
        return True
    return effect_of(Call(target, 0)) is not None
