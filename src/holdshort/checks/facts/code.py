"""Everything one Python file or notebook says, as one plain value that outlives its tree."""

from __future__ import annotations

from dataclasses import dataclass

from holdshort.checks.facts.data_flow import Flow
from holdshort.checks.facts.imports import Imported
from holdshort.checks.facts.program import Program
from holdshort.checks.facts.sightings import Sighting


@dataclass(frozen=True, slots=True)
class Code:
    """What a file says, so far as a check asks.

    Attributes:
        program: what it calls and defines.
        imports: what it imports from outside of itself.
        sightings: what the topics of `sights` saw in it.
        flows: how values flow in the bodies where a topic that asks for it saw something.
    """

    program: Program
    imports: tuple[Imported, ...]
    sightings: tuple[Sighting, ...]
    flows: tuple[Flow, ...] = ()
