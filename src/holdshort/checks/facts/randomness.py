"""What the program of a repository does with chance: every draw, seed and split, judged.

In: `Programs` and the seed settings of configuration files. Out: `Happening` values, one per
call and starting point, each with a state: True, False, None or one of the third answers
(`optional`, `config_null`, `depends_on_caller`, `indirect`, `unknown`, `unsure`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from holdshort.checks.facts.chance.effects import Effect, Role, Use
from holdshort.checks.facts.chance.names import effect_of
from holdshort.checks.facts.program import Call
from holdshort.checks.facts.programs import Origin, Programs, Step, When
from holdshort.checks.facts.python_values import Source

State = bool | str | None

THIRD_ANSWERS = (
    "config_null",
    "optional",
    "depends_on_caller",
    "unknown",
    "unsure",
    "indirect",
    "some_starts",
    "by_default",
    "workers",
)
"""The answers between yes and no, the most telling first."""

MAX_INDIRECTIONS = 20
"""Longest way a value is followed back. Source: our own limit."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One call that has to do with chance, seen from one starting point.

    Attributes:
        state: of a seed, whether it fixes the generator; of a draw, whether it was fixed.
        early: a draw that comes before a seed which would have fixed it.
    """

    root: str
    path: str
    line: int
    cell: int
    effect: Effect
    state: State
    when: When
    early: bool = False


class Randomness:
    """Judges what happens from every starting point."""

    def __init__(self, programs: Programs, settings: Mapping[str, tuple[State, ...]]) -> None:
        """Keep the program and the values that configuration gives to settings by name."""
        self.programs = programs
        self.settings = settings
        self._covered: defaultdict[str, set[str]] = defaultdict(set)

    def happenings(self) -> tuple[Happening, ...]:
        """Return every draw, seed and split, starting points in path order."""
        found: list[Happening] = []
        reached: list[Step] = []
        for root in self.programs.roots():
            steps = self.programs.walk(root)
            reached.extend(steps)
            found.extend(self._judged(root, steps))
        found.extend(self._judged("", self.programs.unreached(reached)))
        return tuple(map(self._left_open(found), found))

    def _left_open(self, found: list[Happening]) -> Callable[[Happening], Happening]:
        """Return what softens a draw that a program, which names things in texts, may seed."""
        dynamic = {seen.root for seen in found if seen.effect.role is Role.DYNAMIC and seen.root}
        seeds: dict[str, State] = {}
        for seen in found:
            if seen.root in dynamic and seen.effect.role is Role.SEED and seen.state is not False:
                state = "depends_on_caller" if seen.state is True else seen.state
                seeds.update(dict.fromkeys(seen.effect.libraries, state))

        def softened(seen: Happening) -> Happening:
            bare = seen.effect.role is Role.DRAW and seen.state is False
            open_ = bare and seen.when is When.LATER and seen.root not in dynamic
            state = seeds.get(seen.effect.generator) if open_ else None
            return seen if state is None else replace(seen, state=state)

        return softened

    def _judged(self, root: str, steps: Iterable[Step]) -> list[Happening]:
        rows = [(step, effect) for step in steps if (effect := _effect(step)) is not None]
        rows.sort(key=_order)
        fixed: dict[str, State] = {}
        ever = self._ever_fixed(rows)
        found = []
        for step, effect in rows:
            state = self._state_of(step, effect, fixed)
            if effect.role is Role.SEED:
                for library in (*effect.libraries, *effect.also):
                    if fixed.get(library) is not True or state is False:
                        fixed[library] = state
            early = effect.role is Role.DRAW and state is False and effect.generator in ever
            call = step.call
            found.append(
                Happening(root, step.path, call.line, call.cell, effect, state, step.when, early)
            )
        for library in (name for name, state in fixed.items() if state is True):
            self._covered[library].update(self.programs.closure(root) if root else ())
        return found

    def _ever_fixed(self, rows: list[tuple[Step, Effect]]) -> set[str]:
        return {
            library
            for step, effect in rows
            if effect.role is Role.SEED and self._value(step, effect.source) is not False
            for library in (*effect.libraries, *effect.also)
        }

    def _state_of(self, step: Step, effect: Effect, fixed: Mapping[str, State]) -> State:
        match effect.role:
            case Role.DRAW:
                return self._drawn(step, effect, fixed)
            case Role.HIDDEN:
                return "unknown"
            case Role.DEFAULT:
                return "by_default"
            case Role.STILL | Role.DYNAMIC:
                return True
            case Role.SEED | Role.GPU_SEED:
                return self._value(step, effect.source)
            case Role.LOCAL:
                own = self._value(step, effect.source)
                shared = self._drawn(step, effect, fixed) if effect.generator else own
                return shared if own in _LEFT_OPEN and shared in {True, "indirect"} else own

    def _drawn(self, step: Step, effect: Effect, fixed: Mapping[str, State]) -> State:
        state = fixed.get(effect.generator, False)
        if effect.generator == "jax" and "jax" not in fixed:
            return "depends_on_caller"
        if effect.generator == "lightning" and "lightning" not in fixed:
            state = "indirect" if fixed.get("torch") is True else fixed.get("torch", False)
        if state is True and effect.generator not in effect.libraries:
            return "indirect"
        if state is False and step.when is When.UNREACHED:
            covered = step.path in self._covered[effect.generator]
            return "indirect" if covered else "depends_on_caller"
        return state

    def _value(self, step: Step, source: Source | None) -> State:
        return self._resolve(step.origin(source or "None"), 0)

    def _resolve(self, origin: Origin, depth: int) -> State:
        source = origin.source
        if source in _FIXED:
            return _FIXED[source]
        kind, _, name = source.partition(":")
        if depth > MAX_INDIRECTIONS:
            return "unknown"
        if kind == "param":
            return self._parameter(name, origin, depth)
        if kind == "name":
            value = self.programs.option(name, origin.path)
            if value is not None and value != source:
                return self._softened(replace(origin, source=value), depth)
            return self._setting(name.rpartition(".")[2], origin.path)
        return self._setting(name, origin.path) if kind == "key" else "unknown"

    def _parameter(self, name: str, origin: Origin, depth: int) -> State:
        passed = origin.given.get(name)
        if passed is not None:
            return self._softened(passed, depth)
        default = dict(origin.scope.defaults).get(name)
        if default is not None:
            return self._softened(replace(origin, source=default), depth)
        state = self._setting(name, origin.path) if name else "unknown"
        return "depends_on_caller" if state == "unknown" else state

    def _softened(self, origin: Origin, depth: int) -> State:
        """Return a state on its way to a seed: None is optional there, the clock still no seed."""
        return "optional" if origin.source == "None" else self._resolve(origin, depth + 1)

    def _setting(self, name: str, path: str) -> State:
        """Return the state of a setting by its name: this file, then all files, then config."""
        own = self.programs.programs[path].options.get(name)
        declared = [own] if own is not None else self._declared(name)
        states = {_FIXED.get(value, "unknown") for value in declared}
        if False in states:
            return "optional"
        if True in states:
            return True
        configured = self.settings.get(name, ())
        if None in configured:
            return "config_null"
        return True if configured else "unknown"

    def _declared(self, name: str) -> list[Source]:
        programs = self.programs.programs.values()
        return [p.options[name] for p in programs if name in p.options]


_LEFT_OPEN = frozenset({"optional", "config_null", "depends_on_caller", "unknown"})
"""What a seed of one's own may be while the shared generator takes over."""

