"""What each tracked file is, by its name alone, and what is left out.

In: git's entries. Out: `File` values in path order and the entries skipped with the reason.
Links and submodules are not files. Vendored, generated and template folders are skipped: what
others wrote, what a program wrote and what only looks like code proves nothing about a model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from holdshort.checks.facts.view import Entry
from holdshort.checks.facts.words import words


class Kind(StrEnum):
    """What a file is, so far as its name tells."""

    PYTHON = "python"
    NOTEBOOK = "notebook"
    MANIFEST = "manifest"
    LOCK = "lock"
    WORKFLOW = "workflow"
    DOCKER = "docker"
    CONFIG = "config"
    TEXT = "text"
    BINARY = "binary"


@dataclass(frozen=True, slots=True)
class File:
    """One regular tracked file that checks may read."""

    path: str
    kind: Kind

    @property
    def name(self) -> str:
        """The last component of the path."""
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The path of the folder, empty at the root."""
        return self.path.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Inventory:
    """The files of one state of a repository and what was left out."""

    files: tuple[File, ...]
    skipped: tuple[tuple[str, str], ...]

    def of(self, *kinds: Kind) -> tuple[File, ...]:
        """Return the files of these kinds, in path order."""
        return tuple(file for file in self.files if file.kind in kinds)

    @property
    def python(self) -> tuple[File, ...]:
        """Every Python file, setup.py included, in path order."""
        return tuple(file for file in self.files if file.path.endswith((".py", ".pyw")))


_VENDORED = words(
    "vendor vendored _vendor third_party thirdparty third-party 3rdparty node_modules"
    " site-packages dist-packages venv .venv virtualenv .tox .nox .eggs bower_components"
)
_GENERATED = words("__pycache__ .ipynb_checkpoints .mypy_cache .ruff_cache htmlcov")
_GENERATED_NAME = re.compile(r"_pb2(_grpc)?\.pyi?$|\.min\.(js|css)$|\.egg-info(/|$)|(^|/)build/lib")
_TEMPLATE = re.compile(r"\{\{|\{%|(^|/)(cookiecutter|copier)-template/")

_LOCK_NAMES = words("uv.lock poetry.lock pdm.lock pipfile.lock pixi.lock")
_LOCK = re.compile(
    r"pylock(\.[^.]+)?\.toml|([\w.-]+[.-])?conda-lock\.ya?ml|conda-(linux|osx|win)[\w-]*\.lock"
    r"|requirements[\w-]*\.lock"
)
_MANIFEST_NAMES = words(
    "pyproject.toml setup.py setup.cfg pipfile environment.yml environment.yaml pixi.toml"
)
_REQUIREMENTS = re.compile(
    r"(^|/)([\w.-]*requirements?[\w.-]*\.(txt|in|pip)|[\w.-]*constraints[\w.-]*\.txt"
    r"|requirements?/[^/]+\.(txt|in)|reqs?([_-][\w-]+)?\.txt)$",
    re.IGNORECASE,
)
_CONDA = re.compile(
    r"(^|/)(conda[\w.-]*|[\w.-]*environment[\w.-]*|[\w.-]*[_-]conda|env|conda[_-]env"
    r"|env[_-](cpu|gpu|cuda\w*|dev|linux|mac\w*|osx|win\w*|py\w*))\.ya?ml$",
    re.IGNORECASE,
)
_WORKFLOW = re.compile(
    r"^\.(github|gitea|forgejo)/workflows/[^/]+\.ya?ml$|^\.gitlab-ci\.ya?ml$"
    r"|^\.circleci/[^/]+\.ya?ml$|^\.travis\.ya?ml$|(^|/)action\.ya?ml$"
    r"|(^|/)azure-pipelines?[\w.-]*\.ya?ml$|^\.?azure-?(pipelines?|devops)/.+\.ya?ml$"
    r"|^\.pipelines/.+\.ya?ml$|^bitbucket-pipelines\.ya?ml$|(^|/)Jenkinsfile[\w.-]*$"
    r"|\.jenkinsfile$|^\.(drone|woodpecker|cirrus)\.ya?ml$|^\.woodpecker/.+\.ya?ml$"
    r"|^\.buildkite/.+\.ya?ml$|^\.?appveyor\.ya?ml$|^\.semaphore/[^/]+\.ya?ml$"
    r"|(^|/)cloudbuild[\w.-]*\.ya?ml$"
)
_NOT_DOCKER = (
    r"(?!(?:dockerignore|py|sh|md|rst|txt|js|ts|go|html|json|toml|ya?ml|j2|jinja2?|in|tmpl|tpl"
    r"|template|erb|m4|bak|orig)$)"
)
_DOCKER = re.compile(
    rf"(^|/)((Docker|Container)file([._-]{_NOT_DOCKER}[\w-]+)*|[\w.-]+\.(docker|container)file)$",
    re.IGNORECASE,
)
_CONFIG_SUFFIXES = words(".yml .yaml .json .toml .ini .cfg .conf .env .properties .gin .hcl .tf")
_BINARY_SUFFIXES = words(
    ".png .jpg .jpeg .gif .bmp .ico .webp .tif .tiff .svgz .pdf .zip .gz .bz2 .xz .zst .7z .tar"
    " .tgz .whl .so .dylib .dll .exe .o .a .pyc .pyd .class .jar .bin .pt .pth .ckpt .onnx .pb"
    " .h5 .hdf5 .keras .tflite .safetensors .gguf .npy .npz .pkl .pickle .p .joblib .parquet"
    " .arrow .feather .avro .orc .mp3 .wav .flac .ogg .mp4 .avi .mov .mkv .webm .ttf .otf .woff"
    " .woff2 .eot .db .sqlite .sqlite3 .mat .model .tfrecord .dcm .nii"
)
_ASIDE = words("docs doc documentation ci website")
_REGULAR_MODES = frozenset({"100644", "100755", "100664"})


