"""A town's platform between its villages and the city: store and forward.

To those below it is a platform: what they push is decided here at once, so that they go on coordinating when
only the way to the city is down. To the city it is a desk: it pushes their operations on under their own ids and
takes in the city's feed, and what the city decided otherwise goes down as it goes to any desk.
"""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

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
from console.store.store import Store
from console.sync.catalogue import LOADED, Progress
from console.sync.client import Client, LinkState
from console.sync.files import everything
from console.sync.messages import Page, canonical, fingerprint
from console.sync.outbox import Applied

T = TypeVar("T")
PASSED_ON = "relay.catalogue"  # the one from above that those below have


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


class Relay:
    """The links of a relay's realms to the platform above, one each. Opened when a realm is."""

    def __init__(self, above: str, user: str, password: str) -> None:
        self._above, self._user, self._password = above, user, password
        self._links: dict[str, tuple[Client, ThreadPoolExecutor]] = {}
        self._lock = threading.Lock()

    def open(self, realm: Realm) -> None:
        """Begin to pass on what a realm has; once, however often it is said."""
        name = realm.store.realm
        with self._lock:
            if name in self._links:
                return
            pool = ThreadPoolExecutor(1, f"relay-{name}")

            def submit(fn: Callable[[Store], T], /, *, pool: ThreadPoolExecutor = pool) -> Future[T]:
                return pool.submit(fn, realm.store)

            client = Client(
                submit,
                self._above,
                user=self._user,
                password=self._password,
                realm=name,
                then=pass_on,
                wanted=everything,
            )
            client.on_changes = lambda applied: self._changed(realm, applied)
            client.on_catalogue = lambda progress: self._publish(realm, progress)
            client.start()
            self._links[name] = client, pool

    def _changed(self, realm: Realm, applied: Applied) -> None:
        realm.tell(moved=bool(applied.positions))

    def _publish(self, realm: Realm, progress: Progress) -> None:
        """The catalogue from above is whole: it is the one of those below."""
        if not progress.done:
            return
        with realm.store.read() as view:
            loaded = view.setting(LOADED)
            if loaded == view.setting(PASSED_ON):
                return
        republish(realm.store)
        with realm.store.begin() as tx:
            tx.set_setting(PASSED_ON, loaded)
        realm.tell()

    def wake(self, realm: str) -> None:
        """Something was taken from below: pass it on now."""
        if link := self._links.get(realm):
            link[0].wake()

    def send_positions(self, realm: str, positions: Iterable[Position]) -> None:
        if link := self._links.get(realm):
            link[0].send_positions(positions)

    def states(self) -> dict[str, LinkState]:
        """How the way up is, by realm."""
        return {name: client.state for name, (client, _) in self._links.items()}

    def close(self) -> None:
        """Stop; what has not gone up goes up after the next start."""
        with self._lock:
            for client, pool in self._links.values():
                client.close()
                pool.shutdown()
            self._links.clear()
