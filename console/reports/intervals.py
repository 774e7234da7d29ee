"""How long each part of an assignment and of an incident took, from the times on record.

Facts from the field come late, twice or not at all; where an end is missing or before its start there is no
interval, and the report says so rather than a wrong figure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.domain.assignment import Assignment, Status
from console.domain.incident import Incident


def between(start: datetime | None, end: datetime | None) -> timedelta | None:
    """From start to end, or None where one is missing or they are the wrong way round."""
    return end - start if start is not None and end is not None and end >= start else None


@dataclass(frozen=True, slots=True)
class Intervals:
    """One assignment: 出动 turnout, 路途 travel, 在场 on scene, 总 total."""

    turnout: timedelta | None
    travel: timedelta | None
    on_scene: timedelta | None
    total: timedelta | None


def of_assignment(assignment: Assignment) -> Intervals:
    notified, left, there, done = (
        assignment.at(status) for status in (Status.NOTIFIED, Status.EN_ROUTE, Status.ON_SCENE, Status.DONE)
    )
    return Intervals(between(notified, left), between(left, there), between(there, done), between(notified, done))


@dataclass(frozen=True, slots=True)
class Course:
    """One incident: how long until the first was sent, left, arrived, and until it was closed."""

    dispatch: timedelta | None
    turnout: timedelta | None
    response: timedelta | None
    on_scene: timedelta | None
    total: timedelta | None


def of_incident(incident: Incident, assignments: Sequence[Assignment]) -> Course:
    sent = _first(assignments, Status.NOTIFIED)
    there = _first(assignments, Status.ON_SCENE)
    last = max((a.times[Status.DONE.value] for a in assignments if a.at(Status.DONE)), default=None)
    return Course(
        dispatch=between(incident.opened_at, sent),
        turnout=between(sent, _first(assignments, Status.EN_ROUTE)),
        response=between(incident.opened_at, there),
        on_scene=between(there, last),
        total=between(incident.opened_at, incident.closed_at),
    )


def _first(assignments: Iterable[Assignment], status: Status) -> datetime | None:
    return min((at for a in assignments if (at := a.at(status)) is not None), default=None)


def clock(length: timedelta | None) -> str:
    """A length as it is read out: 4:10, 1:02:03, or a dash for none."""
    if length is None:
        return "—"
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
