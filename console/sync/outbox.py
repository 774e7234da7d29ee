"""What the desk did and the platform has not told back yet.

A write of the desk is one transaction: the rows as they are after it, the log entries sealed into the
device's chain, and the operation in the outbox. Under each row that a pending operation touched, the
platform's own version is kept (`base_row`). `rebase.apply` takes in what the platform says over those.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from console.domain.agency import Position
from console.domain.indicator import Reading
from console.domain.log import Entry, seal
from console.domain.operation import OPERATIONS, Actor, Changes, Lane, Operation, Row
from console.domain.words import Phrase
from console.store import tables
from console.store.codec import decode, encode
from console.store.ids import new_id
from console.store.queries import Tx
from console.store.store import Store
from console.sync.messages import MAX_OPERATIONS, MAX_PUSH_BYTES, canonical, fingerprint

KEPT = timedelta(days=30)  # after the platform told back: a restored platform is given them again
LANES: tuple[Lane, ...] = ("command", "bulk")
_BASE = select(tables.base_row.c.id).where(
    tables.base_row.c.table == bindparam("of"), tables.base_row.c.id == bindparam("row")
)
_KEEP_BASE = insert(tables.base_row)
_LAST = select(func.max(tables.outbox.c.n)).where(tables.outbox.c.lane == bindparam("of"))
_ADD = insert(tables.outbox)


@dataclass(frozen=True, slots=True)
class Applied:
    """What is different on the desk after something came from the platform."""

    rows: tuple[Row, ...] = ()
    entries: tuple[Entry, ...] = ()
    positions: tuple[Position, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()  # (table, id) of rows that are no more: a refused operation's

    def __bool__(self) -> bool:
        return bool(self.rows or self.entries or self.positions or self.gone)


@dataclass(frozen=True, slots=True)
class Refusal:
    """待处理: an operation the platform did not take. Its payload is kept until someone dismisses it."""

    id: str  # of the operation
    name: str  # "incident.dispatch"
    payload: dict[str, Any]  # its arguments
    user: str
    at: datetime  # when it was done, by the desk's clock
    phrase: Phrase  # why


def perform(store: Store, operation: Operation, actor: Actor) -> Changes:
    """Do it here and now, and queue it for the platform. One transaction.

    Raises `Refused` when the rules do not allow it and `KnownError` disk_full; nothing has changed then.
    What would not arrive as it is (a NaN, a megabyte) is a `ValueError`.
    """
    args = encode(operation)
    if decode(type(operation), args) != operation:
        raise ValueError(f"{operation.NAME} does not survive the wire: {args[:200]}")
    actor = replace(actor, at=actor.at.astimezone(UTC))
    with store.begin() as tx:
        changes = operation.decide(tx, actor)
        if changes.notes and operation.LANE != "command":
            raise ValueError(f"{operation.NAME} writes to the log: it belongs in the command lane")
        overlay(tx, changes.rows)
        entries: list[Entry] = []
        last = tx.last_entry(store.device) if changes.notes else None
        for note in changes.notes:
            last = seal(note, id=new_id(), device=store.device, author=actor.user, at=actor.at, last=last)
            entries.append(last)
        tx.put(*entries)
        _queue(tx, store.realm, operation, args, actor, entries)
    return changes


def overlay(tx: Tx, rows: Iterable[Row]) -> None:
    """Write rows of a pending operation, keeping the platform's version of each underneath.

    Readings are facts that nothing decides on: they need none.
    """
    rows = list(rows)
    for row in rows:
        if isinstance(row, Reading):
            continue
        table = tables.KINDS[type(row)].name
        if tx.connection.execute(_BASE, {"of": table, "row": row.id}).first() is None:
            before = tx.get(type(row), row.id)
            body = None if before is None else encode(before)
            tx.connection.execute(_KEEP_BASE, {"table": table, "id": row.id, "body": body})
    tx.put(*rows)


def _queue(tx: Tx, realm: str, operation: Operation, args: str, actor: Actor, entries: list[Entry]) -> None:
    last = tx.connection.scalar(_LAST, {"of": operation.LANE}) or 0
    fields: dict[str, Any] = {
        "id": new_id(),
        "lane": operation.LANE,
        "n": last + 1,
        "name": operation.NAME,
        "args": json.loads(args),
        "actor": json.loads(encode(actor)),
        "realm": realm,
        "entries": [json.loads(encode(entry)) for entry in entries],
    }
    body = canonical({**fields, "hash": fingerprint(fields)})
    if len(body.encode()) > MAX_PUSH_BYTES:
        raise ValueError(f"{operation.NAME} is too large to send: {len(body)} characters")
    tx.connection.execute(_ADD, {"lane": operation.LANE, "n": last + 1, "id": fields["id"], "body": body})


def pending(store: Store) -> dict[Lane, int]:
    """How many operations the platform has not told back yet, per lane."""
    outbox = tables.outbox
    with store.read() as view:
        query = select(outbox.c.lane, func.count()).where(outbox.c.settled_at.is_(None)).group_by(outbox.c.lane)
        found = {row[0]: int(row[1]) for row in view.connection.execute(query)}
    return {lane: found.get(lane, 0) for lane in LANES}


def to_send(store: Store, lane: Lane, after: int | None) -> tuple[int, list[str]]:
    """The next operations of a lane that fit one push, as JSON, and the n of the first of them.

    `after` is the n that the platform is known to have; None begins with the oldest that is pending.
    """
    outbox = tables.outbox
    query = select(outbox.c.n, outbox.c.body).where(outbox.c.lane == lane)
    query = query.where(outbox.c.settled_at.is_(None) if after is None else outbox.c.n > after)
    with store.read() as view:
        found = view.connection.execute(query.order_by(outbox.c.n).limit(MAX_OPERATIONS)).all()
    bodies: list[str] = []
    room = MAX_PUSH_BYTES
    for _n, body in found:
        room -= len(body.encode()) + 1
        if bodies and room < 0:
            break
        bodies.append(body)
    return (found[0].n if found else 0), bodies


def read_sent(body: str) -> tuple[Operation, Actor]:
    """A queued operation and who did it."""
    fields = json.loads(body)
    return decode(OPERATIONS[fields["name"]], json.dumps(fields["args"])), decode(Actor, json.dumps(fields["actor"]))


def inbox(store: Store) -> list[Refusal]:
    """What waits for a person, oldest first."""
    table, refusals = tables.inbox, []
    with store.read() as view:
        query = select(table.c.body, table.c.phrase).where(table.c.dismissed_at.is_(None)).order_by(table.c.id)
        for body, phrase in view.connection.execute(query):
            fields = json.loads(body)
            actor = decode(Actor, json.dumps(fields["actor"]))
            refusals.append(Refusal(fields["id"], fields["name"], fields["args"], actor.user, actor.at, phrase))
    return refusals


def dismiss(store: Store, id: str) -> None:
    """A person has dealt with this refusal."""
    table = tables.inbox
    with store.begin() as tx:
        tx.connection.execute(update(table).where(table.c.id == id).values(dismissed_at=datetime.now(UTC)))


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
        return tx.connection.execute(old).rowcount
