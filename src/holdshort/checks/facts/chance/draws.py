"""Calls that take numbers from the generator a library shares.

Sources: https://docs.python.org/3/library/random.html,
https://numpy.org/doc/stable/reference/random/legacy.html,
https://docs.pytorch.org/docs/stable/torch.html#random-sampling,
https://www.tensorflow.org/api_docs/python/tf/random, https://docs.jax.dev/en/latest/jax.random.html.
"""

from __future__ import annotations

from holdshort.checks.facts.chance.effects import Effect, Role, Use, draw, is_given
from holdshort.checks.facts.program import Call
from holdshort.checks.facts.python_values import Source
from holdshort.checks.facts.words import words

_PYTHON = words(
    "random randint randrange choice choices shuffle sample uniform gauss normalvariate triangular"
    " betavariate expovariate gammavariate lognormvariate vonmisesvariate paretovariate"
    " weibullvariate getrandbits randbytes binomialvariate"
)
_NUMPY_NOT = words(
    "seed get_state set_state default_rng mtrand bit_generator set_bit_generator get_bit_generator"
    " randomgen"
)
_TORCH = words(
    "rand randn randint randperm normal bernoulli multinomial poisson rand_like randn_like"
    " randint_like"
)
_TORCH_FILLS = words("normal_ uniform_ random_ bernoulli_ exponential_ log_normal_ cauchy_")
_TORCH_FIXED_INITS = words("constant_ zeros_ ones_ eye_ dirac_ calculate_gain")
_TF = words(
    "normal uniform truncated_normal shuffle gamma poisson categorical random_normal"
    " random_uniform random_shuffle random_gamma multinomial"
)
_TF_PLAIN = words("normal uniform shuffle gamma poisson categorical")
_SPLIT_WORDS = ("split", "train", "test", "val", "ratio", "frac", "holdout")
_PARTS = words("train test val valid validation holdout dev")
_CHOSEN = words("idx idxs index indices ind inds ids mask msk rows")
_MASKS = words("mask msk split is train test val")
_UNIFORM = words(
    "random.random random.uniform numpy.random.rand numpy.random.random numpy.random.uniform"
    " numpy.random.random_sample"
)
_CHOICES = words("choice choices sample permutation randperm")


def draw_of(call: Call, head: str, last: str) -> Effect | None:
    """Return the effect of a draw, or None."""
    judge = _BY_HEAD.get(head)
    return judge(call, call.target[len(head) + 1 :], last) if judge else None


def star_of(target: str) -> Effect | None:
    """Return the effect of a star import that may bring names of a random module."""
    modules = {"random": "python", "numpy.random": "numpy", "torch": "torch", "pylab": "numpy"}
    library = modules.get(target.removesuffix(".*"))
    return Effect(Role.HIDDEN, (library,), f"from {target[:-2]} import *") if library else None


def generator_source(own: Source | None) -> Source:
    """Return the seed source of a generator argument; an object passed in is trusted as one."""
    return "given" if own in {None, "unknown"} or own.startswith(("param:", "key:")) else own


def _python(call: Call, rest: str, last: str) -> Effect | None:
    return draw(call, "python", _use_of(call, last)) if rest in _PYTHON else None


def _numpy(call: Call, rest: str, last: str) -> Effect | None:
    is_function = rest == f"random.{last}" and last[:1].islower()
    if not is_function or last in _NUMPY_NOT:
        return None
    return draw(call, "numpy", _use_of(call, last))


def _torch(call: Call, rest: str, last: str) -> Effect | None:
    filled = last in _TORCH_FILLS and not rest.startswith("nn.init.")
    random_init = rest.startswith("nn.init.") and last not in _TORCH_FIXED_INITS
    sampled = rest.startswith("distributions.") and last in {"sample", "rsample"}
    if not (rest in _TORCH or filled or random_init or sampled):
        return None
    own = call.source_of("generator")
    if not is_given(own):
        return draw(call, "torch", _use_of(call, last))
    source = generator_source(own)
    return Effect(Role.LOCAL, ("torch",), call.target, source, use=_use_of(call, last))


def _tensorflow(call: Call, rest: str, last: str) -> Effect | None:
    parents = ("random.", "compat.v1.", "compat.v1.random.", "")
    if not any(rest == parent + last for parent in parents):
        return None
    is_draw = last in _TF if rest.startswith("random.") else last in _TF - _TF_PLAIN
    if not is_draw:
        return None
    own = call.source_of("seed")
    if is_given(own):
        return Effect(Role.LOCAL, ("tensorflow",), call.target, own)
    return draw(call, "tensorflow")


def _jax(call: Call, rest: str, last: str) -> Effect | None:
    return draw(call, "jax") if rest == f"random.{last}" and last[:1].islower() else None


def _use_of(call: Call, last: str) -> Use:
    """Tell whether numbers decide which row goes where: `rand() < ratio`, `test_idx = choice()`."""
    if call.target in _UNIFORM and call.compared:
        named = any(word in call.compared for word in _SPLIT_WORDS)
        bound = any(not _MASKS.isdisjoint(name_parts(name)) for name in call.bound)
        return Use.SPLIT if named or bound else Use.NUMBERS
    if last in _CHOICES and any(_is_chosen_part(name) for name in call.bound):
        return Use.SPLIT
    return Use.NUMBERS


def name_parts(name: str) -> tuple[str, ...]:
    """Return the words of a name: `test_idx` is `test` and `idx`."""
    return tuple(name.lower().split("_"))


def _is_chosen_part(name: str) -> bool:
    parts = name_parts(name)
    return not _PARTS.isdisjoint(parts) and not _CHOSEN.isdisjoint(parts)


_BY_HEAD = {
    "random": _python,
    "numpy": _numpy,
    "torch": _torch,
    "tensorflow": _tensorflow,
    "jax": _jax,
}
