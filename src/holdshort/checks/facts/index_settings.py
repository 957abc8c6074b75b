"""Package indexes in settings: pip.conf, conda, and the tables of Poetry, PDM, uv, Rye and Pipenv.

In: text. Out: `Index` values. Whether an index is asked for every package depends on the tool:
Poetry has priorities, uv `explicit`, PDM lists of packages; Pipenv asks another one only where a
package names it.
Sources: https://pip.pypa.io/en/stable/topics/configuration/,
https://python-poetry.org/docs/repositories/, https://docs.astral.sh/uv/concepts/indexes/,
https://pdm-project.org/latest/usage/config/, https://pipenv.pypa.io/en/latest/indexes.html,
https://docs.conda.io/projects/conda/en/stable/user-guide/configuration/settings.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from holdshort.checks.facts import foreign_ini, foreign_yaml
from holdshort.checks.facts.foreign_toml import Table, load, table
from holdshort.checks.facts.package_indexes import (
    Index,
    Role,
    direct,
    distrusted,
    index_at,
    read_options,
    setting,
)
from holdshort.checks.facts.requirement_files import logical_lines
from holdshort.checks.facts.text import Lines

_LOCATED = re.compile(
    r"(?:^\s*git|\{[^\n]{0,500}\b(?:git|url))\s*=\s*[\"']([^\"'\n]{1,500})[\"']"
    r"|@\s*([\w+]+://[^\s\"']{1,500})"
)
_SOURCES: tuple[tuple[str, ...], ...] = (
    ("tool", "poetry", "source"),
    ("tool", "pdm", "source"),
    ("tool", "uv", "index"),
    ("tool", "rye", "sources"),
    ("source",),
    ("index",),
)


def read_toml(text: str, path: str) -> Iterator[Index]:
    """Yield what a pyproject.toml, Pipfile, pixi.toml or uv.toml names.

    Raises:
        UnreadableSourceError: not TOML.
    """
    document = load(text)
    lines = Lines(text)
    for keys in _SOURCES:
        rows = table(document, *keys[:-1]).get(keys[-1])
        sources = (
            [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
        )
        for row in sources:
            yield from _source(keys, row, len(sources), lines, path)
    for one in (document, table(document, "tool", "uv"), table(document, "tool", "uv", "pip")):
        yield from _settings(one, lines, path)
    for pixi in (document, table(document, "tool", "pixi")):
        for key in ("workspace", "project"):
            yield from _channels(table(pixi, key).get("channels"), lines, path)
        yield from _settings(table(pixi, "pypi-options"), lines, path)
    for number, line in logical_lines(text):
        for found in _LOCATED.finditer(line):
            yield from direct(found[1] or found[2], path, number)


def read_ini(text: str, path: str) -> Iterator[Index]:
    """Yield what a pip.conf or the [easy_install] of a setup.cfg names.

    Raises:
        UnreadableSourceError: not an INI file.
    """
    lines = Lines(text)
    for name, options in foreign_ini.load(text).items():
        if path.endswith(".cfg") and name != "easy_install":
            continue
        for key, value in options.items():
            plain = key.replace("_", "-")
            yield from setting(plain, value, path, lines.of_key(key, table=name))


def read_conda_settings(text: str, path: str) -> Iterator[Index]:
    """Yield what a conda environment or a .condarc names.

    Raises:
        UnreadableSourceError: not YAML, or beyond a limit.
    """
    document = foreign_yaml.compose(text)
    for key, value in foreign_yaml.items(document):
        if key in {"channels", "default_channels", "channel_alias"}:
            for node in foreign_yaml.elements(value):
                found = index_at(
                    foreign_yaml.text_of(node), Role.MAIN, path, foreign_yaml.line_of(node)
                )
                yield from [found] if found else []
        elif key == "ssl_verify" and foreign_yaml.text_of(value).lower() in {"false", "no"}:
            yield distrusted("conda", path, foreign_yaml.line_of(value))
        elif key == "dependencies":
            for entry in foreign_yaml.elements(value):
                for node in foreign_yaml.elements(foreign_yaml.get(entry, "pip")):
                    row = [(foreign_yaml.line_of(node), foreign_yaml.text_of(node))]
                    yield from read_options(row, path)


def _source(
    keys: tuple[str, ...], row: Table, count: int, lines: Lines, path: str
) -> Iterator[Index]:
    address = row.get("url")
    if not isinstance(address, str):
        return
    line = lines.of_entry(address)
    tool = keys[1] if len(keys) > 1 else keys[0]
    found = index_at(address, _ROLES[tool](row, count), path, line)
    if found is not None:
        yield found
        if row.get("verify_ssl") is False or row.get("verify-ssl") is False:
            yield distrusted(found.host, path, line)


def _poetry_role(row: Table, count: int) -> Role:
    priority = str(row.get("priority", "")).lower()
    if priority == "explicit":
        return Role.SCOPED
    if priority == "default" or row.get("default") is True:
        return Role.MAIN
    return Role.MAIN if priority == "primary" and count == 1 else Role.EXTRA


def _pdm_role(row: Table, count: int) -> Role:
    del count
    if row.get("include_packages") or row.get("include-packages"):
        return Role.SCOPED
    return Role.MAIN if row.get("name") == "pypi" else Role.EXTRA


def _uv_role(row: Table, count: int) -> Role:
    del count
    if row.get("explicit") is True:
        return Role.SCOPED
    return Role.MAIN if row.get("default") is True else Role.EXTRA


def _rye_role(row: Table, count: int) -> Role:
    del count
    return Role.MAIN if row.get("name") == "default" else Role.EXTRA


def _pipenv_role(row: Table, count: int) -> Role:
    del row, count
    return Role.MAIN


_ROLES = {
    "poetry": _poetry_role,
    "pdm": _pdm_role,
    "uv": _uv_role,
    "index": _uv_role,
    "rye": _rye_role,
    "source": _pipenv_role,
}


def _settings(options: Table, lines: Lines, path: str) -> Iterator[Index]:
    for key, value in options.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                yield from setting(key, one, path, lines.of_entry(one) or lines.of_key(key))
            elif isinstance(one, Mapping) and isinstance(one.get("url"), str) and key != "index":
                yield from setting(key, str(one["url"]), path, lines.of_key(key))


def _channels(value: object, lines: Lines, path: str) -> Iterator[Index]:
    for one in value if isinstance(value, list) else []:
        if isinstance(one, str) and (found := index_at(one, Role.MAIN, path, lines.of_entry(one))):
            yield found
