"""The repository has tests that a runner would collect.

Looks for test functions and methods in the syntax tree, in files whose name the runner collects.
A file called `test_*` without any is no test.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts import foreign_ini
from holdshort.checks.facts.foreign_toml import load, table
from holdshort.checks.facts.inventory import File, is_test_path
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.test_functions import TestFunction
from holdshort.model.finding import Confidence, Level, Outcome, Place

_CONFIG_NAMES = ("pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")


@dataclass(frozen=True, slots=True)
class _Patterns:
    """What pytest is configured to collect."""

    files: tuple[str, ...] = ("test_*.py", "*_test.py")
    functions: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    configured: bool = False


@dataclass(frozen=True, slots=True)
class _TestFile:
    file: File
    tests: tuple[TestFunction, ...]
    uses_pytest: bool


def look(repository: Repository) -> Verdict:
    """Count what would be collected."""
    python = repository.inventory.python
    patterns = _patterns(repository)
    found = tuple(_test_files(repository, python, patterns))
    misnamed = [f for f in python if _is_candidate(f, patterns) and f not in _files(found)]
    facts = _facts(found, len(python), patterns)
    if not python:
        return Verdict(outcome=Outcome.NOT_APPLICABLE, headline="Found no Python file", facts=facts)
    if not found:
        return _without_tests(repository, python, misnamed, facts)
    tests = [test for row in found for test in row.tests]
    living = [test for test in tests if not test.skipped]
    asserting = [test for test in living if test.asserts]
    doubt = "" if asserting else "none asserts anything" if living else "all are skipped"
    return Verdict(
        outcome=Outcome.WARN if doubt else Outcome.PASS,
        headline=_headline(found, tests, len(python), doubt),
        evidence=tuple(_places(found, doubt)),
        facts=facts,
        remediation="Let the tests run and assert what must hold" if doubt else "",
    )


def _test_files(
    repository: Repository, python: tuple[File, ...], patterns: _Patterns
) -> Iterator[_TestFile]:
    for file, facts in repository.python(python):
        tests = facts.tests.functions
        by_name = any(fnmatch.fnmatch(file.name, pattern) for pattern in patterns.files)
        if by_name:
            kept = tuple(test for test in tests if _is_collected(test, patterns))
        elif is_test_path(file.path):
            kept = tuple(test for test in tests if test.unittest and test.is_test_name)
        else:
            kept = ()
        if kept:
            yield _TestFile(file, kept, facts.tests.uses_pytest)


def _is_collected(test: TestFunction, patterns: _Patterns) -> bool:
    if test.unittest:
        return test.is_test_name
    named = _matches(test.name, patterns.functions) if patterns.functions else test.is_test_name
    if not test.owner:
        return named
    owner = patterns.classes or ("Test",)
    return named and _matches(test.owner, owner)


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(name.startswith(p) or fnmatch.fnmatchcase(name, p) for p in patterns)


def _is_candidate(file: File, patterns: _Patterns) -> bool:
    return any(fnmatch.fnmatch(file.name, pattern) for pattern in patterns.files)


def _files(found: tuple[_TestFile, ...]) -> frozenset[File]:
    return frozenset(row.file for row in found)


def _patterns(repository: Repository) -> _Patterns:
    """Return the first pytest configuration at the root, as pytest itself chooses it."""
    for name in _CONFIG_NAMES:
        text = repository.text(name) if name in repository.paths else None
        options = _options(name, text) if text else None
        if options is not None:
            return _Patterns(
                files=options.get("python_files") or _Patterns().files,
                functions=options.get("python_functions") or (),
                classes=options.get("python_classes") or (),
                configured=True,
            )
    return _Patterns()


def _options(name: str, text: str) -> dict[str, tuple[str, ...]] | None:
    if name == "pyproject.toml":
        return _toml_options(text)
    try:
        sections = foreign_ini.load(text)
    except UnreadableSourceError:
        return None
    section = sections.get("tool:pytest" if name == "setup.cfg" else "pytest")
    if section is None:
        return None
    return {key: tuple(value.split()) for key, value in section.items()}


def _toml_options(text: str) -> dict[str, tuple[str, ...]] | None:
    try:
        options = table(load(text), "tool", "pytest").get("ini_options")
    except UnreadableSourceError:
        return None
    if not isinstance(options, dict):
        return None
    return {key: _words(value) for key, value in options.items()}


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(item for item in value if isinstance(item, str))
    return tuple(value.split()) if isinstance(value, str) else ()


def _facts(found: tuple[_TestFile, ...], python: int, patterns: _Patterns) -> dict[str, object]:
    tests = [test for row in found for test in row.tests]
    pytest = patterns.configured or any(row.uses_pytest for row in found)
    plain = any(not test.unittest for test in tests)
    framework = ("pytest" if pytest or plain else "unittest") if found else None
    return {
        "test_files": len(found),
        "test_functions": len(tests),
        "skipped": sum(test.skipped for test in tests),
        "asserting": sum(test.asserts for test in tests),
        "framework": framework,
        "other_files": python - len(found),
    }


def _headline(
    found: tuple[_TestFile, ...], tests: list[TestFunction], python: int, doubt: str
) -> str:
    functions = "1 test function" if len(tests) == 1 else f"{len(tests)} test functions"
    files = "1 file" if len(found) == 1 else f"{len(found)} files"
    skipped = sum(test.skipped for test in tests)
    more = doubt or (f"{skipped} skipped" if skipped else "")
    tail = f"; {more}" if more else ""
    return f"Found {functions} in {files} of {python} Python files{tail}"


def _places(found: tuple[_TestFile, ...], doubt: str) -> Iterator[Place]:
    level = Level.WARN if doubt else Level.PASS
    for row in found:
        count = len(row.tests)
        why = f"{count} test function{'s' if count > 1 else ''}{', ' + doubt if doubt else ''}"
        yield place(row.file.path, row.tests[0].line, level, why)


def _without_tests(
    repository: Repository, python: tuple[File, ...], misnamed: list[File], facts: dict[str, object]
) -> Verdict:
    places = tuple(
        place(file.path, 0, Level.WARN, "named like a test, holds no test function")
        for file in misnamed
    )
    readable = not any(
        f"{file.path}:" in error for file in misnamed for error in _errors(repository)
    )
    outcome = Outcome.UNKNOWN
    if readable:
        outcome = Outcome.WARN if places else Outcome.FAIL
    count = f"{len(python)} Python file{'s' if len(python) > 1 else ''}"
    named = f"; {len(misnamed)} named like tests hold none" if misnamed else ""
    return Verdict(
        outcome=outcome,
        confidence=Confidence.CERTAIN,
        headline=f"Found 0 test functions in {count}{named}",
        evidence=places,
        facts=facts,
        remediation=_REMEDIATION,
    )


def _errors(repository: Repository) -> tuple[str, ...]:
    return repository.coverage("").errors


_REMEDIATION = (
    "Start with one test of what the model must always do, in tests/test_model.py:\n"
    "def test_prediction_has_the_expected_shape():\n"
    "    assert predict(example()).shape == (1,)"
)

CHECK = Check(
    id="tests-present",
    version="1",
    title="tests",
    statement="The repository has tests that a runner would collect.",
    outcomes={
        Outcome.PASS: "at least one collected test function that is not skipped and asserts",
        Outcome.WARN: "only files named like tests, all tests skipped, or none asserts anything",
        Outcome.FAIL: "no test function in any Python file",
        Outcome.NOT_APPLICABLE: "no Python file",
        Outcome.UNKNOWN: "the files named like tests could not be read",
    },
    rules=(
        (
            "A test is a function test or test_*, or a method of a Test* class without __init__ or"
            " of a TestCase, in the syntax tree; a file name alone proves nothing."
        ),
        "A lower-case letter right after test (testit) is no test.",
        "python_files, python_functions and python_classes of pytest's settings are honoured.",
        "Vendored folders, committed environments and templates do not count.",
        "TestCase classes in a test folder count whatever the file is called.",
    ),
    facts={
        "test_files": "files with at least one collected test",
        "test_functions": "collected functions and methods",
        "skipped": "how many of them are always skipped",
        "asserting": "how many of them claim something",
        "framework": "pytest, unittest, or null",
        "other_files": "Python files without tests",
    },
    not_checked="whether the tests pass, and what they cover",
    look=look,
)
