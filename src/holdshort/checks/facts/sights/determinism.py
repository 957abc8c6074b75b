"""Switches that make a framework choose deterministic algorithms, or the fastest ones.

Sources: https://docs.pytorch.org/docs/stable/notes/randomness.html,
https://www.tensorflow.org/api_docs/python/tf/config/experimental/enable_op_determinism,
https://lightning.ai/docs/pytorch/stable/common/trainer.html
"""

from __future__ import annotations

from holdshort.checks.facts.sightings import Sighting, Site

TOPIC = "determinism"

WORDS = (
    b"use_deterministic_algorithms",
    b"set_deterministic(",
    b"enable_op_determinism",
    b"enable_full_determinism",
    b"cudnn.",
    b"CUBLAS_WORKSPACE_CONFIG",
    b"TF_DETERMINISTIC_OPS",
)


def _call(site: Site) -> Sighting | None:
    heads = ("torch.", "tensorflow.", "transformers.", "?.")
    if not site.target.startswith(heads):
        return None
    mode = site.argument("mode", 0)
    value = site.source(mode) if mode is not None else "True"
    return site.sighting(TOPIC, value=value)


def _store(site: Site) -> Sighting | None:
    if "cudnn" not in site.target and not site.target.startswith("os.environ"):
        return None
    return site.sighting(TOPIC, value=site.source(site.node))


CALLS = {
    "use_deterministic_algorithms": _call,
    "set_deterministic": _call,
    "enable_op_determinism": _call,
    "enable_full_determinism": _call,
}
STORES = {
    "deterministic": _store,
    "benchmark": _store,
    "CUBLAS_WORKSPACE_CONFIG": _store,
    "TF_DETERMINISTIC_OPS": _store,
}
