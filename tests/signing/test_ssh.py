"""Signing and verifying with the real ssh-keygen, a real agent and a real terminal."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pexpect
import pytest

from holdshort.errors import BadInputError, MissingEnvironmentError
from holdshort.signing import agent, base
from holdshort.signing.keys import SigningKey, find_key, keys_at_hand, make_key
from holdshort.signing.ssh import (
    LockedKeyError,
    Reason,
    parse_armour,
    sign,
    signer_line,
    verify,
)
from holdshort.signing.ssh_format import key_of, parse_key

ADA = "ada@example.org"
PAYLOAD = b'{"status":"sealed"}'
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture
def key(ssh_key: Path) -> SigningKey:
    return SigningKey(parse_key(ssh_key.with_suffix(".pub").read_text("utf-8")), ssh_key)


@pytest.fixture
def locked(home: Path) -> SigningKey:
    """Make a key with the passphrase `open sesame`."""
    path = home / "locked"
    keygen("-t", "ed25519", "-N", "open sesame", "-f", str(path))
    return SigningKey(parse_key(path.with_suffix(".pub").read_text("utf-8")), path)


@pytest.fixture
def ssh_agent(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Start a real, empty agent."""
    place = home / "agent"
    with subprocess.Popen(["ssh-agent", "-D", "-a", place], stdout=subprocess.DEVNULL) as running:
        while not place.exists():
            assert running.poll() is None
        monkeypatch.setenv("SSH_AUTH_SOCK", str(place))
        yield place
        running.terminate()


def keygen(*arguments: str) -> None:
    subprocess.run(["ssh-keygen", "-q", *arguments], stdin=subprocess.DEVNULL, check=True)


def signers(key: SigningKey, principal: str = ADA, options: str = "") -> bytes:
    line = signer_line(principal, key.public)
    return line.replace(' namespaces="', f' {options}namespaces="').encode()


def reason(key: SigningKey, listed: bytes, **changes: object) -> Reason:
    arguments: dict[str, object] = {"payload": PAYLOAD, "principal": ADA, "at": NOON, **changes}
    if "armour" not in arguments:
        arguments["armour"] = sign(PAYLOAD, key)
    return verify(allowed_signers=listed, **arguments).reason  # type: ignore[arg-type] # as named


def test_a_signature_by_the_right_person_is_good(key: SigningKey) -> None:
    said = verify(PAYLOAD, sign(PAYLOAD, key), signers(key), ADA)

    assert said.good
    assert said.words == f"good signature by {ADA}"


