"""A licence at the root says who may use this, and it is one that people know.

Compares the text of each licence file with the telling phrases of known licences, and with what
metadata name. What a licence allows is a question to a person, and so is every custom one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.inventory import File
from holdshort.checks.facts.license_files import (
    DECLARING,
    Declared,
    declared_licenses,
    is_license_name,
    is_nested_name,
    is_plain_name,
    role_of,
)
from holdshort.checks.facts.license_table import Terms
from holdshort.checks.facts.licenses import LicenseText, license_named, read_license, same_license
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.repository import Repository
from holdshort.model.finding import Level, Outcome, Place

MAX_FILES = 60
"""Most licence files that are read. Source: our own limit."""

_UNREADABLE = re.compile(r"\.(?:pdf|docx?|odt)$", re.IGNORECASE)
_HEADING = re.compile(r"^(?:#{1,6}[ \t]*|\*\*)?licen[sc](?:e|ing)\b", re.IGNORECASE)
_README = re.compile(r"readme(?:\.(?:md|rst|txt))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Read:
    """One licence file and what was found in it."""

    path: str
    role: str
    text: LicenseText

    @property
    def is_known(self) -> bool:
        """Whether nothing is left to ask about it."""
        text = self.text
        return text.whole and text.terms is Terms.OPEN and not text.added and not text.unfilled

    @property
    def id(self) -> str:
        """The SPDX id, or `custom`."""
        no_id = not self.text.id or self.text.terms is Terms.CUSTOM or self.text.added
        return "custom" if no_id else self.text.id


def look(repository: Repository) -> Verdict:
    """Read every licence file at the root and compare them with what metadata name."""
    if not repository.inventory.files and not repository.inventory.skipped:
        return _verdict(Outcome.NOT_APPLICABLE, "Found no tracked file", [], [])
    files = [file for file in repository.inventory.files if is_license_name(file.path)]
    for file in files:
        if _UNREADABLE.search(file.path):
            repository.note_error(file.path, "no text, so it was not read")
    texts = repository.texts([f for f in files if not _UNREADABLE.search(f.path)][:MAX_FILES])
    found = [_Read(file.path, role_of(file.path), read_license(text)) for file, text in texts]
    declared = list(_declared(repository))
    if not found:
        return _without_text(repository, files, declared)
    doubts = [place_ for one in found for place_ in _doubts(one)]
    doubts += _contradictions(found, declared)
    if all(one.role != "code" for one in found):
        doubts.append(place(found[0].path, 0, Level.WARN, "says nothing of the code by its name"))
    known = tuple(place(f.path, 0, Level.PASS, _gist(f)) for f in found if f.is_known)
    outcome = Outcome.UNKNOWN if repository.has_errors() else Outcome.PASS
    outcome = Outcome.WARN if doubts else outcome
    return _verdict(outcome, _headline(repository, found), found, declared, (*doubts, *known))


_REMEDIATION = (
    "Put the whole text of the licence into LICENSE at the root and name it in pyproject.toml:\n"
    'license = "Apache-2.0"\n'
    "For a model's own licence ask who decides whether this use is allowed, and write it down."
)


def _declared(repository: Repository) -> Iterator[Declared]:
    files = [f for f in repository.inventory.files if f.path.lower() in DECLARING]
    for file, text in repository.texts(files):
        try:
            yield from declared_licenses(file.path, text)
        except UnreadableSourceError as error:
            repository.note_error(file.path, str(error))


def _doubts(one: _Read) -> Iterator[Place]:
    text = one.text
    if text.empty:
        why = "is empty"
    elif not text.id:
        why = "is no licence known here: a person has to read it"
    elif text.terms is Terms.CUSTOM:
        why = f"is a licence of its own kind, {text.id}: a person has to read it"
    elif text.added:
        why = f"is {text.id} with terms added (“{text.added}”): a person has to read it"
    elif text.terms is Terms.RESTRICTED:
        why = f"is {text.id}, which limits the use: a person has to decide"
    elif not text.whole:
        why = f"names {text.id} and does not hold its text"
    elif text.unfilled:
        why = f"is {text.id} with the year or the holder not filled in"
    else:
        return
    yield place(one.path, 0, Level.WARN, why)


def _gist(one: _Read) -> str:
    more = f", and the text of {', '.join(one.text.others)}" if one.text.others else ""
    return f"holds the text of {one.text.id}{more}"


def _contradictions(found: list[_Read], declared: list[Declared]) -> Iterator[Place]:
    ids = [id_ for one in found for id_ in (one.text.id, *one.text.others) if id_]
    for row in declared:
        named = [known for part in _parts(row.text) if (known := license_named(part))]
        if ids and named and not any(same_license(n.id, id_) for n in named for id_ in ids):
            why = f"names {named[0].id}, the file at the root is {ids[0]}"
            yield place(row.path, row.line, Level.WARN, why)


def _parts(expression: str) -> list[str]:
    return re.split(r"\s+(?:OR|AND)\s+|[()]", expression[:500])


def _without_text(repository: Repository, unread: list[File], declared: list[Declared]) -> Verdict:
    if unread:
        headline = f"{unread[0].path} could not be read"
        return _verdict(Outcome.UNKNOWN, headline, [], declared, has_file=True)
    places = [
        place(d.path, d.line, Level.WARN, f"names {d.text[:40]}, no text is at the root")
        for d in declared
    ]
    links = [path for path, why in repository.inventory.skipped if why == "not a file"]
    places += [
        place(path, 0, Level.WARN, "a symbolic link, which is not followed")
        for path in links
        if "/" not in path and is_license_name(path)
    ]
    places += _headings(repository)
    nested = sorted(path for path in repository.paths if is_nested_name(path))
    places += [place(path, 0, Level.WARN, "a licence below the root") for path in nested[:10]]
    if places:
        headline = f"Found no licence file at the root; {places[0].where} {places[0].why}"
        return _verdict(Outcome.WARN, headline, [], declared, tuple(places))
    if repository.has_errors():
        headline = "Found no licence file, and metadata could not be read"
        return _verdict(Outcome.UNKNOWN, headline, [], declared)
    count = len(repository.paths)
    return _verdict(Outcome.FAIL, f"Found no licence beside {count} files", [], declared)


def _headings(repository: Repository) -> Iterator[Place]:
    for path in sorted(filter(_README.fullmatch, repository.paths)):
        for number, line in enumerate((repository.text(path) or "").split("\n"), 1):
            if _HEADING.match(line[:100]):
                yield place(path, number, Level.WARN, "speaks of a licence, and is no licence file")
                break


def _headline(repository: Repository, found: list[_Read]) -> str:
    named = [f"{one.path} ({one.text.id or 'not recognised'})" for one in found[:4]]
    more = f" and {len(found) - 4} more" if len(found) > len(named) else ""
    return f"Found {', '.join(named)}{more}{repository.unread_note()}"


def _license_of(found: list[_Read], declared: list[Declared]) -> str | None:
    """Return the licence of the code: of the plainest file, else as metadata name it."""
    texts = [one for one in found if not one.text.empty]
    lesser = [one for one in texts if one.text.id.startswith("LGPL")]
    plain = lesser or [one for one in texts if is_plain_name(one.path)]
    chosen = plain[:1] or [one for one in texts if one.role == "code"] or texts
    if chosen:
        apart = any(one.path.startswith("LICENSES/") for one in chosen)
        return (" AND " if apart else " OR ").join(sorted({one.id for one in chosen}))
    named = [known for row in declared if (known := license_named(row.text))]
    if named:
        return "custom" if named[0].terms is Terms.CUSTOM else named[0].id
    return "custom" if declared else None


def _verdict(
    outcome: Outcome,
    headline: str,
    found: list[_Read],
    declared: list[Declared],
    places: tuple[Place, ...] = (),
    *,
    has_file: bool = False,
) -> Verdict:
    facts: dict[str, object] = {
        "license": _license_of(found, declared),
        "license_file": bool(found) or has_file,
        "files": [
            {"path": one.path, "for": one.role, "license": one.id, "name": one.text.id}
            for one in found
        ],
        "declared": [{"license": d.text, "path": d.path, "line": d.line} for d in declared],
    }
    needed = outcome in {Outcome.FAIL, Outcome.WARN}
    return Verdict(
        outcome=outcome,
        headline=headline,
        evidence=places,
        facts=facts,
        remediation=_REMEDIATION if needed else "",
    )


CHECK = Check(
    id="license-present",
    version="1",
    title="licence",
    statement="A licence at the root says who may use this, and it is one that people know.",
    outcomes={
        Outcome.PASS: "every licence file at the root holds the whole text of a known open licence",
        Outcome.WARN: (
            "a custom or RAIL licence, one that limits the use, terms added to a known one, a"
            " name without the text, only in metadata or below the root, or a contradiction"
        ),
        Outcome.FAIL: "no licence",
        Outcome.NOT_APPLICABLE: "no tracked file",
        Outcome.UNKNOWN: "a licence file or the metadata could not be read",
    },
    rules=(
        (
            "LICENSE, LICENCE, UNLICENSE and COPYING count with any ending of a text, and so do"
            " the files in LICENSES of REUSE."
        ),
        "A licence of vendored code is not the licence of the repository.",
        "A title is not the text; the text with further terms is not the licence.",
        "Licences of model, data and text beside the code are told by their names; each counts.",
        "Licences that exclude commercial use or changes are a question to a person.",
        "Two licences side by side are a choice, those in LICENSES are not.",
        "GPL-3.0 says which text is there, not whether later versions are allowed.",
    ),
    facts={
        "license": "SPDX id or expression of the code's licence, custom, or null",
        "license_file": "whether a licence file is at the root",
        "files": "path, what it is for, license and name of each licence file",
        "declared": "license, path and line of what metadata name",
    },
    not_checked="whether this use is allowed, and the licences of dependencies and data",
    look=look,
)
