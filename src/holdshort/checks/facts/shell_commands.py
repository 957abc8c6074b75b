"""Which shell lines run tests.

In: one line as CI would run it, and a way to look into the files it starts. Out: whether tests
run, and whether their failure is thrown away. Make targets, tox, nox and scripts of the repository
are followed; anything else is what its name says.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from holdshort.checks.facts.words import words as _set_of

Read = Callable[[str], str | None]

MAX_FOLLOWED = 5
"""Deepest chain of make targets and scripts followed. Source: our own limit."""

_SEPARATOR = re.compile(r"\s*(?:&&|\|\||;|\||&)\s*|[()]")
_RUNNERS = _set_of("pytest py.test nosetests nose2 ptw unittest trial ward")
_PYTHONS = re.compile(r"(?:.*/)?python[\d.]*$")
_WRAPPERS = _set_of("poetry uv pipenv pdm rye hatch conda mamba micromamba pipx pixi")
_PREFIXES = _set_of("sudo time env exec xvfb-run timeout uvx nohup command then do else")
_IDLE_FLAGS = {"--version", "--help", "-h", "--collect-only", "--co", "--fixtures"}
_NOT_TEST_ENVIRONMENT = re.compile(r"lint|doc|format|mypy|type|flake|style|build|release|publish")
_TARGET = re.compile(r"^([\w./%-]+(?:\s+[\w./%-]+)*)\s*::?(?!=)([^\n]*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Followed:
    """Where commands are followed into."""

    read: Read
    depth: int = 0

    def deeper(self) -> Followed:
        """Return the same, one step further in."""
        return Followed(self.read, self.depth + 1)


def runs_tests(line: str, followed: Followed) -> bool:
    """Tell whether a shell line runs tests."""
    if followed.depth > MAX_FOLLOWED:
        return False
    parts = (_words(part) for part in _SEPARATOR.split(_without_comment(line)))
    return any(_is_test(words, followed) for words in parts if words)


def throws_failure_away(line: str) -> bool:
    """Tell whether a line succeeds although its tests fail."""
    return re.search(r"\|\|\s*(true|:|exit 0|echo\b)|;\s*(true|exit 0)\s*$", line) is not None


def _is_test(words: list[str], followed: Followed) -> bool:
    words = _unwrapped(words)
    if not words or not _IDLE_FLAGS.isdisjoint(words):
        return False
    name = posixpath.basename(words[0])
    if name in _RUNNERS:
        return True
    if _PYTHONS.match(words[0]):
        return _python_tests(words[1:], followed)
    if name in {"coverage", "torchrun", "accelerate"} and "-m" in words:
        return _python_tests(words[words.index("-m") :], followed)
    if name == "coverage" and words[1:2] == ["run"]:
        return _python_tests([w for w in words[2:] if not w.startswith("--")], followed)
    return _followed_tests(name, words, followed)


def _followed_tests(name: str, words: list[str], followed: Followed) -> bool:
    match name:
        case "make" | "gmake":
            return _make_tests(words[1:], followed)
        case "tox":
            return _tox_tests(words[1:], followed)
        case "nox":
            return _nox_tests(words[1:], followed)
        case "just" | "task" | "invoke" | "inv" | "npm" | "yarn" | "bazel":
            return any(re.match(r"(unit)?tests?\b", word) for word in words[1:])
        case "docker" | "docker-compose" | "podman":
            started = not {"run", "exec"}.isdisjoint(words)
            return started and any(posixpath.basename(w) in _RUNNERS for w in words)
        case "bash" | "sh" | "source" | ".":
            return _shell_tests(words[1:], followed)
    return words[0].startswith("./") and _script_tests(words[0], followed)


def _python_tests(words: list[str], followed: Followed) -> bool:
    del followed
    plain = [w for w in words if w not in {"-u", "-B", "-W", "error", "-X", "dev"}]
    if plain[:1] == ["-m"] and len(plain) > 1:
        module = plain[1]
        return module in _RUNNERS or _is_test(plain[1:], Followed(lambda _: None, MAX_FOLLOWED))
    if not plain:
        return False
    script = posixpath.basename(plain[0])
    if script in {"setup.py", "manage.py"}:
        return any(word in {"test", "pytest"} for word in plain[1:])
    return (
        re.fullmatch(r"test_\w+\.py|\w+_test\.py|run_?tests?\.py|runtests\.py", script) is not None
    )


def _unwrapped(words: list[str]) -> list[str]:
    """Drop variables, `sudo` and the like, and `poetry run` and the like."""
    while words:
        first, rest = words[0], words[1:]
        if first[:1] in {"@", "-"} and first[1:]:
            words = [first[1:], *rest]
        elif re.match(r"\w+=", first):
            words = rest
        elif first in _PREFIXES:
            words = _after_flags(rest)
        elif first in _WRAPPERS and "run" in rest[:2]:
            words = _after_options(rest[rest.index("run") + 1 :])
        elif first in {"hatch", "rye"} and rest[:1] == ["test"]:
            return ["pytest"]
        else:
            break
    return words


def _after_flags(words: list[str]) -> list[str]:
    """Drop the flags and the duration of `sudo -E`, `timeout 600` and the like."""
    while words and re.fullmatch(r"-\S*|\d+[smhd]?", words[0]):
        words = words[1:]
    return words


def _after_options(words: list[str]) -> list[str]:
    while words and words[0].startswith("-"):
        flag, words = words[0], words[1:]
        if (
            flag in {"-n", "-p", "--with", "--name", "--python", "--extra", "--group", "-e"}
            and words
        ):
            words = words[1:]
    if words and re.fullmatch(r"[\w-]+:[\w-]+", words[0]):
        words = [words[0].rpartition(":")[2], *words[1:]]
    if words and re.fullmatch(r"(unit)?tests?|cov", words[0]):
        return ["pytest"]
    return words


def _make_tests(words: list[str], followed: Followed) -> bool:
    folder = ""
    if "-C" in words[:-1]:
        folder = words[words.index("-C") + 1]
        words = [w for w in words if w not in {"-C", folder}]
    targets = [w for w in words if not w.startswith("-") and "=" not in w]
    for name in ("Makefile", "makefile", "GNUmakefile"):
        text = followed.read(posixpath.normpath(posixpath.join(folder, name)))
        if text is not None:
            return any(_target_tests(text, t, followed.deeper()) for t in targets or [""])
    return any(re.match(r"(unit-?)?tests?\b", target) for target in targets)


def _target_tests(text: str, target: str, followed: Followed) -> bool:
    if followed.depth > MAX_FOLLOWED:
        return False
    for found in _TARGET.finditer(text):
        names = found[1].split()
        if names[0].startswith(".") or (target and target not in names):
            continue
        needed, _, inline = found[2].partition("#")[0].partition(";")
        recipe = [inline, *_recipe(text[found.end() :])]
        if any(runs_tests(line.lstrip("@-+ "), followed.deeper()) for line in recipe):
            return True
        wanted = [name for name in needed.split() if name != target]
        return any(_target_tests(text, name, followed.deeper()) for name in wanted)
    return False


def _recipe(text: str) -> Iterator[str]:
    joined = ""
    for line in text.splitlines()[1:]:
        if not line.startswith("\t") and line.strip() and not line.startswith("#"):
            return
        if line.rstrip().endswith("\\"):
            joined += line.rstrip()[:-1] + " "
            continue
        yield (joined + line).strip().replace("$(PYTHON)", "python").replace("$(PYTEST)", "pytest")
        joined = ""


def _tox_tests(words: list[str], followed: Followed) -> bool:
    environments = _chosen(words, {"-e", "--env", "-m"})
    if environments and all(_NOT_TEST_ENVIRONMENT.search(e) for e in environments):
        return False
    own = [followed.read(name) for name in ("tox.ini", "tox.toml")]
    shared = [followed.read(name) for name in ("setup.cfg", "pyproject.toml")]
    texts = [t for t in own if t is not None] + [t for t in shared if t and "tox" in t]
    return not texts or any(re.search(r"pytest|unittest|nose|\btest\b", t) for t in texts)


def _nox_tests(words: list[str], followed: Followed) -> bool:
    sessions = _chosen(words, {"-s", "--session", "--sessions", "-t"})
    text = followed.read("noxfile.py")
    if text is not None:
        return re.search(r"[\"'](pytest|unittest|py\.test)[\"']", text) is not None and (
            not sessions or not all(_NOT_TEST_ENVIRONMENT.search(s) for s in sessions)
        )
    return not sessions or any("test" in session for session in sessions)


def _chosen(words: list[str], flags: set[str]) -> list[str]:
    found: list[str] = []
    for index, word in enumerate(words):
        if word in flags:
            found += words[index + 1 : index + 2]
        elif any(word.startswith(f"{flag}=") for flag in flags):
            found.append(word.partition("=")[2])
    return found


def _shell_tests(words: list[str], followed: Followed) -> bool:
    if words[:1] == ["-c"] and len(words) > 1:
        return runs_tests(words[1], followed.deeper())
    scripts = [word for word in words if not word.startswith("-")]
    return bool(scripts) and _script_tests(scripts[0], followed)


def _script_tests(path: str, followed: Followed) -> bool:
    inside = posixpath.normpath(path)
    text = None if inside.startswith(("..", "/")) else followed.read(inside)
    if text is None:
        return False
    lines = text.replace("\\\n", " ").splitlines()
    return any(runs_tests(line, followed.deeper()) for line in lines[:2000])


def _without_comment(line: str) -> str:
    return re.sub(r"(^|\s)#.*$", "", re.sub(r"\$\{\{.*?\}\}", "x", line[:4000]))


def _words(part: str) -> list[str]:
    try:
        return shlex.split(part)
    except ValueError:
        return part.replace('"', " ").replace("'", " ").split()
