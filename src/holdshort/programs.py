"""Where the few programs this house starts are found: git, ssh-keygen, gpg.

A name goes in, an absolute path comes out. Relative PATH entries are left out, for the lookup
and for the programs started later: in a folder that came from a stranger `.` is the stranger's.
"""

from __future__ import annotations

import os
import shutil

from holdshort.errors import MissingEnvironmentError


def search_path() -> str:
    """Return PATH without its relative and empty entries."""
    entries = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(one for one in entries if one.startswith(os.sep))


def find_program(name: str) -> str:
    """Return the absolute path of a program on `search_path()`.

    Raises:
        MissingEnvironmentError: it is not installed.
    """
    found = shutil.which(name, path=search_path())
    if found is None:
        raise MissingEnvironmentError(
            f"the program '{name}' is not on PATH",
            f"Install {_PACKAGES.get(name, name)} and try again.",
        )
    return found


_PACKAGES = {"git": "git 2.31 or newer", "ssh-keygen": "OpenSSH (openssh-client) 8.8 or newer"}
