"""Lock files of Python package managers: which versions they fix.

In: text. Out: `LockFile`. dvc.lock, package-lock.json and the like are not Python locks.
Sources: https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile,
https://peps.python.org/pep-0751/, https://pipenv.pypa.io/en/latest/pipfile.html,
https://conda.github.io/conda-lock/output/
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml
from packaging.utils import canonicalize_name

from holdshort.checks.facts import foreign_yaml
from holdshort.checks.facts.foreign_toml import load, table
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.requirement_files import read_requirement_file
from holdshort.checks.facts.words import words


@dataclass(frozen=True, slots=True)
class LockFile:
    """What a lock fixes.

    Attributes:
        versions: normalised name to every version locked; an empty version is a location.
        input_hash: the hash of the manifest that the lock was made from, empty when it has none.
    """

    path: str
    versions: Mapping[str, tuple[str, ...]]
    input_hash: str = ""


def read_lock(text: str, path: str) -> LockFile:
    """Return what a lock file fixes.

    Raises:
        UnreadableSourceError: not the format that its name promises.
    """
    name = posixpath.basename(path).lower()
    if name == "pipfile.lock":
        return _pipfile_lock(text, path)
    if name.startswith(("conda-lock", "pixi")):
        rows = list(_conda_rows(text, pixi=name.startswith("pixi")))
        return LockFile(path, _grouped(rows))
    if name.startswith("requirements"):
        found = read_requirement_file(text, path).requirements
        return LockFile(path, _grouped((r.name, r.specifier.lstrip("=")) for r in found))
    return _toml_lock(text, path)


_PIPFILE_SECTIONS = words(
    "source requires packages dev-packages scripts pipfile pipenv default develop"
)


def pipfile_hash(text: str) -> str:
    """Return the hash that Pipenv writes into a lock for this Pipfile.

    Empty without a `[[source]]`: Pipenv then hashes a default of its own.
    Source: plette 2.4, pipfiles.Pipfile.get_hash; compared with it.

    Raises:
        UnreadableSourceError: not TOML.
    """
    document = load(text)
    if "source" not in document:
        return ""
    data = {
        "_meta": {
            "sources": document["source"],
            "requires": document.get("requires", {}),
        },
        "default": document.get("packages", {}),
        "develop": document.get("dev-packages", {}),
    }
    extra = {key: value for key, value in document.items() if key not in _PIPFILE_SECTIONS}
    text = json.dumps(data | extra, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def poetry_hash(text: str) -> str:
    """Return the content hash that Poetry 1 writes for a pyproject.toml without `[project]`.

    Source: poetry 2.5, packages.locker.Locker._get_content_hash; compared with a lock it wrote.

    Raises:
        UnreadableSourceError: not TOML.
    """
    document = load(text)
    content = table(document, "tool", "poetry")
    if "project" in document or "dependency-groups" in document or not content:
        return ""
    legacy = ("dependencies", "source", "extras", "dev-dependencies")
    relevant = {key: content.get(key) for key in legacy}
    if content.get("group") is not None:
        relevant["group"] = content["group"]
    return hashlib.sha256(json.dumps(relevant, sort_keys=True, default=str).encode()).hexdigest()


def _toml_lock(text: str, path: str) -> LockFile:
    document = load(text)
    rows = document.get("package") or document.get("packages") or []
    pairs = [
        (str(row.get("name", "")), str(row.get("version", "")))
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict)
    ]
    metadata = document.get("metadata")
    found = metadata.get("content-hash", "") if isinstance(metadata, dict) else ""
    return LockFile(path, _grouped(pairs), str(found))


def _pipfile_lock(text: str, path: str) -> LockFile:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableSourceError("not a valid lock file") from error
    if not isinstance(document, dict):
        raise UnreadableSourceError("not a valid lock file")
    pairs = []
    for section in ("default", "develop"):
        for name, row in table(document, section).items():
            version = row.get("version", "") if isinstance(row, dict) else ""
            pairs.append((name, str(version).lstrip("=")))
    meta = document.get("_meta")
    hashes = meta.get("hash") if isinstance(meta, dict) else None
    found = hashes.get("sha256", "") if isinstance(hashes, dict) else ""
    return LockFile(path, _grouped(pairs), str(found))


def _conda_rows(text: str, *, pixi: bool) -> Iterator[tuple[str, str]]:
    document = foreign_yaml.compose(text)
    listed = foreign_yaml.get(document, "packages" if pixi else "package")
    if not isinstance(listed, yaml.SequenceNode):
        raise UnreadableSourceError("not a valid lock file")
    for node in foreign_yaml.elements(listed):
        fields = {key: foreign_yaml.text_of(value) for key, value in foreign_yaml.items(node)}
        if "conda" in fields and "name" not in fields:
            stem = posixpath.basename(fields["conda"]).rsplit("-", 2)
            yield stem[0], stem[1] if len(stem) > 1 else ""
        else:
            yield fields.get("name", ""), fields.get("version", "")


def _grouped(
    pairs: Iterator[tuple[str, str]] | list[tuple[str, str]],
) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, version in pairs:
        if name:
            found.setdefault(canonicalize_name(name), []).append(version)
    return {name: tuple(versions) for name, versions in found.items()}
