"""Which shell scripts run tests, and which of them throw the result away.

In: a script as CI would run it, and a way to look into the files it starts. Out: one `TestRun`
for each command that runs tests. Make targets, tox, nox, tasks and scripts of the repository are
followed; any other program is what its name says.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from holdshort.checks.facts import task_lines as tasks
from holdshort.checks.facts.shell_syntax import ShellCommand, shell_commands
from holdshort.checks.facts.shell_words import (
    SHELLS,
    Shell,
    Variables,
    after_run_options,
    folders_of,
    is_thrown_away,
    reads_script,
    unwrapped,
)
from holdshort.checks.facts.words import words as _set_of

MAX_FOLLOWED = 8
"""Deepest chain of make targets, tasks and scripts followed. Source: our own limit."""

_RUNNERS = _set_of(
    "pytest pytest-3 pytest3 py.test nosetests nosetests3 nose2 ptw pytest-watch unittest trial"
    " ward stestr testr green zope-testrunner behave ctest jest vitest"
)
_MODULES = _RUNNERS | {"xmlrunner", "nose", "test", "test.regrtest"}
_PYTHONS = re.compile(r"(?:.*/)?(?:python|pypy)[\d.]*t?(?:\.exe)?$")
_TOOLS = _set_of("cargo go gradle gradlew mvn mvnw dotnet swift bazel bazelisk npm yarn pnpm bun")
_TASK_RUNNERS = _set_of("make gmake tox nox just task invoke inv doit poe rake")
_WRAPPERS = _set_of("poetry uv uvx pipenv pdm rye hatch conda mamba micromamba pipx pixi")
_CONTAINERS = _set_of("docker docker-compose podman podman-compose nerdctl")
_LAUNCHERS = _CONTAINERS | _set_of(
    "kubectl ssh srun mpirun mpiexec xargs parallel accelerate deepspeed torchrun slipcover"
    " devcontainer apptainer singularity nix wsl kernprof"
)
_IDLE = {"--version", "--help", "-h", "--collect-only", "--co", "--fixtures", "--markers", "-V"}
_INERT = _set_of("echo printf pip pip3 apt apt-get apk git cp rm mkdir cat which ls")
_NAMING = {"--name", "--entrypoint", "-e", "--env", "--tag", "-t", "--label", "-l", "-v", "-w"}
_TEST_NAME = re.compile(r"(?:(?:unit|integration|py|python|run|all)[-_:]?)?tests?\b|cov(?:erage)?$")
_NO_TEST = re.compile(r"lint|doc|format|mypy|type|flake|style|build|release|publish|pre-?commit")
_TEST_SCRIPT = re.compile(r"test_\w+\.py|\w+_test\.py|run_?(?:unit_?)?tests?\.py|runtests\.py")
_CALLED = re.compile(r"\b(?:pytest|unittest)\.main\(|\.test\(\)")
_SHELL_SHEBANG = re.compile(r"#![^\n]*\b(?:ba|z|da|k|a)?sh\b")
_STOPPING = re.compile(r"#![^\n]*sh\s[^\n]*-\w*e")


class Ran(IntEnum):
    """What a command did with tests."""

    NO = 0
    IGNORED = 1
    COUNTS = 2


@dataclass(frozen=True, slots=True)
class TestRun:
    """One command that runs tests."""

    __test__ = False

    line: int
    ignored: bool


class Followed:
    """Looks into the files that commands start, each once for all scripts."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        """Read nothing yet; `read` returns the text of a file of the repository, or None."""
        self._read = read
        self._known: dict[tuple[str, ...], Ran] = {}

    def test_runs(self, text: str, line: int, shell: Shell) -> Iterator[TestRun]:
        """Yield each command of a script that runs tests."""
        for command, ran in self._commands(text, line, shell, 0):
            yield TestRun(command.line, ran is Ran.IGNORED)

    def _commands(
        self, text: str, line: int, shell: Shell, depth: int
    ) -> Iterator[tuple[ShellCommand, Ran]]:
        commands = shell_commands(text, line)
        variables = Variables()
        for index, folder in enumerate(folders_of(commands, shell.folder)):
            command = commands[index]
            ran = self._ran(variables.filled(command.words), folder, depth)
            if reads_script(commands, index):
                body = "\n".join(one.text for one in command.heredocs)
                ran = max(ran, self._script(body, Shell(folder, stops=False), depth))
            if ran is Ran.COUNTS and is_thrown_away(commands, index, shell):
                ran = Ran.IGNORED
            if ran is not Ran.NO:
                yield command, ran

    def _script(self, text: str, shell: Shell, depth: int) -> Ran:
        """Return what a script one step further in does with tests, all told."""
        if depth >= MAX_FOLLOWED or not text:
            return Ran.NO
        found = (ran for _, ran in self._commands(text, 1, shell, depth + 1))
        return max(found, default=Ran.NO)

    def _ran(self, words: Sequence[str], folder: str, depth: int) -> Ran:
        if not words or not _IDLE.isdisjoint(words):
            return Ran.NO
        key = (folder, *words)
        if key not in self._known:
            self._known[key] = Ran.NO  # what starts itself again adds nothing
            self._known[key] = self._look(list(words), folder, depth)
        return self._known[key]

    def _look(self, words: list[str], folder: str, depth: int) -> Ran:
        name, rest = posixpath.basename(words[0]), words[1:]
        if name in _RUNNERS:
            return Ran.COUNTS
        if _PYTHONS.match(words[0]):
            return self._python(rest, folder, depth)
        if name == "coverage" and rest[:1] == ["run"]:
            start = rest.index("-m") if "-m" in rest else 1
            return self._python(rest[start:], folder, depth)
        for names, follow in (
            (SHELLS, self._shell),
            (_LAUNCHERS, self._launched),
            (_WRAPPERS, self._wrapped),
            (_TASK_RUNNERS, self._task),
        ):
            if name in names:
                return follow(name, rest, folder, depth)
        if "/" in words[0] and name not in _TOOLS:
            return self._file(words[0], folder, depth)
        return _by_name(name in _TOOLS and any(map(_TEST_NAME.match, rest[:3])))

    def _python(self, words: list[str], folder: str, depth: int) -> Ran:
        while words[:1] and words[0].startswith("-") and words[0] not in {"-m", "-c"}:
            words = words[2:] if words[0] in {"-W", "-X"} else words[1:]
        if words[:1] == ["-m"] and len(words) > 1:
            if words[1] in _MODULES:
                return Ran.COUNTS
            own = posixpath.join(folder, *words[1].split(".")) + ".py"
            if self._read(posixpath.normpath(own)) is not None:
                return self._python([own], folder, depth)
            return self._ran(unwrapped(words[1:]), folder, depth)
        if words[:1] == ["-c"]:
            return _by_name(any(_CALLED.search(word) for word in words[1:2]))
        script = posixpath.basename(words[0]) if words else ""
        if script in {"setup.py", "manage.py"}:
            return _by_name(not {"test", "pytest"}.isdisjoint(words))
        return _by_name(_TEST_SCRIPT.fullmatch(script) is not None)

    def _shell(self, name: str, words: list[str], folder: str, depth: int) -> Ran:
        del name
        stops = any(re.fullmatch(r"-\w*e\w*", word) for word in words)
        for index, word in enumerate(words):
            if re.fullmatch(r"-\w*c", word):
                text = "".join(words[index + 1 : index + 2])
                return self._script(text, Shell(folder, stops, pipefail=False), depth)
            if not word.startswith(("-", "+")) and word not in {"errexit", "pipefail"}:
                return self._file(word, folder, depth, stops=stops)
        return Ran.NO

    def _file(self, path: str, folder: str, depth: int, *, stops: bool = False) -> Ran:
        inside = posixpath.normpath(posixpath.join(folder, path))
        text = None if inside.startswith(("..", "/")) else self._read(inside)
        if text is None:
            return Ran.NO
        if inside.endswith(".py") or (text.startswith("#!") and not _SHELL_SHEBANG.match(text)):
            return _by_name(_TEST_SCRIPT.fullmatch(posixpath.basename(inside)) is not None)
        stops = stops or _STOPPING.match(text) is not None
        return self._script(text, Shell(folder, stops, pipefail=False), depth)

    def _launched(self, name: str, words: list[str], folder: str, depth: int) -> Ran:
        """Look for tests behind the options and the image of `docker run` and the like."""
        if not words or (name in _CONTAINERS and {"run", "exec", "up"}.isdisjoint(words[:4])):
            return Ran.NO
        for index, word in enumerate(words[:60]):
            base = posixpath.basename(word)
            if base in _INERT:
                return Ran.NO
            if index and words[index - 1] in _NAMING and name in _CONTAINERS:
                continue
            if word == "-m" and name not in _CONTAINERS:
                return self._python(words[index:], folder, depth)
            if base in _STARTED or _PYTHONS.match(word):
                return self._ran(words[index:], folder, depth)
        named = "compose" in f"{name} {words[0]}" and _TEST_NAME.match(words[-1]) is not None
        return _by_name(named)

    def _wrapped(self, name: str, words: list[str], folder: str, depth: int) -> Ran:
        """Follow `poetry run`, `hatch test`, `conda run` and the like."""
        if name in {"hatch", "rye", "pdm", "pixi"} and words[:1] == ["test"]:
            return Ran.COUNTS
        start = words.index("run") + 1 if "run" in words[:4] else len(words)
        start = 0 if name == "uvx" else start
        task = after_run_options(words[start:])
        if not task:
            return Ran.NO
        environment, _, named = task[0].rpartition(":")
        lines = tasks.named_lines(named, folder, self._read)
        if lines is not None and name not in {"uv", "uvx", "poetry", "conda"}:
            return self._lines(lines, depth)
        asked = _TEST_NAME.match(named) or _TEST_NAME.match(environment)
        if name in {"hatch", "pdm", "pixi", "rye", "pipenv"} and asked:
            return Ran.COUNTS
        return self._ran(unwrapped(task), folder, depth)

    def _task(self, name: str, words: list[str], folder: str, depth: int) -> Ran:
        """Follow a task to its lines; without a file that says what it is, go by its name."""
        plain = [word for word in words if not word.startswith("-")]
        by_name = any(_TEST_NAME.match(word) for word in plain)
        match name:
            case "make" | "gmake":
                lines = tasks.make_lines(words, folder, self._read)
            case "tox":
                lines = tasks.tox_lines(words, folder, self._read)
                named = tasks.tox_environments(words)
                by_name = not named or not all(_NO_TEST.search(one) for one in named)
            case "nox":
                lines = tasks.nox_lines(words, folder, self._read)
                sessions = tasks.nox_sessions(words)
                by_name = not sessions or any("test" in one for one in sessions)
            case "just":
                lines = tasks.just_lines(words, folder, self._read)
            case _:
                lines = tasks.named_lines("".join(plain[:1]), folder, self._read)
        return _by_name(by_name) if lines is None else self._lines(lines, depth)

    def _lines(self, lines: Sequence[tasks.TaskLine], depth: int) -> Ran:
        found = Ran.NO
        for line in lines:
            ran = self._script(line.text, Shell(line.folder, stops=False, pipefail=False), depth)
            found = max(found, min(ran, Ran.IGNORED) if line.ignored else ran)
        return found


_STARTED = _RUNNERS | SHELLS | {"make", "tox", "nox", "coverage"}


def _by_name(found: bool) -> Ran:
    return Ran.COUNTS if found else Ran.NO
