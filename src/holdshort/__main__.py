"""Starts the program: `holdshort`, or `python -P -m holdshort`."""

import os
import sys


def _forget_relative_paths() -> None:
    """Take the current folder off the import path: a stray `:` in PYTHONPATH puts it there.

    It may be the folder of a stranger's repository, with a `yaml.py` of its own.
    """
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    foreign = {os.path.abspath(one) for one in given if not os.path.isabs(one)}  # noqa: PTH100, PTH117 - pathlib is not loaded yet
    sys.path[:] = [one for one in sys.path if os.path.abspath(one or ".") not in foreign]  # noqa: PTH100 - the same


if os.environ.get("PYTHONPATH"):
    _forget_relative_paths()

from holdshort.cli.main import main  # noqa: E402 - only from a path that is ours

if __name__ == "__main__":
    raise SystemExit(main())
