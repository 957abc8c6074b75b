"""Which tests a runner would collect from a repository, told from names and syntax trees.

In: a repository. Out: `Collected`. pytest is configured by the nearest of its files above a test;
unittest takes methods of `TestCase` classes from files called `test*.py`, and from any file of a
test folder, which is where people point it.
Sources: https://docs.pytest.org/en/stable/reference/customize.html,
https://docs.python.org/3/library/unittest.html#test-discovery
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from holdshort.checks.facts import foreign_ini
from holdshort.checks.facts.foreign_toml import load, table
from holdshort.checks.facts.inventory import File, is_test_path
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.test_functions import TestFunction

_CONFIG_NAMES = (
    "pytest.toml",
    ".pytest.toml",
    "pytest.ini",
    ".pytest.ini",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
)


@dataclass(frozen=True, slots=True)
class Patterns:
    """What pytest is configured to collect."""

    files: tuple[str, ...] = ("test_*.py", "*_test.py")
    functions: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    configured: bool = False


@dataclass(frozen=True, slots=True)
class TestFile:
    """One file, and the tests that would be collected from it."""

    __test__ = False

    file: File
    tests: tuple[TestFunction, ...]
    uses_pytest: bool


@dataclass(frozen=True, slots=True)
class Collected:
    """Everything a runner would find.

    Attributes:
        files: those with at least one test, in path order.
        misnamed: files named like tests that hold none.
        configured: whether pytest is configured somewhere.
    """

    files: tuple[TestFile, ...]
    misnamed: tuple[File, ...]
    configured: bool


def collected_tests(repository: Repository) -> Collected:
    """Return the tests of a repository; unreadable files are noted."""
    patterns = dict(_configurations(repository))
    files = []
    misnamed = []
    for file, facts in repository.python(repository.inventory.python):
        own = _nearest(file, patterns)
        tests = tuple(t for t in facts.tests.functions if _is_collected(file, t, own))
        if tests:
            files.append(TestFile(file, tests, facts.tests.uses_pytest))
        elif _by_name(file, own):
            misnamed.append(file)
    return Collected(tuple(files), tuple(misnamed), any(p.configured for p in patterns.values()))


def _by_name(file: File, patterns: Patterns) -> bool:
    return any(fnmatch.fnmatch(file.name, pattern) for pattern in patterns.files)


def _is_collected(file: File, test: TestFunction, patterns: Patterns) -> bool:
    if test.unittest:
        discovered = fnmatch.fnmatch(file.name, "test*.py") or is_test_path(file.path)
        return test.is_test_name and (discovered or _by_name(file, patterns))
    if not _by_name(file, patterns):
        return False
    named = _matches(test.name, patterns.functions) if patterns.functions else test.is_test_name
    if not test.owner:
        return named
    return named and _matches(test.owner, patterns.classes or ("Test",))


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(name.startswith(p) or fnmatch.fnmatchcase(name, p) for p in patterns)


def _nearest(file: File, patterns: Mapping[str, Patterns]) -> Patterns:
    """Return the configuration of the nearest folder above a file."""
    folder = file.folder
    while True:
        if folder in patterns:
            return patterns[folder]
        if not folder:
            return Patterns()
        folder = folder.rpartition("/")[0]


def _configurations(repository: Repository) -> Iterator[tuple[str, Patterns]]:
    """Yield each folder with the first configuration in it, as pytest itself chooses it."""
    folders: dict[str, dict[str, File]] = {}
    for file in repository.inventory.files:
        if file.name in _CONFIG_NAMES:
            folders.setdefault(file.folder, {})[file.name] = file
    for folder, files in folders.items():
        for name in filter(files.__contains__, _CONFIG_NAMES):
            text = repository.text(files[name].path)
            options = _options(name, text) if text else None
            if options is not None:
                yield (
                    folder,
                    Patterns(
                        files=options.get("python_files") or Patterns().files,
                        functions=options.get("python_functions") or (),
                        classes=options.get("python_classes") or (),
                        configured=True,
                    ),
                )
                break


def _options(name: str, text: str) -> dict[str, tuple[str, ...]] | None:
    if name.endswith(".toml"):
        return _toml_options(text, own=name != "pyproject.toml")
    try:
        sections = foreign_ini.load(text)
    except UnreadableSourceError:
        return None
    section = sections.get("tool:pytest" if name == "setup.cfg" else "pytest")
    if section is None:
        return None
    return {key: tuple(value.split()) for key, value in section.items()}


def _toml_options(text: str, *, own: bool) -> dict[str, tuple[str, ...]] | None:
    """Return the options of `[pytest]`, `[tool.pytest]` or `[tool.pytest.ini_options]`."""
    try:
        document = load(text)
    except UnreadableSourceError:
        return None
    tool = document.get("tool")
    found = (
        document.get("pytest") if own else tool.get("pytest") if isinstance(tool, dict) else None
    )
    if not isinstance(found, dict):
        return None
    inner = table(found, "ini_options") if "ini_options" in found else found
    return {key: _words(value) for key, value in inner.items()}


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(item for item in value if isinstance(item, str))
    return tuple(value.split()) if isinstance(value, str) else ()
