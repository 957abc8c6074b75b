"""Whether a project unit is a library, which may have ranges, or an application.

In: a unit and the paths of the repository. Out: a yes or no. A library can be built, can be
imported, and starts no training of its own: no script outside of the package, and no module in it
that runs by itself. Examples, benchmarks, tests and documentation are not what it installs.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator

from holdshort.checks.facts.dependency_units import Unit
from holdshort.checks.facts.inventory import is_aside_path
from holdshort.checks.facts.words import words

_TRAINS = re.compile(r"(train|training|finetune|fine_tune|pretrain|fit)([_-]\w+)?\.py$")
_GUARD = re.compile(r"^if __name__ *==|^@hydra\.main", re.MULTILINE)
_STARTS = re.compile(r"(run|main|app)([_-]\w+)?\.py$")
MAX_READ = 20
"""Most modules that are read for a start of their own. Source: our own limit."""

_PIPELINES = words("dvc.yaml mlproject")
_NEAR = frozenset({"", "src", "scripts", "bin", "tools", "app"})
_EXAMPLES = words(
    "example examples demo demos benchmark benchmarks bench tutorial tutorials notebooks research"
    " recipes projects samples scripts_examples asv_bench"
)
_NO_PACKAGES = words(
    "tests test docs doc examples example scripts script tools benchmarks benchmark bench notebooks"
    " experiments configs config data ci utils"
)


def is_library(
    unit: Unit,
    paths: Collection[str],
    folders: Collection[str],
    read: Callable[[str], str | None],
) -> bool:
    """Tell whether a unit is a package that trains nothing.

    Args:
        unit: what is asked about.
        paths: of every file of the repository.
        folders: of every unit; what belongs to one further in is left out.
        read: returns the text of a file; asked for a few modules that are named like training.
    """
    if not unit.package:
        return False
    own = sorted(_own(unit.folder, paths, folders))
    packages = _packages(unit, own)
    if not packages or any(_starts_training(path, packages) for path in own):
        return False
    prefix = f"{unit.folder}/" if unit.folder else ""
    modules = [f"{prefix}{path}" for path in own if _TRAINS.match(posixpath.basename(path).lower())]
    return not any(_GUARD.search(read(path) or "") for path in modules[:MAX_READ])


def _own(folder: str, paths: Collection[str], folders: Collection[str]) -> Iterator[str]:
    prefix = f"{folder}/" if folder else ""
    inner = tuple(f"{one}/" for one in folders if one.startswith(prefix) and one != folder)
    for path in paths:
        relative = path.removeprefix(prefix)
        parts = set(relative.lower().split("/")[:-1])
        if path.startswith(prefix) and not path.startswith(inner) and _EXAMPLES.isdisjoint(parts):
            yield relative


def _packages(unit: Unit, own: list[str]) -> frozenset[str]:
    """Return the top folders or modules that the unit installs."""
    tops = {re.sub(r"^(src|python|lib)/", "", p).partition("/")[0] for p in own if _is_init(p)}
    tops -= _NO_PACKAGES | {"__init__.py"}
    named = {m.partition(".")[0] for d in unit.declared for m in d.modules}
    named |= {unit.package.replace("-", form) for form in ("_", "", ".")}
    named |= {name.removeprefix("python_").removesuffix("_python") for name in named}
    found = {top for top in tops if top.lower() in named or top in named}
    modules = {p.removeprefix("src/").removesuffix(".py") for p in own if p.endswith(".py")}
    return frozenset(found or named & modules or (tops if len(tops) == 1 else ()))


def _is_init(path: str) -> bool:
    return re.fullmatch(r"((src|python|lib)/)?[^/]+/__init__\.pyi?", path) is not None


def _starts_training(path: str, packages: frozenset[str]) -> bool:
    name = posixpath.basename(path).lower()
    if name in _PIPELINES:
        return True
    if is_aside_path(path):
        return False
    top = re.sub(r"^(src|python|lib)/", "", path).partition("/")[0]
    is_outside = top not in packages and top.removesuffix(".py") not in packages
    is_near = posixpath.dirname(path).lower() in _NEAR
    return is_outside and bool(_TRAINS.match(name) or (is_near and _STARTS.match(name)))
