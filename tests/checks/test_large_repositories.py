"""What is left out of a large repository: nothing that speaks against it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from holdshort.checks.facts.large_python import skimmed_facts
from holdshort.checks.facts.python_facts import PythonFacts, python_facts
from holdshort.checks.facts.sightings import Sighting

CORPUS = Path(__file__).parents[1] / "corpus" / "checks"
TOPICS = {
    "no-unsafe-loading": "loading",
    "no-absolute-paths": "locations",
    "pretrained-pinned": "pretrained",
    "downloads-verified": "downloads",
}


def programs() -> Iterator[Any]:
    for check_id, topic in TOPICS.items():
        for case in yaml.safe_load((CORPUS / f"{check_id}.yaml").read_text(encoding="utf-8")):
            for path, text in case["files"].items():
                if path.endswith(".py"):
                    yield pytest.param(topic, text, id=f"{check_id}: {case['name']}, {path}")


def within_a_function(text: str) -> str:
    """Return the same program with everything but its imports in a function."""
    lines = text.splitlines()
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    rest = [f"    {line}" for line in lines if not line.startswith(("import ", "from "))]
    return "\n".join([*imports, "def wrapped():", *rest, "    return 1", ""])


def told(facts: PythonFacts, topic: str) -> list[Sighting]:
    seen = facts.code.sightings if facts.code else ()
    return [one for one in seen if one.topic == topic and one.detail("risk") != "none"]


@pytest.mark.parametrize(("topic", "text"), list(programs()))
def test_a_large_repository_shows_the_same_places(topic: str, text: str) -> None:
    for program in (text, within_a_function(text)):
        whole, skimmed = python_facts(program.encode()), skimmed_facts(program.encode())
        assert told(skimmed, topic) == told(whole, topic)
