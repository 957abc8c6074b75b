"""The repository has tests that a runner would collect.

Looks for test functions and methods in the syntax tree, in files whose name the runner collects.
A file called `test_*` without any is no test.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.collected_tests import TestFile, collected_tests
from holdshort.checks.facts.inventory import File
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.test_functions import TestFunction
from holdshort.model.finding import Confidence, Level, Outcome, Place


def look(repository: Repository) -> Verdict:
    """Count what would be collected."""
    python = repository.inventory.python
    collected = repository.once(collected_tests)
    found = collected.files
    facts = _facts(found, len(python), configured=collected.configured)
    if not python:
        return Verdict(outcome=Outcome.NOT_APPLICABLE, headline="Found no Python file", facts=facts)
    if not found:
        return _without_tests(repository, python, collected.misnamed, facts)
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


def _facts(found: tuple[TestFile, ...], python: int, *, configured: bool) -> dict[str, object]:
    tests = [test for row in found for test in row.tests]
    pytest = configured or any(row.uses_pytest for row in found)
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
    found: tuple[TestFile, ...], tests: list[TestFunction], python: int, doubt: str
) -> str:
    functions = "1 test function" if len(tests) == 1 else f"{len(tests)} test functions"
    files = "1 file" if len(found) == 1 else f"{len(found)} files"
    skipped = sum(test.skipped for test in tests)
    more = doubt or (f"{skipped} skipped" if skipped else "")
    tail = f"; {more}" if more else ""
    return f"Found {functions} in {files} of {python} Python files{tail}"


def _places(found: tuple[TestFile, ...], doubt: str) -> Iterator[Place]:
    level = Level.WARN if doubt else Level.PASS
    for row in found:
        count = len(row.tests)
        why = f"{count} test function{'s' if count > 1 else ''}{', ' + doubt if doubt else ''}"
        yield place(row.file.path, row.tests[0].line, level, why)


def _without_tests(
    repository: Repository,
    python: tuple[File, ...],
    misnamed: tuple[File, ...],
    facts: dict[str, object],
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
    version="2",
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
        (
            "python_files, python_functions and python_classes of pytest's settings are honoured,"
            " those of the nearest folder above a file."
        ),
        "Vendored folders, committed environments and templates do not count.",
        (
            "TestCase classes count in files called test*.py, and in a test folder whatever the"
            " file is called; a class that inherits from one of the same file is one too."
        ),
        "pytest.skip(allow_module_level=True) and skipif(True) skip whatever happens.",
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
