"""Which facts are made of which file: every function from one file's bytes to what is kept of it.

In: a file and its bytes. Out: plain values. An extractor depends on nothing else, so its result is
kept by blob id and is right on every branch.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from holdshort.checks.facts.inventory import File, Kind, is_test_path
from holdshort.checks.facts.large_python import skimmed_facts, skimmed_tests
from holdshort.checks.facts.python_facts import PythonFacts, notebook_facts, python_facts
from holdshort.checks.facts.secret_facts import secrets_in
from holdshort.checks.facts.secret_patterns import Secret
from holdshort.checks.facts.settings import seed_settings
from holdshort.checks.facts.text import decode
from holdshort.checks.facts.text_notebooks import pairing_of

Fact = TypeVar("Fact")

MAX_FILE_BYTES = 2_000_000
"""Largest file read. Source: docs/promises.md, G9."""

MAX_LARGE_BYTES = 10_000_000
"""Largest notebook read, and largest file searched for credentials: pictures make one notebook in
thirty larger than other files may be, and a table of data may hold a credential too. Source: our
own limit; ten megabytes take about 0.1 s."""


def _usual(file: File) -> int:
    return MAX_LARGE_BYTES if file.kind is Kind.NOTEBOOK else MAX_FILE_BYTES


@dataclass(frozen=True, slots=True)
class Extractor(Generic[Fact]):
    """One kind of fact.

    Attributes:
        name: what its results are kept under.
        kind: the class of the result.
        extract: makes it; pure.
        depends_on: what `extract` reads off the file beside its bytes.
        limit_bytes: the size of the largest such file that is read.
    """

    name: str
    kind: type[Fact]
    extract: Callable[[File, bytes], Fact]
    depends_on: Callable[[File], str] = lambda _: ""
    limit_bytes: Callable[[File], int] = _usual


@dataclass(frozen=True, slots=True)
class Secrets:
    """What looks like a credential in one file."""

    found: tuple[Secret, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """The keys of one configuration file that sound like a seed; None where it says null."""

    found: tuple[tuple[str, str | None], ...]


def _python(file: File, data: bytes) -> PythonFacts:
    if file.kind is Kind.NOTEBOOK:
        return notebook_facts(data)
    return replace(python_facts(data), text_notebook=pairing_of(data))


def _skimmed(file: File, data: bytes) -> PythonFacts:
    if file.kind is Kind.NOTEBOOK:
        return notebook_facts(data)
    facts = skimmed_tests(data) if is_test_path(file.path) else skimmed_facts(data)
    return replace(facts, text_notebook=pairing_of(data))


def _secrets(file: File, data: bytes) -> Secrets:
    return Secrets(secrets_in(file, data))


def _settings(_: File, data: bytes) -> Settings:
    return Settings(seed_settings(decode(data)) if _SEED_WORD.search(data) else ())


_SEED_WORD = re.compile(rb"seed|random_state|rng|determin", re.IGNORECASE)


PYTHON = Extractor("python", PythonFacts, _python, lambda file: file.kind)
SKIMMED = Extractor(
    "skimmed", PythonFacts, _skimmed, lambda file: f"{file.kind} {is_test_path(file.path)}"
)
"""Code of a large repository: whole files without a telling word, and idle bodies, are left out."""

SECRETS = Extractor(
    "secrets",
    Secrets,
    _secrets,
    depends_on=lambda file: f"{file.kind} {file.path}",
    limit_bytes=lambda _: MAX_LARGE_BYTES,
)
SETTINGS = Extractor("settings", Settings, _settings)
