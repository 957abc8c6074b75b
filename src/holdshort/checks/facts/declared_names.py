"""How each module gets installed, by what the manifests around the importing file say.

In: the project units. Out: a `State` for a module in a file. A file sees the manifests of its own
project and of all around it; outside of every project, those of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from holdshort.checks.facts.brought_along import brought_by
from holdshort.checks.facts.dependency_units import Unit
from holdshort.checks.facts.distributions import distributions_of, is_declared_by

NOWHERE = "/"
"""The folder of what no project owns; no folder of a repository is called so."""


class State(IntEnum):
    """How a module gets installed, best first."""

    DECLARED = 0
    BROUGHT = 1  # along with something declared
    LOCKED = 2  # a lock holds it, and nobody asked for it
    TOLD = 3  # an install command or a base image brings it
    UNDECIDED = 4  # the manifest does not tell
    MISSING = 5


@dataclass(frozen=True, slots=True)
class Names:
    """What some manifests say; `is_open` when they may say more than can be read."""

    declared: frozenset[str]
    locked: frozenset[str]
    brought: frozenset[str]
    is_open: bool

    def state(self, module: str) -> State:
        """Return how a module gets installed, as far as these manifests tell."""
        if any(is_declared_by(module, name) for name in self.declared):
            return State.DECLARED
        if {module, module.partition(".")[0]} & self.brought:
            return State.BROUGHT
        if distributions_of(module) & self.locked:
            return State.LOCKED
        return State.UNDECIDED if self.is_open else State.MISSING


class NamesByUnit:
    """The units, and what the manifests around each of them say."""

    def __init__(self, units: tuple[Unit, ...]) -> None:
        """Take the units; their names are gathered when asked for."""
        self._units = {unit.folder: unit for unit in units}
        self._names: dict[str, Names] = {}

    def unit_of(self, path: str) -> str:
        """Return the folder of the nearest unit above a file, `NOWHERE` when there is none."""
        folder = path.rpartition("/")[0]
        while folder and folder not in self._units:
            folder = folder.rpartition("/")[0]
        return folder if folder in self._units else NOWHERE

    def around(self, folder: str) -> Names:
        """Return the names of a unit and of all around it; at `NOWHERE`, those of every one."""
        if folder not in self._names:
            units = [u for u in self._units.values() if folder == NOWHERE or _holds(u, folder)]
            self._names[folder] = _names_of(units)
        return self._names[folder]


def _holds(unit: Unit, folder: str) -> bool:
    return not unit.folder or folder == unit.folder or folder.startswith(f"{unit.folder}/")


def _names_of(units: list[Unit]) -> Names:
    every = [declared for unit in units for declared in unit.declared]
    rows = [row for one in every for row in (*one.requirements, *one.development)]
    required = {row.name for row in rows if row.name}
    own = {one.name for one in every if one.name}
    locked = frozenset(name for unit in units for lock in unit.locks for name in lock.versions)
    is_open = any(unit.unreadable for unit in units) or any(one.is_dynamic for one in every)
    return Names(frozenset(required | own), locked, brought_by(required), is_open)
