"""SSH public keys and signatures as text: parsed strictly, written canonically.

An armoured signature goes in, an `SshSignature` comes out, and its armour is written anew, so
that what another program reads is what was looked at here. Refused: anything around the armour,
headers, base64 that is not canonical, trailing bytes.
Format: OpenSSH PROTOCOL.sshsig; RFC 4251, section 5; RFC 4253, section 6.6.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import textwrap
from dataclasses import dataclass

from holdshort.errors import BadInputError
from holdshort.model.policy import KEY_TYPES

MIN_RSA_BITS = 3072
"""Source: NIST SP 800-57 Part 1 Rev. 5, table 2 (128-bit strength)."""

_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_MAGIC, _VERSION = b"SSHSIG", 1
_HASHES = ("sha256", "sha512")
_WIDTH = 70
_MAX_ARMOUR_CHARS = 32 * 1024


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One public key: its type and its bytes on the wire."""

    type: str
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """`SHA256:...` as ssh-keygen prints it."""
        return "SHA256:" + _base64(hashlib.sha256(self.blob).digest()).rstrip("=")

    @property
    def bits(self) -> int:
        """The length of an RSA modulus; 0 for every other type."""
        if self.type != "ssh-rsa":
            return 0
        wire = Wire(self.blob)
        wire.string()
        wire.string()
        return int.from_bytes(wire.string()).bit_length()

    @property
    def weak(self) -> bool:
        """Whether no signature of this key counts: an old type, or RSA that is too short."""
        return self.type not in KEY_TYPES or 0 < self.bits < MIN_RSA_BITS

    @property
    def line(self) -> str:
        """`type base64`, the form of a `.pub` file without its comment."""
        return f"{self.type} {_base64(self.blob)}"


@dataclass(frozen=True, slots=True)
class SshSignature:
    """A parsed signature; that it is valid is for `verify` to say."""

    key: PublicKey
    namespace: str
    blob: bytes

    @property
    def key_type(self) -> str:
        """The type of the key that made it."""
        return self.key.type

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the key that made it."""
        return self.key.fingerprint

    @property
    def bits(self) -> int:
        """The length of an RSA modulus; 0 for every other type."""
        return self.key.bits

    @property
    def armour(self) -> str:
        """The canonical armour: 70 characters a line, no line break at the end."""
        lines = textwrap.wrap(_base64(self.blob), _WIDTH)
        return "\n".join((_BEGIN, *lines, _END))


def parse_key(text: str) -> PublicKey:
    """Read `type base64 [comment]`.

    Raises:
        BadInputError: it is no public key.
    """
    fields = text.split()
    if len(fields) < 2:  # noqa: PLR2004 - type and base64
        raise BadInputError("no public key: `type base64` is wanted")
    key = key_of(_decoded(fields[1]))
    if key.type != fields[0]:
        raise BadInputError(f"the key says {key.type!r} inside and {fields[0]!r} outside")
    return key


def key_of(blob: bytes) -> PublicKey:
    """Read a public key's bytes on the wire.

    Raises:
        BadInputError: they do not name a key type, or end early.
    """
    key = PublicKey(_text(Wire(blob).string()), blob)
    _ = key.bits
    return key


def parse_armour(text: str) -> SshSignature:
    """Read one armoured signature, with at most a line break after it.

    Raises:
        BadInputError: anything but exactly one canonical signature.
    """
    lines = text.removesuffix("\n").split("\n")
    framed = lines[0] == _BEGIN and lines[-1] == _END and all(lines)
    if not framed or len(text) > _MAX_ARMOUR_CHARS:
        raise BadInputError("the signature is not one SSH signature and nothing else")
    blob = _decoded("".join(lines[1:-1]))
    if not blob.startswith(_MAGIC):
        raise BadInputError("the signature does not hold an SSH signature")
    wire = Wire(blob.removeprefix(_MAGIC))
    version = wire.number()
    key, namespace = key_of(wire.string()), _text(wire.string())
    reserved, hash_name = wire.string(), _text(wire.string())
    wire.string()
    if version != _VERSION or reserved or hash_name not in _HASHES or wire.rest:
        raise BadInputError("the signature is of a form this version does not know")
    return SshSignature(key, namespace, blob)


class Wire:
    """Numbers and strings as SSH puts them on the wire."""

    def __init__(self, data: bytes) -> None:
        """Start at the beginning of `data`; `rest` is what has not been taken yet."""
        self.rest = data

    def number(self) -> int:
        """Take four bytes as a number."""
        return int.from_bytes(self.take(4))

    def string(self) -> bytes:
        """Take a length and that many bytes."""
        return self.take(self.number())

    def take(self, size: int) -> bytes:
        """Take bytes.

        Raises:
            BadInputError: there are not that many.
        """
        if len(self.rest) < size:
            raise BadInputError("a key or signature ends early")
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: str) -> bytes:
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise BadInputError("a key or signature is not base64") from error
    if _base64(data) != text:
        raise BadInputError("a key or signature is not canonical base64")
    return data


def _text(data: bytes) -> str:
    try:
        return data.decode("ascii")
    except UnicodeDecodeError as error:
        raise BadInputError("a key or signature names something that is not ASCII") from error
