"""From a loaded document to a model value: validated once, at the border, trusted inside.

In: a `Document` of strings, lists and mappings. Out: a frozen value of the model. Unknown keys
are refused except `x-...`, which are kept in the document and ignored here. Messages name
file, line, column and key. `x-...` is an extension only where the model has fields: under
`answers:` or `people:` it is a name like any other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from holdshort.errors import BadInputError, UndeterminedError
from holdshort.model.canonical import Plain
from holdshort.model.text import one_line
from holdshort.storage.yaml_load import Document, KeyPath, Loaded, load

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError

_Value = TypeVar("_Value")
_ADAPTERS: dict[object, TypeAdapter[Any]] = {}


def read(kind: type[_Value], data: bytes, name: str, schema: str) -> _Value:
    """Load, check the schema id and validate one document.

    Raises:
        BadInputError: the document cannot be read or does not fit, with `file:line:col`.
        UndeterminedError: its schema is one this version does not know.
    """
    document = load(data, name)
    check_schema(document, schema)
    return validate(kind, document)


def check_schema(document: Document, schema: str) -> None:
    """Refuse a document of another schema.

    Raises:
        BadInputError: it names no schema, or one of another kind.
        UndeterminedError: it names a newer version of this schema.
    """
    found = document.value.get("schema")
    if found == schema:
        return
    place, shown = document.place(("schema",)), one_line(str(found or ""), 80)
    if isinstance(found, str) and found.rpartition("/")[0] == schema.rpartition("/")[0]:
        raise UndeterminedError(
            f"{place}: the schema {shown!r} is not known to this version, which reads {schema!r}",
            f"Install a holdshort that reads {shown}.",
        )
    said = f"found {shown!r}" if shown else "found none"
    raise BadInputError(f"{place}: expected `schema: {schema}`, {said}")


def validate(kind: type[_Value], document: Document) -> _Value:
    """Validate a loaded document.

    Raises:
        BadInputError: the first thing that does not fit, with `file:line:col` and the key.
    """
    from pydantic import ValidationError  # noqa: PLC0415 - a tenth of a second, where it is used

    value = _without_empty(document.value)
    try:
        return build(kind, value)
    except ValidationError as error:
        unknown = _unknown_keys(error, value)
    try:
        return build(kind, _without(value, [one for one in unknown if _is_extension(one)]))
    except ValidationError as error:
        raise BadInputError(_first_problem(error, value, document)) from error


def build(kind: type[_Value], value: object) -> _Value:
    """Validate plain values that hold no positions, such as a line of our own journal.

    Raises:
        pydantic.ValidationError: the values do not fit.
    """
    from pydantic import TypeAdapter  # noqa: PLC0415 - as above

    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    built: _Value = _ADAPTERS[kind].validate_python(value)
    return built


def filled(document: Document) -> dict[str, Plain]:
    """Return the value of a document in which nothing is empty.

    Raises:
        BadInputError: an empty scalar, list or mapping, with `file:line:col`.
    """
    return {key: _filled(item, document, (key,)) for key, item in document.value.items()}


def _filled(value: Loaded, document: Document, path: KeyPath) -> Plain:
    if not value:
        key = one_line(".".join(map(str, path)), 200)
        raise BadInputError(f"{document.place(path)}: {key}: empty; what is empty is left out")
    match value:
        case dict():
            return {key: _filled(item, document, (*path, key)) for key, item in value.items()}
        case list():
            return [_filled(item, document, (*path, at)) for at, item in enumerate(value)]
    return value


def _without_empty(value: Mapping[str, Loaded]) -> dict[str, Loaded]:
    """Return a mapping without its empty scalars, at every level; absent means unanswered."""
    return {key: _pruned(item) for key, item in value.items() if item is not None}


def _pruned(value: Loaded) -> Loaded:
    match value:
        case dict():
            return _without_empty(value)
        case list():
            return [_pruned(item) for item in value]
    return value


def _first_problem(error: ValidationError, value: Loaded, document: Document) -> str:
    first = error.errors(include_url=False)[0]
    path, problem = _path_of(first["loc"], value), first["msg"].removeprefix("Value error, ")
    key = one_line(".".join(map(str, path)), 200)
    if first["type"] in _UNKNOWN_KEY:
        return f"{document.place_of_key(path)}: unknown key {key!r}"
    shown = one_line(problem, 200)
    if key:
        return f"{document.place(path)}: {key}: {shown}"
    return f"{_place_of_word(shown, document)}: {shown}"


def _place_of_word(problem: str, document: Document) -> str:
    """Return the last place of what a problem of the whole document quotes last."""
    for word in reversed(re.findall(r"'([^']+)'", problem)):
        for path in reversed(document.positions):
            if path and path[-1] == word:
                return document.place_of_key(path)
            if _at(document.value, path) == word:
                return document.place(path)
    return document.place(())


def _at(value: Any, path: KeyPath) -> Loaded:
    for part in path:
        value = value[part]
    found: Loaded = value
    return found


_UNKNOWN_KEY = {"extra_forbidden", "unexpected_keyword_argument"}
"""Source: https://docs.pydantic.dev/latest/errors/validation_errors/"""


def _unknown_keys(error: ValidationError, value: Loaded) -> list[KeyPath]:
    rows = error.errors(include_url=False, include_input=False)
    return [_path_of(row["loc"], value) for row in rows if row["type"] in _UNKNOWN_KEY]


def _is_extension(path: KeyPath) -> bool:
    return str(path[-1]).startswith("x-")


def _without(value: dict[str, Loaded], paths: list[KeyPath]) -> dict[str, Loaded]:
    """Take the keys at these paths out of a mapping of our own, and return it."""
    for *parents, last in paths:
        holder: Any = _at(value, tuple(parents))
        del holder[last]
    return value


def _path_of(location: tuple[str | int, ...], value: Any) -> KeyPath:
    """Return a location of pydantic's without the branches of unions, which no document holds."""
    path: list[str | int] = []
    for part in location:
        is_here = isinstance(value, dict) and part in value
        if is_here or isinstance(part, int) or not (part in {"str", "[key]"} or "[" in part):
            path.append(part)
            value = value[part] if is_here or isinstance(value, list) else None
    return tuple(path)
