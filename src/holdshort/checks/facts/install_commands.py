"""Commands that install packages: which, from which files, and how strictly.

In: the words of one shell command, variables filled in. Out: `Install`, or None for any other
command. Nothing is resolved.
Sources: https://pip.pypa.io/en/stable/cli/pip_install/, https://docs.astral.sh/uv/reference/cli/,
https://docs.conda.io/projects/conda/en/stable/commands/install.html
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from holdshort.checks.facts.shell_words import after_run_options, unwrapped
from holdshort.checks.facts.words import words as _set_of


class Manager(StrEnum):
    """Who installs."""

    PIP = "pip"  # and everything that takes pip's requirements
    CONDA = "conda"
    LOCK = "lock"  # a sync with a lock file
    SYSTEM = "system"  # packages of the distribution
    TOOL = "tool"  # npm, cargo, go, gem


@dataclass(frozen=True, slots=True)
class Install:
    """What one command installs.

    Attributes:
        program: the command in one or two words.
        specs: packages as written.
        files: requirement files, or environment files of conda.
        constraints: files that pin without adding.
        lock: the name of the lock file that a sync reads, empty for others.
        hashed: what has no hash is refused.
        alone: what packages need is not installed.
        offline: nothing comes from an index, only from folders of the image.
    """

    manager: Manager
    program: str
    specs: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    lock: str = ""
    hashed: bool = False
    alone: bool = False
    offline: bool = False


_PIP = re.compile(r"pip(?:3(?:\.\d+)?|2)?$")
_PYTHON = re.compile(r"(?:python|pypy)[\d.]*$")
_WRAPPERS = _set_of("conda mamba micromamba poetry pipenv pdm uv hatch pixi rye")
_PIP_VALUES = _set_of(
    "-i --index-url --extra-index-url --index --default-index -f --find-links -t --target --prefix"
    " --root --src --platform --python-version --implementation --abi --progress-bar --no-binary"
    " --only-binary --trusted-host --cache-dir --timeout --retries --proxy --cert --client-cert"
    " --global-option --config-settings -C --log --upgrade-strategy --python -p --report -b --build"
    " --root-user-action -d --dest -w --wheel-dir --exists-action --use-feature --use-deprecated"
    " --extra --group --only-group --no-group --overrides --override --keyring-provider --link-mode"
    " --resolution --prerelease --torch-backend --python-platform --no-build-isolation-package"
    " --index-strategy --refresh-package --upgrade-package -P --reinstall-package --allow-insecure"
    " --backend --suffix --pip-args --name --directory --project --exclude-newer --with --source"
)
_CONDA_VALUES = _set_of(
    "-n --name -p --prefix -c --channel --solver --repodata-fn --clone --platform --subdir -r"
    " --root-prefix --rc-file --experimental-solver"
)
_SYNCS = {
    ("uv", "sync"): "uv.lock",
    ("poetry", "install"): "poetry.lock",
    ("poetry", "sync"): "poetry.lock",
    ("pdm", "install"): "pdm.lock",
    ("pdm", "sync"): "pdm.lock",
    ("pipenv", "install"): "Pipfile.lock",
    ("pipenv", "sync"): "Pipfile.lock",
    ("rye", "sync"): "requirements.lock",
    ("pixi", "install"): "pixi.lock",
}
_ADDING = frozenset({("uv", "add"), ("poetry", "add"), ("pdm", "add"), ("rye", "add")})
_SYSTEM = _set_of("apt apt-get aptitude apk yum dnf microdnf tdnf zypper pacman")
_SYSTEM_VERBS = _set_of("install add in -S -Sy -Syu")
_SYSTEM_VALUES = _set_of("-t --target-release --repository -X --virtual -o -c --root -p --repo")
_TOOL_VERBS = {
    "npm": _set_of("install i add"),
    "pnpm": _set_of("add install"),
    "yarn": _set_of("add"),
    "gem": _set_of("install"),
    "cargo": _set_of("install"),
    "go": _set_of("install get"),
}


def program_words(words: Sequence[str]) -> list[str]:
    """Return the words of the program that runs, without `sudo`, `conda run` and `python -m`."""
    left = unwrapped(words)
    if left[:1] == ["xargs"]:
        left = [word for word in left[1:] if not word.startswith("-")]
    if left and posixpath.basename(left[0]) in _WRAPPERS and "run" in left[1:4]:
        left = unwrapped(after_run_options(left[left.index("run") + 1 :]))
    if len(left) > 2 and _PYTHON.match(posixpath.basename(left[0])):  # noqa: PLR2004 - -m and a name
        flags = [index for index, word in enumerate(left[:6]) if word == "-m"]
        left = left[flags[0] + 1 :] if flags else left
    return [posixpath.basename(left[0]), *left[1:]] if left else []


def install_in(words: Sequence[str]) -> Install | None:
    """Return what a command installs, None when it installs nothing."""
    name, *rest = program_words(words) or [""]
    for reader in (_pip, _conda, _sync, _system, _tool):
        found = reader(name, rest)
        if found is not None:
            return found
    return None


def _pip(name: str, rest: list[str]) -> Install | None:
    if name == "uv" and rest[:1] == ["pip"]:
        name, rest = "pip", rest[1:]
    if name == "uv" and rest[:2] == ["tool", "install"]:
        return _pip_arguments("uv tool install", rest[2:])
    if name in {"pip-sync", "easy_install"}:
        files = [word for word in rest if not word.startswith("-")]
        is_sync = name == "pip-sync"
        specs = () if is_sync else tuple(files)
        synced = tuple(files or ["requirements.txt"]) if is_sync else ()
        return Install(Manager.PIP, name, specs, synced, alone=is_sync)
    if not (_PIP.match(name) or name == "pipx") or not rest:
        return None
    verb = next((word for word in rest if not word.startswith("-")), "")
    arguments = rest[rest.index(verb) + 1 :] if verb else []
    if verb == "sync":
        synced = tuple(word for word in arguments if not word.startswith("-"))
        return Install(Manager.PIP, "pip sync", files=synced, alone=True)
    if verb not in {"install", "wheel", "download", "inject"}:
        return None
    return _pip_arguments(f"{name} {verb}", arguments)


def _pip_arguments(program: str, arguments: Sequence[str]) -> Install:
    taken: dict[str, list[str]] = {"specs": [], "files": [], "constraints": []}
    flags: set[str] = set()
    waiting = iter(arguments)
    for word in waiting:
        flag, equals, value = word.partition("=")
        short = re.match(r"(-[rce])(.+)", word)
        if flag in _PIP_FILES or short:
            flag, value = (short[1], short[2]) if short else (flag, value)
            value = value if equals or short else next(waiting, "")
            is_folder = flag in {"-e", "--editable"} and re.fullmatch(r"\w[\w./-]*(\[.*\])?", value)
            taken[_PIP_FILES[flag]].append(f"./{value}" if is_folder else value)
        elif word.startswith("-") and word != "-":
            flags.add(flag)
            if flag in _PIP_VALUES and not equals:
                next(waiting, "")
        else:
            taken["specs"].append(word)
    return Install(
        Manager.PIP,
        program,
        tuple(taken["specs"]),
        tuple(taken["files"]),
        tuple(taken["constraints"]),
        hashed="--require-hashes" in flags,
        alone=not flags.isdisjoint({"--no-deps", "--no-dependencies"}),
        offline="--no-index" in flags,
    )


_PIP_FILES = {
    "-r": "files",
    "--requirement": "files",
    "--requirements": "files",
    "-c": "constraints",
    "--constraint": "constraints",
    "--constraints": "constraints",
    "-e": "specs",
    "--editable": "specs",
}


def _conda(name: str, rest: list[str]) -> Install | None:
    if name == "conda-lock" and rest[:1] == ["install"]:
        named = [w for w in rest[1:] if w.endswith((".yml", ".yaml", ".lock", ".txt"))]
        return Install(Manager.LOCK, "conda-lock install", lock=(named or ["conda-lock.yml"])[-1])
    if name not in {"conda", "mamba", "micromamba"}:
        return None
    name, rest = (f"{name} env", rest[1:]) if rest[:1] == ["env"] else (name, rest)
    verb = next((word for word in rest if word in {"install", "create", "update", "upgrade"}), "")
    if not verb:
        return None
    specs: list[str] = []
    files: list[str] = []
    waiting = iter(rest[rest.index(verb) + 1 :])
    for word in waiting:
        flag, equals, value = word.partition("=")
        if flag in {"-f", "--file"}:
            files.append(value if equals else next(waiting, ""))
        elif flag in _CONDA_VALUES and word.startswith("-"):
            if not equals:
                next(waiting, "")
        elif not word.startswith("-"):
            specs.append(word)
    return Install(Manager.CONDA, f"{name} {verb}", tuple(specs), tuple(files))


def _sync(name: str, rest: list[str]) -> Install | None:
    verb = next((word for word in rest if not word.startswith("-")), "")
    key = (name, verb)
    arguments = rest[rest.index(verb) + 1 :] if verb else []
    if key in _ADDING or (key == ("pipenv", "install") and _pip_arguments("", arguments).specs):
        return _pip_arguments(f"{name} {verb}", arguments)
    if key in _SYNCS:
        lock = _SYNCS[key]
        upgrades = {"-U", "--upgrade", "--update", "--skip-lock", "--no-lock"} & set(arguments)
        return Install(Manager.LOCK, f"{name} {verb}", lock="" if upgrades else lock)
    if name in {"python", "python3"} and rest[:1] == ["setup.py"]:
        is_install = not {"install", "develop"}.isdisjoint(rest)
        return Install(Manager.PIP, "setup.py install", (".",)) if is_install else None
    return None


def _system(name: str, rest: list[str]) -> Install | None:
    verb = next((word for word in rest if word in _SYSTEM_VERBS), "")
    if name not in _SYSTEM or not verb:
        return None
    specs: list[str] = []
    waiting = iter(rest[rest.index(verb) + 1 :])
    for word in waiting:
        if word in _SYSTEM_VALUES:
            next(waiting, "")
        elif not word.startswith("-"):
            specs.append(word)
    return Install(Manager.SYSTEM, f"{name} {verb}", tuple(specs))


def _tool(name: str, rest: list[str]) -> Install | None:
    verb = next((word for word in rest if not word.startswith("-")), "")
    if name == "yarn" and rest[:1] == ["global"]:
        verb = next((word for word in rest[1:] if not word.startswith("-")), "")
    if verb not in _TOOL_VERBS.get(name, ()):
        return None
    flags = [word for word in rest if word.startswith("-")]
    specs = [w for w in rest[rest.index(verb) + 1 :] if not w.startswith("-")]
    if "--version" in rest or "-v" in rest:
        return None
    is_local = name in {"npm", "pnpm", "yarn"} and not (
        {"-g", "--global", "global"} & {*flags, *rest}
    )
    return None if is_local or not specs else Install(Manager.TOOL, f"{name} {verb}", tuple(specs))
