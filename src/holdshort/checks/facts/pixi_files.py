"""Pixi manifests: pixi.toml, and the `tool.pixi` tables of a pyproject.toml.

In: a TOML document. Out: `Manifest`. What a platform adds is conditional; features are extras.
Source: https://pixi.sh/latest/reference/pixi_manifest/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from packaging.utils import canonicalize_name

from holdshort.checks.facts.foreign_toml import Table, load, table
from holdshort.checks.facts.manifest import Manifest
from holdshort.checks.facts.requirements import Requirement
from holdshort.checks.facts.table_requirements import (
    RowReader,
    constraint_of,
    pixi_pypi_rows,
    pixi_rows,
)
from holdshort.checks.facts.text import Lines

_RUNTIME: tuple[tuple[str, RowReader], ...] = (
    ("dependencies", pixi_rows),
    ("pypi-dependencies", pixi_pypi_rows),
)
_BUILDING: tuple[tuple[str, RowReader], ...] = (
    ("host-dependencies", pixi_rows),
    ("build-dependencies", pixi_rows),
)


def read_pixi(text: str, path: str) -> tuple[Manifest, ...]:
    """Return what a pixi.toml declares.

    Raises:
        UnreadableSourceError: not TOML.
    """
    return (pixi_manifest(load(text), Lines(text), path, ""),)


def pixi_manifest(document: Table, lines: Lines, path: str, prefix: str) -> Manifest:
    """Return what the tables of Pixi declare; `prefix` is where they hang, `tool.pixi.` or none."""
    rows = [*_rows(document, lines, path, prefix, _RUNTIME)]
    for platform, value in table(document, "target").items():
        named = f"{prefix}target.{platform}."
        there = _rows(table(value), lines, path, named, _RUNTIME)
        rows += [replace(row, conditional=True) for row in there]
    extras = [*_rows(document, lines, path, prefix, _BUILDING)]
    for feature, value in table(document, "feature").items():
        extras += _rows(table(value), lines, path, f"{prefix}feature.{feature}.", _RUNTIME)
    about = table(document, "workspace") or table(document, "project")
    python = table(document, "dependencies").get("python")
    return Manifest(
        "pixi",
        path,
        tuple(rows),
        tuple(replace(row, development=True) for row in extras),
        python=constraint_of(python) if python is not None else "",
        python_line=lines.of_key("python", table=f"{prefix}dependencies"),
        name=canonicalize_name(str(about.get("name") or "")),
    )


def _rows(
    tables: Table, lines: Lines, path: str, prefix: str, readers: tuple[tuple[str, RowReader], ...]
) -> Iterator[Requirement]:
    for key, reader in readers:
        value = tables.get(key)
        if isinstance(value, Mapping):
            yield from reader(value, lines, path, f"{prefix}{key}")
