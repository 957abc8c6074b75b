"""The base images of a Dockerfile, with build arguments filled in by their defaults.

In: text. Out: each `FROM` with its line. Source: https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_FROM = re.compile(r"\s*FROM\s+(?:--\S+\s+)*(\S+)", re.IGNORECASE)
_ARG = re.compile(r"\s*ARG\s+(\w+)=[\"']?([^\s\"']+)", re.IGNORECASE)
_USE = re.compile(r"\$\{?(\w+)(?::-([^}]*))?\}?")


def base_images(text: str) -> Iterator[tuple[str, int]]:
    """Yield the image of every `FROM` with its line."""
    arguments: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if found := _ARG.match(line):
            arguments[found[1]] = found[2]
        elif found := _FROM.match(line):
            yield _USE.sub(lambda use: arguments.get(use[1], use[2] or use[0]), found[1]), number
