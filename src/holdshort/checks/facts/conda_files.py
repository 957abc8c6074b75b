"""Conda environments: `environment.yml` and its `pip:` part.

In: text. Out: requirements with lines, and the Python version named. A single `=` is a prefix:
with three parts it leaves the build open, with fewer the patch version. A build string pins.
Source: https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import yaml
from packaging.utils import canonicalize_name

from holdshort.checks.facts import foreign_yaml
from holdshort.checks.facts.requirement_files import RequirementFile, read_requirement_file
from holdshort.checks.facts.requirements import MAX_REQUIREMENTS, Pin, Requirement

INSTALLERS = frozenset({"pip", "setuptools", "wheel"})
"""What installs the rest; their versions are not counted as requirements."""

INTERPRETER = INSTALLERS | {"python"}
"""What every environment has."""

_BRACKET = re.compile(r"([\w.-]+)\[([^\]]*)\]$")
_VERSION = re.compile(r"(?:^|[,\s])version\s*=\s*(?:'([^']*)'|\"([^\"]*)\"|([^,\s]+))")
_BUILD = re.compile(r"(?:^|[,\s])build\s*=\s*[^*]+$")
_NAME = re.compile(r"([A-Za-z0-9_][\w.-]*)\s*(.*)$")
_EXACT_PARTS = 3


@dataclass(frozen=True, slots=True)
class CondaEnvironment:
    """One conda environment.

    Attributes:
        requirements: packages of conda and of pip, Python among them, without the installers.
        python: the version of Python asked for, empty when none.
        python_line: where it is asked for.
        includes: requirement files that the pip part names, resolved against this file.
        constraints: constraint files that the pip part names, resolved against this file.
    """

    path: str
    requirements: tuple[Requirement, ...]
    python: str
    python_line: int
    includes: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()

    def as_requirement_file(self) -> RequirementFile:
        """Return the same as a requirement file, so that its includes can be followed."""
        return RequirementFile(
            self.path, self.requirements, self.includes, self.constraints, is_compiled=False
        )


def read_conda(text: str, path: str) -> CondaEnvironment | None:
    """Return a conda environment, or None when the document is none.

    Raises:
        UnreadableSourceError: not YAML, or beyond a limit.
    """
    listed = foreign_yaml.get(foreign_yaml.compose(text), "dependencies")
    if not isinstance(listed, yaml.SequenceNode):
        return None
    found: list[Requirement] = []
    pips: list[RequirementFile] = []
    python, python_line = "", 0
    for node in foreign_yaml.elements(listed):
        pips += [_pip(e, path) for e in foreign_yaml.elements(foreign_yaml.get(node, "pip"))]
        spec, line = foreign_yaml.text_of(node), foreign_yaml.line_of(node)
        name, version = _split(spec)
        if name == "python":
            python, python_line = version.strip("= "), line
        if name and name not in INSTALLERS:
            found.append(conda_requirement(name, version, path, line))
    found += [row for pip in pips for row in pip.requirements]
    found.sort(key=lambda row: row.line)
    return CondaEnvironment(
        path,
        tuple(found[:MAX_REQUIREMENTS]),
        python,
        python_line,
        tuple(include for pip in pips for include in pip.includes),
        tuple(constraint for pip in pips for constraint in pip.constraints),
    )


def match_specification(spec: str, path: str, line: int) -> Requirement | None:
    """Return one package as conda's command line takes it, None for what is no package."""
    name, version = _split(spec)
    return conda_requirement(name, version, path, line) if name else None


def conda_requirement(name: str, version: str, path: str, line: int) -> Requirement:
    """Return a package with the version part of a match specification."""
    pin, why = _pin(version)
    number = re.match(r"[= ]*([\w.+!]*)(?:[ =]|$)", version)
    specifier = f"=={number[1]}" if number and number[1] and pin is Pin.EXACT else ""
    return Requirement(canonicalize_name(name), path, line, pin, specifier, why)


def _pip(node: yaml.Node, path: str) -> RequirementFile:
    read = read_requirement_file(foreign_yaml.text_of(node), path)
    line = foreign_yaml.line_of(node)
    return replace(read, requirements=tuple(replace(r, line=line) for r in read.requirements))


def _split(spec: str) -> tuple[str, str]:
    """Return the name and the version part of a match specification."""
    plain = spec.strip().rpartition("::")[2]
    if bracket := _BRACKET.match(plain):
        version = _VERSION.search(bracket[2])
        number = next((part for part in version.groups() if part), "") if version else ""
        is_built = number and _BUILD.search(bracket[2])
        return bracket[1].lower(), f"={number}=build" if is_built else _bracketed(number)
    found = _NAME.match(plain)
    return (found[1].lower(), found[2].strip()) if found else ("", "")


def _bracketed(number: str) -> str:
    return f"=={number}" if re.match(r"\d", number) and "*" not in number else number


def _pin(version: str) -> tuple[Pin, str]:
    """Return how tight a version part is.

    `1.2` apart from the name is exact, `=1.2` a prefix, `=1.2=build` and `1.2 build` a build.
    """
    if not version or version == "*":
        return Pin.OPEN, "no version"
    number, _, build = re.sub(r"\s+", "=", version.lstrip("= ")).partition("=")
    if "*" in number:
        return Pin.OPEN, "a wildcard"
    if re.search(r"[<>!~|,]", version):
        return Pin.OPEN, "a range"
    if not version.startswith("=") or version.startswith("==") or (build and "*" not in build):
        return Pin.EXACT, ""
    if number.count(".") + 1 >= _EXACT_PARTS:
        return Pin.EXACT, ""
    return Pin.PREFIX, "a prefix of versions"
