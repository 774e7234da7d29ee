"""What the desk knows now, in memory, for its panels. No Qt and no I/O: rows go in, panels read.

It holds what is open and what was recent; the store holds everything.
"""

from collections.abc import Collection, Iterable, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from console.desk.recent import Assignments, ByIncident, Incidents, RecentLog
from console.domain.agency import Position
from console.domain.alarm import Alarm, AlarmState
from console.domain.assignment import Assignment
from console.domain.attachment import Attachment
from console.domain.camera import Camera
from console.domain.conflict import Casualties, CasualtyReport, Conflict, casualties
from console.domain.incident import Incident, Task
from console.domain.incoming import IncomingCall
from console.domain.indicator import Indicator, Reading
from console.domain.level import Level
from console.domain.lists import Listed
from console.domain.log import Entry
from console.domain.operation import Row
from console.domain.request import Request
from console.domain.situation import SituationReport

SERIES_LENGTH = 4096  # values kept per indicator
ENTRIES_KEPT = 5000  # of the log; the store has all of it
RECENT = timedelta(minutes=10)  # an alarm that came since then
NO_VALUES = np.empty((0, 2))
UNHELD = (Camera, Reading)  # kinds that are not held by id: the catalogue is the store's, a value is in its series


class Series:
    """The newest values of one indicator in a ring: times in epoch seconds, float64."""

    def __init__(self) -> None:
        self._values = np.empty((2 * SERIES_LENGTH, 2))
        self._end = 0

    def add(self, at: datetime, value: float) -> None:
        if self._end and at.timestamp() <= self._values[self._end - 1, 0]:
            return  # late or doubled: the chart's time only goes forward; the store has it
        if self._end == len(self._values):
            self._values[:SERIES_LENGTH] = self._values[SERIES_LENGTH:]
            self._end = SERIES_LENGTH
        self._values[self._end] = at.timestamp(), value
        self._end += 1

    @property
    def values(self) -> np.ndarray:
        """Shape (n, 2): epoch seconds and value, oldest first. A view: copy it to keep it."""
        return self._values[max(0, self._end - SERIES_LENGTH) : self._end]

    @property
    def last_at(self) -> float | None:
        return float(self._values[self._end - 1, 0]) if self._end else None


