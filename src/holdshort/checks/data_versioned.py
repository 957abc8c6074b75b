"""The data a model is made from is fixed, so that the same commit means the same data.

Looks at what DVC and Git LFS keep, at data files in git itself, and at calls that load a dataset:
whether they name a revision. Small files in git are fixed by the commit; whether they are all of
the data, a person has to say.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.artifacts import (
    LARGE_BYTES,
    LARGE_TOTAL_BYTES,
    Artifact,
    artifact_of,
    shown_size,
)
from holdshort.checks.facts.dvc_state import DvcState, dvc_state
from holdshort.checks.facts.held_files import Held, HeldFiles, held_files
from holdshort.checks.facts.hub_names import BUILDERS, Home, home_of
from holdshort.checks.facts.inventory import is_test_path
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.sightings import Sighting
from holdshort.checks.facts.words import words
from holdshort.model.finding import Confidence, Level, Outcome, Place

_SHOWN = 20
_TRAINERS = words(
    "torch tensorflow keras sklearn jax flax xgboost lightgbm catboost transformers lightning"
    " pytorch_lightning mxnet paddle spacy fastai statsmodels"
)
_FIXED = frozenset({"commit", "version"})
_WHY_LOOSE = {
    "movable": "names a branch or tag, which may move",
    "none": "names no revision",
    "unclear": "takes its name or revision from elsewhere",
}


@dataclass(frozen=True, slots=True)
class _Load:
    """One call that brings data, with its file."""

    path: str
    seen: Sighting
    kind: str

    @property
    def is_fixed(self) -> bool:
        """Whether a commit or a version stands in the call."""
        return self.seen.detail("pin") in _FIXED


def look(repository: Repository) -> Verdict:
    """Collect who keeps the data and what fixes it."""
    dvc = dvc_state(repository)
    held = held_files(repository)
    annex = [path for path in sorted(repository.paths) if path.endswith(".datalad/config")]
    unread = repository.has_errors()
    loads = list(_loads(repository))
    kept = [*_kept_by_dvc(dvc), *_pointers(held), *(_of_load(one) for one in loads if one.is_fixed)]
    doubts = [*_doubts_of_dvc(dvc), *_loose(loads), *_plain(held)]
    doubts += [place(path, 0, Level.WARN, "DataLad keeps data; it is not read") for path in annex]
    doubts += _strays(repository, dvc, loads)
    if not doubts and not dvc.kept and not held.pointers:
        doubts = [*_elsewhere(loads), *(() if kept else _small(held))]
    places = sorted((*doubts, *kept), key=_strength)
    unread |= repository.has_errors() if places else _learns(repository)
    outcome = _outcome(places, unread=unread)
    return Verdict(
        outcome=outcome,
        confidence=Confidence.LIKELY,
        headline=_headline(dvc, held, loads, repository),
        evidence=tuple(places),
        facts=_facts(repository, dvc, held, loads),
        remediation=_REMEDIATION if outcome in {Outcome.FAIL, Outcome.WARN} else "",
    )


_REMEDIATION = (
    "Let DVC keep the data, and commit what it writes:\n"
    "dvc add data && dvc remote add -d store s3://bucket/path && dvc push\n"
    "git add data.dvc .dvc/config\n"
    "For a dataset of a hub name the commit:\n"
    'load_dataset("owner/name", revision="<40 hexadecimal digits>")'
)


def _loads(repository: Repository) -> Iterator[_Load]:
    for file, seen in repository.sightings("datasets"):
        if not is_test_path(file.path):
            yield _Load(file.path, seen, seen.detail("kind"))
    for file, seen in repository.sightings("pretrained"):
        name = seen.detail("name")
        is_hub = seen.detail("kind") == "dataset" and name not in BUILDERS
        if is_hub and not is_test_path(file.path):
            home = home_of(name, seen.detail("named"), is_dataset=True)
            yield _Load(file.path, seen, "file" if home is Home.FOLDER else "hub")


def _kept_by_dvc(dvc: DvcState) -> Iterator[Place]:
    reachable = any(remote.is_shared for _, remote in dvc.remotes)
    for path, out in dvc.kept:
        if (reachable or out.imported) and artifact_of(out.path) is not Artifact.MODEL:
            yield place(path, out.line, Level.PASS, f"DVC keeps {out.path}")


def _doubts_of_dvc(dvc: DvcState) -> Iterator[Place]:
    if not dvc.is_used:
        return
    first = (*dvc.configs, *(path for path, _ in dvc.tracked), *dvc.pipelines)[:1]
    if not dvc.kept and not dvc.unlocked:
        yield from (place(path, 0, Level.WARN, "DVC is set up and keeps nothing") for path in first)
    if dvc.needs_remote and not dvc.remotes:
        yield from (place(path, 0, Level.WARN, "DVC has no remote") for path in first)
    elif dvc.needs_remote and not any(remote.is_shared for _, remote in dvc.remotes):
        path, remote = dvc.remotes[0]
        yield place(path, remote.line, Level.WARN, "the only remote of DVC is a folder")
    for path, out in (*dvc.tracked, *dvc.locked):
        if not out.hashed:
            yield place(path, out.line, Level.WARN, f"no hash fixes {out.path}")
    for path, stage in dvc.unlocked:
        yield place(path, 0, Level.WARN, f"dvc.lock does not hold the stage {stage}")


def _pointers(held: HeldFiles) -> Iterator[Place]:
    for one in held.pointers:
        if one.is_data:
            size = shown_size(one.file.pointer_bytes or 0)
            yield place(one.file.path, 0, Level.PASS, f"a Git LFS pointer to {size}")


def _plain(held: HeldFiles) -> Iterator[Place]:
    """Yield what git itself holds and should not: large files, many files, files with a rule."""
    plain = [one for one in held.files if not one.file.is_pointer and one.is_data]
    sure = [one for one in plain if one.kind in {Artifact.DATA, Artifact.PILE}]
    for one in plain:
        size = shown_size(one.file.size_bytes)
        if one.is_large and one.kind is not None:
            perhaps = one.kind is Artifact.PERHAPS_DATA
            why = f"{size} in git itself{', perhaps data' if perhaps else ''}"
            yield place(one.file.path, 0, Level.WARN if perhaps else Level.FAIL, why)
        elif one.ruled and one.kind is Artifact.DATA:
            yield place(
                one.file.path, 0, Level.WARN, f"{size} in git itself, despite a rule of LFS"
            )
    total = sum(one.file.size_bytes for one in sure)
    if total > LARGE_TOTAL_BYTES and not any(one.is_large for one in sure):
        largest = max(sure, key=lambda one: one.file.size_bytes)
        why = f"the largest of {len(sure)} data files, {shown_size(total)} in git itself"
        yield place(largest.file.path, 0, Level.FAIL, why)


def _small(held: HeldFiles) -> Iterator[Place]:
    found = [h for h in held.files if h.kind is Artifact.DATA and not h.file.is_pointer]
    for one in found[:_SHOWN]:
        why = f"{shown_size(one.file.size_bytes)} in git itself: is that all of the data?"
        yield place(one.file.path, 0, Level.WARN, why)


def _loose(loads: list[_Load]) -> Iterator[Place]:
    """Yield the calls that bring data which nothing in the repository fixes."""
    for one in loads:
        if not one.is_fixed and one.kind in {"hub", "address", "store"}:
            yield _of_load(one)


def _strays(repository: Repository, dvc: DvcState, loads: list[_Load]) -> Iterator[Place]:
    """Yield the calls that read a data file, by its name, which neither git nor DVC knows."""
    known = {posixpath.basename(path) for path in repository.every_path}
    outs = [f"/{out.path}" for _, out in (*dvc.tracked, *dvc.locked)]
    for one in loads:
        name = f"/{one.seen.detail('name')}"
        if one.kind == "file" and artifact_of(name) is Artifact.DATA and "{" not in name:
            is_kept = any(f"{out}/" in f"{name}/" for out in outs)
            if posixpath.basename(name) not in known and not is_kept:
                yield _of_load(one)


def _elsewhere(loads: list[_Load]) -> Iterator[Place]:
    """Yield the calls whose data are decided elsewhere, or left to a library."""
    for one in loads[:_SHOWN]:
        if one.kind == "package" or (one.kind == "file" and not one.seen.detail("name")):
            yield _of_load(one)


def _of_load(one: _Load) -> Place:
    name, pin = one.seen.detail("name"), one.seen.detail("pin")
    called = one.seen.what.lstrip("?.")
    if one.is_fixed:
        why = f"{called} names {name or 'data'} and a {pin}"
    elif one.kind == "file":
        unknown = "which neither git nor DVC knows"
        why = f"{called} reads {f'{name}, {unknown}' if name else 'a path decided elsewhere'}"
    elif one.kind == "package":
        why = f"{called} brings data with a library"
    elif one.kind == "store":
        why = f"{called} asks a database, whose rows change"
    elif one.kind == "address":
        why = f"{called} reads an address that names no commit"
    else:
        why = f"{called} {_WHY_LOOSE[pin]}{f': {name}' if name else ''}"
    level = Level.PASS if one.is_fixed else Level.WARN
    return place(one.path, one.seen.line, level, why, cell=one.seen.cell)


def _learns(repository: Repository) -> bool:
    """Tell whether some code imports what models are trained with, so that data come from afar."""
    return any(
        one.top in _TRAINERS
        for file, imports in repository.imports()
        if not is_test_path(file.path)
        for one in imports
    )


def _outcome(places: list[Place], *, unread: bool) -> Outcome:
    levels = {found.level for found in places}
    if Level.FAIL in levels:
        return Outcome.FAIL
    if Level.WARN in levels:
        return Outcome.WARN
    if unread:
        return Outcome.UNKNOWN
    return Outcome.PASS if Level.PASS in levels else Outcome.NOT_APPLICABLE


def _headline(dvc: DvcState, held: HeldFiles, loads: list[_Load], repository: Repository) -> str:
    plain = [h for h in held.files if h.kind is Artifact.DATA and not h.file.is_pointer]
    size = shown_size(sum(one.file.size_bytes for one in plain))
    fixed = sum(one.is_fixed for one in loads)
    parts = [f"{_count(len(dvc.kept), 'output')} in DVC"] if dvc.is_used else []
    parts += [f"{_count(len(held.pointers), 'file')} in Git LFS"] if held.pointers else []
    parts += [f"{_count(len(plain), 'data file')} in git ({size})"] if plain else []
    calls = _count(len(loads), "call")
    parts += [f"{calls} to load data, {fixed} of a fixed revision"] if loads else []
    found = "; ".join(parts) or "no data file and no known call that brings data"
    return f"Found {found}{repository.unread_note()}"


def _facts(
    repository: Repository, dvc: DvcState, held: HeldFiles, loads: list[_Load]
) -> dict[str, object]:
    locks = [path.removesuffix("yaml") + "lock" for path in dvc.pipelines]
    plain = [one for one in held.files if not one.file.is_pointer and _counts(one)]
    return {
        "dvc": dvc.is_used,
        "dvc_files": dvc.files,
        "lock": all(path in repository.paths for path in locks) if locks else None,
        "remote": bool(dvc.remotes) if dvc.is_used else None,
        "lfs": bool(held.rules or held.pointers),
        "lfs_pointers": len(held.pointers),
        "in_git": len(plain),
        "large": sum(one.is_large for one in plain),
        "loads": len(loads),
        "fixed": sum(one.is_fixed for one in loads),
    }


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _counts(one: Held) -> bool:
    return one.kind is Artifact.DATA or (one.kind is Artifact.PILE and one.is_large)


def _strength(found: Place) -> tuple[int, str, int]:
    order = (Level.FAIL, Level.WARN, Level.PASS, Level.INFO).index(found.level)
    return order, found.path, found.line


CHECK = Check(
    id="data-versioned",
    version="1",
    title="data",
    statement="The data a model is made from is fixed: the same commit means the same data.",
    outcomes={
        Outcome.PASS: (
            "DVC keeps it with a hash and a remote that others can reach, Git LFS keeps it, or"
            " every dataset is loaded with a commit or version"
        ),
        Outcome.WARN: (
            "partly: DVC without a remote, hash or lock, a dataset without a revision, an address,"
            " a query, a path nobody tracks, or only small files in git itself"
        ),
        Outcome.FAIL: (
            f"a data file of more than {LARGE_BYTES // 1_000_000} MB in git itself, or more than"
            f" {LARGE_TOTAL_BYTES // 1_000_000} MB together"
        ),
        Outcome.NOT_APPLICABLE: "no data, no known call that brings any, no library for training",
        Outcome.UNKNOWN: (
            "a library for training and no sign of data, or files of DVC or objects of git could"
            " not be read"
        ),
    },
    rules=(
        "What git holds decides, not what stands in the work tree: a pointer is a pointer.",
        "DVC set up is not data kept; a .dvc file or dvc.lock with a hash is.",
        "A folder as the only remote is of one machine; data imported from a commit needs none.",
        "A branch or tag of a dataset may move; a commit, or a version of a registry, may not.",
        "Files are data by suffix, or by a folder such as data or datasets; tests are left out.",
        "Of calls, those of datasets, TensorFlow Datasets, OpenML, pandas and others are known.",
    ),
    facts={
        "dvc": "whether DVC is used",
        "dvc_files": "how many .dvc files there are",
        "lock": "whether each dvc.yaml has its dvc.lock, null without one",
        "remote": "whether DVC has a remote, null without DVC",
        "lfs": "whether a rule or a pointer of Git LFS is there",
        "lfs_pointers": "files of which git holds a pointer",
        "in_git": "data files that git itself holds",
        "large": "how many of them are too large for it",
        "loads": "calls that bring data",
        "fixed": "how many of them name a commit or version",
    },
    not_checked="whether the remote still has the data, and data that comes another way",
    look=look,
)
