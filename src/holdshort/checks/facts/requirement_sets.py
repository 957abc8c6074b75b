"""Which of several requirement files speak for run time.

In: the paths of requirement files, and how to read one. Out: the files to start from, for run time
and for development. A file named for development speaks for run time only when nothing else does.
"""

from __future__ import annotations

import posixpath
from collections import deque
from collections.abc import Iterable

from holdshort.checks.facts.requirement_files import Read, closure_of, is_development_name, tops_of

_ENTRIES = frozenset({"requirements.txt", "requirements.in", "requirements.lock"})


def starts_of(paths: Iterable[str], read: Read) -> tuple[list[str], list[str]]:
    """Return the files for run time and those for development that are to be read from.

    `requirements-dev.txt` with `-r requirements.txt` in it leaves run time to the latter. A chain
    of includes in a folder of them, with a development file as the only way in, is run time too.
    """
    tops = [path for path in tops_of(paths, read) if not _only_constrains(path)]
    aside = [path for path in tops if is_development_name(path)]
    runtime = [path for path in tops if path not in aside]
    within = _within(aside, read)
    if runtime or any(posixpath.basename(path).lower() in _ENTRIES for path in within):
        known = set(closure_of(runtime, read).paths)
        return [*runtime, *(path for path in within if path not in known)], aside
    chained = [path for path in aside if len(closure_of([path], read).paths) > 1]
    return chained, [path for path in aside if path not in chained]


def _only_constrains(path: str) -> bool:
    return "constraints" in posixpath.basename(path).lower()


def _within(paths: list[str], read: Read) -> list[str]:
    """Return the first files not named for development that these include."""
    waiting = deque(paths)
    seen = set(paths)
    found: list[str] = []
    while waiting:
        file = read(waiting.popleft())
        for path in file.includes if file else ():
            if path not in seen:
                seen.add(path)
                is_aside = is_development_name(path)
                (waiting if is_aside else found).append(path)
    return [path for path in found if not path.startswith("..") and read(path)]
