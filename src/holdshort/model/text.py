"""Free text: how it is normalised when saved, and made harmless when shown.

`normalise` is applied to what a person types before it is stored. `visible` is the one
sanitiser: every text that comes from a repository, a record or another program passes through
it before it reaches a terminal, a log or a report. Neither ever raises.

Source: Unicode 15 general categories Cc, Cf (bidi and zero-width), Zl, Zp.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

MAX_NOTE_CHARS = 20_000
"""Longest note, in characters. Source: our own limit; two printed pages are about 6 000."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def is_slug(text: str) -> bool:
    """Tell whether the text is `[a-z0-9][a-z0-9._-]{0,63}`, the form of every name on disk."""
    return _SLUG.fullmatch(text) is not None


def is_plugin(check_id: str) -> bool:
    """Tell whether a check's id is that of a plugin: `<distribution>/<name>`, two slugs."""
    distribution, slash, name = check_id.partition("/")
    return bool(slash) and is_slug(distribution) and is_slug(name)


def is_day(text: str) -> bool:
    """Tell whether the text is a day of the calendar, `YYYY-MM-DD`; such texts sort by time."""
    try:
        return bool(_DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def slug(text: str) -> str:
    """Return the nearest slug to a name, or `unnamed` when nothing of it is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9._-]+", "-", plain).strip("-._")[:64].rstrip("-._") or "unnamed"


def normalise(text: str) -> str:
    """Return free text as it is stored: NFC, LF, no trailing blanks, no blank outer lines.

    Characters that a signed record may not hold are dropped. `normalise(normalise(x))` equals
    `normalise(x)`.
    """
    text = re.sub(r"\r\n?|[\x85\u2028\u2029]", "\n", text)
    text = _INVISIBLE.sub("", _CONTROL.sub("", text))
    lines = [line.rstrip() for line in unicodedata.normalize("NFC", text).split("\n")]
    return "\n".join(lines).strip("\n")


def forbidden_character(text: str) -> str | None:
    """Name the first character a sealed record may not hold, as `U+202E`, or return None."""
    found = _CONTROL.search(text) or _INVISIBLE.search(text)
    return f"U+{ord(found.group()):04X}" if found else None


def visible(text: str, *, keep: str = "") -> str:
    """Return the text with every control, bidi and zero-width character spelled out.

    C0 and DEL become caret form (`^[`), everything else `<U+202E>`; newline and tab too, unless
    they are in `keep`. `visible(visible(x))` equals `visible(x)`.
    """
    return "".join(_shown(char, keep) for char in text) if not text.isprintable() else text


def visible_lines(text: str) -> str:
    """Return `visible(text)` with line breaks kept and tabs as four blanks."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(visible(line, keep="\t") for line in lines).replace("\t", "    ")


def one_line(text: str, limit: int = 0) -> str:
    """Return the text on one visible line, cut with `...` when longer than a non-zero limit."""
    line = visible(" ".join(text.split()))
    return line if not limit or len(line) <= limit else line[: max(limit - 3, 0)].rstrip() + "..."


def wrapped(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """Return one line of harmless text as lines of at most `width` columns, broken between words.

    A longer word, such as a path or a link, stays whole so that it can be copied.

    Args:
        text: what is broken; its own line breaks count as blanks.
        width: terminal columns; East Asian wide letters take two.
        first: begins the first line.
        rest: begins every other line.
    """
    lines, is_empty = [first], True
    for word in text.split():
        longer = lines[-1] + word if is_empty else f"{lines[-1]} {word}"
        if not is_empty and columns(longer) > width:
            longer = rest + word
            lines.append(longer)
        lines[-1], is_empty = longer, False
    return lines


def columns(text: str) -> int:
    """Return how many columns a terminal gives a text. Source: Unicode Standard Annex 11."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _shown(char: str, keep: str) -> str:
    code = ord(char)
    if char in keep:
        return char
    if code < 0x20 or code == 0x7F:  # noqa: PLR2004 - the two ASCII borders
        return "^" + chr(code ^ 0x40)
    if _CONTROL.match(char) or _INVISIBLE.match(char):
        return f"<U+{code:04X}>"
    return char
