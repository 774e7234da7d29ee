"""One database of one realm: a desk's own, or the platform's.

store = Store.open(path, key)                      # the desk; `key` is 32 random bytes
with store.read() as view: view.open_alarms()      # one consistent snapshot
with store.begin() as tx: tx.put(row)              # one transaction: all of it, or nothing
follower = Store.open(path, key, read_only=True)   # a wall on the same machine
store = Store.connect(url, realm="drill-7")        # the platform's, on PostgreSQL beside other workers
"""

import logging
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Literal, cast

from sqlalchemy import Connection, Engine, PoolProxiedConnection, event, inspect

from console.domain.errors import KnownError
from console.domain.phrases import both
from console.domain.words import Label, Phrase
from console.store import blobs, catalogue, copies, engine, folder, lock, log_index, migrations, postgres, tables  # noqa: F401 (each has tables of its own)
from console.store.queries import Tx, View
from console.store.tables import Side as Side

Dialect = Literal["sqlite", "postgresql"]
log = logging.getLogger(__name__)


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
        self.on_grown: Callable[[], None] = lambda: None  # a platform's feed has grown, and that is committed

    @classmethod
    def open(
        cls,
        path: Path,
        key: bytes | None,
        *,
        realm: str = "live",
        side: Side = "desk",
        read_only: bool = False,
        beside: bool = False,
        areas: Iterable[str] = (),
    ) -> "Store":
        """Open the database, creating it when it is not there and bringing one of an older Yiping up to date.

        `key` is 32 bytes; None keeps it unencrypted. `read_only` opens a follower: it takes no lock, and
        `version` tells it that something changed. `beside` writes next to whoever holds it, a platform say: nothing
        that one has in memory, and never the feed. `areas` are the paths of the organisation tree.

        Raises `KnownError`: store_key (wrong key, or no database), store_taken (another desk holds it),
        store_newer (written by a newer Yiping), store_older (a follower, and no desk has brought it up to date),
        store_not_copied, store_not_migrated, store_realm (of another realm), store_missing (a follower,
        and nothing there), store_damaged, store_io, disk_full.
        """
        if key is not None and len(key) != 32:
            raise ValueError("a key is 32 bytes")
        if read_only and not path.exists():
            raise KnownError(Phrase("store_missing", {"path": str(path)}))
        if not read_only:
            folder.make(path.absolute().parent)
        held = None if read_only or beside else lock.take(path)
        store = cls(path, engine.connect(path, key, read_only), held, str(path))
        store.areas = tuple(areas)
        try:
            if not read_only:
                store._prepare(realm, side, key)
            store._introduce(realm)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def connect(cls, url: str, *, realm: str = "live", areas: Iterable[str] = ()) -> "Store":
        """Open a platform's realm in a PostgreSQL database, creating it or bringing it up to date, see `open`.

        `url` is postgresql+psycopg://user:password@host/database; the realm is the schema "yiping_<realm>"
        in it. Any number of processes may do so at once.

        Raises `KnownError`: database_url, database_unreachable, database_password, database_absent,
        database_rights; database_old, _encoding, _fsync, _full_page_writes, _synchronous_commit, _standby,
        _limits for a server that would not keep its word; store_newer, store_not_migrated.
        """
        address = postgres.address(url)
        store = cls(None, postgres.connect(address, realm), None, f"{postgres.place(address)} ({realm})")
        store.areas = tuple(areas)
        try:
            with store.read() as view:
                postgres.assert_fit(view.connection, address, realm)
            store._prepare(realm, "platform", None)
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
    def begin(self, *, alone: bool = False, reshapes: bool = False) -> Iterator[Tx]:
        """One transaction; an exception rolls all of it back.

        `alone`: no other such transaction runs meanwhile, in any process; of a file that is always so.
        `reshapes`: tables are made anew in it, for which a file's connection forgets foreign keys, for good.
        Raises `KnownError` disk_full, store_io, store_busy; on PostgreSQL also database_lost,
        database_unreachable, database_standby: then it may be tried again.
        """
        with self._writer, engine.connected(self._engine, self._place) as connection:
            if self.dialect == "sqlite":
                connection.execution_options(writes=True, reshapes=reshapes)
            with connection.begin():
                if self.dialect == "postgresql" and alone:
                    postgres.alone(connection)
                tx = Tx(connection)
                yield tx
        if tx.grown:
            self.on_grown()

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

    def _prepare(self, realm: str, side: Side, key: bytes | None) -> None:
        """Make the tables, or bring those of an older schema up to date."""
        with self.begin(alone=True) as tx:
            if self.dialect == "postgresql":
                postgres.make_realm(tx.connection, realm)
            schema = migrations.schema_of(tx.connection)
            # what was taken before nobody passes on, and a relay's way up would end here
            if schema and side != "desk" and inspect(tx.connection).has_table("outbox") != (side == "relay"):
                raise KnownError(Phrase("store_side", {"path": self._place}))
            if not schema:
                migrations.create(tx.connection, side)
                tx.set_setting("store.realm", realm)
                tx.set_setting("store.device", secrets.token_hex(8))
        if 0 < schema < tables.SCHEMA and not (self.path and self._held is None):  # not beside its holder
            self._assert_realm(realm)
            if self.path:
                self._copy(self.path, key, schema)
            self._migrate(side)
        if side == "desk":
            with self.begin() as tx:
                log_index.prepare(tx)

    def _copy(self, path: Path, key: bytes | None, schema: int) -> None:
        connection = self._engine.raw_connection()
        try:
            kept = copies.keep(connection.driver_connection, path, key, schema)
        finally:
            connection.close()
        log.info("as it was before the migration: %s", kept)

    def _migrate(self, side: Side) -> None:
        try:
            with self.begin(alone=True, reshapes=True) as tx:
                migrations.migrate(tx.connection, side, self.areas)
        except Exception as error:
            log.exception("not migrated: %s", self._place)
            text = both(error.phrase) if isinstance(error, KnownError) else Label(str(error), str(error))
            raise KnownError(Phrase("store_not_migrated", {"path": self._place, "text": text})) from error
        finally:
            self._engine.dispose()  # its connection does not watch over foreign keys

    def _introduce(self, realm: str) -> None:
        with self.read() as view:
            schema = migrations.schema_of(view.connection)
        if schema > tables.SCHEMA:
            raise KnownError(Phrase("store_newer", {"path": self._place}))
        if schema < tables.SCHEMA:
            raise KnownError(Phrase("store_older", {"path": self._place}))
        self._assert_realm(realm)

    def _assert_realm(self, realm: str) -> None:
        with self.read() as view:
            self.realm, self.device = view.setting("store.realm"), view.setting("store.device")
        if self.realm != realm:
            raise KnownError(Phrase("store_realm", {"path": self._place, "realm": self.realm, "asked": realm}))
