"""One unit looked at for one incident: what is known of it, and what speaks for and against sending it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from math import isfinite
from typing import NamedTuple

from console.domain.agency import STALE_AFTER, Position, Unit, UnitState
from console.domain.area import Area, Tier, lies_in
from console.domain.assignment import Assignment, Status
from console.domain.words import Label, Phrase

LATELY = timedelta(hours=4)  # a unit that was out since then has had its share
REACH_S = 3600.0  # nobody is sent from farther away
STALE_MIN = int(STALE_AFTER.total_seconds() // 60)


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
    positions: Mapping[str, Position]
    travel_s: Mapping[str, float]  # of each unit to the incident, from its home without a position; see `reach_s`
    by_road: bool  # over the road graph, not straight lines
    reach_s: float = REACH_S  # travel times past this are infinite
    codes: Mapping[str, str] = field(default_factory=dict)  # of the incidents, "I34"
    in_alarm: Collection[str] = ()  # indicators that are


class Look(NamedTuple):
    """What is known of a unit. A proposal makes thousands: a tuple is made in a third of a data class's time."""

    state: UnitState
    holder: str  # code of the incident that holds it; "" for none
    here: bool  # that is this incident
    travel_s: float | None  # None: nobody knows where it is
    by_road: bool
    reach_s: float  # past this it is infinite
    age_min: int | None  # of its position; None for one without: it is reckoned from its home
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

    def obstacles(self) -> list[Phrase]:
        """Why it cannot be sent, the first first."""
        if self.here:
            return [Phrase("unit_here")]
        if self.state is UnitState.OFF_DUTY:
            return [Phrase("unit_off_duty")]
        if self.state is not UnitState.FREE:
            return [Phrase("unit_busy", {"state": self.state.label, "code": self.holder})]
        if self.travel_s is None:
            return [Phrase("position_unknown")]
        found = []
        if self.age_min is not None and self.age_min > STALE_MIN:
            found.append(Phrase("position_stale", {"minutes": self.age_min}))
        if not isfinite(self.travel_s):
            args = {"minutes": self.reach_s / 60}
            found.append(Phrase("unit_too_far" if self.by_road else "unit_too_far_straight", args))
        return found

    def remarks(self) -> list[Phrase]:
        """What else speaks against it, and forbids nothing."""
        found = []
        if self.whose.aid:
            found.append(Phrase("unit_of_others", {"area": self.area}))
            if self.age_min is None:
                found.append(Phrase("position_home"))
        elif self.whose is Jurisdiction.NEIGHBOUR:
            found.append(Phrase("unit_of_part", {"area": self.area}))
        if self.lately:
            found.append(Phrase("unit_lately", {"count": self.lately, "hours": LATELY.total_seconds() / 3600}))
        return found

    def merits(self) -> list[Phrase]:
        """What speaks for it besides what it can do."""
        found = []
        if self.travel_s is not None and isfinite(self.travel_s):
            found.append(Phrase("minutes_road" if self.by_road else "minutes_straight", {"minutes": self.minutes}))
        if self.age_min is not None and self.age_min <= STALE_MIN:
            found.append(Phrase("position_fresh", {"minutes": self.age_min}))
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
        self._incident, self._known, self._now = incident, known, now
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
        position = self._known.positions.get(unit.id)
        area = self._agency_areas[unit.agency]
        return Look(
            state=state,
            holder=self._known.codes.get(holder, ""),
            here=unit.id in self._here,
            travel_s=self._known.travel_s.get(unit.id) if position or self._whose[area].aid else None,
            by_road=self._known.by_road,
            reach_s=self._known.reach_s,
            age_min=int((self._now - position.seen_at).total_seconds() // 60) if position else None,
            lately=len(self._lately.get(unit.id, ())),
            whose=self._whose[area],
            area=self._names[area],
        )


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