_FIXED: dict[Source, State] = {
    "const": True,
    "True": True,
    "False": True,
    "given": True,
    "None": False,
    "time": False,
    "unsure": "unsure",
    "unknown": "unknown",
}


def _order(row: tuple[Step, Effect]) -> tuple[When, bool]:
    """Return the key by which steps are judged: in text order, then seeds before draws."""
    step, effect = row
    when = max(step.when, When.LATER) if effect.is_deferred else step.when
    return when, bool(when) and effect.role is not Role.SEED


def _effect(step: Step) -> Effect | None:
    """Return what a step does, with the seed that `set_params` gives it in the same body."""
    effect = effect_of(step.call)
    if effect is None or effect.role is not Role.DRAW or effect.use is not Use.ESTIMATOR:
        return effect
    calls = [event for event in step.scope.events if isinstance(event, Call)]
    made = sum(call.target == step.call.target for call in calls)
    setters = [call for call in calls if call.target.endswith(".set_params")]
    if any(n.endswith("__random_state") for call in setters for n, _ in call.keywords):
        return replace(effect, role=Role.HIDDEN)
    own = [c.source_of("random_state") for c in setters if c.target.startswith(step.call.target)]
    given = [source for source in own if source is not None]
    return replace(effect, role=Role.LOCAL, source=given[0]) if given[made - 1 :] else effect
