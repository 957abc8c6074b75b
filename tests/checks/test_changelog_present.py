"""A changelog that is not a file of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdshort.checks.base import run
from holdshort.model.finding import Outcome


def test_a_changelog_that_is_a_link_is_left_to_a_person(view: Callable[..., Any]) -> None:
    files = {"CHANGELOG.md": "docs/log.md", "train.py": "x = 1\n"}
    (finding,) = run(view(files, {"CHANGELOG.md": "120000"}), ["changelog-present"])
    assert finding.outcome is Outcome.WARN
    assert [place.path for place in finding.evidence] == ["CHANGELOG.md"]
