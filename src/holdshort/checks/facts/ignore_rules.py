"""Which ignore rule of a repository names a path.

In: the texts of tracked .gitignore files by folder. Out: the rule that decides, or none. Rules of
the user's own and of `.git/info/exclude` are not tracked and not known.
Source: https://git-scm.com/docs/gitignore
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

MAX_RULES = 2000
"""Most rules of one file that are read. Source: our own limit."""

MAX_PATTERN = 200
"""Longest pattern that is read, in characters. Source: our own limit."""


@dataclass(frozen=True, slots=True)
class IgnoreRule:
    """One line of a .gitignore file."""

    path: str
    line: int
    pattern: str


def deciding_rule(path: str, texts: Mapping[str, str]) -> IgnoreRule | None:
    """Return the rule that ignores a path, None when nothing does or the last match takes it back.

    A folder that is ignored takes everything in it along, whatever the rules in it say.

    Args:
        path: a file that need not be there.
        texts: folder to the text of its .gitignore, empty for the root.
    """
    parts = path.split("/")
    for end in range(1, len(parts) + 1):
        part = "/".join(parts[:end])
        found = _rule_for(part, texts, is_folder=end < len(parts))
        if found is not None:
            return found
    return None


def _rule_for(path: str, texts: Mapping[str, str], *, is_folder: bool) -> IgnoreRule | None:
    folders = ["", *(path[: m.start()] for m in re.finditer("/", path))]
    found: IgnoreRule | None = None
    for folder in folders:
        if folder in texts:
            inside = path.removeprefix(f"{folder}/") if folder else path
            for rule, negated in _matching(inside, folder, texts[folder], is_folder=is_folder):
                found = None if negated else rule
    return found


def _matching(
    inside: str, folder: str, text: str, *, is_folder: bool
) -> Iterator[tuple[IgnoreRule, bool]]:
    """Yield the rules of one file that match, with whether they take back."""
    name = f"{folder}/.gitignore" if folder else ".gitignore"
    for number, line in enumerate(text.splitlines()[:MAX_RULES], 1):
        pattern = re.sub(r"(?<!\\)\s+$", "", line)
        if not pattern or pattern.startswith("#") or len(pattern) > MAX_PATTERN:
            continue
        negated = pattern.startswith("!")
        body = pattern[negated:].removeprefix("\\")
        if body.endswith("/") and not is_folder:
            continue
        if _matches(body.rstrip("/"), inside):
            yield IgnoreRule(name, number, pattern), negated


_PIECE = re.compile(r"\*\*/|/\*\*$|\*+|\?|\[[!^]?\]?[^\]\[]*\]|\\.|.")


def _matches(pattern: str, inside: str) -> bool:
    """Tell whether a pattern matches all of a text; all its ways are followed at once."""
    subject = inside if "/" in pattern else inside.rpartition("/")[2]
    at = {0}
    for piece in _PIECE.findall(pattern.removeprefix("/")):
        at = {end for start in at for end in _ends(piece, subject, start)}
    return len(subject) in at


def _ends(piece: str, subject: str, start: int) -> Iterable[int]:
    """Return where one piece of a pattern may end that starts here."""
    rest = subject[start:]
    if piece == "**/":
        return [start, *(start + found.end() for found in re.finditer("/", rest))]
    if piece == "/**":
        return [len(subject)] if rest.startswith("/") and len(rest) > 1 else []
    if piece[0] == "*":
        return range(start, start + len(rest.partition("/")[0]) + 1)
    return [start + 1] if rest and _is_one(piece, rest[0]) else []


def _is_one(piece: str, character: str) -> bool:
    if piece == "?":
        return character != "/"
    if piece[0] != "[" or len(piece) == 1:
        return (piece.removeprefix("\\") or piece) == character
    negated = piece[1] in "!^"
    members = piece[2:-1] if negated else piece[1:-1]
    safe = "".join("\\" + c if c in "\\]^[&~|" else c for c in members)
    try:
        inside = re.fullmatch(f"[{safe}]", character) is not None
    except re.error:
        return False
    return inside is not negated and character != "/"
