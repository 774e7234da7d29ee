"""Field staff who answer: what an assignment's own facts, the time and the seed say comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from console.domain.assignment import Assignment, Status
from console.domain.drill import Staff
from console.domain.words import Label


@dataclass(frozen=True, slots=True)
class Step:
    """The status that follows, so many seconds of the exercise after the one before; None: on arrival."""

    status: Status
    after_s: float | None


def next_step(assignment: Assignment, staff: Staff, seed: int, *, alone: bool) -> Step | None:
    """What comes next for an assignment, if anything does.

    A unit goes there; an agency without one works from its office until `alone`: no unit is left on the
    incident.
    """
    means: dict[Status, tuple[Status, float | None]]
    if assignment.unit is not None:
        means = {
            Status.NOTIFIED: (Status.ACKNOWLEDGED, staff.acknowledge_s),
            Status.ACKNOWLEDGED: (Status.EN_ROUTE, staff.depart_s),
            Status.EN_ROUTE: (Status.ON_SCENE, None),
            Status.ON_SCENE: (Status.WORKING, staff.report_s),
            Status.WORKING: (Status.DONE, staff.work_s),
        }
    else:
        means = {
            Status.NOTIFIED: (Status.ACKNOWLEDGED, staff.acknowledge_s),
            Status.ACKNOWLEDGED: (Status.WORKING, staff.depart_s),
        }
        if alone:
            means[Status.WORKING] = (Status.DONE, staff.report_s)
    if assignment.status not in means:
        return None
    status, mean = means[assignment.status]
    if mean is None:
        return Step(status, None)
    if status is Status.ACKNOWLEDGED:
        mean *= staff.late.get(assignment.unit or assignment.agency, 1.0)
    return Step(status, mean * (1 + staff.spread * _chance(seed, assignment, status).uniform(-1, 1)))


def words(assignment: Assignment, status: Status, staff: Staff, seed: int) -> Label | None:
    """What they say with a status."""
    choice = staff.words.get(status.value)
    return _chance(seed, assignment, status).choice(choice) if choice else None


def units_left(assignments: Iterable[Assignment], incident: str) -> bool:
    return any(a.unit is not None and a.incident == incident and a.status.open for a in assignments)


def _chance(seed: int, assignment: Assignment, status: Status) -> Random:
    return Random(f"{seed}/{assignment.id}/{status.value}")
