"""Lock files of Python package managers: which versions they fix.

In: text. Out: `LockFile`. dvc.lock, package-lock.json and the like are not Python locks.
Sources: https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile,
https://packaging.python.org/specifications/pylock-toml/,
https://pipenv.pypa.io/en/latest/pipfile.html, https://conda.github.io/conda-lock/output/,
https://pixi.sh/latest/workspace/lockfile/
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import yaml
from packaging.utils import canonicalize_name

from holdshort.checks.facts import foreign_yaml
from holdshort.checks.facts.foreign_toml import Table, load, table
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.requirement_files import read_requirement_file
from holdshort.checks.facts.requirements import Pin

MAX_COMPOSED = 200_000
"""Longest YAML lock that is parsed, in characters; longer ones, which a program wrote, are read
line by line. Source: our own limit; parsing needs half a second for a megabyte."""


LOCATED = "@"
"""What a lock was asked for in place of a version when a location was named."""


@dataclass(frozen=True, slots=True)
class LockFile:
    """What a lock fixes.

    Attributes:
        versions: normalised name to every version locked; an empty version is a location.
        development: names that are locked for development only, where the format tells.
        input_hash: the hash of the manifest that the lock was made from, empty when it has none.
        asked: per project of a uv workspace, the requirements that the lock was made from, as name
            and version; `LOCATED` where a location stood.
    """

    path: str
    versions: Mapping[str, tuple[str, ...]]
    development: frozenset[str] = frozenset()
    input_hash: str = ""
    asked: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)

    def of(self, name: str) -> tuple[str, ...]:
        """Return the versions it holds of a distribution, by conda's name for it as well."""
        found = self.versions.get(name, ())
        if not found and self.is_conda:
            others = _CONDA_NAMES.get(name, (f"python-{name}", f"py-{name}"))
            found = next((self.versions[one] for one in others if one in self.versions), ())
        return found

    def holds(self, name: str) -> bool:
        """Tell whether it fixes a distribution for run time."""
        return bool(self.of(name)) and name not in self.development

    @property
    def is_conda(self) -> bool:
        """Whether conda packages are what it locks."""
        return re.search(r"conda|pixi", posixpath.basename(self.path).lower()) is not None

    @property
    def stands_alone(self) -> bool:
        """Whether it can be installed without the manifest it was made from."""
        name = posixpath.basename(self.path).lower()
        return name.startswith(("pylock", "requirements")) or "conda" in name


_CONDA_NAMES = {
    "torch": ("pytorch", "pytorch-cpu", "pytorch-gpu"),
    "opencv-python": ("opencv", "py-opencv"),
    "opencv-python-headless": ("opencv", "py-opencv"),
    "matplotlib": ("matplotlib-base",),
    "tables": ("pytables",),
    "msgpack": ("msgpack-python",),
    "faiss-cpu": ("faiss",),
    "faiss-gpu": ("faiss",),
    "xgboost": ("py-xgboost",),
}


def read_lock(text: str, path: str) -> LockFile:
    """Return what a lock file fixes.

    Raises:
        UnreadableSourceError: not the format that its name promises.
    """
    name = posixpath.basename(path).lower()
    if name == "pipfile.lock":
        return _pipfile_lock(text, path)
    if name.startswith("requirements") or "@EXPLICIT" in text[:5000]:
        rows = read_requirement_file(text, path).requirements
        pairs = [(r.name, r.specifier.lstrip("=")) for r in rows if r.pin is Pin.EXACT]
        if not pairs:
            raise UnreadableSourceError("not a valid lock file")
        return LockFile(path, _grouped(pairs))
    if "conda" in name or name.startswith("pixi"):
        return LockFile(path, _grouped(_conda_rows(text, pixi=name.startswith("pixi"))))
    return _toml_lock(text, path)


def _toml_lock(text: str, path: str) -> LockFile:
    document = load(text)
    if not document.keys() & {"package", "packages", "version", "lock-version", "metadata"}:
        raise UnreadableSourceError("not a valid lock file")
    listed = document.get("package") or document.get("packages") or []
    rows = [row for row in listed if isinstance(row, Mapping)] if isinstance(listed, list) else []
    pairs = [(str(row.get("name", "")), str(row.get("version", ""))) for row in rows]
    metadata = table(document, "metadata")
    found = metadata.get("content-hash") or metadata.get("content_hash") or ""
    return LockFile(
        path,
        _grouped(pairs),
        _development(rows),
        str(found),
        dict(_asked(rows)) if posixpath.basename(path) == "uv.lock" else {},
    )


