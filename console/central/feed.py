"""The feed: the one order of everything that happened in a realm.

Numbers come from a counter row that is taken last in a transaction and held until it commits, so that a
reader that has seen a number has seen all that came before it, however many write at once.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert, select, update

from console.domain.log import Entry
from console.domain.operation import Row
from console.domain.words import Phrase
from console.store import tables
from console.store.codec import encode
from console.store.queries import Tx, View
from console.sync.messages import FeedRow, Outcome, Page, Sent


@dataclass(frozen=True, slots=True)
class Decided:
    """An operation that was looked at: what it changed, or why not."""

    sent: Sent
    user: str
    town: str
    rows: tuple[Row | Entry, ...]
    refusal: Phrase | None


def append(tx: Tx, client: str, decided: Sequence[Decided]) -> None:
    """Number what was decided, in order. The last thing a transaction does."""
    head = tables.head
    width = sum(len(one.rows) + 1 for one in decided)
    end = tx.connection.scalar(update(head).values(sequence=head.c.sequence + width).returning(head.c.sequence))
    at = int(end or 0) - width
    rows, outcomes = [], []
    for one in decided:
        txn = at + len(one.rows) + 1  # an operation ends with its outcome
        for row in one.rows:
            at += 1
            rows.append(
                {
                    "sequence": at,
                    "txn": txn,
                    "table": tables.KINDS[type(row)].name,
                    "id": row.id,
                    "body": encode(row),
                    "town": getattr(row, "town", "") or one.town,
                }
            )
        at = txn
        sent = one.sent
        outcomes.append(
            {
                "client": client,
                "lane": sent.lane,
                "n": sent.n,
                "id": sent.id,
                "hash": sent.hash,
                "name": sent.name,
                "user": one.user,
                "at": tables.now(),
                "refusal": one.refusal,
                "sequence": txn,
            }
        )
    if rows:
        tx.connection.execute(insert(tables.feed), rows)
    tx.connection.execute(insert(tables.outcome), outcomes)


def end(view: View) -> int:
    """The number of the last thing that happened."""
    return int(view.connection.scalar(select(tables.head.c.sequence)) or 0)


def page(view: View, client: str, after: int, limit: int) -> Page:
    """What follows `after`: about `limit` rows, to the end of an operation."""
    feed, outcome = tables.feed, tables.outcome
    head = cursor = end(view)
    columns = (feed.c.sequence, feed.c.txn, feed.c.table, feed.c.id, feed.c.body)
    # never past `head`: what commits meanwhile is for the next page
    query = select(*columns).where(feed.c.sequence > after, feed.c.sequence <= head).order_by(feed.c.sequence)
    found = list(view.connection.execute(query.limit(limit)))
    if len(found) == limit:
        cursor = found[-1].txn
        rest = select(*columns).where(feed.c.sequence > found[-1].sequence, feed.c.sequence <= cursor)
        found += view.connection.execute(rest.order_by(feed.c.sequence))
    mine = outcome.c.client == client, outcome.c.sequence > after, outcome.c.sequence <= cursor
    settled = select(outcome.c.lane, func.max(outcome.c.n)).where(*mine).group_by(outcome.c.lane)
    refused = select(outcome.c.lane, outcome.c.n, outcome.c.id, outcome.c.refusal).where(
        *mine, outcome.c.refusal.is_not(None)
    )
    return Page(
        incarnation=view.setting("central.incarnation"),
        after=after,
        cursor=cursor,
        head=head,
        rows=[
            FeedRow(table=row.table, id=row.id, row=None if row.body is None else json.loads(row.body)) for row in found
        ],
        settled={row[0]: row[1] for row in view.connection.execute(settled)},
        refused=[
            Outcome(lane=row.lane, n=row.n, id=row.id, refusal=row.refusal)
            for row in view.connection.execute(refused.order_by(outcome.c.sequence))
        ],
    )
