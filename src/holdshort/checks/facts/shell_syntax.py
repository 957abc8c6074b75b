"""Shell scripts as simple commands, with the line each stands on; nothing is expanded or run.

In: text. Out: `ShellCommand` values in order. Quotes are removed, comments and redirections
dropped, here-documents kept apart, and the commands inside `$(...)` listed after the one that
holds them. A `JOINT` counts as a line break and means nothing: a Dockerfile's continued lines are
joined with it. A script that ends inside a quote is read line by line instead.
Source: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

JOINT = "\x1e"
"""Joins two lines into one without losing count of them."""

MAX_NESTED = 4
"""Deepest command substitution whose commands are read. Source: our own limit."""

MAX_COMMANDS = 5000
"""Most commands of one script. Source: our own limit."""


@dataclass(frozen=True, slots=True)
class Heredoc:
    """The lines between `<<END` and `END`, and the number of the first."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class ShellCommand:
    """One simple command.

    Attributes:
        words: unquoted, without redirections; variables and substitutions as written.
        before: the operator in front of it: `&&`, `||`, `|`, `&`, `;`, or empty.
        after: the operator behind it, in the same words.
        depth: how many subshells it stands in.
        heredocs: what it is given to read.
        writes: the files that its output goes to.
    """

    words: tuple[str, ...]
    line: int
    end_line: int
    before: str = ""
    after: str = ""
    depth: int = 0
    heredocs: tuple[Heredoc, ...] = ()
    writes: tuple[str, ...] = ()


def shell_commands(text: str, line: int = 1) -> tuple[ShellCommand, ...]:
    """Return the commands of a script whose first line has this number."""
    text = text.replace("\r\n", "\n")
    reader = _Reader(text, line)
    found = reader.read()
    if not reader.is_broken:
        return found
    plain = re.sub(r"[\"'`]", " ", text).replace(JOINT, "\n")
    rows = enumerate(plain.split("\n")[:MAX_COMMANDS], line)
    return tuple(one for number, row in rows for one in _Reader(row, number).read())


_BLANK = re.compile(rf"(?:[ \t\r]|\\\n|{JOINT})+")
_PLAIN = re.compile(r"[^\s\\'\"`$|&;()<>#" + JOINT + r"]+")
_OPERATOR = re.compile(r"&&|\|\||\|&|;;&|;;|;&|;|\||\n|&(?!>)")
_REDIRECTION = re.compile(r"(?:&>>|&>|<<<|<<-|<<|<>|<&|>&|>>|>\||<(?!\()|>(?!\())")
_QUOTED_END = re.compile(r"[\"\\`]|\$\(|\$\{")
_INNER_END = re.compile(r"[()'\"\\`]")
_RESERVED = frozenset({"if", "then", "else", "elif", "fi", "do", "done", "while", "until", "!"})
_OPENING = _RESERVED | {"{", "}", "time", "esac", "function"}
_LISTS = frozenset({"for", "select", "case"})


@dataclass(slots=True)
class _Pending:
    """A command being read: a here-document may still follow when its last word is known."""

    words: list[str] = field(default_factory=list)
    start: int = -1
    line: int = 0
    end_line: int = 0
    before: str = ""
    after: str = ""
    depth: int = 0
    inner: list[tuple[str, int]] = field(default_factory=list)
    heredocs: list[Heredoc] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    is_list: bool = False

    def done(self) -> ShellCommand:
        return ShellCommand(
            tuple(self.words),
            self.line,
            self.end_line,
            self.before,
            self.after,
            self.depth,
            tuple(self.heredocs),
            tuple(self.writes),
        )


