"""What IPython adds to Python, taken out of a cell so that the rest can be parsed.

In: the source of a code cell. Out: Python with the same line numbers, empty for a cell in another
language (`%%R`, `%%writefile x.py`). What a magic would run as Python (`%time fit()`,
`%run ./seeds.py`) stays as Python; every other magic and shell command, those of a `%%bash` cell
too, becomes the call of `get_ipython()` that IPython makes of it. A magic stands at the start of a
logical line: inside a string or brackets `%` and `!` are Python.
Source: https://ipython.readthedocs.io/en/stable/interactive/reference.html and
https://github.com/ipython/ipython/blob/main/IPython/core/inputtransformer2.py
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from keyword import iskeyword

from holdshort.checks.facts.words import words

_PYTHON_CELLS = words(
    "time timeit capture prun memit mprun lprun snakeviz pyinstrument scalene heat debug wandb"
)
"""Cell magics that run the cell as Python in the notebook itself."""

_SHELLS = frozenset({"bash", "sh", "shell", "system", "!"})

_MEASURES = {"time": "", "timeit": "nrp", "prun": "lsTD", "memit": "rti", "lprun": "fmDTsu"}
"""Line magics that run the rest of the line as Python, with their options that take a value."""

MAX_CELL_MAGICS = 8
"""Most cell magics on top of each other. Source: our own limit."""

MAX_MEASURED = 50
"""Most `%time` and the like followed in a cell. Source: our own limit."""

MAX_MEASURED_CHARS = 5000
"""Longest statement of one. Source: our own limit."""

_CELL_MAGIC = re.compile(r"\s*%%(!|\w+)[^\n]*")
_MARGIN = re.compile(r"[ \t]*(?=\S)")
_MAYBE = re.compile(
    r"^[ \t]*[%!?,;/]|=[ \t]*[%!]|\?[ \t]*$"
    r"|^[ \t]*(?:cd|ls|ll|cat|cp|mv|rm|mkdir|pip3?|conda|mamba|matplotlib|load_ext|run)[ \t]",
    re.MULTILINE,
)
_LINE_MAGIC = re.compile(r"(?P<indent>[ \t]*)%(?!%)(?P<name>\w+)?")
_COMMAND = re.compile(r"(?P<indent>[ \t]*)(?P<mark>!|%(?!%))")
_ASIDE = re.compile(r"(?P<indent>[ \t]*)(?:%%|[,;/](?=[A-Za-z_])|\?)")
_HELP = re.compile(r"(?P<indent>[ \t]*)%{0,2}[A-Za-z_*][\w.*\[\]'\"]*\?{1,2}[ \t]*;?(?=\n|\Z)")
_TAKEN = re.compile(
    r"(?P<indent>[ \t]*)(?P<names>[A-Za-z_][\w.,\[\] \t'\"]{0,200}?)[ \t]{0,9}=[ \t]*(?P<mark>[!%])"
)
_AUTOMATIC = re.compile(
    r"(?P<indent>[ \t]*)(?P<mark>)"
    r"(?:cd|ls|ll|cat|cp|mv|rm|mkdir|pip3?|conda|mamba|matplotlib|load_ext|run)"
    r"[ \t]+(?:-[\w-]+[ \t]+)*(?!(?:in|is|and|or|if|not|for|else)\b)[\w~./$\"'{]"
)
_TOKEN = re.compile(
    r"""(?P<triple>\"{3}|'{3})|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|\#[^\n]*"""
    r"""|(?P<open>[(\[{])|(?P<close>[)\]}])|\\\n|(?P<end>\n)"""
)
_SCRIPT = re.compile(
    r"run[ \t]+(?:-[ientd]\b\s*)*[\"']?(?:\.{0,2}/)*([A-Za-z_][\w/]*)(?:\.py|\.ipynb)?\b(?![\w.-])"
)


def python_of(source: str) -> str:
    """Return the Python of a cell; a law: it has no more lines than the source."""
    text = _without_margin(source)
    for _ in range(MAX_CELL_MAGICS):
        magic = _CELL_MAGIC.match(text)
        if magic is None:
            break
        if magic[1] in _SHELLS:
            return "".join(_shell_lines(text[magic.end() :], text.count("\n", 0, magic.end())))
        if magic[1] not in _PYTHON_CELLS:
            return ""
        text = "\n" * text.count("\n", 0, magic.end()) + text[magic.end() :]
    return "".join(_logical_lines(text)) if _MAYBE.search(text) else text


