"""Packages come from indexes that are encrypted, verified, and not in competition.

Reads where requirement files, project metadata, pip and conda settings, Dockerfiles, workflows,
Makefiles and shell scripts say that packages come from. A login in an address is never shown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.index_settings import read_conda_settings, read_ini, read_toml
from holdshort.checks.facts.inventory import (
    File,
    Kind,
    is_conda_name,
    is_requirements_name,
    is_test_path,
)
from holdshort.checks.facts.package_indexes import Index, Risk, read_commands, read_options
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.requirement_files import is_too_long, logical_lines
from holdshort.model.finding import Level, Outcome, Place

_TOML = frozenset({"pyproject.toml", "pixi.toml", "uv.toml", "pipfile"})
_INI = frozenset({"pip.conf", "pip.ini", "setup.cfg"})
_COMMANDS = re.compile(r"(^|/)((gnu)?makefile|[^/]+\.(sh|bash|mk)|tox\.ini|\.env)$", re.IGNORECASE)
_FAILS = frozenset({Risk.LOGIN, Risk.PLAIN, Risk.UNVERIFIED})


def look(repository: Repository) -> Verdict:
    """Judge every index that is named."""
    read, found = _indexes(repository)
    risky = sorted({i for i in found if i.risk is not Risk.NONE}, key=_order)
    facts = _facts(found)
    if not read:
        return Verdict(
            outcome=Outcome.NOT_APPLICABLE,
            headline="Found no manifest and no settings that install packages",
            facts=facts,
        )
    fails = any(index.risk in _FAILS for index in risky)
    outcome = Outcome.FAIL if fails else Outcome.WARN if risky else Outcome.PASS
    if not fails and repository.has_errors():
        outcome = Outcome.UNKNOWN
    return Verdict(
        outcome=outcome,
        headline=_headline(read, found) + repository.unread_note(),
        evidence=tuple(map(_place, risky)),
        facts=facts,
        remediation=_REMEDIATION if risky else "",
    )


_REMEDIATION = (
    "Use https, without --trusted-host; keep logins in the environment or a keyring. Let another\n"
    "index answer only for the packages that come from it, for example in pyproject.toml:\n"
    "[[tool.uv.index]]\n"
    'name = "pytorch"\n'
    'url = "https://download.pytorch.org/whl/cpu"\n'
    "explicit = true"
)


def _indexes(repository: Repository) -> tuple[int, list[Index]]:
    """Return how many manifests and settings were read, and what they and commands name."""
    found: list[Index] = []
    settings = 0
    files = [f for f in repository.inventory.files if not is_test_path(f.path)]
    declared = [f for f in files if _is_declaring(f)]
    commands = [f for f in files if not _is_declaring(f) and _is_commanding(f)]
    for file, text in repository.texts([*declared, *commands]):
        named: list[Index] = []
        try:
            named.extend(_read(file, text))
        except UnreadableSourceError as error:
            repository.note_error(file.path, str(error))
        if is_too_long(text):
            repository.note_error(file.path, "too many lines")
        settings += _is_declaring(file) or bool(named)
        found += named
    return settings, found


def _is_declaring(file: File) -> bool:
    return file.kind is Kind.MANIFEST or file.name.lower() in _TOML | _INI | {".condarc"}


def _is_commanding(file: File) -> bool:
    return file.kind in {Kind.DOCKER, Kind.WORKFLOW} or _COMMANDS.search(file.path) is not None


def _read(file: File, text: str) -> Iterator[Index]:
    name = file.name.lower()
    if name in _TOML:
        yield from read_toml(text, file.path)
    elif name in _INI:
        yield from read_ini(text, file.path)
    elif name == ".condarc" or is_conda_name(file.path):
        yield from read_conda_settings(text, file.path)
    elif is_requirements_name(file.path):
        yield from read_options(logical_lines(text), file.path)
    elif name != "setup.py":
        yield from read_commands(logical_lines(text), file.path)


def _place(index: Index) -> Place:
    level = Level.FAIL if index.risk in _FAILS else Level.WARN
    return place(index.path, index.line, level, index.why)


def _order(index: Index) -> tuple[int, str, int, str]:
    return list(Risk).index(index.risk), index.path, index.line, index.host


def _facts(found: list[Index]) -> dict[str, object]:
    counts = Counter(index.risk for index in found)
    return {
        "indexes": len({(i.path, i.line, i.host) for i in found}),
        "hosts": sorted({index.host for index in found}),
        "plain": counts[Risk.PLAIN] + counts[Risk.LOOPBACK],
        "unverified": counts[Risk.UNVERIFIED],
        "logins": counts[Risk.LOGIN],
        "extra": counts[Risk.EXTRA],
    }


def _headline(read: int, found: list[Index]) -> str:
    count = "1 manifest or setting" if read == 1 else f"{read} manifests and settings"
    if not found:
        return f"Read {count}; all use the default index"
    counts = Counter(index.risk for index in found)
    said = {
        "with a login": counts[Risk.LOGIN],
        "not encrypted": counts[Risk.PLAIN] + counts[Risk.LOOPBACK],
        "not verified": counts[Risk.UNVERIFIED],
        "asked for every package": counts[Risk.EXTRA],
    }
    parts = [f"{number} {what}" for what, number in said.items() if number]
    named = len({(i.path, i.line, i.host) for i in found})
    other = "1 other source" if named == 1 else f"{named} other sources"
    return f"Read {count} that name {other}: {', '.join(parts) or 'all encrypted'}"


CHECK = Check(
    id="package-index-safe",
    version="1",
    title="package index",
    statement="Packages come only from indexes that are encrypted, verified and without a rival.",
    outcomes={
        Outcome.PASS: (
            "the default index, an https index in its place, or one that answers only for the"
            " packages that name it"
        ),
        Outcome.WARN: (
            "an extra index or a page of links that is asked for every package, an open line to"
            " the same machine, a login to be filled in"
        ),
        Outcome.FAIL: "plain http, verification switched off, or a login in an address",
        Outcome.NOT_APPLICABLE: "no manifest and no settings that install packages",
        Outcome.UNKNOWN: "nothing bad was found, but a file could not be read",
    },
    rules=(
        "With two indexes the higher version wins, whoever published it: extra-index-url warns.",
        (
            "explicit in uv, priority explicit in Poetry and include_packages in PDM restrict an"
            " index to what names it; Pipenv always does."
        ),
        "A variable in place of a login is no login; a bare user name is none either.",
        "A package over plain http is accepted when a hash or a full commit fixes it.",
        "Comments, READMEs and the fixtures of tests do not count.",
    ),
    facts={
        "indexes": "places that name an index, a page of links or a channel by its address",
        "hosts": "their hosts",
        "plain": "how many are not encrypted",
        "unverified": "how many are believed without verification",
        "logins": "how many carry a password or token",
        "extra": "how many are asked for every package beside another one",
    },
    not_checked="installers' settings outside of the repository, and what notebooks install",
    look=look,
)
