"""What comes from outside is checked before it is kept: a database refuses some values only when they are written,
and then everything that is written with them fails too.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Integer

from console.store import tables

T = TypeVar("T")


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


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """The fields of a dataclass; none of anything else."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def _check(value: Any) -> None:
    kind: Any = type(value)
    if names := _names(kind):
        for name in names:
            _check(getattr(value, name))
        return
    match value:
        case str():
            if "\0" in value:
                raise ValueError("a NUL in a text")
            value.encode()  # half a surrogate pair is a UnicodeEncodeError
        case int() if not -(2**63) <= value < 2**63:
            raise ValueError("a number beyond 63 bits")
        case None | Enum() | int() | float():
            return
        case datetime():
            if value.tzinfo is None:
                raise ValueError(f"a time without a zone: {value}")
            try:
                value.astimezone(UTC)
            except OverflowError as beyond:
                raise ValueError(f"a time that UTC does not have: {value}") from beyond
        case Mapping():
            for key, held in value.items():
                _check(key)
                _check(held)
        case tuple() | list():
            for held in value:
                _check(held)
