"""The reference in the docs says what the checks say."""

from __future__ import annotations

from pathlib import Path

from holdshort.checks.base import IDS, load
from holdshort.checks.reference import described, document, listed

REFERENCE = Path(__file__).parents[2] / "docs" / "checks.md"


def test_the_reference_is_what_the_checks_say() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == document(), (
        "write it anew: python -m holdshort.checks.reference > docs/checks.md"
    )


def test_every_check_is_listed() -> None:
    heads = [
        line.split()[0]
        for line in listed(map(described, map(load, IDS))).splitlines()
        if not line.startswith(" ")
    ]
    assert heads == list(IDS)
