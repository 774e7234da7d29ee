"""What comes from outside is checked before it is kept: a database refuses some values only when they are written,
and then everything that is written with them fails too.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from types import NoneType
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Integer

from console.store import tables

T = TypeVar("T")
Look = Callable[[Any], None]


def checked(value: T) -> T:
    """The value itself: a dataclass of the domain, with all that is in it.

    Raises `ValueError` for a time without a zone or beyond the years there are in UTC, for a NUL or half a
    character in a text, and for a number beyond 63 bits.
    """
    _check(value)
    return value


def keepable(row: T) -> T:
    """The row itself, `checked`. Raises `ValueError` too for a number that its column cannot hold."""
    if type(row) not in tables.KINDS:  # a camera's columns are other than its fields
        return checked(row)
    try:
        values = tables.values(checked(row))
    except TypeError as mixed:
        raise ValueError(str(mixed)) from mixed
    for name, bits in _BITS[type(row)].items():
        value = values[name]
        if value is not None and not -(2**bits) <= value < 2**bits:
            raise ValueError(f"{tables.NAMES[type(row)]}.{name} cannot be {value}"[:200])
    return row


_BITS = {
    kind: {c.name: 63 if isinstance(c.type, BigInteger) else 31 for c in table.c if isinstance(c.type, Integer)}
    for kind, table in tables.KINDS.items()
}


def _check(value: Any) -> None:
    """Each kind of value is looked at as `_LOOKS` says; of another kind that is found out once."""
    look = _LOOKS.get(type(value), _unknown)
    if look is not None:
        look(value)


def _text(value: str) -> None:
    if "\0" in value:
        raise ValueError("a NUL in a text")
    if not value.isascii():
        value.encode()  # half a surrogate pair is a UnicodeEncodeError


def _number(value: int) -> None:
    if not -(2**63) <= value < 2**63:
        raise ValueError("a number beyond 63 bits")


def _time(value: datetime) -> None:
    if value.tzinfo is UTC:
        return
    if value.tzinfo is None:
        raise ValueError(f"a time without a zone: {value}")
    try:
        value.astimezone(UTC)
    except OverflowError as beyond:
        raise ValueError(f"a time that UTC does not have: {value}") from beyond


def _each(value: Iterable[Any]) -> None:
    for held in value:
        _check(held)


def _mapping(value: Mapping[Any, Any]) -> None:
    for key, held in value.items():
        _check(key)
        _check(held)


def _fields(*names: str) -> Look:
    def look(value: Any) -> None:
        for name in names:  # as `_check`, without a call for each
            held = getattr(value, name)
            if (inside := _LOOKS.get(type(held), _unknown)) is not None:
                inside(held)

    return look


_LOOKS: dict[type, Look | None] = {
    str: _text,
    int: _number,
    datetime: _time,
    tuple: _each,
    list: _each,
    dict: _mapping,
    bool: None,
    float: None,
    NoneType: None,
}


def _unknown(value: Any) -> None:
    kind = type(value)
    look: Look | None = None
    if is_dataclass(kind):
        look = _fields(*(field.name for field in fields(kind)))
    elif issubclass(kind, Mapping):
        look = _mapping
    _LOOKS[kind] = look
    _check(value)
