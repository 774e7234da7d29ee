"""Where each unit is counted from: its position, else its last scene, its home, or the place of its agency."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from console.domain.agency import Agency, Position, Unit
from console.domain.assignment import Assignment, Status
from console.domain.incident import Incident
from console.domain.place import Point

SCENE_HOLDS = timedelta(hours=4)  # after its work there a unit is thought to be at home again
_THERE = (Status.ON_SCENE, Status.WORKING, Status.DONE)


class Basis(Enum):
    POSITION = "position"
    SCENE = "scene"
    HOME = "home"
    AGENCY = "agency"
    UNKNOWN = "unknown"


class Whereabouts(NamedTuple):
    at: Point | None  # None: nothing to count from
    basis: Basis
    age_min: int | None = None  # of its position
    scene: str = ""  # code of the incident whose place it is


NOWHERE = Whereabouts(None, Basis.UNKNOWN)


def whereabouts(
    units: Iterable[Unit],
    agencies: Mapping[str, Agency],
    positions: Mapping[str, Position],
    assignments: Iterable[Assignment],
    incidents: Mapping[str, Incident],
    now: datetime,
) -> dict[str, Whereabouts]:
    """By unit. What was sent lately counts over an old position and over the home; an old position counts over the
    home, since nothing says that the unit went back."""
    scenes = _last_scenes(assignments, incidents, now)

    def of(unit: Unit) -> Whereabouts:
        position, scene = positions.get(unit.id), scenes.get(unit.id)
        if scene is not None and (position is None or (position.stale(now) and position.seen_at < scene[0])):
            return Whereabouts(scene[1].at, Basis.SCENE, scene=scene[1].code)
        if position is not None:
            age = max(timedelta(0), now - position.seen_at)
            return Whereabouts(position.at, Basis.POSITION, age_min=int(age.total_seconds() // 60))
        if unit.home is not None:
            return Whereabouts(unit.home, Basis.HOME)
        place = agencies[unit.agency].at
        return NOWHERE if place is None else Whereabouts(place, Basis.AGENCY)

    return {unit.id: of(unit) for unit in units}


def _last_scenes(
    assignments: Iterable[Assignment], incidents: Mapping[str, Incident], now: datetime
) -> dict[str, tuple[datetime, Incident]]:
    """Where each unit was sent or arrived last, and when; work that ended longer ago than `SCENE_HOLDS` is past."""
    found: dict[str, tuple[datetime, Incident]] = {}
    for one in assignments:
        incident = incidents.get(one.incident)
        since = _since(one)
        if one.unit is None or incident is None or since is None:
            continue
        if now - since > SCENE_HOLDS and not one.status.open:
            continue
        before = found.get(one.unit)
        if before is None or (before[0], before[1].id) < (since, incident.id):
            found[one.unit] = (since, incident)
    return found


def _since(one: Assignment) -> datetime | None:
    """The latest that is known of a unit at its scene or on its way there; None for one that never went."""
    there = [at for status in _THERE if (at := one.at(status)) is not None]
    if there:
        return max(there)
    return max(one.times.values(), default=None) if one.status.open else None
