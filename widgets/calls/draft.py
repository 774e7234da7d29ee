"""What is written down of a call while it is taken: plain text, so that it is kept as it is typed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from console.domain.conflict import Casualties
from console.domain.incoming import Channel
from console.domain.place import Point

NONE_HURT = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class CallDraft:
    """`id` is that of the incident that may open from it, `call` that of the call itself."""

    id: str
    call: str
    received_at: str  # ISO 8601
    channel: str = Channel.PHONE.value
    caller: str = ""
    number: str = ""
    said: str = ""
    matter: str = ""  # code
    typed: str = ""  # of the matter, while none is chosen
    place: str = ""  # as it is named
    spot: str = ""  # the name in it that has the position
    lon: float | None = None  # WGS-84
    lat: float | None = None
    level: str = ""  # code; empty for the matter's own
    hurt: tuple[int, int, int, int] = NONE_HURT
    form: Mapping[str, str] = field(default_factory=dict)
    rang: bool = False  # it came in by itself; else somebody answered by hand

    @property
    def at(self) -> Point | None:
        return Point(self.lon, self.lat) if self.lon is not None and self.lat is not None else None

    @property
    def received(self) -> datetime:
        return datetime.fromisoformat(self.received_at)

    @property
    def count(self) -> Casualties | None:
        return Casualties(*self.hurt) if any(self.hurt) else None

    @property
    def empty(self) -> bool:
        """Nothing was written down."""
        told = (self.caller, self.number, self.said, self.matter, self.typed, self.place)
        return not self.rang and not any(text.strip() for text in told) and self.at is None and not any(self.hurt)

    def located(self, place: str, spot: str, at: Point | None) -> "CallDraft":
        """At a place; without `at` it has only a name."""
        return replace(self, place=place, spot=spot, lon=at.lon if at else None, lat=at.lat if at else None)

    def kept(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self) | {"form": dict(self.form)}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "CallDraft":
        """What `kept` gave; fields that are not known are left out. Raises `KeyError` or `TypeError` for no draft."""
        known = {each.name: kept[each.name] for each in fields(cls) if each.name in kept}
        return cls(**known | {"hurt": tuple(known.get("hurt", NONE_HURT))})
