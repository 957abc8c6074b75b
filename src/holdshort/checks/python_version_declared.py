"""The repository says which Python it runs on.

Looks where tools look: packaging metadata, version files, conda environments and base images. A
list of versions in CI says what is tested, not what is needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import yaml

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts import foreign_yaml
from holdshort.checks.facts.conda_files import read_conda
from holdshort.checks.facts.docker_stages import base_images
from holdshort.checks.facts.inventory import File, Kind, is_conda_name, is_test_path
from holdshort.checks.facts.manifests import READERS
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.requirement_files import logical_lines
from holdshort.model.finding import Level, Outcome, Place

_VERSION_FILES = {
    ".python-version": re.compile(r"^\s*(?:c?python-)?(\d+(?:\.\d+)*)\s*$", re.MULTILINE),
    "runtime.txt": re.compile(r"^\s*(?:python-)?(\d+(?:\.\d+)+)\s*$", re.MULTILINE),
    ".tool-versions": re.compile(r"^\s*python\s+(\d+(?:\.\d+)*)", re.MULTILINE),
    "mise.toml": re.compile(r"^\s*python\s*=\s*[\"'](\d+(?:\.\d+)*)", re.MULTILINE),
    ".mise.toml": re.compile(r"^\s*python\s*=\s*[\"'](\d+(?:\.\d+)*)", re.MULTILINE),
    "pylock.toml": re.compile(r"^requires-python\s*=\s*[\"']([^\"'\n]{1,100})", re.MULTILINE),
    "cog.yaml": re.compile(r"^\s+python_version:\s*[\"']?(\d+(?:\.\d+)*)", re.MULTILINE),
    "python_env.yaml": re.compile(r"^python:\s*[\"']?(\d+(?:\.\d+)*)", re.MULTILINE),
    "readme.md": re.compile(
        r"\A---\n(?:[^\n]{0,500}\n){0,60}?python_version:\s*[\"']?(\d+(?:\.\d+)*)"
    ),
}
_INSTALLED = re.compile(
    r"\b(?:install|add)\b[^\n]{0,1000}?\bpython(3\.\d+)\b"
    r"|\b(?:create|install)\b[^\n]{0,1000}?[\s\"']python==?(\d+(?:\.\d+)*)"
    r"|\b(?:uv python install|pyenv install|pyenv global)\s+(\d+(?:\.\d+)*)"
    r"|\bPYTHON_VERSION[=\s][\"']?(\d+\.\d+(?:\.\d+)*)"
)
_TOOLS = re.compile(
    r"^\s*(?:target-version\s*=\s*\[?\s*[\"']py(3)(\d+)|python_version\s*=\s*[\"']?(3\.\d+)"
    r"|env_?list\s*=\s*\{?py(3)(\d+))",
    re.MULTILINE,
)
_DEVCONTAINER_IMAGE = re.compile(r'^\s*"image"\s*:\s*"([^"\n]+)"', re.MULTILINE)
_OFFICIAL = re.compile(r"(?:^|/)python:([23](?:\.\d+)*)")
_IN_TAG = re.compile(r":\S*?(?:python|py)-?(\d\.?\d+(?:\.\d+)?)(?![\d])")
_UNNAMED = re.compile(r":\S*py(?:thon)?3\b")


@dataclass(frozen=True, slots=True)
class _Declaration:
    version: str
    path: str
    line: int
    level: Level
    where: str


def look(repository: Repository) -> Verdict:
    """Collect every declaration."""
    code = repository.inventory.python or repository.inventory.of(Kind.NOTEBOOK)
    found = list(_declarations(repository))
    firm = [d for d in found if d.level is Level.PASS]
    facts: dict[str, object] = {
        "declared": [{"version": d.version, "path": d.path, "line": d.line} for d in firm],
        "hinted": [{"version": d.version, "path": d.path, "line": d.line} for d in found],
    }
    if firm:
        listed = ", ".join(dict.fromkeys(f"{d.version} in {d.path}" for d in firm[:4]))
        return _verdict(Outcome.PASS, f"Python {listed}", found, facts)
    if not code:
        return _verdict(Outcome.NOT_APPLICABLE, "Found no Python", found, facts)
    if found:
        hint = f"Python is only hinted at: {found[0].where}"
        return _verdict(Outcome.WARN, hint, found, facts)
    if repository.has_errors():
        headline = "Found no Python version in the files that could be read"
        return _verdict(Outcome.UNKNOWN, headline, found, facts)
    return _verdict(Outcome.FAIL, "The Python version is declared nowhere", found, facts)


def _verdict(
    outcome: Outcome, headline: str, found: list[_Declaration], facts: dict[str, object]
) -> Verdict:
    wanted = outcome in {Outcome.WARN, Outcome.FAIL}
    return Verdict(
        outcome=outcome,
        headline=headline,
        evidence=tuple(
            map(_place, sorted(found, key=lambda d: (d.level is not Level.PASS, d.path)))
        ),
        facts=facts,
        remediation='In pyproject.toml, under [project]:\nrequires-python = ">=3.11"'
        if wanted
        else "",
    )


def _place(found: _Declaration) -> Place:
    return place(found.path, found.line, found.level, f"{found.where}: {found.version}")


def _declarations(repository: Repository) -> Iterator[_Declaration]:
    readers = {f: _reader(f) for f in repository.inventory.files if not is_test_path(f.path)}
    for file, text in repository.texts(file for file, reader in readers.items() if reader):
        reader = readers[file]
        try:
            yield from reader(file.path, text) if reader else ()
        except UnreadableSourceError as error:
            repository.note_error(file.path, str(error))


_Reader = Callable[[str, str], Iterator[_Declaration]]


def _reader(file: File) -> _Reader | None:
    name = file.name.lower()
    if name in READERS:
        return _of_manifest
    if name in _VERSION_FILES and not (name == "readme.md" and file.folder):
        return _of_version_file
    if name == "tox.ini":
        return _of_tools
    if file.kind is Kind.MANIFEST and is_conda_name(file.path):
        return _of_conda
    if name in {".devcontainer.json", "devcontainer.json"}:
        return _of_devcontainer
    by_kind: dict[Kind, _Reader] = {Kind.DOCKER: _of_docker, Kind.WORKFLOW: _of_workflow}
    return by_kind.get(file.kind)


def _of_manifest(path: str, text: str) -> Iterator[_Declaration]:
    for manifest in READERS[path.rpartition("/")[2].lower()](text, path):
        if manifest.python.strip("* "):
            line = manifest.python_line
            yield _Declaration(manifest.python, path, line, Level.PASS, "asks for")
    if not path.lower().endswith("pipfile"):
        yield from _of_tools(path, text)


def _of_tools(path: str, text: str) -> Iterator[_Declaration]:
    """Yield what linters and test runners are set to: what is checked, not what is needed."""
    for found in _TOOLS.finditer(text):
        version = found[3] or ".".join(part for part in found.groups() if part)
        line = text.count("\n", 0, found.start()) + found[0].count("\n") + 1
        yield _Declaration(version, path, line, Level.WARN, "a tool is set to")


def _of_version_file(path: str, text: str) -> Iterator[_Declaration]:
    found = _VERSION_FILES[path.rpartition("/")[2].lower()].search(text)
    if found:
        line = text.count("\n", 0, found.start(1)) + 1
        yield _Declaration(found[1], path, line, Level.PASS, "names")


def _of_conda(path: str, text: str) -> Iterator[_Declaration]:
    environment = read_conda(text, path)
    if environment is not None and environment.python:
        line = environment.python_line
        yield _Declaration(environment.python, path, line, Level.PASS, "installs")


def _of_docker(path: str, text: str) -> Iterator[_Declaration]:
    for image, line in base_images(text):
        yield from _image(path, image, line)
    for number, line_text in logical_lines(text):
        if found := _INSTALLED.search(line_text):
            version = next(part for part in found.groups() if part)
            yield _Declaration(version, path, number, Level.PASS, "installs")


def _of_devcontainer(path: str, text: str) -> Iterator[_Declaration]:
    for found in _DEVCONTAINER_IMAGE.finditer(text):
        yield from _image(path, found[1], text.count("\n", 0, found.start()) + 1)


def _image(path: str, image: str, line: int) -> Iterator[_Declaration]:
    named = _OFFICIAL.search(image) or _IN_TAG.search(image)
    if named:
        level = Level.WARN if len(named[1]) == 1 else Level.PASS
        yield _Declaration(named[1], path, line, level, "starts from an image with")
    elif _UNNAMED.search(image):
        yield _Declaration(image, path, line, Level.WARN, "an image decides, without a number")


def _of_workflow(path: str, text: str) -> Iterator[_Declaration]:
    document = foreign_yaml.compose(text)
    waiting = [document] if document is not None else []
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        for key, value in foreign_yaml.items(node):
            if key in {"python-version", "python_version", "python"}:
                yield from _versions(path, value)
            else:
                waiting.append(value)
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)


def _versions(path: str, node: yaml.Node) -> Iterator[_Declaration]:
    rows = [(foreign_yaml.text_of(e), foreign_yaml.line_of(e)) for e in foreign_yaml.elements(node)]
    known = [(text, line) for text, line in rows if re.match(r"\d", text)]
    if known:
        versions = ", ".join(text for text, _ in known)
        yield _Declaration(versions, path, known[0][1], Level.WARN, "CI runs")


CHECK = Check(
    id="python-version-declared",
    version="2",
    title="Python version",
    statement="The repository says which Python it runs on.",
    outcomes={
        Outcome.PASS: (
            "requires-python, a Poetry, Pipfile or setup constraint, .python-version, runtime.txt,"
            " .tool-versions, a conda environment, cog.yaml, the front matter of a Space, or what a"
            " Dockerfile starts from or installs"
        ),
        Outcome.WARN: (
            "only the versions CI runs or a tool is set to, or an image that brings some Python 3"
        ),
        Outcome.FAIL: "nowhere",
        Outcome.NOT_APPLICABLE: "no Python file and no notebook",
        Outcome.UNKNOWN: "nothing was found, and a file could not be read",
    },
    rules=(
        "A range counts: it says what the code needs, not what it was trained on.",
        "An image tag counts when it carries a number, such as python:3.11-slim.",
        "Classifiers, badges and sentences in a README do not count.",
    ),
    facts={
        "declared": "version, path and line of each declaration",
        "hinted": "the same with what CI, tools and images only hint at",
    },
    not_checked="whether the code runs on that version",
    look=look,
)
