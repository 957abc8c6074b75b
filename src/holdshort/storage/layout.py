"""Where our documents stand, in a repository and beside this package; reads nothing."""

from __future__ import annotations

from pathlib import Path

FOLDER = ".holdshort"
"""The trust root of a repository."""

POLICY = f"{FOLDER}/policy.yaml"
CHECKLISTS = "checklists"
"""A team's own checklists, and the folder of the bundled ones."""

DEFAULT = "ml-model-release"
"""The checklist used when nothing names another."""


def checklist_path(identity: str, version: str) -> str:
    """Return where a pinned checklist stands."""
    return f"{FOLDER}/checklists/{identity}-{version}.yaml"


def bundled_folder() -> Path:
    """Return the folder of the checklists that come with holdshort.

    In a checkout it is the top-level one; in an installed wheel it travels inside the package.
    """
    package = Path(__file__).resolve().parent.parent
    inside = package / CHECKLISTS
    return inside if inside.is_dir() else package.parent.parent / CHECKLISTS
