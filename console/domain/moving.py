"""Operations that move an incident along its way, and take a slip of the hand back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from console.domain.alarm import AlarmState
from console.domain.assignment import Assignment, Status
from console.domain.errors import Refused
from console.domain.facts import facts
from console.domain.incident import Incident, SideState, Stage
from console.domain.log import Kind, Note
from console.domain.operation import Actor, Changes, Lane, Reader, Row, expected
from console.domain.request import RequestKind
from console.domain.stages import (
    FORWARD,
    UNDO_WITHIN,
    Move,
    at_stage,
    before_dispatch,
    marked,
    refuse,
    remembered,
    settled,
    unmarked,
    why_not,
)
from console.domain.words import Label, Labelled, Phrase
from console.domain.worktime import Pause

SAID = {Move.CHECK: "incident_checked", Move.CLOSE: "incident_closed"}


@dataclass(frozen=True, slots=True)
class MoveIncident:
    """核实, 立案, 核查, 结案 and the like. `expected` is the stage it was decided at."""

    NAME: ClassVar[str] = "incident.move"
    LANE: ClassVar[Lane] = "command"
    incident: str
    move: Move
    expected: Stage | None = None
    reason: str = ""
    score: int | None = None  # of an evaluation, 1 to 5
    due_at: datetime | None = None  # the new limit, when it is resumed
    assignments: tuple[Assignment, ...] = ()  # who does it again, of rework

    def decide(self, read: Reader, actor: Actor) -> Changes:
        incident = expected(read.incident(self.incident), self.expected)
        if self.move.wants_reason and not self.reason.strip():
            raise Refused(Phrase("reason_wanted", {"move": self.move.label}))
        if self.move is Move.EVALUATE and self.score not in range(1, 6):
            raise Refused(Phrase("score_wanted", {"code": incident.code}))
        mine = read.assignments_of(incident.id)
        refuse(why_not(incident, self.move, read.tasks_of(incident.id), [*mine, *_of_merged(read, incident.id)]))
        sent = tuple(
            replace(a, by=actor.by, round=incident.round + 1, unit=_if_free(read, a.unit)) for a in self.assignments
        )
        after = settled(self._after(incident, actor), [*mine, *sent], actor.at)
        after = remembered(after, incident, self.move.value, actor.by, [a.id for a in sent])
        args: dict[str, str | int | float | Label] = {
            "code": incident.code,
            "move": self.move.label,
            "reason": self.reason,
            "facts": facts((), sent),
        }
        said = Phrase("incident_moved_because" if self.reason else SAID.get(self.move, "incident_moved"), args)
        return Changes((after, *sent), (Note(Kind.SYSTEM, actor.name, phrase=said, incident=incident.id),))

    def _after(self, incident: Incident, actor: Actor) -> Incident:
        by, at = actor.by, actor.at
        if self.move in FORWARD:
            to = FORWARD[self.move]
            after = at_stage(unmarked(incident, SideState.RETURNED), to, to, at)
            if self.move is Move.CLOSE:
                return replace(after, closed_at=at)
            return replace(after, score=self.score) if self.move is Move.EVALUATE else after
        match self.move:
            case Move.DECLINE:
                return replace(marked(incident, SideState.DECLINED, by, self.reason), closed_at=at)
            case Move.RETURN:
                back = max((s for s in incident.stages if s.rank < incident.stage.rank), key=lambda s: s.rank)
                return at_stage(marked(incident, SideState.RETURNED, by, self.reason), back, back, at)
            case Move.RESUME:
                *before, running = incident.pauses
                pauses = (*before, Pause(running.since, max(at, running.since)))
                after = unmarked(incident, SideState.ON_HOLD)
                return replace(after, pauses=pauses, due_at=self.due_at or incident.due_at)
            case Move.REWORK:
                again = replace(marked(incident, SideState.REWORK, by, self.reason), round=incident.round + 1)
                back = Stage.DISPATCHED if self.assignments else before_dispatch(incident)
                again = at_stage(again, back, back, at)
                return again if self.assignments else replace(again, lead=None)
        return self._reopened(incident, actor)

    def _reopened(self, incident: Incident, actor: Actor) -> Incident:
        after = marked(incident, SideState.REOPENED, actor.by, self.reason)
        after = replace(after, closed_at=None, score=None)
        if incident.declined:
            return unmarked(after, SideState.DECLINED)
        back = before_dispatch(incident)
        return at_stage(replace(after, round=incident.round + 1, lead=None, due_at=None), back, back, actor.at)


def _if_free(read: Reader, unit: str | None) -> str | None:
    """The unit, unless it is on its way somewhere else by now: then its agency sends whom it can."""
    return None if unit is None or read.open_assignments_of(unit) else unit


def _of_merged(read: Reader, incident: str) -> list[Assignment]:
    """The assignments of all that is merged into an incident."""
    found: list[Assignment] = []
    for merged in read.merged_into(incident):
        found += [*read.assignments_of(merged.id), *_of_merged(read, merged.id)]
    return found


@dataclass(frozen=True, slots=True)
class UndoMove:
    """The last move of an incident was a slip of the hand: it stands as before, and the log says so.

    Units that a dispatch sent are recalled and its tasks are void.
    """

    NAME: ClassVar[str] = "incident.undo"
    LANE: ClassVar[Lane] = "command"
    incident: str
    moved_at: datetime

    def decide(self, read: Reader, actor: Actor) -> Changes:
        incident = read.incident(self.incident)
        last = incident.last
        if last is None or last.by.at != self.moved_at or last.by.user != actor.user or incident.merged_into:
            raise Refused(Phrase("undo_other", {"code": incident.code}))
        if actor.at - last.by.at > UNDO_WITHIN:
            raise Refused(Phrase("undo_late", {"seconds": int(UNDO_WITHIN.total_seconds())}))
        sent = [a for a in map(read.assignment, last.assignments) if a.status.open]
        recalled = [a.recalled(actor.at) for a in sent]
        void = [replace(task, void=True) for task in map(read.task, last.tasks) if task.open]
        before = last.before
        after = replace(
            incident,
            stage=before.stage,
            moved=before.moved,
            entered=before.entered,
            marks=before.marks,
            round=before.round,
            pauses=before.pauses,
            lead=before.lead,
            due_at=before.due_at,
            closed_at=before.closed_at,
            score=before.score,
            last=None,
        )
        changed = {a.id: a for a in recalled}
        after = settled(after, [changed.get(a.id, a) for a in read.assignments_of(incident.id)], actor.at)
        args: dict[str, str | int | float | Label] = {
            "code": incident.code,
            "move": move_label(last.move),
            "facts": facts(sent, recalled),
        }
        said = Phrase("incident_undone", args)
        rows: tuple[Row, ...] = (after, *recalled, *void)
        return Changes(rows, (Note(Kind.SYSTEM, actor.name, phrase=said, incident=incident.id),))


def move_label(code: str) -> Label:
    """What a move that can be taken back is called."""
    named: tuple[Labelled, ...] = (*Move, *RequestKind)
    return next((each.label for each in named if each.value == code), Stage.DISPATCHED.label)


@dataclass(frozen=True, slots=True)
class RetractStatus:
    """A status that was just said by mistake is taken back; the log keeps both."""

    NAME: ClassVar[str] = "assignment.retract"
    LANE: ClassVar[Lane] = "command"
    assignment: str
    status: Status
    occurred_at: datetime
    said_at: datetime
    who: Label

    def decide(self, read: Reader, actor: Actor) -> Changes:
        if actor.at - self.said_at > UNDO_WITHIN:
            raise Refused(Phrase("undo_late", {"seconds": int(UNDO_WITHIN.total_seconds())}))
        known = read.assignment(self.assignment)
        after = known.retracted(self.status, self.occurred_at)
        incident = read.incident(known.incident)
        again = after.status.open and not known.status.open and known.unit is not None
        if again and any(a.id != known.id for a in read.open_assignments_of(known.unit or "")):
            raise Refused(Phrase("undo_other", {"code": incident.code}))  # its unit has gone elsewhere
        if after is known or self.status is Status.NOTIFIED:
            raise Refused(Phrase("undo_other", {"code": incident.code}))
        others = [a for a in read.assignments_of(incident.id) if a.id != after.id]
        stands = settled(incident, [*others, after], actor.at)
        rows: tuple[Row, ...] = (after,) if stands is incident else (after, stands)
        args: dict[str, str | int | float | Label] = {
            "status": self.status.label,
            "facts": facts([known], [after]),
        }
        note = Note(Kind.SYSTEM, self.who, phrase=Phrase("status_retracted", args), incident=incident.id)
        return Changes(rows, (note,))


@dataclass(frozen=True, slots=True)
class RestoreAlarm:
    """An alarm that was just confirmed or filtered by mistake waits for a decision again."""

    NAME: ClassVar[str] = "alarm.restore"
    LANE: ClassVar[Lane] = "command"
    alarm: str

    def decide(self, read: Reader, actor: Actor) -> Changes:
        alarm = read.alarm(self.alarm)
        if alarm.state is AlarmState.UNACKNOWLEDGED or alarm.decided_by != actor.user or alarm.decided_at is None:
            raise Refused(Phrase("undo_other", {"code": alarm.title}))
        if actor.at - alarm.decided_at > UNDO_WITHIN:
            raise Refused(Phrase("undo_late", {"seconds": int(UNDO_WITHIN.total_seconds())}))
        rows: list[Row] = [
            replace(
                alarm, state=AlarmState.UNACKNOWLEDGED, decided_at=None, decided_by=None, incident=None, reason=None
            )
        ]
        said = Phrase("alarm_restored", {"title": alarm.title})
        if alarm.incident is not None:
            incident = read.incident(alarm.incident)
            refuse(why_not(incident, Move.DECLINE))
            rows.append(replace(marked(incident, SideState.DECLINED, actor.by), closed_at=actor.at))
        return Changes(tuple(rows), (Note(Kind.SYSTEM, actor.name, phrase=said, incident=alarm.incident),))


def asked_again(
    incident: Incident, assignments: Iterable[Assignment], new_id: Callable[[], str], at: datetime
) -> tuple[Assignment, ...]:
    """Those who worked on this round, asked to do it again: new assignments, one for each agency and unit."""
    return tuple(
        Assignment(
            new_id(), a.incident, a.agency, a.role, a.unit, times={Status.NOTIFIED.value: at}, scope=a.scope, way=a.way
        )
        for a in assignments
        if a.works and a.round == incident.round
    )
