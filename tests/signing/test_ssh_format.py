"""Keys and signatures as text: only the canonical form is read."""

from __future__ import annotations

import base64
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.errors import BadInputError
from holdshort.signing.keys import SigningKey
from holdshort.signing.ssh import sign
from holdshort.signing.ssh_format import key_of, parse_armour, parse_key

BEGIN, END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"


def string(data: bytes) -> bytes:
    return len(data).to_bytes(4) + data


ED25519 = string(b"ssh-ed25519") + string(b"k" * 32)


def armour_of(blob: bytes, width: int = 70) -> str:
    text = base64.b64encode(blob).decode()
    lines = [text[at : at + width] for at in range(0, len(text), width)]
    return "\n".join([BEGIN, *lines, END])


def blob_of(
    *,
    magic: bytes = b"SSHSIG",
    version: int = 1,
    key: bytes = ED25519,
    reserved: bytes = b"",
    digest: bytes = b"sha512",
    more: bytes = b"",
) -> bytes:
    fields = map(string, (key, b"holdshort-review-v1", reserved, digest, b"signature"))
    return magic + version.to_bytes(4) + b"".join(fields) + more


@pytest.fixture
def key(ssh_key: Path) -> SigningKey:
    public = parse_key(ssh_key.with_suffix(".pub").read_text(encoding="utf-8"))
    return SigningKey(public, ssh_key)


def test_what_ssh_keygen_writes_is_already_canonical(key: SigningKey) -> None:
    armour = sign(b"payload", key)
    signature = parse_armour(armour)

    assert signature.armour == armour
    assert parse_armour(armour + "\n") == signature
    assert (signature.key_type, signature.namespace) == ("ssh-ed25519", "holdshort-review-v1")
    assert signature.fingerprint == key.fingerprint
    assert signature.bits == 0


def test_the_fingerprint_is_the_one_ssh_keygen_prints(ssh_key: Path, key: SigningKey) -> None:
    said = subprocess.run(
        ["ssh-keygen", "-l", "-f", ssh_key], capture_output=True, text=True, check=True
    )

    assert said.stdout.split()[1] == key.fingerprint


def test_another_line_width_is_rewritten() -> None:
    assert parse_armour(armour_of(blob_of(), 64)).armour == armour_of(blob_of())


@pytest.mark.parametrize(
    "text",
    [
        "",
        BEGIN,
        f"{BEGIN}\n{END}",
        " " + armour_of(blob_of()),
        armour_of(blob_of()) + "\n\n",
        armour_of(blob_of()) + "\nmore",
        "before\n" + armour_of(blob_of()),
        armour_of(blob_of()) + "\n" + armour_of(blob_of()),
        armour_of(blob_of()).replace("\n", "\r\n"),
        armour_of(blob_of()).replace(BEGIN, BEGIN + "\nVersion: 1\n"),
        armour_of(blob_of()).replace(BEGIN, BEGIN + "\n"),
        armour_of(blob_of()).replace("A", "\u0410", 1),
        armour_of(blob_of(magic=b"SSHSIX")),
        armour_of(blob_of(version=2)),
        armour_of(blob_of(reserved=b"x")),
        armour_of(blob_of(digest=b"md5")),
        armour_of(blob_of(digest=b"\xff")),
        armour_of(blob_of(more=b"x")),
        armour_of(blob_of(key=string(b"ssh-rsa"))),
        armour_of(blob_of()[:-3]),
        armour_of(b"x" * 40_000),
    ],
)
def test_anything_but_one_canonical_signature_is_refused(text: str) -> None:
    parse_armour(armour_of(blob_of()))

    with pytest.raises(BadInputError):
        parse_armour(text)


def test_base64_with_stray_bits_at_its_end_is_refused() -> None:
    canonical = armour_of(blob_of(more=b"") + b"")
    body = canonical.split("\n")[1:-1]
    assert body[-1].endswith("=")
    stray = body[-1].rstrip("=")
    bumped = stray[:-1] + chr(ord(stray[-1]) + 1) + "=" * (len(body[-1]) - len(stray))
    assert base64.b64decode(bumped) == base64.b64decode(body[-1])

    with pytest.raises(BadInputError, match="canonical"):
        parse_armour("\n".join([BEGIN, *body[:-1], bumped, END]))


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    for text in (armour_of(data), armour_of(b"SSHSIG\0\0\0\1" + data)):
        with suppress(BadInputError):
            assert parse_armour(text).armour == text


@pytest.mark.parametrize(
    ("bits", "weak"), [(1024, True), (2048, True), (3071, True), (3072, False), (4096, False)]
)
def test_rsa_below_3072_bits_is_weak(bits: int, weak: bool) -> None:
    modulus = (1 << (bits - 1)).to_bytes(bits // 8 + 1)
    key = key_of(string(b"ssh-rsa") + string(b"\1\0\1") + string(modulus))

    assert (key.bits, key.weak) == (bits, weak)


def test_a_key_type_that_is_no_longer_made_is_weak() -> None:
    assert key_of(string(b"ssh-dss") + string(b"x")).weak
    assert not key_of(ED25519).weak


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ssh-ed25519",
        "ssh-ed25519 !!!!",
        "ssh-rsa " + base64.b64encode(ED25519).decode(),
        "ssh-ed25519 " + base64.b64encode(ED25519[:5]).decode(),
        "ssh-ed25519 " + base64.b64encode(string(b"\xff")).decode(),
    ],
)
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(BadInputError):
        parse_key(text)


def test_a_key_is_written_without_its_comment() -> None:
    line = "ssh-ed25519 " + base64.b64encode(ED25519).decode()

    assert parse_key(f"{line} ada@example.org on a laptop\n").line == line
