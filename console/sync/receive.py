"""Takes in what comes by the open door: each row is checked, and becomes an operation or is refused with a reason.

The same steps serve a platform and a desk that works alone. Who decides an operation and keeps what comes of it is the
caller's (`Doer`); all of a request is one transaction of theirs.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import delete, insert, select, tuple_

from console.domain.agency import Position, Unit
from console.domain.alarm import Alarm, AlarmState, Photo
from console.domain.answering import RingCall
from console.domain.area import lies_in
from console.domain.assignment import Assignment, Status
from console.domain.crs import Crs, to_wgs84
from console.domain.errors import Refused
from console.domain.incoming import Channel, IncomingCall
from console.domain.indicator import Indicator, Reading
from console.domain.level import Level
from console.domain.log import Kind as By
from console.domain.operation import Actor, AddReadings, Operation, RaiseAlarm, ReportStatus
from console.domain.pack import Pack
from console.domain.place import Point, distance_m
from console.domain.watch import alarm_area, home, watch
from console.domain.words import Label, Phrase
from console.store import blobs, tables
from console.store.draft import Draft
from console.store.ids import new_id
from console.store.queries import Tx
from console.sync.intake import (
    KINDS,
    AlarmRow,
    CallRow,
    IntakeRequest,
    IntakeResponse,
    Kind,
    PositionRow,
    ReadingRow,
    StatusRow,
)
from console.sync.reading import as_far_as_read, clock, hash_of, picture_in, read, remark, typed

AHEAD = timedelta(minutes=5)  # a clock may be so far off
KEPT = timedelta(days=30)  # so long a sender's own id is known
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
FAR_M = 1_000_000  # from where the map opens: nobody's unit is there
NAMES: dict[Kind, Label] = {
    "readings": Label("读数", "readings"),
    "positions": Label("位置", "positions"),
    "calls": Label("来电", "calls"),
    "statuses": Label("状态", "statuses"),
    "alarms": Label("告警", "alarms"),
}
_INDICATOR, _UNIT, _ASSIGNMENT = Label("指标", "indicator"), Label("力量", "unit"), Label("派单", "assignment")


@dataclass(frozen=True, slots=True)
class Source:
    """A service account: what it may bring, and of where."""

    name: str
    at: str  # path
    kinds: frozenset[str]

    def actor(self, now: datetime, area: str) -> Actor:
        return Actor(f"key:{self.name}", Label(self.name, self.name), now, area)


class Doer(Protocol):
    """Decides operations one after the other over one draft."""

    tx: Tx

    @property
    def draft(self) -> Draft: ...

    def do(self, operation: Operation, area: str) -> None:
        """Raises `Refused`."""
        ...

    def hold(self, keys: Iterable[str]) -> None:
        """Nobody else decides on these until the transaction ends."""
        ...


class Receiver:
    """Takes one request in. `positions` are those that are newer than what was known."""

    def __init__(self, doer: Doer, source: Source, pack: Pack, now: datetime) -> None:
        self.positions: list[Position] = []
        self._doer, self._source, self._pack, self._now = doer, source, pack, now
        self._answer = IntakeResponse(accepted=0, again=0, refused=[], noted=[])
        self._codes = {unit.code: unit for unit in pack.units.values() if unit.code}
        self._readings: list[tuple[int, ReadingRow]] = []

    def take(self, request: IntakeRequest) -> IntakeResponse:
        rows = {kind: request.rows(kind) for kind in KINDS}
        if any(rows[kind] for kind in ("calls", "statuses", "alarms")):
            self._doer.hold([f"intake:{self._source.name}"])  # the same request again waits for the first
        if rows["readings"]:
            self._doer.hold(["intake:watch"])
        crs = Crs.of(request.crs)
        each: dict[Kind, Callable[[int, Any, Crs], None]] = {
            "readings": self._reading,
            "positions": self._position,
            "calls": self._call,
            "statuses": self._status,
            "alarms": self._alarm,
        }
        for kind in KINDS:
            for index, raw in enumerate(rows[kind]):
                try:
                    if kind not in self._source.kinds:
                        raise Refused(Phrase("intake_kind", {"kind": NAMES[kind]}))
                    each[kind](index, raw, crs)
                except Refused as refused:
                    self._answer.refused.append(remark(kind, index, raw, refused.phrase))
        self._keep_readings()
        self._keep_positions()
        return self._answer

    # Each kind

    def _reading(self, index: int, raw: Any, _crs: Crs) -> None:
        row = read(ReadingRow, raw)
        indicator = self._pack.indicators.get(row.indicator)
        if indicator is None:
            raise Refused(Phrase("intake_unknown", {"what": _INDICATOR, "id": row.indicator}))
        self._inside(home(indicator, self._pack), indicator.name)
        self._timely(row.at)
        self._readings.append((index, row))

    def _position(self, _index: int, raw: Any, crs: Crs) -> None:
        row = read(PositionRow, raw)
        unit = self._unit(row.unit)
        self._timely(row.at)
        at = self._point(row, crs)
        assert at is not None  # both are required
        self.positions.append(Position(unit.id, at, row.at, row.heading))

    def _call(self, index: int, raw: Any, crs: Crs) -> None:
        row, unread = as_far_as_read(raw)
        if self._known("calls", row.id, raw):
            return
        area = row.area or self._source.at
        self._inside(area, Label(area, area))
        if area not in self._pack.areas:
            raise Refused(Phrase("key_at", {"at": area}))
        notes, at, received_at = [], None, row.received_at or self._now
        if unread:
            notes.append(Phrase("intake_call_partly", {"fields": ", ".join(sorted(unread))}))
        try:
            at = self._point(row, crs)
        except Refused:  # a place that cannot be is said, and nothing made of it
            row = row.model_copy(update={"text": f"{row.text}\n[{row.lon}, {row.lat}]".strip()})
        if at is None and not (row.place and row.lon is None and row.lat is None):
            notes.append(Phrase("intake_call_place"))
        try:
            self._timely(received_at)
        except Refused:
            received_at = self._now
            notes.append(Phrase("intake_call_time", {"now": clock(self._now)}))
        call = IncomingCall(
            id=new_id(),
            area=area,
            channel=Channel.of(row.channel),
            received_at=received_at,
            text=typed(row.text) or Label("", ""),
            caller=typed(row.caller),
            number=row.number,
            title=typed(row.title),
            matter=row.matter,
            level=Level.of(row.level) if row.level else None,
            place=typed(row.place),
            at=at,
            source=self._source.name,
            source_id=row.id,
        )
        self._doer.do(RingCall(call), area)
        self._took("calls", row.id, raw)
        self._answer.noted += [remark("calls", index, raw, note) for note in notes]

    def _status(self, _index: int, raw: Any, _crs: Crs) -> None:
        row = read(StatusRow, raw)
        if self._known("statuses", row.id, raw):
            return
        self._timely(row.at)
        found = self._assignment(row)
        self._doer.hold({found.incident, *([f"unit:{found.unit}"] if found.unit else ())})
        who = self._pack.unit_name(found.unit) if found.unit else self._pack.agency_name(found.agency)
        said = ReportStatus(found.id, Status.of(row.status), row.at, who, By.MESSAGE, typed(row.text))
        self._doer.do(said, self._doer.draft.incident(found.incident).area)
        self._took("statuses", row.id, raw)

    def _alarm(self, _index: int, raw: Any, crs: Crs) -> None:
        row = read(AlarmRow, raw)
        if self._known("alarms", row.id, raw):
            return
        self._timely(row.at)
        area = row.area or self._source.at
        self._inside(area, Label(area, area))
        if area not in self._pack.areas:
            raise Refused(Phrase("key_at", {"at": area}))
        at = self._point(row, crs)
        picture = picture_in(row.picture) if row.picture else None
        alarm = Alarm(
            id=new_id(),
            indicator="",
            title=Label(row.title, row.title),
            place=typed(row.place) or Label("", ""),
            at=at,
            level=Level.of(row.level),
            state=AlarmState.UNACKNOWLEDGED,
            raised_at=row.at,
            value=row.value or 0.0,
            limit=row.limit or 0.0,
            measure=row.measure,
            matter=row.matter,
            returned_at=row.at,  # there is no series that could come back
            area=area,
        )
        if picture:
            data, media = picture
            sha256, size = blobs.put(self._doer.tx, [data], media)
            alarm = replace(alarm, picture=Photo(sha256, media, size))
        self._doer.do(RaiseAlarm(alarm), area)
        self._took("alarms", row.id, raw)

    # What is kept together

    def _keep_readings(self) -> None:
        """Keep the values that are new, and watch the limits of those that are newer than all before."""
        if not self._readings:
            return
        known = self._values([(row.indicator, row.at) for _, row in self._readings])
        fresh: list[Reading] = []
        for index, row in self._readings:
            value = known.get((row.indicator, row.at))
            if value is None:
                known[row.indicator, row.at] = row.value
                fresh.append(Reading(row.indicator, row.at, row.value))
            elif value == row.value:
                self._answer.again += 1
            else:
                args: dict[str, str | int | float | Label] = {"id": row.indicator, "at": clock(row.at), "value": value}
                self._answer.refused.append(remark("readings", index, row, Phrase("intake_differs", args)))
        self._answer.accepted += len(fresh)
        fresh.sort(key=lambda reading: reading.at)
        watched = [(self._pack.indicators[one.indicator], one) for one in fresh]
        watched = [(indicator, one) for indicator, one in watched if indicator.limits]
        ids = list({indicator.id for indicator, _ in watched})
        last, active = self._doer.tx.last_readings(ids), self._doer.tx.active_alarms(ids)
        by_place: dict[str, list[Reading]] = {}
        for one in fresh:
            by_place.setdefault(home(self._pack.indicators[one.indicator], self._pack), []).append(one)
        for path, some in by_place.items():
            self._doer.do(AddReadings(tuple(some)), path)
        for indicator, reading in watched:
            if indicator.id not in last or last[indicator.id] < reading.at:  # what comes late changes no alarm of now
                self._watch(indicator, reading, active)

    def _watch(self, indicator: Indicator, reading: Reading, active: dict[str, Alarm]) -> None:
        area = alarm_area(indicator, self._pack)
        operation = watch(indicator, reading, active.get(indicator.id), new_id=new_id(), area=area)
        if operation is None:
            return
        self._doer.do(operation, area)
        id = operation.alarm.id if isinstance(operation, RaiseAlarm) else operation.alarm
        after = self._doer.draft.alarm(id)
        if after.active:
            active[indicator.id] = after
        else:
            active.pop(indicator.id, None)

    def _values(self, wanted: Sequence[tuple[str, datetime]]) -> dict[tuple[str, datetime], float]:
        """Those of these moments of series that are here."""
        table, found = tables.reading, dict[tuple[str, datetime], float]()
        for at in range(0, len(wanted), 300):
            query = select(table).where(tuple_(table.c.indicator, table.c.at).in_(wanted[at : at + 300]))
            found.update(((row.indicator, row.at), row.value) for row in self._doer.tx.connection.execute(query))
        return found

    def _keep_positions(self) -> None:
        known = self._doer.tx.several(Position, list({position.id for position in self.positions}))
        newest: dict[str, Position] = {}
        for one in sorted(self.positions, key=lambda position: position.seen_at):
            if one.id in known and one.seen_at <= known[one.id].seen_at:
                self._answer.again += 1  # where it was before is of no more use
            else:
                self._answer.accepted += 1
                newest[one.id] = one
        self.positions = list(newest.values())
        self._doer.tx.put(*self.positions)

    # What is known already

    def _known(self, kind: Kind, id: str, raw: Any) -> bool:
        """Whether the sender has brought this row before. Raises `Refused` when its id was used for another."""
        table = tables.intake
        mine = table.c.source == self._source.name, table.c.kind == kind, table.c.id == id
        hashed = self._doer.tx.connection.scalar(select(table.c.hash).where(*mine))
        if hashed is None:
            return False
        if hashed != hash_of(raw):
            raise Refused(Phrase("intake_id_used", {"id": id}))
        self._answer.again += 1
        return True

    def _took(self, kind: Kind, id: str, raw: Any) -> None:
        row = {"source": self._source.name, "kind": kind, "id": id, "hash": hash_of(raw), "at": self._now}
        self._doer.tx.connection.execute(insert(tables.intake), row)
        self._answer.accepted += 1

    # What is checked

    def _inside(self, path: str, name: Label) -> None:
        if not lies_in(path, self._source.at):
            raise Refused(Phrase("intake_area", {"place": name, "at": self._source.at}))

    def _timely(self, at: datetime) -> None:
        if at > self._now + AHEAD:
            raise Refused(Phrase("intake_future", {"at": clock(at), "now": clock(self._now)}))
        if at < EARLIEST:
            raise Refused(Phrase("intake_past", {"at": clock(at)}))

    def _unit(self, named: str) -> Unit:
        unit = self._pack.units.get(named) or self._codes.get(named)
        if unit is None:
            raise Refused(Phrase("intake_unknown", {"what": _UNIT, "id": named}))
        self._inside(self._pack.agencies[unit.agency].path, unit.name)
        return unit

    def _point(self, row: PositionRow | CallRow | AlarmRow, crs: Crs) -> Point | None:
        if row.lon is None and row.lat is None:
            return None
        if row.lon is None or row.lat is None:
            raise Refused(Phrase("intake_half"))
        if row.lon == 0 and row.lat == 0:
            raise Refused(Phrase("intake_zero"))
        point = to_wgs84(row.lon, row.lat, Crs.of(row.crs) if row.crs else crs)
        away = distance_m(point, self._pack.at)
        if away > FAR_M:
            raise Refused(Phrase("intake_far", {"place": f"{row.lon}, {row.lat}", "km": round(away / 1000)}))
        return point

    def _assignment(self, row: StatusRow) -> Assignment:
        """The one that is meant. Raises `Refused`."""
        draft = self._doer.draft
        if row.assignment is not None:
            found = draft.get(Assignment, row.assignment)
            if found is None:
                raise Refused(Phrase("intake_unknown", {"what": _ASSIGNMENT, "id": row.assignment}))
            scope = found.scope
            if not lies_in(scope, self._source.at):
                scope = draft.incident(found.incident).area
            self._inside(scope, self._pack.agency_name(found.agency))
            return found
        if row.unit is None:
            raise Refused(Phrase("intake_whose"))
        unit = self._unit(row.unit)
        there = {one.id: (one, draft.incident(one.incident)) for one in draft.open_assignments_of(unit.id)}
        meant = [one for one, incident in there.values() if row.incident in (None, incident.id, incident.code)]
        if not meant:
            raise Refused(Phrase("intake_not_sent", {"unit": unit.name, "incident": row.incident or ""}))
        if len(meant) > 1:
            codes = ", ".join(sorted(there[one.id][1].code for one in meant))
            raise Refused(Phrase("intake_which", {"unit": unit.name, "codes": codes}))
        return meant[0]


def forget(tx: Tx, now: datetime) -> int:
    """Drop the senders' own ids that were brought more than 30 days ago; how many there were."""
    return tx.connection.execute(delete(tables.intake).where(tables.intake.c.at < now - KEPT)).rowcount
