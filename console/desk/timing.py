"""What runs against the clock, for the whole desk: counted once, noticed once, escalated once.

Timers are derived from rows when rows change, and only read once a second. Nothing of them is kept, so that a restart
finds them as they are.
"""

import logging
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from console.domain.assignment import Assignment, Role, Status
from console.domain.duty import Duty
from console.domain.escalating import Overdue, escalations_due
from console.domain.incident import Incident, Task
from console.domain.levels import Escalate
from console.domain.situation import SituationReport
from console.domain.timers import Pace, Timer, timers
from console.domain.words import Label
from console.domain.worktime import FOREVER
from console.store.ids import new_id

if TYPE_CHECKING:
    from console.desk.session import Session

log = logging.getLogger(__name__)
JUMP = timedelta(seconds=5)  # between two looks; from here on the clock was set
TRUSTED = timedelta(minutes=2)  # a clock further from the platform's escalates nothing
ABOVE_WAITS = timedelta(seconds=60)  # a centre above leaves it that long to the one whose incident it is
SPREAD_S = 10  # desks of one centre do not all tell at once
AGAIN_AFTER = timedelta(minutes=1)  # what could not be kept

Known = tuple[Incident, tuple[Assignment, ...], tuple[Task, ...], tuple[SituationReport, ...]]


def steady_s() -> float:
    """Seconds that no one can set, the time asleep counted where the system tells it."""
    kind = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if kind is None else time.clock_gettime(kind)


@dataclass(frozen=True)
class _Derived:
    """What follows from the rows of one incident, until they change."""

    rows: Known
    duty: Duty | None
    timers: list[Timer]
    marks: list[tuple[datetime, datetime, str, Timer]]  # when it is due soon, when it is due, its key; those that run


@dataclass(frozen=True)
class Notice:
    """A timer that has come near its limit, or passed it."""

    incident: Incident
    timer: Timer
    pace: Pace


