"""What can be asked of a store (`View`) and written to it (`Tx`)."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import (
    Connection,
    Insert,
    Select,
    Table,
    Text,
    bindparam,
    delete,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects import postgresql, sqlite

from console.domain.agency import Position
from console.domain.alarm import Alarm
from console.domain.assignment import Assignment
from console.domain.attachment import Attachment
from console.domain.camera import Camera
from console.domain.conflict import CasualtyReport, Conflict
from console.domain.drill import Exercise
from console.domain.errors import Refused
from console.domain.incident import Incident, Task
from console.domain.incoming import IncomingCall
from console.domain.log import Entry
from console.domain.operation import Row
from console.domain.request import Request
from console.domain.situation import SituationReport
from console.domain.words import Label, Phrase
from console.store import catalogue, tables

T = TypeVar("T")
_CHUNK = 500  # ids in one question
NAMES = {
    Alarm: Label("告警", "Alarm"),
    Incident: Label("事件", "Incident"),
    Assignment: Label("派单", "Assignment"),
    Task: Label("任务", "Task"),
    Conflict: Label("分歧", "Conflict"),
    Request: Label("申请", "Request"),
    IncomingCall: Label("来电", "Call"),
}


class Lookup:
    """Rows by their ids, as the domain's `Reader` wants them: the named ones raise `Refused` for an id not there."""

    def get(self, kind: type[T], id: str) -> T | None:
        """A row, or None."""
        raise NotImplementedError

    def alarm(self, id: str) -> Alarm:
        return self._there(Alarm, id)

    def incident(self, id: str) -> Incident:
        return self._there(Incident, id)

    def assignment(self, id: str) -> Assignment:
        return self._there(Assignment, id)

    def task(self, id: str) -> Task:
        return self._there(Task, id)

    def conflict(self, id: str) -> Conflict:
        return self._there(Conflict, id)

    def call(self, id: str) -> IncomingCall | None:
        return self.get(IncomingCall, id)

    def request(self, id: str) -> Request:
        return self._there(Request, id)

    def _there(self, kind: type[T], id: str) -> T:
        row = self.get(kind, id)
        if row is None:
            raise Refused(Phrase("not_found", {"what": NAMES[kind], "id": id}))
        return row


