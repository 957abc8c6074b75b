"""Which files define a model, train one or serve one, and which of them a test suite runs.

In: a repository. Out: paths. A file counts by what it does (a class that is a network, a call that
trains) or, when it imports a machine-learning library, by how it is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from holdshort.checks.facts.inventory import File, is_test_path
from holdshort.checks.facts.program import Call, Import, Program
from holdshort.checks.facts.programs import Programs
from holdshort.checks.facts.python_facts import PythonFacts
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.words import words

MAX_REEXPORTS = 5
"""Longest chain of `from .x import y` followed. Source: our own limit."""

_LIBRARIES = words(
    "torch tensorflow keras tf_keras jax flax sklearn xgboost lightgbm catboost transformers"
    " onnxruntime joblib mlflow spacy sentence_transformers timm diffusers peft trl lightning"
    " pytorch_lightning statsmodels prophet fastai gensim bentoml lightfm surprise implicit"
    " autogluon ultralytics skorch"
)
_NAME = re.compile(
    r"(^|_)(models?|train(er|ing)?|finetun\w*|fine_tune|pretrain\w*|predict(or|ion|ions)?|infer(ence)?"
    r"|net(s|work|works)?|classifiers?|regressors?|estimators?|forecast(er|ing)?|recommenders?"
    r"|detectors?|segmenters?|embedd(er|ings?)|agents?|polic(y|ies)|losses|loss|layers?|modeling"
    r"|modelling|backbones?|encoders?|decoders?|transformers?|unet|resnet|vit|gpt|bert)(_|$|\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reached:
    """One file of the repository that a test imports, starts or runs by a call.

    Attributes:
        test: the path of the test.
        path: the file that is imported, or that defines what is.
    """

    test: str
    line: int
    path: str


def model_files(repository: Repository) -> frozenset[str]:
    """Return the files outside of tests that define, train or serve a model."""
    found = {file.path for file, _ in repository.sightings("training")}
    for file, imports in repository.imports():
        stem = file.name.removesuffix(".py")
        folder = file.folder.rpartition("/")[2]
        named = _NAME.search(stem) or (stem == "__init__" and _NAME.search(folder))
        if named and any(one.top in _LIBRARIES for one in imports):
            found.add(file.path)
    return frozenset(path for path in found if path.endswith(".py") and not is_test_path(path))


def reached_by_tests(repository: Repository, models: frozenset[str]) -> Iterator[Reached]:
    """Yield the files that the test suite imports or starts, and model files that its calls run."""
    programs = repository.world().programs
    defined = _definitions(programs, models)
    scripts = {path: path for path in models}
    for file, facts in repository.python(repository.inventory.python):
        if not is_test_path(file.path):
            continue
        for target, line in _imports(facts):
            for path in _files(programs, defined, target, file):
                yield Reached(file.path, line, path)
        for call in _calls(facts):
            for path in sorted(_run(programs, call, file) & models):
                yield Reached(file.path, call.line, path)
        for seen in facts.code.sightings if facts.code else ():
            if seen.topic == "scripts":
                path = scripts.get(seen.what) or _by_tail(seen.what, models)
                if path:
                    yield Reached(file.path, seen.line, path)


def _imports(facts: PythonFacts) -> Iterator[tuple[str, int]]:
    """Yield what a file imports, by full dotted name."""
    if facts.code is None:
        for one in facts.margin:
            for name in one.names or ("",):
                yield f"{one.module}.{name}".rstrip("."), one.line
        return
    for scope in facts.code.program.scopes.values():
        for event in scope.events:
            if isinstance(event, Import):
                yield event.target, event.line


def _calls(facts: PythonFacts) -> Iterator[Call]:
    for scope in facts.code.program.scopes.values() if facts.code else ():
        for event in scope.events:
            if isinstance(event, Call) and not event.target.startswith(":"):
                yield event


def _run(programs: Programs, call: Call, file: File) -> frozenset[str]:
    """Return the files whose functions run when a test calls one."""
    called = list(programs.modules.definitions(call.target, file.path))
    return frozenset(path for path, _ in programs.run_by(called)) if called else frozenset()


def _files(
    programs: Programs, defined: Mapping[str, frozenset[str]], target: str, file: File
) -> Iterator[str]:
    """Yield the file that an import means; of a package that hides it, those that define it."""
    found = _defining(programs, target.removesuffix(".*"), file.path)
    if not found:
        return
    yield found
    if found.endswith("__init__.py"):
        folder = found.rpartition("/")[0]
        for path in sorted(defined.get(target.rpartition(".")[2], ())):
            if path.startswith(f"{folder}/"):
                yield path


def _defining(programs: Programs, target: str, path: str, hops: int = 0) -> str:
    """Return the file that defines what a dotted name means, through packages that pass it on."""
    found = programs.modules.find(target, path)
    parent, _, name = target.rpartition(".")
    package = programs.modules.find(parent, path) if parent.strip(".") else ""
    if found or not package:
        return found
    program = programs.programs[package]
    again = program.imports.get(name) if not _defines(program, name) else None
    inner = _defining(programs, again, package, hops + 1) if again and hops < MAX_REEXPORTS else ""
    return inner or package


def _defines(program: Program, name: str) -> bool:
    return name in program.classes or name in program.scopes


def _definitions(programs: Programs, models: frozenset[str]) -> dict[str, frozenset[str]]:
    """Return which model files define a name."""
    found: dict[str, set[str]] = {}
    for path in models:
        program = programs.programs.get(path)
        for name in (*program.classes, *program.scopes) if program else ():
            found.setdefault(name, set()).add(path)
    return {name: frozenset(paths) for name, paths in found.items()}


def _by_tail(named: str, models: frozenset[str]) -> str:
    tails = [path for path in models if path.endswith(f"/{named}")]
    return min(tails, key=len) if tails else ""
