"""One engine: typed in plain mode, given by command or read from a file, the record is the same."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from holdshort.cli.console import Console
from holdshort.cli.main import main
from holdshort.plain.walk import run
from holdshort.walkthrough.wanted import Wanted

RELEASE = ("--release", "1.4.0")
RECORD = "reviews/repository/1.4.0/ml-model-release/ada.yaml"

TYPED = (
    *("", "n", "", "p", "Only the image names it."),
    *("seeds-set", ""),
    *("deps-pinned", "1", "seeds-set", "u", "r"),
    *("holdout-result", "y", "0.91", "y", "metrics.json:2"),
    *("monitoring-owner", "i", ""),
    *("S", "reject", "sign"),
)
COMMANDS = (
    ("secrets-none", "--accept"),
    ("deps-pinned", "no", "--evidence", "requirements.txt:1"),
    ("python-version", "partly", "--note", "Only the image names it."),
    ("seeds-set", "--accept"),
    ("holdout-result", "yes", "--value", "0.91", "--evidence", "metrics.json:2"),
    ("monitoring-owner", "unknown"),
)
FILE = """\
secrets-none: {verdict: met, via: suggested}
deps-pinned: {verdict: unmet, evidence: [{ref: requirements.txt, lines: '1'}]}
python-version: {verdict: partly, note: Only the image names it.}
seeds-set: {verdict: met, via: suggested}
holdout-result: {verdict: met, value: '0.91', evidence: [{ref: metrics.json, lines: '2'}]}
monitoring-owner: {verdict: unknown}
"""


def in_plain_mode(root: Path) -> None:
    typing = iter(TYPED)

    def ask(prompt: str) -> str:
        del prompt
        return next(typing)

    wanted = Wanted(release="1.4.0")
    assert run(Console(repo=root).visit, wanted, reason="--plain", ask=ask, say=print) == 0


def by_command(root: Path) -> None:
    for words in COMMANDS:
        assert main(["--repo", str(root), "answer", *words, *RELEASE]) == 0
    sign(root)


def from_a_file(root: Path) -> None:
    answers = root.with_name("answers.yaml")
    answers.write_text(FILE, encoding="utf-8")
    assert main(["--repo", str(root), "review", "--answers", str(answers), *RELEASE]) == 0
    sign(root)


def sign(root: Path) -> None:
    assert main(["--repo", str(root), "sign", "--decision", "reject", "--yes", *RELEASE]) == 0


@pytest.mark.usefixtures("ssh_key", "capsys")
def test_three_ways_to_answer_give_one_record(
    project: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = {}
    for way in (in_plain_mode, by_command, from_a_file):
        root = tmp_path / way.__name__ / project.name
        shutil.copytree(project, root)
        monkeypatch.setenv("HOLDSHORT_STATE_DIR", str(home / way.__name__))
        way(root)
        records[way.__name__] = (root / RECORD).read_text(encoding="utf-8")
    assert len({timeless(record) for record in records.values()}) == 1, records
    assert "verdict: unknown" in records["in_plain_mode"]


def timeless(record: str) -> str:
    """Return a record without what no two records share: its times and its signature."""
    unsigned = record.partition("\nsignature:")[0]
    return re.sub(r"(?m)^(started|sealed)_at: .*$", "", unsigned)
