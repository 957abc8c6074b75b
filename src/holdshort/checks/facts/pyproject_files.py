"""pyproject.toml: what it declares by PEP 621 or the tables of its tools.

In: text. Out: one `Manifest`, two when Pixi's tables are there too. Read are [project], dependency
groups, and the tables of Poetry, PDM, uv, Hatch, Flit, Rye, setuptools and Pixi.
Sources: https://packaging.python.org/specifications/pyproject-toml/,
https://packaging.python.org/specifications/dependency-groups/,
https://python-poetry.org/docs/pyproject/, https://pdm-project.org/latest/reference/pep621/,
https://docs.astral.sh/uv/reference/settings/, https://hatch.pypa.io/latest/config/environment/,
https://flit.pypa.io/en/stable/pyproject_toml.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from packaging.utils import canonicalize_name

from holdshort.checks.facts.foreign_toml import Table, load, table
from holdshort.checks.facts.manifest import Manifest
from holdshort.checks.facts.pixi_files import pixi_manifest
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.requirement_files import constrained
from holdshort.checks.facts.requirements import (
    MAX_REQUIREMENTS,
    Pin,
    Requirement,
    parse_requirement,
)
from holdshort.checks.facts.table_requirements import (
    by_name,
    constraint_of,
    poetry_rows,
    with_sources,
)
from holdshort.checks.facts.text import Lines

MAX_GROUPS = 100
"""Most dependency groups followed. Source: our own limit."""


_TEMPLATE = re.compile(r"\{\{[^{}]{0,100}\}\}")


def read_pyproject(text: str, path: str) -> tuple[Manifest, ...]:
    """Return what a pyproject.toml declares.

    Raises:
        UnreadableSourceError: not TOML, or too many requirements.
    """
    document = load(text)
    lines = Lines(text)
    main = _Reader(document, lines, path).manifest()
    pixi = table(document, "tool", "pixi")
    return (main, pixi_manifest(pixi, lines, path, "tool.pixi.")) if pixi else (main,)


class _Reader:
    """One document with its lines."""

    def __init__(self, document: Table, lines: Lines, path: str) -> None:
        self.document = document
        self.lines = lines
        self.path = path
        self.project = table(document, "project")
        self.poetry = table(document, "tool", "poetry")
        self.flit = table(document, "tool", "flit", "metadata")
        self.sources = self._sources()

    def manifest(self) -> Manifest:
        uv = table(self.document, "tool", "uv")
        pins, overridden = self._decided(uv)
        rows = [constrained(self._placed(row), pins) for row in self._runtime()]
        runtime = [row for row in rows if not row.development]
        extras = [row for row in rows if row.development] + [*self._development()]
        dynamic = "dependencies" in _texts(self.project.get("dynamic")) and not runtime
        python, line = self._python()
        name = self.project.get("name") or self.poetry.get("name") or self.flit.get("dist-name")
        return Manifest(
            "pyproject",
            self.path,
            tuple(runtime),
            tuple(self._placed(replace(row, development=True)) for row in extras),
            overridden,
            python=python,
            python_line=line,
            name=canonicalize_name(str(name or self.flit.get("module") or "")),
            modules=tuple(self._modules()),
            is_package=self._is_package(uv),
            dynamic=dynamic,
            files=tuple(self._files()) if dynamic else (),
            tools=frozenset(table(self.document, "tool")),
        )

    def _decided(self, uv: Table) -> tuple[dict[str, Requirement], frozenset[str]]:
        """Return the exact constraints, and the names that uv or PDM override."""
        key = "override-dependencies"
        overrides = [*self._listed(uv.get(key), "tool.uv", key)]
        key = "constraint-dependencies"
        rows = [*self._listed(uv.get(key), "tool.uv", key), *overrides]
        pdm = table(self.document, "tool", "pdm", "resolution", "overrides")
        names = {*(row.name for row in overrides), *(canonicalize_name(name) for name in pdm)}
        return {row.name: row for row in rows if row.pin is Pin.EXACT}, frozenset(names)

    def _runtime(self) -> Iterator[Requirement]:
        yield from self._listed(self.project.get("dependencies"), "project", "dependencies")
        yield from self._listed(self.flit.get("requires"), "tool.flit.metadata", "requires")
        for name, hook in table(self.document, "tool", "hatch", "metadata", "hooks").items():
            listed = f"tool.hatch.metadata.hooks.{name}", "dependencies"
            yield from self._listed(table(hook).get("dependencies"), *listed)
        if "dependencies" not in self.project:
            for key in ("dependencies", "group.main.dependencies"):
                yield from self._poetry_table(key)

    def _poetry_table(self, key: str) -> Iterator[Requirement]:
        rows = table(self.poetry, *key.split("."))
        yield from poetry_rows(rows, self.lines, self.path, f"tool.poetry.{key}")

    def _development(self) -> Iterator[Requirement]:
        extras = "project.optional-dependencies"
        for key, rows in table(self.project, "optional-dependencies").items():
            yield from self._listed(rows, extras, key)
        for key, rows in self._groups():
            yield from self._listed(rows, "dependency-groups", key)
        yield from self._poetry_table("dev-dependencies")
        for name in table(self.poetry, "group"):
            if name != "main":
                yield from self._poetry_table(f"group.{name}.dependencies")
        yield from self._of_tools()

    def _groups(self) -> Iterator[tuple[str, object]]:
        """Yield the dependency groups; a group that includes another names no package of its own.

        Every group is read, so that following `include-group` would only count entries twice.
        """
        groups = table(self.document, "dependency-groups")
        yield from list(groups.items())[:MAX_GROUPS]

    def _of_tools(self) -> Iterator[Requirement]:
        tool = table(self.document, "tool")
        for name in ("uv", "rye"):
            rows = table(tool, name).get("dev-dependencies")
            yield from self._listed(rows, f"tool.{name}", "dev-dependencies")
        for key, rows in table(tool, "pdm", "dev-dependencies").items():
            named = [re.sub(r"^-e\s+", "", row) for row in _texts(rows)]
            yield from self._listed(named, "tool.pdm.dev-dependencies", key)
        for key, environment in table(tool, "hatch", "envs").items():
            for each in ("dependencies", "extra-dependencies"):
                yield from self._listed(
                    table(environment).get(each), f"tool.hatch.envs.{key}", each
                )
        for key, rows in table(self.flit, "requires-extra").items():
            yield from self._listed(rows, "tool.flit.metadata.requires-extra", key)
        yield from self._listed(self.flit.get("dev-requires"), "tool.flit.metadata", "dev-requires")

    def _listed(self, rows: object, table_name: str, key: str) -> Iterator[Requirement]:
        after = self.lines.of_key(key, table=table_name)
        for row in _texts(rows):
            line = self.lines.of_entry(row, after) or after
            found = parse_requirement(_TEMPLATE.sub("0", row), self.path, line)
            yield replace(found, specifier="") if _TEMPLATE.search(row) else found

    def _sources(self) -> dict[str, object]:
        """Return the places that uv names for packages, or that Poetry adds to [project]."""
        sources = table(self.document, "tool", "uv", "sources")
        if not sources and "dependencies" in self.project:
            sources = table(self.poetry, "dependencies")
        return by_name(sources)

    def _placed(self, row: Requirement) -> Requirement:
        return with_sources(row, self.sources, self.path)

    def _python(self) -> tuple[str, int]:
        found = self.project.get("requires-python")
        if isinstance(found, str) and found:
            return found, self.lines.of_key("requires-python", table="project")
        found = constraint_of(table(self.poetry, "dependencies").get("python"))
        if found:
            return found, self.lines.of_key("python", table="tool.poetry.dependencies")
        found = str(self.flit.get("requires-python") or "")
        return found, self.lines.of_key("requires-python", table="tool.flit.metadata")

    def _files(self) -> Iterator[str]:
        dynamic = table(self.document, "tool", "setuptools", "dynamic", "dependencies")
        yield from _texts(dynamic.get("file"))
        hook = table(self.document, "tool", "hatch", "metadata", "hooks", "requirements_txt")
        yield from _texts(hook.get("files"))
        yield from _texts(hook.get("filename"))

    def _modules(self) -> Iterator[str]:
        tool = table(self.document, "tool")
        yield from _texts(table(tool, "setuptools").get("packages"))
        yield from _texts(table(tool, "setuptools").get("py-modules"))
        yield from _texts(table(tool, "flit", "module").get("name"))
        yield from _texts(self.flit.get("module"))
        packages = self.poetry.get("packages")
        for row in packages if isinstance(packages, list) else []:
            yield from _texts(table(row).get("include"))
        wheel = table(tool, "hatch", "build", "targets", "wheel")
        yield from (name.rpartition("/")[2] for name in _texts(wheel.get("packages")))

    def _is_package(self, uv: Table) -> bool:
        is_off = uv.get("package") is False or self.poetry.get("package-mode") is False
        return "build-system" in self.document and not is_off


def _texts(value: object) -> list[str]:
    rows = value if isinstance(value, list) else [value]
    if len(rows) > MAX_REQUIREMENTS:
        raise UnreadableSourceError(f"more than {MAX_REQUIREMENTS} requirements")
    return [row for row in rows if isinstance(row, str)]
