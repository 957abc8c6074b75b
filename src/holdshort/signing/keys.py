"""Signing keys: which one the user means, and making one when there is none.

The user's own git configuration goes in, or nothing; a `SigningKey` comes out. No private half
is ever read here, and no passphrase is seen.
Source: git-config(1), `user.signingKey` and `gpg.format`; ssh-keygen(1).
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from holdshort.errors import BadInputError, MissingEnvironmentError
from holdshort.model.text import one_line, visible
from holdshort.signing.agent import keys_in_agent
from holdshort.signing.base import last_line, run_program
from holdshort.signing.ssh_format import PublicKey, parse_key

_USUAL_FILES = ("id_ed25519", "id_ecdsa", "id_rsa", "id_ed25519_sk", "id_ecdsa_sk")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key to sign with: its public half, and the file of the private half if there is one."""

    public: PublicKey
    private: Path | None = None

    @property
    def fingerprint(self) -> str:
        """The key's fingerprint, `SHA256:...`."""
        return self.public.fingerprint

    @property
    def name(self) -> str:
        """What a person calls it: type, fingerprint and file."""
        place = f" {visible(str(self.private))}" if self.private else ""
        return f"{self.public.type} {self.fingerprint}{place}"


def find_key(config: Mapping[str, str]) -> SigningKey | None:
    """Return the key the user's own git configuration signs with, None when it names none.

    Args:
        config: `Repo.trusted_config()`; `user.signingkey` counts when `gpg.format` is `ssh`.

    Raises:
        MissingEnvironmentError: the key it names cannot be read.
    """
    named = config.get("user.signingkey", "")
    if config.get("gpg.format") != "ssh" or not named:
        return None
    literal = named.removeprefix("key::")
    if literal != named or named.startswith("ssh-"):
        return SigningKey(_public(literal, "user.signingKey"))
    return _key_at(Path(named).expanduser())


def keys_at_hand() -> tuple[SigningKey, ...]:
    """Return the keys to offer when none is configured: the usual files, then the agent's."""
    folder = Path("~/.ssh").expanduser()
    places = (folder / name for name in _USUAL_FILES)
    found = [_key_at(place) for place in places if place.with_name(f"{place.name}.pub").exists()]
    held = {one.public for one in found}
    return (*found, *(SigningKey(key) for key in keys_in_agent() if key not in held))


def make_key(path: Path, comment: str, *, with_passphrase: bool) -> SigningKey:
    """Make an ed25519 key at `path`.

    Args:
        path: where the private half goes; nothing may stand there.
        comment: what it is called, such as an address.
        with_passphrase: let ssh-keygen ask for one on the terminal; otherwise there is none.

    Raises:
        MissingEnvironmentError: something stands there, or ssh-keygen refused.
    """
    if path.exists():
        raise MissingEnvironmentError(f"'{visible(str(path))}' exists", "It is left as it is.")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    arguments = ["-q", "-t", "ed25519", "-C", comment, "-f", str(path)]
    asked = [] if with_passphrase else ["-N", ""]
    said = run_program("ssh-keygen", *arguments, *asked, on_terminal=with_passphrase)
    if said.code:
        raise MissingEnvironmentError(f"no key was made: {last_line(said.stderr)}")
    return _key_at(path)


def _key_at(path: Path) -> SigningKey:
    """Read a key by the path of either half."""
    public = path if path.suffix == ".pub" else path.with_name(f"{path.name}.pub")
    private = public.with_suffix("")
    try:
        key = _public(public.read_text("utf-8"), str(public))
    except FileNotFoundError:
        return _key_without_public(path)
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(str(public), str(error)) from error
    return SigningKey(key, private if private.is_file() else None)


def _key_without_public(path: Path) -> SigningKey:
    said = run_program("ssh-keygen", "-y", "-P", "", "-f", str(path))
    if said.code:
        place = shlex.quote(visible(str(path)))
        raise MissingEnvironmentError(
            f"the public half of {place} is missing",
            f"Write it with `ssh-keygen -y -f {place} > {place}.pub`, then try again.",
        )
    return SigningKey(_public(said.stdout.decode("utf-8", "replace"), str(path)), path)


def _public(text: str, place: str) -> PublicKey:
    try:
        return parse_key(text)
    except BadInputError as error:
        raise _unreadable(place, error.message) from error


def _unreadable(place: str, why: str) -> MissingEnvironmentError:
    return MissingEnvironmentError(
        f"the signing key '{one_line(place, 120)}' cannot be read: {one_line(why, 200)}",
        "Look at `git config --global user.signingKey`.",
    )
