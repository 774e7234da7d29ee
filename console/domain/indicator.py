"""Named series with limits. A series leaves a level only past its recovery limit, so it cannot chatter."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from console.domain.level import Level
from console.domain.place import Point
from console.domain.words import Label

STALE_CADENCES = 5


@dataclass(frozen=True, slots=True)
class Limit:
    """Where a level begins, and where it ends again."""

    level: Level
    at: float
    recovery: float


@dataclass(frozen=True, slots=True)
class Indicator:
    id: str
    name: Label
    measure: str  # "m", "mm", "%"
    topic: Label
    place: Label
    cadence_s: float
    at: Point | None = None
    decimals: int = 2
    limits: tuple[Limit, ...] = ()  # mildest first
    rising: bool = True  # False: low values are the bad ones
    matter: str | None = None  # what an alarm of it becomes
    agency: str | None = None  # its owner
    gauge: bool = False  # drawn on the map

    def level(self, value: float, before: Level | None) -> Level | None:
        """The level of `value`, given the level `before` it (recovery limits hold a level until passed)."""
        found: Level | None = None
        for limit in self.limits:
            held = before is not None and before.rank >= limit.level.rank
            edge = limit.recovery if held else limit.at
            if (value >= edge) if self.rising else (value <= edge):
                found = limit.level
        return found

    def stale(self, last_at: datetime, now: datetime) -> bool:
        return now - last_at > timedelta(seconds=STALE_CADENCES * self.cadence_s)


@dataclass(frozen=True, slots=True)
class Reading:
    indicator: str
    at: datetime
    value: float

    @property
    def id(self) -> str:
        """One value for one moment of one series."""
        return f"{self.indicator}@{self.at.isoformat()}"
