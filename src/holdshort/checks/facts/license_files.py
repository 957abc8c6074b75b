"""Where a repository says its licence: files by their names, and the metadata of packages.

In: paths, or the text of a manifest. Out: what a file is the licence of, and what metadata name.
Sources: https://reuse.software/spec-3.3/, https://peps.python.org/pep-0639/,
https://citation-file-format.github.io/
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from holdshort.checks.facts import foreign_ini, foreign_yaml
from holdshort.checks.facts.documents import front_matter
from holdshort.checks.facts.foreign_toml import load, table
from holdshort.checks.facts.python_source import parse
from holdshort.checks.facts.text import Lines

_NAME = re.compile(
    r"(?P<folder>(?:licenses|(?:model|data|weights?|code)[-_]?licen[sc]es?)/)?"
    r"(?P<name>[^/]*(?:\blicen[sc]e|_licen[sc]e|licen[sc]e_|unlicen[sc]e|copying)[^/]*|(?<=/)[^/]+)",
    re.IGNORECASE,
)
_NO_LICENSE = re.compile(
    r"\.(?:py|pyi|ipynb|jsx?|tsx?|json|ya?ml|toml|xml|sh|go|c|h|cc|cpp|css|svg|png|cfg|ini|csv|tpl"
    r"|j2|jinja2?|html?|license)$|third|3rd|notice|header|template|depend|check|bundled|vendor|exception",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    r"(?:un)?licen[sc]e(?:\.(?:md|txt|rst))?|copying(?:\.lesser)?(?:\.(?:md|txt))?", re.IGNORECASE
)
_ROLES = (
    ("model", re.compile(r"model|weight|checkpoint", re.IGNORECASE)),
    ("data", re.compile(r"data", re.IGNORECASE)),
    ("text", re.compile(r"docs?\b|documentation|text|content|media|book", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Declared:
    """A licence as metadata name it."""

    text: str
    path: str
    line: int


def is_license_name(path: str) -> bool:
    """Tell whether a path is a licence of the repository: at the root, or in LICENSES of REUSE."""
    found = _NAME.fullmatch(path)
    return found is not None and not _NO_LICENSE.search(path)


def is_nested_name(path: str) -> bool:
    """Tell whether a file below the root is called a licence."""
    name = path.rpartition("/")[2]
    return "/" in path and _PLAIN.fullmatch(name) is not None


def is_plain_name(path: str) -> bool:
    """Tell whether a file at the root is called nothing but licence."""
    return _PLAIN.fullmatch(path) is not None


def role_of(path: str) -> str:
    """Return what a licence file is for, by its name: model, data, text or code."""
    return next((role for role, form in _ROLES if form.search(path)), "code")


def declared_licenses(path: str, text: str) -> tuple[Declared, ...]:
    """Return what a manifest, a README's metadata or a CITATION.cff names as the licence.

    Raises:
        UnreadableSourceError: the file is not of its format.
    """
    reader = _READERS.get(path.lower())
    return tuple(reader(path, text)) if reader else ()


def _pyproject(path: str, text: str) -> Iterator[Declared]:
    document, lines = load(text), Lines(text)
    project = table(document, "project")
    stated = project.get("license") or table(document, "tool", "poetry").get("license")
    stated = stated.get("text") if isinstance(stated, dict) else stated
    if isinstance(stated, str):
        yield Declared(stated, path, lines.of_key("license", "license.text"))
        return
    classifiers = project.get("classifiers")
    for row in classifiers if isinstance(classifiers, list) else ():
        if isinstance(row, str) and row.startswith("License ::"):
            yield Declared(row, path, lines.of_entry(row))


def _setup_cfg(path: str, text: str) -> Iterator[Declared]:
    stated = foreign_ini.load(text).get("metadata", {}).get("license", "")
    if stated:
        yield Declared(stated, path, Lines(text).of_key("license"))


def _setup_py(path: str, text: str) -> Iterator[Declared]:
    for node in ast.walk(parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            for keyword in node.keywords:
                value = keyword.value
                if keyword.arg == "license" and isinstance(value, ast.Constant):
                    yield Declared(str(value.value), path, value.lineno)


def _citation(path: str, text: str) -> Iterator[Declared]:
    node = foreign_yaml.get(foreign_yaml.compose(text), "license")
    for one in foreign_yaml.elements(node):
        yield Declared(foreign_yaml.text_of(one), path, foreign_yaml.line_of(one))


def _readme(path: str, text: str) -> Iterator[Declared]:
    metadata, _, _ = front_matter(text)
    if "license" in metadata:
        for found in _citation(path, metadata):
            yield Declared(found.text, path, found.line + 1)


_READERS = {
    "pyproject.toml": _pyproject,
    "setup.cfg": _setup_cfg,
    "setup.py": _setup_py,
    "citation.cff": _citation,
    "readme.md": _readme,
}

DECLARING = frozenset(_READERS)
"""Files at the root that may name a licence, in lower case."""
