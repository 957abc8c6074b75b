"""Every topic, and which function looks at which name; one line per topic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import ModuleType

from holdshort.checks.facts.sightings import Look
from holdshort.checks.facts.sights import (
    configuration,
    datasets,
    determinism,
    downloads,
    leakage,
    loading,
    locations,
    pretrained,
    registering,
    scripts,
    training,
)

TOPICS: tuple[ModuleType, ...] = (
    configuration,
    datasets,
    determinism,
    downloads,
    leakage,
    loading,
    locations,
    pretrained,
    registering,
    scripts,
    training,
)


def _by_name(tables: Iterable[Mapping[str, Look]]) -> dict[str, tuple[Look, ...]]:
    found: defaultdict[str, tuple[Look, ...]] = defaultdict(tuple)
    for table in tables:
        for name, look in table.items():
            found[name] += (look,)
    return dict(found)


CALLS = _by_name(getattr(topic, "CALLS", {}) for topic in TOPICS)
"""Who looks at a call, by the last part of its resolved name."""

KEYWORDS = _by_name(getattr(topic, "KEYWORDS", {}) for topic in TOPICS)
"""Who looks at a call, by the name of one of its arguments."""

REFERENCES = _by_name(getattr(topic, "REFERENCES", {}) for topic in TOPICS)
"""Who looks at a name that is neither called nor assigned to another, by its last part."""

STORES = _by_name(getattr(topic, "STORES", {}) for topic in TOPICS)
"""Who looks at an assignment, by the attribute or the constant key."""

STRINGS: tuple[tuple[tuple[str, ...], Look], ...] = tuple(
    row for topic in TOPICS for row in getattr(topic, "STRINGS", ())
)
"""Who looks at a text that is no docstring, with the pieces one of which must be in it."""

WORDS: tuple[bytes, ...] = tuple(word for topic in TOPICS for word in topic.WORDS)
"""Without one of these, and no word of chance, no topic has anything to see."""

FOLLOWED = frozenset(topic.TOPIC for topic in TOPICS if getattr(topic, "FOLLOWED", False))
"""Topics whose sightings matter to what is reached when a program runs."""

FLOWING = frozenset(topic.TOPIC for topic in TOPICS if getattr(topic, "FLOWING", False))
"""Topics that ask how values flow in a body where they saw something."""
