"""The live state of one signed-in desk: runs operations, takes what comes in, and says what changed.

An operation is decided and kept on the store's thread in one transaction; its rows then come to `state` on
the main thread, and one `changed` signal (coalesced) tells the panels. Nothing here waits for the network.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from console.desk.attachments import Attachments
from console.desk.inbox import Inbox
from console.desk.jobs import Jobs
from console.desk.proposals import Proposals
from console.desk.state import State
from console.desk.throttle import Throttle
from console.desk.timing import Timing
from console.domain.agency import Position
from console.domain.alarm import Alarm
from console.domain.answering import RingCall
from console.domain.area import Right, lies_in, may_command, own_paths
from console.domain.assignment import Assignment
from console.domain.attachment import Attachment
from console.domain.conflict import By, Casualties, CasualtyReport, Conflict
from console.domain.duty import Matter
from console.domain.errors import Refused
from console.domain.incident import Incident, Task
from console.domain.incoming import IncomingCall, ringing
from console.domain.indicator import Indicator, Reading
from console.domain.intake import Call, CameraFault, FieldReport, Intake, LinkCut, Message
from console.domain.lists import Listed, lists_of
from console.domain.log import Entry, Kind, Note
from console.domain.merging import ReportCasualties
from console.domain.opening import from_alarm
from console.domain.operation import (
    Actor,
    AddReadings,
    Changes,
    ConfirmAlarm,
    FollowAlarm,
    Operation,
    RaiseAlarm,
    ReportStatus,
    Row,
    WriteNote,
)
from console.domain.pack import Pack, User
from console.domain.proposal import Proposal, dispatch
from console.domain.request import Request
from console.domain.situation import SituationReport
from console.domain.timers import Timer
from console.domain.watch import alarm_area, watch
from console.domain.words import Label, Phrase
from console.engine.route import RoadGraph
from console.store.holidays import work_time
from console.store.ids import new_id
from console.store.store import Store
from console.store.tables import FEED_KINDS
from console.sync.outbox import pending, perform

log = logging.getLogger(__name__)
SHOWN_MS = 30  # until what was done is painted
READINGS_EVERY_MS = 5_000
MOST_UNSENT = 100_000  # readings held while they cannot be kept; then the oldest go


def utc_now() -> datetime:
    return datetime.now(UTC)


class Session(QObject):
    changed = Signal(object)  # frozenset of "alarm" "call" "incident" "log" "reading" "position" "proposal" "list"
    refused = Signal(object)  # Phrase: why an operation was not allowed
    faulted = Signal(object)  # CameraFault or LinkCut from a scenario, for whom it concerns
    failed = Signal(object)  # what kept the store from keeping something
    positions = Signal(object)  # list of Position, for the platform
    performed = Signal(object)  # dict of lane to count: there is something to push
    did = Signal(object)  # Operation that this person has done, once it is kept
    awaited = Signal()  # what was asked for at this desk comes now

    def __init__(
        self,
        jobs: Jobs,
        store: Store,
        pack: Pack,
        user: User,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.jobs, self.store, self.pack = jobs, store, pack
        self.roads: RoadGraph | None = None
        self.roads_known = False  # they are being read after the start; there may be none
        self.user = user
        self.lists = lists_of(pack)
        self.work = work_time(pack)
        agencies = pack.agencies
        self._own = {u.id for u in pack.units.values() if lies_in(agencies[u.agency].path, pack.area)}
        self.on_duty = sum(pack.units[id].on_duty for id in self._own)  # of the centre's own units
        grants = [grant for each in pack.users.values() for grant in each.grants]
        self.desks = own_paths(grants, store.realm)  # the agencies that somebody may act for
        self.state = State()
        self.inbox = Inbox(self)
        self.attachments = Attachments(self)
        self.proposals = Proposals(self, utc_now)
        self.timing = Timing(self)
        self.apart: set[frozenset[str]] = set()  # pairs of incidents that are not the same, as was said here
        self._touched: set[str] = set()
        self._soon = Throttle(self._tell, self)
        self._under_way = 0
        self._unsent: list[Reading] = []
        self._moved: dict[str, Position] = {}
        self._next_number = 1
        self._flush_timer = QTimer(self, interval=READINGS_EVERY_MS)
        self._flush_timer.timeout.connect(self.flush)

    def begin(self, state: State, next_number: int) -> None:
        """Start from what the store holds."""
        self.hold(state)
        self._next_number = next_number
        self._flush_timer.start()
        self.touch("alarm", "call", "incident", "log", "reading", "position")
        self.inbox.look()
        self.attachments.look()

    def hold(self, state: State) -> None:
        """This is what the store holds; the lists are as it says."""
        self.state, self.lists = state, lists_of(self.pack, state.listed.values())

    @property
    def area(self) -> str:
        """The path of where this person works: the centre's own when they may act there, else what they were given."""
        grants = [g for g in self.user.grants if g.right is not Right.VIEW and g.holds_in(self.store.realm)]
        if not grants or any(lies_in(self.pack.area, grant.at) for grant in grants):
            return self.pack.area
        return grants[0].at

    def own(self, unit: str) -> bool:
        """Whether a unit is of this centre, not of another town or the city."""
        return unit in self._own

    def commands(self, path: str) -> bool:
        """Whether this person does everything at a place."""
        return may_command(self.user.grants, path, self.store.realm)

    def use_roads(self, roads: RoadGraph | None) -> None:
        """From now on ways lead over these roads; over straight lines when there are none."""
        self.roads, self.roads_known = roads, True

    # -- doing

    def do(
        self, operation: Operation, then: Callable[[], Any] | None = None, undone: Callable[[], Any] | None = None
    ) -> None:
        """Perform an operation: kept locally, queued for the platform, shown.

        `undone` is called when it was not kept; why not is signalled.
        """

        def kept() -> None:
            self.did.emit(operation)
            if then is not None:
                then()

        self.carry_out(lambda actor: perform(self.store, operation, actor), kept, undone)

    def carry_out(
        self,
        act: Callable[[Actor], Changes],
        then: Callable[[], Any] | None = None,
        undone: Callable[[], Any] | None = None,
    ) -> None:
        """Something that writes, on the store's thread; then it is shown."""
        actor = Actor(self.user.id, self.user.name, utc_now(), self.area)
        self._under_way += 1

        def done(changes: Changes) -> None:
            self._under_way -= 1
            self.hurry()
            self.show(changes.rows, changes.entries)
            QTimer.singleShot(SHOWN_MS, self, self._tell_pending)
            if then is not None:
                then()

        def not_done(error: BaseException) -> None:
            self._under_way -= 1
            if undone is not None:
                undone()
            self.not_done(error)

        self.jobs.store(lambda: act(actor), done, not_done)

    @property
    def acting(self) -> bool:
        """Something that was asked for here is being worked out or written."""
        return bool(self._under_way or self.proposals.working)

    def hurry(self) -> None:
        """What was asked for here is there: it is shown at once."""
        self._soon.release()
        self.awaited.emit()

    def _tell_pending(self) -> None:
        if not self.jobs.closed:
            self.jobs.store(lambda: pending(self.store), self.performed.emit)

    def not_done(self, error: BaseException) -> None:
        """Tell why something was not kept."""
        if isinstance(error, Refused):
            self.refused.emit(error.phrase)
        else:
            self.failed.emit(error)

    def show(self, rows: tuple[Row, ...], entries: tuple[Entry, ...] = ()) -> None:
        """Rows that changed, here or at the platform, come to the panels."""
        self.timing.heed(rows)
        corrected = [row.id for row in rows if isinstance(row, Incident) and self._corrected(row)]
        self.state.take(rows)
        self.state.log(entries)
        kinds = {_KINDS[type(row)] for row in rows if type(row) in _KINDS}
        if "list" in kinds:
            self._relist()
        if entries:
            kinds.add("log")
        for row in rows:
            if isinstance(row, Incident):
                self._next_number = max(self._next_number, row.number + 1)
                self.proposals.mind(row)
        for id in corrected:
            self.proposals.anew(id)
        if any(isinstance(row, Attachment) for row in rows):
            self.attachments.look()
        self._tell_soon(kinds)

    def _corrected(self, row: Incident) -> bool:
        """Whether what is proposed for it was worked out for another matter, place or level."""
        known = self.state.incidents.get(row.id)
        return (
            known is not None
            and row.id in self.proposals
            and (known.matter, known.at, known.level) != (row.matter, row.at, row.level)
        )

    def drop(self, gone: Iterable[tuple[str, str]]) -> None:
        """Rows that are no more, by table and id: the platform did not take them, or they may not be seen any more."""
        by_kind: dict[type, list[str]] = {}
        for table, id in gone:
            by_kind.setdefault(FEED_KINDS[table], []).append(id)
        for kind, ids in by_kind.items():
            self.state.drop(kind, ids)
        for id in by_kind.get(Incident, ()):
            self.proposals.drop(id)
        if Listed in by_kind:
            self._relist()
        if changed := {_KINDS[kind] for kind in by_kind if kind in _KINDS}:
            self.touch(*changed)

    def leave(self) -> None:
        """Other areas are seen from here now: values and positions go at once; those that are still seen come again."""
        self.state.series.clear()
        self.state.positions.clear()
        self._moved.clear()
        self.touch("reading", "position")

    def _relist(self) -> None:
        """The three lists changed; what is proposed to an incident of theirs is worked out anew."""
        before, self.lists = self.lists, lists_of(self.pack, self.state.listed.values())
        for id in list(self.proposals):
            incident = self.state.incidents.get(id)
            if incident is None:
                continue
            now = utc_now()
            said, was = (
                (lists.duty(incident.matter, incident.area), lists.card(incident, now))
                for lists in (self.lists, before)
            )
            if said != was:
                self.want_proposal(id)

    def confirm(self, alarm: Alarm) -> str:
        """The alarm is real: an incident opens, filled in from it. Answers the incident's id."""
        matter, number = self.matter(alarm.matter), self.take_number()
        incident = from_alarm(alarm, matter, self.pack, id=new_id(), number=number, now=utc_now())
        self.do(ConfirmAlarm(alarm.id, incident), lambda: self.proposals.want_soon(incident.id))
        return incident.id

    def accept(self, proposal: Proposal) -> None:
        """The one key: everything chosen in the proposal becomes assignments, tasks and orders."""
        operation = dispatch(
            proposal,
            self.pack,
            self.work,
            now=utc_now(),
            new_id=new_id,
            open_assignments=self.state.open_assignments(),
        )
        self.proposals.send(proposal)
        self.do(
            operation,
            lambda: self.proposals.sent(proposal.incident),
            lambda: self.proposals.not_sent(proposal),
        )

    def write(self, text: str, incident: str | None, undone: Callable[[], Any] | None = None) -> None:
        """A typed word goes into the message log. `undone` is called when it could not be kept."""
        self.do(WriteNote(Note(Kind.NOTE, self.user.name, text=text, incident=incident)), undone=undone)

    def count_casualties(self, incident: str, count: Casualties, occurred_at: datetime) -> None:
        """A count from the scene, by someone who knew of the last one that is shown."""
        by = By(self.user.id, self.user.name, utc_now(), self.area)
        seen = self.state.casualties_of(incident)
        report = CasualtyReport(new_id(), incident, count, occurred_at, by)
        self.do(ReportCasualties(report, seen[-1].id if seen else None))

    def want_proposal(self, incident_id: str) -> None:
        """Work one out beside the main thread; `changed` says "proposal" when it is there."""
        self.proposals.want(incident_id)

    # -- taking what comes in

    def take(self, intake: Intake) -> None:
        """One thing from outside, by whatever way it came."""
        match intake:
            case Reading():
                self._read(intake)
            case Position():
                self.state.positions[intake.id] = intake
                self._moved[intake.id] = intake
                self.touch("position")
            case FieldReport():
                self._report(intake)
            case Call():
                self.do(RingCall(ringing(intake, id=new_id(), area=self.area, now=utc_now())))
            case Message():
                note = Note(Kind.MESSAGE, intake.sender, self.user.name, phrase=Phrase("said", {"text": intake.text}))
                self.do(WriteNote(note))
            case CameraFault() | LinkCut():
                self.faulted.emit(intake)

    def recall(self, reading: Reading) -> None:
        """A value of the past: kept and shown, raises nothing."""
        self.state.read(reading)
        self._unsent.append(reading)
        self.touch("reading")

    def _read(self, reading: Reading) -> None:
        self.recall(reading)
        indicator = self.pack.indicators.get(reading.indicator)
        if indicator is None:
            return
        active = self.state.active_alarm(indicator.id)
        operation = watch(indicator, reading, active, new_id=new_id(), area=alarm_area(indicator, self.pack))
        if operation is None:
            return
        # Known at once, so that the next value already sees what this one raised.
        match operation:
            case RaiseAlarm():
                self.state.alarms[operation.alarm.id] = operation.alarm
            case FollowAlarm():
                self.state.alarms[operation.alarm] = operation.after(self.state.alarms[operation.alarm])

        def undone() -> None:
            """As it was: the next value raises it again."""
            if isinstance(operation, RaiseAlarm):
                self.state.alarms.pop(operation.alarm.id, None)
            elif active is not None:
                self.state.alarms[active.id] = active

        self.do(operation, undone=undone)

    def _report(self, report: FieldReport) -> None:
        assignment = self.state.assignments.get(report.assignment)
        if assignment is None or report.status.value in assignment.times:
            return
        who = self.who(assignment)
        # Marked as known now, so that the same word repeated before it is stored is not written twice.
        self.state.assignments[assignment.id] = assignment.recorded(report.status, report.at)
        said = ReportStatus(assignment.id, report.status, report.at, who, Kind.RADIO, report.text)
        self.carry_out(  # not by the person at this desk, who has nothing to undo
            lambda actor: perform(self.store, said, actor),
            undone=lambda: self.state.assignments.update({assignment.id: assignment}),
        )

    def flush(self) -> None:
        """Readings go to the store and the outbox together, positions to the store only."""
        if self._unsent:
            batch, self._unsent = tuple(self._unsent), []

            def undone() -> None:
                self._unsent = [*batch, *self._unsent][-MOST_UNSENT:]

            self.do(AddReadings(batch), undone=undone)
        if self._moved:
            moved, self._moved = list(self._moved.values()), {}

            def keep() -> None:
                with self.store.begin() as tx:
                    tx.put(*moved)

            self.jobs.store(keep, None, self.not_done)
            self.positions.emit([one for one in moved if self.own(one.id)])

    # -- words

    def matter(self, code: str | None) -> Matter:
        """The matter of a code, struck off or not; the pack's first for one it does not know."""
        known = self.lists.matters.get(code or "") or self.pack.matters.get(code or "")
        return known or next(iter(self.pack.matters.values()))

    def indicator(self, id: str) -> Indicator:
        return self.pack.indicators[id]

    def who(self, assignment: Assignment) -> Label:
        """The unit's name, or the agency's where no unit was named."""
        return self.pack.unit_name(assignment.unit) if assignment.unit else self.pack.agency_name(assignment.agency)

    def whose(self, timer: Timer) -> Label | None:
        """Whose limit it is: an agency with its unit, a task; None for the incident's own."""
        assignment, task = self.state.assignments.get(timer.of), self.state.tasks.get(timer.of)
        if assignment is None:
            return task.text if task else None
        agency = self.pack.agency_name(assignment.agency)
        unit = self.pack.unit_name(assignment.unit) if assignment.unit else None
        return Label(f"{agency.zh} {unit.zh}", f"{agency.en}, {unit.en}") if unit else agency

    # -- telling

    def touch(self, *kinds: str) -> None:
        """These kinds changed; the panels hear of it in a moment, and of a burst once."""
        if "incident" in kinds:
            self.timing.forget()
        self._tell_soon(kinds)

    def _tell_soon(self, kinds: Iterable[str]) -> None:
        self._touched.update(kinds)
        self._soon.ask()

    def _tell(self) -> None:
        kinds, self._touched = frozenset(self._touched), set()
        self.changed.emit(kinds)

    def take_number(self) -> int:
        """The next incident's."""
        self._next_number += 1
        return self._next_number - 1


_KINDS: dict[type, str] = {
    Alarm: "alarm",
    IncomingCall: "call",
    Incident: "incident",
    Assignment: "incident",
    Task: "incident",
    Conflict: "incident",
    CasualtyReport: "incident",
    Attachment: "incident",
    Listed: "list",
    Request: "incident",
    SituationReport: "incident",
    Reading: "reading",
    Entry: "log",
}