def take_inventory(entries: Iterable[Entry]) -> Inventory:
    """Return what every entry is and which entries are left out, with the reason."""
    files: list[File] = []
    skipped: list[tuple[str, str]] = []
    for entry in entries:
        reason = _reason_to_skip(entry)
        if reason:
            skipped.append((entry.path, reason))
        else:
            files.append(File(entry.path, kind_of(entry.path)))
    return Inventory(tuple(files), tuple(skipped))


def kind_of(path: str) -> Kind:
    """Return what a file is by its path."""
    name = path.rpartition("/")[2].lower()
    suffix = PurePosixPath(name).suffix
    if suffix in {".py", ".pyw"} and name != "setup.py":
        return Kind.PYTHON
    if suffix == ".ipynb":
        return Kind.NOTEBOOK
    if name in _LOCK_NAMES or _LOCK.fullmatch(name):
        return Kind.LOCK
    if suffix in _BINARY_SUFFIXES:
        return Kind.BINARY
    return _kind_by_pattern(path, name, suffix)


def is_requirements_name(path: str) -> bool:
    """Tell whether a path is a pip requirements or constraints file by its name."""
    return _REQUIREMENTS.search(path) is not None


def is_conda_name(path: str) -> bool:
    """Tell whether a path may be a conda environment by its name."""
    return _CONDA.search(path) is not None


def is_aside_path(path: str) -> bool:
    """Tell whether a path belongs to tests, documentation, CI or a hidden folder by its name."""
    folders = path.lower().split("/")[:-1]
    hidden = any(folder.startswith(".") for folder in folders)
    return hidden or is_test_path(path) or not _ASIDE.isdisjoint(folders)


def is_test_path(path: str) -> bool:
    """Tell whether a path belongs to a test suite by its folders or name."""
    *folders, name = path.lower().split("/")
    return (
        not {"tests", "test", "testing", "unittests"}.isdisjoint(folders)
        or name == "conftest.py"
        or name.startswith("test_")
        or name.endswith("_test.py")
    )


def _kind_by_pattern(path: str, name: str, suffix: str) -> Kind:
    if _WORKFLOW.search(path):
        return Kind.WORKFLOW
    if name in _MANIFEST_NAMES or is_requirements_name(path) or is_conda_name(path):
        return Kind.MANIFEST
    if _DOCKER.search(path):
        return Kind.DOCKER
    return Kind.CONFIG if suffix in _CONFIG_SUFFIXES else Kind.TEXT


def _reason_to_skip(entry: Entry) -> str:
    if entry.mode not in _REGULAR_MODES:
        return "not a file"
    folders = entry.path.lower().split("/")[:-1]
    if not _VENDORED.isdisjoint(folders):
        return "vendored"
    if not _GENERATED.isdisjoint(folders) or _GENERATED_NAME.search(entry.path):
        return "generated"
    return "template" if _TEMPLATE.search(entry.path) else ""
