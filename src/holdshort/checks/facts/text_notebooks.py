"""Notebooks kept as text by Jupytext, which cannot hold outputs.

In: the first bytes of a Python or Markdown file. Out: how the file is paired, or None when it is
no notebook. Only the header decides: `# %%` alone is a habit of editors.
Source: https://jupytext.readthedocs.io/en/latest/formats-scripts.html
"""

from __future__ import annotations

import re

HEAD_BYTES = 4000
"""Where the header must end. Source: our own limit; headers are a few hundred bytes."""

_HEADER = re.compile(rb"\s*(?:#!.*\n|#.*coding.*\n)*(#[ ]?)?---\r?\n")
_JUPYTEXT = re.compile(rb"^(?:#[ ]?)?[ ]*jupytext:[ ]*\r?$", re.MULTILINE)
_FORMATS = re.compile(
    rb"^(?:#[ ]?)?[ ]*formats:[ ]*['\"]?([\w,:./ -]{1,200}?)['\"]?\r?$", re.MULTILINE
)


def pairing_of(data: bytes) -> str | None:
    """Return the formats of a notebook kept as text, empty when unpaired, None when it is none."""
    head = data[:HEAD_BYTES]
    if b"jupytext" not in head:
        return None
    start = _HEADER.match(head)
    if start is None:
        return None
    end = head.find(b"\n" + (start[1] or b"") + b"---", start.end())
    header = head[start.end() : end]
    if end < 0 or not _JUPYTEXT.search(header):
        return None
    formats = _FORMATS.search(header)
    return formats[1].decode() if formats else ""
