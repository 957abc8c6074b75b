"""The one place that starts git: hardened commands in, bytes out.

Built on GitPython's command runner. Every command runs under an absolute path, from an argument
list, in a session of its own, with a silence limit, an output limit and no input unless given.
The environment carries no GIT_* but the user's choice of configuration file, and command-line
settings overrule whatever a repository's own configuration would start: a repository can arrive
as an archive from a stranger.

It refuses to speak to a remote. GitPython's own porcelain is not used, and it is imported on
first use only: that costs 50 ms, and would run `git version` without any limit.
Source: git-config(1), git(1) "Environment Variables"; docs/promises.md, G2 and G3.
"""

from __future__ import annotations

import os
import re
import selectors
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from subprocess import PIPE, Popen
from typing import TYPE_CHECKING

from holdshort.errors import MissingEnvironmentError, RepositoryStateError
from holdshort.model.text import one_line, visible
from holdshort.programs import find_program, search_path

if TYPE_CHECKING:
    from git import Git

OLDEST = (2, 31)
"""Source: git 2.31 release notes, `rev-parse --path-format` and `GIT_CONFIG_COUNT`."""

SILENCE_S = 120.0
"""Longest wait for the next byte, in seconds."""

MAX_OUTPUT_BYTES = 256 * 1024 * 1024
"""Largest output of one command that is collected. Source: our own limit."""

_MAX_STDERR_BYTES = 64 * 1024
_CHUNK_BYTES = 256 * 1024

USERS_OWN = frozenset({"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"})
"""The GIT_* variables that stay: they name the configuration the user trusts."""

ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LANGUAGE": "C",
    "LC_ALL": "C.UTF-8",
}

SETTINGS = {
    "advice.graftFileDeprecated": "false",
    "core.commitGraph": "false",  # a forged graph would lie about parents
    "core.fsmonitor": "false",
    "core.fsync": "all",
    "core.hooksPath": os.devnull,
    "core.pager": "cat",
    "core.sshCommand": "false",
    "core.warnAmbiguousRefs": "true",
    "credential.helper": "",
    "gc.auto": "0",
    "hook.post-index-change.enabled": "false",  # git 2.54 and later
    "hook.reference-transaction.enabled": "false",
    "log.showSignature": "false",
    "maintenance.auto": "false",
    "protocol.allow": "never",
    "safe.bareRepository": "explicit",
    "submodule.recurse": "false",
}


@dataclass(frozen=True, slots=True)
class Output:
    """What one finished command said."""

    code: int
    stdout: bytes
    stderr: str

    @property
    def text(self) -> str:
        """The output as text without its last line break; foreign bytes as surrogates."""
        return decode(self.stdout.removesuffix(b"\n"))


class GitError(RepositoryStateError):
    """A git command that failed; `code` and `stderr` are git's own."""

    def __init__(self, command: str, code: int, stderr: str) -> None:
        """Say the command and the last line git printed."""
        lines = [line for line in stderr.splitlines() if not line.startswith("hint:")]
        said = one_line(lines[-1], 300) if lines else f"exit code {code}"
        super().__init__(f"`git {command}` failed: {said}", "Nothing was changed.")
        self.code = code
        self.stderr = stderr


def run(
    folder: Path,
    *args: str,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    may_fail: bool = False,
    on_terminal: bool = False,
) -> Output:
    """Run one git command in a folder and collect its output.

    Args:
        folder: where git looks for the repository.
        args: subcommand and arguments; user text never stands where an option could.
        stdin: what the command reads; nothing by default.
        environment: variables on top of the hardened ones, such as GIT_INDEX_FILE.
        settings: `-c` settings on top of the hardened ones.
        may_fail: return a non-zero exit code instead of raising.
        on_terminal: keep the caller's terminal and wait without limit, so that a program
            git starts can ask for a passphrase.

    Raises:
        GitError: the command failed, fell silent or printed too much.
        MissingEnvironmentError: git is missing, or the folder's owner is not the user.
    """
    argv = _argv(folder, args, settings)
    with _started(argv, stdin, environment, on_terminal=on_terminal) as process:
        errors, parts, size = bytearray(), [], 0
        for chunk in _chunks(process, errors, args[0], None if on_terminal else SILENCE_S):
            size += len(chunk)
            if size > MAX_OUTPUT_BYTES:
                raise GitError(args[0], 0, f"more than {MAX_OUTPUT_BYTES} bytes of output")
            parts.append(chunk)
        code = process.wait()
    stderr = decode(bytes(errors))
    if code and not may_fail:
        raise _explained(args[0], code, stderr)
    return Output(code, b"".join(parts), stderr)


def stream(folder: Path, *args: str, stdin: bytes = b"") -> Iterator[bytes]:
    """Run one git command and yield its output as it comes, without a limit on its size.

    Raises:
        GitError: the command failed or fell silent.
        MissingEnvironmentError: git is missing, or the folder's owner is not the user.
    """
    with _started(_argv(folder, args), stdin) as process:
        errors = bytearray()
        yield from _chunks(process, errors, args[0], SILENCE_S)
        if code := process.wait():
            raise _explained(args[0], code, decode(bytes(errors)))


