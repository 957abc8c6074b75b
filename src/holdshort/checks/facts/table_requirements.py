"""Requirements written as tables: Poetry, Pipenv, uv sources and Pixi.

In: TOML values and where they stand. Out: `Requirement` values. A name beside a version, or beside
a table that says a version, a commit, an address or a path.
Sources: https://python-poetry.org/docs/dependency-specification/,
https://pipenv.pypa.io/en/latest/pipfile.html,
https://docs.astral.sh/uv/concepts/projects/dependencies/#dependency-sources,
https://pixi.sh/latest/reference/pixi_manifest/#the-dependencies-tables
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from packaging.utils import canonicalize_name

from holdshort.checks.facts.conda_files import INSTALLERS, conda_requirement
from holdshort.checks.facts.foreign_toml import Table
from holdshort.checks.facts.requirements import (
    Pin,
    Requirement,
    located,
    parse_requirement,
    poetry_requirement,
)
from holdshort.checks.facts.text import Lines

_MARKERS = frozenset({"markers", "marker", "python", "platform", "sys_platform", "os_name"})


def poetry_rows(rows: Table, lines: Lines, path: str, table: str) -> Iterator[Requirement]:
    """Yield what a Poetry table requires; an optional dependency is an extra."""
    for name, value in rows.items():
        if name.lower() == "python":
            continue
        line = lines.of_key(name, table=table)
        versions = value if isinstance(value, list) else [value]
        yield _loosest([_poetry_row(name, version, path, line) for version in versions or ["*"]])


def pipfile_rows(rows: Table, lines: Lines, path: str, table: str) -> Iterator[Requirement]:
    """Yield what a table of a Pipfile requires, the project itself left out."""
    for name, value in rows.items():
        found = _specified(name, value, path, lines.of_key(name, table=table))
        if not (found.inside == "." and isinstance(value, Mapping) and value.get("editable")):
            yield found


def pixi_rows(rows: Table, lines: Lines, path: str, table: str) -> Iterator[Requirement]:
    """Yield what a table of conda packages requires, the installers left out."""
    for name, value in rows.items():
        line = lines.of_key(name, table=table)
        if name.lower() in INSTALLERS:
            continue
        found = _from_location(name, value, path, line) if isinstance(value, Mapping) else None
        build = value.get("build") if isinstance(value, Mapping) else None
        version = constraint_of(value)
        if isinstance(build, str) and "*" not in build:
            version = f"={version}={build}"
        plain = conda_requirement(name.lower(), "" if version == "*" else version, path, line)
        yield found or plain


def pixi_pypi_rows(rows: Table, lines: Lines, path: str, table: str) -> Iterator[Requirement]:
    """Yield what a table of PyPI packages of Pixi requires, the project itself left out."""
    yield from pipfile_rows(rows, lines, path, table)


def by_name(table: Table) -> dict[str, object]:
    """Return a table of packages under their normalised names."""
    return {str(canonicalize_name(name)): value for name, value in table.items()}


def with_sources(requirement: Requirement, sources: Mapping[str, object], path: str) -> Requirement:
    """Return a requirement at the place that a source, by normalised name, gives for it."""
    value = sources.get(requirement.name)
    tables = [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, Mapping)]
    found = [_sourced(requirement, table, path) for table in tables]
    return _loosest(found) if found else requirement


def constraint_of(value: object) -> str:
    """Return the version part of a value, `*` when a table has none."""
    found = value.get("version", "*") if isinstance(value, Mapping) else value
    return found if isinstance(found, str) else ""


def _poetry_row(name: str, value: object, path: str, line: int) -> Requirement:
    if not isinstance(value, Mapping):
        return poetry_requirement(name, str(value), path, line)
    found = _from_location(name, value, path, line)
    found = found or poetry_requirement(name, constraint_of(value), path, line)
    conditional = not _MARKERS.isdisjoint(value)
    return replace(found, conditional=conditional, development=value.get("optional") is True)


def _specified(name: str, value: object, path: str, line: int) -> Requirement:
    normal = canonicalize_name(name)
    conditional = isinstance(value, Mapping) and not _MARKERS.isdisjoint(value)
    found = _from_location(name, value, path, line) if isinstance(value, Mapping) else None
    if found is None:
        version = constraint_of(value).strip()
        specifier = "" if version in {"*", ""} else version
        bare = f"=={specifier}" if specifier[:1].isdigit() else specifier
        found = parse_requirement(f"{normal}{bare}", path, line)
    return replace(found, name=normal, conditional=conditional)


def _sourced(requirement: Requirement, value: Table, path: str) -> Requirement:
    if value.get("workspace") is True:
        return replace(requirement, pin=Pin.EXACT, specifier="", why="", hashed=True, inside=".")
    found = _from_location(requirement.name, value, path, requirement.line)
    if found is None:
        return requirement
    conditional = requirement.conditional or "marker" in value
    return replace(found, conditional=conditional, development=requirement.development)


def _from_location(name: str, value: Table, path: str, line: int) -> Requirement | None:
    normal = canonicalize_name(name)
    refs = (value.get(key) for key in ("rev", "tag", "branch", "ref"))
    ref = next((ref for ref in refs if isinstance(ref, str)), "")
    for system in ("git", "hg", "svn", "bzr"):
        if isinstance(value.get(system), str):
            address = re.sub(r"^\w+@([^:/]+)[:/]", r"ssh://\1/", str(value[system]))
            plain = f"{system}+{address.removeprefix('git+')}"
            return located(normal, f"{plain}@{ref}" if ref else plain, path, line)
    where = next((value[k] for k in ("url", "file", "path") if isinstance(value.get(k), str)), "")
    hashed = any(isinstance(value.get(key), str) for key in ("sha256", "md5", "hash"))
    return located(normal, _as_location(str(where)), path, line, hashed=hashed) if where else None


def _as_location(where: str) -> str:
    return where if "://" in where or where.startswith(("/", ".", "~")) else f"./{where}"


def _loosest(rows: list[Requirement]) -> Requirement:
    order = list(Pin)
    return max(rows, key=lambda row: order.index(row.pin))


RowReader = Callable[[Table, Lines, str, str], Iterator[Requirement]]
"""How a table, its place in a file, the file's path and the table's name become requirements."""
