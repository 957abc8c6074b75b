"""Whether every PyTorch that the manifests allow loads weights only by default.

In: the project units. Out: True, False, or None where no manifest names PyTorch.
Source: https://github.com/pytorch/pytorch/releases/tag/v2.6.0: `torch.load` has
`weights_only=True` by default from 2.6 on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from holdshort.checks.facts.dependency_units import Unit
from holdshort.checks.facts.requirements import Requirement
from holdshort.checks.facts.words import words

_NAMES = frozenset({"torch", "pytorch"})
_FIRST_SAFE = Version("2.6")
_OLD = words(
    "0.4.1 1.0.0 1.0.1 1.1.0 1.2.0 1.3.0 1.3.1 1.4.0 1.5.0 1.5.1 1.6.0 1.7.0 1.7.1 1.8.0 1.8.1"
    " 1.8.2 1.9.0 1.9.1 1.10.0 1.10.1 1.10.2 1.11.0 1.12.0 1.12.1 1.13.0 1.13.1 2.0.0 2.0.1 2.1.0"
    " 2.1.1 2.1.2 2.2.0 2.2.1 2.2.2 2.3.0 2.3.1 2.4.0 2.4.1 2.5.0 2.5.1"
)
_LOCAL = re.compile(r"\+[\w.]+")


def loads_weights_only(units: Iterable[Unit]) -> bool | None:
    """Tell whether no older version may be installed."""
    answers = [answer for unit in units for answer in _answers(unit)]
    return all(answers) if answers else None


def _answers(unit: Unit) -> Iterator[bool]:
    locked = [lock.versions[n] for lock in unit.locks for n in _NAMES if n in lock.versions]
    if locked:
        yield from (_is_safe(version) for versions in locked for version in versions)
        return
    declared = [unit.main, *unit.others] if unit.main else unit.others
    for one in declared:
        if one is not None:
            yield from (_excludes_old(row) for row in one.requirements if row.name in _NAMES)


def _is_safe(version: str) -> bool:
    try:
        return Version(version) >= _FIRST_SAFE
    except InvalidVersion:
        return False


def _excludes_old(row: Requirement) -> bool:
    try:
        allowed = SpecifierSet(_LOCAL.sub("", row.specifier))
    except InvalidSpecifier:
        return False
    return bool(row.specifier) and not any(allowed.contains(old) for old in _OLD)
