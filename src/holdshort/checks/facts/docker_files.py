"""Dockerfiles as instructions: continuations joined, comments dropped, here-documents kept.

In: text. Out: `Instruction` values with their lines, and the shell commands of a `RUN`. Nothing is
built. Source: https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.shell_syntax import JOINT, ShellCommand, shell_commands

MAX_INSTRUCTIONS = 2000
"""Most instructions of one file. Source: our own limit."""

_DIRECTIVE = re.compile(r"#\s*([A-Za-z]+)\s*=\s*(\S.*?)\s*$")
_NAME = re.compile(r"\s*([A-Za-z]+)(?:\s+|$)")
_FLAG = re.compile(rf"[\s{JOINT}]*--([\w-]+)(?:=(\S*))?(?=[\s{JOINT}]|$)")
_HEREDOC = re.compile(
    r"(?:^|(?<=\s))\d*<<-?(?:\"(\w+)\"|'(\w+)'|(\w+))(?=\s|$)|'[^']*'|\"(?:[^\"\\]|\\.)*\""
)
_READS_HEREDOCS = frozenset({"RUN", "COPY", "ADD", "ONBUILD"})
_SHEBANG = re.compile(r"#![^\n]*?\b(\w*sh)\b")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction.

    Attributes:
        name: in capitals.
        flags: such as `platform` or `from`, with their values; the last one of a name counts.
        text: the rest, lines joined by `JOINT`; here-documents follow after a line break.
    """

    name: str
    flags: tuple[tuple[str, str], ...]
    text: str
    line: int
    end_line: int

    @property
    def plain(self) -> str:
        """The rest on one line, without here-documents."""
        return self.text.partition("\n")[0].replace(JOINT, "").strip()

    def flag(self, name: str) -> str:
        """Return the value of a flag, empty when it is not given."""
        return dict(self.flags).get(name, "")

    def words(self) -> list[str]:
        """Return the words, from the list form as well; empty when the list is broken."""
        plain = self.plain
        if not plain.startswith("["):
            return plain.split()
        try:
            listed = json.loads(plain)
        except (ValueError, RecursionError):
            return []
        return [word for word in listed if isinstance(word, str)]

    def commands(self) -> tuple[ShellCommand, ...]:
        """Return the shell commands of a `RUN`, those of a here-document too."""
        if self.plain.startswith("[") and (words := self.words()):
            return (ShellCommand(tuple(words), self.line, self.end_line),)
        first, _, rest = self.text.partition("\n")
        if _HEREDOC.fullmatch(first.strip()) and (body := _body(rest)) is not None:
            start = self.line + first.count(JOINT) + 1
            shebang = _SHEBANG.match(body)
            is_script = shebang or not body.startswith("#!")
            return shell_commands(body, start) if is_script else ()
        return shell_commands(self.text, self.line)


def read_instructions(text: str) -> tuple[Instruction, ...]:
    """Return the instructions of a Dockerfile.

    Raises:
        UnreadableSourceError: beyond the limit of instructions.
    """
    lines = [line.rstrip("\r").replace(JOINT, " ") for line in text.split("\n")]
    found: list[Instruction] = []
    reader = _Reader(lines, _escape(lines))
    for instruction in reader.instructions():
        found.append(instruction)
        if len(found) > MAX_INSTRUCTIONS:
            raise UnreadableSourceError(f"more than {MAX_INSTRUCTIONS} instructions")
    return tuple(found)


def _escape(lines: list[str]) -> str:
    """Return the escape character that the first lines choose."""
    for line in lines:
        directive = _DIRECTIVE.match(line.lstrip())
        if directive is None:
            break
        if directive[1].lower() == "escape" and directive[2] in {"`", "\\"}:
            return directive[2]
    return "\\"


class _Reader:
    """Goes through the lines once."""

    def __init__(self, lines: list[str], escape: str) -> None:
        self._lines = lines
        self._escape = escape
        self._at = 0

    def instructions(self) -> Iterator[Instruction]:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            start = self._at + 1
            if not line.strip() or line.lstrip().startswith("#"):
                self._at += 1
                continue
            joined = self._joined()
            named = _NAME.match(joined)
            if named is None:
                continue
            name, rest = named[1].upper(), joined[named.end() :]
            flags: list[tuple[str, str]] = []
            while flag := _FLAG.match(rest):
                flags.append((flag[1], flag[2] or ""))
                kept = rest[: flag.end()].count(JOINT)
                rest = JOINT * kept + rest[flag.end() :]
            if name in _READS_HEREDOCS:
                rest += "".join(self._bodies(rest))
            yield Instruction(name, tuple(flags), rest, start, self._at)

    def _joined(self) -> str:
        """Return the logical line that starts here; comments and blanks inside of it vanish."""
        pieces: list[str] = []
        goes_on = True
        while goes_on and self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if pieces and (not line.strip() or line.lstrip().startswith("#")):
                pieces.append("")
                continue
            bare = line.rstrip(" \t")
            goes_on = bare.endswith(self._escape)
            pieces.append(bare[:-1] if goes_on else line)
        return JOINT.join(pieces)

    def _bodies(self, text: str) -> Iterator[str]:
        for found in _HEREDOC.finditer(text.replace(JOINT, " ")):
            delimiter = found[1] or found[2] or found[3]
            if delimiter is None:
                continue
            indented = found.group().lstrip("0123456789").startswith("<<-")
            while self._at < len(self._lines):
                line = self._lines[self._at]
                self._at += 1
                yield f"\n{line}"
                if (line.lstrip("\t") if indented else line) == delimiter:
                    break


def _body(rest: str) -> str | None:
    """Return a here-document without the line that ends it."""
    body, found, _ = rest.rpartition("\n")
    return body if found else None
