"""The sample repository of `holdshort demo`: a small churn model and its short history.

Out: six commits by two invented people, oldest first, and an honest scripted review of the
release they end with. The files are package data: `sample_files/` is the last tree,
`sample_earlier/` what a few of its files said before. Nothing here writes a file or speaks to
git.

The checks have something to say about it: secrets, seeds, tests and CI are in order, the Python
version stands in CI only, two requirements are not pinned, a notebook splits without a seed, and
there is no lock file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files

MODEL = "churn"
RELEASE = "1.4.0"

_PACKAGE = "holdshort.setup"
_LAST, _EARLIER = "sample_files", "sample_earlier"
_HIDDEN = "dot-"
"""Stands for a leading dot: packaging tools leave hidden files out or obey them."""

_WAIVED_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCommit:
    """One commit of the sample.

    Attributes:
        date: author and committer date, ISO 8601 with offset.
        files: what the commit adds or replaces, by path; no commit deletes anything.
        tag: name of the tag on this commit, empty for none.
    """

    author: str
    email: str
    date: str
    message: str
    files: Mapping[str, bytes]
    tag: str = ""


def sample_history() -> tuple[SampleCommit, ...]:
    """Return the commits of the sample, oldest first.

    Folding their files in this order gives the sample.
    """
    written: set[str] = set()
    newest_first: list[SampleCommit] = []
    for (author, email), day, message, paths in reversed(_STORY):
        commit = SampleCommit(
            author=author,
            email=email,
            date=day,
            message=message,
            files={path: _read(_EARLIER if path in written else _LAST, path) for path in paths},
            tag="" if newest_first else f"v{RELEASE}",
        )
        written |= commit.files.keys()
        newest_first.append(commit)
    return tuple(reversed(newest_first))


def sample_review(today: date) -> bytes:
    """Return the scripted review: a YAML mapping of `decision`, `answers` and `waivers`.

    Keys are those of a record. The waiver ends 30 days from today, however old the package is.
    """
    text = files(_PACKAGE).joinpath("sample_review.yaml").read_text(encoding="utf-8")
    expires = today + timedelta(days=_WAIVED_DAYS)
    return text.replace("in 30 days\n", f"'{expires.isoformat()}'\n").encode()


def _read(folder: str, path: str) -> bytes:
    stored = (f"{_HIDDEN}{part[1:]}" if part[0] == "." else part for part in path.split("/"))
    return files(_PACKAGE).joinpath(folder, *stored).read_bytes()


_INES = ("Ines Carvalho", "ines@example.com")
_JONAS = ("Jonas Weber", "jonas@example.com")

_STORY: tuple[tuple[tuple[str, str], str, str, tuple[str, ...]], ...] = (
    (
        _INES,
        "2026-08-26T10:42:00+02:00",
        "Move the churn model into its own repository",
        (
            ".gitignore",
            "LICENSE",
            "README.md",
            "config/params.yaml",
            "data/README.md",
            "pyproject.toml",
            "requirements.txt",
            "src/churn/__init__.py",
            "src/churn/evaluate.py",
            "src/churn/features.py",
            "src/churn/score.py",
            "src/churn/train.py",
        ),
    ),
    (
        _JONAS,
        "2026-08-31T15:07:00+02:00",
        "Test features, metrics and training on every push",
        (
            ".github/workflows/tests.yml",
            "tests/test_evaluate.py",
            "tests/test_features.py",
            "tests/test_train.py",
        ),
    ),
    (
        _INES,
        "2026-09-14T09:30:00+02:00",
        "Train 1.3.0",
        ("metrics.json",),
    ),
    (
        _JONAS,
        "2026-10-12T16:55:00+02:00",
        "Ask in a notebook what late payments are worth",
        ("notebooks/late_payers.ipynb", "requirements.txt"),
    ),
    (
        _INES,
        "2026-11-09T11:20:00+01:00",
        (
            "Train 1.4.0 with smaller trees\n\n"
            "1.3.0 was 0.07 AUC better on its training data than on the test set.\n"
            "Now it is 0.04, and the test score is no worse."
        ),
        ("MODEL_CARD.md", "config/params.yaml", "metrics.json"),
    ),
    (
        _JONAS,
        "2026-11-13T14:02:00+01:00",
        "Write down the leakage review and the way back",
        ("docs/leakage.md", "docs/rollback.md"),
    ),
)
"""Who did what when: a path that comes again later is read from `sample_earlier` here."""
