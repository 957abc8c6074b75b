"""Signs that something is described: names of files, headings, settings and imports.

In: a `Repository` and a `Vocabulary`. Out: `Signs`. A sign proves nothing: a heading may stand over
an empty page. It tells a person where to read, and a check never more than that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from holdshort.checks.facts.documents import without_comments
from holdshort.checks.facts.inventory import File, Kind, is_test_path
from holdshort.checks.facts.repository import Repository

MAX_DOCUMENTS = 300
"""Most documents whose headings are read. Source: our own limit."""

MAX_SETTINGS = 200
"""Most settings of operations that are read. Source: our own limit."""

MAX_SIGNS = 10
"""Most signs of one sort that are kept. Source: our own limit; a person reads no more."""

MAX_LINES = 20_000
"""Lines of one file that are searched. Source: our own limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """How people name one thing.

    Attributes:
        names: of paths.
        headings: of documents.
        settings: lines of pipelines and of the settings of operations.
        imports: modules, by their full name or a package above it.
        stems: texts, in lower case, one of which every name, heading and setting meant holds.
    """

    names: re.Pattern[str]
    headings: re.Pattern[str]
    settings: re.Pattern[str]
    imports: frozenset[str]
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """One place that a person may want to read."""

    path: str
    line: int
    why: str
    cell: int = 0


@dataclass(frozen=True, slots=True)
class Signs:
    """What was found, and in how many names, documents and settings it was looked for."""

    found: tuple[Sign, ...]
    names: int
    texts: int

    @property
    def paths(self) -> list[str]:
        """The files with a sign, each once."""
        return list(dict.fromkeys(sign.path for sign in self.found))

    def headline(self, thing: str) -> str:
        """Return what was found of a thing, in one sentence."""
        scope = f"{self.names} names and {self.texts} texts"
        if not self.found:
            return f"Found no sign of {thing} in {scope}"
        listed = ", ".join(self.paths[:3])
        more = len(self.paths) - 3
        rest = f" and {more} more" if more > 0 else ""
        return f"Found what may describe {thing}: {listed}{rest}"


_DOCUMENT = re.compile(r"\.(?:md|markdown|rst|adoc|txt)$", re.IGNORECASE)
_NEAR = re.compile(
    r"(?:[^/]+|(?:docs?|documentation|runbooks?|playbooks?|ops|operations|deploy\w*)/.+"
    r"|(?:.*/)?(?:readme|model[-_ ]?card|runbook|playbook|operations?|deploy\w*|monitoring)[^/]*)",
    re.IGNORECASE,
)
_OPERATIONS = re.compile(
    r"(?:^|[/_.-])(?:k8s|kubernetes|deploy\w*|helm|charts?|manifests|infra\w*|monitoring|ops"
    r"|observability|prometheus|grafana|alert\w*|terraform|serving|docker-compose\w*|compose)"
    r"(?:$|[/_.-])",
    re.IGNORECASE,
)
_SETTING_NAME = re.compile(r"\.(?:ya?ml|json|toml|tf|sh|hcl)$|(?:^|/)(?:Makefile|Justfile)$")
_ABOUT_PEOPLE = re.compile(r"code[-_]of[-_]conduct|contribut|security|governance", re.IGNORECASE)
_CODE_BEHIND = re.compile(
    r"\.(?:[jt]sx?|css|scss|vue|svelte|html?|png|jpe?g|svg|gif|lock|sql|csv|txt)$|(?:^|/)\.[^/]*$"
)
_LONGEST_UNDERLINED = 100
_ATX = re.compile(r"#{1,6}[ \t]+(\S.{0,200})")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,}|~{3,}|\^{3,})\s*")


def find_signs(repository: Repository, vocabulary: Vocabulary) -> Signs:
    """Return where a repository may describe something."""
    documents = repository.once(_documents)
    settings = repository.once(_settings)
    sorts = (
        _in_headings(documents, vocabulary),
        _in_settings(settings, vocabulary),
        _in_names(repository, vocabulary),
        _in_imports(repository, vocabulary),
    )
    return Signs(
        found=tuple(sign for sort in sorts for sign in islice(sort, MAX_SIGNS)),
        names=len(repository.inventory.files),
        texts=len(documents) + len(settings),
    )