class _Reader:
    """Reads one script from its start to its end, each character a bounded number of times."""

    def __init__(self, text: str, line: int, nested: int = 0) -> None:
        self.is_broken = False
        self._text = text
        self._line = line
        self._nested = nested
        self._at = 0
        self._depth = 0
        self._breaks = [m.start() for m in re.finditer(rf"[\n{JOINT}]", text)]
        self._found: list[_Pending | ShellCommand] = []
        self._now = _Pending()
        self._wanted: list[tuple[str, bool, list[Heredoc]]] = []

    def read(self) -> tuple[ShellCommand, ...]:
        text, size = self._text, len(self._text)
        while self._at < size and len(self._found) < MAX_COMMANDS:
            if blank := _BLANK.match(text, self._at):
                self._at = blank.end()
            elif text[self._at] == "#":
                end = text.find("\n", self._at)
                self._at = size if end < 0 else end
            elif operator := _OPERATOR.match(text, self._at):
                self._operator(operator.group())
            elif text[self._at] in "()" and not self._is_value():
                self._parenthesis(text[self._at])
            elif redirection := _REDIRECTION.match(text, self._at):
                self._redirection(redirection.group())
            else:
                self._take_word()
        self._end("")
        self._bodies()
        return tuple(one.done() if isinstance(one, _Pending) else one for one in self._found)

    def _operator(self, operator: str) -> None:
        self._at += len(operator)
        after = "|" if operator == "|&" else ";" if operator[0] in ";\n" else operator
        if operator == "\n" and not self._now.words and self._now.before in {"&&", "||", "|"}:
            self._bodies()
            return
        self._end(after)
        self._now.before = after
        if operator == "\n":
            self._bodies()

    def _parenthesis(self, char: str) -> None:
        """Enter or leave a subshell; `name()`, patterns of `case` and `((...))` are no commands."""
        text = self._text
        if char == "(" and text.startswith("((", self._at):
            end = text.find("))", self._at)
            self._at = len(text) if end < 0 else end + 2
            return
        self._at += 1
        if char == "(":
            function = re.compile(r"\s*\)").match(text, self._at)
            if function:
                self._now.words.clear()
                self._at = function.end()
                return
            self._end("")
            self._depth += 1
        elif self._depth:
            self._end("")
            self._depth -= 1
        else:
            self._drop_pattern()

    def _drop_pattern(self) -> None:
        """Forget `a | b` of `a | b)` in a `case`."""
        self._now = _Pending()
        while self._found and self._found[-1].after == "|":
            self._found.pop()

    def _is_value(self) -> bool:
        """Tell whether a parenthesis opens the values of an array: `a=(`."""
        return (
            self._text[self._at] == "("
            and self._at > 0
            and self._text[self._at - 1] == "="
            and bool(self._now.words)
        )

    def _redirection(self, operator: str) -> None:
        words = self._now.words
        if words and words[-1].isdigit() and self._text[self._at - 1].isdigit():
            words.pop()  # the number of a file descriptor
        self._at += len(operator)
        if blank := _BLANK.match(self._text, self._at):
            self._at = blank.end()
        target = self._word()
        if operator in {">", ">>", ">|", "&>", "&>>"} and target:
            self._now.writes.append(target)
        if operator in {"<<", "<<-"} and target:
            self._wanted.append((target, operator == "<<-", self._now.heredocs))

    def _bodies(self) -> None:
        """Read the here-documents announced on the line that just ended."""
        for delimiter, indented, owner in self._wanted:
            first, lines = self._at, []
            while self._at < len(self._text):
                end = self._text.find("\n", self._at)
                end = len(self._text) if end < 0 else end
                row = self._text[self._at : end]
                self._at = end + 1
                if (row.lstrip("\t") if indented else row).rstrip("\r") == delimiter:
                    break
                lines.append(row)
            owner.append(Heredoc("\n".join(lines), self._line_at(first)))
        self._wanted.clear()

    def _take_word(self) -> None:
        start = self._at
        word = self._word()
        bare = self._text[start : self._at] == word
        now = self._now
        if self._at == start:  # nothing the grammar knows: step over it
            self._at += 1
            return
        if bare and not now.words and (word in _OPENING or word in _LISTS):
            now.is_list = word in _LISTS
            return
        if now.start < 0:
            now.start = start
        if not now.is_list:
            now.words.append(word)

    def _word(self) -> str:
        """Return the next word without its quotes."""
        text, parts, start = self._text, [], self._at
        while self._at < len(text):
            char = text[self._at]
            if plain := _PLAIN.match(text, self._at):
                parts.append(plain.group())
                self._at = plain.end()
            elif char == "'":
                parts.append(self._until("'"))
            elif char == '"':
                parts.append(self._double())
            elif char == "\\":
                parts.append(self._escaped())
            elif char in "$`" or (char in "<>" and text.startswith("(", self._at + 1)):
                parts.append(self._expansion())
            elif char == JOINT:
                self._at += 1
            elif char == "#" and self._at > start:
                parts.append(char)
                self._at += 1
            elif char == "(" and parts and parts[-1].endswith("="):
                parts.append(self._enclosed(1))
            else:
                break
        return "".join(parts)

    def _escaped(self) -> str:
        char = self._text[self._at + 1 : self._at + 2]
        self._at += 2
        return "" if char == "\n" else char

    def _until(self, quote: str) -> str:
        start = self._at + 1
        end = self._text.find(quote, start)
        self.is_broken |= end < 0
        end = len(self._text) if end < 0 else end
        self._at = end + 1
        return self._text[start:end].replace(JOINT, "")

    def _double(self) -> str:
        parts: list[str] = []
        self._at += 1
        while found := _QUOTED_END.search(self._text, self._at):
            parts.append(self._text[self._at : found.start()].replace(JOINT, ""))
            self._at = found.start()
            if found.group() == '"':
                self._at += 1
                return "".join(parts)
            parts.append(self._escaped() if found.group() == "\\" else self._expansion())
        self.is_broken = True
        parts.append(self._text[self._at :])
        self._at = len(self._text)
        return "".join(parts)

    def _expansion(self) -> str:
        """Return `$name`, `${...}`, `$(...)`, `<(...)` or a backquoted command as written."""
        text, start = self._text, self._at
        if text[start] == "`":
            inner = self._until("`")
            self._now.inner.append((inner, start + 1))
            return text[start : self._at]
        if text.startswith("(", start + 1):
            self._at += 1
            whole = text[start] + self._enclosed(1)
            if not whole.startswith("$(("):
                self._now.inner.append((text[start + 2 : max(self._at - 1, start + 2)], start + 2))
            return whole
        if text.startswith("{", start + 1):
            end = text.find("}", start)
            end = len(text) - 1 if end < 0 else end
            self._at = end + 1
            return text[start : self._at].replace(JOINT, "")
        self._at += 1
        if text.startswith("'", self._at):
            return self._until("'")
        return "$"

    def _enclosed(self, depth: int) -> str:
        """Return a parenthesis with all it holds, quotes skipped."""
        text, start = self._text, self._at
        self._at += 1
        while depth and (found := _INNER_END.search(text, self._at)):
            self._at = found.end()
            char = found.group()
            depth += (char == "(") - (char == ")")
            if char in {"'", '"', "`"}:
                closing = re.compile(r"'" if char == "'" else rf"(?<!\\){char}")
                closed = closing.search(text, self._at)
                self._at = closed.end() if closed else len(text)
            elif char == "\\":
                self._at += 1
        if depth:
            self.is_broken, self._at = True, len(text)
        return text[start : self._at].replace(JOINT, "")

    def _end(self, after: str) -> None:
        """Close the command being read and list those inside of it."""
        now, self._now = self._now, _Pending()
        if now.words:
            now.line = self._line_at(now.start)
            now.end_line = self._line_at(max(self._at - 1, now.start))
            now.after, now.depth = after, self._depth
            self._found.append(now)
        if self._nested < MAX_NESTED:
            for inner, at in now.inner:
                self._found.extend(self._within(inner, at))

    def _within(self, inner: str, at: int) -> Iterator[ShellCommand]:
        yield from _Reader(inner, self._line_at(at), self._nested + 1).read()

    def _line_at(self, at: int) -> int:
        return self._line + bisect_right(self._breaks, at - 1)