def _without_margin(source: str) -> str:
    """Take off every line the indentation of the first, as IPython does."""
    margin = _MARGIN.match(source.lstrip("\n"))
    if not margin or not margin.end():
        return source
    return re.sub(rf"^{margin[0]}", "", source, flags=re.MULTILINE)


def _logical_lines(text: str) -> Iterator[str]:
    at = measured = 0
    while at < len(text):
        magic = _LINE_MAGIC.match(text, at)
        if magic and magic["name"] in _MEASURES and measured < MAX_MEASURED:
            measured += 1
            end = _end_of_statement(text, at, at + MAX_MEASURED_CHARS)
            statement = _measured(magic["name"], text[magic.end() : end])
            replaced = magic["indent"] + (statement or "pass")
            end = end if statement else _end_of_command(text, at)
        elif (found := _replaced(text, at)) is not None:
            replaced, end = found, _end_of_command(text, at)
        else:
            end = _end_of_statement(text, at, len(text))
            replaced = text[at:end]
        yield replaced + "\n" * (text.count("\n", at, end) - replaced.count("\n"))
        at = end


def _replaced(text: str, at: int) -> str | None:
    """Return the Python for the command that starts here, or None when it is Python already."""
    if taken := _TAKEN.match(text, at):
        called = _called(taken["mark"], _joined(text, taken.end()), "getoutput")
        return f"{taken['indent']}{taken['names']} = {called}"
    if found := _HELP.match(text, at) or _ASIDE.match(text, at):
        return f"{found['indent']}pass"
    command = _COMMAND.match(text, at) or _AUTOMATIC.match(text, at)
    if command is None:
        return None
    mark, line = command["mark"], _joined(text, command.end("indent") + len(command["mark"]))
    imported = _run(line) if mark != "!" else ""
    return command["indent"] + (imported or _called(mark, line))


def _called(mark: str, line: str, shell: str = "system") -> str:
    """Return the call that IPython makes of a command."""
    if mark == "!":
        return f"get_ipython().{shell}({line!r})"
    name, _, rest = line.partition(" ")
    return f"get_ipython().run_line_magic({name!r}, {rest.strip()!r})" if name else "pass"


def _joined(text: str, at: int) -> str:
    """Return a command in one line."""
    return text[at : _end_of_command(text, at)].replace("\\\n", " ").strip()


def _shell_lines(text: str, above: int) -> Iterator[str]:
    """Yield a shell cell, command by command."""
    yield "\n" * above + "pass" + text[:1]
    at = 1
    while at < len(text):
        end = _end_of_command(text, at)
        line = _joined(text, at)
        called = _called("!", line) if line and not line.startswith("#") else ""
        yield called + "\n" * text.count("\n", at, end)
        at = end


def _measured(name: str, rest: str) -> str:
    """Return the statement that a magic measures, which may go over lines; else nothing."""
    if name not in _MEASURES:
        return ""
    options = rf"\s*(?:-(?:[{_MEASURES[name] or '0'}][ \t]*[^\s-]\S*|[\w-]+)[ \t]+)*"
    statement = re.sub(rf"\A{options}", "", rest).strip()
    try:
        ast.parse(statement)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return statement


def _run(line: str) -> str:
    """Return the import that comes nearest to running another file, else nothing."""
    script = _SCRIPT.match(line)
    module = script[1].strip("/").replace("/", ".") if script else ""
    return f"from {module} import *" if module and not iskeyword(module) else ""


def _end_of_statement(text: str, at: int, limit: int) -> int:
    """Return where the logical line that starts here ends, its newline included."""
    depth = 0
    while token := _TOKEN.search(text, at, limit):
        at = token.end()
        if token["triple"]:
            at = _end_of_string(text, at, token["triple"])
        elif token["open"]:
            depth += 1
        elif token["close"]:
            depth -= depth > 0
        elif token["end"] and not depth:
            return at
    return min(limit, len(text))


def _end_of_string(text: str, at: int, quotes: str) -> int:
    while (end := text.find(quotes, at)) >= 0:
        escapes = end - len(text[at:end].rstrip("\\")) - at
        if escapes % 2 == 0:
            return end + len(quotes)
        at = end + 1
    return len(text)


def _end_of_command(text: str, at: int) -> int:
    """Return where a command ends: a backslash at the end of a line continues it."""
    while (end := text.find("\n", at)) >= 0:
        if text[at:end].rstrip(" \t")[-1:] != "\\":
            return end + 1
        at = end + 1
    return len(text)
