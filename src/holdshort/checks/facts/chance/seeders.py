"""Calls that set the generator everybody shares, and makers of generators of one's own.

Sources: https://docs.python.org/3/library/random.html,
https://numpy.org/doc/stable/reference/random/, https://pytorch.org/docs/stable/notes/randomness.html,
https://www.tensorflow.org/api_docs/python/tf/keras/utils/set_random_seed,
https://lightning.ai/docs/pytorch/stable/common/trainer.html#reproducibility,
https://huggingface.co/docs/transformers/main_classes/trainer (seed is 42 unless told otherwise).
"""

from __future__ import annotations

from collections.abc import Iterable

from holdshort.checks.facts.chance.effects import Effect, Role, is_on
from holdshort.checks.facts.program import MAIN, Call, Import, Program
from holdshort.checks.facts.words import words

_ALL = ("python", "numpy", "torch")
_LIGHTNING = (*_ALL, "lightning")
_TRANSFORMERS = (*_ALL, "transformers")
_SEEDERS: dict[str, tuple[str, ...]] = {
    "random.seed": ("python",),
    "numpy.random.seed": ("numpy",),
    "torch.manual_seed": ("torch",),
    "torch.random.manual_seed": ("torch",),
    "torch.default_generator.manual_seed": ("torch",),
    "torch.seed": ("torch",),
    "torch.random.seed": ("torch",),
    "tensorflow.random.set_seed": ("tensorflow",),
    "tensorflow.random.set_random_seed": ("tensorflow",),
    "tensorflow.set_random_seed": ("tensorflow",),
    "tensorflow.compat.v1.set_random_seed": ("tensorflow",),
    "tensorflow.compat.v1.random.set_random_seed": ("tensorflow",),
    "tensorflow.keras.utils.set_random_seed": ("python", "numpy", "tensorflow"),
    "keras.utils.set_random_seed": ("python", "numpy", "tensorflow"),
    "jax.random.PRNGKey": ("jax",),
    "jax.random.key": ("jax",),
    "spacy.util.fix_random_seed": ("python", "numpy"),
    "ignite.utils.manual_seed": _ALL,
    "polars.set_random_seed": ("polars",),
}
_SEEDERS_BY_HEAD: dict[tuple[str, str], tuple[str, ...]] = {
    ("pytorch_lightning", "seed_everything"): _LIGHTNING,
    ("lightning", "seed_everything"): _LIGHTNING,
    ("lightning_fabric", "seed_everything"): _LIGHTNING,
    ("torch_geometric", "seed_everything"): _ALL,
    ("transformers", "set_seed"): _TRANSFORMERS,
    ("transformers", "enable_full_determinism"): _TRANSFORMERS,
    ("accelerate", "set_seed"): _ALL,
    ("diffusers", "set_seed"): _ALL,
    ("fastai", "set_seed"): _ALL,
    ("flair", "set_seed"): _ALL,
    ("monai", "set_determinism"): _ALL,
    ("catalyst", "set_global_seed"): _ALL,
    ("detectron2", "seed_all_rng"): _ALL,
    ("stable_baselines3", "set_random_seed"): _ALL,
    ("mmengine", "set_random_seed"): _ALL,
    ("composer", "seed_all"): _ALL,
    ("pyro", "set_rng_seed"): _ALL,
}
_ALSO: dict[str, tuple[str, ...]] = {
    "transformers": ("tensorflow",),  # set_seed sets it when it is installed
    "keras": ("torch",),  # Keras 3 sets the generator of its backend
}
_GPU_SEEDERS = words(
    "torch.cuda.manual_seed torch.cuda.manual_seed_all torch.cuda.random.manual_seed"
    " torch.cuda.random.manual_seed_all torch.mps.manual_seed torch.xpu.manual_seed_all"
)
_LOCALS: dict[str, str] = {
    "random.Random": "python",
    "numpy.random.RandomState": "numpy",
    "numpy.random.default_rng": "numpy",
    "numpy.random.SeedSequence": "numpy",
    "numpy.random.PCG64": "numpy",
    "numpy.random.MT19937": "numpy",
    "numpy.random.Philox": "numpy",
    "torch.Generator.manual_seed": "torch",
    "tensorflow.random.Generator.from_seed": "tensorflow",
}
_TRAINERS = ("TrainingArguments", "SFTConfig", "DPOConfig", "GRPOConfig", "Trainer")
_LIGHTNING_HEADS = words("lightning pytorch_lightning lightning_fabric")


def setter_of(call: Call, head: str, last: str) -> Effect | None:
    """Return the effect of a call that sets or makes a generator, or None."""
    what = call.target
    if what in _LOCALS:
        source = call.source_of("seed", 0) or call.source_of("x", 0) or "None"
        return Effect(Role.LOCAL, (_LOCALS[what],), what, source)
    if what in _GPU_SEEDERS:
        return Effect(Role.GPU_SEED, ("torch",), what, call.source_of("seed", 0))
    if head in {"transformers", "trl"} and last.endswith(_TRAINERS):
        return _trainer(call, last)
    if head in _LIGHTNING_HEADS and last == "LightningCLI":
        source = call.source_of("seed_everything_default") or "key:seed_everything"
        source = "unsure" if source == "True" else source
        return Effect(Role.SEED, _LIGHTNING, what, source, also=("workers",))
    libraries = _SEEDERS.get(what) or _SEEDERS_BY_HEAD.get((head, last))
    return None if libraries is None else _shared(call, libraries, head, last)


def seeding_helpers(programs: Iterable[Program]) -> frozenset[str]:
    """Return the names of functions and classes whose bodies set a seed, entry points aside."""
    found = frozenset(
        scope.key
        for program in programs
        for scope in program.scopes.values()
        if scope.key and any(_seeds(event) for event in scope.events)
    )
    return found - {MAIN, "main"}


def _seeds(event: Call | Import) -> bool:
    if not isinstance(event, Call):
        return False
    head, _, _ = event.target.partition(".")
    effect = setter_of(event, head, event.target.rpartition(".")[2])
    return effect is not None and effect.role is Role.SEED


def _shared(call: Call, libraries: tuple[str, ...], head: str, last: str) -> Effect:
    named = [call.source_of(name) for name in ("seed", "a", "seed_value")]
    found = next((source for source in named if source is not None), call.source_of("", 0))
    missing = "unsure" if last == "seed_everything" else "time"
    also = _ALSO.get(head, ())
    if last == "seed_everything" and is_on(call.source_of("workers", 1)):
        also = (*also, "workers")
    return Effect(Role.SEED, libraries, call.target, found or missing, also=also)


def _trainer(call: Call, last: str) -> Effect:
    """Return the seed of a Trainer: it sets its own when it is made, 42 unless told otherwise."""
    own = None if last.endswith("Trainer") else call.source_of("seed")
    also = (*_ALSO["transformers"], "workers")
    return Effect(Role.SEED, _TRANSFORMERS, call.target, own or "const", also=also)
