"""Which file of the repository a path inside of an image is.

In: a Dockerfile with its place, and the paths of the repository. Out: the path of the file that a
`COPY`, `ADD` or bind mount brought there. What the build context is, no file tells: the folder of
the Dockerfile and those above it are tried, the root first when the folder only holds Dockerfiles.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from holdshort.checks.facts.docker_stages import Dockerfile, Stage, Step, filled

MAX_LOOKS = 100_000
"""Most copies looked at for one Dockerfile; a file sought after that is not found. Source: our own
limit."""

MAX_COPIES = 500
"""Most sources of one Dockerfile that are looked at. Source: our own limit."""

_HOLDERS = frozenset({"docker", ".docker", "dockerfiles", "deploy", "ci", ".devcontainer", "build"})


@dataclass(frozen=True, slots=True)
class _Copy:
    """One source that lands somewhere; `origin` is a stage it comes from, else the context."""

    source: str
    target: str
    is_folder: bool
    origin: str


class ImageContext:
    """The files of one Dockerfile's build."""

    def __init__(self, path: str, dockerfile: Dockerfile, paths: Collection[str]) -> None:
        """Take note of the paths; nothing is read."""
        self._dockerfile = dockerfile
        self._paths = paths
        self._left = MAX_LOOKS
        self._known: dict[int, tuple[_Copy, ...]] = {}
        own = posixpath.dirname(path)
        above = [own]
        while above[-1]:
            above.append(posixpath.dirname(above[-1]))
        holder = posixpath.basename(own).lower() in _HOLDERS
        self._roots = [*above[1:][::-1], own] if holder else above

    def file(self, name: str, stage: Stage, step: Step, folder: str) -> str | None:
        """Return the file of the repository that a step finds under a name."""
        target = posixpath.normpath(posixpath.join(folder, name))
        mounts = _mounts(step)
        for candidate in self._candidates(target, stage, mounts):
            found = self._in_context(candidate)
            if found is not None:
                return found
        return None

    def anywhere(self, name: str) -> str | None:
        """Return the file that most likely is meant, whether or not it is copied."""
        plain = posixpath.normpath(name).lstrip("/")
        found = self._in_context(plain) or self._in_context(posixpath.basename(plain))
        if found is not None:
            return found
        alike = self._by_name.get(posixpath.basename(plain), [])
        return alike[0] if len(alike) == 1 else None

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in sorted(self._paths):
            found.setdefault(posixpath.basename(path), []).append(path)
        return found

    def _in_context(self, candidate: str) -> str | None:
        candidate = re.sub(r"^(?:\.\./)+", "", candidate)  # as Docker does: none leaves the context
        if candidate.startswith(("..", "/")):
            return None
        joined = (posixpath.normpath(posixpath.join(root, candidate)) for root in self._roots)
        return next((path for path in joined if path in self._paths), None)

    def _candidates(self, target: str, stage: Stage, mounts: list[_Copy]) -> Iterator[str]:
        """Yield the paths in the build context that a path in a stage may come from."""
        waiting, seen = [(target, stage)], {(target, stage.line)}
        while waiting:
            path, where = waiting.pop(0)
            for copy in [*(mounts if where is stage else []), *self._copies(where)]:
                self._left -= 1
                if self._left < 0:
                    return
                for source in _sources(copy, path):
                    if not copy.origin:
                        yield source.lstrip("/")
                        continue
                    origin = self._dockerfile.stage_named(copy.origin)
                    inside = posixpath.normpath(posixpath.join("/", source))
                    if origin is not None and (inside, origin.line) not in seen:
                        seen.add((inside, origin.line))
                        waiting.append((inside, origin))

    def _copies(self, stage: Stage) -> tuple[_Copy, ...]:
        """Return what a stage and those it starts from copy, the last first."""
        if stage.line not in self._known:
            steps = (step for one in self._dockerfile.lineage(stage) for step in one.steps)
            copying = (s for s in steps if s.instruction.name in {"COPY", "ADD"})
            copies = [copy for step in islice(copying, MAX_COPIES) for copy in _copied(step)]
            self._known[stage.line] = tuple(reversed(copies[:MAX_COPIES]))
        return self._known[stage.line]


def _copied(step: Step) -> Iterator[_Copy]:
    words = [filled(word, step.variables) for word in step.instruction.words()]
    sources, last = words[:-1], words[-1] if words else ""
    target = posixpath.normpath(posixpath.join(step.folder, last))
    is_folder = last.endswith("/") or last in {".", ".."} or len(sources) > 1
    origin = step.instruction.flag("from")
    for source in sources[:MAX_COPIES]:
        if not source.startswith("<<") and "://" not in source:
            yield _Copy(source, target, is_folder, origin)


def _mounts(step: Step) -> list[_Copy]:
    """Return what the bind mounts of a `RUN` bring."""
    found: list[_Copy] = []
    for name, value in step.instruction.flags:
        if name == "mount":
            fields = dict(part.partition("=")[::2] for part in value.split(","))
            target = fields.get("target") or fields.get("dst") or fields.get("destination") or ""
            if fields.get("type", "bind") == "bind" and target:
                inside = posixpath.normpath(posixpath.join(step.folder, target))
                source = fields.get("source") or fields.get("src") or "."
                origin = fields.get("from", "")
                found.append(_Copy(source, inside, is_folder=False, origin=origin))
    return found


def _sources(copy: _Copy, target: str) -> Iterator[str]:
    """Yield what a path comes from if this copy brought it: the file, or one of its folder."""
    source = copy.source.rstrip("/") or "/"
    name, pattern = posixpath.basename(target), posixpath.basename(source)
    if copy.target == target and not copy.is_folder:
        yield source
    if posixpath.dirname(target) == copy.target and fnmatch.fnmatchcase(name, pattern):
        yield posixpath.join(posixpath.dirname(source), name)
    prefix = copy.target if copy.target.endswith("/") else f"{copy.target}/"
    if target.startswith(prefix):
        yield posixpath.normpath(posixpath.join(source, target[len(prefix) :]))
