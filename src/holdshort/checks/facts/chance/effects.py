"""What one call does to chance, as a value.

An `Effect` says whose generator is set or used, where the seed comes from, and what the call is
for. It is made from one call alone; whether a draw comes after a seed is judged in `randomness`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from holdshort.checks.facts.program import Call
from holdshort.checks.facts.python_values import Source

LIBRARIES = (
    "python",
    "numpy",
    "torch",
    "tensorflow",
    "jax",
    "sklearn",
    "pandas",
    "lightning",
    "transformers",
)
"""The libraries judged one by one, in the order they are reported."""


class Role(StrEnum):
    """What a call does to chance."""

    SEED = "seed"  # sets the generator everybody shares
    GPU_SEED = "gpu seed"  # sets the generators of the accelerators only
    LOCAL = "local"  # makes or uses a generator of its own
    DRAW = "draw"  # uses the generator everybody shares
    HIDDEN = "hidden"  # cannot be told: a star import, `**kwargs`
    DEFAULT = "default"  # draws when left as it is, and nobody said otherwise
    STILL = "still"  # draws nothing itself, but is of a kind that may
    DYNAMIC = "dynamic"  # makes or calls what a text names, wherever it is defined


class Use(StrEnum):
    """What a call is for."""

    NUMBERS = "numbers"
    SPLIT = "split"  # divides data into parts
    ESTIMATOR = "estimator"  # fits or searches at random
    LOADER = "loader"  # decides the order of training data


@dataclass(frozen=True, slots=True)
class Effect:
    """What one call does.

    Attributes:
        libraries: whose generator is set, or whose call draws.
        source: where the seed comes from; None for a draw.
        what: the call as a person would write it.
        generator: the library whose shared generator is used, or would be without the seed.
        use: what the call is for.
        also: generators that are set besides, of libraries that need not be in use.
        marks: what else was said in the call: `workers`, `worker_init`.
    """

    role: Role
    libraries: tuple[str, ...]
    what: str
    source: Source | None = None
    generator: str = ""
    use: Use = Use.NUMBERS
    also: tuple[str, ...] = ()
    marks: frozenset[str] = frozenset()

    @property
    def is_deferred(self) -> bool:
        """Whether an object is made that draws when it is used, not when it is made."""
        return self.use is not Use.NUMBERS and self.what.rpartition(".")[2][:1].isupper()


@dataclass(frozen=True, slots=True)
class Seeded:
    """How calls of one kind take their seed.

    Attributes:
        library: who draws; empty for one that is not judged by itself.
        keyword: the argument that holds the seed.
        position: where it stands when it is not named.
        generator: whose shared generator is used without it.
        default: the source of the seed when none is given.
    """

    library: str = "sklearn"
    keyword: str = "random_state"
    position: int = -1
    generator: str = "numpy"
    default: Source | None = None


def draw(call: Call, library: str, use: Use = Use.NUMBERS) -> Effect:
    """Return the effect of a draw from the generator that a library shares."""
    return Effect(Role.DRAW, (library,), call.target, None, library, use=use)


def seeded(call: Call, how: Seeded, use: Use) -> Effect:
    """Return the effect of a call that takes a seed of its own."""
    libraries = (how.library,) if how.library else ()
    what = call.target.rpartition(".")[2]
    own = call.source_of(how.keyword, how.position)
    if own not in {None, "None"}:
        return Effect(Role.LOCAL, libraries, what, own, how.generator, use)
    if own is None and call.has_hidden_arguments:
        return Effect(Role.HIDDEN, libraries, what, use=use)
    if how.default is not None:
        return Effect(Role.LOCAL, libraries, what, how.default, use=use)
    return Effect(Role.DRAW, libraries, what, None, how.generator, use=use)


def is_given(source: Source | None) -> bool:
    """Tell whether an argument is there and not None."""
    return source not in {None, "None"}


def is_on(source: Source | None) -> bool:
    """Tell whether a switch that is off by default may be on."""
    return source not in {None, "None", "False"}
