"""The Python files of a repository as one program: who calls whom, across files.

In: `Program` facts by path. Out: for each starting point the calls that run, in order, as far as
names can be followed. A file nobody imports, a `__main__` block and every notebook are starting
points. A definition that is only named (a callback, a method of a class in use, what a framework
calls) runs later, at an unknown time. Definitions nobody names are unreached.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from holdshort.checks.facts.module_names import ModuleNames
from holdshort.checks.facts.program import MAIN, Call, Import, Program, Scope
from holdshort.checks.facts.python_values import Source

MAX_DEPTH = 40
"""Deepest chain of calls followed. Source: our own limit."""

Place = tuple[str, str]
"""A scope: path and name."""


class When(IntEnum):
    """How sure the order of a step is."""

    IN_ORDER = 0
    LATER = 1
    UNREACHED = 2


@dataclass(frozen=True, slots=True)
class Origin:
    """A value on its way: its source, and where that source has to be read.

    Attributes:
        given: what the parameters of the scope around it were called with.
    """

    source: Source
    path: str
    scope: Scope
    given: Mapping[str, Origin]


@dataclass(frozen=True, slots=True)
class Step:
    """One call as it happens: where, when, and what the parameters around it were given."""

    path: str
    scope: Scope
    call: Call
    when: When
    given: Mapping[str, Origin]

    def origin(self, source: Source) -> Origin:
        """Return a source as read at this step."""
        return Origin(source, self.path, self.scope, self.given)


@dataclass(slots=True)
class _Walk:
    steps: list[Step] = field(default_factory=list)
    visited: set[Place] = field(default_factory=set)
    when: When = When.IN_ORDER


_Row = tuple[Call | str, tuple[Place, ...], bool]
"""A call or a module imported, the scopes it runs, and whether it is wanted itself."""


class Programs:
    """Follows names across the files of one repository.

    Attributes:
        reached: of the scopes that lead to something wanted, those that a walk has entered.
    """

    def __init__(
        self,
        programs: Mapping[str, Program],
        matters: Callable[[Call], bool],
        places: Iterable[Place] = (),
    ) -> None:
        """Index the files; `matters` and `places` tell what a caller of `walk` wants to see."""
        self.programs = programs
        self.modules = ModuleNames(programs)
        self._matters = matters
        self._imports: dict[str, tuple[str, ...]] = {}
        self._events: dict[Place, list[_Row]] = {}
        for path, program in programs.items():
            self._index(path, program)
        self._keys = self._find_keys()
        self.reached: set[Place] = set()
        self._relevant = self._find_relevant(places)
        self._leading = {place: self._leading_rows(place) for place in self._relevant}
        self._relevant_by_key: dict[str, list[Place]] = defaultdict(list)
        for place in sorted(self._relevant):
            self._relevant_by_key[self._scope(place).key].append(place)

    def roots(self) -> tuple[str, ...]:
        """Return the files that run on their own, in path order."""
        imported = {module for modules in self._imports.values() for module in modules}
        return tuple(p for p, q in self.programs.items() if q.is_script or p not in imported)

    def walk(self, root: str) -> tuple[Step, ...]:
        """Return the calls that matter when a file is run, later ones last."""
        walk = _Walk()
        self._enter(walk, (root, ""), {}, 0)
        self._enter(walk, (root, MAIN), {}, 0)
        walk.when = When.LATER
        closure = self.closure(root)
        done: set[Place] = set()
        while waiting := sorted(walk.visited - done):
            done.update(waiting)
            for key in sorted({key for place in waiting for key in self._mentions(place)}):
                for later in self._relevant_by_key.get(key, ()):
                    if later[0] in closure:
                        self._enter(walk, later, {}, 0)
        self.reached |= walk.visited
        return tuple(walk.steps)

    def unreached(self, reached: Iterable[Step]) -> Iterator[Step]:
        """Yield the calls in definitions that no starting point reaches."""
        seen = {(step.path, step.scope.name) for step in reached}
        for place, events in self._events.items():
            if place not in seen:
                scope = self._scope(place)
                for event, _, matters in events:
                    if matters and isinstance(event, Call):
                        yield Step(place[0], scope, event, When.UNREACHED, {})

    def option(self, dotted: str, path: str) -> Source | None:
        """Return the value of an imported setting, or None when it is not ours."""
        module, _, name = dotted.rpartition(".")
        found = self.modules.find(module, path)
        return self.programs[found].options.get(name) if found else None

    def run_by(self, places: Iterable[Place]) -> frozenset[Place]:
        """Return the scopes that run when these do, themselves included, so far as calls tell."""
        found: set[Place] = set()
        waiting = [place for place in places if place in self._events]
        while waiting:
            place = waiting.pop()
            if place not in found:
                found.add(place)
                rows = self._events[place]
                waiting.extend(called for _, definitions, _ in rows for called in definitions)
        return frozenset(found)

    def closure(self, root: str) -> dict[str, None]:
        """Return the files that run when a file is run, itself included, in order of discovery."""
        closure: dict[str, None] = {root: None}
        waiting = [root]
        while waiting:
            for module in self._imports[waiting.pop()]:
                if module not in closure:
                    closure[module] = None
                    waiting.append(module)
        return closure

    def _scope(self, place: Place) -> Scope:
        return self.programs[place[0]].scopes[place[1]]

    def _index(self, path: str, program: Program) -> None:
        imports: dict[str, None] = {}
        for name, scope in program.scopes.items():
            rows: list[_Row] = []
            for event in scope.events:
                if isinstance(event, Import):
                    modules = self.modules.imported(event.target, path)
                    imports.update(dict.fromkeys(modules))
                    rows.extend((module, ((module, ""),), False) for module in modules)
                    continue
                definitions = tuple(self.modules.definitions(event.target, path))
                matters = self._matters(event)
                if matters or definitions:
                    rows.append((event, definitions, matters))
            self._events[path, name] = rows
        self._imports[path] = tuple(imports)

    def _find_keys(self) -> frozenset[str]:
        """Return every name by which a definition of this repository can be mentioned."""
        scopes = (scope for program in self.programs.values() for scope in program.scopes.values())
        return frozenset(scope.key for scope in scopes) - {"", MAIN}

    def _mentions(self, place: Place) -> frozenset[str]:
        return self._keys.intersection(self._scope(place).names.split())

    def _find_relevant(self, places: Iterable[Place]) -> frozenset[Place]:
        """Return the scopes from which a call that matters, or one of the places, is reached."""
        callers: dict[Place, set[Place]] = defaultdict(set)
        mentioned: dict[str, set[Place]] = defaultdict(set)
        waiting: list[Place] = [place for place in places if place in self._events]
        for place, rows in self._events.items():
            for key in self._mentions(place):
                mentioned[key].add(place)
            for _, definitions, matters in rows:
                if matters:
                    waiting.append(place)
                for called in definitions:
                    callers[called].add(place)
        relevant: set[Place] = set()
        while waiting:
            place = waiting.pop()
            if place not in relevant:
                relevant.add(place)
                waiting.extend(callers[place])
                waiting.extend(mentioned.pop(self._scope(place).key, ()))
        return frozenset(relevant)

    def _leading_rows(self, place: Place) -> list[_Row]:
        """Return what happens in a scope that is wanted, or leads to something wanted."""
        rows = []
        for event, definitions, matters in self._events[place]:
            leading = tuple(one for one in definitions if one in self._relevant)
            if matters or leading:
                rows.append((event, leading, matters))
        return rows

    def _enter(self, walk: _Walk, place: Place, given: Mapping[str, Origin], depth: int) -> None:
        if place not in self._relevant or place in walk.visited or depth > MAX_DEPTH:
            return
        walk.visited.add(place)
        scope = self._scope(place)
        for event, definitions, matters in self._leading[place]:
            if isinstance(event, str):
                self._enter(walk, (event, ""), {}, depth + 1)
                continue
            fresh = [called for called in definitions if called not in walk.visited]
            if matters or fresh:
                step = Step(place[0], scope, event, walk.when, given)
                for called in fresh:
                    self._enter(walk, called, self._given(step, called), depth + 1)
                if matters:
                    walk.steps.append(step)

    def _given(self, step: Step, called: Place) -> Mapping[str, Origin]:
        parameters = self._scope(called).parameters
        pairs = [*zip(parameters, step.call.args, strict=False), *step.call.keywords]
        return {name: step.origin(source) for name, source in pairs}
