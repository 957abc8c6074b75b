"""Every check against labelled repositories: outcome, facts and places, one by one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from holdshort.checks.base import IDS
from holdshort.model.finding import Finding, Level

CORPUS = Path(__file__).parents[1] / "corpus"

# Invented, and in pieces so that no scanner takes this file for a leak.
INVENTED = {
    "<github>": "gh" + "p_" + "Zq7" * 12,
    "<github-tail>": "h" + "p_" + "Zq7Lm2Xc9" * 4,
    "<hugging>": "h" + "f_" + "QwErTyUiOpAsDfGhJkLzXcVbNmQwErTyUi",
    "<aws>": "AK" + "IA" + "Q7ZL2MXC4VBN6WDF",
    "<drawn>": "kT9x" + "Lq2Vb7Zn4Rw8Ys3M" + "pD6f",
    "<private>": "-----BEGIN OPENSSH " + "PRIVATE KEY-----",
}
INVENTED["<github>"] = "gh" + "p_" + "A1b2C3d4E5f6G7h8I9j0" + "K1l2M3n4O5p6Q7r8"


def labelled(check_id: str) -> list[dict[str, Any]]:
    """Return the labelled repositories of a check: its edges, then plain ones."""
    places = (CORPUS / folder / f"{check_id}.yaml" for folder in ("checks", "cases"))
    found = (yaml.safe_load(one.read_text(encoding="utf-8")) for one in places if one.exists())
    return [case for rows in found for case in rows]


def cases() -> Iterator[Any]:
    for check_id in IDS:
        assert (CORPUS / "checks" / f"{check_id}.yaml").exists()
        for case in labelled(check_id):
            yield pytest.param(check_id, case, id=f"{check_id}: {case['name']}")


def files_of(case: dict[str, Any]) -> dict[str, str | bytes]:
    """Return the files of a labelled repository."""
    files: dict[str, str | bytes] = {p: filled_in(text) for p, text in case["files"].items()}
    return files | {path: b"x" * size for path, size in case.get("sizes", {}).items()}


def filled_in(content: object) -> str:
    """Return a file's text; anything but a text is written as JSON, such as a notebook."""
    text = content if isinstance(content, str) else json.dumps(content)
    for name, value in INVENTED.items():
        text = text.replace(name, value)
    return text


def against(finding: Finding) -> set[str]:
    levels = {Level.FAIL, Level.WARN}
    return {f"{p.level} {p.where}" for p in finding.evidence if p.level in levels}


@pytest.mark.parametrize(("check_id", "case"), list(cases()))
def test_a_labelled_repository_gets_its_label(
    check_id: str,
    case: dict[str, Any],
    look: Callable[..., Finding],
) -> None:
    finding = look(files_of(case), check_id, untracked=case.get("untracked", ()))
    assert str(finding.outcome) == case["outcome"], finding.headline
    for key, value in case.get("facts", {}).items():
        assert finding.facts[key] == value
    libraries = finding.facts.get("libraries", {})
    assert isinstance(libraries, dict)
    for key, value in case.get("libraries", {}).items():
        assert libraries[key] == value, key
    if "places" in case:
        assert against(finding) == set(case["places"])
    elif case["outcome"] in {"pass", "not_applicable"}:
        assert against(finding) == set()
    named = {error.partition(":")[0] for error in finding.coverage.errors}
    assert named >= set(case.get("errors", ()))


def test_no_secret_reaches_a_finding(
    look: Callable[[Mapping[str, str | bytes], str], Finding],
) -> None:
    files = {f"{n}.py": f"password = '{value}'" for n, value in enumerate(INVENTED.values())}
    finding = look(files, "secrets-absent")
    assert finding.evidence
    assert not any(value in repr(finding) for value in INVENTED.values())
