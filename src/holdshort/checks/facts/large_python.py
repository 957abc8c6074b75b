"""The facts of a Python file in a repository so large that not every line can be parsed.

In: bytes. Out: `PythonFacts` of the parts that hold a word some check looks for; of a file without
one only what its unindented lines import. A word in a comment costs time, never an error.
"""

from __future__ import annotations

import re
from dataclasses import replace

from holdshort.checks.facts.imports import imports_at_margin
from holdshort.checks.facts.python_facts import PythonFacts, python_facts, python_tests
from holdshort.checks.facts.sights.registry import WORDS
from holdshort.checks.facts.skim import skim

_CHANCE = (
    b"seed(",
    b"--seed",
    b"random_state",
    b".random",
    b"import random",
    b"from random",
    b"torch.rand",
    b"torch.normal",
    b"torch.multinomial",
    b"torch.bernoulli",
    b"nn.init.",
    b"DataLoader(",
    b"random_split",
    b"test_split",
    b"Sampler(",
    b"sklearn",
    b"frac=",
    b"import pandas",
    b"seed_everything",
    b"PRNGKey",
    b"TrainingArguments",
    b"Trainer(",
    b"LightningCLI",
    b"do_sample",
    b"randomSplit",
    b"_dataset_from_directory",
    b"ImageDataGenerator",
    b".shuffle(",
    b".cv(",
    b"LinkSplit",
    b"NodeSplit",
    b"imblearn",
    b"surprise",
    b"optuna",
    b"hyperopt",
    b"skopt",
    b"umap",
    b"instantiate(",
    b"import_module(",
    b"__main__",
)
_IMPORTED = re.compile(
    rb"from (?:torch|numpy) import [^\n]*\b(?:rand|normal|manual_seed|load\b)"
    rb"|from (?:c?[pP]ickle|dill|cloudpickle|joblib|marshal|shelve|yaml) import"
)
_RENAMED = re.compile(rb"import (?:torch|c?[pP]ickle|dill|cloudpickle|joblib|yaml) as ")
_TELLING = (*_CHANCE, *WORDS)
_TESTS = (b"def test", b"TestCase", b"class Test")


def skimmed_facts(data: bytes) -> PythonFacts:
    """Return the facts of code that may use chance, or do what a topic of `sights` looks for."""
    if _IMPORTED.search(data) or _RENAMED.search(data):
        return python_facts(data)
    telling = tuple(word for word in _TELLING if word in data)
    return _parsed(data, telling) if telling else _unparsed(data)


def skimmed_tests(data: bytes) -> PythonFacts:
    """Return the facts of a file of a test suite: which tests there are, and its imports."""
    if not any(word in data for word in _TESTS):
        return _unparsed(data)
    tests = python_tests(skim(data, ()))
    return replace(python_tests(data) if tests.error else tests, margin=_unparsed(data).margin)


def _parsed(data: bytes, words: tuple[bytes, ...]) -> PythonFacts:
    facts = python_facts(skim(data, words))
    return python_facts(data) if facts.error else facts


def _unparsed(data: bytes) -> PythonFacts:
    return PythonFacts(margin=tuple(imports_at_margin(data)))
