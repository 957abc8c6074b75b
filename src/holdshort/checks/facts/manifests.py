"""The manifests of Python packaging: what each declares, read and never run.

In: text of pyproject.toml, pixi.toml, Pipfile, setup.cfg or setup.py. Out: `Manifest` values, of
which a pyproject.toml may hold two. `READERS` says which file name is read how.
Sources: https://setuptools.pypa.io/en/latest/userguide/declarative_config.html,
https://pipenv.pypa.io/en/latest/pipfile.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from packaging.utils import canonicalize_name

from holdshort.checks.facts import foreign_ini
from holdshort.checks.facts.foreign_toml import load, table
from holdshort.checks.facts.manifest import Manifest
from holdshort.checks.facts.pixi_files import read_pixi
from holdshort.checks.facts.pyproject_files import read_pyproject
from holdshort.checks.facts.requirements import MAX_REQUIREMENTS, Requirement, parse_requirement
from holdshort.checks.facts.setup_scripts import read_setup_py
from holdshort.checks.facts.table_requirements import pipfile_rows
from holdshort.checks.facts.text import Lines

_COMMENT = re.compile(r"(^|\s)#.*$")
_PIPENV = frozenset({"source", "packages", "dev-packages", "requires", "scripts", "pipenv"})


def read_pipfile(text: str, path: str) -> tuple[Manifest, ...]:
    """Return what a Pipfile declares; tables of other names are groups for development.

    Raises:
        UnreadableSourceError: not TOML.
    """
    document = load(text)
    lines = Lines(text)
    requires = table(document, "requires")
    python = str(requires.get("python_full_version") or requires.get("python_version") or "")
    groups = {"dev-packages", *(set(document) - _PIPENV)}
    development = [
        replace(row, development=True)
        for group in sorted(groups)
        for row in pipfile_rows(table(document, group), lines, path, group)
    ]
    runtime = pipfile_rows(table(document, "packages"), lines, path, "packages")
    line = lines.of_key("python_full_version", "python_version", table="requires")
    return (
        Manifest(
            "pipfile", path, tuple(runtime), tuple(development), python=python, python_line=line
        ),
    )


def read_setup_cfg(text: str, path: str) -> tuple[Manifest, ...]:
    """Return what a setup.cfg declares.

    Raises:
        UnreadableSourceError: not an INI file.
    """
    sections = foreign_ini.load(text)
    options = sections.get("options", {})
    lines = Lines(text)
    listed = options.get("install_requires", "")
    files = _files(listed)
    names = [row.strip() for row in options.get("packages", "").splitlines() if row.strip()]
    after = lines.of_key("install_requires", table="options")
    return (
        Manifest(
            "setup.cfg",
            path,
            () if files else tuple(_rows(listed, lines, path, after)),
            tuple(_extras(sections, lines, path)),
            python=options.get("python_requires", ""),
            python_line=lines.of_key("python_requires", table="options"),
            name=canonicalize_name(sections.get("metadata", {}).get("name", "")),
            modules=tuple(name for name in names if re.fullmatch(r"[\w.]+", name)),
            is_package="options" in sections,
            dynamic=bool(files),
            files=files,
        ),
    )


Reader = Callable[[str, str], tuple[Manifest, ...]]

READERS: Mapping[str, Reader] = {
    "pyproject.toml": read_pyproject,
    "pixi.toml": read_pixi,
    "pipfile": read_pipfile,
    "setup.cfg": read_setup_cfg,
    "setup.py": read_setup_py,
}
"""How a manifest is read, by its lower-case name."""


def _files(listed: str) -> tuple[str, ...]:
    named = re.match(r"\s*file:\s*", listed)
    return tuple(re.split(r"[,\s]+", listed[named.end() :].strip())) if named else ()


def _extras(
    sections: Mapping[str, Mapping[str, str]], lines: Lines, path: str
) -> Iterator[Requirement]:
    section = "options.extras_require"
    options = sections.get("options", {})
    for name, listed in sections.get(section, {}).items():
        yield from _aside(listed, lines, path, lines.of_key(name, table=section))
    for name in ("tests_require", "setup_requires"):
        yield from _aside(options.get(name, ""), lines, path, lines.of_key(name, table="options"))


def _aside(listed: str, lines: Lines, path: str, after: int) -> Iterator[Requirement]:
    if not _files(listed):
        rows = _rows(listed, lines, path, after)
        yield from (replace(row, development=True) for row in rows if row.name)


def _rows(listed: str, lines: Lines, path: str, after: int) -> Iterator[Requirement]:
    rows = listed.split("\n") if "\n" in listed else listed.split(";")
    for row in rows[:MAX_REQUIREMENTS]:
        text = _COMMENT.sub("", row).strip()
        if text:
            yield parse_requirement(text, path, lines.of_entry(row.strip(), after) or after)
