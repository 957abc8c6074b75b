"""Model files are kept by Git LFS, DVC or a registry, not by git itself.

Looks at what git holds of every file whose name is that of a model, at what DVC tracks and at
calls that register a model. Git keeps every version of a file for ever, and its clones carry it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.artifacts import (
    LARGE_BYTES,
    Artifact,
    artifact_of,
    is_fixture,
    shown_size,
)
from holdshort.checks.facts.dvc_files import Output
from holdshort.checks.facts.dvc_state import DvcState, dvc_state
from holdshort.checks.facts.git_lfs import Tracked
from holdshort.checks.facts.held_files import artifacts_in
from holdshort.checks.facts.inventory import is_test_path
from holdshort.checks.facts.repository import Repository
from holdshort.model.finding import Confidence, Level, Outcome, Place

MAX_FILES = 20_000
"""Most model files that are looked at. Source: our own limit."""


@dataclass(frozen=True, slots=True)
class _Model:
    """One model file as git holds it."""

    file: Tracked
    sure: bool

    @property
    def is_large(self) -> bool:
        """Whether git itself holds more of it than it should."""
        return not self.file.is_pointer and self.file.size_bytes > LARGE_BYTES

    @property
    def level(self) -> Level:
        """What it says of the statement."""
        if self.file.is_pointer:
            return Level.PASS
        if is_fixture(self.file.path):
            return Level.WARN if self.is_large else Level.INFO
        return Level.FAIL if self.is_large and self.sure else Level.WARN


def look(repository: Repository) -> Verdict:
    """Collect model files and who keeps them."""
    models = _models(repository)
    unknown = repository.unread_note()
    dvc = dvc_state(repository)
    unread = repository.has_errors()
    in_dvc = [(path, out) for path, out in dvc.kept if _is_model(out.path)]
    registered = list(_registered(repository))
    places = [*map(_place, models), *_of_dvc(dvc, in_dvc), *registered]
    places.sort(key=_strength)
    outcome = _outcome(places, unread=unread)
    return Verdict(
        outcome=outcome,
        confidence=Confidence.CERTAIN if models or in_dvc else Confidence.LIKELY,
        headline=_headline(models, in_dvc, registered, unknown),
        evidence=tuple(places),
        facts={
            "in_git": sum(not model.file.is_pointer for model in models),
            "in_lfs": sum(model.file.is_pointer for model in models),
            "in_dvc": len(in_dvc),
            "large": sum(model.is_large for model in models),
            "registered": len(registered),
        },
        remediation=_REMEDIATION if outcome in {Outcome.FAIL, Outcome.WARN} else "",
    )


_REMEDIATION = (
    "Let Git LFS keep model files (history stays as large as it is):\n"
    'git lfs track "*.pt" && git add .gitattributes\n'
    "git rm --cached models/model.pt && git add models/model.pt\n"
    "or DVC: git rm --cached models/model.pt && dvc add models/model.pt && dvc push"
)


def _models(repository: Repository) -> list[_Model]:
    models = {Artifact.MODEL, Artifact.PERHAPS_MODEL}
    kinds = artifacts_in(repository)
    sure = {path: kind is Artifact.MODEL for path, kind in kinds.items() if kind in models}
    for path in list(sure)[MAX_FILES:]:
        repository.note_error(path, "more model files than are looked at")
    held = repository.tracked(list(sure)[:MAX_FILES])
    return [_Model(one, sure[one.path]) for one in held]


def _is_model(path: str) -> bool:
    stem = path.rpartition("/")[2].lower()
    return artifact_of(path) is Artifact.MODEL or stem in {"model", "models", "checkpoints"}


def _place(model: _Model) -> Place:
    file, perhaps = model.file, "" if model.sure else ", perhaps a model"
    if file.pointer_bytes is not None:
        why = f"a Git LFS pointer to {shown_size(file.pointer_bytes)}"
    else:
        why = f"{shown_size(file.size_bytes)} in git itself{perhaps}"
    return place(file.path, 0, model.level, why)


def _of_dvc(dvc: DvcState, in_dvc: list[tuple[str, Output]]) -> Iterator[Place]:
    shared = any(remote.is_shared for _, remote in dvc.remotes)
    for path, out in in_dvc:
        reachable = shared or out.imported
        doubt = "" if reachable else ", and no remote that others could reach is configured"
        level = Level.PASS if reachable else Level.WARN
        yield place(path, out.line, level, f"DVC keeps {out.path}{doubt}")


def _registered(repository: Repository) -> Iterator[Place]:
    """Yield where code hands a model to a registry, or asks one for it."""
    for file, seen in repository.sightings("registering"):
        if not is_test_path(file.path):
            act = "takes from" if seen.detail("act") == "get" else "hands over to"
            why = f"{act} a registry: {seen.detail('name') or seen.what}"
            yield place(file.path, seen.line, Level.PASS, why, cell=seen.cell)


def _outcome(places: list[Place], *, unread: bool) -> Outcome:
    levels = {found.level for found in places}
    if Level.FAIL in levels:
        return Outcome.FAIL
    if Level.WARN in levels:
        return Outcome.WARN
    if unread:
        return Outcome.UNKNOWN
    return Outcome.PASS if Level.PASS in levels else Outcome.NOT_APPLICABLE


def _headline(
    models: list[_Model], in_dvc: list[tuple[str, Output]], registered: list[Place], unknown: str
) -> str:
    in_git = [model.file.size_bytes for model in models if not model.file.is_pointer]
    pointers = len(models) - len(in_git)
    parts = [f"{len(in_git)} in git ({shown_size(sum(in_git))})"] if in_git else []
    parts += [f"{pointers} in Git LFS"] if pointers else []
    parts += [f"{len(in_dvc)} in DVC"] if in_dvc else []
    count = len(models) + len(in_dvc)
    if count:
        return f"Found {count} model file{'s' if count > 1 else ''}: {', '.join(parts)}{unknown}"
    if unknown:
        return f"Found model files that this clone has no content of{unknown}"
    if registered:
        return f"Found no model file; {registered[0].where} {registered[0].why}"
    return "Found no model file that git or DVC tracks"


def _strength(found: Place) -> tuple[int, str, int]:
    order = (Level.FAIL, Level.WARN, Level.PASS, Level.INFO).index(found.level)
    return order, found.path, found.line


CHECK = Check(
    id="model-artifacts-tracked",
    version="1",
    title="model files",
    statement="Model files are kept by Git LFS, DVC or a registry, not by git itself.",
    outcomes={
        Outcome.PASS: "every model file is a Git LFS pointer or in DVC, or code uses a registry",
        Outcome.WARN: (
            f"at most {LARGE_BYTES // 1_000_000} MB in git itself, a large file that only may be a"
            " model, or DVC without a remote that others can reach"
        ),
        Outcome.FAIL: f"a model of more than {LARGE_BYTES // 1_000_000} MB in git itself",
        Outcome.NOT_APPLICABLE: "no model file outside of tests, and no registry",
        Outcome.UNKNOWN: "how git holds a file cannot be told in this clone",
    },
    rules=(
        "What git holds decides, not what stands in the work tree.",
        (
            "Suffixes such as .pkl, .bin and .h5 are models by the words of their names and"
            " folders; a pickle without such a word is perhaps one."
        ),
        "A small model in tests is a fixture.",
        "DVC keeps what a .dvc file or dvc.lock names with a hash.",
        "MLflow, Weights & Biases and SageMaker are registries; an upload to a hub is none.",
    ),
    facts={
        "in_git": "model files that git itself holds",
        "in_lfs": "Git LFS pointers",
        "in_dvc": "model files or folders that DVC keeps",
        "large": "how many in git are too large for it",
        "registered": "places that use a model registry",
    },
    not_checked="history, and whether the remote still has what is pointed to",
    look=look,
)
