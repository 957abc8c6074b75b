"""From which manifest a lock says it was made.

In: the text of a manifest. Out: the hashes a tool may have written into its lock for it; none when
the tool's rule is not known for this manifest, and no rule is no claim.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping

from holdshort.checks.facts.foreign_toml import Table, load, table
from holdshort.checks.facts.words import words

_PIPFILE_SECTIONS = words(
    "source requires packages dev-packages scripts pipfile pipenv default develop"
)


def pipfile_hashes(text: str) -> frozenset[str]:
    """Return the hash that Pipenv writes into a lock for this Pipfile.

    None without a `[[source]]`: Pipenv then hashes a default of its own.
    Source: plette 2.4, pipfiles.Pipfile.get_hash; compared with it.

    Raises:
        UnreadableSourceError: not TOML.
    """
    document = load(text)
    if "source" not in document:
        return frozenset()
    data = {
        "_meta": {
            "sources": document["source"],
            "requires": document.get("requires", {}),
        },
        "default": document.get("packages", {}),
        "develop": document.get("dev-packages", {}),
    }
    extra = {key: value for key, value in document.items() if key not in _PIPFILE_SECTIONS}
    return frozenset({_sha256(data | extra, separators=(",", ":"))})


def poetry_hashes(text: str) -> frozenset[str]:
    """Return the content hashes that Poetry writes for this pyproject.toml.

    Two where dependency groups are there: Poetry before 2.3 left them out.
    Source: poetry 2.5, packages.locker.Locker._get_content_hash; compared with locks it wrote.

    Raises:
        UnreadableSourceError: not TOML.
    """
    document = load(text)
    content = table(document, "tool", "poetry")
    project = table(document, "project")
    if not content and not project:
        return frozenset()
    asked = ("requires-python", "dependencies", "optional-dependencies")
    named = {key: project[key] for key in asked if project.get(key) is not None}
    groups = document.get("dependency-groups") or None
    return frozenset({_poetry_hash(content, named, groups), _poetry_hash(content, named, None)})


def _poetry_hash(content: Table, project: Table, groups: object) -> str:
    legacy = ("dependencies", "source", "extras", "dev-dependencies")
    is_legacy = not project and groups is None
    own = {key: content.get(key) for key in legacy if is_legacy or content.get(key) is not None}
    if content.get("group") is not None:
        own["group"] = content["group"]
    if is_legacy:
        return _sha256(own)
    whole: dict[str, object] = {"tool": {"poetry": own}}
    if project:
        whole["project"] = project
    if groups is not None:
        whole["dependency-groups"] = groups
    return _sha256(whole)


def pdm_hashes(text: str) -> frozenset[str]:
    """Return the content hashes that PDM 2 writes for this pyproject.toml, with `sha256:`.

    Source: pdm 2.26, project.project_file.PyProject.content_hash, and the same before 2.16.

    Raises:
        UnreadableSourceError: not TOML.
    """
    document = load(text)
    project = table(document, "project")
    settings = table(document, "tool", "pdm")
    resolution = table(settings, "resolution")
    development = table(settings, "dev-dependencies")
    groups = {**table(document, "dependency-groups"), **development}
    common = {
        "sources": settings.get("source", []),
        "dependencies": project.get("dependencies", []),
        "optional-dependencies": project.get("optional-dependencies", {}),
        "requires-python": project.get("requires-python", ""),
    }
    return frozenset(
        f"sha256:{_sha256({**common, 'dev-dependencies': dev, **decided})}"
        for dev in (groups, development)
        for decided in (
            {"resolution": resolution},
            {"overrides": resolution.get("overrides", {})},
        )
    )


def _sha256(data: object, separators: tuple[str, str] | None = None) -> str:
    text = json.dumps(data, sort_keys=True, separators=separators, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


HASHES: Mapping[str, tuple[str, Callable[[str], frozenset[str]]]] = {
    "pipfile.lock": ("Pipfile", pipfile_hashes),
    "poetry.lock": ("pyproject.toml", poetry_hashes),
    "pdm.lock": ("pyproject.toml", pdm_hashes),
}
"""Lower-case name of a lock: the manifest beside it, and how that is hashed."""
