"""Which calls draw random numbers, which seed them, and which split data.

In: one resolved call. Out: an `Effect`, or None when the call has nothing to do with chance.
The tables follow the documentation of each library; a call that is missing here is not seen.
Sources: https://docs.python.org/3/library/random.html,
https://numpy.org/doc/stable/reference/random/, https://pytorch.org/docs/stable/notes/randomness.html,
https://www.tensorflow.org/api_docs/python/tf/random, https://docs.jax.dev/en/latest/jax.random.html,
https://scikit-learn.org/stable/glossary.html#term-random_state.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from holdshort.checks.facts.program import MAIN, Call, Import, Program
from holdshort.checks.facts.python_values import Source
from holdshort.checks.facts.words import words

LIBRARIES = ("python", "numpy", "torch", "tensorflow", "jax", "sklearn", "pandas")
"""The libraries judged one by one, in the order they are reported."""


class Role(StrEnum):
    """What a call does to chance."""

    SEED = "seed"  # sets the generator everybody shares
    GPU_SEED = "gpu seed"  # sets the generators of the accelerators only
    LOCAL = "local"  # makes or uses a generator of its own
    DRAW = "draw"  # uses the generator everybody shares
    HIDDEN = "hidden"  # cannot be told: a star import, `**kwargs`


@dataclass(frozen=True, slots=True)
class Effect:
    """What one call does.

    Attributes:
        libraries: whose generator is set, or whose call draws.
        source: where the seed comes from; None for a draw.
        what: the call as a person would write it.
        generator: for a draw, the library whose shared generator is used.
        split: whether the call divides data into parts.
    """

    role: Role
    libraries: tuple[str, ...]
    what: str
    source: Source | None = None
    generator: str = ""
    split: bool = False


_ALL = ("python", "numpy", "torch")
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
}
_SEEDERS_BY_HEAD: dict[tuple[str, str], tuple[str, ...]] = {
    ("pytorch_lightning", "seed_everything"): _ALL,
    ("lightning", "seed_everything"): _ALL,
    ("lightning_fabric", "seed_everything"): _ALL,
    ("torch_geometric", "seed_everything"): _ALL,
    ("transformers", "set_seed"): _ALL,
    ("transformers", "enable_full_determinism"): _ALL,
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
_PYTHON_DRAWS = words(
    "random randint randrange choice choices shuffle sample uniform gauss normalvariate triangular"
    " betavariate expovariate gammavariate lognormvariate vonmisesvariate paretovariate"
    " weibullvariate getrandbits randbytes binomialvariate"
)
_NUMPY_NOT_DRAWS = words(
    "seed get_state set_state default_rng mtrand bit_generator set_bit_generator get_bit_generator"
    " randomgen"
)
_TORCH_DRAWS = words(
    "rand randn randint randperm normal bernoulli multinomial poisson rand_like randn_like"
    " randint_like"
)
_TORCH_FILLS = words("normal_ uniform_ random_ bernoulli_ exponential_ log_normal_ cauchy_")
_TORCH_FIXED_INITS = words("constant_ zeros_ ones_ eye_ dirac_ calculate_gain")
_TORCH_DATA = ("torch.utils.data.", "torch.utils.data.dataloader.", "torch.utils.data.sampler.")
_TORCH_SAMPLERS = words("RandomSampler SubsetRandomSampler WeightedRandomSampler")
_TF_DRAWS = words(
    "normal uniform truncated_normal shuffle gamma poisson categorical random_normal"
    " random_uniform random_shuffle random_gamma multinomial"
)
_ALWAYS_SHUFFLED = words(
    "ShuffleSplit StratifiedShuffleSplit GroupShuffleSplit RepeatedKFold RepeatedStratifiedKFold"
)
_SHUFFLED_ON_REQUEST = words("KFold StratifiedKFold StratifiedGroupKFold")
_ESTIMATORS = words(
    "RandomForestClassifier RandomForestRegressor ExtraTreesClassifier ExtraTreesRegressor"
    " RandomTreesEmbedding GradientBoostingClassifier GradientBoostingRegressor"
    " HistGradientBoostingClassifier HistGradientBoostingRegressor AdaBoostClassifier"
    " AdaBoostRegressor BaggingClassifier BaggingRegressor IsolationForest"
    " DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor"
    " MLPClassifier MLPRegressor BernoulliRBM SGDClassifier SGDRegressor SGDOneClassSVM Perceptron"
    " PassiveAggressiveClassifier PassiveAggressiveRegressor RANSACRegressor KMeans"
    " MiniBatchKMeans BisectingKMeans SpectralClustering SpectralBiclustering"
    " SpectralCoclustering GaussianMixture BayesianGaussianMixture RandomizedSearchCV"
    " HalvingRandomSearchCV TSNE MDS LatentDirichletAllocation FastICA DictionaryLearning"
    " MiniBatchDictionaryLearning SparsePCA MiniBatchSparsePCA TruncatedSVD"
    " GaussianRandomProjection SparseRandomProjection RBFSampler Nystroem shuffle resample"
    " permutation_importance make_classification make_regression make_blobs make_moons"
    " make_circles make_multilabel_classification make_gaussian_quantiles"
    " make_friedman1 make_hastie_10_2 make_swiss_roll make_s_curve"
)
_SPLIT_WORDS = ("split", "train", "test", "val", "ratio", "frac", "holdout")
_FOREIGN = words(
    "numpy torch tensorflow jax sklearn pandas scipy matplotlib seaborn plotly transformers"
    " datasets accelerate lightning pytorch_lightning torchvision torchaudio keras flax optax"
    " tqdm yaml requests click typer fire hydra omegaconf wandb mlflow PIL cv2 einops flask"
    " fastapi pydantic django pytest setuptools dask cupy xgboost lightgbm catboost nltk spacy"
    " gym gymnasium optuna ray joblib h5py rich absl google boto3 pyspark polars"
)


def keep(target: str) -> bool:
    """Tell whether a call matters: it has to do with chance, or this repository may define it."""
    if target.startswith((":", ".")):
        return True
    head = target.partition(".")[0]
    if head == "?":
        return target in {"?.sample", "?.train_test_split"}
    if head in _FOREIGN or head in sys.stdlib_module_names:
        return target.endswith(".*") or effect_of(Call(target, 0)) is not None or _by_args(target)
    return True


def effect_of(call: Call) -> Effect | None:
    """Return what a call does to chance, or None."""
    if call.target.startswith((":", ".")):
        return None
    head, _, rest = call.target.partition(".")
    last = call.target.rpartition(".")[2]
    if last == "*":
        return _star(call.target)
    if last == "train_test_split":
        return _train_test_split(call, head)
    if last == "sample" and head in {"pandas", "?"}:
        return _pandas_sample(call, head)
    seeder = _seeder(call, head, last)
    if seeder:
        return seeder
    if call.target in _LOCALS:
        source = call.source_of("seed", 0) or call.source_of("x", 0) or "None"
        return Effect(Role.LOCAL, (_LOCALS[call.target],), call.target, source)
    judge = _DRAWS.get(head)
    return judge(call, rest, last) if judge else None


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
    effect = effect_of(event) if isinstance(event, Call) else None
    return effect is not None and effect.role is Role.SEED


def _by_args(target: str) -> bool:
    last = target.rpartition(".")[2]
    names = _SHUFFLED_ON_REQUEST | {"DataLoader", "SVC", "NuSVC", "set_params"}
    return last in names and target.startswith(("torch.", "sklearn."))


def _seeder(call: Call, head: str, last: str) -> Effect | None:
    what = call.target
    if what in _GPU_SEEDERS:
        return Effect(Role.GPU_SEED, ("torch",), what, call.source_of("seed", 0))
    if head in {"transformers", "trl"} and last.endswith(("TrainingArguments", "SFTConfig")):
        return Effect(Role.SEED, _ALL, what, call.source_of("seed") or "const")
    libraries = _SEEDERS.get(what) or _SEEDERS_BY_HEAD.get((head, last))
    if libraries is None:
        return None
    found = call.source_of("seed") or call.source_of("a") or call.source_of("seed_value", 0)
    missing = "unsure" if last == "seed_everything" else "time"
    return Effect(Role.SEED, libraries, what, found or call.source_of("", 0) or missing)


def _star(target: str) -> Effect | None:
    modules = {"random": "python", "numpy.random": "numpy", "torch": "torch", "pylab": "numpy"}
    library = modules.get(target.removesuffix(".*"))
    return Effect(Role.HIDDEN, (library,), f"from {target[:-2]} import *") if library else None


def _python(call: Call, rest: str, _: str) -> Effect | None:
    if rest not in _PYTHON_DRAWS:
        return None
    return _draw(call, "python", split=rest == "random" and _is_split(call))


def _numpy(call: Call, rest: str, last: str) -> Effect | None:
    is_function = rest == f"random.{last}" and last[:1].islower()
    if not is_function or last in _NUMPY_NOT_DRAWS:
        return None
    return _draw(call, "numpy", split=last in {"rand", "random", "uniform"} and _is_split(call))


def _torch(call: Call, rest: str, last: str) -> Effect | None:
    own = call.source_of("generator")
    filled = last in _TORCH_FILLS and not rest.startswith("nn.init.")
    random_init = rest.startswith("nn.init.") and last not in _TORCH_FIXED_INITS
    sampled = rest.startswith("distributions.") and last in {"sample", "rsample"}
    data = call.target.startswith(_TORCH_DATA)
    split = data and last == "random_split"
    shuffled = data and last == "DataLoader" and _shuffles(call)
    sampler = data and last in _TORCH_SAMPLERS
    if not (
        rest in _TORCH_DRAWS or filled or random_init or sampled or split or shuffled or sampler
    ):
        return None
    if own in {None, "None"}:
        return _draw(call, "torch", split=split)
    return Effect(Role.LOCAL, ("torch",), call.target, _generator(own), split=split)


def _generator(own: Source | None) -> Source:
    """Return the seed source of a generator argument; an object passed in is trusted as one."""
    return "given" if own in {None, "unknown"} or own.startswith(("param:", "key:")) else own


def _shuffles(call: Call) -> bool:
    shuffle = call.source_of("shuffle", 2)
    return shuffle not in {None, "False", "None"} and call.source_of("sampler") in {None, "None"}


def _tensorflow(call: Call, rest: str, last: str) -> Effect | None:
    parents = ("random.", "compat.v1.", "compat.v1.random.", "")
    if not any(rest == parent + last for parent in parents):
        return None
    is_draw = last in _TF_DRAWS if rest.startswith("random.") else last in _TF_DRAWS - _TF_PLAIN
    if not is_draw:
        return None
    own = call.source_of("seed")
    if own not in {None, "None"}:
        return Effect(Role.LOCAL, ("tensorflow",), call.target, own)
    return _draw(call, "tensorflow")


_TF_PLAIN = words("normal uniform shuffle gamma poisson categorical")


def _jax(call: Call, rest: str, last: str) -> Effect | None:
    return _draw(call, "jax") if rest == f"random.{last}" and last[:1].islower() else None


def _sklearn(call: Call, _: str, last: str) -> Effect | None:
    if last in _ALWAYS_SHUFFLED or (
        last in _SHUFFLED_ON_REQUEST and call.source_of("shuffle") not in {None, "False"}
    ):
        return _by_random_state(call, "sklearn", split=True)
    svc = last in {"SVC", "NuSVC"} and call.source_of("probability") not in {None, "False"}
    if last in _ESTIMATORS or svc:
        return _by_random_state(call, "sklearn", split=False)
    return None


def _train_test_split(call: Call, head: str) -> Effect | None:
    if call.source_of("shuffle") == "False":
        return None
    if head in {"sklearn", "dask_ml", "cuml"}:
        return _by_random_state(call, "sklearn", split=True)
    own = call.source_of("seed") or call.source_of("generator")
    if own is None and call.source_of("random_state") is not None:
        return _by_random_state(call, "sklearn", split=True)
    if own in {None, "None"} and not call.has_hidden_arguments:
        return Effect(Role.DRAW, ("datasets",), "train_test_split", None, "numpy", split=True)
    if own is None:
        return Effect(Role.HIDDEN, ("datasets",), "train_test_split", split=True)
    return Effect(Role.LOCAL, ("datasets",), "train_test_split", own, split=True)


def _pandas_sample(call: Call, head: str) -> Effect | None:
    named = {name for name, _ in call.keywords}
    if head == "?" and named.isdisjoint({"frac", "random_state"}):
        return None
    return _by_random_state(call, "pandas", split=False)


def _by_random_state(call: Call, library: str, *, split: bool) -> Effect:
    own = call.source_of("random_state")
    what = call.target.rpartition(".")[2]
    if own not in {None, "None"}:
        return Effect(Role.LOCAL, (library,), what, own, split=split)
    if own is None and call.has_hidden_arguments:
        return Effect(Role.HIDDEN, (library,), what, split=split)
    return Effect(Role.DRAW, (library,), what, None, "numpy", split=split)


def _draw(call: Call, library: str, *, split: bool = False) -> Effect:
    return Effect(Role.DRAW, (library,), call.target, None, library, split=split)


def _is_split(call: Call) -> bool:
    return any(word in call.compared for word in _SPLIT_WORDS)


_DRAWS = {
    "random": _python,
    "numpy": _numpy,
    "torch": _torch,
    "tensorflow": _tensorflow,
    "jax": _jax,
    "sklearn": _sklearn,
}
