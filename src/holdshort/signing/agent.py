"""The SSH agent, asked for one thing only: which public keys it holds.

Asked on its socket rather than through a program, so that a dead agent costs two seconds and
not a hang.
Protocol: https://datatracker.ietf.org/doc/html/draft-ietf-sshm-ssh-agent, section 3.5.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress

from holdshort.errors import BadInputError
from holdshort.signing.ssh_format import PublicKey, Wire, key_of

_REQUEST_IDENTITIES, _IDENTITIES_ANSWER = 11, 12
_TIMEOUT_S = 2.0
_MAX_ANSWER_BYTES = 1024 * 1024


def keys_in_agent() -> tuple[PublicKey, ...]:
    """Return the keys the user's agent holds; none when there is no agent that answers."""
    place = os.environ.get("SSH_AUTH_SOCK", "")
    if not place:
        return ()
    try:
        answer = _ask(place)
    except (OSError, ValueError):
        return ()
    keys = []
    with suppress(BadInputError):
        wire = Wire(answer)
        if wire.take(1) == bytes([_IDENTITIES_ANSWER]):
            for _ in range(wire.number()):
                keys.append(key_of(wire.string()))
                wire.string()
    return tuple(keys)


def _ask(place: str) -> bytes:
    with socket.socket(socket.AF_UNIX) as agent:
        agent.settimeout(_TIMEOUT_S)
        agent.connect(place)
        agent.sendall(bytes([0, 0, 0, 1, _REQUEST_IDENTITIES]))
        with agent.makefile("rb") as said:
            size = int.from_bytes(said.read(4))
            if size > _MAX_ANSWER_BYTES:
                raise ValueError(size)
            return said.read(size)
