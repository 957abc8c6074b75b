"""Python files that a text names: `subprocess.run(["python", "src/train.py"])`.

Each sighting is what stands in the text, with `/` between folders.
"""

from __future__ import annotations

import re

from holdshort.checks.facts.sightings import Sighting, Site, text_of

TOPIC = "scripts"

WORDS: tuple[bytes, ...] = ()

MAX_CHARACTERS = 2_000
"""Longest text that is looked through. Source: our own limit."""

_SCRIPT = re.compile(r"(?:^|[\s'\"=])([\w./-]*\w\.py)(?=$|[\s'\":])")


def _text(site: Site) -> Sighting | None:
    text = text_of(site.node) or ""
    found = _SCRIPT.search(text) if len(text) <= MAX_CHARACTERS else None
    return site.sighting(TOPIC, found[1].removeprefix("./")) if found else None


STRINGS = (((".py",), _text),)
