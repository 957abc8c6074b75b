"""Prose files: their headings, how much stands under each, and what a template left in them.

In: text of Markdown, reStructuredText, AsciiDoc or plain text. Out: `Document`. Headings are
read as https://spec.commonmark.org/0.31.2/#headings has them, underlines also as
https://docutils.sourceforge.io/docs/ref/rst/restructuredtext.html#sections, `<h1>` to `<h6>` and
lines that are bold as a whole. Comments, badges, pictures and addresses are no words; code is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from holdshort.checks.facts.remembered import remembered

MAX_LINE = 4_000
"""Characters of a line that are read. Source: our own limit."""

MAX_LINES = 20_000
"""Lines of a document that are read. Source: our own limit; a long changelog has 10 000."""


@dataclass(slots=True)
class Section:
    """A heading and what stands under it before the next one.

    Attributes:
        title: empty for what stands before the first heading.
        level: 1 to 6, 7 for a bold line, 0 before the first heading.
        line: 1-based.
        words: words of prose, code and tables, without what a template left; a picture is one.
        blanks: the lines where a template waits to be filled in.
    """

    title: str
    level: int
    line: int
    words: int = 0
    blanks: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Document:
    """A text as sections, the first of which stands before every heading."""

    sections: tuple[Section, ...]

    @property
    def words(self) -> int:
        """Words of all sections, without headings."""
        return sum(section.words for section in self.sections)

    @property
    def blanks(self) -> tuple[int, ...]:
        """Every line where a template waits to be filled in."""
        return tuple(sorted({line for section in self.sections for line in section.blanks}))

    def filled(self) -> tuple[Section, ...]:
        """Return the headings with words and no blank under them or under a deeper heading."""
        kept: dict[int, Section] = {}
        above: list[Section] = []
        for section in filter(lambda one: one.level, self.sections):
            above = [one for one in above if one.level < section.level] + [section]
            if section.words and not section.blanks:
                kept |= {one.line: one for one in above if not one.blanks}
        return tuple(kept[line] for line in sorted(kept))

    def bare(self) -> tuple[Section, ...]:
        """Return the headings with nothing under them, not even a deeper heading."""
        followed = zip(self.sections, (*self.sections[1:], None), strict=True)
        return tuple(
            one
            for one, after in followed
            if 0 < one.level < _BOLD_LEVEL and not one.words and not one.blanks
            if after is None or (after.level <= one.level and one is not self.sections[1])
        )

    def under(self, title: re.Pattern[str]) -> Document | None:
        """Return the first section whose title matches, with those below it."""
        for number, section in enumerate(self.sections):
            if section.level and title.search(section.title):
                rest = self.sections[number + 1 :]
                below = [n for n, s in enumerate(rest) if s.level <= section.level]
                return Document((section, *rest[: below[0] if below else len(rest)]))
        return None


@remembered
def read_document(text: str, blanks: re.Pattern[str], first_line: int = 1) -> Document:
    """Return a text as sections.

    Args:
        text: the document, without front matter.
        blanks: what a line holds where a template waits to be filled in; code is not searched.
        first_line: the number of the first line.
    """
    sections = [Section("", 0, first_line)]
    rows = list(_rows(text, first_line))
    skip = False
    for at, row in enumerate(rows):
        after = rows[at + 1].text if at + 1 < len(rows) else ""
        if skip:
            skip = False
            continue
        title, level, skip = ("", 0, False) if row.code else _heading(row.text, after)
        if level:
            sections.append(Section(title, level, row.line))
            sections[-1].blanks += [row.line] if blanks.search(row.text) else []
        elif not row.code and blanks.search(_INLINE_CODE.sub(" ", row.text)):
            sections[-1].blanks.append(row.line)
        else:
            sections[-1].words += count_words(row.text)
    return Document(tuple(sections))


def front_matter(text: str) -> tuple[str, str, int]:
    """Return the YAML between `---` at the top, the text after it, and the line it begins at.

    Source: https://huggingface.co/docs/hub/model-cards#model-card-metadata
    """
    lines = text.split("\n")
    if lines[0].rstrip() == "---":
        for number, line in enumerate(lines[1:MAX_LINES], 1):
            if line.rstrip() in {"---", "..."}:
                return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    return "", text, 1


def count_words(line: str) -> int:
    """Return the number of words of a line, each Chinese, Japanese or Korean sign being one."""
    return len(_WORD.findall(_NO_WORDS.sub(" ", _PICTURE.sub(" picture ", line))))


def without_comments(text: str) -> str:
    """Return the text with every `<!-- -->` empty and every line where it was."""
    parts, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            break
        parts += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end + 3
    return "".join((*parts, text[at:]))


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    text: str
    code: bool


def _rows(text: str, first_line: int) -> Iterator[_Row]:
    """Yield the lines outside of comments, knowing which are code; fences themselves are not."""
    fence = ""
    visible = without_comments(text).split("\n")[:MAX_LINES]
    for number, full in enumerate(visible, first_line):
        line = full[:MAX_LINE].rstrip()
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not line.strip(" `~"):
            fence = ""
        else:
            yield _Row(number, line, bool(fence))


def _heading(line: str, after: str) -> tuple[str, int, bool]:
    """Return a heading's title and level, and whether the line after it is its underline."""
    if found := _ATX.match(line):
        return _plain(found["title"]), len(found["marks"]), False
    if found := _HTML_HEADING.match(line.strip()):
        return _plain(found[2]), int(found[1]), False
    if line.strip() and not _LIST.match(line) and _UNDERLINE.fullmatch(after):
        if len(after) >= min(3, len(line)):
            return _plain(line), _UNDERLINES.index(after[0]) // 2 + 1, True
    elif found := _BOLD.fullmatch(line.strip()):
        return _plain(found[2]), _BOLD_LEVEL, False
    return "", 0, False


def _plain(title: str) -> str:
    return re.sub(r"[*_`#]+|<[^<>]{0,200}>", "", title).strip(" :")


_BOLD_LEVEL = 7
_UNDERLINES = "==--~~^^++\"\"''"
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_ATX = re.compile(r" {0,3}(?P<marks>#{1,6}|={2,6}(?= \w))[ \t]*(?P<title>[^#\s=].*)$")
_HTML_HEADING = re.compile(
    r"(?:<\w[^<>]{0,200}>)?<h([1-6])\b[^<>]{0,200}>(.{0,300}?)</h[1-6]>", re.IGNORECASE
)
_LIST = re.compile(r"\s*(?:[-*+>|]|\d+[.)])(?:\s|$)|\s{4,}\S|.*\|.*\|")
_UNDERLINE = re.compile(r"(?:={2,}|-{2,}|~{3,}|\^{3,}|\+{3,}|\"{3,}|'{3,})")
_BOLD = re.compile(r"(\*\*|__)([^*_]{2,80})\1:?")
_INLINE_CODE = re.compile(r"`[^`]{1,300}`")
_PICTURE = re.compile(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,500}\)|<img\b[^<>]{0,500}>")
_NO_WORDS = re.compile(r"\]\([^)\n]{0,500}\)|https?://[^\s)>\]]{1,500}|</?\w[^<>]{0,500}>")
_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+")
