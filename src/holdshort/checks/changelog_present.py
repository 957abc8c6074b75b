"""A changelog says what changed from version to version.

Looks for a changelog at the root and in `docs`, or a folder with a file per version. An entry is
a line that begins with a version or a date. Form: https://keepachangelog.com/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.documents import count_words, without_comments
from holdshort.checks.facts.foreign_toml import load, table
from holdshort.checks.facts.inventory import File
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.repository import Repository
from holdshort.model.finding import Level, Outcome, Place

MAX_FILES = 50
"""Most files of a folder of release notes that are read. Source: our own limit."""

_SUFFIX = r"(?:\.(?:md|markdown|rst|txt|org|adoc|asciidoc))?"
_FILE = re.compile(
    rf"(?:docs?/(?:[\w.-]+/){{0,3}})?(?:(?:[\w.-]*[_.-])?change[-_]?logs?|release[-_ ]?notes)"
    rf"(?:[_.-][\w.-]+?)??{_SUFFIX}"
    rf"|(?:docs?/(?:[\w-]+/)?)?(?:changes|history|news|releases?|whats[-_ ]?new){_SUFFIX}",
    re.IGNORECASE,
)
_FOLDER = re.compile(
    rf"(?:docs?/(?:[\w-]+/){{0,2}})?(?:change[-_]?logs?|release[-_]?notes|releases)/"
    rf"(?P<version>v?\d+[._]\d+[\w.-]*?){_SUFFIX}",
    re.IGNORECASE,
)
_FRAGMENTS = re.compile(
    r"(?:changelog\.d|newsfragments|changes\.d|\.changeset|\.changes)/(?!\.)[^/]+"
)
_CODE = re.compile(
    r"\.(?:py|ya?ml|json|toml|cfg|ini|js|ts|sh|j2|html?|css|svg|png|sql)$", re.IGNORECASE
)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_ENTRY = re.compile(
    r"^(?:[ \t]{0,8}[-*+][ \t]{1,4}|[ \t#*=_~<>]{0,12}(?:[a-z][\w-]{0,40}[ \t]{1,4}){0,3})"
    r"(?:<a [^<>]{0,80}></a>)?(?!\[[^\[\]]{1,80}\]:)[\[(*_`]{0,4}v?\.?"
    r"(?:\d{1,4}\.\d{1,4}(?!\d)|20\d{6}\b)"
    r"|^\W{0,12}(?:[a-z]{1,20} )?\d{4}-\d{2}\b"
    rf"|^\W{{0,12}}(?:[a-z]{{1,20}} )?(?:{_MONTHS})[a-z]{{0,6}}\.? \d{{1,2}},? \d{{4}}\b"
    rf"|^\W{{0,12}}(?:\d{{1,2}}\.? )?(?:{_MONTHS})[a-z]{{0,6}}\.? \d{{4}}\b",
    re.IGNORECASE,
)
_UNRELEASED = re.compile(r"^\W{0,12}unreleased\b", re.IGNORECASE)
_IN_README = re.compile(
    r"^#{1,6}[ \t].{0,40}"
    r"\b(?:change ?log|release notes|what'?s new|release history|news|updates)\b",
    re.IGNORECASE,
)
_FINAL = re.compile(r"\d+(?:\.\d+){1,3}")


@dataclass(frozen=True, slots=True)
class _Log:
    """One changelog: the lines of its entries and how many words it holds."""

    path: str
    entries: tuple[int, ...]
    words: int
    text: str


def look(repository: Repository) -> Verdict:
    """Find the changelog and count its entries."""
    inventory = repository.inventory
    if not inventory.files and not inventory.skipped:
        return _verdict(Outcome.NOT_APPLICABLE, "Found no tracked file", ())
    files = [f for f in inventory.files if _FILE.fullmatch(f.path) and not _CODE.search(f.path)]
    files.sort(key=lambda file: file.path.count("/"))
    logs = [_read(file.path, text) for file, text in repository.texts(files[:MAX_FILES])]
    best = max(logs, key=lambda log: bool(log.entries), default=None)
    versions = [file for file in inventory.files if _FOLDER.fullmatch(file.path)]
    if versions and (best is None or not best.entries):
        return _of_folder(repository, versions)
    if best is None:
        return _without_file(repository, files)
    return _of_file(repository, best)


_REMEDIATION = (
    "Keep a CHANGELOG.md at the root, newest version first:\n"
    "## [1.4.0] - 2025-06-30\n"
    "### Changed\n"
    "- Trained on data up to May; recall at 5 % rose from 0.61 to 0.64."
)


def _read(path: str, text: str) -> _Log:
    lines = without_comments(text).split("\n")
    entries = tuple(n for n, line in enumerate(lines, 1) if _ENTRY.match(line[:200]))
    words = sum(count_words(line[:1000]) for line in lines if not _UNRELEASED.match(line))
    return _Log(path, entries, words, text)


def _of_file(repository: Repository, log: _Log) -> Verdict:
    count = len(log.entries)
    version = _declared_version(repository)
    if not log.words:
        doubt = "is empty"
    elif not count:
        doubt = "names no version and no date"
    elif version and not re.search(rf"(?<![\d.]){re.escape(version)}(?!\d|\.\d)", log.text):
        doubt = f"does not name {version}, the version in pyproject.toml"
    elif repository.has_errors():
        return _verdict(Outcome.UNKNOWN, f"{log.path} could not be compared", (), log.path, count)
    else:
        found = place(log.path, log.entries[0], Level.PASS, "its first entry")
        entries = "1 entry" if count == 1 else f"{count} entries"
        return _verdict(Outcome.PASS, f"{log.path} has {entries}", (found,), log.path, count)
    found = place(log.path, 0, Level.WARN, doubt)
    return _verdict(Outcome.WARN, f"{log.path} {doubt}", (found,), log.path, count)


def _of_folder(repository: Repository, files: list[File]) -> Verdict:
    folder = files[-1].folder
    filled = [f.path for f, text in repository.texts(files[-MAX_FILES:]) if text.strip()]
    headline = f"{folder} has a file for each of {len(files)} versions"
    if not filled:
        found = place(files[-1].path, 0, Level.WARN, "is empty or cannot be read")
        return _verdict(Outcome.WARN, headline, (found,), folder)
    found = place(filled[-1], 0, Level.PASS, "notes of one version")
    return _verdict(Outcome.PASS, headline, (found,), folder, len(files))


def _without_file(repository: Repository, unread: list[File]) -> Verdict:
    if unread:
        return _verdict(Outcome.UNKNOWN, f"{unread[0].path} could not be read", ())
    fragments = sorted(p for p in repository.paths if _FRAGMENTS.match(p))
    found = [place(p, 0, Level.WARN, "one change, not yet in a changelog") for p in fragments[:5]]
    found += _in_readme(repository)
    nested = sorted(p for p in repository.paths if _is_nested(p))
    found += [place(p, 0, Level.WARN, "a changelog below the root") for p in nested[:5]]
    links = sorted(p for p, why in repository.inventory.skipped if why == "not a file")
    named = [p for p in links if _FILE.fullmatch(p) and not _CODE.search(p)]
    found += [place(p, 0, Level.WARN, "a symbolic link, which is not followed") for p in named]
    if found:
        where = found[0].where
        return _verdict(
            Outcome.WARN, f"Found no changelog; {where} may stand for one", tuple(found)
        )
    files = len(repository.paths)
    return _verdict(Outcome.FAIL, f"Found no changelog beside {files} files", ())


def _is_nested(path: str) -> bool:
    return re.fullmatch(rf"(?:[^/]+/){{1,4}}changelog{_SUFFIX}", path, re.IGNORECASE) is not None


def _in_readme(repository: Repository) -> Iterator[Place]:
    for path in sorted(repository.paths):
        if re.fullmatch(rf"readme{_SUFFIX}", path, re.IGNORECASE):
            text = repository.text(path) or ""
            for number, line in enumerate(text.split("\n"), 1):
                if _IN_README.match(line[:200]):
                    yield place(path, number, Level.WARN, "a heading of the README")
                    break


def _declared_version(repository: Repository) -> str:
    """Return the released version that pyproject.toml states, empty when it states none."""
    if "pyproject.toml" not in repository.paths:
        return ""
    try:
        document = load(repository.text("pyproject.toml") or "")
    except UnreadableSourceError as error:
        repository.note_error("pyproject.toml", str(error))
        return ""
    named = table(document, "project").get("version")
    named = named or table(document, "tool", "poetry").get("version")
    is_final = isinstance(named, str) and _FINAL.fullmatch(named) and named.strip("0.")
    return named if isinstance(named, str) and is_final else ""


def _verdict(
    outcome: Outcome,
    headline: str,
    places: tuple[Place, ...],
    changelog: str | None = None,
    entries: int = 0,
) -> Verdict:
    return Verdict(
        outcome=outcome,
        headline=headline,
        evidence=places,
        facts={"changelog": changelog, "entries": entries},
        remediation=_REMEDIATION if outcome in {Outcome.FAIL, Outcome.WARN} else "",
    )


CHECK = Check(
    id="changelog-present",
    version="1",
    title="changelog",
    statement="A changelog says what changed from version to version.",
    outcomes={
        Outcome.PASS: "a changelog with an entry for a version or a date, or a file per version",
        Outcome.WARN: (
            "empty, without versions and dates, silent on the version that pyproject.toml states,"
            " a heading of the README, fragments, or only below the root"
        ),
        Outcome.FAIL: "no changelog",
        Outcome.NOT_APPLICABLE: "no tracked file",
        Outcome.UNKNOWN: "it could not be read",
    },
    rules=(
        "CHANGELOG, CHANGES, HISTORY, NEWS and release notes count, at the root or in docs.",
        "An entry is a line that begins with a version or a date; Unreleased alone is none.",
        "The version is compared when pyproject.toml states one that is no pre-release.",
        "Tags and the release pages of a code host are not in the repository.",
    ),
    facts={
        "changelog": "path of the file or folder, or null",
        "entries": "how many lines begin with a version or a date, or how many files there are",
    },
    not_checked="whether the entries are complete",
    look=look,
)
