"""Where people are told to install packages by hand.

In: READMEs, images and notebooks. Out: the commands that install something with pip, conda, uv or
Poetry, and which packages they name. Such a command keeps no version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from holdshort.checks.facts.inventory import File, Kind
from holdshort.checks.facts.repository import Repository

MAX_NOTEBOOKS = 50
"""Most notebooks that are searched. Source: our own limit."""

_INSTALL = re.compile(
    r"^[^#\n]{0,120}?\b(?:(?:pip3?|conda|mamba|micromamba|uv pip)\s+install|uv add|poetry add)"
    r"[ \t]+([^\n]{1,2000})",
    re.MULTILINE,
)
_TELLING = ("install", "uv add", "poetry add")
_END = re.compile(r"&&|\|\||[;|#`]|\\n|\\$|\s\(|\.\s|,\s")
_TAKES_VALUE = frozenset({"-c", "-r", "-e", "-i", "-f", "-n", "--name", "--channel", "--file"})
_NAME = re.compile(r"[A-Za-z][\w.-]*")
_INSTALLERS = frozenset({"pip", "poetry", "uv", "virtualenv", "setuptools", "wheel", "pipenv"})


@dataclass(frozen=True, slots=True)
class ToldInstall:
    """One command, with the normalised names it installs; the line is 0 in a notebook."""

    path: str
    line: int
    names: tuple[str, ...]


def told_installs(repository: Repository) -> tuple[ToldInstall, ...]:
    """Return the commands of READMEs and images, and of notebooks, that name packages."""
    return repository.once(_find)


def _find(repository: Repository) -> tuple[ToldInstall, ...]:
    notebooks = repository.inventory.of(Kind.NOTEBOOK)[:MAX_NOTEBOOKS]
    files = [file for file in repository.inventory.files if _is_told(file)]
    found: list[ToldInstall] = []
    for file, text in repository.texts([*files, *notebooks]):
        may_tell = any(word in text for word in _TELLING)
        for match in _INSTALL.finditer(text) if may_tell else ():
            names = tuple(_names(match[1]))
            line = text.count("\n", 0, match.start()) + 1
            if names:
                in_notebook = file.kind is Kind.NOTEBOOK
                found.append(ToldInstall(file.path, 0 if in_notebook else line, names))
    return tuple(found)


def _names(arguments: str) -> Iterator[str]:
    """Yield the packages among the words after `install`, up to the end of the command."""
    skips = False
    for word in _END.split(arguments)[0].split():
        plain = word.strip("\"'")
        if not skips and (found := _NAME.match(plain)) and "/" not in plain:
            name = canonicalize_name(found[0])
            if name not in _INSTALLERS:
                yield name
        skips = plain in _TAKES_VALUE


def _is_told(file: File) -> bool:
    is_readme = not file.folder and file.name.lower().startswith(("readme", "install"))
    return is_readme or file.kind is Kind.DOCKER
