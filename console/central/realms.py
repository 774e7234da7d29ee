"""The realms of a platform: one database file each, so that a drill and the real thing cannot mix."""

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import insert, select

from console.central import feed
from console.store import tables
from console.store.ids import new_id
from console.store.store import Store
from console.sync.messages import Live

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class Realm:
    """One realm's store, and those who listen for something new in it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.moved = 0  # counts the times that positions came in
        self._listeners: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        with store.begin() as tx:
            if tx.setting("central.incarnation") is None:
                tx.set_setting("central.incarnation", new_id())
            if tx.connection.execute(select(tables.head.c.id)).first() is None:
                tx.connection.execute(insert(tables.head), {"id": 1, "sequence": 0, "moved": 0})
        with store.read() as view:
            self.incarnation = str(view.setting("central.incarnation"))
            self.head = feed.end(view)

    def tell(self) -> None:
        """Something was committed. From any thread."""
        with self.store.read() as view:
            self.head = max(self.head, feed.end(view))
        for event, loop in list(self._listeners.items()):
            with suppress(RuntimeError):  # its loop has ended
                loop.call_soon_threadsafe(event.set)

    async def listen(self) -> AsyncIterator[Live]:
        """Where the feed ends: now, and whenever that changes."""
        event = asyncio.Event()
        event.set()
        self._listeners[event] = asyncio.get_running_loop()
        try:
            while True:
                await event.wait()
                event.clear()
                yield Live(head=self.head, positions=self.moved)
        finally:
            del self._listeners[event]


class Realms:
    """Opens a realm when it is first asked for."""

    def __init__(self, folder: Path, areas: Iterable[str] = ()) -> None:
        """`areas` are the paths of the organisation tree."""
        self._folder, self._areas = folder, tuple(areas)
        self._open: dict[str, Realm] = {}
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, name: str, create: bool = False) -> Realm | None:
        """The realm, or None when there is none of that name."""
        if not NAME.fullmatch(name):
            return None
        with self._lock:
            if name not in self._open:
                path = self._folder / f"{name}.db"
                if not create and not path.exists():
                    return None
                store = Store.open(path, None, realm=name, side="platform", areas=self._areas)
                self._open[name] = Realm(store)
            return self._open[name]

    def close(self) -> None:
        with self._lock:
            for realm in self._open.values():
                realm.store.close()
            self._open.clear()
