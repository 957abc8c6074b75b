"""What is downloaded is compared with a hash.

Looks at downloads of data, weights and archives in Python code, notebooks, shell scripts,
Makefiles and Dockerfiles. Requests to an interface, pages, pictures, keys and installers are none.
A hash beside a download is one given to the same call, or worked with in the same function,
script or instruction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from holdshort.checks.base import Check, Verdict, place
from holdshort.checks.facts.addresses import Transport, is_artefact, is_aside, transport_of
from holdshort.checks.facts.code import Code
from holdshort.checks.facts.docker_repository import dockerfiles
from holdshort.checks.facts.docker_stages import Step, filled
from holdshort.checks.facts.inventory import File, Kind, is_test_path
from holdshort.checks.facts.program import MAIN, Scope
from holdshort.checks.facts.repository import Repository
from holdshort.checks.facts.shell_downloads import Download, downloads_in
from holdshort.checks.facts.shell_syntax import shell_commands
from holdshort.checks.facts.sightings import Sighting
from holdshort.model.finding import Confidence, Level, Outcome, Place

_HASHING = re.compile(
    r"\w*(?:md5|sha1|sha224|sha256|sha384|sha512|blake2|checksum|hexdigest|file_digest"
    r"|check_integrity|verify_hash|file_hash|known_hash|hash_prefix|crc32)\w*",
    re.IGNORECASE,
)
_WRITES = frozenset({"write", "write_bytes", "writelines", "copyfileobj", "extractall"})
_PIECES = frozenset({"iter_content", "iter_bytes", "copyfileobj"})
_BYTES = frozenset({"content", "raw", "read"})
_FILES = frozenset({"open", "copyfileobj", "write_bytes", "extractall", "NamedTemporaryFile"})
_SCRIPT = re.compile(r"\.(sh|bash|zsh|slurm|sbatch)$")
_MAKEFILE = re.compile(r"(^|/)(GNU)?[Mm]akefile$|\.mk$")
_RECIPE = re.compile(r"^\t[@+-]*", re.MULTILINE)
_NO_RECIPE = re.compile(r"^(?!\t).*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Found:
    """One download with what speaks for it."""

    path: str
    line: int
    cell: int
    what: str
    address: str
    level: Level
    why: str


def look(repository: Repository) -> Verdict:
    """Judge the downloads of code first, then those of scripts and images."""
    found = _worst_per_line(
        [*_in_code(repository), *_in_scripts(repository), *_in_images(repository)]
    )
    levels = [one.level for one in found]
    outcome = _outcome(repository, levels)
    return Verdict(
        outcome=outcome,
        confidence=Confidence.LIKELY,
        headline=_headline([one for one in levels if one is not Level.INFO])
        + repository.unread_note(),
        evidence=tuple(sorted((_place(one) for one in found), key=_strength)),
        facts={
            "downloads": len(found),
            "verified": levels.count(Level.PASS),
            "open": levels.count(Level.FAIL),
            "doubtful": levels.count(Level.WARN),
        },
        remediation=_REMEDIATION if {Level.FAIL, Level.WARN} & set(levels) else "",
    )


_REMEDIATION = (
    "Write the hash down beside the address, and let the download fail when it differs:\n"
    'pooch.retrieve(url, known_hash="sha256:<64 hexadecimal digits>")\n'
    "torch.hub.load_state_dict_from_url(url, check_hash=True)\n"
    'echo "<64 hexadecimal digits>  data.zip" | sha256sum --check'
)
_ORDER = (Level.FAIL, Level.WARN, Level.INFO, Level.PASS)


def _in_code(repository: Repository) -> Iterator[_Found]:
    for file, code in repository.code():
        seen = [one for one in code.sightings if one.topic == "downloads"]
        for one in seen:
            names = _names(code.program.scopes, one.scope)
            if _is_download(one, names):
                level, why = _judge(one, names, code)
                yield _found(file, one, level, why)


def _found(file: File, seen: Sighting, level: Level, why: str) -> _Found:
    what = seen.what.rpartition(".")[2]
    if seen.detail("role") == "library":
        what = seen.what
    softened = _softened(file.path, level)
    return _Found(file.path, seen.line, seen.cell, what, seen.detail("address"), softened, why)


def _softened(path: str, level: Level) -> Level:
    if not is_test_path(path):
        return level
    return {Level.FAIL: Level.WARN, Level.WARN: Level.INFO}.get(level, level)


def _names(scopes: Mapping[str, Scope], scope: str) -> frozenset[str]:
    """Return what a scope mentions; what stands under the guard counts as the module."""
    wanted = [scope] if scope else ["", MAIN]
    return frozenset(name for one in wanted if one in scopes for name in scopes[one].names.split())


def _is_download(seen: Sighting, names: frozenset[str]) -> bool:
    """Tell whether bytes are kept: always for a file, for a request when they are written."""
    address, role = seen.detail("address"), seen.detail("role")
    if transport_of(address) is Transport.LOCAL:
        return False
    if role != "fetch":
        return True
    if is_artefact(address):
        return True
    if is_aside(address):
        return False
    if _PIECES & names:
        return bool(_WRITES & names)
    kept = _WRITES & names and _BYTES & names and _FILES & names
    return bool(kept) and bool(seen.scope) and "json" not in names


def _judge(seen: Sighting, names: frozenset[str], code: Code) -> tuple[Level, str]:
    role, given = seen.detail("role"), seen.detail("hash")
    if role == "library":
        return Level.PASS, "the library knows the hashes"
    if given == "given" or (role != "command" and _hashes(names)):
        return Level.PASS, "a hash stands beside it"
    if given == "unclear":
        return Level.WARN, "whether a hash is given cannot be seen"
    level, why = _by_transport(seen.detail("address"))
    elsewhere = any(_hashes(scope.names.split()) for scope in code.program.scopes.values())
    if level is Level.FAIL and elsewhere:
        return Level.WARN, f"{why}; a hash is worked with elsewhere in this file"
    return level, why


def _hashes(names: Iterable[str]) -> bool:
    return any(_HASHING.fullmatch(name) for name in names)


def _by_transport(address: str) -> tuple[Level, str]:
    match transport_of(address):
        case Transport.PLAIN:
            return Level.FAIL, "no hash, and anybody on the way can change it"
        case Transport.SECURE:
            return Level.WARN, "no hash, only https"
    return Level.WARN, "no hash, from an address decided elsewhere"


def _in_scripts(repository: Repository) -> Iterator[_Found]:
    files = [f for f in repository.inventory.of(Kind.TEXT) if _is_script(f)]
    for file, text in repository.texts(files):
        if "wget" in text or "curl" in text or "gdown" in text or "aria2c" in text:
            shell = _recipes(text) if _MAKEFILE.search(file.path) else text
            yield from (_of_shell(file.path, one) for one in downloads_in(shell_commands(shell)))


def _is_script(file: File) -> bool:
    return (_SCRIPT.search(file.path) or _MAKEFILE.search(file.path)) is not None


def _recipes(text: str) -> str:
    """Return the recipes of a Makefile, its other lines blank."""
    return _RECIPE.sub("", _NO_RECIPE.sub("", text)).replace("$$", "$")


def _in_images(repository: Repository) -> Iterator[_Found]:
    """Yield what a Dockerfile downloads; each instruction has to check for itself."""
    for path, image in dockerfiles(repository).items():
        for step in (step for stage in image.stages for step in stage.steps):
            name = step.instruction.name
            if name == "RUN":
                fetched = downloads_in(step.instruction.commands(), step.variables)
                yield from (_of_shell(path, one) for one in fetched)
            elif name == "ADD":
                yield from _added(path, step)


def _added(path: str, step: Step) -> Iterator[_Found]:
    checked = bool(step.instruction.flag("checksum"))
    for word in step.instruction.words()[:-1]:
        address = filled(word, step.variables)
        if re.match(r"(https?|ftp)://", address) and not address.endswith(".git"):
            line = step.instruction.line
            yield _of_shell(path, Download("ADD", address, line, checked))


def _of_shell(path: str, download: Download) -> _Found:
    level, why = Level.PASS, "a checksum is compared after it"
    if not download.is_checked:
        level, why = _by_transport(download.address)
    softened = _softened(path, level)
    return _Found(path, download.line, 0, download.tool, download.address, softened, why)


def _worst_per_line(found: Iterable[_Found]) -> list[_Found]:
    rows: dict[tuple[str, int, int], _Found] = {}
    for one in found:
        key = (one.path, one.cell, one.line)
        if key not in rows or _ORDER.index(one.level) < _ORDER.index(rows[key].level):
            rows[key] = one
    return [rows[key] for key in sorted(rows)]


def _outcome(repository: Repository, levels: list[Level]) -> Outcome:
    if Level.FAIL in levels:
        return Outcome.FAIL
    if Level.WARN in levels:
        return Outcome.WARN
    if repository.has_errors():
        return Outcome.UNKNOWN
    return Outcome.PASS if Level.PASS in levels else Outcome.NOT_APPLICABLE


def _headline(levels: list[Level]) -> str:
    if not levels:
        return "Found no download of data, weights or archives"
    noun = "download" if len(levels) == 1 else "downloads"
    parts = [f"Found {len(levels)} {noun}", f"{levels.count(Level.PASS)} with a hash"]
    if count := levels.count(Level.FAIL):
        parts.append(f"{count} over plain http without one")
    if count := levels.count(Level.WARN):
        parts.append(f"{count} for a person to judge")
    return ", ".join(parts)


def _place(one: _Found) -> Place:
    named = one.address.split("://", 1)[-1].rstrip("/").rpartition("/")[2][:30]
    why = f"{one.what} {named}: {one.why}" if named else f"{one.what}: {one.why}"
    return place(one.path, one.line, one.level, why, cell=one.cell)


def _strength(found: Place) -> tuple[int, str, int, int]:
    return _ORDER.index(found.level), found.path, found.cell, found.line


CHECK = Check(
    id="downloads-verified",
    version="1",
    title="downloads",
    statement="What is downloaded is compared with a hash.",
    outcomes={
        Outcome.PASS: "a hash stands beside each download, or the library knows it",
        Outcome.WARN: (
            "https without a hash; an address or hash that is decided elsewhere; plain http with a"
            " hash elsewhere in the file; tests"
        ),
        Outcome.FAIL: "plain http or ftp without a hash",
        Outcome.NOT_APPLICABLE: "nothing is downloaded",
        Outcome.UNKNOWN: "nothing against it was found, and some files could not be read",
    },
    rules=(
        (
            "A request counts as a download when its address ends like data, weights or an archive,"
            " or when the same function writes the bytes to a file."
        ),
        "urlretrieve, wget, gdown, get_file, load_state_dict_from_url and their like always count.",
        "check_hash, known_hash, file_hash, md5 and hash_prefix of the call count as a hash.",
        "In a script, a checksum counts for what was downloaded before it, when it is compared.",
        "torchvision, Keras and scikit-learn check the datasets that they know themselves.",
        "What goes to localhost, an installer, a key, a page or a picture is not listed.",
        "Whether the hash is compared, and ends a wrong download, is not followed in Python.",
    ),
    facts={
        "downloads": "downloads found",
        "verified": "with a hash",
        "open": "over plain http without a hash",
        "doubtful": "for a person to judge",
    },
    not_checked="downloads by a library on its own, cloud storage clients, other languages",
    look=look,
)
