"""Sealed records: where they stand, how they are read strictly, and the bytes that are signed.

`reviews/<model>/<release>/<checklist>/<reviewer>.yaml`, one record per reviewer. The payload is
the RFC 8785 canonical JSON of the parsed mapping without the top-level key `signature`, never
of a re-dumped model; `record_sha256` is the SHA-256 of the payload. Reformatting, key order,
CRLF and a BOM change nothing; comments and invisible characters are refused, because the payload
could not see them.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from holdshort.errors import BadInputError
from holdshort.model.canonical import Plain, canonical_json, plain
from holdshort.model.review import SCHEMA, Review, Status
from holdshort.model.text import forbidden_character, is_slug, one_line
from holdshort.storage.documents import check_schema, filled, validate
from holdshort.storage.yaml_dump import dump
from holdshort.storage.yaml_load import KeyPath, Loaded, load

ROOT = "reviews"
_PARTS = 5
_HIDDEN_BREAK = re.compile(rb"\r(?!\n)|\xc2\x85|\xe2\x80[\xa8\xa9]")


@dataclass(frozen=True, slots=True)
class RecordPath:
    """The place of a record; its four names are slugs."""

    model: str
    release: str
    checklist: str
    reviewer: str

    @classmethod
    def of(cls, review: Review) -> RecordPath:
        """Return where a review belongs."""
        return cls(review.model, review.release, review.checklist.id, review.reviewer.id)

    @classmethod
    def parse(cls, path: str) -> RecordPath | None:
        """Return the names in a path, or None when it is no record's path."""
        parts = path.split("/")
        if len(parts) != _PARTS or parts[0] != ROOT or not parts[4].endswith(".yaml"):
            return None
        names = (*parts[1:4], parts[4].removesuffix(".yaml"))
        return cls(*names) if all(map(is_slug, names)) else None

    def __str__(self) -> str:
        return f"{ROOT}/{self.model}/{self.release}/{self.checklist}/{self.reviewer}.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record as read.

    Attributes:
        path: repository-relative path.
        review: the validated value.
        payload: the signed bytes.
        extensions: `x-...` keys, signed and kept, as `key: text`.
        canonical: the file is laid out as the canonical dumper would.
    """

    path: str
    review: Review
    payload: bytes
    extensions: tuple[str, ...]
    canonical: bool

    @property
    def sha256(self) -> str:
        """`record_sha256`: SHA-256 of the payload in hex."""
        return hashlib.sha256(self.payload).hexdigest()


def render(review: Review) -> bytes:
    """Return the canonical bytes of a review."""
    return dump(_mapping(review))


def payload_of(review: Review) -> bytes:
    """Return the bytes a review's signature covers."""
    return _payload(_mapping(review))


def parse(data: bytes, path: str) -> Record:
    """Read one record strictly.

    Raises:
        BadInputError: malformed, with `file:line:col`.
        UndeterminedError: a schema version this program does not know.
    """
    document = load(data, path)
    check_schema(document, SCHEMA)
    sealed = document.value.get("status") == Status.SEALED
    if sealed and document.comment:
        at = document.comment
        raise BadInputError(
            f"{document.name}:{at.line}:{at.column}: a sealed record holds no comments"
        )
    if sealed and (hidden := _HIDDEN_BREAK.search(data)):
        line = data.count(b"\n", 0, hidden.start()) + 1
        column = hidden.start() - data.rfind(b"\n", 0, hidden.start())
        place = f"{document.name}:{line}:{column}"
        raise BadInputError(f"{place}: a line break that is neither LF nor CRLF")
    for where, text in _texts(document.value, ()):
        if problem := _text_problem(text):
            raise BadInputError(f"{document.place(where)}: {problem}")
    review = validate(Review, document)
    if not sealed:
        return Record(path=path, review=review, payload=b"", extensions=(), canonical=True)
    value = filled(document)
    return Record(
        path=path,
        review=review,
        payload=_payload(value),
        extensions=tuple(
            f"{key}: {one_line(str(item), 200)}" for key, item in value.items() if _is_x(key)
        ),
        canonical=dump(value) == data,
    )


def _payload(value: dict[str, Plain]) -> bytes:
    return canonical_json({key: item for key, item in value.items() if key != "signature"})


def _mapping(review: Review) -> dict[str, Plain]:
    value = plain(review)
    if not isinstance(value, dict):
        raise TypeError("a review is a mapping")
    return value


def _texts(value: Loaded, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    match value:
        case str():
            yield path, value
        case dict():
            for key, item in value.items():
                yield (*path, key), key
                yield from _texts(item, (*path, key))
        case list():
            for index, item in enumerate(value):
                yield from _texts(item, (*path, index))


def _text_problem(text: str) -> str:
    if found := forbidden_character(text):
        return f"holds the character {found}, which a reader cannot see"
    if not unicodedata.is_normalized("NFC", text):
        return "holds text that is not in Unicode normal form C"
    return ""


def _is_x(key: str) -> bool:
    return key.startswith("x-")
