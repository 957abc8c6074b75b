"""Checks that other installed packages bring, by the entry points of group `holdshort.checks`.

`installed` only reads names: nothing is imported. A plugin is imported by `load`, which is called
in a process of its own (`checks.child`). Its id is `<distribution>/<entry point>`, so that none can
stand in for one of ours. Nothing of the repository under review is ever a plugin: what lies inside
it is passed over, unless it belongs to the very environment that runs this program.

Source: https://packaging.python.org/en/latest/specifications/entry-points/
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from holdshort.checks.base import Check
from holdshort.model.text import is_plugin, one_line

if TYPE_CHECKING:
    from importlib.metadata import Distribution

GROUP = "holdshort.checks"
"""The group of entry points; each names a `Check`."""

MAX_VERSION_CHARS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """One check of an installed package, not loaded.

    Attributes:
        id: `<distribution>/<entry point>`, both slugs.
        package: name and version, for people.
        target: `module:attribute`.
        folder: where the package is installed.
    """

    id: str
    package: str
    target: str
    folder: Path


class PluginError(Exception):
    """A plugin is not what its entry point says, or stands where none may stand."""


def installed(root: Path) -> tuple[Plugin, ...]:
    """Return the plugins there are for the review of the repository at `root`, by id."""
    found: dict[str, Plugin] = {}
    for folder in sys.path:
        if os.path.isabs(folder) and not _belongs_to(root, folder):  # noqa: PTH117 - a text
            for plugin in _plugins_in(Path(folder)):
                found.setdefault(plugin.id, plugin)
    return tuple(found[name] for name in sorted(found))


def load(plugin: Plugin, root: Path) -> Check:
    """Import a plugin and return its check, under the plugin's own id.

    To be called only in a process that is kept for this: what is imported may do anything.

    Raises:
        PluginError: the target is no `Check`, or lies in the repository under review.
        Exception: whatever the import raises.
    """
    from importlib import import_module  # noqa: PLC0415 - rarely needed
    from importlib.util import find_spec  # noqa: PLC0415

    sys.path[:] = [one for one in sys.path if os.path.isabs(one) and not _belongs_to(root, one)]  # noqa: PTH117 - as above
    module, _, attribute = plugin.target.partition(":")
    spec = find_spec(module.partition(".")[0])
    places = [spec.origin, *(spec.submodule_search_locations or ())] if spec else []
    if any(place and _belongs_to(root, place) for place in places):
        raise PluginError("its code lies in the repository under review")
    check = getattr(import_module(module), attribute or "CHECK", None)
    if not isinstance(check, Check):
        raise PluginError(f"{one_line(plugin.target, 120)} is no Check")
    return replace(check, id=plugin.id, version=one_line(str(check.version), MAX_VERSION_CHARS))


def _plugins_in(folder: Path) -> Iterator[Plugin]:
    """Yield the plugins of a folder of packages; only files that name our group are parsed."""
    try:
        infos = sorted(one.path for one in os.scandir(folder) if one.name.endswith(_INFO))
    except OSError:
        return
    for info in infos:
        try:
            names_us = GROUP in (Path(info) / "entry_points.txt").read_text("utf-8")
        except (OSError, ValueError):
            continue
        if names_us:
            from importlib.metadata import Distribution  # noqa: PLC0415 - rarely needed

            yield from _plugins_of(Distribution.at(info), folder)


_INFO = (".dist-info", ".egg-info")


def _plugins_of(distribution: Distribution, folder: Path) -> Iterator[Plugin]:
    name = re.sub(r"[-_.]+", "-", distribution.metadata["Name"] or "").lower()
    for point in distribution.entry_points:
        check_id = f"{name}/{point.name}"
        if point.group == GROUP and is_plugin(check_id):
            yield Plugin(
                id=check_id,
                package=one_line(f"{name} {distribution.version}", 80),
                target=point.value,
                folder=folder,
            )


def _belongs_to(root: Path, place: str) -> bool:
    """Tell whether a place lies in the repository and not in our own environment."""
    real = Path(os.path.realpath(place))
    ours = (Path(os.path.realpath(one)) for one in (sys.prefix, sys.base_prefix))
    return real.is_relative_to(os.path.realpath(root)) and not any(
        real.is_relative_to(one) for one in ours
    )
