"""The database engine of a store: SQLCipher set up for safety, and its errors in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlcipher3 import dbapi2

from console.domain.errors import KnownError
from console.domain.words import Phrase

ERRORS = {
    "database or disk is full": "disk_full",
    "file is not a database": "store_key",
    "file is encrypted": "store_key",
    "disk image is malformed": "store_damaged",
    "disk I/O error": "store_io",
    "database is locked": "store_busy",
    "unable to open database file": "store_missing",
}


def connect(path: Path, key: bytes | None, read_only: bool) -> Engine:
    """An engine over the file. Errors of the world come out as `KnownError`, see `ERRORS`."""
    mode = "ro" if read_only else "rwc"
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    engine = create_engine(
        "sqlite+pysqlite://",
        module=dbapi2,
        pool_size=10,
        poolclass=QueuePool,  # what SQLAlchemy would choose without a file name closes under busy threads
        max_overflow=50,
        creator=lambda: dbapi2.connect(uri, uri=True, isolation_level=None, check_same_thread=False),
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        try:
            cursor.execute("PRAGMA cipher_log_level = NONE")  # the error tells it
            if key is not None:
                cursor.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            cursor.execute("PRAGMA busy_timeout = 10000")
            cursor.execute("PRAGMA foreign_keys = ON")
            if read_only:
                cursor.execute("PRAGMA query_only = ON")
            else:
                cursor.execute("PRAGMA journal_mode = WAL")
                cursor.execute("PRAGMA synchronous = FULL")  # a commit that was answered survives power loss
        finally:
            cursor.close()

    @event.listens_for(engine, "handle_error")
    def explain(context: ExceptionContext) -> None:
        for said, code in ERRORS.items():
            if said in str(context.original_exception):
                raise KnownError(Phrase(code, {"path": str(path)})) from context.original_exception

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # The driver's own transactions begin late and leave reads outside; and a transaction that will
        # write takes its place at once, so that it cannot fail half-way for another writer.
        options = connection.get_execution_options()
        writes = options.get("writes", False)
        if options.get("reshapes"):  # a table that is made anew takes nothing with it; inside, this does nothing
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def connected(engine: Engine, place: str) -> Iterator[Connection]:
    """One of the engine's connections. Raises `KnownError` store_busy when all of them stay taken."""
    try:
        connection = engine.connect()
    except PoolTimeout:
        raise KnownError(Phrase("store_busy", {"path": place})) from None
    with connection:
        yield connection
