"""The list of keys that may sign: a stock OpenSSH file, read more strictly than OpenSSH does.

Bytes go in, one `Signer` per line comes out, and `line` writes it back in a form no two
programs read differently. Refused with `file:line`: patterns and negations in principals,
certificate authorities, entries without `namespaces`, options this program does not know.
Format: ssh-keygen(1), "ALLOWED SIGNERS".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from holdshort.errors import BadInputError
from holdshort.model.text import forbidden_character, one_line
from holdshort.signing.base import NAMESPACE
from holdshort.signing.ssh_format import PublicKey, parse_key

MAX_LINES = 100_000
"""Source: our own limit; GitHub's largest organisations have some ten thousand members."""

KRL_MAGIC = b"SSHKRL\n\0"

_OPTION = re.compile(r'([a-zA-Z-]+)(?:="([^"\\]*)")?(?:,|(?=[ \t])|$)')
_TIMES = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}


@dataclass(frozen=True, slots=True)
class Signer:
    """One line: who may sign with which key, for what, and when.

    Attributes:
        principals: exact names, never patterns.
        valid_after: first moment the key counts, None when it always did; read as UTC.
        valid_before: last moment the key counts, None when it always will; read as UTC.
        number: the line in the file, from 1.
    """

    principals: tuple[str, ...]
    key: PublicKey
    namespaces: tuple[str, ...]
    valid_after: datetime | None
    valid_before: datetime | None
    number: int

    @property
    def key_type(self) -> str:
        """The key's type."""
        return self.key.type

    @property
    def fingerprint(self) -> str:
        """The key's fingerprint, `SHA256:...`."""
        return self.key.fingerprint

    @property
    def line(self) -> str:
        """The entry as a line of an allowed-signers file; times are UTC."""
        options = [f'namespaces="{",".join(self.namespaces)}"']
        for name, at in (("valid-after", self.valid_after), ("valid-before", self.valid_before)):
            if at is not None:
                options.append(f'{name}="{at:%Y%m%d%H%M%S}"')
        return f"{','.join(self.principals)} {','.join(options)} {self.key.line}"


def lint_allowed_signers(data: bytes, name: str = "allowed_signers") -> list[Signer]:
    """Read an allowed-signers file.

    That one key may belong to two people is left to the caller, who knows the people.

    Raises:
        BadInputError: a line is not as the module's text wants it, with `name:line`.
    """
    signers = []
    for number, line in _lines(data, name):
        try:
            signers.append(_signer(line, number))
        except BadInputError as error:
            raise BadInputError(f"{name}:{number}: {error.message}", error.hint) from error
    return signers


def lint_revoked_keys(data: bytes, name: str = "revoked_keys") -> list[PublicKey]:
    """Read a list of revoked public keys; of a binary OpenSSH KRL nothing, it is not read here.

    Raises:
        BadInputError: a line is no public key, with `name:line`.
    """
    keys = []
    for number, line in [] if data.startswith(KRL_MAGIC) else _lines(data, name):
        try:
            keys.append(parse_key(line))
        except BadInputError as error:
            raise BadInputError(f"{name}:{number}: {error.message}", error.hint) from error
    return keys


def signer_line(principal: str, key: PublicKey) -> str:
    """Return the line that lets a principal sign reviews with a key."""
    return _signer(f'{principal} namespaces="{NAMESPACE}" {key.line}', 1).line


def _lines(data: bytes, name: str) -> list[tuple[int, str]]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInputError(f"{name}: not UTF-8") from error
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        raise BadInputError(f"{name}: more than {MAX_LINES} lines")
    numbered = ((number, line.strip(" \t\r")) for number, line in enumerate(lines, 1))
    return [(number, line) for number, line in numbered if line and not line.startswith("#")]


def _signer(line: str, number: int) -> Signer:
    if hidden := forbidden_character(line):
        raise BadInputError(f"the line holds the invisible character {hidden}")
    who, _, rest = line.partition(" ")
    principals = tuple(who.split(","))
    if any(not one or set(one) & set("*?!\"'") for one in principals):
        raise BadInputError(
            f"principals are exact names without quotes, not {one_line(who, 80)!r}",
            "Write each person's address in full.",
        )
    options, rest = _options(rest.lstrip(" \t"))
    namespaces = tuple(options.pop("namespaces", "").split(","))
    if any(not one or set(one) & set("*?! \t") for one in namespaces):
        raise BadInputError(
            "the option `namespaces` is missing or holds a pattern",
            f'Add namespaces="{NAMESPACE}".',
        )
    after, before = options.pop("valid-after", ""), options.pop("valid-before", "")
    if options:
        raise BadInputError(f"the option {min(options)!r} is not accepted here")
    return Signer(principals, parse_key(rest), namespaces, _time(after), _time(before), number)


def _options(text: str) -> tuple[dict[str, str], str]:
    """Split off the options that stand before the key; none stand there when the key does."""
    options: dict[str, str] = {}
    first = text.partition(" ")[0]
    if "=" not in first and not first.startswith("cert-authority"):
        return options, text
    while match := _OPTION.match(text):
        name = match[1].casefold()
        if name in options:
            raise BadInputError(f"the option {name!r} stands twice")
        options[name] = match[2] or ""
        text = text[match.end() :]
        if not match[0].endswith(","):
            break
    return options, text.lstrip(" \t")


def _time(text: str) -> datetime | None:
    if not text:
        return None
    digits = text.removesuffix("Z")
    try:
        return datetime.strptime(digits, _TIMES[len(digits)]).replace(tzinfo=UTC)
    except (KeyError, ValueError) as error:
        raise BadInputError(
            f"{one_line(text, 40)!r} is no time like 20261231 or 20261231Z"
        ) from error