class View(Lookup):
    """One snapshot."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection  # for this package's siblings in `sync` and `central`

    # One row by its id

    def get(self, kind: type[T], id: str) -> T | None:
        """A row, or None."""
        if kind is Camera:
            return cast("T | None", catalogue.camera_of(self, id))
        found = self.connection.execute(_BY_ID[tables.KINDS[kind].name], {"id": id}).first()
        return kind(*found) if found else None

    def several(self, kind: type[T], ids: Sequence[str]) -> dict[str, T]:
        """Those rows of a kind that are there, by their ids."""
        if kind is Camera:
            return {id: row for id in ids if (row := self.get(kind, id)) is not None}
        query, found = _BY_IDS[tables.KINDS[kind].name], {}
        for some in _chunks(ids):
            rows: list[Any] = self._rows(kind, query, ids=some)
            found.update({row.id: row for row in rows})
        return found

    def those(self, query: Select[tuple[str]], ids: Sequence[str], **given: object) -> set[str]:
        """What a query over `ids` finds."""
        found: set[str] = set()
        for some in _chunks(ids):
            found.update(self.connection.scalars(query, {"ids": some, **given}))
        return found

    def exercise(self, id: str) -> Exercise | None:
        return self.get(Exercise, id)

    # Lists

    def every(self, kind: type[T]) -> list[T]:
        """All rows of a kind, in no order."""
        if kind is Camera:
            return cast("list[T]", list(catalogue.every(self)))
        return self._rows(kind, _all(tables.KINDS[kind]))

    def open_alarms(self) -> list[Alarm]:
        """Undecided, or their series has not come back; newest first."""
        table = tables.alarm
        return self._rows(Alarm, _all(table).where(table.c.open).order_by(table.c.raised_at.desc()))

    def alarms(self, limit: int) -> list[Alarm]:
        """The newest."""
        table = tables.alarm
        return self._rows(Alarm, _all(table).order_by(table.c.raised_at.desc()).limit(limit))

    def alarms_since(self, at: datetime) -> list[Alarm]:
        """All that were raised since then."""
        table = tables.alarm
        return self._rows(Alarm, _all(table).where(table.c.raised_at >= at))

    def closed_since(self, at: datetime) -> list[Incident]:
        table = tables.incident
        return self._rows(Incident, _all(table).where(table.c.closed_at >= at))

    def active_alarms(self, indicators: Sequence[str]) -> dict[str, Alarm]:
        """The running episode of each of these series that has one, by the series."""
        table, found = tables.alarm, dict[str, Alarm]()
        for some in _chunks(indicators):
            query = _all(table).where(table.c.open, table.c.returned_at.is_(None), table.c.indicator.in_(some))
            found.update((alarm.indicator, alarm) for alarm in self._rows(Alarm, query.order_by(table.c.raised_at)))
        return found

    def last_readings(self, indicators: Sequence[str]) -> dict[str, datetime]:
        """When the newest value is of, for each of these series that has any."""
        query = _LAST_AT[self.connection.dialect.name]
        rows = self.connection.execute(query, {"asked": json.dumps(list(indicators))})
        return {id: at for id, at in rows if at is not None}

    def calls(self) -> list[IncomingCall]:
        """Those that ring, newest first."""
        table = tables.call
        return self._rows(IncomingCall, _all(table).where(table.c.open).order_by(table.c.received_at.desc()))

    def calls_since(self, at: datetime) -> list[IncomingCall]:
        """All that were received since then."""
        table = tables.call
        return self._rows(IncomingCall, _all(table).where(table.c.received_at >= at))

    def incidents(self, open_only: bool = True, limit: int | None = None) -> list[Incident]:
        """Newest first; all of them where no limit is named."""
        table = tables.incident
        query = _all(table).order_by(table.c.opened_at.desc()).limit(limit)
        return self._rows(Incident, query.where(table.c.open) if open_only else query)

    def next_incident_number(self) -> int:
        """One more than the highest that is known here."""
        return int(self.connection.scalar(select(func.max(tables.incident.c.number))) or 0) + 1

    def assignments(self, open_only: bool = True) -> list[Assignment]:
        """Newest first."""
        table = tables.assignment
        query = _all(table).order_by(table.c.id.desc())
        return self._rows(Assignment, query.where(table.c.open) if open_only else query)

    def assignments_of(self, incident: str) -> list[Assignment]:
        """In the order they were made."""
        return self._rows(Assignment, _ASSIGNMENTS_OF, id=incident)

    def tasks_of(self, incident: str) -> list[Task]:
        """In the order of the scene card."""
        return self._rows(Task, _TASKS_OF, id=incident)

    def open_assignments_of(self, unit: str) -> list[Assignment]:
        """Those that hold a unit now, in the order they were made."""
        return self._rows(Assignment, _HOLDING, unit=unit)

    def conflicts_of(self, incident: str) -> list[Conflict]:
        """Settled ones too, in the order they came up; a unit's is seen from both its incidents."""
        return self._rows(Conflict, _CONFLICTS_OF, id=incident)

    def open_conflicts(self) -> list[Conflict]:
        table = tables.conflict
        return self._rows(Conflict, _all(table).where(table.c.open).order_by(table.c.id))

    def casualties_of(self, incident: str) -> list[CasualtyReport]:
        """By when they were counted."""
        return self._rows(CasualtyReport, _CASUALTIES_OF, id=incident)

    def requests_of(self, incident: str) -> list[Request]:
        """In the order they were asked."""
        return self._rows(Request, _REQUESTS_OF, id=incident)

    def situation_reports_of(self, incident: str) -> list[SituationReport]:
        """In the order they were made."""
        return self._rows(SituationReport, _REPORTS_OF, id=incident)

    def parts(self, incidents: Sequence[str]) -> list[Row]:
        """Everything that belongs to these, kind by kind in the order of ids; log entries apart."""
        found: dict[str, Any] = {}
        for ids in _chunks(incidents):
            for kind, query in _PARTS.items():
                rows: list[Any] = self._rows(kind, query, ids=ids)
                found.update({row.id: row for row in rows})
        return list(found.values())

    def merged_into_any(self, incidents: Sequence[str]) -> list[Incident]:
        return [row for ids in _chunks(incidents) for row in self._rows(Incident, _MERGED_INTO_ANY, ids=ids)]

    def merged_into(self, incident: str) -> list[Incident]:
        return self._rows(Incident, _MERGED, id=incident)

    def numbered(self, area: str, number: int) -> list[Incident]:
        return self._rows(Incident, _NUMBERED, of=area, is_=number)

    def coded(self, code: str) -> list[Incident]:
        """The incidents with a code such as I34 or I34-2, newest first; every area has its own."""
        named = re.fullmatch(r"[Ii](\d{1,9})(?:-(\d{1,9}))?", code)
        found = self._rows(Incident, _CODED, is_=int(named[1])) if named else []
        return [one for one in found if one.code == code.upper()]

    def attachments_of(self, incident: str) -> list[Attachment]:
        """In the order they were attached."""
        return self._rows(Attachment, _ATTACHMENTS_OF, id=incident)

    def positions(self) -> dict[str, Position]:
        """The latest of each unit, by the unit's id."""
        return {row.id: row for row in self._rows(Position, _all(tables.position))}

    def exercises(self) -> list[Exercise]:
        return self._rows(Exercise, _all(tables.exercise).order_by(tables.exercise.c.id))

    # The message log

    def entries(self, limit: int | None = None) -> list[Entry]:
        """The newest, or all of them, by the devices' clocks, newest first."""
        return self._rows(Entry, _ENTRIES.limit(limit))

    def entries_of(self, incident: str) -> list[Entry]:
        """All of one incident, newest first."""
        return self._rows(Entry, _ENTRIES_OF, id=incident)

    def chain(self, device: str) -> Iterator[Entry]:
        """One device's log in the order it was written."""
        table = tables.entry
        place, after = tuple_(table.c.number, table.c.id), tuple_(0, "")
        while True:
            query = _all(table).where(table.c.device == device, place > after).order_by(*place).limit(1000)
            page = self._rows(Entry, query)
            yield from page
            if len(page) < 1000:
                return
            after = tuple_(page[-1].number, page[-1].id)

    def last_entry(self, device: str) -> Entry | None:
        """The end of one device's log."""
        return next(iter(self.last_entries(device, 1)), None)

    def last_entries(self, device: str, count: int) -> list[Entry]:
        """The end of one device's log, newest first."""
        return self._rows(Entry, _LAST_ENTRIES, device=device, count=count)

    def chains(self) -> dict[str, int]:
        """Whose logs are here, and how many entries each has."""
        table = tables.entry
        query = select(table.c.device, func.count()).group_by(table.c.device).order_by(table.c.device)
        return {row[0]: row[1] for row in self.connection.execute(query)}

    # Readings

    def readings(self, indicators: Iterable[str], since: datetime) -> dict[str, list[tuple[datetime, float]]]:
        """Oldest first; an indicator with no readings has an empty list."""
        table = tables.reading
        series: dict[str, list[tuple[datetime, float]]] = {id: [] for id in indicators}
        query = (
            select(table)
            .where(table.c.indicator.in_(list(series)), table.c.at >= since)
            .order_by(table.c.indicator, table.c.at)
        )
        for indicator, at, value in self.connection.execute(query):
            series[indicator].append((at, value))
        return series

    # Settings

    def setting(self, key: str, default: Any = None) -> Any:
        """A value kept with `set_setting`: anything that JSON holds."""
        found = self.connection.execute(_SETTING, {"of": key}).first()
        return found[0] if found else default

    def _rows(self, kind: type[T], query: Select[Any], **given: object) -> list[T]:
        return [kind(*row) for row in self.connection.execute(query, given)]


