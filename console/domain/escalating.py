"""Who must be told now that a time limit has passed.

It follows from the rows, the duty and the hour alone, so that a desk that was off, without a link or in another time
zone finds the same; and each is told once, by its key, whichever desk sees it first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from console.domain.duty import Duty, Escalation, Limit
from console.domain.incident import Incident, SideState
from console.domain.timers import STAGE_LIMITS, Timer
from console.domain.worktime import WorkTime

STOPPED_BY_HOLD = frozenset(STAGE_LIMITS.values())


@dataclass(frozen=True, slots=True)
class Overdue:
    """A timer past its limit, the rule that says who is told of it, and since when they are to be."""

    timer: Timer
    rule: Escalation
    key: str  # the same on every desk
    since: datetime


def escalations_due(
    incident: Incident, running: Iterable[Timer], duty: Duty | None, work: WorkTime, now: datetime
) -> list[Overdue]:
    """What is to be escalated now and was not yet. `running` are all timers of the incident."""
    found: list[Overdue] = []
    if duty is None or not duty.escalations or not incident.open:
        return found
    for timer in running:
        if timer.due_at is None or now <= timer.due_at:
            continue
        for rule in (rule for rule in duty.escalations if rule.of is timer.limit):
            key = _key(incident, timer, rule)
            if key in incident.escalated:
                continue
            pauses = incident.pauses if timer.limit in STOPPED_BY_HOLD else ()
            since = work.due(timer.due_at, rule.after, pauses)
            if since is not None and now >= since:
                found.append(Overdue(timer, rule, key, since))
    return found


def _key(incident: Incident, timer: Timer, rule: Escalation) -> str:
    """An extended limit that passes again is another one."""
    extended = incident.marks.get(SideState.EXTENDED.value)
    again = f"+{extended.by.at.isoformat()}" if extended and timer.limit is Limit.HANDLE else ""
    return f"{timer.key}{again}>{rule.to}"
