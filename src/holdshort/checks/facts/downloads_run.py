"""Programs that a script fetches from the net and runs.

In: the commands of one script. Out: `Download` values: straight through a pipe or substitution,
or by way of a file that no checksum was asked of. Addresses are not told, as they may hold logins.
Source: https://github.com/ossf/scorecard/blob/main/docs/checks.md#pinned-dependencies
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from holdshort.checks.facts.shell_syntax import ShellCommand
from holdshort.checks.facts.shell_words import option_values, unwrapped
from holdshort.checks.facts.words import words


@dataclass(frozen=True, slots=True)
class Download:
    """One program that is fetched and run; `straight` when nothing could look at it before."""

    line: int
    program: str
    straight: bool
    why: str


_FETCHERS = words("curl wget aria2c http https fetch")
_INTERPRETERS = words("bash sh zsh dash ash ksh python perl ruby node php source . eval")
_SUBSTITUTED = re.compile(r"(?:\$\(|<\(|`)\s*(?:sudo\s+)?(?:curl|wget)\b")
_CHECKING = re.compile(
    r"^(?:(?:sha(?:1|224|256|384|512)|md5|b2)sum|shasum|gpg|gpgv|cosign|minisign|openssl|rhash"
    r"|signify|slsa-verifier)$"
)


def downloads_run(commands: Sequence[ShellCommand], fetched: dict[str, int]) -> Iterator[Download]:
    """Yield what a script fetches and runs.

    `fetched` holds the names of files that earlier scripts fetched, with their lines, and is kept
    up to date; a checksum asked of any file clears it.
    """
    for index, command in enumerate(commands):
        program, *rest = unwrapped(command.words) or [""]
        name = posixpath.basename(program)
        if _CHECKING.match(name):
            fetched.clear()
        elif name in _FETCHERS:
            interpreter = _piped_to(commands, index)
            if interpreter:
                why = f"{name} piped into {interpreter}"
                yield Download(command.line, name, straight=True, why=why)
            saved = [*map(posixpath.basename, command.writes), *_saved([name, *rest])]
            fetched.update((path, command.line) for path in saved)
        elif _is_interpreter(name) and any(_SUBSTITUTED.search(word) for word in rest):
            yield Download(command.line, name, straight=True, why=f"{name} of what is fetched")
        elif line := _runs(program, name, rest, fetched):
            why = "fetched and run without a checksum"
            yield Download(line, posixpath.basename(program), straight=False, why=why)


def _piped_to(commands: Sequence[ShellCommand], index: int) -> str:
    """Return the interpreter at the end of a pipe, empty when there is none."""
    while commands[index].after == "|" and index + 1 < len(commands):
        index += 1
        words = unwrapped(commands[index].words)
        name = posixpath.basename(words[0]) if words else ""
        if _is_interpreter(name) and not option_values(words, {"-c", "-m", "-e"}):
            return name
    return ""


def _is_interpreter(name: str) -> bool:
    return re.sub(r"[\d.]+$", "", name) in _INTERPRETERS or name == "."


def _saved(words: list[str]) -> Iterator[str]:
    """Yield the names of files that a fetcher writes."""
    flags = {"-o", "--output"} if words[0] == "curl" else {"-O", "--output-document", "-o"}
    yield from map(posixpath.basename, option_values(words, flags))
    for word in words[1:]:
        if "://" in word:
            yield posixpath.basename(word.partition("?")[0])


def _runs(program: str, name: str, rest: list[str], fetched: dict[str, int]) -> int:
    """Return the line on which what a command runs was fetched, 0 when it was not."""
    started = [word for word in rest if not word.startswith("-")][:1]
    target = started[0] if _is_interpreter(name) and started else program
    is_path = "/" in target or _is_interpreter(name)
    return fetched.get(posixpath.basename(target), 0) if is_path else 0
