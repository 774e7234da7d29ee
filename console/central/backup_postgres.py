"""Backup and restore of a platform on PostgreSQL, by its own pg_dump and pg_restore."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Connection, text

from console.domain.errors import KnownError
from console.domain.words import Phrase
from console.store import postgres, tables
from console.store.archive import Manifest, unpack, writing
from console.store.queries import Tx

DUMP = "database.dump"
OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND starts_with(application_name, 'yiping')"
)


def back_up(url: str, file: Path) -> Manifest:
    """See `backup.back_up`."""
    address = postgres.address(url)
    with _connected(address) as connection:
        realms = sorted(postgres.realms(connection))
    if not realms:
        raise KnownError(Phrase("backup_nothing", {"path": postgres.place(address)}))
    manifest = Manifest("postgresql", realms)
    with writing(file, manifest) as archive, tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
        dump = Path(folder) / DUMP
        schemas = [f'--schema="{postgres.schema(name)}"' for name in realms]
        _run(address, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", *schemas, f"--file={dump}")
        archive.add(dump)
    return manifest


def restore(file: Path, url: str, minted: Callable[[Tx], str]) -> tuple[dict[str, str], str]:
    """The realms with their new incarnation, and the schemas in which what was there before is kept."""
    address = postgres.address(url)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".restore-") as folder, _stopped(address) as connection:
        manifest = unpack(file, Path(folder))
        if manifest.kind != "postgresql":
            raise KnownError(Phrase("backup_kind", {"path": str(file), "kind": "SQLite"}))
        mark = f"before_{datetime.now(UTC):%y%m%d%H%M%S}_"
        there = {postgres.schema(name): f"{mark}{name}" for name in postgres.realms(connection)}
        _rename(connection, there)
        try:
            _run(address, "pg_restore", "--single-transaction", "--no-owner", str(Path(folder) / DUMP))
            found = _mint(address, manifest.realms, minted)
        except BaseException:
            for name in postgres.realms(connection):
                connection.execute(text(f'DROP SCHEMA "{postgres.schema(name)}" CASCADE'))
            _rename(connection, {after: before for before, after in there.items()})
            raise
    return found, ", ".join(there.values())


def mint(url: str, minted: Callable[[Tx], str]) -> dict[str, str]:
    """See `backup.mint`."""
    address = postgres.address(url)
    with _stopped(address) as connection:
        return _mint(address, sorted(postgres.realms(connection)), minted)


def _mint(address: URL, realms: list[str], minted: Callable[[Tx], str]) -> dict[str, str]:
    found = {}
    for name in realms:
        engine = postgres.connect(address, name, connections=1)
        try:
            with engine.connect() as connection, connection.begin():
                tx = Tx(connection)
                if tx.setting("store.schema", 0) > tables.SCHEMA:
                    raise KnownError(Phrase("store_newer", {"path": name}))
                found[name] = minted(tx)
        finally:
            engine.dispose()
    return found


@contextmanager
def _connected(address: URL) -> Iterator[Connection]:
    engine = postgres.connect(address, None, connections=1)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _stopped(address: URL) -> Iterator[Connection]:
    """A connection that keeps a platform from starting meanwhile. Raises `KnownError` platform_running."""
    with _connected(address) as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": postgres.LOCK})
        if connection.scalar(OTHERS):
            raise KnownError(Phrase("platform_running", {"path": postgres.place(address)}))
        yield connection


def _rename(connection: Connection, names: Mapping[str, str]) -> None:
    for before, after in names.items():
        connection.execute(text(f'ALTER SCHEMA "{before}" RENAME TO "{after}"'))


def _run(address: URL, tool: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own tools. The password goes where other users of the machine do not see it."""
    place = address.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    secret = {"PGPASSWORD": str(address.password)} if address.password else {}
    command = [tool, f"--dbname={place}", "--no-password", *arguments]
    try:
        ended = subprocess.run(command, env=os.environ | secret, check=False, capture_output=True, text=True)
    except FileNotFoundError:
        raise KnownError(Phrase("backup_no_tool", {"tool": tool})) from None
    if ended.returncode:
        said = ended.stderr.strip().splitlines() or [str(ended.returncode)]
        raise KnownError(Phrase("backup_tool", {"tool": tool, "said": said[0]}))
