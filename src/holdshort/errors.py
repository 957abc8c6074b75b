"""The errors a user can meet: one small tree of message, hint and exit code.

Raised where the cause is known, translated once, in `cli.console`. Nothing here prints or
exits. The exit codes are the stable table of `docs/exit-codes.md`.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The stable exit codes; when several fit, 4 wins over 3 and 3 over 1."""

    DONE = 0
    GATE_SAYS_NO = 1
    USAGE = 2
    UNDETERMINED = 3
    INTEGRITY = 4
    BAD_INPUT = 5
    REPOSITORY_STATE = 6
    ENVIRONMENT = 7
    DEFECT = 70


class HoldshortError(Exception):
    """Something a user can act on.

    Attributes:
        message: what happened and where, with offending values in quotes.
        hint: what is kept and the next command to type.
        exit_code: the code the process ends with.
    """

    exit_code: ExitCode = ExitCode.DEFECT

    def __init__(self, message: str, hint: str = "") -> None:
        """Keep the two sentences a user reads."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(HoldshortError):
    """The command line asks for something that cannot be done as written."""

    exit_code = ExitCode.USAGE


class IncompleteError(HoldshortError):
    """Something that must be given first is still open; what was given is kept."""

    exit_code = ExitCode.GATE_SAYS_NO


class UndeterminedError(HoldshortError):
    """The question cannot be decided from what is there; never counts as a pass."""

    exit_code = ExitCode.UNDETERMINED


class IntegrityError(HoldshortError):
    """A signed document is not what its signature says, or not where it belongs."""

    exit_code = ExitCode.INTEGRITY


class BadInputError(HoldshortError):
    """A checklist, policy or draft cannot be read; the message names file, line and column."""

    exit_code = ExitCode.BAD_INPUT


class RepositoryStateError(HoldshortError):
    """The repository is in a state that forbids the step now."""

    exit_code = ExitCode.REPOSITORY_STATE


class MissingEnvironmentError(HoldshortError):
    """A program, key, identity, permission or disk space is missing."""

    exit_code = ExitCode.ENVIRONMENT
