"""Which key signs: the one git is configured with, else the only one that fits.

Never a guess between several: a signature says who somebody is.
"""

from __future__ import annotations

from pathlib import Path

from holdshort.errors import MissingEnvironmentError
from holdshort.signing.ssh import (
    LockedKeyError,
    SigningKey,
    find_key,
    keys_at_hand,
    lint_allowed_signers,
    make_key,
)
from holdshort.walkthrough.visit import Visit

__all__ = ["LockedKeyError", "SigningKey", "new_key", "signing_key"]

NEW_KEY = Path("~/.ssh/id_ed25519")
_KEPT = "Your answers are saved; nothing was signed."


def signing_key(visit: Visit) -> SigningKey:
    """Return the key to sign with.

    Raises:
        MissingEnvironmentError: there is none, or several and none is configured.
    """
    configured = find_key(visit.repo.trusted_config())
    if configured:
        return configured
    found = keys_at_hand()
    if trusted := _trusted(visit, found):
        found = trusted
    if len(found) == 1:
        return found[0]
    if not found:
        raise MissingEnvironmentError(
            "there is no SSH key to sign with",
            f"{_KEPT} Make one: ssh-keygen -t ed25519   (or: holdshort init --make-key)",
        )
    listed = "\n    ".join(one.name for one in found)
    raise MissingEnvironmentError(
        f"several keys could sign:\n    {listed}",
        f"{_KEPT} Choose one: git config --global gpg.format ssh && "
        "git config --global user.signingkey PATH.pub",
    )


def new_key(visit: Visit, *, with_passphrase: bool) -> SigningKey:
    """Make the usual ed25519 key.

    Raises:
        MissingEnvironmentError: a key stands there, or ssh-keygen refused.
    """
    address = visit.repo.default_identity().email
    return make_key(NEW_KEY.expanduser(), address, with_passphrase=with_passphrase)


def _trusted(visit: Visit, found: tuple[SigningKey, ...]) -> tuple[SigningKey, ...]:
    """Return those of the keys that the trust root names."""
    if visit.trust_root is None:
        return ()
    named = {one.key for one in lint_allowed_signers(visit.trust_root.allowed_signers)}
    return tuple(one for one in found if one.public in named)