def test_a_stock_program_accepts_the_same_signature(key: SigningKey, tmp_path: Path) -> None:
    (tmp_path / "signature").write_text(sign(PAYLOAD, key) + "\n", "utf-8")
    (tmp_path / "signers").write_bytes(signers(key))
    command = "ssh-keygen -Y verify -n holdshort-review-v1 -f signers -s signature -I"

    done = subprocess.run(
        [*command.split(), ADA], cwd=tmp_path, input=PAYLOAD, capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_any_other_content_is_a_bad_signature(key: SigningKey) -> None:
    assert reason(key, signers(key), payload=PAYLOAD + b" ") is Reason.BAD_SIGNATURE


def test_a_signature_with_another_body_is_bad(key: SigningKey) -> None:
    lines = sign(PAYLOAD, key).split("\n")
    lines[-2] = ("B" if lines[-2][0] == "A" else "A") + lines[-2][1:]

    assert reason(key, signers(key), armour="\n".join(lines)) is Reason.BAD_SIGNATURE


def test_a_key_nobody_listed_is_unknown(key: SigningKey, locked: SigningKey) -> None:
    assert reason(key, signers(locked)) is Reason.UNKNOWN_KEY
    assert reason(key, b"") is Reason.UNKNOWN_KEY


def test_a_key_of_somebody_else_is_the_wrong_principal(key: SigningKey) -> None:
    assert reason(key, signers(key), principal="bob@example.org") is Reason.WRONG_PRINCIPAL
    assert reason(key, signers(key), principal="*") is Reason.WRONG_PRINCIPAL
    assert reason(key, signers(key), principal=ADA.upper()) is Reason.WRONG_PRINCIPAL


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ('valid-before="20260615120000Z",', Reason.GOOD),
        ('valid-before="20260615115959",', Reason.EXPIRED),
        ('valid-after="20260615120000",', Reason.GOOD),
        ('valid-after="20260615120001Z",', Reason.NOT_YET_VALID),
        ('valid-after="20260101",valid-before="20270101",', Reason.GOOD),
    ],
)
def test_a_key_counts_only_in_its_time_whatever_the_time_zone(
    key: SigningKey, monkeypatch: pytest.MonkeyPatch, options: str, expected: Reason
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")

    assert reason(key, signers(key, options=options)) is expected


def test_a_second_line_can_prolong_a_key(key: SigningKey) -> None:
    old = signers(key, options='valid-before="20260101",')
    new = signers(key, options='valid-after="20260101",')

    assert reason(key, old + b"\n" + new) is Reason.GOOD


def test_now_is_the_time_when_none_is_given(key: SigningKey) -> None:
    past = signers(key, options='valid-before="20200101",')

    assert reason(key, past, at=None) is Reason.EXPIRED
    assert reason(key, past, at=datetime(2019, 1, 1, tzinfo=UTC)) is Reason.GOOD


def test_a_revoked_key_never_counts_again(
    key: SigningKey, locked: SigningKey, tmp_path: Path
) -> None:
    krl, other = tmp_path / "krl", tmp_path / "other"
    private, unrelated = key.private, locked.private
    assert private is not None
    assert unrelated is not None
    keygen("-k", "-f", str(krl), str(private.with_suffix(".pub")))
    keygen("-k", "-f", str(other), str(unrelated.with_suffix(".pub")))
    listed, long_ago = signers(key), datetime(2001, 1, 1, tzinfo=UTC)

    assert reason(key, listed, revoked=key.public.line.encode()) is Reason.REVOKED
    assert reason(key, listed, revoked=krl.read_bytes(), at=long_ago) is Reason.REVOKED
    assert reason(key, listed, revoked=other.read_bytes()) is Reason.GOOD
    assert reason(key, listed, revoked=locked.public.line.encode()) is Reason.GOOD


def test_a_revocation_list_that_cannot_be_read_is_never_passed_over(key: SigningKey) -> None:
    for revoked in (b"SSHKRL\n\0broken", b"garbage"):
        with pytest.raises(BadInputError, match="revoked_keys"):
            reason(key, signers(key), revoked=revoked)


def test_a_signature_for_another_purpose_does_not_count(key: SigningKey) -> None:
    for_git = sign(PAYLOAD, key, namespace="git")
    only_git = signers(key).replace(b"holdshort-review-v1", b"git")

    assert reason(key, signers(key), armour=for_git) is Reason.WRONG_NAMESPACE
    assert reason(key, only_git) is Reason.WRONG_NAMESPACE


def test_a_short_rsa_key_is_weak(home: Path) -> None:
    for bits, expected in (("2048", Reason.WEAK_KEY), ("3072", Reason.GOOD)):
        path = home / bits
        keygen("-t", "rsa", "-b", bits, "-N", "", "-f", str(path))
        rsa = SigningKey(parse_key(path.with_suffix(".pub").read_text("utf-8")), path)

        assert parse_armour(sign(PAYLOAD, rsa)).bits == int(bits)
        assert reason(rsa, signers(rsa)) is expected


def test_what_is_no_signature_is_malformed(key: SigningKey) -> None:
    assert reason(key, signers(key), armour="trust me") is Reason.MALFORMED


def test_a_list_of_signers_that_is_not_sound_stops_everything(key: SigningKey) -> None:
    with pytest.raises(BadInputError, match="allowed_signers:1"):
        reason(key, b"* " + key.public.line.encode())


def test_what_ssh_keygen_itself_refuses_never_counts(
    key: SigningKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    armour = sign(PAYLOAD, key)
    real = shutil.which("ssh-keygen")
    program = tmp_path / "ssh-keygen"
    script = f'case "$*" in *"-Y verify"*) echo too old >&2; exit 1;; esac; exec {real} "$@"'
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    said = verify(PAYLOAD, armour, signers(key), ADA)

    assert (said.good, said.reason) == (False, Reason.BAD_SIGNATURE)
    assert said.words == "ssh-keygen does not accept it: too old"


def test_a_locked_key_without_a_terminal_says_how_to_unlock_it(locked: SigningKey) -> None:
    with pytest.raises(LockedKeyError, match="locked") as caught:
        sign(PAYLOAD, locked)
    assert f"ssh-add {locked.private}" in caught.value.hint


ON_TERMINAL = """
import sys
from pathlib import Path
from holdshort.errors import HoldshortError
from holdshort.signing.keys import SigningKey
from holdshort.signing.ssh import sign
from holdshort.signing.ssh_format import key_of, parse_key
path = Path(sys.argv[1])
key = SigningKey(parse_key(path.with_suffix(".pub").read_text("utf-8")), path)
try:
    print(sign(sys.argv[2].encode(), key, interactive=sys.argv[3] == "ask"))
except HoldshortError as error:
    print(type(error).__name__)
"""


def at_a_terminal(*arguments: str) -> pexpect.spawn[str]:
    return pexpect.spawn(
        sys.executable,
        ["-c", ON_TERMINAL, *arguments],
        env={**os.environ, "PYTHONPATH": str(Path(base.__file__).parents[2])},
        encoding="utf-8",
        timeout=20,
    )


def test_the_passphrase_is_asked_on_the_terminal_when_the_caller_allows(
    locked: SigningKey,
) -> None:
    with at_a_terminal(str(locked.private), PAYLOAD.decode(), "ask") as terminal:
        terminal.expect("Enter passphrase")
        terminal.sendline("open sesame")
        terminal.expect("-----BEGIN[^~]*-----END SSH SIGNATURE-----")
        armour = str(terminal.after).replace("\r\n", "\n")

    assert verify(PAYLOAD, armour, signers(locked), ADA).good


def test_a_wrong_passphrase_signs_nothing(locked: SigningKey) -> None:
    with at_a_terminal(str(locked.private), "x", "ask") as terminal:
        terminal.expect("Enter passphrase")
        terminal.sendline("wrong")
        terminal.expect("MissingEnvironmentError")
        terminal.expect(pexpect.EOF)
        assert "BEGIN" not in str(terminal.before)


def test_a_terminal_is_left_alone_when_the_caller_needs_it(locked: SigningKey) -> None:
    with at_a_terminal(str(locked.private), "x", "quiet") as terminal:
        terminal.expect(pexpect.EOF)

        assert str(terminal.before).strip() == "LockedKeyError"


def test_a_key_in_the_agent_signs_without_its_file(
    key: SigningKey, locked: SigningKey, ssh_agent: Path
) -> None:
    assert ssh_agent.exists()
    subprocess.run(["ssh-add", "-q", str(key.private)], check=True)
    only_public = SigningKey(key.public)

    assert agent.keys_in_agent() == (key.public,)
    assert reason(only_public, signers(key)) is Reason.GOOD
    with pytest.raises(MissingEnvironmentError, match="in no file or agent"):
        sign(PAYLOAD, SigningKey(locked.public))


def test_an_agent_that_will_not_sign_is_named(key: SigningKey, ssh_agent: Path) -> None:
    assert ssh_agent.exists()
    subprocess.run(["ssh-add", "-q", "-c", str(key.private)], check=True)

    with pytest.raises(MissingEnvironmentError, match="agent would not sign"):
        sign(PAYLOAD, SigningKey(key.public))
    assert reason(key, signers(key)) is Reason.GOOD


@pytest.mark.parametrize(
    "answer", [b"", b"\0\0", b"\0\0\0\1\5", b"\xff\xff\xff\xff", b"\0\0\0\5\x0c\0\0\0\2"]
)
def test_an_agent_that_talks_nonsense_holds_no_keys(
    home: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", str(home / "agent"))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(home / "agent"))
        listening.listen()
        pid = os.fork()
        if pid == 0:  # pragma: no cover - the other process
            connection, _ = listening.accept()
            connection.recv(5)
            connection.sendall(answer)
            connection.close()
            os._exit(0)
        assert agent.keys_in_agent() == ()
        os.waitpid(pid, 0)


def test_a_dead_agent_does_not_hang(
    key: SigningKey, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "_TIMEOUT_S", 0.2)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(home / "agent"))
    assert agent.keys_in_agent() == ()
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(home / "agent"))
        silent.listen()

        assert agent.keys_in_agent() == ()
        assert reason(key, signers(key)) is Reason.GOOD


def test_the_configured_key_is_found(key: SigningKey, home: Path) -> None:
    public = key.private.with_suffix(".pub") if key.private else Path()
    line = public.read_text("utf-8").strip()
    for named in ("~/.ssh/id_ed25519", "~/.ssh/id_ed25519.pub", str(home / ".ssh/id_ed25519")):
        assert find_key({"gpg.format": "ssh", "user.signingkey": named}) == key
    for named in (f"key::{line}", line):
        assert find_key({"gpg.format": "ssh", "user.signingkey": named}) == SigningKey(key.public)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"gpg.format": "ssh"},
        {"user.signingkey": "ABCD"},
        {"gpg.format": "openpgp", "user.signingkey": "ABCD"},
    ],
)
def test_no_key_is_guessed(config: dict[str, str]) -> None:
    assert find_key(config) is None


