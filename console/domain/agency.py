"""Who can be given work: agencies, the units they send, and where those are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.domain.area import Tier, agency_path, centre_path
from console.domain.assignment import Assignment
from console.domain.place import Point
from console.domain.words import Label, Labelled

STALE_AFTER = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Agency:
    id: str
    name: Label
    tier: Tier
    area: str = ""  # path
    phone: str = ""
    at: Point | None = None  # where its units are counted from that have no place of their own

    @property
    def path(self) -> str:
        """Its own place in the organisation tree, below its area."""
        return agency_path(self.area, self.id)

    @property
    def centre(self) -> bool:
        """It stands for its whole area: a city's, town's, zone's or village's own desk."""
        return self.path == centre_path(self.area)


@dataclass(frozen=True, slots=True)
class Unit:
    id: str
    name: Label
    agency: str
    kind: str  # "fire_engine", "ambulance", "patrol_car", "grid_officer", "water_team", ...
    capabilities: tuple[str, ...]
    home: Point | None  # None: the pack does not say
    code: str = ""  # typed on the command line, "xf1"
    on_duty: bool = True
    speed_factor: float = 1.0  # against the road's own speed; a grid officer on foot is slower


@dataclass(frozen=True, slots=True)
class Position:
    """The latest known place of a unit. Never in the outbox: only the newest matters."""

    id: str  # the unit's id
    at: Point
    seen_at: datetime
    heading: float | None = None  # degrees clockwise from north

    def stale(self, now: datetime) -> bool:
        return now - self.seen_at > STALE_AFTER


class UnitState(Labelled):
    """What the unit board shows; derived from the unit's assignments, never stored."""

    FREE = "free", "待命", "Available"
    NOTIFIED = "notified", "已派", "Notified"
    ACKNOWLEDGED = "acknowledged", "签收", "Acknowledged"
    EN_ROUTE = "en_route", "出动", "En route"
    ON_SCENE = "on_scene", "到场", "On scene"
    WORKING = "working", "处置中", "Working"
    OFF_DUTY = "off_duty", "下班", "Off duty"


def unit_state(unit: Unit, assignments: Iterable[Assignment]) -> UnitState:
    """A unit's state from its own open assignments: the furthest along counts."""
    mine = [status for a in assignments if a.unit == unit.id and (status := a.status).open]
    if mine:
        return UnitState.of(max(mine, key=lambda status: status.rank).value)
    return UnitState.FREE if unit.on_duty else UnitState.OFF_DUTY
