"""Values in plain data by the way to them: "name.zh"."""

from collections.abc import Mapping
from typing import Any


def take(record: Mapping[str, Any], key: str) -> Any:
    """The value at `a.b`, or None."""
    value: Any = record
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def put(record: dict[str, Any], key: str, value: Any) -> None:
    """The value at `a.b` is this."""
    *way, last = key.split(".")
    for part in way:
        record = record.setdefault(part, {})
    record[last] = value
