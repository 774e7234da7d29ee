"""Bringing a database up to this program's tables, with Alembic.

A schema is a number, `tables.SCHEMA`, and its migration the file of `versions` with that number. New databases
are made as they are now; a test holds both ways to the same tables.

What runs here runs in the caller's transaction, beside which nobody else may write: all of it happens, or nothing.
"""

import threading
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, inspect

from console.store import derived, tables
from console.store.queries import Tx
from console.store.tables import Side

FOLDER = Path(__file__).parent
# As Alembic makes it to know the revision of a database. Alembic itself is imported by who has something to migrate.
STAMP = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
_ALEMBIC = threading.Lock()  # its `op` and `context` are the process's, not the thread's


def schema_of(connection: Connection) -> int:
    """The schema of a database; 0 for one without tables."""
    if not inspect(connection).has_table("setting"):
        return 0
    return int(Tx(connection).setting("store.schema", 0))


def create(connection: Connection, side: Side) -> None:
    """All tables of a side, as they are now."""
    for metadata in tables.SIDES[side]:
        metadata.create_all(connection)
    STAMP.create(connection)
    connection.execute(STAMP.insert().values(version_num=_revision(tables.SCHEMA)))
    Tx(connection).set_setting("store.schema", tables.SCHEMA)


def migrate(connection: Connection, side: Side, areas: Iterable[str] = (), to: int = tables.SCHEMA) -> None:
    """Bring the tables and rows of an older schema up to a newer one; nothing to do is fine.

    `areas` are the paths of the organisation tree: the first schema named a town by its id alone.
    A file's foreign keys must be off (they are looked through at the end). Raises `ValueError` when they are broken.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    schema = schema_of(connection)
    if schema >= to:
        return
    if connection.dialect.name == "postgresql":  # it takes as long as it takes
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
    scripts, context = ScriptDirectory(FOLDER), MigrationContext.configure(connection)
    if schema and context.get_current_revision() is None:  # from before there were migrations
        context.stamp(scripts, _revision(schema))
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    config.attributes["given"] = {
        "desk": tables.DESK in tables.SIDES[side],
        "platform": tables.PLATFORM in tables.SIDES[side],
        "areas": tuple(areas),
    }
    with _ALEMBIC:
        command.upgrade(config, _revision(to))
    tx = Tx(connection)
    done = scripts.iterate_revisions(_revision(to), _revision(schema) if schema else "base")
    if schema and any(getattr(script.module, "REWRITES_ROWS", False) for script in done):
        derived.work_out(tx, side, areas)
    tx.set_setting("store.schema", to)
    if connection.dialect.name == "sqlite" and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise ValueError(f"rows refer to rows that are not there: {broken[:3]}")


def _revision(schema: int) -> str:
    return f"{schema:04}"
