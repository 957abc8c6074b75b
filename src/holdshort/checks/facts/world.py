"""What the code of a repository does when it is run, tests aside, as one value for all checks.

In: the facts of every Python file and notebook. Out: `World`. A seed in a test seeds nothing
else, so tests are no part of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from holdshort.checks.facts.chance.names import effect_of
from holdshort.checks.facts.code import Code
from holdshort.checks.facts.program import Call, Program
from holdshort.checks.facts.programs import Place, Programs
from holdshort.checks.facts.randomness import Happening, Randomness, State
from holdshort.checks.facts.sights.registry import FOLLOWED


@dataclass(frozen=True, slots=True)
class World:
    """Everything that happens from every starting point.

    Attributes:
        programs: the files as one program.
        happenings: every draw, seed and split, in the order of starting points.
    """

    programs: Programs
    happenings: tuple[Happening, ...]

    def is_reached(self, path: str, scope: str) -> bool:
        """Tell whether a starting point leads to a place that a followed topic saw."""
        return _holder(self.programs.programs[path], path, scope) in self.programs.reached


def make_world(code: Mapping[str, Code], settings: Mapping[str, tuple[State, ...]]) -> World:
    """Return what the files do.

    Args:
        code: by path.
        settings: whether configuration gives a value to each key that sounds like a seed.
    """
    programs = Programs({path: one.program for path, one in code.items()}, _matters, _seen(code))
    return World(programs, Randomness(programs, settings).happenings())


def _matters(call: Call) -> bool:
    return effect_of(call) is not None


def _seen(code: Mapping[str, Code]) -> Iterator[Place]:
    for path, one in code.items():
        for seen in one.sightings:
            if seen.topic in FOLLOWED:
                yield _holder(one.program, path, seen.scope)


def _holder(program: Program, path: str, scope: str) -> Place:
    """Return the scope that runs a place: the body of a class runs with what is around it."""
    while scope and scope not in program.scopes:
        scope = scope.rpartition(".")[0]
    return path, scope
