"""What ought to be: read from the platform's feed and the desk's outbox, without the code that puts them together."""

import json
from contextlib import suppress
from functools import cache
from typing import Any

from sqlalchemy import select

from console.domain.area import visible
from console.domain.errors import Refused
from console.store import tables
from console.store.codec import decode
from console.store.queries import View
from console.store.store import Store
from console.sync import outbox
from tests.support_model import Key, Model, key_of

UNDECIDED = ("entry", "reading")  # nothing is decided on these


@cache
def _row(table: str, body: str) -> Any:
    return decode(tables.FEED_KINDS[table], body)


def told(view: View, scopes: list[str], cursor: int | None = None) -> dict[Key, Any]:
    """The rows that the feed up to a cursor has for some scopes."""
    feed = tables.feed
    query = select(feed.c.sequence, feed.c.table, feed.c.id, feed.c.body, feed.c.bucket).order_by(feed.c.sequence)
    if cursor is not None:
        query = query.where(feed.c.sequence <= cursor)
    latest: dict[tuple[str, str, str], tuple[int, str | None]] = {}
    for sequence, table, id, body, bucket in view.connection.execute(query):
        if visible((bucket,), scopes):
            latest[table, id, bucket] = sequence, body
    rows: dict[Key, tuple[int, str]] = {}
    for (table, id, _bucket), (sequence, body) in latest.items():
        if body is not None and rows.get((table, id), (-1, ""))[0] < sequence:
            rows[table, id] = sequence, body
    return {key: _row(key[0], body) for key, (_, body) in rows.items()}


def shown(store: Store) -> dict[Key, Any]:
    """All rows that a store has now."""
    with store.read() as view:
        return {
            (table, row.id): row  # type: ignore[attr-defined]
            for table, kind in tables.FEED_KINDS.items()
            for row in view.every(kind)
        }


def decided(rows: dict[Key, Any]) -> dict[Key, Any]:
    return {key: row for key, row in rows.items() if key[0] not in UNDECIDED}


def replayed(rows: dict[Key, Any], bodies: list[str], areas: tuple[str, ...]) -> dict[Key, Any]:
    """Operations done one after the other over rows; those that are refused change nothing."""
    rows = dict(rows)
    for body in bodies:
        with suppress(Refused, ValueError, KeyError):
            operation, actor = outbox.read_sent(json.loads(body), areas)
            rows |= {key_of(row): row for row in operation.decide(Model(rows), actor).rows}
    return rows


def difference(there: dict[Key, Any], here: dict[Key, Any]) -> str:
    """In a few words."""
    said = [f"lacks {key}" for key in sorted(there.keys() - here.keys())]
    said += [f"has {key}" for key in sorted(here.keys() - there.keys())]
    for key in sorted(there.keys() & here.keys()):
        if there[key] != here[key]:
            fields = [f for f in there[key].__slots__ if getattr(there[key], f) != getattr(here[key], f)]
            values = [f"{f} {getattr(here[key], f)!r} for {getattr(there[key], f)!r}" for f in fields]
            said.append(f"{key}: {'; '.join(values)}"[:400])
    return " | ".join(said[:4])
