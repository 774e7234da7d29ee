"""One database of one realm: a desk's own, or the platform's.

store = Store.open(path, key)                      # the desk; `key` is 32 random bytes
with store.read() as view: view.open_alarms()      # one consistent snapshot
with store.begin() as tx: tx.put(row)              # one transaction: all of it, or nothing
follower = Store.open(path, key, read_only=True)   # a wall on the same machine
store = Store.connect(url, realm="drill-7")        # the platform's, on PostgreSQL beside other workers
"""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Literal, cast

from sqlalchemy import Connection, Engine, PoolProxiedConnection, event, inspect

from console.domain.errors import KnownError
from console.domain.words import Phrase
from console.store import blobs, catalogue, engine, folder, lock, postgres, tables  # noqa: F401 (two of them add tables)
from console.store.queries import Tx, View

Side = Literal["desk", "platform", "relay"]
Dialect = Literal["sqlite", "postgresql"]
_TABLES = {
    "desk": (tables.SHARED, tables.DESK),
    "platform": (tables.SHARED, tables.PLATFORM),
    "relay": (tables.SHARED, tables.PLATFORM, tables.DESK),  # a platform to those below, a desk to the one above
}


class Store:
    """Any thread may use it; readers see the last commit and wait for nobody.

    In a file, writers take turns. On PostgreSQL they write at once, each holding the rows it asked for by id.
    `realm` is "live" or a drill's id. `device` is this database's own id, minted when it is created: the
    device of its log chain and the client of its outbox are one and the same.
    """

    realm: str
    device: str
    areas: tuple[str, ...] = ()  # the paths of the organisation tree, where they are known

    def __init__(self, path: Path | None, database: Engine, held: int | None, place: str) -> None:
        """See `open` and `connect`."""
        self.path = path  # None: not a file
        self._engine = database
        self._held = held
        self._place = place  # as people are told it
        self._writer = threading.Lock() if path else nullcontext()
        self._watching: PoolProxiedConnection | None = None

    @classmethod
    def open(
        cls,
        path: Path,
        key: bytes | None,
        *,
        realm: str = "live",
        side: Side = "desk",
        read_only: bool = False,
    ) -> "Store":
        """Open the database, creating it when it is not there.

        `key` is 32 bytes; None keeps it unencrypted. `read_only` opens a follower: it takes no lock, and
        `version` tells it that something changed.

        Raises `KnownError`: store_key (wrong key, or no database), store_taken (another desk holds it),
        store_newer (written by a newer Yiping), store_realm (of another realm), store_missing (a follower,
        and nothing there), store_damaged, store_io, disk_full.
        """
        if key is not None and len(key) != 32:
            raise ValueError("a key is 32 bytes")
        if read_only and not path.exists():
            raise KnownError(Phrase("store_missing", {"path": str(path)}))
        if not read_only:
            folder.make(path.absolute().parent)
        held = None if read_only else lock.take(path)
        store = cls(path, engine.connect(path, key, read_only), held, str(path))
        try:
            if not read_only:
                store._create(realm, side)
            store._introduce(realm)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def connect(cls, url: str, *, realm: str = "live") -> "Store":
        """Open a platform's realm in a PostgreSQL database, creating it when it is not there.

        `url` is postgresql+psycopg://user:password@host/database; the realm is the schema "yiping_<realm>"
        in it. Any number of processes may do so at once.

        Raises `KnownError`: database_url, database_unreachable, database_password, database_absent,
        database_rights; database_old, _encoding, _fsync, _full_page_writes, _synchronous_commit, _standby,
        _limits for a server that would not keep its word; store_newer.
        """
        address = postgres.address(url)
        store = cls(None, postgres.connect(address, realm), None, f"{postgres.place(address)} ({realm})")
        try:
            with store.read() as view:
                postgres.assert_fit(view.connection, address, realm)
            store._create(realm, "platform")
            store._introduce(realm)
        except BaseException:
            store.close()
            raise
        return store

    @property
    def dialect(self) -> Dialect:
        return cast(Dialect, self._engine.dialect.name)

    @contextmanager
    def read(self) -> Iterator[View]:
        """One consistent snapshot to ask. Raises `KnownError`, see `begin`."""
        with engine.connected(self._engine, self._place) as connection:
            if self.dialect == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield View(connection)

    @contextmanager
    def begin(self, *, alone: bool = False) -> Iterator[Tx]:
        """One transaction; an exception rolls all of it back.

        `alone`: no other such transaction runs meanwhile, in any process; of a file that is always so.
        Raises `KnownError` disk_full, store_io, store_busy; on PostgreSQL also database_lost,
        database_unreachable, database_standby: then it may be tried again.
        """
        with self._writer, engine.connected(self._engine, self._place) as connection:
            if self.dialect == "sqlite":
                connection.execution_options(writes=True)
            with connection.begin():
                if self.dialect == "sqlite":
                    yield Tx(connection)
                else:
                    if alone:
                        postgres.alone(connection)
                    yield Tx(connection)

    def mint_device(self, tx: Tx | None = None) -> str:
        """Become another device: a new id in place of the present one, for a database that was copied.

        With `tx` it happens in that transaction, and not at all if that is rolled back.
        """
        if tx is None:
            with self.begin() as own:
                return self.mint_device(own)
        before, self.device = self.device, secrets.token_hex(8)
        tx.set_setting("store.device", self.device)

        def stay(_connection: Connection) -> None:
            self.device = before

        event.listen(tx.connection, "rollback", stay)
        return self.device

    def version(self) -> int:
        """A number that changes when another process (or another thread's transaction) has written.

        Of a file only: raises `RuntimeError` on PostgreSQL, where the feed's head tells it.
        """
        if self.dialect != "sqlite":
            raise RuntimeError("only a database file has a version to watch")
        if self._watching is None:
            # The number means something on one and the same connection only.
            self._watching = self._engine.raw_connection()
        cursor = self._watching.cursor()
        try:
            cursor.execute("PRAGMA data_version")
            found = cursor.fetchone()
            return int(found[0]) if found else 0
        finally:
            cursor.close()

    def close(self) -> None:
        """Give the database and its lock back."""
        if self._watching is not None:
            self._watching.close()
            self._watching = None
        self._engine.dispose()
        if self._held is not None:
            lock.release(self._held)
            self._held = None

    def _create(self, realm: str, side: Side) -> None:
        with self.begin(alone=True) as tx:
            if self.dialect == "postgresql":
                postgres.make_realm(tx.connection, realm)
            if inspect(tx.connection).has_table("setting"):
                return
            for metadata in _TABLES[side]:
                metadata.create_all(tx.connection)
            tx.set_setting("store.schema", tables.SCHEMA)
            tx.set_setting("store.realm", realm)
            tx.set_setting("store.device", secrets.token_hex(8))

    def _introduce(self, realm: str) -> None:
        with self.read() as view:
            schema = view.setting("store.schema", 0)
            if schema > tables.SCHEMA:
                raise KnownError(Phrase("store_newer", {"path": self._place}))
            self.realm, self.device = view.setting("store.realm"), view.setting("store.device")
        if self.realm != realm:
            raise KnownError(Phrase("store_realm", {"path": self._place, "realm": self.realm, "asked": realm}))
