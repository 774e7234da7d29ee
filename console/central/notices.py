"""Wake-ups between the workers of one PostgreSQL database, on whatever host they run.

LISTEN and NOTIFY say that something happened in a realm, never what: one that is lost costs delay, not data.
"""

import logging
import threading
import time
from collections.abc import Callable

import psycopg
from sqlalchemy import Engine, text

from console.domain.errors import KnownError
from console.store.store import Store

log = logging.getLogger(__name__)

REREAD_S = 5.0
RETRY_S = 1.0
# Nothing is kept here, so that nothing waits for the disk.
TELL = text("SELECT set_config('synchronous_commit', 'off', true), pg_notify('yiping', :payload)")


class Notices:
    """A thread with a connection of its own that hears what any worker tells, this one too.

    It calls `heard` with the realm and whether positions came in, and with None for every realm when it may have
    missed something; `reread` every few seconds. The connection is made anew whenever it is lost.
    """

    def __init__(self, engine: Engine, heard: Callable[[str | None, bool], None], reread: Callable[[], None]) -> None:
        self._engine = engine
        self._heard = heard
        self._reread = reread
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notices", daemon=True)
        self._thread.start()

    def tell(self, store: Store, moved: bool) -> None:
        """Something was committed in this store's realm. Raises `KnownError`."""
        with store.begin() as tx:
            tx.connection.execute(TELL, {"payload": f"{store.realm} moved" if moved else store.realm})

    def close(self) -> None:
        self._end.set()
        self._thread.join()

    def _run(self) -> None:
        pause = 0.0
        while not self._end.wait(pause):
            try:
                self._listen()
            except (KnownError, psycopg.Error) as error:
                log.warning("not listening: %s", error)
            pause = RETRY_S

    def _listen(self) -> None:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, psycopg.Connection)
            connection.detach()  # it is never anyone else's
            connection.execute(text("LISTEN yiping"))
            self._heard(None, True)
            due = time.monotonic() + REREAD_S
            while not self._end.is_set():
                told: dict[str, bool] = {}
                for notice in driver.notifies(timeout=0.5, stop_after=1):  # one, or all that came together
                    realm, _, moved = notice.payload.partition(" ")
                    told[realm] = told.get(realm, False) or bool(moved)
                for realm, moved_any in told.items():
                    self._heard(realm, moved_any)
                if time.monotonic() >= due:
                    self._reread()
                    due = time.monotonic() + REREAD_S
