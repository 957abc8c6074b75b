"""Python source, parsed but never run.

In: bytes of a stranger's file. Out: a syntax tree, or `UnreadableSourceError` with the reason.
CPython's own `ast` decides what is Python; long operator chains are refused before it sees them
because they exhaust its stack. Warnings about old escapes are the author's business.
"""

from __future__ import annotations

import ast
import re
import warnings

MAX_CHAIN = 1000
"""Longest run of unary operators parsed. Source: our own limit."""

_CONTINUED = 100
_CHAIN = re.compile(rb"[-~+](?:[\s\\(]*[-~+]){%d}|not(?:[\s\\(]+not){%d}" % (MAX_CHAIN, MAX_CHAIN))


class UnreadableSourceError(Exception):
    """A file that cannot be analysed; the message says why in a few words."""


def parse(source: bytes | str) -> ast.Module:
    """Return the syntax tree of a file.

    Raises:
        UnreadableSourceError: not Python 3, not text, or built to exhaust the parser.
    """
    raw = source.encode("utf-8", "replace") if isinstance(source, str) else source
    if _has_long_lines(raw):
        _refuse_chains(raw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except SyntaxError as error:
        raise UnreadableSourceError(_reason(error)) from error
    except (RecursionError, MemoryError) as error:
        raise UnreadableSourceError("nested too deeply") from error
    except (ValueError, LookupError) as error:
        raise UnreadableSourceError("not Python text") from error


def _has_long_lines(raw: bytes) -> bool:
    """Tell whether a long chain would fit at all; brackets cannot, they nest 200 deep at most."""
    return raw.count(b"\\\n") > _CONTINUED or max(map(len, raw.split(b"\n"))) > MAX_CHAIN


def _refuse_chains(raw: bytes) -> None:
    without_comments = re.sub(rb"#[^\n]*", b"", raw)
    if _CHAIN.search(without_comments):
        raise UnreadableSourceError("nested too deeply")


def _reason(error: SyntaxError) -> str:
    if "Missing parentheses in call to 'print'" in str(error.msg):
        return f"Python 2 (line {error.lineno})"
    return f"not valid Python 3 (line {error.lineno})" if error.lineno else "not valid Python 3"
