"""Switches that make a framework choose deterministic algorithms, or the fastest ones.

Each sighting tells its `kind`: `algorithms` (everything, or an error), `warned` (everything that
can be, else a warning), `cudnn` (convolutions only), `benchmark` (the fastest, measured anew each
time) or `older` (a switch of TensorFlow before 2.8); its `framework`; its `value`, see
`python_values`; and `asked`, the setting that an `if` around it asks for.

Sources: https://docs.pytorch.org/docs/stable/notes/randomness.html,
https://www.tensorflow.org/api_docs/python/tf/config/experimental/enable_op_determinism,
https://lightning.ai/docs/pytorch/stable/common/trainer.html#deterministic,
https://huggingface.co/docs/transformers/main_classes/trainer (full_determinism),
https://docs.jax.dev/en/latest/gpu_performance_tips.html (XLA_FLAGS).
"""

from __future__ import annotations

import ast
import re

from holdshort.checks.facts.sightings import Look, Sighting, Site, text_of

TOPIC = "determinism"

FOLLOWED = True

WORDS = (
    b"determinis",
    b"cudnn.benchmark",
    b"CUBLAS_WORKSPACE_CONFIG",
    b"TF_CUDNN_DETERMINISTIC",
    b"reproducible=",
)

_SETTING = re.compile(r"determin|reproduc|benchmark|debug", re.IGNORECASE)
_FRAMEWORKS = {
    "tensorflow": "tensorflow",
    "tfdeterminism": "tensorflow",
    "fwd9m": "tensorflow",
    "keras": "tensorflow",
    "jax": "jax",
}
_TRAINERS = (
    "torch.",
    "lightning.",
    "pytorch_lightning.",
    "lightning_fabric.",
    "transformers.",
    "trl.",
    "accelerate.",
    "monai.",
    "fastai.",
    "mmengine.",
    "mmcv.",
    "catalyst.",
)
_NAMED_KINDS = {
    "reproducible": "cudnn",  # set_seed of fastai
    "use_deterministic_algorithms": "algorithms",  # set_determinism of MONAI
    "full_determinism": "algorithms",  # TrainingArguments of transformers
}
_CUDNN_ONLY = ("torch.backends.", "accelerate.", "mmengine.", "mmcv.", "catalyst.")


def _seen(site: Site, kind: str, value: str, framework: str = "") -> Sighting:
    head = site.target.partition(".")[0]
    named = framework or _FRAMEWORKS.get(head, "torch")
    return site.sighting(TOPIC, kind=kind, framework=named, value=value, asked=_asked(site))


def _asked(site: Site) -> str:
    """Return the settings that the conditions around a place ask for."""
    tests = [node.test for node in site.around(site.node) if isinstance(node, ast.If | ast.IfExp)]
    names = {
        getattr(node, "id", getattr(node, "attr", ""))
        for test in tests
        for node in ast.walk(test)
        if isinstance(node, ast.Name | ast.Attribute)
    }
    return " ".join(sorted(name for name in names if _SETTING.search(name)))


def _call(site: Site) -> Sighting | None:
    last = site.target.rpartition(".")[2]
    if site.target.startswith((":", ".")):
        return None
    mode = site.argument("mode", 0) if last in _MODES else None
    value = site.source(mode) if mode is not None else "True"
    gentle = site.argument("warn_only")
    warned = gentle is not None and site.source(gentle) != "False"
    if last == "set_deterministic_debug_mode":
        level = getattr(site.argument("debug_mode", 0), "value", "error")
        value, warned = str(level not in {0, "default"}), level in {1, "warn"}
    return _seen(site, "warned" if warned else "algorithms", value)


_MODES = frozenset({"use_deterministic_algorithms", "set_deterministic"})


def _keyword(site: Site) -> Sighting | None:
    """Look at an argument of a call of a framework: `Trainer(deterministic=True)`."""
    if not site.target.startswith(_TRAINERS):
        return None
    for keyword in site.call.keywords:
        if keyword.arg in _KEYWORDS:
            value = site.source(keyword.value)
            gentle = text_of(keyword.value) == "warn"
            kind = _NAMED_KINDS.get(keyword.arg, "algorithms")
            if keyword.arg == "deterministic" and site.target.startswith(_CUDNN_ONLY):
                kind = "cudnn"
            return None if value == "None" else _seen(site, "warned" if gentle else kind, value)
    return None


_KEYWORDS = ("deterministic", *_NAMED_KINDS)


def _cudnn(site: Site) -> Sighting | None:
    if "cudnn" not in site.target:
        return None
    kind = "benchmark" if site.target.endswith(".benchmark") else "cudnn"
    return _seen(site, kind, site.source(site.node), "torch")


def _environment(name: str) -> Look:
    """Return what looks at `os.environ[name] = "1"`."""

    def look(site: Site) -> Sighting | None:
        text = text_of(site.node) or ""
        return _by_flag(site, name, text) if site.target == "os.environ" else None

    return look


def _default(site: Site) -> Sighting | None:
    """Look at `os.environ.setdefault("TF_DETERMINISTIC_OPS", "1")` and `os.putenv`."""
    if site.target not in {"os.environ.setdefault", "os.putenv"}:
        return None
    name, value = (text_of(site.argument("", at)) or "" for at in (0, 1))
    return _by_flag(site, name, value)


def _by_flag(site: Site, name: str, text: str) -> Sighting | None:
    if name in {"TF_DETERMINISTIC_OPS", "TF_CUDNN_DETERMINISTIC"}:
        return _seen(site, "older", str(text.lower() in {"1", "true"}), "tensorflow")
    if name == "XLA_FLAGS" and "--xla_gpu_deterministic_ops" in text:
        return _seen(site, "algorithms", str("deterministic_ops=false" not in text), "jax")
    return None


CALLS = {
    "use_deterministic_algorithms": _call,
    "set_deterministic": _call,
    "set_deterministic_debug_mode": _call,
    "enable_op_determinism": _call,
    "enable_full_determinism": _call,
    "enable_determinism": _call,
    "configure_deterministic_mode": _call,
    "setdefault": _default,
    "putenv": _default,
}
KEYWORDS = dict.fromkeys(_KEYWORDS, _keyword)
STORES = {
    "deterministic": _cudnn,
    "benchmark": _cudnn,
    "TF_DETERMINISTIC_OPS": _environment("TF_DETERMINISTIC_OPS"),
    "TF_CUDNN_DETERMINISTIC": _environment("TF_CUDNN_DETERMINISTIC"),
    "XLA_FLAGS": _environment("XLA_FLAGS"),
}
