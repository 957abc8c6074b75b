"""What images install is fixed by a lock, by hashes, or by exact versions.

Reads the RUN, COPY and ADD instructions of Dockerfiles. Requirement files, conda environments and
locks are followed to the files that the build copies in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.ci_repository import reader_of
from holdshort.checks.facts.dependency_units import units_of
from holdshort.checks.facts.docker_repository import dockerfiles
from holdshort.checks.facts.image_installs import Put, Way, puts_of
from holdshort.checks.facts.install_pins import Tightness
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.requirements import Requirement
from holdshort.model.finding import Confidence, Level, Outcome, Place


@dataclass(frozen=True, slots=True)
class _Row:
    path: str
    put: Put

    @property
    def level(self) -> Level:
        return Level.INFO if self.put.way is Way.SYSTEM else _LEVELS[self.put.tightness]


_LEVELS = {
    Tightness.LOCKED: Level.PASS,
    Tightness.EXACT: Level.INFO,
    Tightness.DOUBTFUL: Level.WARN,
    Tightness.OPEN: Level.FAIL,
}


def look(repository: Repository) -> Verdict:
    """Judge everything that the Dockerfiles bring in."""
    found = repository.once(dockerfiles)
    read, own = reader_of(repository), _own_requirements(repository)
    rows: list[_Row] = []
    for path, dockerfile in found.items():
        for put in puts_of(path, dockerfile, repository.paths, read, own):
            repository.tick()
            rows.append(_Row(path, put))
    rows.sort(key=lambda row: (_ORDER.index(row.level), row.path, row.put.line))
    outcome = _outcome(rows, has_errors=repository.has_errors())
    return Verdict(
        outcome=outcome,
        confidence=Confidence.LIKELY,
        headline=_headline(rows, len(found)) + repository.unread_note(),
        evidence=tuple(_places(rows)),
        facts=_facts(rows),
        remediation=_REMEDIATION if outcome in {Outcome.WARN, Outcome.FAIL} else "",
    )


_REMEDIATION = (
    "Install from a lock or from hashes:\n"
    "COPY requirements.txt .\n"
    "RUN pip install --no-cache-dir --require-hashes -r requirements.txt\n"
    "or: COPY pyproject.toml uv.lock ./\n"
    "RUN uv sync --locked --no-dev\n"
    "Fetch a program by version and ask for its checksum before it runs:\n"
    'RUN curl -fsSLo x.sh <address> && echo "<sha256>  x.sh" | sha256sum -c && sh x.sh'
)
_BUILT = frozenset({"pyproject", "setup.cfg", "setup.py"})
_ORDER = (Level.FAIL, Level.WARN, Level.INFO, Level.PASS)


def _own_requirements(repository: Repository) -> Callable[[str], Sequence[Requirement] | None]:
    """Return a function from a manifest to what the project there requires."""

    def requirements(path: str) -> Sequence[Requirement] | None:
        folder = path.rpartition("/")[0]
        units = [unit for unit in units_of(repository) if unit.folder == folder]
        built = [d for u in units for d in u.declared if d.kind in _BUILT]
        rows = [row for declared in built for row in declared.requirements]
        is_told = any(d.name for d in built) and not any(d.is_dynamic for d in built)
        return rows if rows or is_told else None

    return requirements


def _outcome(rows: list[_Row], *, has_errors: bool) -> Outcome:
    levels = {row.level for row in rows}
    if Level.FAIL in levels:
        return Outcome.FAIL
    if Level.WARN in levels or any(row.put.tightness is Tightness.EXACT for row in rows):
        return Outcome.WARN
    if has_errors:
        return Outcome.UNKNOWN
    return Outcome.PASS if Level.PASS in levels else Outcome.NOT_APPLICABLE


def _headline(rows: list[_Row], files: int) -> str:
    if not files:
        return "Found no Dockerfile that could be read"
    count = "1 Dockerfile" if files == 1 else f"{files} Dockerfiles"
    judged = [row.put for row in rows if row.put.way is not Way.SYSTEM]
    if not judged:
        return f"Found {count}, which install no packages but those of the distribution"
    locked = sum(put.tightness is Tightness.LOCKED for put in judged)
    exact = sum(put.tightness is Tightness.EXACT for put in judged)
    noun = "place that brings" if len(judged) == 1 else "places that bring"
    tail = f"{locked} locked, {exact} exact"
    return f"Found {count} with {len(judged)} {noun} something in, {tail}"


def _places(rows: list[_Row]) -> Iterator[Place]:
    for row in rows:
        put = row.put
        why = f"{put.what}: {put.why}" if put.why else put.what
        yield place(row.path, put.line, row.level, why, end_line=put.end_line)


def _facts(rows: list[_Row]) -> dict[str, object]:
    judged = [row for row in rows if row.put.way is not Way.SYSTEM]
    return {
        "installs": len(judged),
        "locked": sum(row.put.tightness is Tightness.LOCKED for row in judged),
        "unpinned": [
            {"name": row.put.what, "path": row.path, "line": row.put.line}
            for row in judged
            if row.level in {Level.FAIL, Level.WARN} and row.put.way is not Way.RUN
        ],
        "downloads_run": [
            {"path": row.path, "line": row.put.line} for row in judged if row.put.way is Way.RUN
        ],
        "system_packages": sum(row.put.way is Way.SYSTEM for row in rows),
    }


CHECK = Check(
    id="image-installs-pinned",
    version="1",
    title="image installs",
    statement="What images install is fixed by a lock, by hashes, or by exact versions.",
    outcomes={
        Outcome.PASS: "every install syncs with a tracked lock, or is fixed whole by hashes",
        Outcome.WARN: (
            "exact versions whose own needs float; a requirement file with ranges, or not in the"
            " repository; the project with its ranges; an installer without a version; something"
            " copied from an image by a tag, or fetched and run without a checksum"
        ),
        Outcome.FAIL: "a bare name or a range on the command line; what curl fetches piped to run",
        Outcome.NOT_APPLICABLE: "no Dockerfile, or none that installs anything but system packages",
        Outcome.UNKNOWN: "a Dockerfile cannot be read or has no FROM, and the others are fixed",
    },
    rules=(
        (
            "pip, uv, pipx, conda, mamba, Poetry, PDM, Pipenv, Rye and Pixi are known, with"
            " `python -m`, `conda run`, lists in brackets and here-documents."
        ),
        "Variables count by the defaults of ARG and ENV; one without a default is asked about.",
        (
            "A requirement file is looked for where COPY or a bind mount brought it; its ranges"
            " warn here, because the check of the dependencies judges the file."
        ),
        "--no-deps with exact versions, and --require-hashes, leave nothing open.",
        "Packages of the distribution (apt, apk, yum) inform: they follow the base image.",
        "`>` and `<` outside of quotes redirect: pip install numpy>=1 asks for any numpy.",
    ),
    facts={
        "installs": "how many commands, copies and downloads bring something in",
        "locked": "how many of them a lock, a hash or a digest fixes",
        "unpinned": "name, path and line of each that warns or fails, downloads apart",
        "downloads_run": "path and line of each program that is fetched and run",
        "system_packages": "how many commands install packages of the distribution",
    },
    not_checked="what the base image already holds, and the versions of system packages",
    look=look,
)
