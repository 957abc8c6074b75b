"""Evidence a reader may follow: inside the repository, a full commit id, or a plain web link.

In: one piece of evidence of a sealed record. Out: what is wrong with it, or nothing. The record
is a stranger's: `holdshort` itself never writes a reference that is refused here.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from holdshort.model.review import MAX_QUOTE_CHARS, MAX_QUOTE_LINES, Evidence, EvidenceKind
from holdshort.model.text import is_plugin, is_slug, one_line

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LINES = re.compile(r"[1-9][0-9]*(?:-[1-9][0-9]*)?")


def reference_problem(evidence: Evidence) -> str:
    """Say why a reference is not followed, or return an empty text."""
    shown = one_line(evidence.ref, 80)
    quoted = evidence.quote.split("\n")
    if len(quoted) > MAX_QUOTE_LINES or len(evidence.quote) > MAX_QUOTE_CHARS:
        return f"a quote of {shown!r} is longer than a record may hold"
    if evidence.lines and not _LINES.fullmatch(evidence.lines):
        return f"{one_line(evidence.lines, 40)!r} names no lines"
    match evidence.kind:
        case EvidenceKind.FILE:
            return "" if _is_inside(evidence.ref) else f"{shown!r} is no path in the repository"
        case EvidenceKind.COMMIT:
            return "" if _COMMIT.fullmatch(evidence.ref) else f"{shown!r} is no full commit id"
        case EvidenceKind.FINDING:
            is_check = is_slug(evidence.ref) or is_plugin(evidence.ref)
            return "" if is_check else f"{shown!r} is no check"
    return "" if _is_web(evidence.ref) else f"{shown!r} is no plain http or https link"


def _is_inside(path: str) -> bool:
    parts = path.split("/")
    return not any(one in {"", ".", ".."} or one.casefold() == ".git" for one in parts)


def _is_web(link: str) -> bool:
    try:
        parts = urlsplit(link)
        host, user = parts.hostname, parts.username
    except ValueError:
        return False
    is_one_word = len(link.split()) == 1 and not set(link) & set("\\<>\"'`")
    return parts.scheme in {"http", "https"} and bool(host) and user is None and is_one_word
