"""DVC: where it keeps data, what it tracks, and whether a pipeline's outputs are locked.

In: text of `.dvc/config`, a `*.dvc` file, `dvc.yaml` or `dvc.lock`. Out: plain values. The YAML
is only composed.
Sources: https://dvc.org/doc/user-guide/project-structure/configuration,
https://dvc.org/doc/user-guide/project-structure/dvc-files,
https://dvc.org/doc/user-guide/project-structure/dvcyaml-files
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

import yaml

from holdshort.checks.facts import foreign_ini
from holdshort.checks.facts import foreign_yaml as foreign
from holdshort.checks.facts.text import Lines

_REMOTE = re.compile(r"""['"]?remote\s+['"](.{1,200}?)['"]['"]?""")
_ADDRESS = re.compile(r"[A-Za-z][\w+.-]{1,20}://|[\w.-]+@[\w.-]+:")
_HASHES = ("md5", "etag", "checksum", "sha256", "files", "version_id")


@dataclass(frozen=True, slots=True)
class Remote:
    """One place where DVC keeps what it tracks."""

    name: str
    url: str
    line: int

    @property
    def is_shared(self) -> bool:
        """Whether others may reach it: an address, not a folder of one machine."""
        return _ADDRESS.match(self.url) is not None


@dataclass(frozen=True, slots=True)
class Output:
    """One file or folder that DVC tracks, relative to the root of the repository.

    Attributes:
        path: of the data, not of the file that tracks it.
        line: where it is named.
        hashed: its content is fixed.
        cached: DVC keeps it; else git does.
        imported: it comes from a commit of another repository, which keeps it.
    """

    path: str
    line: int
    hashed: bool
    cached: bool = True
    imported: bool = False


def read_remotes(text: str, path: str) -> tuple[Remote, ...]:
    """Return the remotes that `.dvc/config` names with an address, the default one first.

    `path` is of no interest here; a reader of any file of DVC takes it.

    Raises:
        UnreadableSourceError: not INI.
    """
    del path
    sections = foreign_ini.load(text)
    lines = Lines(text)
    default = sections.get("core", {}).get("remote", "")
    found = []
    for section, options in sections.items():
        named = _REMOTE.fullmatch(section)
        if named and options.get("url"):
            line = lines.of_entry(f"[{section}]")
            found.append(Remote(named[1], options["url"].strip(), line))
    return tuple(sorted(found, key=lambda remote: remote.name != default))


def read_tracked(text: str, path: str) -> tuple[Output, ...]:
    """Return what a `*.dvc` file tracks.

    Raises:
        UnreadableSourceError: not YAML, or beyond a limit.
    """
    document = foreign.compose(text)
    folder = posixpath.join(posixpath.dirname(path), foreign.text_of(foreign.get(document, "wdir")))
    sources = foreign.elements(foreign.get(document, "deps"))
    imported = any(foreign.get(one, "repo", "rev_lock") is not None for one in sources)
    outs = foreign.elements(foreign.get(document, "outs"))
    return tuple(_output(one, folder, imported=imported) for one in outs)


def read_locked(text: str, path: str) -> tuple[tuple[str, ...], tuple[Output, ...]]:
    """Return the stages that a `dvc.lock` locks, and their outputs.

    Raises:
        UnreadableSourceError: not YAML, or beyond a limit.
    """
    document = foreign.compose(text)
    folder = posixpath.dirname(path)
    stages = dict(foreign.items(foreign.get(document, "stages") or document))
    outs = tuple(
        _output(one, folder)
        for stage in stages.values()
        for one in foreign.elements(foreign.get(stage, "outs"))
    )
    names = (name.partition("@")[0] for name in stages if name != "schema")
    return tuple(dict.fromkeys(names)), outs


def read_pipeline(text: str, path: str) -> tuple[str, ...]:
    """Return the stages of a `dvc.yaml` that have outputs DVC keeps.

    Raises:
        UnreadableSourceError: not YAML, or beyond a limit.
    """
    del path
    found = []
    for name, stage in foreign.items(foreign.get(foreign.compose(text), "stages")):
        outs = foreign.get(foreign.get(stage, "do") or stage, "outs")
        if any(map(_is_cached, foreign.elements(outs))):
            found.append(name)
    return tuple(found)


def _is_cached(node: yaml.Node) -> bool:
    """Tell whether DVC keeps an output of a stage: its path, or its path with options."""
    options = [foreign.get(value, "cache") for _, value in foreign.items(node)]
    return not any(foreign.text_of(option).lower() == "false" for option in options)


def _output(node: yaml.Node, folder: str, *, imported: bool = False) -> Output:
    keys = {key for key, value in foreign.items(node) if _holds(value)}
    return Output(
        path=_join(folder, foreign.text_of(foreign.get(node, "path"))),
        line=foreign.line_of(node),
        hashed=not keys.isdisjoint(_HASHES),
        cached=foreign.text_of(foreign.get(node, "cache")).lower() != "false",
        imported=imported,
    )


def _holds(node: yaml.Node) -> bool:
    return not isinstance(node, yaml.ScalarNode) or node.value not in {"", "null", "~"}


def _join(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path))
