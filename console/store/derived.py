"""What is worked out from rows, and so worked out anew when a migration has rewritten them."""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from console.domain.assignment import Assignment
from console.domain.incident import Task
from console.domain.operation import Dispatch
from console.domain.operations import about
from console.store import tables
from console.store.codec import decode, encode, read_sent
from console.store.draft import Draft
from console.store.queries import Tx
from console.store.sums import Sum, counts, row_hash
from console.store.tables import Side

ANEW = "sync.anew"  # {"cursor": N} while a desk fetches everything anew
_CHUNK = 1000


def fetch_anew(tx: Tx) -> None:
    """The desk begins the feed again at its next pull; what is here stays until the end has come."""
    tx.connection.execute(delete(tables.staged))
    tx.set_setting(ANEW, {"cursor": 0})


def work_out(tx: Tx, side: Side, areas: Iterable[str]) -> None:
    """All of it, for a side. `areas` are the paths of the organisation tree."""
    if tables.DESK in tables.SIDES[side]:
        _pending_keys(tx, tuple(areas))
        fetch_anew(tx)  # the rows' texts are others now, and so are their sums
    if tables.PLATFORM in tables.SIDES[side]:
        _sums(tx)


def _pending_keys(tx: Tx, areas: tuple[str, ...]) -> None:
    """What every operation is about; of those told back too, as a restored platform makes them pending again."""
    outbox, table, here = tables.outbox, tables.pending_key, Draft(tx)
    tx.connection.execute(delete(table))
    query = select(outbox.c.sequence, outbox.c.body).where(outbox.c.lane == "command").order_by(outbox.c.sequence)
    for sequence, body in tx.connection.execute(query):
        try:
            operation, _ = read_sent(json.loads(body), areas)
        except (ValueError, KeyError):
            continue  # nothing is decided on it
        if isinstance(operation, Dispatch):  # its rows may not be here, while it is refused
            brought: tuple[Assignment | Task, ...] = (*operation.assignments, *operation.tasks)
            here.put(*(row for row in brought if here.get(type(row), row.id) is None))
        if keys := sorted(about(operation, here)):
            tx.connection.execute(insert(table), [{"key": key, "sequence": sequence} for key in keys])


def _sums(tx: Tx) -> None:
    """The feed's texts as they are written now, what is in each bucket, and the sums after every transaction."""
    tx.connection.execute(delete(tables.member))
    tx.connection.execute(delete(tables.bucket_sum))
    members: dict[tuple[str, str, str], int] = {}
    sums: dict[str, Sum] = {}
    for txn, rows in groupby(_retold(tx), key=lambda row: int(row[0])):
        touched = set()
        for _, bucket, table, id, hashed in rows:
            total, key = sums.setdefault(bucket, Sum()), (bucket, table, id)
            if (before := members.pop(key, None)) is not None:
                total.take(before)
            if hashed is not None:
                members[key] = hashed
                total.add(hashed)
            touched.add(bucket)
        after = [{"bucket": b, "sequence": txn, "count": sums[b].count, "hash": sums[b].hash} for b in sorted(touched)]
        if after:
            tx.connection.execute(insert(tables.bucket_sum), after)
    here = [{"bucket": b, "table": t, "id": i, "hash": hashed} for (b, t, i), hashed in members.items()]
    for at in range(0, len(here), _CHUNK):
        tx.connection.execute(insert(tables.member), here[at : at + _CHUNK])


def _retold(tx: Tx) -> Iterator[tuple[int, str, str, str, int | None]]:
    """(txn, bucket, table, id, hash) of the feed's rows that count, in order; None for one that is gone."""
    feed, done = tables.feed, -1
    change = update(feed).where(feed.c.sequence == bindparam("of")).values(body=bindparam("text"))
    while found := tx.connection.execute(
        select(feed).where(feed.c.sequence > done).order_by(feed.c.sequence).limit(_CHUNK)
    ).all():
        done, changed = found[-1].sequence, []
        told: list[tuple[int, str, str, str, int | None]] = []
        for item in found:
            place = item.txn, item.bucket, item.table, item.id
            if item.body is None:
                told.append((*place, None))
                continue
            row: Any = tables.in_utc(decode(tables.FEED_KINDS[item.table], item.body))
            if (text := encode(row)) != item.body:
                changed.append({"of": item.sequence, "text": text})
            if counts(row):
                told.append((*place, row_hash(item.table, item.id, text)))
        if changed:
            tx.connection.execute(change, changed)
        yield from told