_Texts = tuple[tuple[str, str], ...]


def _documents(repository: Repository) -> _Texts:
    wanted = [f for f in _files(repository) if _DOCUMENT.search(f.path) and _NEAR.fullmatch(f.path)]
    wanted = [f for f in wanted if f.kind is Kind.TEXT and not _ABOUT_PEOPLE.search(f.path)]
    return tuple((f.path, text) for f, text in repository.texts(wanted[:MAX_DOCUMENTS]))


def _settings(repository: Repository) -> _Texts:
    wanted = [f for f in _files(repository) if f.kind is Kind.WORKFLOW or _is_setting(f.path)]
    return tuple((f.path, text) for f, text in repository.texts(wanted[:MAX_SETTINGS]))


def _is_setting(path: str) -> bool:
    return _SETTING_NAME.search(path) is not None and _OPERATIONS.search(path) is not None


def _files(repository: Repository) -> list[File]:
    return [file for file in repository.inventory.files if not is_test_path(file.path)]


def _in_names(repository: Repository, vocabulary: Vocabulary) -> Iterator[Sign]:
    for path, lower in repository.once(_names):
        if any(stem in lower for stem in vocabulary.stems) and vocabulary.names.search(path):
            yield Sign(path, 0, "named so")


def _names(repository: Repository) -> tuple[tuple[str, str], ...]:
    paths = (file.path for file in _files(repository))
    return tuple((path, path.lower()) for path in paths if not _CODE_BEHIND.search(path))


def _in_headings(documents: _Texts, vocabulary: Vocabulary) -> Iterator[Sign]:
    for path, text in documents:
        if _mentions(text, vocabulary):
            for title, line in _headings(text):
                if vocabulary.headings.search(title):
                    yield Sign(path, line, f"a heading: {title}")


def _in_settings(settings: _Texts, vocabulary: Vocabulary) -> Iterator[Sign]:
    for path, text in settings:
        if _mentions(text, vocabulary):
            for number, line in enumerate(text.split("\n")[:MAX_LINES], 1):
                row = line[:500].partition(" #")[0]
                if not row.lstrip().startswith("#") and vocabulary.settings.search(row):
                    yield Sign(path, number, f"a setting: {row.strip()}")
                    break


def _in_imports(repository: Repository, vocabulary: Vocabulary) -> Iterator[Sign]:
    imported = repository.once(_imported)
    found = (imported[name] for name in vocabulary.imports if name in imported)
    yield from sorted(found, key=lambda sign: (sign.path, sign.line))


def _imported(repository: Repository) -> Mapping[str, Sign]:
    """Return the first import of every module and of every package above one."""
    found: dict[str, Sign] = {}
    for file, imports in repository.imports():
        if is_test_path(file.path):
            continue
        for one in imports:
            name = one.module
            while name and name not in found:
                found[name] = Sign(file.path, one.line, f"imports {name}", one.cell)
                name = name.rpartition(".")[0]
    return found


def _mentions(text: str, vocabulary: Vocabulary) -> bool:
    lower = text.lower()
    return any(stem in lower for stem in vocabulary.stems)


def _headings(text: str) -> Iterator[tuple[str, int]]:
    """Yield the headings of a document outside of comments and code, with their lines."""
    fence = before = ""
    for number, line in enumerate(without_comments(text).split("\n")[:MAX_LINES], 1):
        mark = line.lstrip()[:3]
        if mark in {"```", "~~~"}:
            fence = "" if fence == mark else fence or mark
        elif not fence and (found := _ATX.match(line[:300])):
            yield found[1].strip(" #*"), number
        elif (
            not fence
            and before.strip()
            and len(before) < _LONGEST_UNDERLINED
            and _UNDERLINE.fullmatch(line)
        ):
            yield before.strip(" *"), number - 1
        before = line
