"""The tests exercise the code that defines or trains the model.

Tests of helpers alone say nothing about a model. Follows the imports of the test suite to the
files they mean; nothing is run, so an import is all that can be seen of a test.
"""

from __future__ import annotations

from collections.abc import Iterator

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.collected_tests import collected_tests
from holdshort.checks.facts.inventory import is_test_path
from holdshort.checks.facts.model_files import Reached, model_files, reached_by_tests
from holdshort.checks.facts.repository import Repository
from holdshort.model.finding import Confidence, Level, Outcome, Place

_SHOWN = 20


def look(repository: Repository) -> Verdict:
    """Compare what tests import with what defines or trains a model."""
    models = model_files(repository)
    tests = {row.file.path for row in repository.once(collected_tests).files}
    if not models or not tests:
        return _nothing(repository, models, tests)
    suite = {path for path in repository.paths if is_test_path(path)} | tests
    reached = [r for r in reached_by_tests(repository, models) if r.path not in suite]
    direct = [one for one in reached if one.path in models]
    covered = sorted({one.path for one in direct})
    through = [] if direct else list(_through(repository, reached, models))
    outcome = Outcome.PASS if covered else Outcome.WARN
    return Verdict(
        outcome=outcome,
        confidence=Confidence.LIKELY,
        headline=_headline(reached, covered, models, through) + repository.unread_note(),
        evidence=tuple(_places(direct, through or reached, models)),
        facts={
            "covered": covered,
            "model_files": len(models),
            "imported": len({one.path for one in reached}),
        },
        remediation="" if covered else _REMEDIATION,
    )


_REMEDIATION = (
    "Test the model itself, in tests/test_model.py:\n"
    "from train import build_model\n"
    "def test_a_step_of_training_lowers_the_loss():\n"
    "    assert loss_after(build_model(), steps=5) < loss_after(build_model(), steps=0)"
)


def _through(
    repository: Repository, reached: list[Reached], models: frozenset[str]
) -> Iterator[Reached]:
    """Yield what is imported that runs a model file in its turn."""
    programs = repository.world().programs
    for one in reached:
        if any(path in models for path in programs.closure(one.path)):
            yield one


def _headline(
    reached: list[Reached], covered: list[str], models: frozenset[str], through: list[Reached]
) -> str:
    if covered:
        return f"Tests run {len(covered)} of {_files(len(models))} concerning a model"
    count = len({one.path for one in reached})
    if not count:
        return f"Tests import nothing of this repository; it has {_files(len(models))} on a model"
    others = "that import a model in their turn" if through else "none of them concerns a model"
    return f"Tests import {_files(count)} of this repository, {others}"


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def _places(
    direct: list[Reached], others: list[Reached], models: frozenset[str]
) -> Iterator[Place]:
    shown: set[str] = set()
    for one in direct or others:
        if one.path not in shown and len(shown) < _SHOWN:
            shown.add(one.path)
            level = Level.PASS if direct else Level.WARN
            yield place(one.test, one.line, level, f"imports {one.path}")
    if not direct and not others:
        yield place(min(models), 0, Level.WARN, "no test imports it")


def _nothing(repository: Repository, models: frozenset[str], tests: set[str]) -> Verdict:
    facts: dict[str, object] = {"covered": [], "model_files": len(models), "imported": 0}
    if models and not tests:
        headline = f"Found no test; {_files(len(models))} concerning a model"
        return Verdict(
            outcome=Outcome.UNKNOWN,
            confidence=Confidence.LIKELY,
            headline=headline + repository.unread_note(),
            facts=facts,
        )
    if repository.has_errors():
        return Verdict(
            outcome=Outcome.UNKNOWN,
            headline="Found no model in what could be read; some files could not be",
            facts=facts,
        )
    return Verdict(
        outcome=Outcome.NOT_APPLICABLE,
        confidence=Confidence.LIKELY,
        headline="Found no Python file that defines or trains a model",
        facts=facts,
    )


CHECK = Check(
    id="tests-cover-model",
    version="1",
    title="tests of the model",
    statement="Tests import the code that defines or trains the model.",
    outcomes={
        Outcome.PASS: "a test imports, starts, or runs by a call a file that concerns a model",
        Outcome.WARN: "tests import only other files, or none",
        Outcome.FAIL: "never: a test may reach the model in a way that cannot be followed",
        Outcome.NOT_APPLICABLE: "no Python file defines or trains a model",
        Outcome.UNKNOWN: "no test, or files that could not be read",
    },
    rules=(
        (
            "A file concerns a model when it defines a network or an estimator, or trains one; or"
            " when it imports a machine-learning library and is called after models, training or"
            " prediction."
        ),
        (
            "What a package passes on is followed to the file that defines it, and what a test"
            " calls to the functions that run then."
        ),
        "Imports inside of tests, fixtures and helpers of the suite count.",
        "A text that names such a file (subprocess.run([python, 'train.py'])) counts too.",
        "Notebooks are not imported, so they are left out.",
    ),
    facts={
        "covered": "files concerning a model that tests import",
        "model_files": "how many such files there are",
        "imported": "how many files of this repository tests import",
    },
    not_checked="what the tests do with what they import, and whether they pass",
    look=look,
)
