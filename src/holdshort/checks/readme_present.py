"""A README at the root says what the repository is.

Looks at the root, then where GitHub looks too: in `.github` and `docs`. Words are counted outside
of badges, addresses and comments; what a template left to be filled in does not count.
"""

from __future__ import annotations

import re

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.documents import Document, front_matter, read_document
from holdshort.checks.facts.repository import Repository
from holdshort.model.finding import Level, Outcome, Place

FEWEST_WORDS = 25
"""Fewest words that can say what a repository is. Source: our own limit; two sentences."""

_NAME = re.compile(
    r"(?:\.github/|docs?/)?readme(?P<more>[._-][\w-]+)??(?:\.(?:md|markdown|mdown|rst|txt|org|adoc"
    r"|asciidoc|rdoc|textile|html?))?",
    re.IGNORECASE,
)
_BLANKS = re.compile(
    r"delete everything above|\{\{ ?cookiecutter|(?:^|[#*<>]|\bh1>)\s*your (?:awesome )?project\b"
    r"|\bproject title\s*$|one paragraph of project description"
    r"|\ba short description of the project\.$"
    r"|to make it easy for you to get started with gitlab|more information needed"
    r"|check out the configuration reference at https?://huggingface\.co",
    re.IGNORECASE,
)


def look(repository: Repository) -> Verdict:
    """Find the README and weigh it."""
    inventory = repository.inventory
    if not inventory.files and not inventory.skipped:
        return _nothing(Outcome.NOT_APPLICABLE, "Found no tracked file")
    paths = sorted((p for p in repository.paths if _NAME.fullmatch(p)), key=_nearness)
    if not paths:
        return _without_file(repository)
    path = paths[0]
    text = repository.text(path)
    if text is None:
        return _nothing(Outcome.UNKNOWN, f"{path} could not be read", path)
    _, body, first_line = front_matter(text)
    document = read_document(body, _BLANKS, first_line)
    words = document.words + sum(len(s.title.split()) for s in document.sections)
    places = tuple(_doubts(path, document, words))
    return Verdict(
        outcome=Outcome.WARN if places else Outcome.PASS,
        headline=_headline(path, document, words),
        evidence=places or (place(path, 0, Level.PASS, f"{words} words"),),
        facts={"readme": path, "words": words, "headings": len(document.sections) - 1},
        remediation=_REMEDIATION if places else "",
    )


_REMEDIATION = (
    "Write into README.md, under headings of its own:\n"
    "# Name of the model\n"
    "What it predicts, from what, and for whom.\n"
    "## Install\n"
    "## Train\n"
    "## Predict"
)


def _nearness(path: str) -> tuple[int, bool, str]:
    """Order by folder as GitHub does, translations last."""
    folder, _, name = path.lower().rpartition("/")
    found = _NAME.fullmatch(path)
    is_translation = found is not None and found["more"] is not None
    return ("", ".github", "docs", "doc").index(folder), is_translation, name


def _without_file(repository: Repository) -> Verdict:
    links = [p for p, why in repository.inventory.skipped if why == "not a file"]
    link = next((p for p in sorted(links) if _NAME.fullmatch(p) and "/" not in p), "")
    if link:
        return _nothing(Outcome.WARN, f"{link} is a symbolic link, which is not followed", link)
    return _nothing(Outcome.FAIL, f"Found no README beside {len(repository.paths)} files")


def _nothing(outcome: Outcome, headline: str, path: str | None = None) -> Verdict:
    why = "could not be read" if outcome is Outcome.UNKNOWN else "a link, not followed"
    needed = outcome in {Outcome.FAIL, Outcome.WARN}
    return Verdict(
        outcome=outcome,
        headline=headline,
        evidence=(place(path, 0, Level.WARN, why),) if path else (),
        facts={"readme": path, "words": 0, "headings": 0},
        remediation=_REMEDIATION if needed else "",
    )


def _doubts(path: str, document: Document, words: int) -> list[Place]:
    if not words:
        return [place(path, 0, Level.WARN, "is empty")]
    found = [place(path, n, Level.WARN, "left over from a template") for n in document.blanks]
    if words < FEWEST_WORDS and not found:
        return [place(path, 0, Level.WARN, f"holds {words} word{'s' if words > 1 else ''}")]
    return found


def _headline(path: str, document: Document, words: int) -> str:
    blanks = len(document.blanks)
    lines = "1 line" if blanks == 1 else f"{blanks} lines"
    template = f"; {lines} of a template" if blanks else ""
    count = len(document.sections) - 1
    headings = "1 heading" if count == 1 else f"{count} headings"
    return f"{path} holds {words} word{'' if words == 1 else 's'} under {headings}{template}"


CHECK = Check(
    id="readme-present",
    version="1",
    title="README",
    statement="A README at the root says what the repository is.",
    outcomes={
        Outcome.PASS: f"at least {FEWEST_WORDS} words, no line of a template",
        Outcome.WARN: "empty, a few words only, a template's text left in it, or a symbolic link",
        Outcome.FAIL: "no README",
        Outcome.NOT_APPLICABLE: "no tracked file",
        Outcome.UNKNOWN: "it could not be read",
    },
    rules=(
        "The root counts first, then .github and docs, where code hosts look too.",
        "Badges, addresses and comments are no words; each Chinese or Japanese sign is one.",
        "A translation counts when there is nothing else.",
        "Symbolic links are never followed.",
    ),
    facts={
        "readme": "path, or null",
        "words": "words of headings, prose and code",
        "headings": "how many headings there are",
    },
    not_checked="whether what it says is true, and in which language",
    look=look,
)
