"""Facts to JSON and back, so that they may be kept by blob id and sent between processes.

In: frozen dataclasses of texts, numbers, enums, tuples, sets, mappings and other such dataclasses.
Out: JSON. The type written in the class decides how a value is read, so nothing in the text can
choose what is made: no name of a class is ever stored. Law: `decode(T, encode(x)) == x`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

_T = TypeVar("_T")
_Plain = Callable[[Any], Any]
_WRITERS: dict[Any, _Plain] = {}
_READERS: dict[Any, _Plain] = {}


def encode(value: object) -> bytes:
    """Return a value as compact JSON."""
    text = json.dumps(_writer(type(value))(value), separators=(",", ":"), ensure_ascii=True)
    return text.encode()


def decode(kind: type[_T], data: bytes) -> _T:
    """Return the value of a type that `encode` wrote.

    Raises:
        ValueError: the bytes are no JSON, or not of this type.
    """
    try:
        made: _T = _reader(kind)(json.loads(data))
    except (TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise ValueError(kind.__name__) from error
    return made


def _same(value: Any) -> Any:
    return value


def _writer(kind: Any) -> _Plain:
    if kind not in _WRITERS:
        _WRITERS[kind] = _new_writer(kind)
    return _WRITERS[kind]


def _new_writer(kind: Any) -> _Plain:
    """Return the function that makes JSON values of one class; a tuple's members tell their own."""
    if kind in {str, int, float, bool, NoneType}:
        return _same
    if kind in {tuple, list}:
        return lambda items: [_writer(type(item))(item) for item in items]
    if kind in {frozenset, set}:
        return sorted
    if kind is dict:
        return lambda pairs: {key: _writer(type(item))(item) for key, item in pairs.items()}
    if issubclass(kind, Enum):
        return lambda member: member.value
    return _dataclass_writer(kind)


def _dataclass_writer(kind: Any) -> _Plain:
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    tags = {name: _choices(hints[name]) for name in names}

    def write(value: Any) -> list[Any]:
        return [_tagged(getattr(value, name), tags[name]) for name in names]

    return write


def _choices(hint: Any) -> tuple[type, ...]:
    """Return the dataclasses of which a member of the hint is one; one alone needs no tag."""
    for part in (hint, *get_args(hint)):
        if get_origin(part) in {Union, UnionType}:
            found = tuple(
                one for one in get_args(part) if isinstance(one, type) and is_dataclass(one)
            )
            return found if len(found) > 1 else ()
    return ()


def _tagged(value: Any, choices: tuple[type, ...]) -> Any:
    if not choices:
        return _writer(type(value))(value)
    if isinstance(value, tuple):
        return [_tagged(item, choices) for item in value]
    return [choices.index(type(value)), _writer(type(value))(value)]


def _reader(hint: Any) -> _Plain:
    if hint not in _READERS:
        _READERS[hint] = _new_reader(hint)
    return _READERS[hint]


def _new_reader(hint: Any) -> _Plain:
    """Return the function that makes a value of a type out of JSON values."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is tuple:
        return _tuple_reader(args)
    if origin in {Union, UnionType}:
        return _union_reader(args)
    if origin is frozenset:
        return frozenset
    if origin is not None and issubclass(origin, Mapping):
        inner = _reader(args[1])
        return lambda pairs: {key: inner(item) for key, item in pairs.items()}
    if is_dataclass(hint):
        return _dataclass_reader(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    return _exactly(hint)


def _exactly(kind: type) -> _Plain:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(kind)
        return value

    return read


def _tuple_reader(args: tuple[Any, ...]) -> _Plain:
    if len(args) > 1 and args[1] is Ellipsis:
        inner = _reader(args[0])
        return lambda items: tuple([inner(item) for item in items])
    readers = tuple(_reader(arg) for arg in args)
    return lambda items: tuple([read(one) for read, one in zip(readers, items, strict=True)])


def _union_reader(args: tuple[Any, ...]) -> _Plain:
    classes = [_reader(one) for one in args if is_dataclass(one)]
    plain = tuple(one for one in args if not is_dataclass(one))

    def read(value: Any) -> Any:
        if isinstance(value, list):
            return classes[value[0]](value[1]) if len(classes) > 1 else classes[0](value)
        if type(value) not in plain:
            raise TypeError(value)
        return value

    return read


def _dataclass_reader(kind: Any) -> _Plain:
    hints = get_type_hints(kind)
    readers = tuple(_reader(hints[field.name]) for field in fields(kind))

    def read(items: Any) -> Any:
        return kind(*[one(item) for one, item in zip(readers, items, strict=True)])

    return read
