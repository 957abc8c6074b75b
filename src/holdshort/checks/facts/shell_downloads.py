"""What a shell script downloads, and whether it looks at a checksum afterwards.

In: simple commands in order. Out: `Download` values. `wget`, `curl` with a file to write, `aria2c`,
`axel` and `gdown` count; installers that are piped into a shell, keys, pages and requests to an
interface do not. A checksum counts for what was downloaded before it when it is compared (with
`-c`, in a test, or by a signature) and speaks of it: by its name, by a variable, or in a list.
Sources: https://www.gnu.org/software/wget/manual/wget.html, https://curl.se/docs/manpage.html,
https://www.gnu.org/software/coreutils/manual/html_node/sha2-utilities.html
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from holdshort.checks.facts.addresses import Transport, is_artefact, is_aside, transport_of
from holdshort.checks.facts.shell_syntax import ShellCommand
from holdshort.checks.facts.shell_words import SHELLS, unwrapped
from holdshort.checks.facts.words import words as _set_of


@dataclass(frozen=True, slots=True)
class Download:
    """One address that is fetched into a file.

    Attributes:
        address: variables of the script filled in, empty when it is in a list or a variable.
        is_checked: a checksum is compared afterwards.
    """

    tool: str
    address: str
    line: int
    is_checked: bool


MAX_WORDS = 200
"""Most words of one command that are read. Source: our own limit."""

MAX_COMPARISONS = 50
"""Most comparisons of one script. Source: our own limit."""

MAX_WORD = 500
"""Characters of an address or a variable that are read. Source: our own limit."""

_TOOLS = _set_of("wget curl aria2c axel gdown")
_UNPACKERS = _set_of(
    "tar bsdtar unzip gunzip gzip zcat bzcat xzcat bunzip2 unxz zstd cpio pigz funzip"
)
_CHECKS = re.compile(r"(sha\d*|md5|b2|blake\d\w*)sum|shasum|md5|cksum|gsha256sum|rhash|cosign")
_ASSIGNED = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_USE = re.compile(r"\$\{?(\w+)\}?")
_SENDS = {
    "curl": re.compile(r"-[a-zA-Z]*[XdFTI]|--(request|data[\w-]*|json|form|upload-file|head)"),
    "wget": re.compile(r"--(post-data|post-file|method|spider|body-data)"),
}
_TO_FILE = re.compile(r"-[a-zA-Z]*[oO]|--(output|remote-name)(-\w+)*")
_URL = re.compile(r"(https?|ftp)://\S+", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{?\w+\}?\S*|www\.\S+")
_LISTED = re.compile(r"-i|--input-file(=.*)?")
_VALUED = re.compile(
    r"-[a-zA-Z]*[oPUAHebcwtTQum]|-O|-qO|--(output|user-agent|header|directory-prefix"
    r"|output-document|retry|dir|out|cookie|referer|proxy|max-time|connect-timeout|retry-delay"
    r"|limit-rate|tries|timeout|user|password)"
)


def downloads_in(
    commands: Sequence[ShellCommand], variables: Mapping[str, str] | None = None
) -> tuple[Download, ...]:
    """Return what these commands download, in order; `variables` are set before they start."""
    known = dict(variables or {})
    found: list[Download] = []
    comparisons = _comparisons(commands)
    for index, command in enumerate(commands):
        _note_variables(command, known)
        left = unwrapped(command.words)[:MAX_WORDS]
        tool = posixpath.basename(left[0]) if left else ""
        if tool not in _TOOLS or not _fetches(tool, left[1:], commands, index):
            continue
        later = [said for at, said in comparisons if at > index]
        for address in filter(_counts, _addresses(tool, left[1:], known)):
            names = _names(address, left)
            checked = _verifies_itself(left) or any(_is_about(said, names) for said in later)
            found.append(Download(tool, address, command.line, checked))
    return tuple(found)


def _note_variables(command: ShellCommand, known: dict[str, str]) -> None:
    for word in command.words[:20]:
        if assigned := _ASSIGNED.fullmatch(word[:MAX_WORD]):
            known[assigned[1]] = _filled(assigned[2], known)


def _filled(text: str, known: dict[str, str]) -> str:
    return _USE.sub(lambda use: known.get(use[1], use[0]), text[:MAX_WORD])[:MAX_WORD]


def _fetches(tool: str, left: Sequence[str], commands: Sequence[ShellCommand], index: int) -> bool:
    """Tell whether something is fetched to be kept, rather than sent, asked or run."""
    sends = _SENDS.get(tool)
    options = [word.partition("=")[0] for word in left]
    if sends and any(sends.fullmatch(option) for option in options):
        return False
    if reader := _reader(commands, index):
        return reader in _UNPACKERS
    if tool != "curl":
        return True
    return any(_TO_FILE.fullmatch(option) for option in options) or any(map(is_artefact, left))


def _reader(commands: Sequence[ShellCommand], index: int) -> str:
    """Return the program that reads the output of a command, empty when none does."""
    following = commands[index + 1] if index + 1 < len(commands) else None
    if commands[index].after not in {"|", "|&"} or following is None:
        return ""
    left = unwrapped(following.words)
    name = posixpath.basename(left[0]) if left else ""
    return "" if name == "tee" else name or next(iter(SHELLS))


def _addresses(tool: str, left: Sequence[str], known: dict[str, str]) -> Iterator[str]:
    """Yield each address, empty for one that a list or an unknown variable holds."""
    before, is_any = "", False
    for word in left:
        is_value = _VALUED.fullmatch(before) is not None
        is_named = _URL.fullmatch(word) or (not is_value and _VARIABLE.fullmatch(word))
        before = "" if tool == "curl" and word == "-O" else word
        if is_named or _LISTED.fullmatch(word):
            is_any = True
            filled = _filled(word, known).strip("\"'")
            yield filled if _URL.match(filled) else ""
    if tool == "gdown" and not is_any:
        yield "https://drive.google.com/"


def _counts(address: str) -> bool:
    if transport_of(address) is Transport.LOCAL:
        return False
    return is_artefact(address) or not is_aside(address)


def _verifies_itself(left: Sequence[str]) -> bool:
    return any(word.startswith("--checksum") for word in left)


def _names(address: str, left: Sequence[str]) -> frozenset[str]:
    """Return the names under which a download may be spoken of."""
    given = {left[at + 1] for at, word in enumerate(left[:-1]) if _TO_FILE.fullmatch(word)}
    given.add(re.split(r"[?#]", address)[0])
    return frozenset(posixpath.basename(name) for name in given if posixpath.basename(name))


def _comparisons(commands: Sequence[ShellCommand]) -> list[tuple[int, str]]:
    """Return where a checksum is compared, and the words with which; empty words mean a list."""
    found: list[tuple[int, str]] = []
    for index, command in enumerate(commands):
        if len(found) < MAX_COMPARISONS and (kind := _compares(command)):
            piped = index > 0 and commands[index - 1].after == "|"
            words = [*command.words, *(commands[index - 1].words if piped else ())]
            words += [heredoc.text[:MAX_WORD] for heredoc in command.heredocs]
            is_list = kind == "list" and not piped and not command.heredocs
            found.append((index, "" if is_list else " ".join(words)[: 4 * MAX_WORD]))
    return found


def _is_about(said: str, names: frozenset[str]) -> bool:
    return not said or "$" in said or any(name in said for name in names)


def _compares(command: ShellCommand) -> str:
    """Return how a command compares: with a `list` of checksums, by `name`, or empty."""
    left = unwrapped(command.words)
    name = posixpath.basename(left[0]) if left else ""
    if _CHECKS.fullmatch(name):
        checks = any(w.startswith("--c") or re.fullmatch(r"-\w*c\w*", w) for w in left[1:])
        return "list" if checks else ""
    if name in {"gpg", "gpgv", "minisign", "signify"}:
        return "name" if name != "gpg" or "--verify" in left else ""
    tested = name in {"[", "[[", "test"}
    hashes = any(re.search(r"sha\d+|md5|sum\b", word, re.IGNORECASE) for word in left)
    return "name" if tested and hashes else ""
