"""What a column holds beside what SQL knows: a time with its zone, a member of an enumeration, a value as JSON."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text, TypeDecorator

from console.domain.words import Labelled
from console.store.codec import decode, encode


class Utc(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # SQLite keeps no zone
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Code(TypeDecorator[Labelled]):
    """A member of an enumeration, by its code."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[Labelled]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Labelled | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value.value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Labelled | None:
        return None if value is None else self.kind.of(value)


class Json(TypeDecorator[Any]):
    """A value of a type that the codec knows, as JSON text."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else encode(value, self.kind)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else decode(self.kind, value)