@pytest.mark.parametrize("named", ["~/nowhere", "key::nonsense", "ssh-ed25519 AAAA", "~/.ssh"])
def test_a_configured_key_that_cannot_be_read_says_so(key: SigningKey, named: str) -> None:
    assert key.private
    with pytest.raises(MissingEnvironmentError) as caught:
        find_key({"gpg.format": "ssh", "user.signingkey": named})
    assert caught.value.hint


def test_the_public_half_is_made_up_for_only_when_nothing_is_locked(
    key: SigningKey, locked: SigningKey
) -> None:
    for one in (key, locked):
        assert one.private
        one.private.with_suffix(".pub").unlink()

    assert find_key({"gpg.format": "ssh", "user.signingkey": str(key.private)}) == key
    with pytest.raises(MissingEnvironmentError, match="public half") as caught:
        find_key({"gpg.format": "ssh", "user.signingkey": str(locked.private)})
    assert "ssh-keygen -y" in caught.value.hint


def test_a_public_half_that_is_no_text_says_so(home: Path) -> None:
    (home / "id.pub").write_bytes(b"\xff\xfe")

    with pytest.raises(MissingEnvironmentError, match="cannot be read"):
        find_key({"gpg.format": "ssh", "user.signingkey": str(home / "id.pub")})


