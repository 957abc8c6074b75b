"""The text of the lines a place names, for exceptions that go by what stands there."""

from __future__ import annotations

from holdshort.checks.facts.notebooks import read_notebook
from holdshort.checks.facts.python_source import UnreadableSourceError
from holdshort.checks.facts.text import decode
from holdshort.checks.facts.view import RepoView
from holdshort.model.finding import Place

MAX_FILE_BYTES = 2_000_000
"""Largest file read. Source: docs/promises.md, G9."""


class Quoted:
    """The lines of one state of a repository; each file is read once."""

    def __init__(self, view: RepoView) -> None:
        """Read nothing yet."""
        self._view = view
        self._files: dict[tuple[str, int], list[str]] = {}

    def text_of(self, place: Place) -> str:
        """Return the lines of a place, of the whole file where it names none.

        Empty when they cannot be read: then nothing is known to stand there.
        """
        key = (place.path, place.cell)
        if key not in self._files:
            self._files[key] = self._lines(*key)
        lines = self._files[key]
        if not place.line:
            return "\n".join(lines)
        return "\n".join(lines[place.line - 1 : max(place.line, place.end_line)])

    def _lines(self, path: str, cell: int) -> list[str]:
        try:
            data = self._view.read(path, MAX_FILE_BYTES)
            text = read_notebook(data).cells[cell - 1].source if cell else decode(data)
        except (OSError, UnreadableSourceError, IndexError):
            return []
        return text.split("\n")
