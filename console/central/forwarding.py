"""The steps of a relay: queue for the platform above, pass down what came from there. Without threads or a network.

To those below it a relay is a platform: what they push is decided here at once, so that they go on coordinating when
only the way to the city is down. To the city it is a desk: it pushes their operations on under their own ids and
takes in the city's feed, and what the city decided otherwise goes down as it goes to any desk.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Protocol

from sqlalchemy import func, insert, select

from console.central import feed
from console.central.catalogue import republish
from console.central.feed import Decided, Placed
from console.central.realms import Realm
from console.domain.agency import Position
from console.domain.assignment import Assignment
from console.domain.camera import Camera
from console.domain.incident import Incident
from console.domain.indicator import Reading
from console.domain.log import Entry
from console.domain.operation import LeaveOut, Row
from console.domain.operations import buckets
from console.store import catalogue, tables
from console.store.codec import decode_leniently
from console.store.draft import Draft
from console.store.ids import new_id
from console.store.queries import Tx
from console.sync.catalogue import LOADED
from console.sync.messages import FeedRow, Outcome, canonical, fingerprint
from console.sync.outbox import Applied

PASSED_ON = "relay.catalogue"  # the one from above that those below have


class WayUp(Protocol):
    """Takes what is queued to the platform above, when it can."""

    def open(self, realm: Realm) -> None:
        """Begin to pass on what a realm has; once, however often it is said."""
        ...

    def wake(self, realm: str) -> None:
        """Something was taken from below: pass it on now."""
        ...

    def send_positions(self, realm: str, positions: Iterable[Position]) -> None: ...

    def close(self) -> None:
        """Stop; what has not gone up goes up after the next start."""
        ...


def forward(tx: Tx, client: str, decided: Sequence[Decided], touched: Mapping[str, set[str]]) -> None:
    """Queue what was taken from a client for the platform above, in the order it was decided.

    Of one that was refused here only what it wrote in the log goes up, and under another id: it may yet be sent
    again, to a platform that has not refused it. What was not for the client to write goes up by itself, as evidence.
    All of it in the order it was written, or the one above would find its chain broken.
    """
    for one in decided:
        sent = one.sent
        if sent is None or one.again:
            continue
        fields = sent.model_dump() | {"device": client}
        nothing = {"name": LeaveOut.NAME, "args": {}}
        waiting = one.refusal is None  # it goes with the first of what was its client's to write
        if waiting and not one.said:
            _queue(tx, fields | {"entries": []}, touched.get(sent.id, ()))
            waiting = False
        for aside, entries in _runs(one, sent.entries):
            if aside:
                _queue(tx, fields | nothing | {"id": new_id(), "args": {"evidence": True}, "entries": entries}, ())
            elif waiting:
                _queue(tx, fields | {"entries": entries}, touched.get(sent.id, ()))
                waiting = False
            else:
                _queue(tx, fields | nothing | {"id": new_id(), "entries": entries}, ())


def _runs(one: Decided, entries: Iterable[dict[str, Any]]) -> list[tuple[bool, list[dict[str, Any]]]]:
    """What was written, in its order, parted where it begins or ceases to be evidence."""
    kept = (entry for entry in entries if entry.get("id") in one.said | one.evidence)
    return [(aside, list(some)) for aside, some in groupby(kept, lambda entry: entry["id"] in one.evidence)]


def _queue(tx: Tx, fields: dict[str, Any], touched: Iterable[str]) -> None:
    outbox, lane = tables.outbox, fields["lane"]
    last = tx.connection.scalar(select(func.max(outbox.c.n)).where(outbox.c.lane == lane)) or 0
    fields = fields | {"n": last + 1}
    body = canonical({**fields, "hash": fingerprint(fields)})
    row = {"lane": lane, "n": last + 1, "id": fields["id"], "body": body}
    sequence = tx.connection.scalar(insert(outbox).returning(outbox.c.sequence), row)
    if found := [{"key": key, "sequence": sequence} for key in sorted(touched)]:
        tx.connection.execute(insert(tables.pending_key), found)


def pass_on(tx: Tx, applied: Applied, refused: Sequence[Outcome], came: Sequence[FeedRow]) -> None:
    """What came from above goes into this platform's own feed, in the transaction that took it in."""
    for outcome in refused:
        if outcome.refusal is not None:
            feed.tell_back(tx, outcome.id, outcome.refusal)
    found = [
        Placed(table, id, None, bucket) for table, id in applied.gone for bucket in sorted(_seen_at(tx, table, id))
    ]
    draft = Draft(tx)
    changed = {(tables.NAMES[type(row)], row.id): row for row in (*applied.rows, *applied.entries)}
    around = [row for id in sorted(_incidents(tx, applied)) for row in feed.all_of(id, draft)]
    for (table, id), row in {**{(tables.NAMES[type(row)], row.id): row for row in around}, **changed}.items():
        if isinstance(row, Camera):
            found += feed.placed(row, draft, "")
        elif not isinstance(row, Reading):
            found += _moved(tx, row, draft, changed=(table, id) in changed)
    feed.place(tx, [*found, *_placeless(tx, came)])


def _seen_at(tx: Tx, table: str, id: str) -> set[str]:
    return {catalogue.area_of(tx, id)} if table == tables.NAMES[Camera] else feed.buckets_of(tx, table, id)


def _moved(tx: Tx, row: Row | Entry, draft: Draft, changed: bool) -> list[Placed]:
    """A row where it is seen now and was not, or everywhere when it has changed; and gone where it is seen no more."""
    table, now = tables.NAMES[type(row)], buckets(row, draft, "")
    if "" in now:
        return []  # see `_placeless`
    before = feed.buckets_of(tx, table, row.id)
    left = [Placed(table, row.id, None, bucket) for bucket in sorted(before - now)]
    # one that is seen elsewhere too is said to be there in the same breath
    came = now if changed or left else now - before
    return [*left, *(Placed(table, row.id, row, bucket) for bucket in sorted(came))]


def _incidents(tx: Tx, applied: Applied) -> set[str]:
    """Incidents that others may see now, or no more."""
    last = (feed.last_told(tx, table, id) for table, id in applied.gone if table == tables.NAMES[Assignment])
    found = {row.incident for row in (*applied.rows, *last) if isinstance(row, Assignment)}
    found |= {row.id for row in applied.rows if isinstance(row, Incident)}
    return found | {id for table, id in applied.gone if table == tables.NAMES[Incident]}


def _placeless(tx: Tx, came: Iterable[FeedRow]) -> list[Placed]:
    """Readings, and log entries of the first version, name no place of their own: they are seen where the platform
    above has them. Those that were passed on, or came from below, are left out.
    """
    found = []
    last = {(item.table, item.id, item.bucket): item.row for item in came}  # pages joined into one tell a row twice
    for (table, id, bucket), body in last.items():
        if body is not None and bucket is not None:
            row: Any = decode_leniently(tables.FEED_KINDS[table], body)
            named = isinstance(row, Entry) and row.area
            if not named and feed.told_now(tx, table, id, bucket) != row:
                found.append(Placed(table, id, row, bucket))
    return found


def publish(realm: Realm) -> None:
    """The catalogue from above is whole: it is the one of those below, if it was not yet."""
    with realm.store.read() as view:
        loaded = view.setting(LOADED)
        if loaded == view.setting(PASSED_ON):
            return
    republish(realm.store)
    with realm.store.begin() as tx:
        tx.set_setting(PASSED_ON, loaded)
