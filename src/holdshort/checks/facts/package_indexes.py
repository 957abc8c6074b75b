"""Where packages come from: indexes and link pages that a file names, and how far to trust them.

In: an address with its role, or lines of options and commands. Out: `Index` values. A login that
stands in an address is never kept: only the host goes on.
Sources: https://pip.pypa.io/en/stable/cli/pip_install/,
https://docs.astral.sh/uv/concepts/indexes/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an index is asked for."""

    MAIN = "main"  # instead of the default
    SCOPED = "scoped"  # only for packages that name it
    EXTRA = "extra"  # beside another one, for every package
    LINKS = "links"  # a page of files
    PACKAGE = "package"  # one package from one address


class Risk(StrEnum):
    """How an index can hurt, worst first."""

    LOGIN = "login"  # a password or token stands in the address
    PLAIN = "plain"  # not encrypted
    UNVERIFIED = "unverified"  # whoever answers is believed
    LOOPBACK = "loopback"  # not encrypted, but on the same machine
    PLACEHOLDER = "placeholder"  # a login that is none yet
    EXTRA = "extra"  # whoever has the higher version wins
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Index:
    """One index or page that a file names."""

    path: str
    line: int
    risk: Risk
    host: str
    why: str


MAX_ADDRESS = 500
"""Longest address that is read. Source: our own limit."""

_ADDRESS = re.compile(
    r"(?:(?:git|hg|svn|bzr)\+)?(\w+)://(?:([^\s/@]*)@)?([^\s/:?#]*)", re.IGNORECASE
)
_LOOPBACK = re.compile(
    r"localhost|127\.\d+\.\d+\.\d+|\[::1\]|host\.docker\.internal", re.IGNORECASE
)
_REFERENCE = re.compile(r"\$|%\w+%|\{|<|\*\*")
_PLACEHOLDER = re.compile(
    r"user(name)?|pass(word|wd)?|token|secret|login|x{3,}|your\w*|my\w*|change.?me|example|dummy|\W*",
    re.IGNORECASE,
)
_DRAWN_LETTERS = 16
_OPTION = re.compile(
    r"(?:^|\s)(--extra-index-url|--index-url|--pypi-url|--find-links|--trusted-host"
    r"|--allow-insecure-host|--default-index|--index|-i|-f)(?:\s*=\s*|\s+)[\"']?([^\s\"']+)"
)
_VARIABLE = re.compile(
    r"\b(?:PIP|UV)_(EXTRA_INDEX_URL|INDEX_URL|DEFAULT_INDEX|INDEX|FIND_LINKS|TRUSTED_HOST"
    r"|INSECURE_HOST)[\"']?\s*[=:\s]\s*[\"']?([^\s\"']+)"
)
_SETTING = re.compile(
    r"\bpip3?\s+config\s+(?:--\w+\s+)*set\s+[\"']?(?:global|install|site|user)\."
    r"(index-url|extra-index-url|find-links|trusted-host)[\"']?\s+[\"']?([^\s\"']+)"
)
_UNVERIFIED_CONDA = re.compile(
    r"\bconda\s+config\s+--set\s+ssl_verify\s+(?:false|no|0)\b", re.IGNORECASE
)
_INSTALLS = re.compile(r"\b(?:pip[\d.]*|uv|pipenv|pip-compile|pip-sync|pex)\b")
_SEPARATOR = re.compile(r"&&|\|\||;")
_HASHED = re.compile(r"--hash[= ]|#(?:.*&)?sha\d+=[0-9a-f]{32}|@[0-9a-f]{40}\b")

ROLES = {
    "index-url": Role.MAIN,
    "pypi-url": Role.MAIN,
    "default-index": Role.MAIN,
    "i": Role.MAIN,
    "index": Role.EXTRA,
    "extra-index-url": Role.EXTRA,
    "extra-index-urls": Role.EXTRA,
    "find-links": Role.LINKS,
    "f": Role.LINKS,
}
"""What an option or a setting of this name makes of the address after it."""

DISTRUSTING = frozenset({"trusted-host", "allow-insecure-host", "insecure-host"})
"""Options and settings that switch verification off for a host."""