@dataclass
class State:
    alarms: dict[str, Alarm] = field(default_factory=dict)
    calls: dict[str, IncomingCall] = field(default_factory=dict)
    incidents: Incidents = field(default_factory=Incidents)
    assignments: Assignments = field(default_factory=Assignments)
    tasks: ByIncident[Task] = field(default_factory=ByIncident)
    conflicts: dict[str, Conflict] = field(default_factory=dict)
    casualty_reports: ByIncident[CasualtyReport] = field(default_factory=ByIncident)
    attachments: ByIncident[Attachment] = field(default_factory=ByIncident)
    requests: ByIncident[Request] = field(default_factory=ByIncident)
    situation_reports: ByIncident[SituationReport] = field(default_factory=ByIncident)
    listed: dict[str, Listed] = field(default_factory=dict)
    positions: dict[str, Position] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)
    recent: RecentLog = field(default_factory=lambda: RecentLog(ENTRIES_KEPT))

    def rows(self) -> dict[type, MutableMapping[str, Any]]:
        """Where the rows of each kind are held, by their ids. The log has its own way in, and so have readings."""
        return {
            Alarm: self.alarms,
            IncomingCall: self.calls,
            Incident: self.incidents,
            Assignment: self.assignments,
            Task: self.tasks,
            Conflict: self.conflicts,
            CasualtyReport: self.casualty_reports,
            Attachment: self.attachments,
            Listed: self.listed,
            Request: self.requests,
            SituationReport: self.situation_reports,
        }

    def take(self, rows: Iterable[Row]) -> None:
        """Put rows in, each over the one with its id."""
        held = self.rows()
        for row in rows:
            if isinstance(row, Reading):
                self.read(row)
            elif not isinstance(row, Camera):  # the catalogue is in the store only
                held[type(row)][row.id] = row

    def drop(self, kind: type, ids: Collection[str]) -> None:
        """Rows that are no more; those that are not held are nothing. Raises `KeyError` for a kind that never is."""
        if kind is Entry:
            self.recent.drop(ids)
        elif kind not in UNHELD:
            rows = self.rows()[kind]
            for id in ids:
                rows.pop(id, None)

    def locate(self, position: Position) -> bool:
        """Where a unit is; whether that is newer than what was known."""
        known = self.positions.get(position.id)
        if known is not None and known.seen_at >= position.seen_at:
            return False
        self.positions[position.id] = position
        return True

    def read(self, reading: Reading) -> None:
        self.recall(reading.indicator, reading.at, reading.value)

    def recall(self, indicator: str, at: datetime, value: float) -> None:
        self.series.setdefault(indicator, Series()).add(at, value)

    def values_of(self, indicator: str) -> np.ndarray:
        """Shape (n, 2), as `Series.values`."""
        series = self.series.get(indicator)
        return NO_VALUES if series is None else series.values

    @property
    def entries(self) -> list[Entry]:
        """The message log, newest first."""
        return self.recent.entries

    @property
    def torn(self) -> set[str]:
        """Ids of entries whose seal is not theirs."""
        return self.recent.torn

    def log(self, entries: Iterable[Entry]) -> None:
        """Add entries; one that is known is not doubled."""
        self.recent.add(entries)

    def log_whole(self, incidents: Collection[str], entries: Iterable[Entry]) -> None:
        """All that was said of these incidents, however long ago; it stays until others are shown."""
        self.recent.whole = frozenset(incidents)
        self.recent.add(entries)

    def waiting_calls(self) -> list[IncomingCall]:
        """Those that ring, the longest first."""
        return sorted((call for call in self.calls.values() if call.open), key=lambda c: (c.received_at, c.id))

    def calls_of(self, *incidents: str) -> list[IncomingCall]:
        """Those that were about these incidents, in the order they came."""
        found = (call for call in self.calls.values() if call.incident in incidents)
        return sorted(found, key=lambda call: (call.received_at, call.id))

    def active_alarm(self, indicator: str) -> Alarm | None:
        """The running episode of a series, whatever was decided about it."""
        return next((a for a in self.alarms.values() if a.indicator == indicator and a.active), None)

    def level(self, indicator: Indicator) -> Level | None:
        alarm = self.active_alarm(indicator.id)
        return alarm.level if alarm else None

    def listed_alarms(self, now: datetime, hours: float = 2.0) -> list[Alarm]:
        """What the alarm list shows: undecided ones, active ones, and those of the last hours."""
        return [
            alarm
            for alarm in self.alarms.values()
            if alarm.state is AlarmState.UNACKNOWLEDGED
            or alarm.active
            or (now - alarm.raised_at).total_seconds() < hours * 3600
        ]

    def alarm_counts(self, now: datetime) -> tuple[int, int]:
        """How many are unacknowledged, and how many were raised in the last ten minutes."""
        waiting = sum(alarm.state is AlarmState.UNACKNOWLEDGED for alarm in self.alarms.values())
        return waiting, sum(now - alarm.raised_at <= RECENT for alarm in self.alarms.values())

    def open_incidents(self) -> list[Incident]:
        """Open ones, the most severe first, then the newest."""
        return self.incidents.open()

    def assignments_of(self, incident: str) -> list[Assignment]:
        return self.assignments.of(incident)

    def twins(self, assignment: Assignment) -> list[Assignment]:
        """The open assignments of its unit to what is one incident, itself among them: two desks may have sent it, or
        two incidents become one. What is said of one is true of each."""
        if assignment.unit is None or not assignment.status.open:
            return [assignment]
        root, seen = assignment.incident, {assignment.incident}
        while (into := self.incidents.merged.get(root)) is not None and into not in seen:
            root = into
            seen.add(into)
        ids = [root, *(one.id for one in self.merged_into(root))]
        return [one for id in ids for one in self.assignments.of(id) if one.unit == assignment.unit and one.status.open]

    def tasks_of(self, incident: str) -> list[Task]:
        return sorted(self.tasks.of(incident), key=lambda t: t.order)

    def conflicts_of(self, incident: str) -> list[Conflict]:
        """Settled ones too; a unit's is of both its incidents."""
        return [c for c in self.conflicts.values() if incident in (c.incident, c.also)]

    def undecided(self) -> set[str]:
        """The incidents that are 待裁定."""
        grave = [conflict for conflict in self.conflicts.values() if conflict.grave]
        return {id for conflict in grave for id in (conflict.incident, conflict.also) if id}

    def casualties_of(self, incident: str) -> list[CasualtyReport]:
        """By when they were counted."""
        return sorted(self.casualty_reports.of(incident), key=lambda report: (report.occurred_at, report.id))

    def count_of(self, incident: str) -> Casualties | None:
        """The count to show."""
        return casualties(self.casualties_of(incident), self.conflicts_of(incident))

    def attachments_of(self, incident: str) -> list[Attachment]:
        """In the order they were attached."""
        return sorted(self.attachments.of(incident), key=lambda a: a.id)

    def reports_of(self, incident: str) -> list[SituationReport]:
        """What was reported upwards, in its order."""
        return sorted(self.situation_reports.of(incident), key=lambda report: (report.reported_at, report.id))

    def requests_of(self, incident: str) -> list[Request]:
        """In the order they were asked."""
        return sorted(self.requests.of(incident), key=lambda r: (r.by.at, r.id))

    def merged_into(self, incident: str) -> list[Incident]:
        """What is the same as an incident, and what is the same as that; by number."""
        return self.incidents.merged_into(incident)

    def entries_of(self, *incidents: str) -> Sequence[Entry]:
        """The log of incidents together, newest first."""
        return self.recent.of(*incidents)

    def open_assignments(self) -> list[Assignment]:
        return list(self.assignments.open.values())
