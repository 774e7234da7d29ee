"""One database of one realm: a desk's own, or the platform's.

store = Store.open(path, key)                      # the desk; `key` is 32 random bytes
with store.read() as view: view.open_alarms()      # one consistent snapshot
with store.begin() as tx: tx.put(row)              # one transaction: all of it, or nothing
follower = Store.open(path, key, read_only=True)   # a wall on the same machine
"""

import logging
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, PoolProxiedConnection

from console.domain.errors import KnownError
from console.domain.phrases import both
from console.domain.words import Label, Phrase
from console.store import blobs, copies, lock, migrations, tables  # noqa: F401 (blobs adds its tables)
from console.store.engine import connect
from console.store.queries import Tx, View
from console.store.tables import Side

log = logging.getLogger(__name__)


class Store:
    """Any thread may use it; writers take turns, readers see the last commit and wait for nobody.

    `realm` is "live" or a drill's id. `device` is this database's own id, minted when it is created: the
    device of its log chain and the client of its outbox are one and the same.
    """

    realm: str
    device: str
    areas: tuple[str, ...] = ()  # the paths of the organisation tree, where they are known

    def __init__(self, path: Path, engine: Engine, held: int | None) -> None:
        """See `open`."""
        self.path = path
        self._engine = engine
        self._held = held
        self._writer = threading.Lock()
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
        areas: Iterable[str] = (),
    ) -> "Store":
        """Open the database, creating it when it is not there and bringing one of an older Yiping up to date.

        `key` is 32 bytes; None keeps it unencrypted. `read_only` opens a follower: it takes no lock, and
        `version` tells it that something changed. `areas` are the paths of the organisation tree.

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
            path.parent.mkdir(parents=True, exist_ok=True)
        held = None if read_only else lock.take(path)
        store = cls(path, connect(path, key, read_only), held)
        store.areas = tuple(areas)
        try:
            if not read_only:
                store._create(realm, side, key)
            store._introduce(realm)
        except BaseException:
            store.close()
            raise
        return store

    @contextmanager
    def read(self) -> Iterator[View]:
        """One consistent snapshot to ask."""
        with self._engine.connect() as connection, connection.begin():
            yield View(connection)

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        """One transaction; an exception rolls all of it back. Raises `KnownError` disk_full, store_io."""
        with (
            self._writer,
            self._engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield Tx(connection)

    def mint_device(self, tx: Tx) -> str:
        """This database is a copy of another: from now on it is a device of its own."""
        device = secrets.token_hex(8)
        tx.set_setting("store.device", device)
        self.device = device
        return device

    def version(self) -> int:
        """A number that changes when another process (or another thread's transaction) has written."""
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

    def _create(self, realm: str, side: Side, key: bytes | None) -> None:
        with self.begin() as tx:
            schema = migrations.schema_of(tx.connection)
            if not schema:
                migrations.create(tx.connection, side)
                tx.set_setting("store.realm", realm)
                tx.set_setting("store.device", secrets.token_hex(8))
        if 0 < schema < tables.SCHEMA:
            self._assert_realm(realm)
            self._copy(key, schema)
            self._migrate(side)

    def _copy(self, key: bytes | None, schema: int) -> None:
        connection = self._engine.raw_connection()
        try:
            kept = copies.keep(connection.driver_connection, self.path, key, schema)
        finally:
            connection.close()
        log.info("a copy from before the migration: %s", kept)

    def _migrate(self, side: Side) -> None:
        try:
            with (
                self._writer,
                self._engine.connect().execution_options(writes=True, migrates=True) as connection,
                connection.begin(),
            ):
                migrations.migrate(connection, side, self.areas)
        except Exception as error:
            log.exception("not migrated: %s", self.path)
            text = both(error.phrase) if isinstance(error, KnownError) else Label(str(error), str(error))
            raise KnownError(Phrase("store_not_migrated", {"path": str(self.path), "text": text})) from error
        finally:
            self._engine.dispose()  # its connection looks after no foreign keys

    def _introduce(self, realm: str) -> None:
        with self.read() as view:
            schema = migrations.schema_of(view.connection)
            if schema > tables.SCHEMA:
                raise KnownError(Phrase("store_newer", {"path": str(self.path)}))
            if schema < tables.SCHEMA:
                raise KnownError(Phrase("store_older", {"path": str(self.path)}))
        self._assert_realm(realm)

    def _assert_realm(self, realm: str) -> None:
        with self.read() as view:
            self.realm, self.device = view.setting("store.realm"), view.setting("store.device")
        if self.realm != realm:
            raise KnownError(Phrase("store_realm", {"path": str(self.path), "realm": self.realm, "asked": realm}))