@contextmanager
def dialogue(folder: Path, *args: str) -> Iterator[tuple[Callable[[bytes], None], Iterator[bytes]]]:
    """Start one git command that answers as it is asked; give a way to ask, and its output.

    It is ended with the block. A question must be answered before much more is asked.

    Raises:
        GitError: while asking or reading: it has ended or fell silent.
        MissingEnvironmentError: git is missing.
    """
    with _started(_argv(folder, args), None) as process:

        def ask(question: bytes) -> None:
            try:
                if process.stdin is not None:
                    process.stdin.write(question)
                    process.stdin.flush()
            except OSError as error:
                raise GitError(args[0], 0, "it ended early") from error

        yield ask, _chunks(process, bytearray(), args[0], SILENCE_S)


def decode(data: bytes) -> str:
    """Return bytes from git as text; what is not UTF-8 becomes surrogates."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """Return text for git as bytes: `encode(decode(x)) == x`."""
    return text.encode("utf-8", "surrogateescape")


@cache
def check_version() -> None:
    """Make sure git is there and new enough.

    Raises:
        MissingEnvironmentError: it is missing or older than `OLDEST`.
    """
    said = run(Path("/"), "version").text
    numbers = re.match(r"git version (\d+)\.(\d+)", said)
    if not numbers or (int(numbers[1]), int(numbers[2])) < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        raise MissingEnvironmentError(
            f"{one_line(said, 80)!r} is too old", f"Install git {wanted} or newer."
        )


def _argv(
    folder: Path, args: tuple[str, ...], settings: Mapping[str, str] | None = None
) -> list[str]:
    argv = [find_program("git"), "--no-pager", "--no-replace-objects", "--literal-pathspecs"]
    for name, value in {**SETTINGS, **(settings or {})}.items():
        argv += ["-c", f"{name}={value}"]
    return [*argv, "-C", str(folder), *args]


@contextmanager
def _started(
    argv: list[str],
    stdin: bytes | None,
    environment: Mapping[str, str] | None = None,
    *,
    on_terminal: bool = False,
) -> Iterator[Popen[bytes]]:
    """Start git and leave nothing of it behind, however the block ends; None asks for a pipe."""
    _scrub()
    runner = _runner()
    with tempfile.TemporaryFile() as given:  # a pipe could fill while git waits for us to read
        given.write(stdin or b"")
        given.seek(0)
        interrupt = runner.execute(
            argv,
            istream=given if stdin is not None else PIPE,
            as_process=True,
            env={**ENVIRONMENT, "PATH": search_path(), **(environment or {})},
            start_new_session=not on_terminal,
        )
    process = interrupt.proc
    if process is None:  # pragma: no cover - GitPython's type says so, its code never does
        raise GitError(argv[0], 0, "git did not start")
    try:
        yield process
    finally:
        if process.poll() is None:
            _kill(process, whole_session=not on_terminal)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with suppress(OSError):  # what was not taken cannot be flushed
                    pipe.close()


def _scrub() -> None:
    """Take foreign GIT_* out of the environment, which GitPython copies for every command."""
    for name in [one for one in os.environ if one.startswith("GIT_") and one not in USERS_OWN]:
        del os.environ[name]


@cache
def _runner() -> Git:
    """Return GitPython's command runner, imported without letting it look for git itself."""
    os.environ["GIT_PYTHON_GIT_EXECUTABLE"] = os.devnull
    os.environ["GIT_PYTHON_REFRESH"] = "quiet"
    from git import Git  # noqa: PLC0415 - see the module's text

    _scrub()
    return Git("/")


def _chunks(
    process: Popen[bytes], errors: bytearray, command: str, silence_s: float | None
) -> Iterator[bytes]:
    """Yield stdout as it comes while stderr is gathered, up to its limit."""
    with selectors.DefaultSelector() as selector:
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(silence_s)
            if not ready:
                raise GitError(command, 0, f"no answer in {silence_s:g} seconds")
            for key, _ in ready:
                chunk = os.read(key.fd, _CHUNK_BYTES)
                if not chunk:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stdout:
                    yield chunk
                else:
                    errors += chunk[: _MAX_STDERR_BYTES - len(errors)]


def _kill(process: Popen[bytes], *, whole_session: bool) -> None:
    """End git with its children; on the terminal they may put the terminal right first."""
    target = -process.pid if whole_session else process.pid
    with suppress(ProcessLookupError):
        os.kill(target, signal.SIGKILL if whole_session else signal.SIGTERM)
    process.wait()


def _explained(command: str, code: int, stderr: str) -> GitError | MissingEnvironmentError:
    """Turn git's own failures that have a known cure into an error that names it."""
    if "detected dubious ownership" in stderr:
        advice = re.search(r"git config --global --add safe\.directory .*", stderr)
        return MissingEnvironmentError(
            "git refuses this repository: its folder belongs to another user",
            f"If you trust that user: {visible(advice[0]) if advice else 'set safe.directory'}",
        )
    for sign, cure in _CURES.items():
        if sign in stderr:
            return MissingEnvironmentError(GitError(command, code, stderr).message, cure)
    return GitError(command, code, stderr)


_CURES = {
    "No space left on device": "Free some disk space and try again; nothing was changed.",
    "Disk quota exceeded": "Free some disk space and try again; nothing was changed.",
    "Read-only file system": "Make the folder and its .git writable for you, then try again.",
    "insufficient permission": "Make the folder and its .git writable for you, then try again.",
    "Permission denied": "Make the folder and its .git writable for you, then try again.",
}
