"""What surrounds the program in a shell command: wrappers, options, folders, lost failures.

In: the words of a command, or the commands of a script. Out: words without `sudo -E` and the like,
the values of options, the folder after `cd`, and whether a failure goes nowhere.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from holdshort.checks.facts.shell_syntax import Heredoc, ShellCommand, shell_commands
from holdshort.checks.facts.words import words as _set_of

MAX_VALUE = 4000
"""Most characters of a variable. Source: our own limit."""


@dataclass(frozen=True, slots=True)
class Shell:
    """How a script is run.

    Attributes:
        folder: where it starts, from the root of the repository.
        stops: whether the first failure ends it.
        pipefail: whether a failure in front of a pipe counts.
    """

    folder: str = ""
    stops: bool = True
    pipefail: bool = True


SHELLS = _set_of("bash sh zsh dash ash source .")
"""Programs that read a script."""

_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_USE = re.compile(r"\$\{?(\w+)\}?")
_NAMED = re.compile(r"\$\{?(\w+)(?:\[@\])?\}?")
_PREFIXES = _set_of(
    "sudo time env exec xvfb-run timeout nohup command builtin stdbuf nice ionice catchsegv"
    " unbuffer gtimeout strace numactl taskset dbus-run-session retry doas chronic"
)
_WITH_VALUE = {
    "-n",
    "-p",
    "-s",
    "-u",
    "-k",
    "-c",
    "-o",
    "-e",
    "--signal",
    "--server-args",
    "--from",
}
_RUN_VALUES = _set_of(
    "-n -p -e --with --name --prefix --python --extra --group --only-group --with-requirements"
    " --env --env-file --project --directory --package --index --feature --environment --cwd"
)
_DIVERSION = _set_of("true : echo printf exit")
_ENDING = _set_of("exit return false")


class Variables:
    """The variables that a script sets, so that `$PYTEST -q` is known for what it is."""

    def __init__(self) -> None:
        """Know none."""
        self._values: dict[str, str] = {}

    def filled(self, words: Sequence[str]) -> list[str]:
        """Return what a command runs, after taking note of what it sets."""
        given = words[1:] if words[:1] in (("export",), ("local",), ("readonly",)) else words
        for word in given:
            found = _ASSIGNMENT.fullmatch(word)
            if found is None:
                break
            self._values[found[1]] = self._value(found[2])
        left = unwrapped(words)
        if left[:1] == ["eval"]:
            left = " ".join(left[1:]).split()
        if left and (named := _NAMED.fullmatch(left[0])) and named[1] in self._values:
            left = unwrapped([*self._values[named[1]].split(), *left[1:]])
        return left

    def _value(self, text: str) -> str:
        filled = _USE.sub(lambda use: self._values.get(use[1], use[0]), text[:MAX_VALUE])
        return filled[:MAX_VALUE]


def unwrapped(words: Sequence[str]) -> list[str]:
    """Return the words without assignments, `sudo` and the like in front."""
    left = list(words)
    while left:
        if re.match(r"[A-Za-z_]\w*\+?=", left[0]):
            left = left[1:]
        elif posixpath.basename(left[0]) in _PREFIXES:
            left = _after_flags(left[1:])
        else:
            break
    return left


def option_values(words: Sequence[str], flags: Iterable[str]) -> list[str]:
    """Return the values of some options, `--flag value`, `--flag=value` and `-fvalue` alike."""
    wanted = frozenset(flags)
    short = tuple(flag for flag in sorted(wanted) if not flag.startswith("--"))
    found: list[str] = []
    for index, word in enumerate(words):
        name, equals, value = word.partition("=")
        if word in wanted:
            found += words[index + 1 : index + 2]
        elif equals and name in wanted:
            found.append(value)
        elif short and word.startswith(short) and not word.startswith("--"):
            found.append(word[2:])
    return found


def after_run_options(words: Sequence[str]) -> list[str]:
    """Return what follows the options of `uv run`, `conda run` and the like."""
    left = list(words)
    while left and left[0].startswith("-"):
        takes = left[0] in _RUN_VALUES
        left = left[2 if takes else 1 :]
    return left


def folders_of(commands: Sequence[ShellCommand], start: str) -> Iterator[str]:
    """Yield the folder in which each command runs, `cd` and subshells followed."""
    folders = {0: start}
    for command in commands:
        folders = {level: path for level, path in folders.items() if level <= command.depth}
        folder = folders[max(folders)]
        yield folder
        words = unwrapped(command.words)
        if words[:1] in (["cd"], ["pushd"]):
            folders[command.depth] = _entered(folder, [w for w in words[1:] if w != "--"])


def deep_commands(
    commands: Sequence[ShellCommand], deepest: int = 3
) -> Iterator[tuple[ShellCommand, ...]]:
    """Yield the commands of a script, then those of each script that one of them is given."""
    yield tuple(commands)
    for index, command in enumerate(commands) if deepest else ():
        words = unwrapped(command.words)
        inner = list(command.heredocs) if reads_script(commands, index) else []
        if words and posixpath.basename(words[0]) in SHELLS | {"su"}:
            inner += [Heredoc(text, command.line) for text in option_values(words, {"-c", "-lc"})]
        for one in inner:
            yield from deep_commands(shell_commands(one.text, one.line), deepest - 1)


def reads_script(commands: Sequence[ShellCommand], index: int) -> bool:
    """Tell whether the here-documents of a command are a script for a shell."""
    command = commands[index]
    words = unwrapped(command.words)
    if words[:1] == ["cat"] and command.after == "|":
        words = unwrapped(commands[index + 1].words) if index + 1 < len(commands) else []
    return any(posixpath.basename(word) in SHELLS for word in words) and "-c" not in words


def is_thrown_away(commands: Sequence[ShellCommand], index: int, shell: Shell) -> bool:
    """Tell whether the script succeeds although this command of it fails."""
    command, later = commands[index], commands[index + 1 :]
    if any("$?" in word or "PIPESTATUS" in word for one in later for word in one.words):
        return False
    if command.after == "||":
        return _is_diverted(later)
    stops, pipefail = _options_at(commands[: index + 1], shell)
    if command.after == "|" and not pipefail:
        return True
    alone = command.before in {"", ";"} and command.after == ";"
    return alone and not stops and bool(later) and not _traps(commands) and command.depth == 0


def _after_flags(words: list[str]) -> list[str]:
    """Drop the flags of a wrapper and the duration of `timeout 600`."""
    while words and re.match(r"-|\d+(\.\d+)?[smhd]?$|[A-Za-z_]\w*=", words[0]):
        takes = words[0] in _WITH_VALUE and len(words) > 1 and not words[1].startswith("-")
        words = words[2 if takes else 1 :]
    return words


def _entered(folder: str, words: list[str]) -> str:
    """Return where `cd` leads; a folder that only a variable knows is taken for the root."""
    target = words[0] if words else ""
    target = re.sub(r"^\$\{?(GITHUB_WORKSPACE|CI_PROJECT_DIR|PWD)\}?/?", "./", target)
    if not target or "$" in target or target.startswith(("/", "~", "-")):
        return ""
    joined = posixpath.normpath(posixpath.join(folder, target))
    return "" if joined.startswith("..") or joined == "." else joined


def _is_diverted(later: Sequence[ShellCommand]) -> bool:
    """Tell whether what follows `||` succeeds: `true`, or a message without an `exit 1`."""
    for command in later:
        name = command.words[0]
        if name in _ENDING:
            return name != "false" and command.words[1:2] in ((), ("0",))
        if name not in _DIVERSION:
            return False
        if name not in {"echo", "printf"} or command.after in {"", "||"}:
            return True
    return bool(later)


def _options_at(commands: Sequence[ShellCommand], shell: Shell) -> tuple[bool, bool]:
    """Return whether failures stop the script, and count before a pipe, at its last command."""
    stops, pipefail = shell.stops, shell.pipefail
    for command in commands:
        if command.words[0] != "set":
            continue
        given = " ".join(command.words[1:])
        if re.search(r"-\w*e|-o errexit", given):
            stops = True
        if re.search(r"\+\w*e|\+o errexit", given):
            stops = False
        if "pipefail" in given:
            pipefail = "+o pipefail" not in given
    return stops, pipefail


def _traps(commands: Sequence[ShellCommand]) -> bool:
    return any(command.words[0] == "trap" for command in commands)