class Timing(QObject):
    noticed = Signal(object)  # list of Notice: since the last look
    late = Signal(int)  # when the desk came to work, so many limits had passed
    jumped = Signal(object)  # timedelta: the clock of this machine was set by so much

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._session = session
        self._rows: dict[str, Known] | None = None
        self._changed: set[str] = set()  # incidents whose rows are others now
        self._made: dict[str, _Derived] = {}
        self._lists = session.lists
        self._seen: set[tuple[str, datetime, Pace]] | None = None
        self._looked_at: dict[str, Known] | None = None
        self._looked = self._next = FOREVER
        self._asked: dict[str, datetime] = {}  # key of an escalation -> when it was asked for
        self._offset: timedelta | None = None  # the platform's clock minus this one, once it was compared
        self._last: tuple[datetime, float] | None = None
        self._quiet_until: datetime | None = None
        self._broken: set[str] = set()
        self._patience = timedelta(0)
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.steady: Callable[[], float] = steady_s
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self.tick)

    def begin(self) -> None:
        """From now on limits are noticed and escalated. A wall only reads."""
        self._patience = timedelta(seconds=zlib.crc32(self._session.store.device.encode()) % SPREAD_S)
        self._clock.start()

    def set_offset(self, seconds: float) -> None:
        """How far the platform's clock is from this one."""
        self._offset = timedelta(seconds=seconds)

    def forget(self) -> None:
        """Rows have changed, or lists."""
        self._rows = None

    def heed(self, rows: Iterable[object]) -> None:
        """These rows are about to change."""
        known = self._session.state.incidents
        for row in rows:
            if isinstance(row, Incident):
                before = known.get(row.id)
                self._changed |= {row.id, row.merged_into or row.id, (before and before.merged_into) or row.id}
            elif isinstance(row, Assignment | Task | SituationReport):
                self._changed.add(row.incident)

    def of(self, incident: str) -> list[Timer]:
        """What runs for an incident and for what is merged into it: the next due first."""
        rows = self._known().get(incident)
        return [] if rows is None else self._derived(rows).timers

    def overdue(self, now: datetime) -> int:
        """How many open incidents have something past its limit."""
        return sum(any(timer.pace(now) is Pace.OVERDUE for timer in self.of(id)) for id in self._known())

    def _derived(self, rows: Known) -> _Derived:
        id = rows[0].id
        made = self._made.get(id)
        if made is None or made.rows != rows:
            made = self._made[id] = self._derive(rows)
        return made

    def _derive(self, rows: Known) -> _Derived:
        incident = rows[0]
        duty = self._session.lists.duty(incident.matter, incident.area)
        found: list[Timer] = []
        try:
            found = timers(*rows, duty, self._session.work)
        except OverflowError:
            if incident.id not in self._broken:
                self._broken.add(incident.id)
                log.error("%s: its calendar has no end to a limit", incident.code)
        marks = [(each.warn_at, each.due_at, each.key, each) for each in found if each.due_at is not None]
        return _Derived(rows, duty, found, marks)

    def _known(self) -> dict[str, Known]:
        """The rows of every open incident; gone through once after each change."""
        if self._lists is not self._session.lists:
            self._lists, self._made = self._session.lists, {}
        state = self._session.state
        if self._rows is None:
            self._rows = {one.id: self._rows_of(one) for one in state.open_incidents()}
            self._made = {id: made for id, made in self._made.items() if id in self._rows}
        elif self._changed:
            self._rows = dict(self._rows)  # who looked at it sees that it is another
            for id in self._changed.union(*map(self._merged_into, self._changed)):
                incident = state.incidents.get(id)
                if incident is not None and incident.open:
                    self._rows[id] = self._rows_of(incident)
                else:
                    self._rows.pop(id, None)
                    self._made.pop(id, None)
        self._changed.clear()
        return self._rows

    def _rows_of(self, incident: Incident) -> Known:
        """Of it, and of what is merged into it."""
        state = self._session.state
        ids = [incident.id, *(each.id for each in state.merged_into(incident.id))]
        return (
            incident,
            tuple(row for id in ids for row in state.assignments.of(id)),
            tuple(row for id in ids for row in state.tasks.of(id)),
            tuple(row for id in ids for row in state.situation_reports.of(id)),
        )

    def _merged_into(self, id: str) -> list[str]:
        """What an incident is the same as, and what that is the same as."""
        found = [id]
        while (into := self._session.state.incidents.merged.get(found[-1])) and into not in found:
            found.append(into)
        return found

    # -- once a second

    def tick(self) -> None:
        now = self.now()
        self._mind_clock(now)
        self._notice(now)
        self._escalate(now)

    def _mind_clock(self, now: datetime) -> None:
        """Tell when the wall clock went another way than time does."""
        steady, last = self.steady(), self._last
        self._last = (now, steady)
        if last is None:
            return
        jump = (now - last[0]) - timedelta(seconds=steady - last[1])
        if abs(jump) >= JUMP:
            log.warning("the clock of this machine was set by %+.1f s", jump.total_seconds())
            self._quiet_until = now + ABOVE_WAITS
            if self._offset is not None:  # until it is compared anew
                self._offset -= jump
            self._asked.clear()
            self.jumped.emit(jump)

    def _notice(self, now: datetime) -> None:
        known = self._known()
        if known is self._looked_at and self._looked <= now <= self._next:
            return  # nothing has come nearer to its limit than it was
        self._looked_at, self._looked = known, now
        marks = [(rows[0], *mark) for rows in known.values() for mark in self._derived(rows).marks]
        self._next = min((at for _, *ends, _, _ in marks for at in ends if at >= now), default=FOREVER)
        fresh = {
            (key, due_at, Pace.OVERDUE if now > due_at else Pace.WARN): (incident, timer)
            for incident, warn_at, due_at, key, timer in marks
            if now >= warn_at
        }
        seen, self._seen = self._seen, set(fresh)
        new = fresh.keys() - seen if seen is not None else fresh.keys()
        told = [Notice(*fresh[each], each[2]) for each in fresh if each in new]
        mine = [notice for notice in told if self._session.commands(notice.incident.area)]
        if seen is None:
            late = sum(notice.pace is Pace.OVERDUE for notice in mine)
            if late:
                self.late.emit(late)
        elif mine:
            self.noticed.emit(mine)

    def _escalate(self, now: datetime) -> None:
        """Tell whom the rules say, unless this machine's clock is not to be believed."""
        apart = abs(self._offset or timedelta(0)) > TRUSTED
        if apart or (self._quiet_until is not None and now < self._quiet_until):
            return
        session = self._session
        for rows in list(self._known().values()):
            incident, derived = rows[0], self._derived(rows)
            if derived.duty is None or not derived.duty.escalations or not session.commands(incident.area):
                continue
            wait = self._patience + (ABOVE_WAITS if session.area != incident.area else timedelta(0))
            late = [timer for _, due_at, _, timer in derived.marks if now > due_at]
            try:
                due = escalations_due(incident, late, derived.duty, session.work, now)
            except OverflowError:
                continue
            for overdue in due:
                asked = self._asked.get(overdue.key)
                if now >= overdue.since + wait and (asked is None or now - asked >= AGAIN_AFTER):
                    self._asked[overdue.key] = now
                    self._tell(incident, overdue, now)

    def _tell(self, incident: Incident, overdue: Overdue, now: datetime) -> None:
        agency = self._session.pack.agencies.get(overdue.rule.to)
        if agency is None:
            log.error("%s is to be escalated to %s, which is not here", incident.code, overdue.rule.to)
            return
        to = Assignment(
            new_id(),
            incident.id,
            agency.id,
            Role.SUPERVISE,
            times={Status.NOTIFIED.value: now},
            scope=agency.path,
        )
        what, whose = overdue.timer.limit.label, self._session.whose(overdue.timer)
        if whose is not None:
            what = Label(f"{whose.zh} {what.zh}", f"{what.en} ({whose.en})")
        self._session.do(Escalate(incident.id, overdue.key, what, to, agency.name))
