"""Conda environments: `environment.yml` and its `pip:` part.

In: text. Out: requirements with lines, and the Python version named. A single `=` is a prefix:
with three parts it leaves the build open, with fewer the patch version. A build string pins.
Source: https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from holdshort.checks.facts import foreign_yaml
from holdshort.checks.facts.requirement_files import read_requirement_file
from holdshort.checks.facts.requirements import Pin, Requirement

_INTERPRETER = frozenset({"python", "pip", "setuptools", "wheel"})
_BRACKET = re.compile(r"\[.*?version=['\"]?([^'\",\]]+).*\]$")
_EXACT_PARTS = 3


@dataclass(frozen=True, slots=True)
class CondaEnvironment:
    """One conda environment.

    Attributes:
        requirements: packages of conda and of pip, without the interpreter and its installers.
        python: the version of Python asked for, empty when none.
        python_line: where it is asked for.
    """

    requirements: tuple[Requirement, ...]
    python: str
    python_line: int


def read_conda(text: str, path: str) -> CondaEnvironment | None:
    """Return a conda environment, or None when the document is none.

    Raises:
        UnreadableSourceError: not YAML, or beyond a limit.
    """
    listed = foreign_yaml.get(foreign_yaml.compose(text), "dependencies")
    if not isinstance(listed, yaml.SequenceNode):
        return None
    found: list[Requirement] = []
    python, python_line = "", 0
    for node in foreign_yaml.elements(listed):
        for entry in foreign_yaml.elements(foreign_yaml.get(node, "pip")):
            found.extend(_pip_entry(entry, path))
        spec = foreign_yaml.text_of(node)
        name, version = _split(spec)
        if name == "python":
            python, python_line = version.strip("="), foreign_yaml.line_of(node)
        elif name and name not in _INTERPRETER:
            pin, why = _pin(version)
            line = foreign_yaml.line_of(node)
            found.append(Requirement(name, path, line, pin, _pep440(version), why))
    return CondaEnvironment(tuple(found), python, python_line)


def _pip_entry(node: yaml.Node, path: str) -> list[Requirement]:
    read = read_requirement_file(foreign_yaml.text_of(node), path)
    line = foreign_yaml.line_of(node)
    return [
        Requirement(r.name, path, line, r.pin, r.specifier, r.why, hashed=r.hashed)
        for r in read.requirements
    ]


def _split(spec: str) -> tuple[str, str]:
    """Return the name and the version part of a match specification."""
    plain = spec.strip().rpartition("::")[2]
    bracket = _BRACKET.search(plain)
    if bracket:
        return plain.partition("[")[0].strip().lower(), bracket[1].strip()
    found = re.match(r"([\w.-]+)\s*(.*)$", plain)
    return (found[1].lower(), found[2].strip()) if found else ("", "")


def _pin(version: str) -> tuple[Pin, str]:
    if not version:
        return Pin.OPEN, "no version"
    number, _, build = version.lstrip("=").replace(" ", "=", 1).partition("=")
    if "*" in number:
        return Pin.OPEN, "a wildcard"
    if re.search(r"[<>!~|,]", version):
        return Pin.OPEN, "a range"
    if version.startswith("==") or (build and "*" not in build):
        return Pin.EXACT, ""
    if number.count(".") + 1 >= _EXACT_PARTS:
        return Pin.EXACT, ""
    return Pin.PREFIX, "a prefix of versions"


def _pep440(version: str) -> str:
    number = version.lstrip("=").partition("=")[0].strip()
    return f"=={number}" if version.startswith("==") else ""
