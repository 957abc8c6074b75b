"""What a repository says of DVC, all its files together.

In: a `Repository`. Out: `DvcState`, made once and shared. Files that cannot be read are noted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from holdshort.checks.facts.dvc_files import (
    Output,
    Remote,
    read_locked,
    read_pipeline,
    read_remotes,
    read_tracked,
)
from holdshort.checks.facts.inventory import File, is_test_path
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.repository import Repository

MAX_FILES = 2_000
"""Most `*.dvc` files that are read. Source: our own limit."""


_T = TypeVar("_T")
_Placed = tuple[str, Output]


@dataclass(frozen=True, slots=True)
class DvcState:
    """What DVC is told to do here; each value comes with the path of the file that says it.

    Attributes:
        configs: paths of `.dvc/config`.
        remotes: default ones first.
        tracked: outputs of `*.dvc` files.
        locked: outputs in `dvc.lock`.
        pipelines: paths of `dvc.yaml`.
        unlocked: stages whose outputs no `dvc.lock` holds.
        files: how many `*.dvc` files there are.
    """

    configs: tuple[str, ...]
    remotes: tuple[tuple[str, Remote], ...]
    tracked: tuple[_Placed, ...]
    locked: tuple[_Placed, ...]
    pipelines: tuple[str, ...]
    unlocked: tuple[tuple[str, str], ...]
    files: int

    @property
    def is_used(self) -> bool:
        """Whether anything of DVC is there."""
        return bool(self.configs or self.files or self.pipelines)

    @property
    def kept(self) -> tuple[_Placed, ...]:
        """Outputs that DVC, not git, keeps and whose content is fixed."""
        both = (*self.tracked, *self.locked)
        return tuple((path, out) for path, out in both if out.hashed and out.cached)

    @property
    def needs_remote(self) -> bool:
        """Whether something is kept that no other repository brings."""
        return any(not out.imported for _, out in self.kept)


def dvc_state(repository: Repository) -> DvcState:
    """Return what all files of DVC say together."""
    return repository.once(_read)


def _read(repository: Repository) -> DvcState:
    files = [file for file in repository.inventory.files if not is_test_path(file.path)]
    pointers = [f for f in files if f.name.endswith(".dvc") and f.name != ".dvc"]
    configs = [f for f in files if f"/{f.path}".endswith("/.dvc/config")]
    pipelines = [f for f in files if f.name == "dvc.yaml"]
    remotes = _parsed(repository, configs, read_remotes)
    tracked = _parsed(repository, pointers[:MAX_FILES], read_tracked)
    locks = _parsed(repository, [f for f in files if f.name == "dvc.lock"], read_locked)
    stages = {(path.removesuffix("lock"), name) for path, (names, _) in locks for name in names}
    return DvcState(
        configs=tuple(file.path for file in configs),
        remotes=tuple((path, one) for path, found in remotes for one in found),
        tracked=tuple((path, out) for path, outs in tracked for out in outs),
        locked=tuple((path, out) for path, (_, outs) in locks for out in outs),
        pipelines=tuple(file.path for file in pipelines),
        unlocked=tuple(
            (path, name)
            for path, names in _parsed(repository, pipelines, read_pipeline)
            for name in names
            if (path.removesuffix("yaml"), name) not in stages
        ),
        files=len(pointers),
    )


def _parsed(
    repository: Repository, files: list[File], reader: Callable[[str, str], _T]
) -> list[tuple[str, _T]]:
    found = []
    for file, text in repository.texts(files):
        try:
            found.append((file.path, reader(text, file.path)))
        except UnreadableSourceError as error:
            repository.note_error(file.path, str(error))
    return found
