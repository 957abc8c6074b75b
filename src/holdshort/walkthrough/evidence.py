"""From what a person types to a pinned reference: `train.py:88-95`, a commit, a URL, a check.

A file is pinned to its blob at the reviewed commit and quoted, at most five lines and 400
characters with secrets masked, so that an auditor can read it when the commit is gone. Nothing
is fetched and nothing outside the repository is opened.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urlsplit

from holdshort.errors import UsageError
from holdshort.model.finding import Finding, Place
from holdshort.model.review import MAX_QUOTE_CHARS, MAX_QUOTE_LINES, Evidence, EvidenceKind
from holdshort.model.text import forbidden_character, normalise, one_line, visible_lines

MAX_FILE_BYTES = 2_000_000
_PLACE = re.compile(r"(?P<path>.+?)(?:[: ]|#L)(?P<first>[0-9]{1,7})(?:-L?(?P<last>[0-9]{1,7}))?")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_SECRET = re.compile(
    r"(?ix)(?P<head>\b[\w.-]*(?:key|token|secret|passw(?:or)?d|credential)[\w.-]*\s*[:=]\s*"
    r"['\"]?)[^\s'\"]{6,} | \b(?:AKIA|ghp_|gho_|glpat-|hf_|sk-|xox[abp]-)[\w-]{8,}"
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
    if not ref or forbidden_character(ref) or "\n" in ref:
        raise UsageError("evidence is one line: a path, path:line, a commit or a URL")
    if "://" in ref or ref.lower().startswith(("javascript:", "data:", "file:")):
        return _url(ref)
    if ref in findings:
        return Evidence(kind=EvidenceKind.FINDING, ref=ref, quote=findings[ref].headline)
    if source.blob_of(ref) is None and _COMMIT.fullmatch(ref):
        if commit := source.commit_of(ref):
            return Evidence(kind=EvidenceKind.COMMIT, ref=commit)
        raise UsageError(f"no commit is called {ref!r} here")
    return _file(ref, source)


def pin_place(place: Place, source: Source) -> Evidence:
    """Return a finding's place as pinned evidence.

    Raises:
        UsageError: the reviewed commit does not hold the place.
    """
    if place.line and not place.cell:
        end = f"-{place.end_line}" if place.end_line > place.line else ""
        return _file(f"{place.path}:{place.line}{end}", source)
    return _file(place.path, source)


def quote(text: str, first: int, last: int) -> str:
    """Return lines `first` to `last`, 1-based, as stored: cut, masked and harmless."""
    lines = visible_lines(text).split("\n")[first - 1 : min(last, first - 1 + MAX_QUOTE_LINES)]
    shown = normalise(_SECRET.sub(_masked, "\n".join(lines)))
    return shown if len(shown) <= MAX_QUOTE_CHARS else shown[: MAX_QUOTE_CHARS - 3] + "..."


def _url(ref: str) -> Evidence:
    try:
        parts = urlsplit(ref)
        host, user = parts.hostname, parts.username
    except ValueError:
        host = user = None
        parts = None
    if parts is None or parts.scheme not in {"http", "https"} or not host:
        raise UsageError(f"only http and https links are evidence, not {one_line(ref, 80)!r}")
    if user is not None:
        raise UsageError("the link holds a user name or password; give it without")
    if re.search(
        r"(?i)(?:^|&)[\w-]*(?:token|secret|signature|apikey|password)[\w-]*=", parts.query
    ):
        raise UsageError("the link seems to hold an access token; give it without")
    return Evidence(kind=EvidenceKind.URL, ref=ref)


def _file(ref: str, source: Source) -> Evidence:
    path, first, last = _split(ref, source)
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
        raise UsageError(f"{one_line(path, 120)}: {error}") from error
    count = len(text.splitlines())
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


def _masked(found: re.Match[str]) -> str:
    return f"{found['head'] or ''}[masked]"
