"""Which imports of the repository mean somebody else's packages.

In: a `Repository`. Out: `Use` values in path order, without the standard library, what comes with
the installers, and what is the repository's own. A name is its own when any file or folder of the
repository is called like it; a well-known name only when that file is in reach of the importing
one, for a folder called `datasets` seldom is the library of that name.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from holdshort.checks.facts.distributions import NAMESPACES, PROVIDED, is_well_known, key_of
from holdshort.checks.facts.imports import Imported, Need
from holdshort.checks.facts.inventory import File, Kind, is_aside_path
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.words import words

STANDARD = sys.stdlib_module_names | words(
    "__builtin__ __main__ _typeshed asynchat asyncore BaseHTTPServer cPickle ConfigParser Cookie"
    " cookielib copy_reg cStringIO distutils dummy_thread exceptions HTMLParser htmlentitydefs"
    " httplib imp md5 parser Queue sets sha smtpd SocketServer StringIO symbol thread Tkinter"
    " tkMessageBox tkFileDialog ttk tomllib turtle urllib2 urlparse xmlrpclib"
)
"""Modules of any Python, the removed ones and those of Python 2 included."""

_MODULES = (".py", ".pyw", ".pyi", ".pyx", ".so", ".pyd")
_ROOTS = words("src lib python")
_EXAMPLES = words(
    "example examples demo demos benchmark benchmarks bench tutorial tutorials notebooks notebook"
    " recipes samples contrib tools scripts experiments"
)
_BUILDERS = words("setup.py CMakeLists.txt build.py")
_EXTENSION = re.compile(
    r"(?:\bname\s*=\s*|Extension\(\s*|pybind11_add_module\()[\"']?([A-Za-z_]\w{1,80})[\"']?[\s,)]"
)
_GENERATED = re.compile(r"_pb2(_grpc)?$")
_HELPERS = words("setup.py noxfile.py tasks.py fabfile.py conftest.py hubconf.py versioneer.py")


class Part(IntEnum):
    """What part of the repository an import is in, the one that matters most last."""

    ASIDE = 0  # tests, documentation, CI, what builds and publishes
    EXAMPLE = 1  # examples, scripts and notebooks; the code where there is no other
    CODE = 2


@dataclass(frozen=True, slots=True)
class Use:
    """One import of a module of somebody else."""

    module: str
    path: str
    line: int
    cell: int
    need: Need
    part: Part

    @property
    def top(self) -> str:
        """The top-level package."""
        return self.module.partition(".")[0]


def foreign_modules(repository: Repository) -> tuple[Use, ...]:
    """Return every import of somebody else's package; unreadable files are noted."""
    return repository.once(_find)


def is_unread(repository: Repository) -> bool:
    """Tell whether a file that counts as code could not be read whole."""
    return any(not is_aside_path(path) for path in repository.unread())


def _find(repository: Repository) -> tuple[Use, ...]:
    found = [(file, imports) for file, imports in repository.imports() if imports]
    own = _Own(repository)
    parts = {file.path: _part(file) for file, _ in found}
    highest = Part.CODE if Part.CODE in parts.values() else Part.EXAMPLE
    return tuple(
        Use(
            imported.module,
            file.path,
            imported.line,
            imported.cell,
            imported.need,
            Part.CODE if parts[file.path] is highest else parts[file.path],
        )
        for file, imports in found
        for imported in imports
        if own.is_foreign(imported, file.path)
    )


def _part(file: File) -> Part:
    *folders, name = file.path.lower().split("/")
    if is_aside_path(file.path) or name in _HELPERS:
        return Part.ASIDE
    is_example = file.kind is Kind.NOTEBOOK or not _EXAMPLES.isdisjoint(folders)
    return Part.EXAMPLE if is_example else Part.CODE


class _Own:
    """The repository's own modules by name, with the folders they are in."""

    def __init__(self, repository: Repository) -> None:
        self._folders = _module_folders(repository)
        self._packages = {p.rpartition("/")[0] for p in repository.paths if _is_init(p)}
        builders = [f for f in repository.inventory.files if f.name in _BUILDERS]
        texts = (text for _, text in repository.texts(builders))
        self._extensions = {name for text in texts for name in _EXTENSION.findall(text)}

    def is_foreign(self, imported: Imported, path: str) -> bool:
        top = imported.top
        if top in STANDARD or not PROVIDED.isdisjoint({top, key_of(imported.module)}):
            return False
        if imported.module in NAMESPACES or top in self._extensions or _GENERATED.search(top):
            return False
        places = self._folders.get(top)
        if not places:
            return True
        return is_well_known(top) and not any(self._in_reach(p, path, top) for p in places)

    def _in_reach(self, folder: str, path: str, name: str) -> bool:
        """Tell whether a module in a folder can be what a file imports by its bare name."""
        if folder in self._packages:
            return False
        if path in {f"{folder}/{name}.py", f"{name}.py"}:
            return False
        is_above = not folder or path.startswith(f"{folder}/")
        return is_above or folder.rpartition("/")[2] in _ROOTS


def _module_folders(repository: Repository) -> Mapping[str, set[str]]:
    """Return each name that a file with code, or a folder that holds one, has, with its places."""
    found: dict[str, set[str]] = {}
    for path in repository.every_path:
        folder, _, name = path.rpartition("/")
        if name.endswith(_MODULES):
            found.setdefault(name.partition(".")[0], set()).add(folder)
            while folder:
                folder, _, name = folder.rpartition("/")
                found.setdefault(name, set()).add(folder)
    return found


def _is_init(path: str) -> bool:
    return path == "__init__.py" or path.endswith("/__init__.py")
