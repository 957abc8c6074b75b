"""How tightly a command fixes what it installs.

In: an `Install`, and a way to the files it names. Out: `Fixed` values, one for each package or
file that leaves something open, or one for the whole command. What requirement files and conda
environments declare is read by the same readers as everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from holdshort.checks.facts.conda_files import INTERPRETER, match_specification, read_conda
from holdshort.checks.facts.install_commands import Install, Manager
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.requirement_files import closure_of, constrained, reading
from holdshort.checks.facts.requirements import Pin, Requirement, parse_requirement
from holdshort.checks.facts.words import words


class Tightness(IntEnum):
    """How much freedom is left, tightest first."""

    LOCKED = 0  # by a hash, a lock, or everything that is needed by exact versions
    EXACT = 1  # each by an exact version, but not what they need
    DOUBTFUL = 2  # a person has to look
    OPEN = 3


@dataclass(frozen=True, slots=True)
class Fixed:
    """How one package, file or command is fixed; `what` names it."""

    tightness: Tightness
    what: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Files:
    """The way from a command to the files it names.

    Attributes:
        find: from a name in the image to the path of a file that was copied there.
        guess: from a name to the path that most likely is meant, copied or not.
        read: from a path of the repository to its text.
        own: from a path of the repository to the requirements of the project there.
    """

    find: Callable[[str], str | None]
    guess: Callable[[str], str | None]
    read: Callable[[str], str | None]
    own: Callable[[str], Sequence[Requirement] | None]


INSTALLERS = words(
    "pip setuptools wheel pip-tools pipenv poetry uv pdm hatch hatchling virtualenv build conda"
    " mamba conda-lock micromamba rye tox nox poetry-core setuptools-scm flit twine pipx"
)
"""Programs that install: their version seldom changes what a lock brings, so they warn."""

_PINS = {
    Pin.EXACT: Tightness.EXACT,
    Pin.PREFIX: Tightness.DOUBTFUL,
    Pin.COMPATIBLE: Tightness.DOUBTFUL,
    Pin.OPEN: Tightness.OPEN,
    Pin.INVALID: Tightness.DOUBTFUL,
}
_ARCHIVES = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".conda")
_LOCKED_NAMES = (".lock", "conda-lock.yml", "conda-lock.yaml")


def fixed_by(install: Install, files: Files) -> list[Fixed]:
    """Return how a command fixes each thing that it names; empty when it names none."""
    if install.hashed:
        return [Fixed(Tightness.LOCKED, install.program, "refuses what has no hash")]
    if install.offline:
        return [Fixed(Tightness.LOCKED, install.program, "takes what the image already holds")]
    match install.manager:
        case Manager.PIP:
            found = list(_by_pip(install, files))
        case Manager.CONDA:
            found = list(_by_conda(install, files))
        case Manager.LOCK:
            found = [_by_lock(install, files)]
        case Manager.SYSTEM | Manager.TOOL:
            bare = [Fixed(Tightness.DOUBTFUL, s, "no version") for s in _bare(install)]
            found = bare or [Fixed(Tightness.LOCKED, install.program)]
    return found


def _by_pip(install: Install, files: Files) -> Iterator[Fixed]:
    constraints = [files.find(name) or files.guess(name) for name in install.constraints]
    known = [path for path in constraints if path is not None]
    rows = closure_of(known, reading(files.read)).requirements
    pins = {row.name: row for row in rows if row.pin is Pin.EXACT}
    unseen = len(known) < len(constraints)
    for spec in install.specs:
        folder = _folder(spec)
        if folder and install.alone:
            yield Fixed(Tightness.LOCKED, spec, "nothing else beside it")
            continue
        found = _by_folder(folder, files) if folder else _by_spec(spec, pins)
        if found.tightness is Tightness.OPEN and unseen:
            found = Fixed(
                Tightness.DOUBTFUL, found.what, "constraints that are not here may pin it"
            )
        yield _closed(found, install)
    for name in install.files:
        yield _closed(_by_file(name, files), install)


def _closed(found: Fixed, install: Install) -> Fixed:
    """Return exact versions as locked when nothing else is installed beside them."""
    if install.alone and found.tightness is Tightness.EXACT:
        return Fixed(Tightness.LOCKED, found.what, "exact, nothing else beside it")
    return found


def _by_spec(spec: str, pins: dict[str, Requirement]) -> Fixed:
    if "$" in spec or "`" in spec:
        return Fixed(Tightness.DOUBTFUL, spec, "a variable decides")
    found = constrained(parse_requirement(spec, "", 0), pins)
    name = found.name or spec.partition("@")[0]
    tightness = _PINS[found.pin]
    if name in INSTALLERS and tightness is Tightness.OPEN:
        return Fixed(Tightness.DOUBTFUL, name, f"{found.why}, of an installer")
    if name in INSTALLERS and tightness is Tightness.EXACT:
        return Fixed(Tightness.LOCKED, name, "an installer by an exact version")
    return Fixed(tightness, name, found.why or "an exact version, what it needs floats")


def _folder(spec: str) -> str:
    """Return the folder or archive of the image that is meant, empty for anything else."""
    plain = spec.partition("[")[0]
    is_path = plain[:1] in {".", "/", "~"} or plain.startswith("file:")
    is_plain = "://" not in plain and "@" not in plain
    is_inside = is_plain and ("/" in plain or plain.endswith(_ARCHIVES))
    if "$" in spec or not (is_path or is_inside):
        return ""
    return plain.removeprefix("file:").removeprefix("//")


def _by_folder(name: str, files: Files) -> Fixed:
    """Return how a folder or archive of the image itself is fixed: by what it requires."""
    if name.endswith(_ARCHIVES) or "*" in name:
        return Fixed(Tightness.EXACT, name, "a file of the image, what it needs floats")
    manifests = [f"{name}/{one}" for one in ("pyproject.toml", "setup.py", "setup.cfg")]
    found = [path for one in manifests if (path := files.find(one)) is not None]
    if not found and name in {".", "./", "/app", "/code", "/src", "/workspace"}:
        found = [path for one in manifests if (path := files.guess(one)) is not None]
    rows = files.own(found[0]) if found else None
    if rows is None:
        return Fixed(Tightness.DOUBTFUL, name, "a project whose requirements are not seen")
    worst = max((_PINS[row.pin] for row in rows), default=Tightness.LOCKED)
    if worst in {Tightness.DOUBTFUL, Tightness.OPEN}:
        return Fixed(Tightness.DOUBTFUL, name, "brings what the project requires, in ranges")
    why = "requires exact versions" if rows else "requires nothing"
    return Fixed(worst, name, why)


def _by_file(name: str, files: Files) -> Fixed:
    path = files.find(name) or files.guess(name)
    if path is None:
        return Fixed(Tightness.DOUBTFUL, name, "a requirement file that is not in the repository")
    closure = closure_of([path], reading(files.read))
    open_rows = [r for r in closure.requirements if r.pin is not Pin.EXACT and not r.hashed]
    if closure.missing or closure.unconstrained:
        return Fixed(Tightness.DOUBTFUL, path, "a requirement file with parts that are not seen")
    if open_rows:
        why = f"a requirement file with {len(open_rows)} of {len(closure.requirements)} not exact"
        return Fixed(Tightness.DOUBTFUL, path, why)
    if closure.is_compiled or not closure.requirements:
        return Fixed(Tightness.LOCKED, path, "a requirement file that a resolver wrote")
    if all(row.hashed for row in closure.requirements):
        return Fixed(Tightness.LOCKED, path, "a requirement file of hashes")
    return Fixed(Tightness.EXACT, path, "exact versions, what they need floats")


def _by_conda(install: Install, files: Files) -> Iterator[Fixed]:
    for spec in install.specs:
        if "$" in spec:
            yield Fixed(Tightness.DOUBTFUL, spec, "a variable decides")
            continue
        found = match_specification(spec, "", 0)
        if found is None or (found.name in INTERPRETER and spec != "python"):
            continue
        tightness = _PINS[found.pin]
        if found.name in INSTALLERS | INTERPRETER:
            tightness = min(tightness, Tightness.DOUBTFUL)
        yield Fixed(tightness, found.name, found.why or "an exact version, what it needs floats")
    if install.specs and not install.files:
        return
    if install.program.endswith("update") and not install.files:
        yield Fixed(Tightness.DOUBTFUL, install.program, "whatever is newest")
    elif install.program.endswith("env create") or install.files:
        for name in install.files or ("environment.yml",):
            yield _by_environment(name, files)


def _by_environment(name: str, files: Files) -> Fixed:
    path = files.find(name) or files.guess(name)
    text = files.read(path) if path else None
    if path is None or text is None:
        return Fixed(Tightness.DOUBTFUL, name, "an environment file that is not in the repository")
    if path.endswith(_LOCKED_NAMES) or "@EXPLICIT" in text:
        return Fixed(Tightness.LOCKED, path, "a lock of conda")
    if not path.endswith((".yml", ".yaml")):
        return _by_file(name, files)
    try:
        environment = read_conda(text, path)
    except UnreadableSourceError:
        environment = None
    if environment is None or environment.includes:
        return Fixed(Tightness.DOUBTFUL, path, "an environment file with parts that are not seen")
    rows = (row for row in environment.requirements if row.name not in INTERPRETER)
    worst = max((_PINS[row.pin] for row in rows), default=Tightness.LOCKED)
    if worst >= Tightness.DOUBTFUL:
        return Fixed(Tightness.DOUBTFUL, path, "an environment file with packages not exact")
    return Fixed(worst, path, "exact versions, what they need floats")


def _by_lock(install: Install, files: Files) -> Fixed:
    if not install.lock:
        return Fixed(Tightness.OPEN, install.program, "resolves anew, past the lock")
    if (path := files.find(install.lock)) is not None:
        return Fixed(Tightness.LOCKED, path, "a lock")
    if (path := files.guess(install.lock)) is not None:
        return Fixed(Tightness.DOUBTFUL, path, "a lock that no COPY is seen to bring")
    return Fixed(Tightness.DOUBTFUL, install.lock, "a lock that is not in the repository")


def _bare(install: Install) -> Iterator[str]:
    """Yield the packages of a distribution or tool that name no version."""
    for spec in install.specs:
        name = spec.lstrip("@") if install.manager is Manager.TOOL else spec
        versioned = any(sign in name for sign in ("=", "~", "<", ">", "@", ":"))
        is_file = spec.startswith((".", "/", "$", "http"))
        if (not versioned or name.endswith("@latest")) and not is_file:
            yield spec
