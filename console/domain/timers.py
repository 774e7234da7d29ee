"""What runs against the clock: of an incident, its assignments, tasks and reports. Derived, never stored.

All of it follows from times that are kept, so that a restart, a dead link or a changed clock moves no limit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.domain.assignment import Assignment, Status, Way
from console.domain.duty import Duty, Limit
from console.domain.incident import Incident, Stage, Task
from console.domain.situation import ReportKind, SituationReport
from console.domain.words import Labelled
from console.domain.worktime import FOREVER, Pause, WorkTime

WARN_AT = 0.75  # of the way to a limit

STAGE_LIMITS = {  # the limit that runs while an incident is at a stage: on what comes next
    Stage.REPORTED: Limit.ACCEPT,
    Stage.ACCEPTED: Limit.VERIFY,
    Stage.VERIFIED: Limit.FILE,
    Stage.FILED: Limit.DISPATCH,
    Stage.REPORTED_BACK: Limit.CHECK,
    Stage.CHECKED: Limit.CLOSE,
}


class Pace(Labelled):
    """How a timer stands."""

    RUNNING = "running", "计时", "Running"
    WARN = "warn", "将超时", "Due soon"
    OVERDUE = "overdue", "超时", "Overdue"
    STOPPED = "stopped", "停表", "Stopped"


@dataclass(frozen=True, slots=True)
class Timer:
    limit: Limit
    of: str  # id of the incident, assignment or task
    started_at: datetime
    due_at: datetime | None  # None while it is stopped

    @property
    def key(self) -> str:
        """The same timer has the same key on every desk; one that was moved is another."""
        return f"{self.limit.value}:{self.of}:{self.started_at.isoformat()}"

    def pace(self, now: datetime) -> Pace:
        if self.due_at is None:
            return Pace.STOPPED
        if now > self.due_at:
            return Pace.OVERDUE
        return Pace.WARN if now >= self.warn_at else Pace.RUNNING

    @property
    def warn_at(self) -> datetime:
        """From here on it is due soon; for ever not while it is stopped."""
        if self.due_at is None:
            return FOREVER
        return self.started_at + (self.due_at - self.started_at) * WARN_AT

    def left(self, now: datetime) -> timedelta | None:
        """Until it is due; negative when it is past. None while it is stopped."""
        return None if self.due_at is None else self.due_at - now


def timers(
    incident: Incident,
    assignments: Iterable[Assignment],
    tasks: Iterable[Task],
    reports: Sequence[SituationReport],
    duty: Duty | None,
    work: WorkTime,
) -> list[Timer]:
    """All that run for an incident now, the next due first; those that are stopped last."""
    if not incident.open:
        return []
    found: list[Timer] = []
    stopped = incident.held
    if duty is not None and not incident.imported:
        found += _of_stage(incident, duty, work)
        found += _of_reports(incident, reports, duty, work)
    if incident.due_at is not None and incident.stage.rank < Stage.REPORTED_BACK.rank:
        found.append(Timer(Limit.HANDLE, incident.id, incident.opened_at, None if stopped else incident.due_at))
    for a in assignments:
        found += _of_assignment(a, stopped)
    given_at = incident.entered.get(Stage.DISPATCHED.value, incident.opened_at)  # nothing is given out on hold
    for task in tasks:
        if task.open and task.due_at is not None:
            due_at = None if stopped else _later(task.due_at, given_at, incident.pauses)
            found.append(Timer(Limit.TASK, task.id, given_at, due_at))
    return sorted(found, key=lambda timer: (timer.due_at is None, timer.due_at or timer.started_at, timer.key))


def _later(due_at: datetime, since: datetime, pauses: Iterable[Pause]) -> datetime:
    """A limit that was set at a moment, moved by what was on hold since."""
    for pause in pauses:
        if since <= pause.since < due_at and pause.until is not None:
            due_at += pause.until - pause.since
    return due_at


def _of_stage(incident: Incident, duty: Duty, work: WorkTime) -> list[Timer]:
    limit = STAGE_LIMITS.get(incident.stage)
    if incident.stage.rank < Stage.DISPATCHED.rank and Stage.DISPATCHED is _following(incident):
        limit = Limit.DISPATCH
    span = duty.limit(limit) if limit else None
    if limit is None or span is None:
        return []
    since = incident.entered.get(incident.stage.value, incident.opened_at)
    return [Timer(limit, incident.id, since, work.due(since, span, incident.pauses))]


def _following(incident: Incident) -> Stage | None:
    return next((stage for stage in incident.stages if stage.rank > incident.stage.rank), None)


def _of_assignment(assignment: Assignment, stopped: bool) -> list[Timer]:
    """To acknowledge, then to arrive. A hold stops neither what is already on the road nor whom a whistle calls."""
    sent = assignment.at(Status.NOTIFIED)
    if sent is None:
        return []
    if assignment.status is Status.NOTIFIED and assignment.ack_due_at is not None:
        limit = Limit.WHISTLE if assignment.way is Way.WHISTLE else Limit.ACK
        return [Timer(limit, assignment.id, sent, assignment.ack_due_at)]
    on_the_way = assignment.status in (Status.ACKNOWLEDGED, Status.EN_ROUTE)
    if on_the_way and assignment.arrive_due_at is not None:
        return [Timer(Limit.ARRIVE, assignment.id, sent, assignment.arrive_due_at)]
    return []


def _of_reports(incident: Incident, reports: Sequence[SituationReport], duty: Duty, work: WorkTime) -> list[Timer]:
    """首报 by phone and in writing from the opening; then 续报 from the last report; 终报 once it is handled."""
    found: list[Timer] = []

    def add(limit: Limit, since: datetime) -> None:
        if (span := duty.limit(limit)) is not None:
            found.append(Timer(limit, incident.id, since, work.due(since, span)))

    if any(report.kind is ReportKind.FINAL for report in reports):
        return []
    written = [report for report in reports if not report.by_phone]
    if not reports:
        add(Limit.PHONE, incident.opened_at)
    if not written:
        add(Limit.WRITTEN, incident.opened_at)
    elif incident.stage.rank >= Stage.REPORTED_BACK.rank:
        add(Limit.FINAL, incident.entered.get(incident.stage.value, written[-1].reported_at))
    else:
        add(Limit.FOLLOW_UP, max(report.reported_at for report in written))
    return found