class Tx(View):
    """A transaction: a view that also writes."""

    grown = False  # whether it made a platform's feed longer

    def put(self, *rows: Row | Entry | Position | Exercise) -> None:
        """Insert, or replace by id. A log entry that is there stays, and so does a newer position.

        A camera keeps its place in the feed, see `catalogue.lay_over`.
        """
        by_table: dict[Table, list[dict[str, Any]]] = {}
        if cameras := [row for row in rows if isinstance(row, Camera)]:
            catalogue.lay_over(self, cameras, ())
        for row in rows:
            if isinstance(row, Camera):
                continue
            by_table.setdefault(tables.KINDS[type(row)], []).append(tables.values(row))
        for table, values in by_table.items():
            self.upsert(table, values)

    def upsert(self, table: Table, values: list[dict[str, Any]]) -> None:
        """Insert, or replace by primary key."""
        self.connection.execute(_upsert(table, self.connection.dialect.name), values)

    def remove(self, kind: type, *ids: str) -> None:
        if kind is Camera:
            catalogue.lay_over(self, (), ids)
        elif ids:
            self.connection.execute(_DELETES[tables.KINDS[kind].name], [{"of": id} for id in ids])

    def prune_readings(self, before: datetime) -> int:
        """Forget old readings; how many there were. Series by series, as the table is ordered."""
        table, gone, last = tables.reading, 0, ""
        while last := self.connection.scalar(select(func.min(table.c.indicator)).where(table.c.indicator > last)):
            old = table.c.indicator == last, table.c.at < before
            gone += self.connection.execute(delete(table).where(*old)).rowcount
        return gone

    def set_setting(self, key: str, value: Any) -> None:
        """Keep a value that JSON holds; None forgets it."""
        table = tables.setting
        if value is None:
            self.connection.execute(delete(table).where(table.c.key == key))
        else:
            self.upsert(table, [{"key": key, "value": value}])


