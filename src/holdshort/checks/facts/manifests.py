"""The manifests of Python packaging: what each declares, read and never run.

In: text of pyproject.toml, setup.cfg, setup.py or Pipfile. Out: `Manifest`. A setup.py is parsed;
what it computes stays unknown.
Sources: https://packaging.python.org/specifications/pyproject-toml/,
https://peps.python.org/pep-0735/, https://setuptools.pypa.io/en/latest/userguide/declarative_config.html,
https://pipenv.pypa.io/en/latest/pipfile.html
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from packaging.utils import canonicalize_name

from holdshort.checks.facts import foreign_ini
from holdshort.checks.facts.foreign_toml import Table, load, table
from holdshort.checks.facts.python_source import UnreadableSourceError, parse
from holdshort.checks.facts.requirements import (
    MAX_REQUIREMENTS,
    Pin,
    Requirement,
    located,
    parse_requirement,
    poetry_requirement,
)
from holdshort.checks.facts.text import Lines


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one manifest declares.

    Attributes:
        requirements: for run time.
        development: in extras and groups.
        python: the Python versions asked for, empty when none are.
        python_line: where they are asked for, 0 when the format does not tell.
        name: of the project, normalised.
        is_package: it can be built, so it may be a library.
        dynamic: the requirements are computed elsewhere; `files` when it says in which files.
    """

    path: str
    requirements: tuple[Requirement, ...] = ()
    development: tuple[Requirement, ...] = ()
    python: str = ""
    python_line: int = 0
    name: str = ""
    is_package: bool = False
    dynamic: bool = False
    files: tuple[str, ...] = ()


def read_pyproject(text: str, path: str) -> Manifest:
    """Return what a pyproject.toml declares, by PEP 621 or by Poetry.

    Raises:
        UnreadableSourceError: not TOML.
    """
    document = load(text)
    lines = Lines(text)
    project = table(document, "project")
    poetry = table(document, "tool", "poetry")
    requirements = [*_pep508_rows(project.get("dependencies"), lines, path)]
    dependencies = table(poetry, "dependencies")
    if "dependencies" not in project:
        requirements += _poetry_rows(dependencies, lines, path)
    python = str(project.get("requires-python") or _constraint(dependencies.get("python")) or "")
    dynamic = "dependencies" in _texts(project.get("dynamic")) and not requirements
    declared = table(document, "tool", "setuptools", "dynamic", "dependencies")
    return Manifest(
        path,
        tuple(requirements),
        tuple(_development(document, poetry, lines, path)),
        python=python,
        python_line=lines.of_key("requires-python", "python"),
        name=canonicalize_name(str(project.get("name") or poetry.get("name") or "")),
        is_package="build-system" in document,
        dynamic=dynamic,
        files=tuple(_texts(declared.get("file"))),
    )


def read_pipfile(text: str, path: str) -> Manifest:
    """Return what a Pipfile declares.

    Raises:
        UnreadableSourceError: not TOML.
    """
    document = load(text)
    lines = Lines(text)
    requires = table(document, "requires")
    python = str(requires.get("python_full_version") or requires.get("python_version") or "")
    return Manifest(
        path,
        tuple(_pipfile_rows(table(document, "packages"), lines, path)),
        tuple(_pipfile_rows(table(document, "dev-packages"), lines, path)),
        python=python,
        python_line=lines.of_key("python_full_version", "python_version"),
    )


def read_setup_cfg(text: str, path: str) -> Manifest:
    """Return what a setup.cfg declares.

    Raises:
        UnreadableSourceError: not an INI file.
    """
    sections = foreign_ini.load(text)
    options = sections.get("options", {})
    lines = Lines(text)
    listed = options.get("install_requires", "")
    rows = _texts([row.strip() for row in listed.splitlines() if row.strip()])
    file = re.fullmatch(r"file:\s*(.+)", listed.strip())
    if file:
        rows = []
    return Manifest(
        path,
        tuple(parse_requirement(row, path, lines.of_entry(row)) for row in rows),
        python=options.get("python_requires", ""),
        python_line=lines.of_key("python_requires"),
        name=canonicalize_name(sections.get("metadata", {}).get("name", "")),
        is_package="options" in sections,
        dynamic=file is not None,
        files=tuple(re.split(r"[,\s]+", file[1].strip())) if file else (),
    )


def read_setup_py(text: str, path: str) -> Manifest:
    """Return what a setup.py declares literally; anything computed makes it dynamic.

    Raises:
        UnreadableSourceError: not Python.
    """
    tree = parse(text)
    named = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "setup":
            keywords = {k.arg: k.value for k in node.keywords}
            return _from_setup_call(keywords, named, path)
    return Manifest(path)


