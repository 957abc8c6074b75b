"""What a task of the repository runs: make targets, just recipes, tox, nox, named tasks.

In: the words behind `make`, `tox` and so on, the folder, and a way to read the repository. Out:
`TaskLine` values, or None when no file says what the task is.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from holdshort.checks.facts.make_files import MakeFile, read_justfile, read_makefile
from holdshort.checks.facts.project_tasks import project_tasks
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.shell_words import option_values
from holdshort.checks.facts.tox_files import ToxFile, nox_commands, read_tox_ini, read_tox_toml

Read = Callable[[str], str | None]

MAX_LINES = 1000
"""Most lines of one task. Source: our own limit."""


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One shell line of a task, run in a folder; `ignored` when its failure does not count."""

    text: str
    folder: str
    ignored: bool = False


Lines = tuple[TaskLine, ...] | None

_TOX_READERS: tuple[tuple[str, Callable[[str], ToxFile | None]], ...] = (
    ("tox.ini", read_tox_ini),
    ("tox.toml", read_tox_toml),
    ("setup.cfg", read_tox_ini),
    ("pyproject.toml", lambda text: read_tox_toml(text, "tool", "tox")),
)


def make_lines(words: Sequence[str], folder: str, read: Read) -> Lines:
    """Return what `make` runs with these words."""
    places = option_values(words, {"-C", "--directory"})
    folder = _inside(folder, *places)
    files = option_values(words, {"-f", "--file", "--makefile"})
    plain = [w for w in words if not w.startswith("-") and "=" not in w]
    targets = [word for word in plain if word not in {*places, *files}]
    for name in files or ("GNUmakefile", "makefile", "Makefile"):
        text = read(_inside(folder, name))
        if text is not None:
            file = read_makefile(text)
            included = [read(_inside(folder, path)) for path in file.includes[:20]]
            others = [read_makefile(one) for one in included if one]
            return tuple(_made([file, *others], targets, folder))[:MAX_LINES]
    return None


def just_lines(words: Sequence[str], folder: str, read: Read) -> Lines:
    """Return what `just` runs with these words."""
    targets = [word for word in words if not word.startswith("-")][:1]
    for name in ("justfile", "Justfile", ".justfile"):
        text = read(_inside(folder, name))
        if text is not None:
            return tuple(_made([read_justfile(text)], targets, folder))[:MAX_LINES]
    return None


def tox_lines(words: Sequence[str], folder: str, read: Read) -> Lines:
    """Return what `tox` runs with these words."""
    names = tox_environments(words)
    for name, reader in _TOX_READERS:
        text = read(_inside(folder, name))
        try:
            found = reader(text) if text and "tox" in name + text else None
        except UnreadableSourceError:
            continue
        if found is not None:
            rows = (row for row in found.chosen(names))
            return tuple(TaskLine(r.lstrip("- "), folder, r.startswith("-")) for r in rows)
    return None


def tox_environments(words: Sequence[str]) -> list[str]:
    """Return the environments that `tox -e` names."""
    listed = ",".join(option_values(words, {"-e", "--env", "-m", "-f"}))
    return [name for name in re.split(r"[,\s]+", listed) if name]


def nox_lines(words: Sequence[str], folder: str, read: Read) -> Lines:
    """Return what `nox` runs with these words."""
    text = read(_inside(folder, "noxfile.py"))
    try:
        rows = None if text is None else list(nox_commands(text, nox_sessions(words)))
    except UnreadableSourceError:
        return None
    return None if rows is None else tuple(TaskLine(row, folder) for row in rows[:MAX_LINES])


def nox_sessions(words: Sequence[str]) -> list[str]:
    """Return the sessions that `nox -s` names; it takes several."""
    found: list[str] = []
    listing = False
    for word in words:
        name, equals, value = word.partition("=")
        if name in {"-s", "--session", "--sessions", "-e"}:
            listing = not equals
            found += [value] if equals else []
        elif word.startswith("-"):
            listing = False
        elif listing:
            found.append(word)
    return found


def named_lines(task: str, folder: str, read: Read) -> Lines:
    """Return what a task of pyproject.toml or pixi.toml runs."""
    for name in ("pyproject.toml", "pixi.toml"):
        text = read(_inside(folder, name))
        try:
            tasks = project_tasks(text) if text else {}
        except UnreadableSourceError:
            continue
        if task in tasks:
            return tuple(TaskLine(line, folder) for line in _flattened(task, tasks))[:MAX_LINES]
    return None


def _flattened(task: str, tasks: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield the lines of a task, those of the tasks it names in their place."""
    waiting, seen = [task], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for line in tasks[name]:
            if line in tasks:
                waiting.append(line)
            else:
                yield line


def _made(files: Iterable[MakeFile], targets: Sequence[str], folder: str) -> Iterator[TaskLine]:
    files = list(files)
    for target in targets or [""]:
        found = (file.recipe(target) for file in files)
        for line in next((lines for lines in found if lines is not None), ()):
            text = line.lstrip("@-+ ")
            yield TaskLine(text, folder, "-" in line[: len(line) - len(text)])


def _inside(*parts: str) -> str:
    return posixpath.normpath(posixpath.join(*parts))