def index_at(address: str, role: Role, path: str, line: int) -> Index | None:
    """Return what an address means in its role, None when it names no host."""
    named = re.sub(r"^[\w-]+=(?=\w+://)", "", address[:MAX_ADDRESS].strip("\"' "))
    found = _ADDRESS.match(named)
    if found is None or found[1].lower() not in {"http", "https"} or "$" in found[3]:
        return None
    scheme, login, host = found[1].lower(), found[2] or "", found[3]
    risk, why = _risk(scheme, login, host, role)
    return Index(path, line, risk, host, f"{why}: {host}" if why else host)


def distrusted(host: str, path: str, line: int) -> Index:
    """Return a host whose certificate is not looked at."""
    shown = _ADDRESS.sub(r"\3", host[:MAX_ADDRESS])
    return Index(path, line, Risk.UNVERIFIED, shown, f"verification is switched off: {shown}")


def read_options(lines: Iterable[tuple[int, str]], path: str) -> Iterator[Index]:
    """Yield what the options and addresses of a requirement file name."""
    for number, line in lines:
        yield from _options(line, path, number)
        if not line.startswith("-") or line.startswith(("-e", "--editable")):
            yield from _direct(line, path, number)


def read_commands(lines: Iterable[tuple[int, str]], path: str) -> Iterator[Index]:
    """Yield what commands that install, and variables for installers, name."""
    for number, line in lines:
        for part in _SEPARATOR.split(line):
            if _INSTALLS.search(part):
                yield from _options(part, path, number)
                yield from _direct(part, path, number) if "install" in part else ()
        for pattern in (_VARIABLE, _SETTING):
            for found in pattern.finditer(line):
                yield from setting(found[1].lower().replace("_", "-"), found[2], path, number)
        if _UNVERIFIED_CONDA.search(line):
            yield distrusted("conda", path, number)


def setting(name: str, value: str, path: str, line: int) -> Iterator[Index]:
    """Yield what one setting of pip or uv names."""
    for one in value.split():
        if name in DISTRUSTING:
            yield distrusted(one, path, line)
        elif name in ROLES and (found := index_at(one, ROLES[name], path, line)):
            yield found


def direct(address: str, path: str, line: int) -> Iterator[Index]:
    """Yield what a requirement that names an address says about it."""
    found = index_at(address, Role.PACKAGE, path, line)
    if found is not None and found.risk is not Risk.NONE:
        yield found


def _options(line: str, path: str, number: int) -> Iterator[Index]:
    for found in _OPTION.finditer(line):
        name = found[1].lstrip("-")
        if found[1] not in {"-i", "-f"} or "://" in found[2]:
            yield from setting(name, found[2], path, number)


def _direct(line: str, path: str, number: int) -> Iterator[Index]:
    """Yield requirements that come over an open line; a hash or a commit makes up for it."""
    if "://" not in line:
        return
    plain = _OPTION.sub(" ", line)
    for found in re.finditer(r"[\w+]+://[^\s\"',;]+", plain):
        is_fixed = _HASHED.search(plain, found.start()) is not None
        for one in direct(found[0], path, number):
            if not (is_fixed and one.risk is Risk.PLAIN):
                yield one


def _risk(scheme: str, login: str, host: str, role: Role) -> tuple[Risk, str]:
    kept = _login(login)
    if kept is not Risk.NONE:
        certain = kept is Risk.LOGIN
        return kept, "a login stands in the address" if certain else "a login to be filled in"
    if scheme == "http":
        near = _LOOPBACK.fullmatch(host) is not None
        return (Risk.LOOPBACK if near else Risk.PLAIN), "not encrypted"
    if role is Role.EXTRA:
        return Risk.EXTRA, "asked for every package, beside another index"
    if role is Role.LINKS:
        return Risk.EXTRA, "a page of files, beside the index"
    return Risk.NONE, ""


def _login(login: str) -> Risk:
    """Judge what stands before the `@`: a variable and a bare user name are no secret."""
    user, colon, password = login.partition(":")
    if not login or _REFERENCE.search(login):
        return Risk.NONE
    if colon:
        return Risk.PLACEHOLDER if _PLACEHOLDER.fullmatch(password) else Risk.LOGIN
    drawn = len(user) >= _DRAWN_LETTERS and re.search(r"\d", user) and re.search(r"[A-Za-z]", user)
    return Risk.LOGIN if drawn else Risk.NONE
