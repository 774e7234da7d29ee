"""One unit looked at for one incident: what is known of it, and what speaks for and against sending it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from math import inf, isfinite
from typing import NamedTuple

from console.domain.agency import STALE_AFTER, Unit, UnitState
from console.domain.area import Area, Tier, lies_in
from console.domain.assignment import Assignment, Status
from console.domain.whereabouts import NOWHERE, Basis, Whereabouts
from console.domain.words import Label, Phrase

LATELY = timedelta(hours=4)  # a unit that was out since then has had its share
REACH_S = 3600.0  # nobody is sent from farther away
STALE_MIN = int(STALE_AFTER.total_seconds() // 60)
DOUBT, MOST_DOUBT_MIN = 1 / 6, 30.0  # of an old position's age, as minutes farther away when units are ranked


class Jurisdiction(Enum):
    """Whose a unit is, seen from the place of the incident."""

    OWN = 0  # its agency answers for the very place
    NEIGHBOUR = 1  # of the same town, for another part of it
    TOWN = 2  # of another town
    CITY = 3  # a reserve of the city

    @property
    def aid(self) -> bool:
        """Sending it is asking someone else for help."""
        return self is Jurisdiction.TOWN or self is Jurisdiction.CITY


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the units when a proposal is worked out."""

    assignments: Sequence[Assignment]  # open ones and late ones, of any incident
    where: Mapping[str, Whereabouts]  # each unit is counted from
    travel_s: Mapping[str, float]  # of each unit from there to the incident; see `reach_s`
    by_road: bool  # over the road graph, not straight lines
    reach_s: float = REACH_S  # travel times past this are infinite
    codes: Mapping[str, str] = field(default_factory=dict)  # of the incidents, "I34"
    in_alarm: Collection[str] = ()  # indicators that are


class Look(NamedTuple):
    """What is known of a unit. A proposal makes thousands: a tuple is made in a third of a data class's time."""

    state: UnitState
    holder: str  # code of the incident that holds it; "" for none
    here: bool  # that is this incident
    travel_s: float | None  # None: nobody knows from where
    by_road: bool
    reach_s: float  # past this it is infinite
    where: Whereabouts
    lately: int  # incidents it was sent to within `LATELY`
    whose: Jurisdiction
    area: Label  # of its agency

    @property
    def free(self) -> bool:
        """Nothing stands in its way."""
        return not self.obstacles()

    @property
    def minutes(self) -> float:
        return round((self.travel_s or 0.0) / 60, 1)

    @property
    def old(self) -> bool:
        """It is counted from a position that was not heard of for long."""
        return self.where.age_min is not None and self.where.age_min > STALE_MIN

    @property
    def rank_min(self) -> float:
        """Minutes to get there, as units are ranked: an old position counts as farther, an unknown one as farthest."""
        if self.travel_s is None:
            return inf
        doubt = min((self.where.age_min or 0) * DOUBT, MOST_DOUBT_MIN) if self.old else 0.0
        return self.travel_s / 60 + doubt

    def obstacles(self) -> list[Phrase]:
        """Why it cannot be sent, the first first."""
        if self.here:
            return [Phrase("unit_here")]
        if self.state is UnitState.OFF_DUTY:
            return [Phrase("unit_off_duty")]
        if self.state is not UnitState.FREE:
            return [Phrase("unit_busy", {"state": self.state.label, "code": self.holder})]
        if self.travel_s is not None and not isfinite(self.travel_s):
            args = {"minutes": self.reach_s / 60}
            return [Phrase("unit_too_far" if self.by_road else "unit_too_far_straight", args)]
        return []

    def remarks(self) -> list[Phrase]:
        """What else speaks against it, and forbids nothing."""
        found = []
        if (doubt := self._doubt()) is not None:
            found.append(doubt)
        if self.whose.aid:
            found.append(Phrase("unit_of_others", {"area": self.area}))
        elif self.whose is Jurisdiction.NEIGHBOUR:
            found.append(Phrase("unit_of_part", {"area": self.area}))
        if self.lately:
            found.append(Phrase("unit_lately", {"count": self.lately, "hours": LATELY.total_seconds() / 3600}))
        return found

    def _doubt(self) -> Phrase | None:
        """Why where it is counted from may not be where it is."""
        match self.where.basis:
            case Basis.SCENE:
                return Phrase("position_scene", {"code": self.where.scene})
            case Basis.HOME:
                return Phrase("position_home")
            case Basis.AGENCY:
                return Phrase("position_agency")
            case Basis.UNKNOWN:
                return Phrase("position_unknown")
        return Phrase("position_stale", {"age": _age(self.where.age_min or 0)}) if self.old else None

    def merits(self) -> list[Phrase]:
        """What speaks for it besides what it can do."""
        found = []
        if self.travel_s is not None and isfinite(self.travel_s):
            found.append(Phrase("minutes_road" if self.by_road else "minutes_straight", {"minutes": self.minutes}))
        if self.where.age_min is not None and not self.old:
            found.append(Phrase("position_fresh", {"minutes": self.where.age_min}))
        if self.whose is Jurisdiction.OWN:
            found.append(Phrase("unit_of_place", {"area": self.area}))
        if self.state is UnitState.FREE and not self.lately:
            found.append(Phrase("unit_rested", {"hours": LATELY.total_seconds() / 3600}))
        return found


