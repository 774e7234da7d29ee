"""The time chart of a report: one row for each assignment, parts in percent of its width."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.domain.assignment import Assignment, Status

PARTS = (
    ("turnout", Status.NOTIFIED, Status.EN_ROUTE),
    ("travel", Status.EN_ROUTE, Status.ON_SCENE),
    ("scene", Status.ON_SCENE, Status.DONE),
)


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a row: its kind (a class of the template), where it starts and how wide it is, in percent."""

    kind: str
    left: float
    width: float


def draw(assignments: Sequence[Assignment], start: datetime, end: datetime) -> list[tuple[Bar, ...]]:
    """The bars of each assignment from `start` to `end`. An open part goes to `end`; one out of order is left out."""
    end = max(end, start + timedelta(minutes=1))
    span = end - start

    def left(at: datetime) -> float:
        return round(100 * min(max((at - start) / span, 0.0), 1.0), 3)

    rows = []
    for assignment in assignments:
        row = []
        for kind, begins, ends in PARTS:
            begin = assignment.at(begins)
            finish = _next(assignment, ends) or (end if assignment.status.open else _last(assignment))
            if begin is not None and finish >= begin:
                row.append(Bar(kind, left(begin), max(left(finish) - left(begin), 0.4)))
                if _next(assignment, ends) is None:
                    break
        rows.append(tuple(row))
    return rows


def _next(assignment: Assignment, status: Status) -> datetime | None:
    """When the status was reached, or where it was never said, the next one that was."""
    for later in list(Status)[status.rank : Status.DONE.rank + 1]:
        if later is not Status.WORKING and (at := assignment.at(later)) is not None:
            return at
    return None


def _last(assignment: Assignment) -> datetime:
    return max(assignment.times.values())