def test_the_usual_files_and_the_agents_keys_are_offered(
    key: SigningKey, locked: SigningKey, ssh_agent: Path
) -> None:
    assert ssh_agent.exists()
    assert keys_at_hand() == (key,)
    subprocess.run(["ssh-add", "-q", str(key.private)], check=True)
    assert locked.private
    keygen("-p", "-P", "open sesame", "-N", "", "-f", str(locked.private))
    subprocess.run(["ssh-add", "-q", str(locked.private)], check=True)

    assert keys_at_hand() == (key, SigningKey(locked.public))


def test_a_new_key_signs_at_once_and_never_replaces_another(home: Path) -> None:
    made = make_key(home / "new" / "id_ed25519", ADA, with_passphrase=False)

    assert reason(made, signers(made)) is Reason.GOOD
    assert made.name.endswith(f"{made.fingerprint} {home}/new/id_ed25519")
    with pytest.raises(MissingEnvironmentError, match="exists"):
        make_key(home / "new" / "id_ed25519", ADA, with_passphrase=False)


def test_a_key_that_cannot_be_made_says_why(home: Path) -> None:
    (home / "id.pub").mkdir()

    with pytest.raises(MissingEnvironmentError, match="no key was made"):
        make_key(home / "id", ADA, with_passphrase=False)


def test_another_key_than_the_named_one_is_noticed(key: SigningKey, locked: SigningKey) -> None:
    with pytest.raises(MissingEnvironmentError, match="another key"):
        sign(PAYLOAD, SigningKey(locked.public, key.private))


def test_a_private_file_that_is_no_key_is_not_called_locked(key: SigningKey, home: Path) -> None:
    (home / "junk").write_text("junk", "utf-8")

    with pytest.raises(MissingEnvironmentError, match="did not sign") as caught:
        sign(PAYLOAD, SigningKey(key.public, home / "junk"))
    assert not isinstance(caught.value, LockedKeyError)


def test_a_key_that_wants_a_touch_needs_the_terminal(home: Path) -> None:
    blob = b"".join(
        len(one).to_bytes(4) + one for one in (b"sk-ssh-ed25519@openssh.com", b"k" * 32, b"ssh:")
    )
    with pytest.raises(LockedKeyError):
        sign(PAYLOAD, SigningKey(key_of(blob), home / "id_ed25519_sk"))


def test_a_program_that_hangs_is_given_up_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, pid = tmp_path / "ssh-keygen", tmp_path / "pid"
    program.write_text(f"#!/bin/sh\nsleep 60 & echo $! > {pid}; wait\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(base, "TIMEOUT_S", 0.5)

    with pytest.raises(MissingEnvironmentError, match=r"gave no answer in 0\.5 seconds"):
        base.run_program("ssh-keygen")
    state = Path(f"/proc/{pid.read_text('utf-8').strip()}/stat")
    assert not state.exists() or state.read_text("utf-8").split()[2] == "Z"


def test_a_missing_program_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: SigningKey
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(MissingEnvironmentError, match="'ssh-keygen' is not on PATH") as caught:
        sign(PAYLOAD, key)
    assert "OpenSSH" in caught.value.hint


def test_no_window_asks_for_a_passphrase(
    locked: SigningKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker, program = tmp_path / "marker", tmp_path / "askpass"
    program.write_text(f"#!/bin/sh\ntouch {marker}\necho open sesame\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("SSH_ASKPASS", str(program))
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")
    monkeypatch.setenv("DISPLAY", ":0")
    command = ["ssh-keygen", "-Y", "sign", "-n", "x", "-f", str(locked.private)]
    subprocess.run(command, input=b"", capture_output=True, check=True)
    assert marker.exists()
    marker.unlink()

    with pytest.raises(LockedKeyError):
        sign(PAYLOAD, locked)
    assert not marker.exists()
