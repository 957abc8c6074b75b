"""Where a model is defined, and where one is trained.

Each sighting tells its `kind`: `train` or `model`.
Sources: https://docs.pytorch.org/tutorials/beginner/introyt/trainingyt.html,
https://keras.io/api/models/model_training_apis/, https://scikit-learn.org/stable/developers/develop.html,
https://xgboost.readthedocs.io/en/stable/python/python_api.html, https://docs.jax.dev/en/latest/automatic-differentiation.html.
"""

from __future__ import annotations

from holdshort.checks.facts.preprocessing import is_preprocessor
from holdshort.checks.facts.sightings import Look, Sighting, Site
from holdshort.checks.facts.words import words

TOPIC = "training"

WORDS = (
    b".backward(",
    b".fit(",
    b".fit_",
    b".train(",
    b"GradientTape",
    b"train_on_batch",
    b"apply_gradients",
    b".fine_tune(",
    b"_grad(",
    b"nn.Module",
    b"LightningModule",
    b"keras.Model",
)

_FITTED = words(
    "keras tensorflow tf_keras xgboost lightgbm catboost lightning pytorch_lightning fastai"
    " imblearn autogluon flaml prophet statsmodels pycaret cuml surprise implicit lightfm tpot"
    " sktime darts stable_baselines3 hmmlearn gluonts skorch ngboost interpret"
)
_FIT_ARGUMENTS = words(
    "epochs y validation_data eval_set steps_per_epoch datamodule sample_weight n_epoch"
    " total_timesteps"
)
_TRAINED = words("xgboost lightgbm tensorflow transformers trl sentence_transformers setfit flair")
_BASES: dict[str, tuple[str, ...]] = {
    "Module": ("torch.", "flax.", "haiku.", "equinox.", "mxnet.", "tensorflow."),
    "LightningModule": ("lightning.", "pytorch_lightning."),
    "Model": ("keras.", "tensorflow.", "tf_keras."),
    "PreTrainedModel": ("transformers.",),
    "BaseEstimator": ("sklearn.",),
    "ClassifierMixin": ("sklearn.",),
    "RegressorMixin": ("sklearn.",),
    "PythonModel": ("mlflow.",),
}


def _trained(site: Site) -> Sighting:
    return site.sighting(TOPIC, kind="train")


def _fit(site: Site) -> Sighting | None:
    receiver, _, _ = site.target.rpartition(".")
    head = receiver.partition(".")[0]
    if head == "sklearn":
        return None if is_preprocessor(receiver) else _trained(site)
    if head in _FITTED:
        return _trained(site)
    call = site.call
    named = any(keyword.arg in _FIT_ARGUMENTS for keyword in call.keywords)
    return _trained(site) if named or len(call.args) > 1 else None


def _train(site: Site) -> Sighting | None:
    return _trained(site) if site.target.partition(".")[0] in _TRAINED else None


def _of(*heads: str) -> Look:
    return lambda site: _trained(site) if site.target.startswith(heads) else None


def _base(site: Site) -> Sighting | None:
    """Look at the base of a class: a statement that binds a name which is written large."""
    name = site.bound[0] if site.bound else ""
    if not name[:1].isupper() or not site.target.startswith(_BASES[site.target.rpartition(".")[2]]):
        return None
    return site.sighting(TOPIC, name, kind="model")


def _network(site: Site) -> Sighting | None:
    heads = ("keras.", "tensorflow.", "tf_keras.", "torch.")
    return site.sighting(TOPIC, kind="model") if site.target.startswith(heads) else None


CALLS = {
    "backward": _trained,
    "manual_backward": _trained,
    "apply_gradients": _trained,
    "minimize": _of("tensorflow."),
    "fit": _fit,
    "fit_generator": _trained,
    "fit_one_cycle": _trained,
    "fine_tune": _of("fastai.", "?"),
    "train_on_batch": _trained,
    "train": _train,
    "learn": _of("stable_baselines3.", "sb3_contrib."),
    "GradientTape": _of("tensorflow."),
    "value_and_grad": _of("jax.", "flax.", "equinox."),
    "grad": _of("jax."),
    "Sequential": _network,
}
REFERENCES = dict.fromkeys(_BASES, _base)
