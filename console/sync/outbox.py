"""Operations on their way: done here at once, and queued for the platform in the same transaction.

    changes = perform(store, CloseIncident(incident.id), Actor("u1", name, now, area))

`n` is contiguous per lane, `id` never changes: repeating a push is harmless. There is no "in flight" state:
an operation is pending until the platform's feed says that it was processed.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from console.domain.agency import Position
from console.domain.alarm import Alarm
from console.domain.camera import Camera
from console.domain.indicator import Reading
from console.domain.log import End, Entry, seal
from console.domain.operation import Actor, Changes, Lane, LeaveOut, Operation, Row
from console.domain.operations import VERSION, about, camera_key, keys
from console.store import tables
from console.store.codec import decode, encode
from console.store.codec import read_sent as read_sent
from console.store.ids import new_id
from console.store.keepable import checked
from console.store.queries import Tx
from console.store.store import Store
from console.sync.messages import MAX_OPERATIONS, MAX_PUSH_BYTES, canonical, fingerprint

KEPT = timedelta(days=30)  # after the platform told back: a restored platform is given them again
_CHUNK = 500
LEFT = "log.left"  # the end of this device's chain, when its last entry was taken from here
LANES: tuple[Lane, ...] = ("command", "bulk")
_BASE = select(tables.base_row.c.id).where(
    tables.base_row.c.table == bindparam("of"), tables.base_row.c.id.in_(bindparam("some", expanding=True))
)
_KEEP_BASE = insert(tables.base_row)
_LAST = select(func.max(tables.outbox.c.n)).where(tables.outbox.c.lane == bindparam("of"))
_ADD = insert(tables.outbox).returning(tables.outbox.c.sequence)


@dataclass(frozen=True, slots=True)
class Applied:
    """What is different on the desk after something came from the platform."""

    rows: tuple[Row, ...] = ()
    entries: tuple[Entry, ...] = ()
    positions: tuple[Position, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()  # (table, id) of rows that are no more: refused, or out of scope

    def __bool__(self) -> bool:
        return bool(self.rows or self.entries or self.positions or self.gone)


def perform(store: Store, operation: Operation, actor: Actor) -> Changes:
    """Do it here and now, and queue it for the platform. One transaction.

    Raises `Refused` when the rules do not allow it and `KnownError` disk_full; nothing has changed then.
    What would not arrive as it is (a NaN, a megabyte) is a `ValueError`.
    """
    with store.begin() as tx:
        return perform_in(tx, store, operation, actor)[0]


def perform_in(tx: Tx, store: Store, operation: Operation, actor: Actor) -> tuple[Changes, str]:
    """`perform` as part of a transaction; also the id of the operation."""
    args = encode(checked(operation))
    if decode(type(operation), args) != operation:
        raise ValueError(f"{operation.NAME} does not survive the wire: {args[:200]}")
    actor = replace(actor, at=actor.at.astimezone(UTC))
    touched = about(operation, tx)
    changes = operation.decide(tx, actor)
    if changes.notes and operation.LANE != "command":
        raise ValueError(f"{operation.NAME} writes to the log: it belongs in the command lane")
    overlay(tx, changes.rows, changes.removed)
    entries: list[Entry] = []
    last = _chain_end(tx, store.device) if changes.notes else None
    for note in changes.notes:
        last = seal(note, id=new_id(), device=store.device, author=actor.user, at=actor.at, area=actor.area, last=last)
        entries.append(last)
    tx.put(*entries)
    for row in changes.rows:
        touched |= keys(row)
    return changes, _queue(tx, store, operation, args, actor, entries, touched)


def _chain_end(tx: Tx, device: str) -> Entry | End | None:
    last, left = tx.last_entry(device), tx.setting(LEFT)
    if left and left["device"] == device and (last is None or last.number < left["number"]):
        return End(**left)
    return last


def take_from_log(tx: Tx, device: str, id: str) -> None:
    """An entry leaves this database. If it is `device`'s own last one, the next still follows it."""
    end = _chain_end(tx, device)
    if isinstance(end, Entry) and end.id == id:
        tx.set_setting(LEFT, {"device": device, "number": end.number, "hash": end.hash})
    tx.remove(Entry, id)


def overlay(tx: Tx, rows: Iterable[Row], removed: Iterable[tuple[type, str]] = ()) -> None:
    """Write rows of a pending operation, keeping the platform's version of each underneath.

    Readings are facts that nothing decides on: they need none.
    """
    rows = list(rows)
    by_kind: dict[type, dict[str, Row]] = {}
    for row in rows:
        if not isinstance(row, Reading):
            by_kind.setdefault(type(row), {})[row.id] = row
    for kind, changed in by_kind.items():
        _keep_base(tx, kind, changed)
    tx.put(*rows)
    for kind, id in removed:
        if (there := tx.get(kind, id)) is not None:
            _keep_base(tx, kind, {id: there})
            tx.remove(kind, id)


def _keep_base(tx: Tx, kind: type[Row], changed: Mapping[str, Row]) -> None:
    table, ids = tables.NAMES[kind], list(changed)
    for at in range(0, len(ids), _CHUNK):
        kept = set(tx.connection.scalars(_BASE, {"of": table, "some": ids[at : at + _CHUNK]}))
        fresh = [id for id in ids[at : at + _CHUNK] if id not in kept]
        before = tx.some(kind, fresh)
        bases = [
            {
                "table": table,
                "id": id,
                "key": _key(changed[id]),
                "body": encode(before[id]) if id in before else None,
            }
            for id in fresh
        ]
        if bases:
            tx.connection.execute(_KEEP_BASE, bases)


