"""Everything that can be done, as named operations with arguments.

An operation is decided by the same code on the desk (at once, link or no link) and on the platform (for
everyone). It reads through a `Reader`, changes nothing itself, and returns what changes. New rows come with
their ids in the arguments, so that deciding twice gives the same rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Literal, Protocol

from console.domain.alarm import Alarm, AlarmState, FilterReason
from console.domain.assignment import Assignment, Role, Status, Way
from console.domain.attachment import Attachment
from console.domain.camera import Camera
from console.domain.conflict import By, CasualtyReport, Claim, Conflict, Sent, Subject
from console.domain.errors import Refused
from console.domain.facts import fact, facts
from console.domain.incident import Incident, SideState, Stage, Task
from console.domain.incoming import IncomingCall
from console.domain.indicator import Reading
from console.domain.level import Level
from console.domain.lists import Listed
from console.domain.log import Entry, Kind, Note
from console.domain.request import Request
from console.domain.situation import SituationReport
from console.domain.stages import (
    at_stage,
    marked,
    refuse,
    remembered,
    settled,
    unmarked,
    why_not_dispatched,
    why_not_open,
)
from console.domain.words import Label, Phrase

Lane = Literal["command", "bulk"]
Row = (
    Alarm
    | Incident
    | Assignment
    | Task
    | Reading
    | Conflict
    | CasualtyReport
    | Attachment
    | Camera
    | Request
    | SituationReport
    | Listed
    | IncomingCall
)
SYSTEM = Label("系统", "System")
EVERY = "*"  # a record of the past overlooks nothing: who wrote it down knew of what it holds


class Reader(Protocol):
    """The rows an operation may look at. Raises `Refused` for an id that is not there."""

    def alarm(self, id: str) -> Alarm: ...
    def incident(self, id: str) -> Incident: ...
    def assignment(self, id: str) -> Assignment: ...
    def task(self, id: str) -> Task: ...
    def assignments_of(self, incident: str) -> Sequence[Assignment]: ...
    def tasks_of(self, incident: str) -> Sequence[Task]: ...
    def conflict(self, id: str) -> Conflict: ...
    def conflicts_of(self, incident: str) -> Sequence[Conflict]: ...
    def casualties_of(self, incident: str) -> Sequence[CasualtyReport]: ...

    def call(self, id: str) -> IncomingCall | None:
        """None for one that did not ring here: it may be answered by hand."""
        ...

    def request(self, id: str) -> Request: ...
    def requests_of(self, incident: str) -> Sequence[Request]: ...

    def merged_into(self, incident: str) -> Sequence[Incident]:
        """Those that are the same as it, by their own word."""
        ...

    def numbered(self, area: str, number: int) -> Sequence[Incident]:
        """The incidents of an area that have a number."""
        ...

    def open_assignments_of(self, unit: str) -> Sequence[Assignment]:
        """Those that hold a unit now, on whatever incident."""
        ...


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it, and when by the device's clock."""

    user: str
    name: Label
    at: datetime
    area: str  # path of their centre

    @property
    def by(self) -> By:
        return By(self.user, self.name, self.at, self.area)


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows as they are after an operation, what is written to the message log, and the rows that are no more."""

    rows: tuple[Row, ...] = ()
    notes: tuple[Note, ...] = ()
    removed: tuple[tuple[type, str], ...] = ()  # kind and id; one that was not there is nothing
    entries: tuple[Entry, ...] = ()  # the notes as they stand in the log, once that was done


class Operation(Protocol):
    NAME: ClassVar[str]
    LANE: ClassVar[Lane]

    def decide(self, read: Reader, actor: Actor) -> Changes:
        """What changes. Raises `Refused` when the rules do not allow it."""
        ...


@dataclass(frozen=True, slots=True)
class RaiseAlarm:
    NAME: ClassVar[str] = "alarm.raise"
    LANE: ClassVar[Lane] = "command"
    alarm: Alarm

    def decide(self, read: Reader, actor: Actor) -> Changes:
        args = {"title": self.alarm.title, "level": self.alarm.level.label}
        return Changes((self.alarm,), (Note(Kind.SYSTEM, SYSTEM, phrase=Phrase("alarm_raised", args)),))


@dataclass(frozen=True, slots=True)
class FollowAlarm:
    """The series of an open alarm got worse, or came back."""

    NAME: ClassVar[str] = "alarm.follow"
    LANE: ClassVar[Lane] = "command"
    alarm: str
    level: Level
    value: float
    title: Label
    returned_at: datetime | None = None

    def after(self, alarm: Alarm) -> Alarm:
        """The alarm as this leaves it: one that was filtered waits again once it turns red."""
        after = replace(alarm, level=self.level, value=self.value, title=self.title, returned_at=self.returned_at)
        return _waiting(after) if self._reddens(alarm) and alarm.state is AlarmState.FILTERED else after

    def _reddens(self, alarm: Alarm) -> bool:
        return self.returned_at is None and self.level is Level.RED and alarm.level is not Level.RED

    def _forgotten(self, read: Reader, alarm: Alarm) -> bool:
        """Its incident is over: nobody works on it any more."""
        incident = read.incident(alarm.incident) if alarm.incident is not None else None
        return incident is not None and not incident.open and incident.merged_into is None

    def _worse(self, read: Reader, alarm: Alarm) -> tuple[Incident, ...]:
        """The open incident of the alarm is as grave as the alarm has become."""
        if alarm.incident is None:
            return ()
        incident = read.incident(alarm.incident)
        if not incident.open or incident.level.rank >= self.level.rank:
            return ()
        return (replace(incident, level=self.level),)

    def decide(self, read: Reader, actor: Actor) -> Changes:
        alarm = read.alarm(self.alarm)
        after = self.after(alarm)
        if self._reddens(alarm) and self._forgotten(read, alarm):
            after = _waiting(after)
        if after.state is not alarm.state:
            args: dict[str, str | int | float | Label] = {"level": self.level.label, "title": self.title}
            return Changes((after,), (Note(Kind.SYSTEM, SYSTEM, phrase=Phrase("alarm_again", args)),))
        worse = self._worse(read, after)
        if self.returned_at is None or alarm.returned_at is not None:
            return Changes((after, *worse))
        said = Phrase("alarm_returned", {"title": self.title})
        return Changes((after,), (Note(Kind.SYSTEM, SYSTEM, phrase=said, incident=alarm.incident),))


@dataclass(frozen=True, slots=True)
class ConfirmAlarm:
    """The operator has looked: it is real, and an incident opens filled in."""

    NAME: ClassVar[str] = "alarm.confirm"
    LANE: ClassVar[Lane] = "command"
    alarm: str
    incident: Incident

    def decide(self, read: Reader, actor: Actor) -> Changes:
        alarm = _decided(read.alarm(self.alarm), AlarmState.CONFIRMED, actor, incident=self.incident.id)
        incident = told_apart(self.incident, read)
        said = Phrase("alarm_confirmed", {"title": alarm.title, "code": incident.code})
        note = Note(Kind.SYSTEM, actor.name, phrase=said, incident=incident.id)
        picture = _picture(alarm, incident, actor)
        if picture is None:
            return Changes((alarm, incident), (note,))
        attached = Phrase("file_attached", {"name": picture.name})
        return Changes(
            (alarm, incident, picture),
            (note, Note(Kind.SYSTEM, actor.name, phrase=attached, incident=incident.id)),
        )


def _picture(alarm: Alarm, incident: Incident, actor: Actor) -> Attachment | None:
    """The alarm's photo, as a file of the incident that it became; its id is the incident's."""
    if alarm.picture is None:
        return None
    photo = alarm.picture
    return Attachment(incident.id, incident.id, photo.sha256, alarm.picture_name, photo.media, photo.size, actor.by)


@dataclass(frozen=True, slots=True)
class FilterAlarm:
    """The operator has looked: it is nothing, for this reason."""

    NAME: ClassVar[str] = "alarm.filter"
    LANE: ClassVar[Lane] = "command"
    alarm: str
    reason: FilterReason
    text: str = ""

    def decide(self, read: Reader, actor: Actor) -> Changes:
        alarm = _decided(read.alarm(self.alarm), AlarmState.FILTERED, actor, reason=self.reason.value)
        said = Phrase("alarm_filtered", {"title": alarm.title, "reason": self.reason.label, "text": self.text})
        return Changes((alarm,), (Note(Kind.SYSTEM, actor.name, phrase=said),))


def _waiting(alarm: Alarm) -> Alarm:
    """An alarm that is to be decided again."""
    return replace(alarm, state=AlarmState.UNACKNOWLEDGED, decided_at=None, decided_by=None, incident=None, reason=None)


def _decided(
    alarm: Alarm, state: AlarmState, actor: Actor, *, incident: str | None = None, reason: str | None = None
) -> Alarm:
    if alarm.state is not AlarmState.UNACKNOWLEDGED:
        raise Refused(Phrase("alarm_decided", {"title": alarm.title, "state": alarm.state.label}))
    return replace(alarm, state=state, decided_at=actor.at, decided_by=actor.user, incident=incident, reason=reason)


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """A call, a patrol or a citizen reports something."""

    NAME: ClassVar[str] = "incident.open"
    LANE: ClassVar[Lane] = "command"
    incident: Incident
    caller: Label
    text: Label | None = None

    def decide(self, read: Reader, actor: Actor) -> Changes:
        text = self.text or Label("", "")
        incident = told_apart(self.incident, read)
        said = Phrase("incident_opened", {"code": incident.code, "title": incident.title, "text": text})
        return Changes((incident,), (Note(Kind.PHONE, self.caller, actor.name, phrase=said, incident=incident.id),))


def told_apart(incident: Incident, read: Reader) -> Incident:
    """An incident with a code of its own: desks that do not hear of each other may give one number twice."""
    twins = {other.id: other.twin for other in read.numbered(incident.area, incident.number)}
    return replace(incident, twin=twins.get(incident.id, max(twins.values(), default=-1) + 1))


@dataclass(frozen=True, slots=True)
class Order:
    """A word to an agency, sent with a dispatch."""

    receiver: Label
    text: Label


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A proposal accepted, or more units sent: assignments, tasks and orders in one."""

    NAME: ClassVar[str] = "incident.dispatch"
    LANE: ClassVar[Lane] = "command"
    incident: str
    lead: str
    lead_name: Label
    due_at: datetime | None
    assignments: tuple[Assignment, ...]
    tasks: tuple[Task, ...] = ()
    orders: tuple[Order, ...] = ()
    seen: tuple[str, ...] = ()  # open assignments of these units that the sender knew of; `EVERY` for all there were
    force: int = 0  # the reinforcement level this brings it to
    reason: str = ""  # why they are called in, where that is not plain

    def decide(self, read: Reader, actor: Actor) -> Changes:
        self._refuse_twice(read)
        roles = {a.role for a in self.assignments}
        told_only = roles == {Role.SUPERVISE}  # 上报: nobody is set to work by it
        incident = open_incident(read, self.incident) if told_only else read.incident(self.incident)
        sent = tuple(replace(a, by=actor.by, round=incident.round) for a in self.assignments)
        twice = tuple(self._twice(read, incident, assignment, actor.by) for assignment in sent)
        first = incident.lead is None and not told_only
        after = incident if told_only else self._dispatched(read, incident, sent, actor.at)
        after = remembered(after, incident, self.NAME, actor.by, [a.id for a in sent], [task.id for task in self.tasks])
        args: dict[str, str | int | float | Label] = {
            "code": incident.code,
            "lead": self.lead_name,
            "count": len(self.assignments),
            "facts": facts((), sent),
        }
        said = Phrase("dispatched" if first else "reinforced", args)
        if (way := self._way()) is not Way.DISPATCH:
            said = Phrase("sent_by_way", {**args, "way": way.label})
        notes = [Note(Kind.SYSTEM, actor.name, phrase=said, incident=incident.id)]
        notes += [
            Note(
                Kind.ORDER,
                actor.name,
                order.receiver,
                phrase=Phrase("said", {"text": order.text}),
                incident=incident.id,
            )
            for order in self.orders
        ]
        disputes = [conflict for conflict in twice if conflict is not None]
        notes += [unit_twice(conflict) for conflict in disputes]
        return Changes((after, *sent, *self.tasks, *disputes), tuple(notes))

    def _refuse_twice(self, read: Reader) -> None:
        """Raises `Refused` when it sends nobody but units that are on the incident already.

        With others among them it is done: what two desks did apart from each other must not stop the others, and the
        boards show such a unit once.
        """
        if EVERY in self.seen or self.tasks or not self.assignments:
            return
        mine = {a.id for a in self.assignments}
        here = {a.unit for a in read.assignments_of(self.incident) if a.id not in mine and a.status.open}
        if all(a.unit is not None and a.unit in here for a in self.assignments):
            args: dict[str, str | int | float | Label] = {"code": read.incident(self.incident).code}
            args["unit"] = ", ".join(dict.fromkeys(a.unit for a in self.assignments if a.unit is not None))
            raise Refused(Phrase("unit_twice_here", args))

    def _way(self) -> Way:
        """How all of them came; several ways at once are a dispatch."""
        ways = {a.way for a in self.assignments}
        return ways.pop() if len(ways) == 1 else Way.DISPATCH

    def _dispatched(self, read: Reader, incident: Incident, sent: Sequence[Assignment], at: datetime) -> Incident:
        """The incident with these at work on it."""
        refuse(why_not_dispatched(incident))
        after = unmarked(incident, SideState.RETURNED)
        after = replace(
            after,
            lead=incident.lead or self.lead,
            due_at=incident.due_at or self.due_at,
            force=max(incident.force, self.force),
        )
        if not Stage.DISPATCHED.rank <= (incident.moved or incident.stage).rank < Stage.CHECKED.rank:
            after = at_stage(after, Stage.DISPATCHED, Stage.DISPATCHED, at)
        return settled(after, [*read.assignments_of(incident.id), *sent], at)

    def _twice(self, read: Reader, incident: Incident, assignment: Assignment, by: By) -> Conflict | None:
        """The unit drives to another incident too, which the sender did not know of."""
        if assignment.unit is None or EVERY in self.seen:
            return None
        for other in read.open_assignments_of(assignment.unit):
            if other.id in (*self.seen, assignment.id) or other.incident == incident.id:
                continue
            first = read.incident(other.incident)
            before = other.by or By("", SYSTEM, other.times.get(Status.NOTIFIED.value, by.at), first.area)
            return Conflict(
                id=f"{assignment.id}-twice",
                incident=incident.id,
                subject=Subject.UNIT,
                kept=Claim(Sent(assignment.unit, other.id, first.id, first.code, first.title), before),
                other=Claim(Sent(assignment.unit, assignment.id, incident.id, incident.code, incident.title), by),
                also=first.id,
            )
        return None


