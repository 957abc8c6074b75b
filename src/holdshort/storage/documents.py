"""From a loaded document to a model value: validated once, at the border, trusted inside.

In: a `Document` of strings, lists and mappings. Out: a frozen value of the model. Unknown keys
are refused except `x-...`, which are kept in the document and ignored here. Messages name
file, line, column and key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from holdshort.errors import BadInputError, UndeterminedError
from holdshort.model.canonical import Plain
from holdshort.model.text import one_line
from holdshort.storage.yaml_load import Document, KeyPath, Loaded, load

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
    place, shown = document.place(("schema",)), one_line(str(found), 80)
    if isinstance(found, str) and found.rpartition("/")[0] == schema.rpartition("/")[0]:
        raise UndeterminedError(
            f"{place}: the schema {shown!r} is not known to this version, which reads {schema!r}",
            f"Install a holdshort that reads {shown}.",
        )
    raise BadInputError(f"{place}: expected `schema: {schema}`, found {shown!r}")


def validate(kind: type[_Value], document: Document) -> _Value:
    """Validate a loaded document.

    Raises:
        BadInputError: the first thing that does not fit, with `file:line:col` and the key.
    """
    try:
        return build(kind, without_extensions(document.value))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path: KeyPath = tuple(part for part in first["loc"] if not _is_branch(part))
        problem = one_line(first["msg"].removeprefix("Value error, "), 200)
        key = ".".join(map(str, path))
        what = f"{key}: {problem}" if key else problem
        raise BadInputError(f"{document.place(path)}: {what}") from error


def build(kind: type[_Value], value: object) -> _Value:
    """Validate plain values that hold no positions, such as a line of our own journal.

    Raises:
        pydantic.ValidationError: the values do not fit.
    """
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    built: _Value = _ADAPTERS[kind].validate_python(value)
    return built


def without_extensions(value: Mapping[str, Loaded]) -> dict[str, Loaded]:
    """Return a mapping without `x-...` keys and empty scalars, at every level."""
    return {
        key: _pruned(item)
        for key, item in value.items()
        if item is not None and not key.startswith("x-")
    }


def strings_only(value: Mapping[str, Loaded], name: str) -> dict[str, Plain]:
    """Return a loaded mapping that holds no empty scalar.

    Raises:
        BadInputError: it holds one.
    """
    return {key: _filled(item, f"{name}: {key}") for key, item in value.items()}


def _pruned(value: Loaded) -> Loaded:
    match value:
        case dict():
            return without_extensions(value)
        case list():
            return [_pruned(item) for item in value]
    return value


def _filled(value: Loaded, where: str) -> Plain:
    match value:
        case None:
            raise BadInputError(f"{where}: empty")
        case dict():
            return {key: _filled(item, f"{where}.{key}") for key, item in value.items()}
        case list():
            return [_filled(item, where) for item in value]
    return value


def _is_branch(part: str | int) -> bool:
    """Tell whether a location part names a branch of a union and not a key of the document."""
    return isinstance(part, str) and (part in {"str", "[key]"} or "[" in part)
