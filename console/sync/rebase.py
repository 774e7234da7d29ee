"""Taking in what the platform says: its rows go underneath, what is still pending is decided anew on top."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import delete, insert, select, update

from console.domain.errors import Refused
from console.domain.indicator import Reading
from console.domain.log import Entry
from console.domain.operation import Lane, Row
from console.domain.words import Phrase
from console.store import tables
from console.store.codec import decode
from console.store.queries import Tx
from console.store.store import Store
from console.sync.messages import FeedRow, Page
from console.sync.outbox import Applied, overlay, read_sent

CURSOR, INCARNATION = "sync.cursor", "sync.incarnation"


def cursor(store: Store) -> int:
    """How far the feed has been taken in."""
    with store.read() as view:
        return int(view.setting(CURSOR, 0))


def apply(store: Store, page: Page) -> Applied:
    """Take in one page, in one transaction. A page that does not follow on is left out.

    Raises `ValueError` for a row that cannot be read; nothing has changed then.
    """
    with store.begin() as tx:
        at, known = int(tx.setting(CURSOR, 0)), tx.setting(INCARNATION)
        if known not in (None, page.incarnation) or page.head < at:
            _start_over(tx, page.incarnation)
            return Applied()
        if page.after != at:
            return Applied()
        tx.set_setting(INCARNATION, page.incarnation)
        tx.set_setting(CURSOR, page.cursor)
        for outcome in page.refused:
            _refuse(tx, outcome.lane, outcome.n, outcome.refusal or Phrase("op_failed", {"name": ""}))
        for lane, n in page.settled.items():
            _settle(tx, lane, n)
        return _rebase(tx, page.rows, "command" in page.settled)


def quarantine(store: Store, lane: Lane, n: int) -> Applied:
    """The platform has another operation under this number: this one goes to the inbox."""
    with store.begin() as tx:
        outbox = tables.outbox
        body = tx.connection.scalar(select(outbox.c.body).where(outbox.c.lane == lane, outbox.c.n == n))
        if body is None:
            return Applied()
        _refuse(tx, lane, n, Phrase("op_changed", {"name": json.loads(body)["name"]}))
        tx.connection.execute(
            update(outbox)
            .where(outbox.c.lane == lane, outbox.c.n == n, outbox.c.settled_at.is_(None))
            .values(settled_at=datetime.now(UTC))
        )
        return _rebase(tx, [], True)


def _start_over(tx: Tx, incarnation: str) -> None:
    """The platform was restored or made anew: fetch all of it, and give it again what it may have lost."""
    tx.set_setting(CURSOR, 0)
    tx.set_setting(INCARNATION, incarnation)
    tx.connection.execute(update(tables.outbox).values(settled_at=None))


def _settle(tx: Tx, lane: Lane, n: int) -> None:
    outbox = tables.outbox
    tx.connection.execute(
        update(outbox)
        .where(outbox.c.lane == lane, outbox.c.n <= n, outbox.c.settled_at.is_(None))
        .values(settled_at=datetime.now(UTC))
    )


def _refuse(tx: Tx, lane: Lane, n: int, phrase: Phrase) -> None:
    """Into the inbox; once, however often the platform says so."""
    outbox, inbox = tables.outbox, tables.inbox
    found = tx.connection.execute(
        select(outbox.c.id, outbox.c.body).where(outbox.c.lane == lane, outbox.c.n == n)
    ).first()
    if found and tx.connection.execute(select(inbox.c.id).where(inbox.c.id == found.id)).first() is None:
        tx.connection.execute(insert(inbox), {"id": found.id, "body": found.body, "phrase": phrase})


@dataclass(slots=True)
class _Seen:
    """Rows as they were before, to tell what is different after."""

    tx: Tx
    before: dict[tuple[type, str], Any] = field(default_factory=dict)

    def note(self, kind: type, id: str) -> None:
        if (kind, id) not in self.before:
            self.before[kind, id] = self.tx.get(kind, id)

    def changed(self) -> tuple[list[Row], list[tuple[str, str]]]:
        rows: list[Row] = []
        gone: list[tuple[str, str]] = []
        for (kind, id), before in self.before.items():
            after = self.tx.get(kind, id)
            if after is None and before is not None:
                gone.append((tables.KINDS[kind].name, id))
            elif after != before:
                rows.append(after)
        return rows, gone


def _rebase(tx: Tx, incoming: Iterable[FeedRow], settled: bool) -> Applied:
    seen = _Seen(tx)
    rows: dict[tuple[type, str], Any] = {}  # the last of each
    readings: dict[str, Reading] = {}
    entries: dict[str, Entry] = {}
    for item in incoming:
        kind = tables.FEED_KINDS.get(item.table)
        if kind is None:
            raise ValueError(f"no table {item.table!r}")
        row = None if item.row is None else decode(kind, json.dumps(item.row))
        if isinstance(row, Reading):
            readings[row.id] = row
        elif isinstance(row, Entry):
            entries[row.id] = row
        else:
            rows[kind, item.id] = row

    new_entries = [entry for id, entry in entries.items() if tx.get(Entry, id) is None]
    new_readings = _unknown(tx, readings.values())
    tx.put(*new_entries, *new_readings)
    if rows or settled:  # nothing is decided on readings and log entries
        _uncover(tx, seen)
        for (kind, id), row in rows.items():
            seen.note(kind, id)
            if row is None:
                tx.remove(kind, id)
            else:
                tx.put(row)
        _replay(tx, seen)
    changed, gone = seen.changed()
    return Applied((*changed, *new_readings), tuple(new_entries), (), tuple(gone))


def _uncover(tx: Tx, seen: _Seen) -> None:
    """Put the platform's versions back."""
    base = tables.base_row
    for table, id, body in tx.connection.execute(select(base)).all():
        kind = tables.FEED_KINDS[table]
        seen.note(kind, id)
        if body is None:
            tx.remove(kind, id)
        else:
            tx.put(cast(Row, decode(kind, body)))
    tx.connection.execute(delete(base))


def _replay(tx: Tx, seen: _Seen) -> None:
    """Decide what is pending again. One that is refused now stays pending: the platform has the last word."""
    outbox = tables.outbox
    # the bulk lane only adds readings, and those were not taken away
    query = select(outbox.c.body).where(outbox.c.settled_at.is_(None), outbox.c.lane == "command")
    for body in tx.connection.scalars(query.order_by(outbox.c.sequence)).all():
        operation, actor = read_sent(body)
        try:
            changes = operation.decide(tx, actor)
        except Refused:
            continue
        for row in changes.rows:
            if not isinstance(row, Reading):
                seen.note(type(row), row.id)
        overlay(tx, changes.rows)


def _unknown(tx: Tx, readings: Iterable[Reading]) -> list[Reading]:
    """Those that are not here already with the same value."""
    readings = list(readings)
    if not readings:
        return []
    since = min(reading.at for reading in readings)
    known = tx.readings({reading.indicator for reading in readings}, since)
    have = {(id, at): value for id, series in known.items() for at, value in series}
    return [reading for reading in readings if have.get((reading.indicator, reading.at)) != reading.value]
