"""SSH signatures over payloads, made and verified by stock ssh-keygen.

Bytes and a key go in, an armoured signature comes out; a payload, a signature and a list of
signers go in, a `Verified` comes out. Git's own configuration decides nothing in verification.
A passphrase is asked by ssh-keygen itself on the terminal, never passed along.
Source: ssh-keygen(1), `-Y sign` and `-Y verify`; OpenSSH PROTOCOL.sshsig.
"""

from __future__ import annotations

import shlex
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from holdshort.errors import BadInputError, MissingEnvironmentError
from holdshort.model.text import one_line, visible
from holdshort.signing.agent import keys_in_agent
from holdshort.signing.allowed_signers import (
    KRL_MAGIC,
    Signer,
    lint_allowed_signers,
    lint_revoked_keys,
    signer_line,
)
from holdshort.signing.base import (
    NAMESPACE,
    Finished,
    LockedKeyError,
    Reason,
    Verified,
    last_line,
    run_program,
)
from holdshort.signing.keys import SigningKey, find_key, keys_at_hand, make_key
from holdshort.signing.ssh_format import PublicKey, SshSignature, parse_armour

_NO_AGENT = {"SSH_AUTH_SOCK": None}
_NOTHING = "Nothing was signed; your answers are kept."

__all__ = [
    "NAMESPACE",
    "LockedKeyError",
    "PublicKey",
    "Reason",
    "Signer",
    "SigningKey",
    "SshSignature",
    "Verified",
    "find_key",
    "keys_at_hand",
    "lint_allowed_signers",
    "lint_revoked_keys",
    "make_key",
    "parse_armour",
    "sign",
    "signer_line",
    "verify",
]


def sign(
    payload: bytes, key: SigningKey, *, namespace: str = NAMESPACE, interactive: bool = False
) -> str:
    """Sign a payload and return the armour.

    The agent is asked first, then the private file; a passphrase or a touch is asked for only
    when `interactive`, on the terminal, which the caller has to itself.

    Raises:
        LockedKeyError: the key needs the terminal, and `interactive` is false.
        MissingEnvironmentError: the private half is nowhere, or the person gave up.
    """
    usual = ("-Y", "sign", "-n", namespace, "-f")
    in_agent = key.public in keys_in_agent()
    if in_agent and (armour := _by_agent(payload, key, usual)):
        return armour
    if key.private is None:
        place = "your SSH agent would not sign with it" if in_agent else "it is in no file or agent"
        raise MissingEnvironmentError(
            f"the private half of {key.name} is out of reach: {place}",
            f"Add it with `ssh-add`, then try again. {_NOTHING}",
        )
    arguments = (*usual, str(key.private))
    if interactive:
        said = run_program("ssh-keygen", *arguments, stdin=payload, on_terminal=True)
        if said.code:
            raise MissingEnvironmentError(f"{key.name} did not sign", _NOTHING)
    elif key.public.type.startswith("sk-"):
        raise _locked(key)
    else:
        said = run_program("ssh-keygen", *arguments, stdin=payload, environment=_NO_AGENT)
        if "incorrect passphrase" in said.stderr:
            raise _locked(key)
        if said.code:
            raise MissingEnvironmentError(
                f"{key.name} did not sign: {last_line(said.stderr)}", _NOTHING
            )
    return _signed(said.stdout, key)


def verify(
    payload: bytes,
    armour: str,
    allowed_signers: bytes,
    principal: str,
    at: datetime | None = None,
    revoked: bytes | None = None,
) -> Verified:
    """Tell whether a principal signed this payload with a key that counted at a time.

    Args:
        payload: the signed bytes.
        armour: the signature.
        allowed_signers: the file's bytes, from a revision that is trusted.
        principal: who must have signed.
        at: when the key must have been valid; now by default. Revocation knows no time.
        revoked: public keys or an OpenSSH KRL that no longer count.

    Raises:
        BadInputError: `allowed_signers` or `revoked` is not sound.
        MissingEnvironmentError: ssh-keygen is missing.
    """
    signers = lint_allowed_signers(allowed_signers)
    gone = lint_revoked_keys(revoked or b"")
    try:
        signature = parse_armour(armour)
    except BadInputError as error:
        return Verified(Reason.MALFORMED, error.message)
    if signature.namespace != NAMESPACE:
        named = one_line(signature.namespace, 60)
        return Verified(Reason.WRONG_NAMESPACE, f"made for {named!r}, not for reviews")
    moment = (at or datetime.now(UTC)).astimezone(UTC)
    with tempfile.TemporaryDirectory() as folder:
        case = _Case(Path(folder), payload, signature)
        refused = _refusal(signers, signature, principal, moment)
        if signature.key.weak:
            size = f" of {signature.bits} bits" if signature.bits else ""
            refused = Verified(Reason.WEAK_KEY, f"{signature.key_type}{size} is too weak")
        if signature.key in gone or case.is_in_krl(revoked or b""):
            refused = Verified(Reason.REVOKED, f"the key {signature.fingerprint} is revoked")
        refused = refused or case.refusal(signers, principal, moment)
        if refused and not case.is_intact():
            return Verified(Reason.BAD_SIGNATURE, "the signature does not fit the content")
    return refused or Verified(Reason.GOOD, f"good signature by {visible(principal)}")