# Statements are built once: building takes longer than running one.


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """A statement takes so many parameters."""
    return (ids[at : at + 500] for at in range(0, len(ids), 500))


def _insert(dialect: str) -> "Callable[[Table], sqlite.Insert]":
    """PostgreSQL's is the same in what is asked of it here. A desk has no use for its dialect, slow to import."""
    if dialect == "sqlite":
        return sqlite.insert
    from sqlalchemy.dialects import postgresql

    return cast("Callable[[Table], sqlite.Insert]", postgresql.insert)


@cache
def _upsert(table: Table, dialect: str) -> Insert:
    insert = _insert(dialect)(table)
    keys = list(table.primary_key)
    if table is tables.entry:  # append-only
        return insert.on_conflict_do_nothing(index_elements=keys)
    changed = {c.name: insert.excluded[c.name] for c in table.columns if not c.primary_key}
    newer = insert.excluded.seen_at > table.c.seen_at if table is tables.position else None
    return insert.on_conflict_do_update(index_elements=keys, set_=changed, where=newer)


def _all(table: Table) -> Select[Any]:
    """The columns that are fields, in their order."""
    return _SELECTS[table.name]


_SELECTS: dict[str, Select[Any]] = {
    table.name: select(*(column for column in table.columns if "of" not in column.info))
    for table in tables.KINDS.values()
}
_BY_ID = {
    table.name: _SELECTS[table.name].where(table.c.id == bindparam("id"))
    for table in tables.KINDS.values()
    if "id" in table.c
}
_BY_IDS = {
    table.name: _SELECTS[table.name].where(table.c.id.in_(bindparam("ids", expanding=True)))
    for table in tables.KINDS.values()
    if "id" in table.c
}
_DELETES = {
    name: delete(tables.SHARED.tables[name]).where(tables.SHARED.tables[name].c.id == bindparam("of"))
    for name in _BY_ID
}
_ASSIGNMENTS_OF = (
    _all(tables.assignment).where(tables.assignment.c.incident == bindparam("id")).order_by(tables.assignment.c.id)
)
_TASKS_OF = (
    _all(tables.task).where(tables.task.c.incident == bindparam("id")).order_by(tables.task.c.order, tables.task.c.id)
)
_HOLDING = (
    _all(tables.assignment)
    .where(tables.assignment.c.unit == bindparam("unit"), tables.assignment.c.open)
    .order_by(tables.assignment.c.id)
)
_CONFLICTS_OF = (
    _all(tables.conflict)
    .where(or_(tables.conflict.c.incident == bindparam("id"), tables.conflict.c.also == bindparam("id")))
    .order_by(tables.conflict.c.id)
)
_CASUALTIES_OF = (
    _all(tables.casualty_report)
    .where(tables.casualty_report.c.incident == bindparam("id"))
    .order_by(tables.casualty_report.c.occurred_at, tables.casualty_report.c.id)
)
_ATTACHMENTS_OF = (
    _all(tables.attachment).where(tables.attachment.c.incident == bindparam("id")).order_by(tables.attachment.c.id)
)
_REQUESTS_OF = _all(tables.request).where(tables.request.c.incident == bindparam("id")).order_by(tables.request.c.id)
_REPORTS_OF = (
    _all(tables.situation_report)
    .where(tables.situation_report.c.incident == bindparam("id"))
    .order_by(tables.situation_report.c.reported_at, tables.situation_report.c.id)
)
_MERGED = _all(tables.incident).where(tables.incident.c.merged_into == bindparam("id")).order_by(tables.incident.c.id)
_MERGED_INTO_ANY = _all(tables.incident).where(tables.incident.c.merged_into.in_(bindparam("ids", expanding=True)))
_BELONGING = (Assignment, Task, CasualtyReport, Attachment, Request, SituationReport, IncomingCall)
_PARTS: dict[type, Select[Any]] = {
    kind: _all(table := tables.KINDS[kind])
    .where(table.c.incident.in_(bindparam("ids", expanding=True)))
    .order_by(table.c.id)
    for kind in _BELONGING
}
_PARTS[Conflict] = (  # a unit's is of both its incidents
    _all(tables.conflict)
    .where(
        or_(
            tables.conflict.c.incident.in_(bindparam("ids", expanding=True)),
            tables.conflict.c.also.in_(bindparam("ids", expanding=True)),
        )
    )
    .order_by(tables.conflict.c.id)
)
_NUMBERED = (
    _all(tables.incident)
    .where(tables.incident.c.number == bindparam("is_"), tables.incident.c.area == bindparam("of"))
    .order_by(tables.incident.c.id)
)
_CODED = (
    _all(tables.incident)
    .where(tables.incident.c.number == bindparam("is_"))
    .order_by(tables.incident.c.opened_at.desc())
)
_ENTRIES = _all(tables.entry).order_by(tables.entry.c.at.desc(), tables.entry.c.number.desc())
_ENTRIES_OF = _ENTRIES.where(tables.entry.c.incident == bindparam("id"))


def _last_at(each: str) -> Select[Any]:
    """The newest time of each series in a JSON array, which `each` is the database's function to read.

    One step in the table for each: to group would read all that they ever had. As an array, because a statement with
    as many parameters takes longer to build than to run.
    """
    array = bindparam("asked", type_=Text)
    asked = getattr(func, each)(array if each == "json_each" else sql_cast(array, postgresql.JSONB)).table_valued(
        "value"
    )
    at, of = tables.reading.c.at, tables.reading.c.indicator
    newest = select(at).where(of == asked.c.value).order_by(at.desc()).limit(1).scalar_subquery()
    return select(asked.c.value, newest)


_LAST_AT = {"sqlite": _last_at("json_each"), "postgresql": _last_at("jsonb_array_elements_text")}
_SETTING = select(tables.setting.c.value).where(tables.setting.c.key == bindparam("of"))
_LAST_ENTRIES = (
    _all(tables.entry)
    .where(tables.entry.c.device == bindparam("device"))
    .order_by(tables.entry.c.number.desc(), tables.entry.c.id.desc())
    .limit(bindparam("count"))
)