def _from_setup_call(
    keywords: Mapping[str | None, ast.expr], named: Mapping[str, ast.expr], path: str
) -> Manifest:
    listed = _followed(keywords.get("install_requires"), named)
    rows = listed.elts if isinstance(listed, ast.List | ast.Tuple) else []
    literal = all(isinstance(row, ast.Constant) for row in rows)
    python = _followed(keywords.get("python_requires"), named)
    name = _followed(keywords.get("name"), named)
    return Manifest(
        path,
        tuple(
            parse_requirement(row.value, path, row.lineno)
            for row in rows
            if isinstance(row, ast.Constant) and isinstance(row.value, str)
        ),
        python=_text_of(python),
        python_line=python.lineno if python is not None else 0,
        name=canonicalize_name(_text_of(name)),
        is_package=True,
        dynamic=(listed is not None and not isinstance(listed, ast.List | ast.Tuple))
        or not literal,
    )


def _followed(node: ast.expr | None, named: Mapping[str, ast.expr]) -> ast.expr | None:
    return named.get(node.id, node) if isinstance(node, ast.Name) else node


def _text_of(node: ast.expr | None) -> str:
    text = node.value if isinstance(node, ast.Constant) else ""
    return text if isinstance(text, str) else ""


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _development(document: Table, poetry: Table, lines: Lines, path: str) -> Iterator[Requirement]:
    optional = table(document, "project", "optional-dependencies")
    for rows in [*optional.values(), *table(document, "dependency-groups").values()]:
        yield from (replace(row, development=True) for row in _pep508_rows(rows, lines, path))
    groups = [table(one, "dependencies") for one in _tables(table(poetry, "group"))]
    for group in [table(poetry, "dev-dependencies"), *groups]:
        yield from (replace(row, development=True) for row in _poetry_rows(group, lines, path))


def _pep508_rows(rows: object, lines: Lines, path: str) -> Iterator[Requirement]:
    for row in _texts(rows):
        yield parse_requirement(row, path, lines.of_entry(row))


def _poetry_rows(rows: Table, lines: Lines, path: str) -> Iterator[Requirement]:
    for name, value in rows.items():
        if name.lower() == "python":
            continue
        line = lines.of_key(name)
        if isinstance(value, list):
            found = [_poetry_row(name, item, path, line) for item in value]
            yield max(found, key=_looseness, default=_poetry_row(name, "*", path, line))
        else:
            yield _poetry_row(name, value, path, line)


def _looseness(requirement: Requirement) -> int:
    return list(Pin).index(requirement.pin)


def _poetry_row(name: str, value: object, path: str, line: int) -> Requirement:
    if not isinstance(value, dict):
        return poetry_requirement(name, str(value), path, line)
    found = _from_location(name, value, path, line)
    if found is None:
        found = poetry_requirement(name, _constraint(value), path, line)
    optional = value.get("optional") is True
    conditional = optional or "markers" in value or "python" in value or "platform" in value
    return replace(found, conditional=conditional)


def _from_location(name: str, value: Table, path: str, line: int) -> Requirement | None:
    normal = canonicalize_name(name)
    if "git" in value:
        ref = value.get("rev") or value.get("tag") or value.get("branch") or value.get("ref")
        suffix = f"@{ref}" if ref else ""
        address = re.sub(r"^\w+@([^:/]+)[:/]", r"ssh://\1/", str(value["git"]))
        return located(normal, f"git+{address}{suffix}", path, line)
    where = value.get("url") or value.get("file") or value.get("path")
    return located(normal, _as_location(str(where)), path, line) if where else None


def _as_location(where: str) -> str:
    return where if "://" in where or where.startswith(("/", ".")) else f"./{where}"


def _pipfile_rows(rows: Table, lines: Lines, path: str) -> Iterator[Requirement]:
    for name, value in rows.items():
        line = lines.of_key(name)
        if isinstance(value, dict):
            found = _from_location(name, value, path, line)
            if found is not None:
                yield found
                continue
        version = _constraint(value)
        specifier = "" if version in {"*", ""} else version
        row = parse_requirement(f"{name}{specifier}", path, line)
        conditional = isinstance(value, dict) and "markers" in value
        yield replace(row, name=canonicalize_name(name), conditional=conditional)


def _constraint(value: object) -> str:
    found = value.get("version", "*") if isinstance(value, dict) else value
    return found if isinstance(found, str) else ""


def _tables(value: Table) -> list[Table]:
    return [item for item in value.values() if isinstance(item, Mapping)]


def _texts(value: object) -> list[str]:
    rows = value if isinstance(value, list) else [value]
    if len(rows) > MAX_REQUIREMENTS:
        raise UnreadableSourceError(f"more than {MAX_REQUIREMENTS} requirements")
    return [row for row in rows if isinstance(row, str)]