@dataclass(frozen=True, slots=True)
class ReportStatus:
    """A fact about one assignment, from the field or from the desk. Never refused for its order or age."""

    NAME: ClassVar[str] = "assignment.status"
    LANE: ClassVar[Lane] = "command"
    assignment: str
    status: Status
    occurred_at: datetime
    who: Label
    by: Kind = Kind.RADIO
    text: Label | None = None

    def decide(self, read: Reader, actor: Actor) -> Changes:
        text = self.text or Label("", "")
        reason = text.zh if self.status in (Status.DECLINED, Status.RECALLED) else ""
        known = read.assignment(self.assignment)
        assignment = known.recorded(self.status, self.occurred_at, reason)
        incident = read.incident(assignment.incident)
        after = incident
        if assignment.role is Role.LEAD and assignment.status is Status.DECLINED and _at_work(incident):
            after = marked(incident, SideState.RETURNED, actor.by, reason)
        others = [a for a in read.assignments_of(incident.id) if a.id != assignment.id]
        after = settled(after, [*others, assignment], self.occurred_at)
        rows: tuple[Row, ...] = (assignment,) if after is incident else (assignment, after)
        args: dict[str, str | int | float | Label] = {
            "status": self.status.label,
            "text": text,
            "facts": fact(assignment.id, self.status, self.occurred_at),
        }
        said = Phrase("status_said", args)
        return Changes(rows, (Note(self.by, self.who, phrase=said, incident=incident.id),))