def _refusal(
    signers: list[Signer], signature: SshSignature, principal: str, at: datetime
) -> Verified | None:
    """Say why the trusted lines do not cover the key of a signature, None when one does."""
    key = signature.fingerprint
    if not (mine := [one for one in signers if one.key == signature.key]):
        return Verified(Reason.UNKNOWN_KEY, f"nobody is known to sign with {key}")
    if not (named := [one for one in mine if principal in one.principals]):
        return Verified(Reason.WRONG_PRINCIPAL, f"{key} is not a key of {visible(principal)}")
    if not (meant := [one for one in named if NAMESPACE in one.namespaces]):
        return Verified(Reason.WRONG_NAMESPACE, f"{key} is not allowed to sign reviews")
    if not (begun := [one for one in meant if one.valid_after is None or one.valid_after <= at]):
        return Verified(Reason.NOT_YET_VALID, f"{key} was not yet valid at {at:%Y-%m-%d}")
    if all(one.valid_before is not None and one.valid_before < at for one in begun):
        return Verified(Reason.EXPIRED, f"{key} had expired at {at:%Y-%m-%d}")
    return None


@dataclass(frozen=True, slots=True)
class _Case:
    """One payload and signature, put before ssh-keygen in a private folder."""

    folder: Path
    payload: bytes
    signature: SshSignature

    def is_intact(self) -> bool:
        """Whether the signature fits the payload, whoever made it."""
        return self._asked("check-novalidate").code == 0

    def refusal(self, signers: list[Signer], principal: str, at: datetime) -> Verified | None:
        """Return the stock program's own refusal, the last word after every reason known here.

        The time is passed only where a line has one: OpenSSH before 8.8 does not know it.
        """
        mine = [one for one in signers if one.key == self.signature.key]
        place = self._file("signers", "".join(f"{one.line}\n" for one in mine).encode())
        dated = any(one.valid_after or one.valid_before for one in mine)
        when = (f"-Overify-time={at:%Y%m%d%H%M%S}",) if dated else ()
        said = self._asked("verify", "-f", place, "-I", principal, *when)
        if said.code == 0:
            return None
        why = last_line(said.stderr)
        return Verified(Reason.BAD_SIGNATURE, f"ssh-keygen does not accept it: {why}")

    def is_in_krl(self, revoked: bytes) -> bool:
        """Whether a binary KRL names the key; other lists are compared by the caller."""
        if not revoked.startswith(KRL_MAGIC):
            return False
        key = self._file("key.pub", f"{self.signature.key.line}\n".encode())
        said = run_program("ssh-keygen", "-Q", "-f", self._file("revoked", revoked), key)
        if said.code and b": REVOKED" not in said.stdout:
            raise BadInputError(f"revoked_keys: not a readable KRL: {last_line(said.stderr)}")
        return said.code != 0

    def _asked(self, action: str, *arguments: str) -> Finished:
        armour = self._file("signature", f"{self.signature.armour}\n".encode())
        usual = ("-Y", action, "-n", NAMESPACE, "-s", armour)
        return run_program("ssh-keygen", *usual, *arguments, stdin=self.payload)

    def _file(self, name: str, data: bytes) -> str:
        place = self.folder / name
        place.write_bytes(data)
        return str(place)


def _by_agent(payload: bytes, key: SigningKey, usual: tuple[str, ...]) -> str:
    """Return the armour the agent makes, empty when it will not."""
    with tempfile.TemporaryDirectory() as folder:
        public = Path(folder) / "key.pub"
        public.write_text(f"{key.public.line}\n", "utf-8")
        said = run_program("ssh-keygen", *usual, str(public), "-U", stdin=payload)
    return "" if said.code else _signed(said.stdout, key)


def _signed(armour: bytes, key: SigningKey) -> str:
    signature = parse_armour(armour.decode("ascii", "replace"))
    if signature.key != key.public:
        raise MissingEnvironmentError(f"another key than {key.name} signed", _NOTHING)
    return signature.armour


def _locked(key: SigningKey) -> LockedKeyError:
    return LockedKeyError(
        f"the key {key.name} is locked: it needs its passphrase or a touch",
        f"Run `ssh-add {shlex.quote(visible(str(key.private)))}`, then try again. {_NOTHING}",
    )
