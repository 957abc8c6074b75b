"""One declared dependency and how tightly it is pinned.

In: a requirement as text (PEP 508, a pip location, a Poetry constraint). Out: `Requirement`.
Sources: https://packaging.python.org/specifications/version-specifiers/,
https://pip.pypa.io/en/stable/reference/requirements-file-format/,
https://python-poetry.org/docs/dependency-specification/.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from enum import StrEnum

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Pep508
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name


class Pin(StrEnum):
    """How much freedom a requirement leaves, tightest first."""

    EXACT = "exact"  # one version: ==, ===, a full commit, a hash, a folder of this repository
    PREFIX = "prefix"  # conda's single =, which matches every version that starts so
    COMPATIBLE = "compatible"  # ~=, a tag, an abbreviated commit, an address without a hash
    OPEN = "open"  # a bare name, a range, a wildcard, a branch, a path of somebody's machine
    INVALID = "invalid"  # not a requirement


@dataclass(frozen=True, slots=True)
class Requirement:
    """One declared dependency.

    Attributes:
        name: normalised (PEP 503); empty when a location does not tell.
        line: 1-based, 0 when the format does not tell.
        specifier: the version part as a PEP 440 set, empty when there is none.
        why: what leaves it open, in a few words.
        hashed: its bytes are fixed by a hash or by this repository.
        conditional: installed only where an environment marker holds.
        development: not needed at run time.
        inside: the path in this repository that it names instead of a version, else empty.
    """

    name: str
    path: str
    line: int
    pin: Pin
    specifier: str = ""
    why: str = ""
    hashed: bool = False
    conditional: bool = False
    development: bool = False
    inside: str = ""


MAX_REQUIREMENTS = 5000
"""Most requirements of one manifest. Source: our own limit."""

MAX_CHARS = 4000
"""Longest requirement that is read. Source: our own limit."""

_VCS = re.compile(r"(git|hg|svn|bzr)\+", re.IGNORECASE)
_FULL_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_TAG_OR_SHORT = re.compile(r"([\w-]{0,40}[/_-])?[vr]?\d+(\.\d+)+[\w.+-]*|v\d+|[0-9a-f]{7,39}")
_URL_COMMIT = re.compile(r"/[0-9a-f]{40}(\.zip|\.tar\.gz|\.tgz|/|$)")
_URL_HASH = re.compile(r"#(.*&)?((sha256|sha384|sha512)=[0-9a-f]{64,}|[0-9a-f]{32}$)")
_ARCHIVE = re.compile(r"\.(whl|zip|tar\.(gz|bz2|xz)|tgz)$")
_BUILD = re.compile(r"/[\w.+!-]+-[\w.+!]+-\w+\.(conda|tar\.bz2)(#[0-9a-f]{32,64})?$")
_CONDA_EXPORT = re.compile(r"([A-Za-z_0-9][\w.-]*)=(\d[^=\s]*)=([^=\s]+)")
_LEGACY = re.compile(
    r"([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*\(?\s*(===|==|~=|!=|>=|<=|>|<)\s*([^\s;,()]+)"
)


def parse_requirement(text: str, path: str, line: int, *, hashed: bool = False) -> Requirement:
    """Return one requirement line without options; never raises."""
    text = text.strip()[:MAX_CHARS]
    if _is_location(text):
        where, _, marker = text.partition(" ;")
        return located("", where, path, line, hashed=hashed, conditional=bool(marker))
    try:
        parsed = Pep508(text)
    except InvalidRequirement:
        return _legacy(text, path, line, hashed=hashed)
    name = canonicalize_name(parsed.name)
    conditional = parsed.marker is not None
    if parsed.url:
        return located(name, parsed.url, path, line, hashed=hashed, conditional=conditional)
    pin, why = pin_of(parsed.specifier)
    return Requirement(
        name, path, line, pin, str(parsed.specifier), why, hashed=hashed, conditional=conditional
    )


def located(
    name: str, where: str, path: str, line: int, *, hashed: bool = False, conditional: bool = False
) -> Requirement:
    """Return a requirement that names a place instead of a version."""
    where = where.strip()
    inside = _inside(where, path)
    name = name or _name_in(where)
    if inside is None:
        pin, why, fixed = _pin_of_location(where, hashed=hashed)
        return Requirement(name, path, line, pin, "", why, hashed=fixed, conditional=conditional)
    if inside == ".." or inside.startswith("../"):
        why = "a path outside of the repository"
        return Requirement(name, path, line, Pin.OPEN, "", why, conditional=conditional)
    return Requirement(
        name, path, line, Pin.EXACT, "", "", hashed=True, conditional=conditional, inside=inside
    )


def pin_of(specifiers: SpecifierSet) -> tuple[Pin, str]:
    """Return how tight a PEP 440 set is, and what leaves it open."""
    rows = [(spec.operator, spec.version) for spec in specifiers]
    operators = {operator for operator, _ in rows}
    if any(o == "===" or (o == "==" and not version.endswith("*")) for o, version in rows):
        return Pin.EXACT, ""
    if {version for o, version in rows if o == ">="} & {v for o, v in rows if o == "<="}:
        return Pin.EXACT, ""
    if not operators:
        return Pin.OPEN, "no version"
    if "==" in operators:
        return Pin.OPEN, "a wildcard"
    if "~=" in operators:
        return Pin.COMPATIBLE, "a compatible range"
    return Pin.OPEN, "only a floor" if operators <= {">=", ">"} else "a range"


def poetry_requirement(name: str, constraint: str, path: str, line: int) -> Requirement:
    """Return a Poetry constraint; a bare version is exact, `^` and `~` are ranges."""
    text = constraint.strip()
    normal = canonicalize_name(name)
    if re.fullmatch(r"={0,3}\s*v?\d[\w.!+-]*", text):
        version = text.lstrip("= v")
        return Requirement(normal, path, line, Pin.EXACT, f"=={version}")
    allowed = _poetry_set(text)
    pin, why = pin_of(SpecifierSet(allowed)) if text[:1] in "<>=!~" else (Pin.OPEN, "a range")
    if pin is Pin.OPEN:
        why = "any version" if text in {"*", ""} else "a wildcard" if "*" in text else "a range"
    return Requirement(normal, path, line, pin, allowed, why)


def _poetry_set(text: str) -> str:
    """Return the PEP 440 form of a Poetry constraint, empty when it has no simple one."""
    caret = re.fullmatch(r"\^\s*(\d+)((?:\.\d+)*)", text)
    if caret:
        return _caret(caret[1], [p for p in caret[2].split(".") if p])
    tilde = re.fullmatch(r"~\s*(\d+(?:\.\d+)*)", text)
    if tilde:
        parts = tilde[1].split(".")
        kept = parts[:2] if len(parts) > 1 else parts
        return f">={tilde[1]},<{_bumped(kept)}"
    if re.fullmatch(r"\d+(\.\d+)*\.\*", text):
        return f"=={text}"
    try:
        return str(SpecifierSet(text)) if text[:1] in "<>=!~" else ""
    except InvalidSpecifier:
        return ""


def _caret(major: str, rest: list[str]) -> str:
    parts = [major, *rest]
    first = next((i for i, part in enumerate(parts) if part != "0"), len(parts) - 1)
    return f">={'.'.join(parts)},<{_bumped(parts[: first + 1])}"


def _bumped(parts: list[str]) -> str:
    return ".".join([*parts[:-1], str(int(parts[-1][:9]) + 1)])


def _is_location(text: str) -> bool:
    if _VCS.match(text) or text.startswith((".", "/", "~", "file:", "http://", "https://")):
        return True
    if re.match(r"[A-Za-z]:[\\/]", text):
        return True
    return _ARCHIVE.search(text) is not None and "@" not in text


def _inside(where: str, path: str) -> str | None:
    """Return the path in the repository a location means, None when it means none.

    `file:.` and `${PROJECT_ROOT}` are how Rye and PDM name the project's own folder.
    """
    plain = where.partition("#")[0]
    plain = re.sub(r"^(file:(//)?)?/?\$\{PROJECT_ROOT\}/?|^file:(?!/)", "./", plain)
    absolute = plain.startswith(("/", "~", "file:")) or re.match(r"[A-Za-z]:[\\/]", plain)
    if absolute or "://" in plain or _VCS.match(plain):
        return None
    plain = re.sub(r"\[[^\]]*\]$", "", plain)
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), plain.replace("\\", "/")))


def _pin_of_location(where: str, *, hashed: bool) -> tuple[Pin, str, bool]:
    if _VCS.match(where):
        return _pin_of_vcs(where)
    if where.startswith(("http://", "https://")):
        if hashed or _URL_HASH.search(where):
            return Pin.EXACT, "", True
        if _BUILD.search(where) or _URL_COMMIT.search(where.partition("#")[0]):
            return Pin.EXACT, "", False
        return Pin.COMPATIBLE, "an address without a hash", False
    return Pin.OPEN, "a path of one machine", False


def _pin_of_vcs(where: str) -> tuple[Pin, str, bool]:
    address = where.partition("#")[0].partition("+")[2]
    if address.startswith("file:"):
        return Pin.OPEN, "a path of one machine", False
    path = address.partition("://")[2].partition("/")[2] or address.partition(":")[2]
    _, found, ref = path.rpartition("@")
    if not found:
        return Pin.OPEN, "the default branch", False
    if _FULL_COMMIT.fullmatch(ref.lower()):
        return Pin.EXACT, "", True
    if where.lower().startswith(("svn+", "bzr+")) and ref.isdecimal():
        return Pin.EXACT, "", False
    if _TAG_OR_SHORT.fullmatch(ref):
        return Pin.COMPATIBLE, "a tag or abbreviated commit", False
    return Pin.OPEN, "a branch", False


def _name_in(where: str) -> str:
    egg = re.search(r"#(?:.*&)?egg=([A-Za-z0-9][\w.-]*)", where)
    if egg:
        return canonicalize_name(egg[1])
    plain = where.partition("#")[0].rstrip("/")
    if _VCS.match(plain):
        host, slash, rest = plain.partition("://")[2].partition("/")
        plain = rest.rpartition("@")[0] or rest if slash else plain.rpartition("@")[0] or host
    stem = _ARCHIVE.sub("", posixpath.basename(plain)).removesuffix(".git")
    name = re.split(r"-\d", stem)[0]
    return canonicalize_name(name) if re.fullmatch(r"\w[\w.-]*", name) else ""


def _legacy(text: str, path: str, line: int, *, hashed: bool) -> Requirement:
    """Read what older tools accepted, such as `x>=1.0.*`, and what conda exports."""
    if exported := _CONDA_EXPORT.fullmatch(text):
        return Requirement(canonicalize_name(exported[1]), path, line, Pin.EXACT)
    found = _LEGACY.match(text)
    if not found:
        return Requirement("", path, line, Pin.INVALID, why="not a requirement")
    exact = found[2] in {"==", "==="} and re.match(r"v?\d(?!.*\*$)", found[3]) is not None
    pin, why = (Pin.EXACT, "") if exact else (Pin.OPEN, "a range")
    return Requirement(canonicalize_name(found[1]), path, line, pin, "", why, hashed=hashed)
