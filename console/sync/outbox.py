"""Operations on their way: done here at once, and queued for the platform in the same transaction.

    changes = perform(store, MoveIncident(incident.id, Move.CLOSE), Actor("u1", name, now, area))

`n` is contiguous per lane, `id` never changes: repeating a push is harmless. There is no "in flight" state:
an operation is pending until the platform's feed says that it was processed.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from pydantic_core import from_json
from sqlalchemy import bindparam, delete, func, insert, select, update

from console.domain.agency import Position
from console.domain.alarm import Alarm
from console.domain.camera import Camera
from console.domain.incoming import IncomingCall
from console.domain.indicator import Reading
from console.domain.lists import Listed
from console.domain.log import End, Entry, Note, seal
from console.domain.operation import Actor, Changes, Lane, LeaveOut, Operation, Row
from console.domain.operations import VERSION, about, camera_key, keys, list_key
from console.store import tables
from console.store.codec import decode, encode, plain
from console.store.codec import read_sent as read_sent
from console.store.draft import Draft
from console.store.ids import new_id
from console.store.keepable import checked
from console.store.queries import Tx
from console.store.store import Store
from console.sync.messages import MAX_OPERATIONS, MAX_PUSH_BYTES, canonical, fingerprint, sealed

KEPT = timedelta(days=30)  # after the platform told back: a restored platform is given them again
LEFT = "log.left"  # the end of this device's chain, when its last entry was taken from here
LANES: tuple[Lane, ...] = ("command", "bulk")
_BASES = select(tables.base_row.c.id).where(
    tables.base_row.c.table == bindparam("of"), tables.base_row.c.id.in_(bindparam("ids", expanding=True))
)
_KEEP_BASE = insert(tables.base_row)
_LAST = select(func.max(tables.outbox.c.n)).where(tables.outbox.c.lane == bindparam("of"))
_LAST_OF_ALL = select(func.max(tables.outbox.c.sequence))
# plain text and numbers, many of them: as the driver takes them
_ADD = "INSERT INTO outbox (sequence, lane, n, id, body) VALUES (?, ?, ?, ?, ?)"
_ADD_KEYS = "INSERT INTO pending_key (key, sequence) VALUES (?, ?)"


@dataclass(frozen=True, slots=True)
class Applied:
    """What is different on the desk after something came from the platform."""

    rows: tuple[Row, ...] = ()
    entries: tuple[Entry, ...] = ()
    positions: tuple[Position, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()  # (table, id) of rows that are no more: refused, or out of scope
    rescoped: bool = False  # all values and positions left: those that may still be seen come again

    def __bool__(self) -> bool:
        return bool(self.rows or self.entries or self.positions or self.gone or self.rescoped)


def perform(store: Store, operation: Operation, actor: Actor) -> Changes:
    """Do it here and now, and queue it for the platform. One transaction.

    Raises `Refused` when the rules do not allow it and `KnownError` disk_full; nothing has changed then.
    What would not arrive as it is (a NaN, a megabyte) is a `ValueError`.
    """
    with store.begin() as tx:
        return perform_in(tx, store, operation, actor)[0]


def perform_in(tx: Tx, store: Store, operation: Operation, actor: Actor) -> tuple[Changes, str]:
    """`perform` as part of a transaction; also the id of the operation."""
    work = Work(tx, store)
    done = work.perform(operation, actor)
    work.write()
    return done


class Work:
    """Operations done one after the other in one transaction: decided over a draft, written in one go.

    `perform` raises as the one above; what was done before in the same work stays. Nothing is in the database until
    `write`, which is called once, at the end.
    """

    def __init__(self, tx: Tx, store: Store) -> None:
        self.tx, self.store = tx, store
        self.draft = Draft(tx)
        self._entries: list[Entry] = []
        self._n: dict[Lane, int] = {}
        self._sequence = 0
        self._bodies: list[tuple[int, Lane, int, str, str]] = []
        self._keys: list[tuple[str, int]] = []

    def perform(self, operation: Operation, actor: Actor) -> tuple[Changes, str]:
        args = encode(checked(operation))
        if decode(type(operation), args) != operation:
            raise ValueError(f"{operation.NAME} does not survive the wire: {args[:200]}")
        if actor.at.tzinfo is not UTC:
            actor = replace(actor, at=actor.at.astimezone(UTC))
        touched = about(operation, self.draft)
        changes = operation.decide(self.draft, actor)
        if changes.notes and operation.LANE != "command":
            raise ValueError(f"{operation.NAME} writes to the log: it belongs in the command lane")
        entries = self._seal(changes.notes, actor)
        for row in changes.rows:
            touched |= keys(row)
        id = self._queue(operation, args, actor, entries, touched)
        self.draft.put(*changes.rows)
        self.draft.remove(*changes.removed)
        self._entries += entries
        return Changes(changes.rows, changes.notes, changes.removed, tuple(entries)), id

    def write(self) -> None:
        """Everything that was done, into the transaction."""
        overlay(self.tx, cast("Iterable[Row]", self.draft.written.values()), self.draft.removed)
        self.tx.put(*self._entries)
        if self._bodies:
            self.tx.connection.exec_driver_sql(_ADD, self._bodies)
        if self._keys:
            self.tx.connection.exec_driver_sql(_ADD_KEYS, self._keys)

    def _seal(self, notes: Iterable[Note], actor: Actor) -> list[Entry]:
        device, entries = self.store.device, list[Entry]()
        for note in notes:
            before = entries or self._entries
            last = before[-1] if before else _chain_end(self.tx, device)
            entries.append(
                seal(note, id=new_id(), device=device, author=actor.user, at=actor.at, area=actor.area, last=last)
            )
        return entries

    def _queue(
        self, operation: Operation, args: str, actor: Actor, entries: list[Entry], touched: Iterable[str]
    ) -> str:
        lane, scalar = operation.LANE, self.tx.connection.scalar
        n = (self._n[lane] if lane in self._n else scalar(_LAST, {"of": lane}) or 0) + 1
        sequence = (self._sequence or scalar(_LAST_OF_ALL) or 0) + 1
        fields: dict[str, Any] = {
            "id": new_id(),
            "lane": lane,
            "n": n,
            "name": operation.NAME,
            "args": from_json(args),
            "actor": plain(actor),
            "realm": self.store.realm,
            "version": VERSION,
            "device": self.store.device if entries else None,
            "entries": [plain(entry) for entry in entries],
        }
        body = sealed(fields)
        if 4 * len(body) > MAX_PUSH_BYTES and len(body.encode()) > MAX_PUSH_BYTES:
            raise ValueError(f"{operation.NAME} is too large to send: {len(body)} characters")
        self._n[lane], self._sequence = n, sequence
        self._bodies.append((sequence, lane, n, fields["id"], body))
        self._keys += [(key, sequence) for key in sorted(touched)]
        return str(fields["id"])


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
    _keep_base(tx, [row for row in rows if not isinstance(row, Reading)])
    tx.put(*rows)
    for kind, id in removed:
        if (there := tx.get(kind, id)) is not None:
            _keep_base(tx, [there])
            tx.remove(kind, id)


def _keep_base(tx: Tx, rows: Iterable[Row]) -> None:
    """What is here of these rows goes underneath, where nothing is yet."""
    by_kind: dict[type, dict[str, Row]] = {}
    for row in rows:
        by_kind.setdefault(type(row), {})[row.id] = row
    for kind, found in by_kind.items():
        table, ids = tables.NAMES[kind], list(found)
        fresh = found.keys() - tx.those(_BASES, ids, of=table)
        before: dict[str, Row] = tx.several(kind, [id for id in ids if id in fresh])
        bases = [
            {"table": table, "id": id, "key": _key(row), "body": encode(before[id]) if id in before else None}
            for id, row in found.items()
            if id in fresh
        ]
        if bases:
            tx.connection.execute(_KEEP_BASE, bases)


def _key(row: Row) -> str:
    if isinstance(row, Camera):
        return camera_key(row.id)
    if isinstance(row, Listed):
        return list_key(row.id)
    return row.id if isinstance(row, Alarm | IncomingCall) else getattr(row, "incident", row.id)


def leave_out(tx: Tx, lane: Lane, n: int, realm: str) -> None:
    """Put an operation that changes nothing in the place of one that can never be sent: the lane has no gap.

    What that wrote in the log still goes up. When this cannot be sent either, the log stays behind.
    """
    outbox = tables.outbox
    mine = outbox.c.lane == lane, outbox.c.n == n
    before = json.loads(tx.connection.execute(select(outbox.c.body).where(*mine)).scalar_one())
    entries = [] if before["name"] == LeaveOut.NAME else before["entries"]
    fields: dict[str, Any] = {
        "id": new_id(), "lane": lane, "n": n, "name": LeaveOut.NAME, "args": {},
        "actor": before["actor"] if entries else {}, "realm": realm,
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
