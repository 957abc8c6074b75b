"""What an image installs, command by command, and what it fetches and runs unseen.

In: a Dockerfile with its place, and the files of the repository. Out: `Put` values, one for each
command, copy or download that brings something in. Nothing is built or fetched.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from holdshort.checks.facts.docker_stages import Dockerfile, Stage, Step, filled
from holdshort.checks.facts.downloads_run import Download, downloads_run
from holdshort.checks.facts.image_context import ImageContext
from holdshort.checks.facts.image_names import ImagePin, image_pin
from holdshort.checks.facts.install_commands import Install, Manager, install_in, program_words
from holdshort.checks.facts.install_pins import Files, Fixed, Tightness, fixed_by
from holdshort.checks.facts.requirements import Requirement
from holdshort.checks.facts.shell_syntax import ShellCommand
from holdshort.checks.facts.shell_words import deep_commands
from holdshort.checks.facts.text import without_login

MAX_COMMANDS = 5000
"""Most commands of one Dockerfile. Source: our own limit."""


_WHOLE_VARIABLE = re.compile(r"\$\{?\w+\}?")


class Way(StrEnum):
    """How something comes into an image."""

    PACKAGE = "package"
    SYSTEM = "system"
    COPY = "copy"  # from another image
    FETCH = "fetch"  # from the net, by ADD
    RUN = "run"  # from the net, and run


@dataclass(frozen=True, slots=True)
class Put:
    """One command that brings something in, and how tightly it is fixed."""

    way: Way
    line: int
    end_line: int
    tightness: Tightness
    what: str
    why: str


Read = Callable[[str], str | None]
Own = Callable[[str], Sequence[Requirement] | None]


def puts_of(
    path: str, dockerfile: Dockerfile, paths: Collection[str], read: Read, own: Own
) -> Iterator[Put]:
    """Yield everything that the stages of a Dockerfile bring in."""
    context = ImageContext(path, dockerfile, paths)
    exported = False
    count = 0
    for stage in dockerfile.stages:
        fetched: dict[str, int] = {}
        for step in stage.steps:
            yield from _copied(step, dockerfile)
            for commands, folders in _scripts(step):
                count += len(commands)
                if count > MAX_COMMANDS:
                    return
                filled_in = _filled_in(commands, step)
                exported |= any(_exports(words) for words in filled_in)
                for command, words, folder in zip(commands, filled_in, folders, strict=True):
                    files = _files(context, stage, step, folder, read, own)
                    yield from _installed(command, words, files, exported=exported)
                yield from map(_run, downloads_run(commands, fetched))


def _scripts(step: Step) -> Iterator[tuple[tuple[ShellCommand, ...], list[str]]]:
    """Yield the scripts of a `RUN`, with the folder of each command."""
    instruction = step.instruction
    if instruction.name not in {"RUN", "ONBUILD"}:
        return
    for commands in deep_commands(instruction.commands()):
        folders, folder = [], step.folder
        for command in commands:
            folders.append(folder)
            if command.words[0] == "cd" and len(command.words) > 1:
                folder = posixpath.normpath(posixpath.join(folder, command.words[1]))
        yield commands, folders


def _filled_in(commands: Sequence[ShellCommand], step: Step) -> list[list[str]]:
    """Return the words of each command, with the variables of the image and of the script."""
    known = dict(step.variables)
    found: list[list[str]] = []
    for command in commands:
        words = command.words[1:] if command.words[0].upper() == "RUN" else command.words
        found.append([one for word in words for one in _expanded(word, known)])
        for word in found[-1][1:] if words[:1] == ("export",) else found[-1]:
            name, equals, value = word.partition("=")
            if not equals or not name.isidentifier():
                break
            known[name] = value
    return found


def _expanded(word: str, known: Mapping[str, str]) -> list[str]:
    """Return a word with its variables; a variable by itself may hold several words."""
    text = filled(word, known)
    return text.split() if _WHOLE_VARIABLE.fullmatch(word) and text != word else [text]


def _exports(words: list[str]) -> bool:
    """Tell whether a command writes what a lock holds, or wheels, into files of the image."""
    program = program_words(words)
    if program[:1] in (["pip"], ["pip3"]):
        return program[1:2] in (["wheel"], ["download"])
    return program[:1] in (["poetry"], ["uv"], ["pdm"], ["pipenv"]) and not (
        {"export", "requirements"}.isdisjoint(program[1:3])
    )


def _files(
    context: ImageContext, stage: Stage, step: Step, folder: str, read: Read, own: Own
) -> Files:
    return Files(
        find=lambda name: context.file(name, stage, step, folder),
        guess=context.anywhere,
        read=read,
        own=own,
    )


def _installed(
    command: ShellCommand, words: list[str], files: Files, *, exported: bool
) -> Iterator[Put]:
    install = install_in(words)
    if install is None:
        return
    way = Way.SYSTEM if install.manager is Manager.SYSTEM else Way.PACKAGE
    found = fixed_by(install, files)
    if not found and command.before == "|":
        found = [Fixed(Tightness.DOUBTFUL, install.program, "names that come through a pipe")]
    if not found:
        return
    if exported:
        found = [_from_export(one, install) for one in found]
    worst = max(one.tightness for one in found)
    rows = [one for one in found if one.tightness is worst]
    more = f" (and {len(rows) - 1} more)" if len(rows) > 1 else ""
    what, why = without_login(rows[0].what), f"{rows[0].why}{more}" if rows[0].why else ""
    yield Put(way, command.line, command.end_line, worst, what, why)


def _from_export(found: Fixed, install: Install) -> Fixed:
    """Return files that are not in the repository as what an earlier command wrote."""
    missing = found.what in install.files and "not in the repository" in found.why
    wheels = found.what.endswith(("/*", "/*.whl"))
    if missing or wheels:
        return Fixed(Tightness.LOCKED, found.what, "written by a command before")
    return found


def _copied(step: Step, dockerfile: Dockerfile) -> Iterator[Put]:
    """Yield the copies from other images, and what `ADD` fetches."""
    instruction = step.instruction
    line, end = instruction.line, instruction.end_line
    images = [instruction.flag("from")] if instruction.name == "COPY" else []
    if instruction.name == "RUN":
        mounts = [value for name, value in instruction.flags if name == "mount"]
        images = [m[1] for value in mounts if (m := re.search(r"(?:^|,)from=([^,]+)", value))]
    for image in images:
        name = filled(image, step.variables)
        pin, why = image_pin(name)
        if name and name != "scratch" and dockerfile.stage_named(name) is None:
            fixed = Tightness.LOCKED if pin is ImagePin.DIGEST else Tightness.DOUBTFUL
            yield Put(Way.COPY, line, end, fixed, name, why)
    if instruction.name == "ADD" and not instruction.flag("checksum"):
        for word in instruction.words()[:-1]:
            if re.match(r"https?://|git@", word):
                is_commit = re.search(r"#[0-9a-f]{40}$", word) is not None
                fixed = Tightness.LOCKED if is_commit else Tightness.DOUBTFUL
                yield Put(Way.FETCH, line, end, fixed, "ADD", "fetched without a checksum")


def _run(download: Download) -> Put:
    fixed = Tightness.OPEN if download.straight else Tightness.DOUBTFUL
    return Put(Way.RUN, download.line, download.line, fixed, download.program, download.why)
