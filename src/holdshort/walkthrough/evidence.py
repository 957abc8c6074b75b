"""From what a person types to a pinned reference: `train.py:88-95`, a commit, a URL, a check.

A file is pinned to its blob at the reviewed commit and quoted, at most five lines and 400
characters with secrets masked, so that an auditor can read it when the commit is gone. Nothing
is fetched and nothing outside the repository is opened.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urlsplit

from holdshort.errors import UsageError
from holdshort.model.finding import Finding, Place
from holdshort.model.review import MAX_QUOTE_CHARS, MAX_QUOTE_LINES, Evidence, EvidenceKind
from holdshort.model.text import forbidden_character, normalise, one_line, visible_lines

MAX_FILE_BYTES = 2_000_000
_PLACE = re.compile(
    r"(?P<path>.+?)(?:[: ]|#L)(?P<first>[1-9][0-9]{0,6})(?:-L?(?P<last>[0-9]{1,7}))?"
)
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_SECRET = re.compile(
    r"""(?imx)
    (?P<head>\b[\w.-]*(?:key|token|secret|passw(?:or)?d|credential)[\w.-]*['"]?\s*[:=]\s*['"]?
      |://[^/\s:@]*:)[^\s'"@]{4,}
    |\b(?:AKIA|ASIA|gh[opsu]_|github_pat_|glpat-|hf_|sk-|xox[abp]-|Bearer\s)[\w.-]{8,}
    |^[ \t]*[A-Za-z0-9+/]{40,}={0,2}[ \t]*$"""
)
"""Named values, passwords in URLs, well-known token forms, lines of a private key."""

_TOKEN = re.compile(
    r"(?i)(?:^|[&;?])(?:[\w-]*(?:token|secret|signature|api[_-]?key|password)[\w-]*|sig|key)="
)


class Source(Protocol):
    """What evidence is pinned against: the reviewed commit."""

    def blob_of(self, path: str) -> str | None:
        """Return the object id of a tracked file, or None."""

    def text_of(self, path: str) -> str:
        """Return a tracked file's text; raises OSError when it cannot be shown."""

    def commit_of(self, text: str) -> str | None:
        """Return the full id of a commit named by hex, or None."""


def pin(typed: str, source: Source, findings: Mapping[str, Finding]) -> Evidence:
    """Return the evidence a person means.

    Raises:
        UsageError: it names nothing that can be pinned; the message says what would.
    """
    ref = typed.strip()
    if not ref:
        raise UsageError("evidence is one line: a path, path:line, a commit or a URL")
    if _is_unwritable(ref):
        raise UsageError(
            f"{one_line(ref, 120)!r} holds a character that a signed record may not hold",
            "Control, invisible and decomposed characters are refused; name the file otherwise.",
        )
    if "://" in ref or ref.lower().startswith(("javascript:", "data:", "file:")):
        return _url(ref)
    if ref in findings and source.blob_of(ref) is None:
        return _finding(findings[ref])
    if source.blob_of(ref) is None and _COMMIT.fullmatch(ref):
        if commit := source.commit_of(ref):
            return Evidence(kind=EvidenceKind.COMMIT, ref=commit)
        raise UsageError(f"no commit is called {ref!r} here")
    return _file(*_split(ref, source), source)


def pin_place(place: Place, source: Source) -> Evidence:
    """Return a finding's place as pinned evidence.

    Raises:
        UsageError: the reviewed commit does not hold the place.
    """
    if _is_unwritable(place.path):
        raise UsageError(f"{one_line(place.path, 120)!r} cannot be written in a signed record")
    if place.line and not place.cell:
        return _file(place.path, place.line, max(place.line, place.end_line), source)
    return _file(place.path, 0, 0, source)


def is_current(evidence: Evidence, source: Source, findings: Mapping[str, Finding]) -> bool:
    """Tell whether evidence still says at the reviewed commit what it said when attached."""
    match evidence.kind:
        case EvidenceKind.FILE:
            return source.blob_of(evidence.ref) == evidence.blob
        case EvidenceKind.FINDING:
            found = findings.get(evidence.ref)
            return found is None or _finding(found) == evidence
    return True


def pin_again(
    evidence: Evidence, source: Source, findings: Mapping[str, Finding]
) -> Evidence | None:
    """Return evidence pinned to the commit now reviewed, None when it is gone there."""
    if is_current(evidence, source, findings):
        return evidence
    if evidence.kind is EvidenceKind.FINDING:
        return _finding(findings[evidence.ref])
    first, _, last = evidence.lines.partition("-")
    try:
        return _file(evidence.ref, int(first or 0), int(last or first or 0), source)
    except UsageError:
        return None


def quote(text: str, first: int, last: int) -> str:
    """Return lines `first` to `last`, 1-based, as stored: cut, masked and harmless."""
    lines = _lines(text)[first - 1 : min(last, first - 1 + MAX_QUOTE_LINES)]
    shown = normalise(_SECRET.sub(_masked, visible_lines("\n".join(lines))))
    return shown if len(shown) <= MAX_QUOTE_CHARS else shown[: MAX_QUOTE_CHARS - 3] + "..."


def _url(ref: str) -> Evidence:
    try:
        parts = urlsplit(ref)
        host, user = parts.hostname, parts.username
    except ValueError:
        host = user = None
        parts = None
    is_web = parts is not None and parts.scheme in {"http", "https"}
    if parts is None or not is_web or not host or len(ref.split()) > 1:
        raise UsageError(f"only http and https links are evidence, not {one_line(ref, 80)!r}")
    if user is not None:
        raise UsageError("the link holds a user name or password; give it without")
    if any(map(_TOKEN.search, (parts.query, parts.fragment))):
        raise UsageError("the link seems to hold an access token; give it without")
    return Evidence(kind=EvidenceKind.URL, ref=ref)


def _finding(finding: Finding) -> Evidence:
    headline = normalise(one_line(finding.headline, MAX_QUOTE_CHARS))
    return Evidence(kind=EvidenceKind.FINDING, ref=finding.id, quote=headline)


def _file(path: str, first: int, last: int, source: Source) -> Evidence:
    blob = source.blob_of(path)
    if blob is None:
        raise UsageError(
            f"{one_line(path, 120)!r} is not a file of the reviewed commit",
            "Commit it first, or give a commit or a URL.",
        )
    if not first:
        return Evidence(kind=EvidenceKind.FILE, ref=path, blob=blob)
    try:
        text = source.text_of(path)
    except OSError as error:
        raise UsageError(f"{one_line(path, 120)}: {error.strerror or error}") from error
    count = len(_lines(text))
    if not 1 <= first <= last <= count:
        raise UsageError(f"{one_line(path, 120)} has {count} lines, so not {first}-{last}")
    lines = str(first) if first == last else f"{first}-{last}"
    quoted = quote(text, first, last)
    return Evidence(kind=EvidenceKind.FILE, ref=path, lines=lines, blob=blob, quote=quoted)


def _split(ref: str, source: Source) -> tuple[str, int, int]:
    found = _PLACE.fullmatch(ref)
    if found is None or source.blob_of(ref) is not None:
        return ref, 0, 0
    first = int(found["first"])
    return found["path"], first, int(found["last"] or first)


def _lines(text: str) -> list[str]:
    """Return the lines as git and editors count them: a form feed ends none."""
    lines = text.replace("\r\n", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]


def _is_unwritable(text: str) -> bool:
    is_one_line = not set(text) & {"\n", "\t"}
    is_plain = forbidden_character(text) is None and unicodedata.is_normalized("NFC", text)
    return not (is_one_line and is_plain)


def _masked(found: re.Match[str]) -> str:
    return f"{found['head'] or ''}[masked]"
