"""A town's platform between its villages and the city: the way up, on threads of its own.

What it does with what comes and goes is in `forwarding`.
"""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from console.central.forwarding import pass_on, publish
from console.central.realms import Realm
from console.domain.agency import Position
from console.store.store import Store
from console.sync.catalogue import Progress
from console.sync.client import Client, LinkState
from console.sync.files import everything
from console.sync.outbox import Applied

T = TypeVar("T")


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
        if applied.positions:
            realm.tell(moved=True)

    def _publish(self, realm: Realm, progress: Progress) -> None:
        if progress.done:
            publish(realm)

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
