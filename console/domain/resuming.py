"""When a hold ends: the limit moves, so that as much time is left as when the clocks were stopped."""

from datetime import datetime
from itertools import islice

from console.domain.duty import Duty, Limit
from console.domain.incident import Incident
from console.domain.worktime import Measure, Span, WorkTime


def due_after_hold(incident: Incident, at: datetime, duty: Duty | None, work: WorkTime) -> datetime | None:
    """When an incident that is on hold and resumed `at` is to be handled by; None when it has no limit.

    Time is measured as the duty measures it: elapsed, working hours, or the ends of working days. What was past its
    limit at the hold is past it by as much.
    """
    due_at = incident.due_at
    if due_at is None or not incident.held or not incident.pauses:
        return due_at
    since = incident.pauses[-1].since
    span = duty.limit(Limit.HANDLE) if duty else None
    measure = span.measure if span else Measure.MINUTES
    if measure is Measure.MINUTES or due_at <= since:
        return due_at + (max(at, since) - since)
    if measure is Measure.WORK_DAYS:
        ends = 0
        for end in work.day_ends(since):
            if end > due_at:
                break
            ends += 1
        if ends:
            return next(islice(work.day_ends(at), ends - 1, None))
    left = work.between(since, due_at).total_seconds() / 3600
    return work.due(at, Span(left, Measure.WORK_HOURS))