class Looker:
    """Looks at units for one incident; what it is given is sorted by unit once."""

    def __init__(
        self,
        incident: str,
        place: str,
        areas: Mapping[str, Area],
        agency_areas: Mapping[str, str],
        known: Known,
        now: datetime,
    ) -> None:
        """`place` is the path of the incident's area, `agency_areas` the path of each agency's."""
        self._incident, self._known = incident, known
        self._whose = {path: jurisdiction(path, place, areas) for path in set(agency_areas.values())}
        self._names = {path: areas[path].name if path in areas else Label(path, path) for path in self._whose}
        self._agency_areas = agency_areas
        self._held: dict[str, tuple[int, UnitState, str]] = {}  # how far, in what state, by which incident
        self._here: set[str] = set()
        self._lately: dict[str, set[str]] = {}
        since = now - LATELY
        for one in known.assignments:
            if one.unit is None:
                continue
            status = one.status
            if status.open:
                before = self._held.get(one.unit)
                if before is None or (before[0], before[2]) < (status.rank, one.incident):
                    self._held[one.unit] = (status.rank, UnitState.of(status.value), one.incident)
                if one.incident == incident:
                    self._here.add(one.unit)
            sent = one.at(Status.NOTIFIED)
            if sent is not None and sent >= since and one.incident != incident:
                self._lately.setdefault(one.unit, set()).add(one.incident)

    def look(self, unit: Unit) -> Look:
        free = UnitState.FREE if unit.on_duty else UnitState.OFF_DUTY
        _, state, holder = self._held.get(unit.id, (0, free, ""))
        where = self._known.where.get(unit.id, NOWHERE)
        area = self._agency_areas[unit.agency]
        return Look(
            state=state,
            holder=self._known.codes.get(holder, ""),
            here=unit.id in self._here,
            travel_s=None if where.at is None else self._known.travel_s.get(unit.id),
            by_road=self._known.by_road,
            reach_s=self._known.reach_s,
            where=where,
            lately=len(self._lately.get(unit.id, ())),
            whose=self._whose[area],
            area=self._names[area],
        )


def _age(minutes: int) -> Label:
    """In one rough word."""
    if minutes < 120:
        return Label(f"{minutes} 分钟", f"{minutes} min")
    if minutes < 48 * 60:
        return Label(f"{minutes // 60} 小时", f"{minutes // 60} h")
    return Label(f"{minutes // 1440} 天", f"{minutes // 1440} days")


def town_of(path: str, areas: Mapping[str, Area]) -> str:
    """The town that a place lies in; the place itself where no town is above it."""
    above: Iterable[str] = (area.path for area in areas.values() if area.tier is Tier.TOWN)
    return next((town for town in above if lies_in(path, town)), path)


def jurisdiction(agency: str, place: str, areas: Mapping[str, Area]) -> Jurisdiction:
    """Whose an agency of an area is, seen from a place."""
    town = town_of(place, areas)
    if agency != town and lies_in(town, agency):
        return Jurisdiction.CITY
    if lies_in(place, agency):
        return Jurisdiction.OWN
    return Jurisdiction.NEIGHBOUR if lies_in(agency, town) else Jurisdiction.TOWN
