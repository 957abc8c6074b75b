"""One plugin's check, in the process that is kept for it: `holdshort check ID --inside`.

Whatever the plugin prints goes nowhere, and the process ends itself even when nobody is left who
would end it. The finding is one line on what was stdout before.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from holdshort.checks.base import RepoView, look_with
from holdshort.checks.child import PLUGIN_S, not_checked
from holdshort.checks.plugins import Plugin, PluginError, load
from holdshort.model.finding import Finding
from holdshort.model.text import one_line
from holdshort.reports.findings import finding_line


def run_inside(
    plugin: Plugin, root: Path, view: RepoView, counted: Callable[[Finding], Finding]
) -> Finding:
    """Load a plugin, print what it finds, and return it."""
    signal.alarm(int(PLUGIN_S) + 1)
    with _silence() as stdout:
        finding, line = _found(plugin, root, view, counted)
        os.write(stdout, f"{line}\n".encode())
    return finding


def _found(
    plugin: Plugin, root: Path, view: RepoView, counted: Callable[[Finding], Finding]
) -> tuple[Finding, str]:
    """Return what a plugin finds, and as one line."""
    try:
        finding = counted(look_with(load(plugin, root), view))
        return finding, finding_line(finding)
    except PluginError as error:
        finding = not_checked(plugin.id, f"{plugin.package}: {error}")
    # Importing is running: whatever a stranger's code raises is its finding; here, and only here.
    except Exception as error:  # noqa: BLE001 - as above
        said = one_line(f"{type(error).__name__}: {error}", 100)
        finding = not_checked(plugin.id, f"{plugin.package} cannot be used: {said}")
    return finding, finding_line(finding)


@contextmanager
def _silence() -> Iterator[int]:
    """Give what was stdout as a descriptor, while both streams lead nowhere."""
    stdout = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
    try:
        yield stdout
    finally:
        os.close(stdout)
