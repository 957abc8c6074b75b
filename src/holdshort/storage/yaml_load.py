"""The guarded loader: the only way our own YAML documents are read.

In: the bytes of one file. Out: strings, lists, mappings and None (an empty scalar), with the
line and column of every value. One pass over the C parser's events, no constructor: nothing is
retyped (`no`, `010` and `2024-01-02` stay text) and nothing is built that was not counted.

Refused, each with its line: more than 1 MB, depth over 20, over 50 000 nodes, a second
document, anchors, aliases, tags, directives, merge keys, duplicate and empty keys, text that is
not UTF-8. Source of the limits: `docs/promises.md`, G9.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from holdshort.errors import BadInputError
from holdshort.model.text import visible

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_NODES = 50_000

Loaded = str | None | list["Loaded"] | dict[str, "Loaded"]
"""A value as read."""

KeyPath = tuple[str | int, ...]
"""Where a value stands: mapping keys and list positions from the root."""

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no YAML stream may hold. Source: YAML 1.1, 5.1, `c-printable`."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the file, both 1-based."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """A document as read.

    Attributes:
        name: the file's name for messages, already made visible.
        value: the root mapping.
        positions: where each value stands; the root is `()`.
        comment: the first comment, which a sealed record may not hold.
        keys: where the key of each value stands.
    """

    name: str
    value: dict[str, Loaded]
    positions: dict[KeyPath, Position]
    comment: Position | None
    keys: Mapping[KeyPath, Position] = field(default_factory=dict)

    def place(self, path: KeyPath) -> str:
        """Return `file:line:col` of a value, or of its nearest parent that has one."""
        while path and path not in self.positions:
            path = path[:-1]
        return _located(self.name, self.positions.get(path, Position(1, 1)))

    def place_of_key(self, path: KeyPath) -> str:
        """Return `file:line:col` of the key of a value, or as `place` when it has none."""
        return _located(self.name, self.keys[path]) if path in self.keys else self.place(path)


def load(data: bytes, name: str) -> Document:
    """Read one document.

    Raises:
        BadInputError: anything the module's text lists as refused, with `file:line:col`.
    """
    shown = visible(name)
    text = _decoded(data, shown)
    builder = _Builder(shown)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        at = Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)
        problem = f"not YAML: {visible(error.problem or 'unreadable')}"
        raise BadInputError(f"{_located(shown, at)}: {problem}") from error
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError, MemoryError) as error:
        raise BadInputError(f"{shown}: not YAML: {visible(str(error))}") from error
    if not isinstance(builder.root, dict):
        raise BadInputError(f"{shown}:1:1: a document is a mapping of keys to values")
    comment = _first_comment(text, builder.spans)
    return Document(shown, builder.root, builder.positions, comment, builder.keys)


def _decoded(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        raise BadInputError(f"{name} is larger than {MAX_BYTES:,} bytes and was not read")
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        at = _position_at(before, len(before))
        raise BadInputError(
            f"{_located(name, at)}: byte {error.start} is not UTF-8", "Save the file as UTF-8."
        ) from error
    if found := _UNPRINTABLE.search(text):
        at = _position_at(text, found.start())
        said = f"the character U+{ord(found.group()):04X} may not stand in YAML"
        raise BadInputError(f"{_located(name, at)}: {said}")
    return text


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    value: list[Loaded] | dict[str, Loaded]
    path: KeyPath
    key: str | None = None


class _Builder:
    """Turns parser events into values, refusing what the module's text lists."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root: Loaded = None
        self.positions: dict[KeyPath, Position] = {}
        self.spans: list[tuple[int, int]] = []
        self.keys: dict[KeyPath, Position] = {}
        self._stack: list[_Open] = []
        self._nodes = 0
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._begin(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._stack.pop()
            case yaml.AliasEvent():
                self._refuse(event, "aliases are not allowed")
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._refuse(event, "a second document is not allowed")
                if event.version or event.tags:
                    self._refuse(event, "directives are not allowed")

    def _begin(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        self._check(event)
        value: list[Loaded] | dict[str, Loaded]
        value = {} if isinstance(event, yaml.MappingStartEvent) else []
        if self._expects_key():
            self._refuse(event, "a key must be plain text")
        path = self._place(event, value)
        if len(self._stack) >= MAX_DEPTH:
            self._refuse(event, f"nested deeper than {MAX_DEPTH} levels")
        self._stack.append(_Open(value, path))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._check(event)
        if event.start_mark and event.end_mark:
            self.spans.append((event.start_mark.index, event.end_mark.index))
        if self._expects_key():
            self._key(event)
            return
        is_null = event.value == "" and event.implicit[0] and not event.style
        self._place(event, None if is_null else event.value)

    def _key(self, event: yaml.ScalarEvent) -> None:
        top = self._stack[-1]
        if not event.value:
            self._refuse(event, "a key is empty")
        if event.value == "<<":
            self._refuse(event, "merge keys are not allowed")
        here, path = _position(event), (*top.path, event.value)
        if path in self.keys:
            first = self.keys[path].line
            self._refuse(event, f"key {visible(event.value)!r} stands twice, first in line {first}")
        self.keys[path] = here
        top.key = event.value

    def _place(self, event: yaml.Event, value: Loaded) -> KeyPath:
        if not self._stack:
            self.root = value
            self.positions[()] = _position(event)
            return ()
        top = self._stack[-1]
        if isinstance(top.value, list):
            path: KeyPath = (*top.path, len(top.value))
            top.value.append(value)
        else:
            key = str(top.key)
            path = (*top.path, key)
            top.value[key], top.key = value, None
        self.positions[path] = _position(event)
        return path

    def _expects_key(self) -> bool:
        return (
            bool(self._stack)
            and isinstance(self._stack[-1].value, dict)
            and (self._stack[-1].key is None)
        )

    def _check(self, event: yaml.NodeEvent) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._refuse(event, f"more than {MAX_NODES:,} values")
        if event.anchor:
            self._refuse(event, "anchors are not allowed")
        if getattr(event, "tag", None):
            self._refuse(event, "tags are not allowed")

    def _refuse(self, event: yaml.Event, problem: str) -> None:
        raise BadInputError(f"{_located(self.name, _position(event))}: {problem}")


def _position(event: yaml.Event) -> Position:
    mark = event.start_mark
    return Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)


def _position_at(text: str, index: int) -> Position:
    return Position(text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


def _located(name: str, at: Position) -> str:
    return f"{name}:{at.line}:{at.column}"


def _first_comment(text: str, spans: list[tuple[int, int]]) -> Position | None:
    """Find the first `#` that no scalar holds; the parser itself drops comments."""
    for start, end in _outside(text, spans):
        at = text.find("#", start, end)
        if at >= 0:
            return _position_at(text, at)
    return None


def _outside(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    last = 0
    for start, end in spans:
        yield last, start
        if text[start : start + 1] in {"|", ">"}:
            yield start, text.find("\n", start) if "\n" in text[start:end] else end
        last = end
    yield last, len(text)
