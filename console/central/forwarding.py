"""The steps of a relay: queue for the platform above, pass down what came from there. Without threads or a network.

To those below it a relay is a platform: what they push is decided here at once, so that they go on coordinating when
only the way to the city is down. To the city it is a desk: it pushes their operations on under their own ids and
takes in the city's feed, and what the city decided otherwise goes down as it goes to any desk.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from sqlalchemy import func, insert, select

from console.central import feed
from console.central.catalogue import republish
from console.central.feed import Decided, Placed
from console.central.realms import Realm
from console.domain.agency import Position
from console.domain.assignment import Assignment
from console.domain.camera import Camera
from console.domain.incident import Incident
from console.domain.operation import LeaveOut
from console.domain.operations import buckets
from console.store import catalogue, tables
from console.store.draft import Draft
from console.store.queries import Tx
from console.sync.catalogue import LOADED
from console.sync.messages import Page, canonical, fingerprint
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

    Of one that was refused here only what it wrote in the log goes up.
    """
    outbox = tables.outbox
    last: dict[str, int] = {}
    for one in decided:
        sent = one.sent
        if sent is None or one.again:
            continue
        if sent.lane not in last:
            last[sent.lane] = tx.connection.scalar(select(func.max(outbox.c.n)).where(outbox.c.lane == sent.lane)) or 0
        last[sent.lane] += 1
        fields = sent.model_dump() | {"n": last[sent.lane], "device": sent.device or client}
        if one.refusal is not None:
            fields |= {"name": LeaveOut.NAME, "args": {}}
        body = canonical({**fields, "hash": fingerprint(fields)})
        row = {"lane": sent.lane, "n": last[sent.lane], "id": sent.id, "body": body}
        sequence = tx.connection.scalar(insert(outbox).returning(outbox.c.sequence), row)
        if found := [{"key": key, "sequence": sequence} for key in sorted(touched.get(sent.id, ()))]:
            tx.connection.execute(insert(tables.pending_key), found)


def pass_on(tx: Tx, applied: Applied, page: Page | None) -> None:
    """What came from above goes into this platform's own feed, in the transaction that took it in."""
    for outcome in page.refused if page else ():
        if outcome.refusal is not None:
            feed.tell_back(tx, outcome.id, outcome.refusal)
    found = [
        Placed(table, id, None, bucket) for table, id in applied.gone for bucket in sorted(_seen_at(tx, table, id))
    ]
    draft = Draft(tx)
    for row in (*applied.rows, *applied.entries):
        found += feed.placed(row, draft, "")
    for id in sorted(_incidents(applied.rows)):
        if (incident := draft.get(Incident, id)) is not None:
            before = feed.buckets_of(tx, tables.incident.name, id)
            found += feed.moved(id, draft, before, buckets(incident, draft, ""))
    feed.place(tx, found)


def _seen_at(tx: Tx, table: str, id: str) -> set[str]:
    return {catalogue.area_of(tx, id)} if table == tables.NAMES[Camera] else feed.buckets_of(tx, table, id)


def _incidents(rows: Iterable[object]) -> set[str]:
    """Incidents that others may see now, or no more."""
    found = {row.id for row in rows if isinstance(row, Incident)}
    return found | {row.incident for row in rows if isinstance(row, Assignment)}


def publish(realm: Realm) -> bool:
    """The catalogue from above is whole: it is the one of those below. Whether it was not yet."""
    with realm.store.read() as view:
        loaded = view.setting(LOADED)
        if loaded == view.setting(PASSED_ON):
            return False
    republish(realm.store)
    with realm.store.begin() as tx:
        tx.set_setting(PASSED_ON, loaded)
    return True
