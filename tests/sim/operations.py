"""Something that an operator might do with what they see."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any
from zlib import crc32

from console.domain.alarm import FilterReason
from console.domain.answering import DismissCall, JoinCall, RingCall, TakeCall
from console.domain.assignment import Assignment, Role, Status
from console.domain.attachment import Attachment
from console.domain.conflict import Casualties, CasualtyReport, Location, Subject
from console.domain.errors import Refused
from console.domain.incident import Incident, Stage
from console.domain.incoming import IncomingCall
from console.domain.indicator import Reading
from console.domain.level import Level
from console.domain.log import Kind, Note
from console.domain.merging import AttachFile, Edit, EditIncident, ReportCasualties, SettleConflict, value_of
from console.domain.moving import MoveIncident
from console.domain.operation import (
    Actor,
    AddReadings,
    ConfirmAlarm,
    Dispatch,
    FilterAlarm,
    FollowAlarm,
    OpenIncident,
    Operation,
    RaiseAlarm,
    ReportStatus,
    TickTask,
    WriteNote,
)
from console.domain.operations import check_right
from console.domain.place import Point
from console.domain.stages import Move
from console.domain.words import Label
from console.store.ids import new_id
from console.store.queries import View
from tests.sim.loop import Loop
from tests.sim.people import UNITS, People
from tests.support_pack import AREAS, START, alarm, call, incident, task

WHO = Label("现场", "Field")
LIKELY = {
    "raise": 4, "open": 5, "note": 4, "reading": 4, "confirm": 5, "filter": 2, "follow": 5, "dispatch": 8,
    "check": 3, "close": 2, "status": 9, "tick": 4, "edit": 9, "casualties": 6, "settle": 5, "attach": 2,
    "move": 6, "undo": 4, "retract": 3, "restore": 2, "ask": 3, "answer": 4, "merge": 4, "transfer": 2,
    "escalate": 2, "situation": 2, "lists": 1,
}  # fmt: skip

CALLS = {"ring": 3, "take": 3, "join": 2, "dismiss": 1}  # where calls come in


class Operator(Loop):
    """Draws operations. New values are never the same twice, so that it shows where one came from."""

    def __init__(self, rng: Random, people: People, rings: bool = False) -> None:
        self.rng, self.people = rng, people
        self.count = 0
        likely = LIKELY | CALLS if rings else LIKELY
        # some much of the time and others seldom finds more than all alike: Groce et al., Swarm Testing, 2012
        self.kinds = {kind: weight * rng.choice((0.25, 1.0, 1.0, 4.0)) for kind, weight in likely.items()}

    def some(self, view: View, actor: Actor) -> Operation | None:
        """None when nothing comes to mind. Now and then it is something that they may not do."""
        bold = self.rng.random() < 0.1
        for _ in range(6):
            kind = self.rng.choices(list(self.kinds), list(self.kinds.values()))[0]
            operation = getattr(self, f"_{kind}")(view, actor)
            if operation is not None and (bold or self._may(operation, view, actor)):
                return operation  # type: ignore[no-any-return]
        return None

    def _may(self, operation: Operation, view: View, actor: Actor) -> bool:
        try:
            check_right(self.people.grants(actor.user), operation, view, actor)
        except Refused:
            return False
        return True

    def _one(self, items: Any) -> Any:
        items = list(items)
        return self.rng.choice(items) if items else None

    def _mark(self) -> str:
        self.count += 1
        return str(self.count)

    def _place(self, actor: Actor) -> str:
        area = actor.area.partition("/@")[0]
        under = [path for path in AREAS if path.startswith(area + "/")]
        return str(self._one([area, area, *under]))

    def _incident_of(self, view: View) -> Incident | None:
        """The same few again and again, so that desks come in each other's way."""
        known = view.incidents(open_only=False)
        found: Incident | None = self._one(known[-3:] if self.rng.random() < 0.7 else known)
        return found

    def _new(self, view: View, actor: Actor) -> Incident:
        fresh = incident(view.next_incident_number())
        way = self._one([fresh.stages, fresh.stages, tuple(Stage)])
        return replace(fresh, stages=way, area=self._place(actor), opened_at=actor.at)

    def _raise(self, _view: View, actor: Actor) -> Operation:
        return RaiseAlarm(replace(alarm(), area=self._place(actor), raised_at=actor.at))

    def _open(self, view: View, actor: Actor) -> Operation:
        return OpenIncident(self._new(view, actor), WHO, self._one([None, Label("水", "Water")]))

    def _ring(self, _view: View, actor: Actor) -> Operation:
        return RingCall(replace(call(), area=self._place(actor), received_at=actor.at))

    def _take(self, view: View, actor: Actor) -> Operation | None:
        of = self._one(view.every(IncomingCall))
        return of and TakeCall(of, replace(self._new(view, actor), area=of.area))

    def _join(self, view: View, _actor: Actor) -> Operation | None:
        of, into = self._one(view.every(IncomingCall)), self._incident_of(view)
        return of and into and JoinCall(of, into.id)

    def _dismiss(self, view: View, _actor: Actor) -> Operation | None:
        of = self._one(view.calls())
        return of and DismissCall(of, self._mark())

    def _note(self, view: View, _actor: Actor) -> Operation:
        about = self._incident_of(view) if self.rng.random() < 0.7 else None
        return WriteNote(Note(Kind.RADIO, WHO, text=f"note {self._mark()}", incident=about and about.id))

    def _reading(self, _view: View, actor: Actor) -> Operation:
        at = START + timedelta(seconds=self.rng.randrange(6))
        self.rng.randrange(4)  # in vain: else every seed would be another schedule
        value = float(crc32(f"{actor.area} {at}".encode()) % 4)  # whoever reads a gauge, a moment has one value
        return AddReadings((Reading(f"river-{actor.area}", at, value),))

    def _confirm(self, view: View, actor: Actor) -> Operation | None:
        of = self._one(view.alarms(50))
        return of and ConfirmAlarm(of.id, replace(self._new(view, actor), area=of.area))

    def _filter(self, view: View, _actor: Actor) -> Operation | None:
        of = self._one(view.alarms(50))
        return of and FilterAlarm(of.id, self._one(FilterReason))

    def _follow(self, view: View, actor: Actor) -> Operation | None:
        of = self._one(view.alarms(50))
        value = float(self._mark())
        return of and FollowAlarm(of.id, self._one(Level), value, WHO, self._one([None, None, actor.at]))

    def _dispatch(self, view: View, _actor: Actor) -> Operation | None:
        of = self._incident_of(view)
        if of is None:
            return None
        unit = self._one([*UNITS, None])
        scope = UNITS[unit] if unit else self._one(UNITS.values())
        agency = scope.rpartition("/@")[2]
        sent = Assignment(new_id(), of.id, agency, Role.LEAD, unit, 240.0, scope=scope)
        tasks = [replace(task(of), agency=agency, gate=self.rng.random() < 0.3)]
        seen = tuple(a.id for a in view.open_assignments_of(unit)) if unit else ()
        return Dispatch(of.id, agency, WHO, None, (sent,), tuple(tasks), seen=seen)

    def _check(self, view: View, _actor: Actor) -> Operation | None:
        of = self._incident_of(view)
        return of and MoveIncident(of.id, Move.CHECK, self._one([None, of.stage]))

    def _close(self, view: View, _actor: Actor) -> Operation | None:
        of = self._incident_of(view)
        return of and MoveIncident(of.id, Move.CLOSE, self._one([None, of.stage]))

    def _status(self, view: View, actor: Actor) -> Operation | None:
        of = self._one(view.assignments(open_only=False))
        at = actor.at - timedelta(seconds=self.rng.randrange(300))
        return of and ReportStatus(of.id, self._one(Status), at, WHO)

    def _tick(self, view: View, _actor: Actor) -> Operation | None:
        of = self._incident_of(view)
        one = of and self._one(view.tasks_of(of.id))
        return one and TickTask(one.id, one.done_at is None)

    def _edit(self, view: View, _actor: Actor) -> Operation | None:
        of = self._incident_of(view)
        if of is None:
            return None
        subjects = self._one([(Subject.TITLE,), (Subject.LOCATION,), (Subject.LEVEL,), (Subject.TITLE, Subject.LEVEL)])
        made: dict[Subject, Callable[[], Any]] = {
            Subject.TITLE: lambda: Label(f"标题 {self._mark()}", f"Title {self.count}"),
            Subject.LOCATION: lambda: Location(WHO, Point(104.0 + int(self._mark()) / 1000, 30.67)),
            Subject.LEVEL: lambda: self._one(Level),
        }
        return EditIncident(of.id, tuple(Edit(new_id(), s, value_of(of, s), made[s]()) for s in subjects))

    def _casualties(self, view: View, actor: Actor) -> Operation | None:
        of = self._incident_of(view)
        if of is None:
            return None
        known = view.casualties_of(of.id)
        count = Casualties(self.rng.randrange(3), int(self._mark()), 0, 0)
        report = CasualtyReport(new_id(), of.id, count, actor.at, actor.by)
        return ReportCasualties(report, known[-1].id if known else None)

    def _settle(self, view: View, _actor: Actor) -> Operation | None:
        of = self._one(view.open_conflicts())
        return of and SettleConflict(of.id, self._one(["kept", "other"]))

    def _attach(self, view: View, actor: Actor) -> Operation | None:
        of = self._incident_of(view)
        hashed = f"{self.rng.getrandbits(256):064x}"
        return of and AttachFile(Attachment(new_id(), of.id, hashed, "a.jpg", "image/jpeg", 10, actor.by))
