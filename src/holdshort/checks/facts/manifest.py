"""What one manifest of Python packaging declares, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass

from holdshort.checks.facts.requirements import Requirement


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one manifest declares.

    Attributes:
        kind: `pyproject`, `pipfile`, `pixi`, `setup.cfg` or `setup.py`.
        requirements: for run time.
        development: in extras and groups.
        overridden: names whose versions are decided elsewhere, whatever a requirement says.
        python: the Python versions asked for, empty when none are.
        python_line: where they are asked for, 0 when the format does not tell.
        name: of the project, normalised.
        modules: the import packages it says it installs, with dots, empty when it does not say.
        is_package: it can be built, so it may be a library.
        dynamic: requirements are computed elsewhere; `files` when it says in which files.
        tools: whose tables it holds, such as `poetry` and `uv`.
    """

    kind: str
    path: str
    requirements: tuple[Requirement, ...] = ()
    development: tuple[Requirement, ...] = ()
    overridden: frozenset[str] = frozenset()
    python: str = ""
    python_line: int = 0
    name: str = ""
    modules: tuple[str, ...] = ()
    is_package: bool = False
    dynamic: bool = False
    files: tuple[str, ...] = ()
    tools: frozenset[str] = frozenset()
