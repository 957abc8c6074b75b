"""What is fitted to data that is divided only afterwards, told from the flow of one body.

In: the `Flow` values of one scope in order, and the sightings of `sights.leakage` by where they
stand. Out: one `Fit` per fit. A value carries tags: which data it stems from, which fit made it,
which split it is a part of. A fit leaks when what it made, or what it changed, is divided later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from holdshort.checks.facts.data_flow import Asked, Flow
from holdshort.checks.facts.sightings import Sighting

_SETTING = re.compile(
    r"(args?|cfg|conf(ig)?|opts?|options|h?params?|settings|flags|seed|paths?|columns?|cols"
    r"|features?|targets?|names?|labels?|(num|cat|feature|numeric|categorical)_\w+|\w+_(cols|columns)"
    r"|n_\w+|\w+_(path|dir|size|names?)|random_state|device|verbose)",
    re.IGNORECASE,
)
_TEST = re.compile(r"^(x|y)?(test|tst|holdout)(x|y|set|data|df|features)?\d*$|^te$")
_TRAIN = re.compile(r"^(x|y)?(train|trn|training|fit)(x|y|set|data|df|features|val)?\d*$|^tr$")
_WORD = re.compile(r"[A-Z]?[a-z]+\d*|[A-Z]+(?![a-z])\d*")

Tags = frozenset[str]


class Verdict(StrEnum):
    """What is said of one fit."""

    BEFORE = "before"  # what it made is divided afterwards
    WHOLE = "whole"  # it learned from all the data and then changes a part
    TEST = "test"  # its data is named after the part that is kept for testing
    PART = "part"  # it learned from a part only
    UNPLACED = "unplaced"  # its data is not divided in this scope


@dataclass(frozen=True, slots=True)
class Fit:
    """One fit, and what it does to the test."""

    seen: Sighting
    verdict: Verdict


def is_test_name(name: str) -> bool:
    """Tell whether a variable is named after the data that is kept for testing."""
    parts = _words(name)
    number = {"size", "ratio", "fraction"} & set(parts)
    return any(map(_TEST.match, parts)) and not number and not is_train_name(name)


def is_train_name(name: str) -> bool:
    """Tell whether a variable is named after the data that a model learns from."""
    return any(map(_TRAIN.match, _words(name)))


def fits_in(flows: Iterable[Flow], seen: Mapping[str, Sighting]) -> Iterator[Fit]:
    """Yield what is said of each fit of one scope, in text order."""
    body = _Body(seen)
    for flow in flows:
        body.step(flow)
    for fit in body.fits:
        yield Fit(fit.seen, fit.verdict)


def _words(name: str) -> list[str]:
    return [word.lower() for part in name.split("_") for word in _WORD.findall(part)] + [
        part.lower() for part in name.removeprefix("self.").split("_")
    ]


@dataclass(slots=True)
class _Fit:
    seen: Sighting
    data: Tags
    verdict: Verdict


@dataclass(slots=True)
class _Body:
    seen: Mapping[str, Sighting]
    tags: dict[str, Tags] = field(default_factory=dict)
    fits: list[_Fit] = field(default_factory=list)
    splits: list[Tags] = field(default_factory=list)
    fresh: int = 0

    def step(self, flow: Flow) -> None:
        """Follow one statement."""
        read = self._read(flow.names)
        made: set[str] = set()
        for call in flow.calls:
            made |= self._call(call, self.seen[call.at])
        self._whole(read)
        made |= self._sliced(flow, read | made)
        if not flow.constant and not read and not made:
            self.fresh += 1
            made = {f"new:{self.fresh}"}
        value = frozenset(read | made)
        for target in flow.targets:
            before = self._read((target,)) if flow.updates else frozenset()
            self.tags[target] = value | before

    def _read(self, names: Iterable[str]) -> Tags:
        found: set[str] = set()
        for name in names:
            if name in self.tags:
                found |= self.tags[name]
            elif not _SETTING.fullmatch(name.removeprefix("self.")):
                found.add(f"name:{name}")
        return frozenset(found)

    def _call(self, call: Asked, seen: Sighting) -> set[str]:
        kind = seen.detail("kind")
        if kind in {"fit", "model"}:
            return self._fit(call, seen)
        if kind == "split":
            names = [name for argument in call.arguments for name in argument]
            return self._split(self._read(names or [call.receiver]))
        if kind == "folds":
            return self._split(self._read(call.names("X", 0)))
        if kind == "cv":
            own = seen.what.endswith(".fit")
            self._split(self._read(call.names("X", 0 if own else 1)))
        return set()

    def _fit(self, call: Asked, seen: Sighting) -> set[str]:
        names = call.names("X", 0)
        number = len(self.fits)
        data = self._read(names)
        fit = _Fit(seen, data, _of((*names, *call.parts), data))
        self.fits.append(fit)
        if seen.detail("kind") == "model":
            return set()
        if call.receiver and call.receiver not in names:
            old = self.tags.get(call.receiver, frozenset())
            kept = {tag for tag in old if not tag.startswith("fitted:")}
            self.tags[call.receiver] = frozenset(kept | {f"fitted:{number}"})
        if seen.what.endswith(".fit"):
            return {f"fitted:{number}"}
        return {f"made:{number}"}

    def _split(self, tags: Tags) -> set[str]:
        for number, fit in enumerate(self.fits):
            used = {f"made:{number}", f"fitted:{number}"} & tags
            if used and fit.verdict is Verdict.UNPLACED and fit.seen.detail("kind") == "fit":
                fit.verdict = Verdict.BEFORE
        self.splits.append(tags)
        return {f"part:{len(self.splits) - 1}"}

    def _sliced(self, flow: Flow, tags: Tags | set[str]) -> set[str]:
        """Follow `X_test = X[800:]`: rows taken by position are a part too."""
        named = any(is_test_name(t) or is_train_name(t) for t in flow.targets)
        whole = not any(tag.startswith("part:") for tag in tags)
        return self._split(frozenset(tags)) if flow.sliced and named and whole else set()

    def _whole(self, read: Tags) -> None:
        """Find what learned from all the data, when it now changes a part of it."""
        parts = [self.splits[int(tag[5:])] for tag in read if tag.startswith("part:")]
        for tag in read:
            if tag.startswith("fitted:") and parts:
                fit = self.fits[int(tag[7:])]
                if fit.verdict is Verdict.UNPLACED and any(fit.data & part for part in parts):
                    fit.verdict = Verdict.WHOLE


def _of(names: tuple[str, ...], data: Tags) -> Verdict:
    if any(map(is_test_name, names)):
        return Verdict.TEST
    if any(map(is_train_name, names)) or any(tag.startswith("part:") for tag in data):
        return Verdict.PART
    return Verdict.UNPLACED