def _development(rows: list[Table]) -> frozenset[str]:
    """Return what Poetry and PDM lock for development only: older ones say `category`."""
    names = set()
    for row in rows:
        groups = row.get("groups")
        aside = isinstance(groups, list) and groups and not {"main", "default"} & _words(groups)
        if aside or row.get("category") == "dev":
            names.add(canonicalize_name(str(row.get("name", ""))))
    return frozenset(names)


def _words(values: list[object]) -> set[str]:
    return {value for value in values if isinstance(value, str)}


def _asked(rows: list[Table]) -> Iterator[tuple[str, frozenset[tuple[str, str]]]]:
    """Yield each project of the workspace with its run-time requirements, extras left out."""
    for row in rows:
        if not table(row, "source").keys() & {"editable", "virtual"}:
            continue
        listed = table(row, "metadata").get("requires-dist")
        asked = {
            (canonicalize_name(str(one.get("name", ""))), _asked_version(one))
            for one in (listed if isinstance(listed, list) else [])
            if isinstance(one, Mapping) and "extra ==" not in str(one.get("marker", ""))
        }
        yield canonicalize_name(str(row.get("name", ""))), frozenset(asked)


def _asked_version(row: Table) -> str:
    is_located = not row.keys().isdisjoint(
        {"git", "url", "path", "editable", "directory", "virtual"}
    )
    return LOCATED if is_located else str(row.get("specifier", ""))


def _pipfile_lock(text: str, path: str) -> LockFile:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableSourceError("not a valid lock file") from error
    if not isinstance(document, dict) or not document.keys() & {"default", "develop", "_meta"}:
        raise UnreadableSourceError("not a valid lock file")
    runtime = [*_pipfile_rows(document, "default")]
    groups = sorted(document.keys() - {"default", "_meta"})
    aside = [pair for group in groups for pair in _pipfile_rows(document, group)]
    names = {canonicalize_name(name) for name, _ in aside}
    names -= {canonicalize_name(name) for name, _ in runtime}
    found = table(document, "_meta", "hash").get("sha256", "")
    return LockFile(path, _grouped([*runtime, *aside]), frozenset(names), str(found))


def _pipfile_rows(document: Table, section: str) -> Iterator[tuple[str, str]]:
    for name, row in table(document, section).items():
        version = row.get("version", "") if isinstance(row, Mapping) else ""
        yield name, str(version).lstrip("=")


def _conda_rows(text: str, *, pixi: bool) -> Iterator[tuple[str, str]]:
    if len(text) > MAX_COMPOSED:
        found = [pair for pair in _named(_scanned(text)) if pair[0]]
        if not found:
            raise UnreadableSourceError("a lock file too large to be parsed")
        yield from found
        return
    listed = foreign_yaml.get(foreign_yaml.compose(text), "packages" if pixi else "package")
    if not isinstance(listed, yaml.SequenceNode):
        raise UnreadableSourceError("not a valid lock file")
    nodes = foreign_yaml.elements(listed)
    fields = ({k: foreign_yaml.text_of(v) for k, v in foreign_yaml.items(n)} for n in nodes)
    yield from _named(fields)


def _scanned(text: str) -> Iterator[dict[str, str]]:
    """Yield the packages of a long lock: list entries at the outermost depth and their keys."""
    fields: dict[str, str] = {}
    in_list = False
    for line in text.split("\n"):
        if line[:1] not in {" ", "-", "#", ""}:
            in_list = line.startswith(("package:", "packages:"))
        elif in_list:
            if line.startswith("- "):
                yield fields
                fields = {}
            if found := _FIELD.match(line):
                fields[found[1]] = found[2].strip("'\" ")
    yield fields


_FIELD = re.compile(r"(?:- |  )(name|version|conda|pypi|kind|url): ([^\n]{1,1000})$")


def _named(rows: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield names and versions; newer Pixi locks have them in the address only."""
    for row in rows:
        if "name" in row:
            yield row["name"], row.get("version", "")
        elif "conda" in row:
            stem = re.sub(r"\.(conda|tar\.bz2)$", "", posixpath.basename(row["conda"]))
            name, _, rest = stem.rpartition("-")[0].rpartition("-")
            yield name, rest
        elif "pypi" in row:
            yield posixpath.basename(row["pypi"]).partition("-")[0], row.get("version", "")


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, version in pairs:
        if name:
            found.setdefault(canonicalize_name(name), []).append(version)
    return {name: tuple(versions) for name, versions in found.items()}