def _key(row: Row) -> str:
    if isinstance(row, Camera):
        return camera_key(row.id)
    return row.id if isinstance(row, Alarm) else getattr(row, "incident", row.id)


def _queue(
    tx: Tx,
    store: Store,
    operation: Operation,
    args: str,
    actor: Actor,
    entries: list[Entry],
    touched: Iterable[str],
) -> str:
    last = tx.connection.scalar(_LAST, {"of": operation.LANE}) or 0
    fields: dict[str, Any] = {
        "id": new_id(),
        "lane": operation.LANE,
        "n": last + 1,
        "name": operation.NAME,
        "args": json.loads(args),
        "actor": json.loads(encode(actor)),
        "realm": store.realm,
        "version": VERSION,
        "device": store.device if entries else None,
        "entries": [json.loads(encode(entry)) for entry in entries],
    }
    id: str = fields["id"]
    body = canonical({**fields, "hash": fingerprint(fields)})
    if len(body.encode()) > MAX_PUSH_BYTES:
        raise ValueError(f"{operation.NAME} is too large to send: {len(body)} characters")
    sequence = tx.connection.scalar(_ADD, {"lane": operation.LANE, "n": last + 1, "id": id, "body": body})
    if found := [{"key": key, "sequence": sequence} for key in sorted(touched)]:
        tx.connection.execute(insert(tables.pending_key), found)
    return id


def leave_out(tx: Tx, lane: Lane, n: int, realm: str) -> None:
    """Put an operation that changes nothing in the place of one that can never be sent: the lane has no gap.

    What that wrote in the log still goes up. When this cannot be sent either, the log stays behind.
    """
    outbox = tables.outbox
    mine = outbox.c.lane == lane, outbox.c.n == n
    before = json.loads(tx.connection.execute(select(outbox.c.body).where(*mine)).scalar_one())
    entries = [] if before["name"] == LeaveOut.NAME else before["entries"]
    fields: dict[str, Any] = {
        "id": new_id(), "lane": lane, "n": n, "name": LeaveOut.NAME, "args": {}, "actor": {}, "realm": realm,
        "version": VERSION, "device": before.get("device") if entries else None, "entries": entries,
    }  # fmt: skip
    body = canonical({**fields, "hash": fingerprint(fields)})
    tx.connection.execute(update(outbox).where(*mine).values(id=fields["id"], body=body))


def pending(store: Store) -> dict[Lane, int]:
    """How many operations the platform has not told back yet, per lane."""
    outbox = tables.outbox
    with store.read() as view:
        query = select(outbox.c.lane, func.count()).where(outbox.c.settled_at.is_(None)).group_by(outbox.c.lane)
        found = {row[0]: int(row[1]) for row in view.connection.execute(query)}
    return {lane: found.get(lane, 0) for lane in LANES}


def pending_since(store: Store) -> datetime | None:
    """When the oldest operation was done that the platform has not told back; None for none."""
    outbox = tables.outbox
    query = select(outbox.c.body).where(outbox.c.settled_at.is_(None)).order_by(outbox.c.sequence).limit(1)
    with store.read() as view:
        body = view.connection.scalar(query)
    at = json.loads(body)["actor"].get("at") if body else None
    return datetime.fromisoformat(at) if at else None


@dataclass(frozen=True, slots=True)
class Batch:
    """Operations of one lane that fit one push, as JSON text."""

    first: int  # n of the first of them
    oldest: int  # n of the oldest that is still held
    bodies: list[str]
    device: str  # whose they are


def to_send(store: Store, lane: Lane, after: int | None, most: int = MAX_OPERATIONS) -> Batch:
    """The next operations of a lane.

    `after` is the n that the platform is known to have; None begins with the oldest that is pending.
    """
    outbox = tables.outbox
    query = select(outbox.c.n, outbox.c.body).where(outbox.c.lane == lane)
    query = query.where(outbox.c.settled_at.is_(None) if after is None else outbox.c.n > after)
    with store.read() as view:
        found = view.connection.execute(query.order_by(outbox.c.n).limit(most)).all()
        oldest = view.connection.scalar(select(func.min(outbox.c.n)).where(outbox.c.lane == lane))
    bodies: list[str] = []
    room = MAX_PUSH_BYTES
    for n, body in found:
        room -= len(body.encode()) + 1
        if bodies and (room < 0 or n != found[0].n + len(bodies)):
            break
        bodies.append(body)
    return Batch(found[0].n if found else 0, oldest or 1, bodies, store.device)


def performed_ids(store: Store) -> set[str]:
    """The ids of every operation kept here (those told back are kept 30 days)."""
    with store.read() as view:
        return set(view.connection.scalars(select(tables.outbox.c.id)))


def forget(store: Store, now: datetime) -> int:
    """Drop what the platform told back more than 30 days ago; how many there were."""
    outbox = tables.outbox
    with store.begin() as tx:
        # the last of each lane stays: the next takes its number from it
        newest = select(func.max(outbox.c.n).label("n"), outbox.c.lane).group_by(outbox.c.lane).subquery()
        last = select(newest.c.n).where(newest.c.lane == outbox.c.lane).scalar_subquery()
        old = delete(outbox).where(outbox.c.settled_at < now - KEPT, outbox.c.n < last)
        forgotten = tx.connection.execute(old).rowcount
        held = select(outbox.c.sequence)
        tx.connection.execute(delete(tables.pending_key).where(tables.pending_key.c.sequence.not_in(held)))
        tx.prune_readings(now - KEPT)  # the platform keeps them
        return forgotten
