"""The domain's dataclasses as JSON and back, strictly: no field too many, too few or of another type."""

import json
from collections.abc import Hashable, Iterable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import ConfigDict, TypeAdapter, ValidationError

from console.domain.operation import Actor, Operation
from console.domain.operations import OPERATIONS, upgrade

T = TypeVar("T")
STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    # pydantic takes no config for a bare dataclass, but hands that of an optional one down to it.
    return TypeAdapter(cast(Any, kind) | None, config=STRICT)


@cache
def _lenient(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(Any, kind) | None, config=ConfigDict(strict=True, extra="ignore", allow_inf_nan=False))


def encode(value: object, kind: Any = None) -> str:
    """Compact JSON. `kind` is for values that are not of one dataclass, such as tuple[Stage, ...]."""
    return _adapter(cast(Hashable, kind or type(value))).dump_json(value).decode()


def plain(value: object) -> Any:
    """What `encode` writes, as what JSON text holds once it is read."""
    return _adapter(cast(Hashable, type(value))).dump_python(value, mode="json")


def decode(kind: type[T], text: str | bytes) -> T:
    """The value that `encode` was given. Raises `ValueError` for anything else."""
    value = _adapter(cast(Hashable, kind)).validate_json(text)
    if value is None:
        raise ValueError(f"null is no {kind}")
    return cast(T, value)


def decode_leniently(kind: type[T], text: str | bytes) -> T:
    """As `decode`, but fields that are not known are left out: a newer platform may have more of them."""
    value = _lenient(cast(Hashable, kind)).validate_json(text)
    if value is None:
        raise ValueError(f"null is no {kind}")
    return cast(T, value)


def read_sent(fields: dict[str, Any], areas: Iterable[str]) -> tuple[Operation, Actor]:
    """An operation as it was sent, of whatever version, and who did it. `areas` are the paths there are.

    Raises `ValueError` or `KeyError` for one that cannot be read.
    """
    args, actor = dict(fields["args"]), dict(fields["actor"])
    name = upgrade(fields["name"], args, actor, fields.get("version", 1), areas)
    return decode(OPERATIONS[name], json.dumps(args)), decode(Actor, json.dumps(actor))


__all__ = ["STRICT", "ValidationError", "decode", "decode_leniently", "encode", "plain", "read_sent"]
