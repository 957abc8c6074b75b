"""The list of who may sign is read more strictly than OpenSSH reads it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from holdshort.errors import BadInputError, ExitCode
from holdshort.signing.allowed_signers import (
    lint_allowed_signers,
    lint_revoked_keys,
    signer_line,
)
from holdshort.signing.ssh_format import PublicKey, parse_key

OURS = 'namespaces="holdshort-review-v1"'


@pytest.fixture
def key(ssh_key: Path) -> PublicKey:
    return parse_key(ssh_key.with_suffix(".pub").read_text(encoding="utf-8"))


def test_a_plain_line_is_read(key: PublicKey) -> None:
    line = f"# people\r\n\n  ada@example.org,ada {OURS} {key.line} laptop\r\n"

    (signer,) = lint_allowed_signers(line.encode())

    assert signer.principals == ("ada@example.org", "ada")
    assert signer.namespaces == ("holdshort-review-v1",)
    assert (signer.key, signer.number) == (key, 3)
    assert (signer.key_type, signer.fingerprint) == (key.type, key.fingerprint)
    assert (signer.valid_after, signer.valid_before) == (None, None)
    assert signer.line == f"ada@example.org,ada {OURS} {key.line}"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20260102", datetime(2026, 1, 2, tzinfo=UTC)),
        ("20260102Z", datetime(2026, 1, 2, tzinfo=UTC)),
        ("202601020304", datetime(2026, 1, 2, 3, 4, tzinfo=UTC)),
        ("20260102030405Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
    ],
)
def test_times_are_universal(key: PublicKey, text: str, moment: datetime) -> None:
    options = f'Namespaces="git,holdshort-review-v1",valid-after="{text}",valid-before="{text}"'

    (signer,) = lint_allowed_signers(f"ada\t{options}\t{key.line}".replace("\t", " ").encode())

    assert (signer.valid_after, signer.valid_before) == (moment, moment)
    assert lint_allowed_signers(signer.line.encode())[0].line == signer.line


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("*@example.org {ours} {key}", "exact names"),
        ("!eve@example.org,ada {ours} {key}", "exact names"),
        ("ad? {ours} {key}", "exact names"),
        ('"ada" {ours} {key}', "exact names"),
        ("ada,,bob {ours} {key}", "exact names"),
        ("ada {key}", "namespaces"),
        ('ada namespaces="" {key}', "namespaces"),
        ('ada namespaces="*" {key}', "namespaces"),
        ('ada namespaces="holdshort*" {key}', "namespaces"),
        ("ada namespaces=holdshort-review-v1 {key}", "namespaces"),
        ("ada cert-authority,{ours} {key}", "'cert-authority' is not accepted"),
        ("ada cert-authority {key}", "namespaces"),
        ("ada {ours},no-touch-required {key}", "'no-touch-required' is not accepted"),
        ("ada {ours},{ours} {key}", "stands twice"),
        ('ada {ours},valid-after="tomorrow" {key}', "no time"),
        ('ada {ours},valid-after="20261301" {key}', "no time"),
        ("ada {ours}", "no public key"),
        ("ada {ours} ssh-rsa {blob}", "inside and 'ssh-rsa' outside"),
        ("ada {ours} ssh-ed25519 AAAA!", "not base64"),
        ("ada\u202e {ours} {key}", "U.202E"),
        ("ada", "namespaces"),
    ],
)
def test_a_line_that_could_be_read_in_two_ways_is_refused(
    key: PublicKey, line: str, why: str
) -> None:
    text = line.format(ours=OURS, key=key.line, blob=key.line.split()[1])

    with pytest.raises(BadInputError, match=f"^signers:2: .*{why}") as caught:
        lint_allowed_signers(f"# first\n{text}\n".encode(), "signers")
    assert caught.value.exit_code is ExitCode.BAD_INPUT


@pytest.mark.parametrize(
    ("data", "why"), [(b"\xff\xfe", "not UTF-8"), (b"\n" * 100_001, "more than 100000 lines")]
)
def test_a_file_of_another_kind_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        lint_allowed_signers(data)


def test_the_line_for_a_newcomer_is_accepted_back(key: PublicKey) -> None:
    line = signer_line("ada@example.org", key)

    assert [one.line for one in lint_allowed_signers(line.encode())] == [line]
    with pytest.raises(BadInputError):
        signer_line("*", key)


def test_revoked_keys_are_listed_by_their_public_half(key: PublicKey) -> None:
    assert lint_revoked_keys(f"# gone\n\n{key.line} ada\n".encode()) == [key]
    assert lint_revoked_keys(b"") == []
    assert lint_revoked_keys(b"SSHKRL\n\0\0\0\0\1") == []
    with pytest.raises(BadInputError, match=r"^revoked_keys:1: "):
        lint_revoked_keys(b"SHA256:abc")
