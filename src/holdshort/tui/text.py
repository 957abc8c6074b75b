"""Foreign text on its way to a widget, and the few shapes every painter uses.

Text from a repository, a record, another program or a person becomes `Content` here and nowhere
else: spelled out by `model.text.visible`, never read as markup. Widths are terminal cells.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from textual.content import Content
from textual.style import Style

from holdshort.model.text import visible, visible_lines

EMPTY = Content()
MAX_SHOWN_CHARS = 4_000
"""Longest text that is painted. Source: our own limit; a full screen holds about 2 000."""


def glyphs(environment: Mapping[str, str]) -> tuple[str, str]:
    """Return what a thick and a thin line are made of.

    Box drawing is as wide as two letters in many East Asian terminals; there ASCII is safe.
    Source: Unicode Standard Annex 11, class A (ambiguous).
    """
    named = (environment.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    locale = next((one for one in named if one), "")
    return ("=", "-") if locale[:2] in {"ja", "ko", "zh"} else ("━", "─")


THICK, THIN = glyphs(os.environ)


def thin_line(width: int) -> Content:
    """Return a line across the window."""
    return Content.styled(THIN * width, "$hs-rule")


def text(value: str, style: str = "") -> Content:
    """Return one line of foreign text; line breaks and controls are spelled out."""
    return Content.styled(visible(value[:MAX_SHOWN_CHARS]), style)


def block(value: str, style: str = "") -> Content:
    """Return foreign text with its line breaks kept."""
    return Content.styled(visible_lines(value[:MAX_SHOWN_CHARS]), style)


def join(parts: Iterable[Content], gap: str = "  ") -> Content:
    """Return the parts that are not empty on one line."""
    return Content(gap).join([part for part in parts if part])


def stack(lines: Iterable[Content]) -> Content:
    """Return the lines one below the other."""
    return Content("\n").join(list(lines))


def fit(content: Content, width: int) -> Content:
    """Return one line no wider than `width`, cut with `...`."""
    if content.cell_length <= width:
        return content
    if width <= len("..."):
        return content.truncate(max(width, 0))
    return content.truncate(width - 3) + Content("...")


def cell(content: Content, width: int) -> Content:
    """Return one line exactly `width` wide, cut or padded."""
    shown = fit(content, width)
    return shown.pad_right(max(width - shown.cell_length, 0))


def row(*cells: tuple[Content, int], gap: str = "  ") -> Content:
    """Return cells side by side, each exactly as wide as asked."""
    return Content(gap).join([cell(content, width) for content, width in cells])


def spread(left: Content, right: Content, width: int) -> Content:
    """Return two texts at both ends of a line; the left one gives way."""
    room = width - right.cell_length - 2
    if not right or room < 1:
        return fit(left, width)
    return cell(left, room) + Content("  ") + right


def wrapped(content: Content, width: int, limit: int = 0) -> list[Content]:
    """Return the lines of a text; more than a non-zero `limit` end in `...`."""
    lines = content.wrap(max(width, 2))
    if limit and len(lines) > limit:
        last = lines[limit - 1].rstrip()
        if last.cell_length > width - len(" ..."):
            words = max(last.plain.rfind(" ", 0, max(width - len(" ..."), 1)), 0)
            last = last[:words] if words else last.truncate(max(width - len(" ..."), 1))
        lines = [*lines[: limit - 1], last + Content(" ...")]
    return lines


def labelled(
    label: Content, body: Content, width: int, *, indent: int, limit: int = 0
) -> list[Content]:
    """Return a label and a text with a hanging indent."""
    lines = wrapped(body, width - indent, limit) or [EMPTY]
    first = cell(label, indent) + lines[0]
    return [first, *(Content(" " * indent) + line for line in lines[1:])]


def flowing(
    label: Content, parts: Sequence[Content], width: int, *, indent: int, limit: int = 0
) -> list[Content]:
    """Return a label and parts that are never broken; what is beyond `limit` lines is counted."""
    room = max(width - indent, 1)
    lines: list[Content] = []
    for number, part in enumerate(parts):
        shown = fit(part, room)
        if lines and lines[-1].cell_length + len("   ") + shown.cell_length <= room:
            lines[-1] = lines[-1] + Content("   ") + shown
        elif limit and len(lines) == limit:
            more = Content(f"  and {len(parts) - number} more")
            lines[-1] = fit(lines[-1], room - more.cell_length) + more.stylize("$hs-muted")
            break
        else:
            lines.append(shown)
    return [
        (cell(label, indent) if number == 0 else Content(" " * indent)) + line
        for number, line in enumerate(lines or [EMPTY])
    ]


def selected(content: Content, width: int) -> Content:
    """Return a line with the mark of the row in focus."""
    return cell(content, width).stylize_before("on $hs-row")


def on_click(content: Content, action: str) -> Content:
    """Return a text that runs an action of its screen when it is clicked."""
    return content.stylize(Style.from_meta({"act": action}))


def window(lines: Sequence[Content], focus: int, height: int) -> Sequence[Content]:
    """Return the `height` lines around the one in focus."""
    first = min(max(focus - height // 2, 0), max(len(lines) - height, 0))
    return lines[first : first + max(height, 0)]
