"""Backup and restore of a platform. What a restore has lost, the desks push again: they see that it is another.

`source` is a folder of SQLite files or the address of a PostgreSQL database, as for `serve`.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, delete
from sqlcipher3 import dbapi2

from console.central import backup_postgres
from console.domain.errors import KnownError
from console.domain.words import Phrase
from console.store import engine, lock, tables
from console.store.archive import Manifest, put_aside, sync_folder, unpack, writing
from console.store.ids import new_id
from console.store.queries import Tx


@dataclass(frozen=True)
class Restored:
    realms: dict[str, str]  # with their new incarnation
    aside: str  # where what was there before is kept; empty: there was nothing


def back_up(source: Path | str, file: Path) -> Manifest:
    """Write every realm into a new `file`, while the platform runs or not.

    Each realm is as it was at one moment; on PostgreSQL all of them at the same one. Raises `KnownError`
    backup_exists, backup_nothing, backup_tool, backup_no_tool.
    """
    if isinstance(source, str):
        return backup_postgres.back_up(source, file)
    realms = sorted(path.stem for path in source.glob("*.db"))
    if not realms:
        raise KnownError(Phrase("backup_nothing", {"path": str(source)}))
    manifest = Manifest("sqlite", realms)
    with writing(file, manifest) as archive, tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
        for name in realms:
            copy = Path(folder) / f"{name}.db"
            _copy(source / f"{name}.db", copy)
            archive.add(copy)
    return manifest


def restore(file: Path, source: Path | str) -> Restored:
    """Put a backup in the place of what a stopped platform has, as a new incarnation. Nothing is deleted.

    Raises `KnownError` platform_running, backup_wrong, backup_kind, store_newer: then nothing was changed.
    """
    if isinstance(source, str):
        return Restored(*backup_postgres.restore(file, source, minted))
    with _stopped(source), tempfile.TemporaryDirectory(dir=source, prefix=".restore-") as folder:
        manifest = unpack(file, Path(folder))
        if manifest.kind != "sqlite":
            raise KnownError(Phrase("backup_kind", {"path": str(file), "kind": "PostgreSQL"}))
        found = {name: _sound(Path(folder) / f"{name}.db", name) for name in manifest.realms}
        aside = put_aside(source)
        for name in found:
            (Path(folder) / f"{name}.db").rename(source / f"{name}.db")
        sync_folder(source)
    return Restored(found, str(aside or ""))


def mint(source: Path | str) -> dict[str, str]:
    """Give every realm of a stopped platform a new incarnation, so that desks push again what it may have lost.

    Raises `KnownError` platform_running.
    """
    if isinstance(source, str):
        return backup_postgres.mint(source, minted)
    with _stopped(source):
        return {path.stem: _mint(path) for path in sorted(source.glob("*.db"))}


def minted(tx: Tx) -> str:
    """The realm's new incarnation. Everyone signs in again: a token that was taken back may be in the backup."""
    incarnation = new_id()
    tx.set_setting("central.incarnation", incarnation)
    tx.connection.execute(delete(tables.token))
    return incarnation


@contextmanager
def _stopped(folder: Path) -> Iterator[None]:
    held = [lock.take_platform(folder)]
    try:
        held += [lock.take(path) for path in folder.glob("*.db")]  # a desk's demo platform, say
        yield
    finally:
        for one in held:
            lock.release(one)


def _copy(path: Path, copy: Path) -> None:
    """A database as it is now, though others write to it."""
    try:
        with _closing(path, "ro") as source, _closing(copy, "rwc") as target:
            source.backup(target)
            _check(target, path)
    except dbapi2.Error as error:
        raise KnownError(Phrase("backup_tool", {"tool": path.name, "said": str(error)})) from error


@contextmanager
def _closing(path: Path, mode: str) -> Iterator[dbapi2.Connection]:
    connection = dbapi2.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True)
    try:
        yield connection
    finally:
        connection.close()


def _check(connection: dbapi2.Connection, path: Path) -> None:
    if (said := connection.execute("PRAGMA quick_check").fetchone()[0]) != "ok":
        raise KnownError(Phrase("backup_wrong", {"path": str(path), "why": said}))


def _sound(path: Path, realm: str) -> str:
    """Look through a database that was unpacked; its new incarnation."""
    try:
        with _closing(path, "rw") as connection:
            _check(connection, path)
    except dbapi2.Error as error:
        raise KnownError(Phrase("backup_wrong", {"path": path.name, "why": str(error)})) from error

    def fit(tx: Tx) -> str:
        if tx.setting("store.schema", 0) > tables.SCHEMA:
            raise KnownError(Phrase("store_newer", {"path": path.name}))
        if tx.setting("store.realm") != realm:
            raise KnownError(Phrase("backup_wrong", {"path": path.name, "why": str(tx.setting("store.realm"))}))
        return minted(tx)

    return _mint(path, fit)


def _mint(path: Path, how: Callable[[Tx], str] = minted) -> str:
    return _in_one(engine.connect(path, None, read_only=False), how)


def _in_one(database: Engine, how: Callable[[Tx], str]) -> str:
    """What `how` gives, in a transaction on an engine that is of no more use then."""
    try:
        with database.connect().execution_options(writes=True) as connection, connection.begin():
            return how(Tx(connection))
    finally:
        database.dispose()
