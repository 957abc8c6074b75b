"""Which file of the repository an import means, and which definition a dotted name.

In: the files with their imports and definitions. Out: paths and scope names. A file answers to
every tail of its dotted path (`src/pkg/a.py` is `src.pkg.a`, `pkg.a` and `a`), because nobody can
tell from outside which folder is on `sys.path`; of several, the nearest to the importing file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from holdshort.checks.facts.program import Program

MAX_REEXPORTS = 5
"""Longest chain of `from .x import y` followed. Source: our own limit."""


class ModuleNames:
    """Finds files and definitions by the names other files use for them."""

    def __init__(self, programs: Mapping[str, Program]) -> None:
        """Index every file under all its names."""
        self._programs = programs
        self._paths: dict[str, list[str]] = {}
        for path in programs:
            for name in _names_of(path):
                self._paths.setdefault(name, []).append(path)
        self._heads = {name.partition(".")[0] for name in self._paths}

    def find(self, module: str, path: str) -> str:
        """Return the file a module name means when used in `path`, empty when none of ours."""
        dotted = _absolute(module, path) if module.startswith(".") else module
        found = self._paths.get(dotted)
        if not found:
            return ""
        if len(found) == 1:
            return found[0]
        return min(found, key=lambda other: (-_shared(other, path), len(other), other))

    def imported(self, target: str, path: str) -> tuple[str, ...]:
        """Return the files that `import target` runs: the package or module, and its parent."""
        target = target.removesuffix(".*")
        parent = target.rpartition(".")[0]
        candidates = [parent, target] if parent.strip(".") else [target]
        files = (self.find(module, path) for module in candidates)
        return tuple(file for file in files if file and file != path)

    def definitions(self, target: str, path: str, hops: int = 0) -> Iterator[tuple[str, str]]:
        """Yield the scope that a call runs: a function, a method, or a class's `__init__`."""
        if target.startswith(":"):
            yield from self._inside(path, target[1:], hops)
            return
        if target.partition(".")[0] not in self._heads and not target.startswith("."):
            return
        module, rest = target, ""
        while module.strip("."):
            module, _, last = _cut(module)
            rest = f"{last}.{rest}" if rest else last
            found = self.find(module, path) if module else ""
            if found:
                yield from self._inside(found, rest, hops)
                return

    def _inside(self, path: str, name: str, hops: int) -> Iterator[tuple[str, str]]:
        program = self._programs[path]
        if name in program.classes:
            name = f"{name}.__init__"
        if name in program.scopes:
            yield path, name
            return
        first, _, rest = name.partition(".")
        target = program.imports.get(first)
        if target and hops < MAX_REEXPORTS:
            yield from self.definitions(f"{target}.{rest}" if rest else target, path, hops + 1)


def _cut(module: str) -> tuple[str, str, str]:
    """Split off the last name, leaving the dots of a relative import."""
    head, dot, last = module.rpartition(".")
    if dot and not head.strip("."):
        return head + dot, dot, last
    return head, dot, last


def _names_of(path: str) -> Iterator[str]:
    parts = path.rpartition(".")[0].split("/")
    if parts[-1] == "__init__":
        parts.pop()
    return (".".join(parts[start:]) for start in range(len(parts)))


def _absolute(module: str, path: str) -> str:
    rest = module.lstrip(".")
    folders = path.split("/")[: -(len(module) - len(rest))]
    return ".".join([*folders, *([rest] if rest else [])])


def _shared(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one.split("/"), other.split("/"), strict=False):
        if left != right:
            break
        count += 1
    return count
