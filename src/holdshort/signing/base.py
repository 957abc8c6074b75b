"""What every signature scheme shares: the namespace, the reasons, and how a program is run.

A program runs under its absolute path, in a session of its own and with a time limit: it would
otherwise ask on the terminal even with its input piped, or wait for a dead agent.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from holdshort.errors import MissingEnvironmentError
from holdshort.model.text import one_line
from holdshort.programs import find_program, search_path

NAMESPACE = "holdshort-review-v1"
"""What a signature is for; one made for git or for files does not count here."""

TIMEOUT_S = 30.0
"""Longest run of a program nobody is asked by. Source: our own limit."""


class Reason(StrEnum):
    """Why a signature counts or not."""

    GOOD = "good"
    BAD_SIGNATURE = "bad_signature"
    UNKNOWN_KEY = "unknown_key"
    WRONG_PRINCIPAL = "wrong_principal"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    REVOKED = "revoked"
    WEAK_KEY = "weak_key"
    WRONG_NAMESPACE = "wrong_namespace"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Verified:
    """The answer of a verification; `words` is a sentence part for a person."""

    reason: Reason
    words: str

    @property
    def good(self) -> bool:
        """Whether the signature is valid, by that principal, at that time."""
        return self.reason is Reason.GOOD


class LockedKeyError(MissingEnvironmentError):
    """The key asks for a passphrase or a touch, and there is no terminal to ask on."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What a program said."""

    code: int
    stdout: bytes
    stderr: str


def run_program(
    name: str,
    *args: str,
    stdin: bytes = b"",
    environment: Mapping[str, str | None] | None = None,
    on_terminal: bool = False,
) -> Finished:
    """Run a program to its end.

    Args:
        name: program name, found by `find_program`.
        args: its arguments.
        stdin: what it reads.
        environment: variables to set, or to remove with None.
        on_terminal: keep the caller's terminal, show messages there, wait without limit.

    Raises:
        MissingEnvironmentError: it is not installed, or gave no answer in `TIMEOUT_S`.
    """
    changes = {**_QUIET, "PATH": search_path(), **(environment or {})}
    kept = {key: value for key, value in os.environ.items() if key not in changes}
    process = subprocess.Popen(  # noqa: S603 - an absolute path and a list of arguments
        [find_program(name), *args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None if on_terminal else subprocess.PIPE,
        env={**kept, **{key: value for key, value in changes.items() if value is not None}},
        start_new_session=not on_terminal,
    )
    with process:
        try:
            said, errors = process.communicate(stdin, None if on_terminal else TIMEOUT_S)
        except subprocess.TimeoutExpired as error:
            raise MissingEnvironmentError(
                f"`{name}` gave no answer in {TIMEOUT_S:g} seconds", "Nothing was signed."
            ) from error
        finally:
            if process.poll() is None:
                _kill(process, whole_session=not on_terminal)
    return Finished(process.returncode, said, (errors or b"").decode("utf-8", "replace"))


def last_line(stderr: str) -> str:
    """Return the last line a program printed, harmless to show."""
    lines = stderr.strip().splitlines()
    return one_line(lines[-1], 200) if lines else "no reason given"


_QUIET: dict[str, str | None] = {
    "LC_ALL": "C",
    "TZ": "UTC",
    "SSH_ASKPASS": None,
    "SSH_ASKPASS_REQUIRE": "never",
    "DISPLAY": None,
    "WAYLAND_DISPLAY": None,
}


def _kill(process: subprocess.Popen[bytes], *, whole_session: bool) -> None:
    """End a program with its children; one on the terminal may put the terminal right first."""
    target = -process.pid if whole_session else process.pid
    with suppress(ProcessLookupError):
        os.kill(target, signal.SIGKILL if whole_session else signal.SIGTERM)