@dataclass(frozen=True, slots=True)
class TickTask:
    NAME: ClassVar[str] = "task.tick"
    LANE: ClassVar[Lane] = "command"
    task: str
    done: bool

    def decide(self, read: Reader, actor: Actor) -> Changes:
        task = read.task(self.task)
        open_incident(read, task.incident)
        if (task.done_at is not None) == self.done:
            return Changes()
        after = replace(task, done_at=actor.at if self.done else None, done_by=actor.user if self.done else None)
        said = Phrase("task_done" if self.done else "task_undone", {"task": task.text})
        return Changes((after,), (Note(Kind.SYSTEM, actor.name, phrase=said, incident=task.incident),))


@dataclass(frozen=True, slots=True)
class WriteNote:
    NAME: ClassVar[str] = "log.write"
    LANE: ClassVar[Lane] = "command"
    note: Note

    def decide(self, read: Reader, actor: Actor) -> Changes:
        return Changes(notes=(self.note,))


@dataclass(frozen=True, slots=True)
class AddReadings:
    """Values of indicators, in bulk, so that they never delay a dispatch."""

    NAME: ClassVar[str] = "reading.add"
    LANE: ClassVar[Lane] = "bulk"
    readings: tuple[Reading, ...]

    def decide(self, read: Reader, actor: Actor) -> Changes:
        return Changes(self.readings)


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """Nothing: it holds the place of an operation that could not be sent, so that its lane has no gap."""

    NAME: ClassVar[str] = "lane.void"
    LANE: ClassVar[Lane] = "command"

    def decide(self, read: Reader, actor: Actor) -> Changes:
        return Changes()


def _at_work(incident: Incident) -> bool:
    """Open, or only merged: what is merged goes on by itself."""
    return incident.open or (incident.merged_into is not None and incident.stage.rank < Stage.CLOSED.rank)


def open_incident(read: Reader, id: str) -> Incident:
    """Raises `Refused` for one that is closed, declined or merged."""
    incident = read.incident(id)
    refuse(why_not_open(incident))
    return incident


def expected(incident: Incident, stage: Stage | None) -> Incident:
    """Raises `Refused` when someone else has moved the incident on meanwhile."""
    if stage is not None and incident.stage is not stage:
        raise Refused(
            Phrase("stage_moved", {"code": incident.code, "expected": stage.label, "stage": incident.stage.label})
        )
    return incident


def unit_twice(conflict: Conflict) -> Note:
    """What the log says when a unit was sent to two incidents."""
    first, second = conflict.kept.value, conflict.other.value
    assert isinstance(first, Sent) and isinstance(second, Sent)
    args: dict[str, str | int | float | Label] = {"unit": first.unit, "first": first.code, "second": second.code}
    return Note(Kind.SYSTEM, SYSTEM, phrase=Phrase("unit_twice", args), incident=conflict.incident)
