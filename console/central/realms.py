"""The realms of a platform, so that a drill and the real thing cannot mix: a file each, or a schema each."""

import asyncio
import re
import secrets
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path

from sqlalchemy import insert, select

from console.central import feed
from console.central.notices import Notices
from console.central.pages import Pages
from console.central.tally import Tally
from console.domain.errors import KnownError, Refused
from console.domain.words import Phrase
from console.store import lock, postgres, tables
from console.store.engine import connected
from console.store.ids import new_id
from console.store.queries import View
from console.store.store import Side, Store
from console.sync.messages import Live

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class Realm:
    """One realm's store, and those who listen for something new in it.

    With `notices` it is shared with other processes, and all of them hear what one tells.
    """

    def __init__(self, store: Store, notices: Notices | None = None) -> None:
        self.store = store
        self.tally = Tally()
        # Changes when positions came in. Processes begin at different numbers: a desk that comes from one to another
        # sees a change.
        self.moved = secrets.randbelow(2**32) if notices else 0
        self.pages = Pages()
        self._notices = notices
        self._listeners: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self._lock = threading.Lock()
        with store.begin(alone=True) as tx:
            if tx.setting("central.incarnation") is None:
                tx.set_setting("central.incarnation", new_id())
            if tx.connection.execute(select(tables.head.c.id)).first() is None:
                tx.connection.execute(insert(tables.head), {"id": 1, "sequence": 0})
        with store.read() as view:
            self.incarnation = str(view.setting("central.incarnation"))
            self.head = feed.end(view)
        store.on_grown = self.tell

    def tell(self, *, moved: bool = False) -> None:
        """The feed has grown; or `moved`: there are new positions. From any thread.

        It is committed whether or not this is heard, so a database that went away just now is no error.
        """
        if self._notices:
            with suppress(KnownError):
                self._notices.tell(self.store, moved)
        else:
            self.hear(moved)

    def hear(self, moved: bool) -> None:
        """Something was committed, here or by another process."""
        with self._lock:
            self.moved += moved
        if self._grown() or moved:
            self._wake()

    def reread(self) -> None:
        """Wake the listeners if the feed has grown unheard."""
        if self._grown():
            self._wake()

    def _grown(self) -> bool:
        with suppress(KnownError), self.store.read() as view:
            head = feed.end(view)
            if self.alone and head > self.head:
                self._read_ahead(view, head)
            with self._lock:
                grown, self.head = head > self.head, max(self.head, head)
            return grown
        return False

    def _read_ahead(self, view: View, head: int) -> None:
        """All who listen ask at once: what most of them will ask for is at hand before they do."""
        for asked, scopes in self.pages.next():
            self.pages.get(head, (asked, scopes), partial(feed.common, view, asked, scopes))

    @property
    def alone(self) -> bool:
        """Whether nobody but this process writes, so that `head` is where the feed ends."""
        return self._notices is None

    @property
    def listened(self) -> bool:
        return bool(self._listeners)

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

    def _wake(self) -> None:
        """Each loop is woken once, however many listen on it."""
        for loop in set(self._listeners.copy().values()):
            with suppress(RuntimeError):  # it has ended
                loop.call_soon_threadsafe(self._set, loop)

    def _set(self, loop: asyncio.AbstractEventLoop) -> None:
        for event, of in self._listeners.copy().items():
            if of is loop:
                event.set()


class Realms:
    """Opens a realm when it is first asked for.

    `source` is a folder of SQLite files, of which this is the only process; or the address of a PostgreSQL
    database, where others work too. `areas` are the paths of the organisation tree. Raises `KnownError` database_url.
    """

    def __init__(self, source: Path | str, side: Side = "platform", areas: Iterable[str] = ()) -> None:
        self._side: Side = side
        self._areas = tuple(areas)
        self._open: dict[str, Realm] = {}
        self._lock = threading.Lock()
        self._notices: Notices | None = None
        self._files: Path | None = None
        if isinstance(source, Path):
            self._files = source
            source.mkdir(parents=True, exist_ok=True)
        else:
            self._url = source
            self._address = postgres.address(source)
            self._engine = postgres.connect(self._address, None, connections=2)
            self._notices = Notices(self._engine, self._heard, self._reread)

    def get(self, name: str, create: bool = False) -> Realm | None:
        """The realm, or None when there is none of that name. Raises `KnownError`, see `Store`."""
        if realm := self._open.get(name):
            return realm
        if not NAME.fullmatch(name):
            return None
        with self._lock:
            if name not in self._open:
                if not create and not self._there(name):
                    return None
                store = self._store(name)
                try:
                    self._open[name] = Realm(store, self._notices)
                except BaseException:
                    store.close()
                    raise
            return self._open[name]

    def names(self) -> list[str]:
        """Every realm that there is, open or not."""
        if self._files:
            return sorted(file.stem for file in self._files.glob("*.db") if NAME.fullmatch(file.stem))
        with connected(self._engine, postgres.place(self._address)) as connection:
            return postgres.realms(connection)

    def close(self) -> None:
        if self._notices:
            self._notices.close()
            self._engine.dispose()
        with self._lock:
            for realm in self._open.values():
                realm.store.close()
            self._open.clear()

    def _there(self, name: str) -> bool:
        if self._files:
            return (self._files / f"{name}.db").exists()
        with connected(self._engine, postgres.place(self._address)) as connection:
            return postgres.has_realm(connection, name)

    def _store(self, name: str) -> Store:
        if self._files:
            return Store.open(self._files / f"{name}.db", None, realm=name, side=self._side, areas=self._areas)
        return Store.connect(self._url, realm=name, areas=self._areas)

    def _heard(self, name: str | None, moved: bool) -> None:
        for realm in list(self._open.values()):
            if name in (None, realm.store.realm):
                realm.hear(moved)

    def _reread(self) -> None:
        for realm in list(self._open.values()):
            if realm.listened:
                realm.reread()


@contextmanager
def opened(source: Path | str, realm: str) -> Iterator[Store]:
    """A realm of a platform, that runs or not. Raises what `Store` does."""
    held = None
    if isinstance(source, Path):
        try:
            held = lock.take_platform(source)
        except KnownError:
            with closing(_beside(source, realm)) as store:
                yield store
            return
    realms = Realms(source)
    try:
        found = realms.get(realm, create=True)
        if found is None:
            raise Refused(Phrase("key_name", {"name": realm}))
        yield found.store
    finally:
        realms.close()
        if held is not None:
            lock.release(held)


def _beside(source: Path, realm: str) -> Store:
    return Store.open(source / f"{realm}.db", None, realm=realm, side="platform", beside=True)
