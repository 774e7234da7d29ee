"""The tables. A column is named as the field it holds; what only SQL needs (`open`) is derived on writing.

`SHARED` is kept by desks and the platform alike, `DESK` and `PLATFORM` by one of them beside it. Whoever changes a
table counts `SCHEMA` up and writes the migration of that number, see CONTRIBUTING.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from console.domain.agency import Position
from console.domain.alarm import Alarm, AlarmState, Photo
from console.domain.assignment import Assignment, Role, Way
from console.domain.attachment import Attachment
from console.domain.camera import Camera
from console.domain.conflict import By, Casualties, CasualtyReport, Claim, Conflict, Subject
from console.domain.drill import Exercise, ExerciseState
from console.domain.incident import Incident, Mark, Moved, Stage, Task
from console.domain.incoming import CallState, Channel, IncomingCall
from console.domain.indicator import Reading
from console.domain.level import Level
from console.domain.lists import Content, Listed
from console.domain.log import Entry, Note
from console.domain.place import Point
from console.domain.request import Request, RequestKind
from console.domain.situation import ReportKind, SituationReport
from console.domain.words import Label, Phrase
from console.domain.worktime import Pause
from console.store.columns import Code, Json, Utc

SCHEMA = 3
Side = Literal["desk", "platform", "relay"]


SHARED, DESK, PLATFORM = MetaData(), MetaData(), MetaData()
SIDES: dict[Side, tuple[MetaData, ...]] = {
    "desk": (SHARED, DESK),
    "platform": (SHARED, PLATFORM),
    "relay": (SHARED, DESK, PLATFORM),
}


def _derived(name: str, kind: Any, of: Callable[[Any], object]) -> Column[Any]:
    return Column(name, kind, nullable=False, info={"of": of})


def _open_index(table: Table, *columns: Column[Any]) -> None:
    """An index over the open rows only, so that a long past does not slow the lists of now."""
    Index(f"{table.name}_open", *columns, sqlite_where=table.c.open, postgresql_where=table.c.open)


setting = Table("setting", SHARED, Column("key", Text, primary_key=True), Column("value", Json(Any), nullable=False))

alarm = Table(
    "alarm",
    SHARED,
    Column("id", Text, primary_key=True),
    Column("indicator", Text, nullable=False),
    Column("title", Json(Label), nullable=False),
    Column("place", Json(Label), nullable=False),
    Column("at", Json(Point)),
    Column("level", Code(Level), nullable=False),
    Column("state", Code(AlarmState), nullable=False),
    Column("raised_at", Utc, nullable=False, index=True),
    Column("value", Float, nullable=False),
    Column("limit", Float, nullable=False),
    Column("measure", Text, nullable=False),
    Column("matter", Text),
    Column("returned_at", Utc),
    Column("decided_at", Utc),
    Column("decided_by", Text),
    Column("reason", Text),
    Column("incident", Text),
    Column("area", Text, nullable=False),
    Column("picture", Json(Photo)),
    Column("sha256", Text, index=True, info={"of": lambda row: row.picture and row.picture.sha256}),
    _derived("open", Boolean, lambda row: row.state is AlarmState.UNACKNOWLEDGED or row.active),
)
_open_index(alarm, alarm.c.raised_at)
Index("alarm_indicator", alarm.c.indicator, sqlite_where=alarm.c.open, postgresql_where=alarm.c.open)

incident = Table(
    "incident",
    SHARED,
    Column("id", Text, primary_key=True),
    Column("number", BigInteger, nullable=False, index=True),
    Column("matter", Text, nullable=False),
    Column("title", Json(Label), nullable=False),
    Column("place", Json(Label), nullable=False),
    Column("at", Json(Point), nullable=False),
    Column("level", Code(Level), nullable=False),
    Column("stage", Code(Stage), nullable=False),
    Column("stages", Json(tuple[Stage, ...]), nullable=False),
    Column("opened_at", Utc, nullable=False, index=True),
    Column("source", Json(Label), nullable=False),
    Column("alarm", Text),
    Column("lead", Text),
    Column("due_at", Utc),
    Column("closed_at", Utc),
    Column("area", Text, nullable=False),
    Column("edited", Json(dict[str, By]), nullable=False),
    Column("form", Json(dict[str, str]), nullable=False),
    Column("moved", Code(Stage)),
    Column("entered", Json(dict[str, datetime]), nullable=False),
    Column("marks", Json(dict[str, Mark]), nullable=False),
    Column("round", BigInteger, nullable=False),
    Column("pauses", Json(tuple[Pause, ...]), nullable=False),
    Column("merged_into", Text),
    Column("force", BigInteger, nullable=False),
    Column("escalated", Json(tuple[str, ...]), nullable=False),
    Column("score", Integer),
    Column("last", Json(Moved)),
    Column("twin", BigInteger, nullable=False),
    _derived("open", Boolean, lambda row: row.open),
)
_open_index(incident, incident.c.opened_at)
_merged = incident.c.merged_into.is_not(None)
Index("incident_merged", incident.c.merged_into, sqlite_where=_merged, postgresql_where=_merged)

call = Table(
    "call",
    SHARED,
    Column("id", Text, primary_key=True),
    Column("area", Text, nullable=False),
    Column("channel", Code(Channel), nullable=False),
    Column("received_at", Utc, nullable=False, index=True),
    Column("text", Json(Label), nullable=False),
    Column("caller", Json(Label)),
    Column("number", Text, nullable=False),
    Column("title", Json(Label)),
    Column("matter", Text, nullable=False),
    Column("level", Code(Level)),
    Column("place", Json(Label)),
    Column("at", Json(Point)),
    Column("source", Text, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("state", Code(CallState), nullable=False),
    Column("by", Json(By)),
    Column("incident", Text, index=True),
    Column("reason", Text, nullable=False),
    _derived("open", Boolean, lambda row: row.open),
)
_open_index(call, call.c.received_at)

assignment = Table(
    "assignment",
    SHARED,
    Column("id", Text, primary_key=True),
    Column("incident", Text, nullable=False, index=True),
    Column("agency", Text, nullable=False),
    Column("role", Code(Role), nullable=False),
    Column("unit", Text),
    Column("travel_s", Float),
    Column("ack_due_at", Utc),
    Column("times", Json(dict[str, datetime]), nullable=False),
    Column("scope", Text, nullable=False),
    Column("by", Json(By)),
    Column("way", Code(Way), nullable=False),
    Column("round", BigInteger, nullable=False),
    Column("arrive_due_at", Utc),
    Column("origin", Text),
    Column("reason", Text, nullable=False),
    _derived("open", Boolean, lambda row: row.status.open),
)
_open_index(assignment, assignment.c.id)
_held = assignment.c.open & assignment.c.unit.is_not(None)
Index("assignment_unit", assignment.c.unit, sqlite_where=_held, postgresql_where=_held)

task = Table(
    "task",
    SHARED,
    Column("id", Text, primary_key=True),
    Column("incident", Text, nullable=False, index=True),
    Column("order", Integer, nullable=False),
    Column("text", Json(Label), nullable=False),
    Column("agency", Text),
    Column("gate", Boolean, nullable=False),
    Column("due_at", Utc),
    Column("done_at", Utc),
    Column("done_by", Text),
    Column("void", Boolean, nullable=False),
)

conflict = Table(
    "conflict",
    SHARED,
    Column("id", Text, primary_key=True),
    Column("incident", Text, nullable=False, index=True),
    Column("subject", Code(Subject), nullable=False),
    Column("kept", Json(Claim), nullable=False),
    Column("other", Json(Claim), nullable=False),
    Column("also", Text, index=True),
    Column("settled_at", Utc),
    Column("settled_by", Json(Label)),
    Column("taken", Text),
    _derived("open", Boolean, lambda row: row.open),
)
_open_index(conflict, conflict.c.id)

casualty_report = Table(
    "casualty_report",
    SHARED,
    Column("id", Text, primary_key=True),
    Column("incident", Text, nullable=False, index=True),
    Column("count", Json(Casualties), nullable=False),
    Column("occurred_at", Utc, nullable=False),
    Column("by", Json(By), nullable=False),
)

request = Table(
    "request",
    SHARED,
    Column("id", Text, primary_key=True),
    Column("incident", Text, nullable=False, index=True),
    Column("kind", Code(RequestKind), nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Json(By), nullable=False),
    Column("due_at", Utc),
    Column("answered", Json(By)),
    Column("granted", Boolean, nullable=False),
    Column("answer", Text, nullable=False),
    _derived("open", Boolean, lambda row: row.open),
)
_open_index(request, request.c.id)

situation_report = Table(
    "situation_report",
    SHARED,
    Column("id", Text, primary_key=True),
    Column("incident", Text, nullable=False, index=True),
    Column("kind", Code(ReportKind), nullable=False),
    Column("to", Json(Label), nullable=False),
    Column("elements", Json(dict[str, str]), nullable=False),
    Column("reported_at", Utc, nullable=False),
    Column("by", Json(By), nullable=False),
    Column("by_phone", Boolean, nullable=False),
)

listed = Table(
    "listed",
    SHARED,
    Column("id", Text, primary_key=True),
    Column("area", Text, nullable=False),
    Column("content", Json(Content)),
)

attachment = Table(
    "attachment",
    SHARED,
    Column("id", Text, primary_key=True),
    Column("incident", Text, nullable=False, index=True),
    Column("sha256", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("media", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("by", Json(By), nullable=False),
)

reading = Table(
    "reading",
    SHARED,
    Column("indicator", Text, nullable=False),
    Column("at", Utc, nullable=False),
    Column("value", Float, nullable=False),
    PrimaryKeyConstraint("indicator", "at"),
    sqlite_with_rowid=False,
)

# No unique key on (device, number): an entry that does not fit is kept as evidence, and `first_broken` tells.
entry = Table(
    "entry",
    SHARED,
    Column("id", Text, primary_key=True),
    Column("device", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("at", Utc, nullable=False),
    Column("author", Text, nullable=False),
    Column("note", Json(Note), nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("incident", Text, info={"of": lambda row: row.note.incident}),
    Index("entry_chain", "device", "number"),
    Index("entry_at", "at", "number"),
    Index("entry_incident", "incident", "at", "number"),
)

position = Table(
    "position",
    SHARED,
    Column("id", Text, primary_key=True),
    Column("at", Json(Point), nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("heading", Float),
)

# What a service account brought under an id of its own: brought again, it is known.
intake = Table(
    "intake",
    SHARED,
    Column("source", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("hash", Text, nullable=False),  # SHA-256 of what was brought
    Column("at", Utc, nullable=False),
    PrimaryKeyConstraint("source", "kind", "id"),
    sqlite_with_rowid=False,
)

# Who brings facts from outside by a key of their own, to a platform or to a desk that works alone. A withdrawn one
# stays, to tell who gave and took it.
service_key = Table(
    "service_key",
    SHARED,
    Column("hash", Text, primary_key=True),  # SHA-256; the key itself is nowhere
    Column("name", Text, nullable=False),
    Column("at", Text, nullable=False),  # path
    Column("kinds", Json(list[str]), nullable=False),
    Column("added_at", Utc, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("removed_at", Utc),
    Column("removed_by", Text),
)

exercise = Table(
    "exercise",
    SHARED,
    Column("id", Text, primary_key=True),
    Column("scenario", Text, nullable=False),
    Column("elapsed_s", Float, nullable=False),
    Column("speed", Float, nullable=False),
    Column("state", Code(ExerciseState), nullable=False),
    Column("executed", Json(tuple[int, ...]), nullable=False),
)

# The desk: what the platform has not told back, and the platform's rows as they were underneath it.

outbox = Table(
    "outbox",
    DESK,
    Column("sequence", Integer, primary_key=True),  # the order in which things were done here, over all lanes
    Column("lane", Text, nullable=False),
    Column("n", BigInteger, nullable=False),  # contiguous per lane, from 1
    Column("id", Text, nullable=False, unique=True),
    Column("body", Text, nullable=False),  # the operation as it is sent
    Column("settled_at", Utc),  # None: the platform has not told back
    UniqueConstraint("lane", "n"),
)
Index("outbox_pending", outbox.c.sequence, sqlite_where=outbox.c.settled_at.is_(None))

base_row = Table(
    "base_row",
    DESK,
    Column("table", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("key", Text, nullable=False, index=True),  # of the incident or alarm it belongs to
    Column("body", Text),  # None: the platform has no such row
    PrimaryKeyConstraint("table", "id"),
    sqlite_with_rowid=False,
)

# What a pending operation is about, so that only those that something disturbed are decided anew.
pending_key = Table(
    "pending_key",
    DESK,
    Column("key", Text, nullable=False),
    Column("sequence", Integer, nullable=False, index=True),  # in the outbox
    PrimaryKeyConstraint("key", "sequence"),
    sqlite_with_rowid=False,
)

# Rows on their way in while all of a bucket, or everything, is fetched anew; they take effect together.
staged = Table(
    "staged",
    DESK,
    Column("table", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("body", Text),
    PrimaryKeyConstraint("table", "id"),
    sqlite_with_rowid=False,
)

inbox = Table(
    "inbox",
    DESK,
    Column("id", Text, primary_key=True),  # of the operation
    Column("body", Text, nullable=False),
    Column("phrase", Json(Phrase), nullable=False),
    Column("dismissed_at", Utc),
    Column("resent_as", Text),  # the operation that took its place
)

# The platform: the order of everything, what became of each operation, and who is signed in.

head = Table(
    "head",
    PLATFORM,
    Column("id", Integer, primary_key=True),  # one row
    Column("sequence", BigInteger, nullable=False),
)

feed = Table(
    "feed",
    PLATFORM,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("txn", BigInteger, nullable=False),  # the sequence its transaction ends at
    Column("table", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("body", Text),  # None: gone
    Column("bucket", Text, nullable=False),  # the path it is seen at
    Column("at", Utc, nullable=False),
)
Index("feed_row", feed.c.table, feed.c.id)

# What is in each bucket now, and the sum of it after every transaction: a desk compares its own rows with that.
member = Table(
    "member",
    PLATFORM,
    Column("bucket", Text, nullable=False),
    Column("table", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("hash", BigInteger, nullable=False),
    PrimaryKeyConstraint("bucket", "table", "id"),
    sqlite_with_rowid=False,
)

bucket_sum = Table(
    "bucket_sum",
    PLATFORM,
    Column("bucket", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("hash", BigInteger, nullable=False),  # the sum of its rows' hashes, modulo 2**63
    PrimaryKeyConstraint("bucket", "sequence"),
    sqlite_with_rowid=False,
)

lane = Table(
    "lane",
    PLATFORM,
    Column("client", Text, primary_key=True),
    Column("lane", Text, primary_key=True),
    Column("n", BigInteger, nullable=False),  # the last one processed
)

outcome = Table(
    "outcome",
    PLATFORM,
    Column("client", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("id", Text, nullable=False, index=True),
    Column("hash", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("at", Utc, nullable=False),  # the platform's clock
    Column("refusal", Json(Phrase)),  # None: applied
    Column("again", Boolean, nullable=False),  # it had come another way before, and was not done twice
    Column("sequence", BigInteger, nullable=False),
    PrimaryKeyConstraint("client", "lane", "n"),
)
Index("outcome_of_client", outcome.c.client, outcome.c.sequence)
Index("outcome_sequence", outcome.c.sequence)

# Every desk that signed in, as it was last heard of.
desk = Table(
    "desk",
    PLATFORM,
    Column("device", Text, primary_key=True),
    Column("user", Text, nullable=False),
    Column("nonce", Text, nullable=False),  # renewed at each sign-in: a copied database does not know the last
    Column("incarnation", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("scopes", Json(list[str]), nullable=False),
    Column("first_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False, index=True),
    Column("cursor", BigInteger, nullable=False),
    Column("pending", Integer, nullable=False),
    Column("pending_since", Utc),  # when the oldest of them was done
    Column("error", Json(Phrase)),
)

# Who has signed in where: an operation says who did it, and is believed for those.
sign_in = Table(
    "sign_in",
    PLATFORM,
    Column("device", Text, primary_key=True),
    Column("user", Text, primary_key=True),
    Column("at", Utc, nullable=False),
)

attempt = Table(
    "attempt",
    PLATFORM,
    Column("user", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("until", Utc),
)

breach = Table(
    "breach",
    PLATFORM,
    Column("entry", Text, ForeignKey(entry.c.id), primary_key=True),  # did not fit its device's chain
    Column("device", Text, nullable=False),  # or "!" and who sent what was not theirs to write
    Column("number", BigInteger, nullable=False),
    Column("at", Utc, nullable=False),
)

token = Table(
    "token",
    PLATFORM,
    Column("hash", Text, primary_key=True),  # SHA-256; the token itself is nowhere
    Column("user", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("expires_at", Utc, nullable=False, index=True),
)

KINDS: dict[type, Table] = {
    Alarm: alarm,
    Incident: incident,
    IncomingCall: call,
    Assignment: assignment,
    Task: task,
    Reading: reading,
    Conflict: conflict,
    CasualtyReport: casualty_report,
    Attachment: attachment,
    Request: request,
    SituationReport: situation_report,
    Listed: listed,
    Entry: entry,
    Position: position,
    Exercise: exercise,
}
# A camera's columns are not its fields: `console.store.catalogue` has its table.
NAMES: dict[type, str] = {kind: table.name for kind, table in KINDS.items()} | {Camera: "camera"}
FEED_KINDS: dict[str, type] = {name: kind for kind, name in NAMES.items() if kind not in (Position, Exercise)}


def values(row: object) -> dict[str, Any]:
    """A row's columns."""
    found = {name: getattr(row, name) for name in _FIELDS[type(row)]}
    for name, of in _DERIVED[type(row)].items():
        found[name] = of(row)
    return found


_FIELDS = {kind: [c.name for c in table.columns if "of" not in c.info] for kind, table in KINDS.items()}
_DERIVED = {kind: {c.name: c.info["of"] for c in table.columns if "of" in c.info} for kind, table in KINDS.items()}


_TIMES = {
    kind: [c.name for c in table.columns if isinstance(c.type, Utc) and "of" not in c.info]
    for kind, table in KINDS.items()
}


def in_utc(row: Any) -> Any:
    """A row with its times in UTC, as they come back from a database: the same row has one text."""
    found = {}
    for name in _TIMES.get(type(row), ()):
        value = getattr(row, name)
        if value is not None and value.utcoffset():
            found[name] = value.astimezone(UTC)
    return replace(row, **found) if found else row


def now() -> datetime:
    """The platform's clock, for its own columns."""
    return datetime.now(UTC)
