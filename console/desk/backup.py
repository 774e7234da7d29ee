"""Backup and restore of a desk: every realm in one file, encrypted as the desk's databases are.

The key is not in it: whoever finds the file reads nothing, and whoever restores it elsewhere needs the key file.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlcipher3 import dbapi2

from console.desk.files import DeskFiles, read_key
from console.domain.errors import KnownError
from console.domain.words import Phrase
from console.store import copies, engine, lock, migrations, tables
from console.store.archive import Manifest, put_aside, sync_folder, unpack, writing
from console.store.check import verify_seen
from console.store.queries import View
from console.store.store import Store
from console.sync.handshake import Handshake


@dataclass(frozen=True)
class Kept:
    """What a copy of a realm holds, as it was read again."""

    realm: str
    entries: int  # of the message log
    broken: tuple[str, ...]  # devices whose chain is; None of them is known of an older schema


def back_up(folder: Path, file: Path) -> list[Kept]:
    """Write every realm of the desk in `folder` into a new `file`, each as it is at one moment, in use or not.

    Raises `KnownError` backup_exists, backup_nothing, key_unreadable, store_key, backup_tool.
    """
    desk = DeskFiles(folder).database.parent
    realms = sorted(path.stem for path in desk.glob("*.db"))
    if not realms:
        raise KnownError(Phrase("backup_nothing", {"path": str(desk)}))
    key, kept = read_key(desk / "key"), []
    manifest = Manifest("desk", realms)
    with writing(file, manifest) as archive, tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as place:
        for realm in realms:
            copy = Path(place) / f"{realm}.db"
            _copy(desk / f"{realm}.db", copy, key)
            kept.append(_read(copy, key, realm))
            archive.add(copy)
    return kept


def restore(file: Path, folder: Path, key_file: Path | None = None) -> tuple[list[Kept], Path | None]:
    """Put a backup in the place of what a closed desk has; that is moved aside, and where to is told.

    Each realm goes on as a desk of its own: what the old one wrote after the backup stays the old one's, and what was
    not sent yet is sent. Without `key_file` the key of the folder is used. Raises `KnownError` store_taken, backup_key,
    backup_wrong, backup_kind, store_key, store_newer: then nothing was changed.
    """
    desk = DeskFiles(folder).database.parent
    desk.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=desk, prefix=".restore-") as place:
        manifest = unpack(file, Path(place))
        if manifest.kind != "desk":
            raise KnownError(Phrase("backup_kind", {"path": str(file), "kind": "central"}))
        with _closed(desk, manifest.realms):
            found = key_file or desk / "key"
            if not found.exists():
                raise KnownError(Phrase("backup_key"))
            key = read_key(found)
            kept = [_fit(Path(place) / f"{realm}.db", key, realm) for realm in manifest.realms]
            aside = put_aside(desk)
            for realm in manifest.realms:
                (Path(place) / f"{realm}.db").rename(desk / f"{realm}.db")
            (desk / "key").touch(0o600)
            (desk / "key").write_text(key.hex(), "ascii")
            sync_folder(desk)
    return kept, aside


@contextmanager
def _closed(desk: Path, realms: list[str]) -> Iterator[None]:
    paths = {*desk.glob("*.db"), *(desk / f"{realm}.db" for realm in realms)}
    held: list[int] = []
    try:
        for path in sorted(paths):
            held.append(lock.take(path))
        yield
    finally:
        for one in held:
            lock.release(one)


def _copy(path: Path, copy: Path, key: bytes) -> None:
    database = engine.connect(path, key, read_only=True)
    try:
        with engine.connected(database, str(path)) as connection, connection.begin():
            schema = migrations.schema_of(connection)
        source = database.raw_connection()
        try:
            copies.copy(source.driver_connection, copy, key, schema)
        finally:
            source.close()
    except dbapi2.Error as error:
        raise KnownError(Phrase("backup_tool", {"tool": path.name, "said": str(error)})) from error
    finally:
        database.dispose()


def _read(copy: Path, key: bytes, realm: str) -> Kept:
    """What is in it, and whether its chains hold."""
    database = engine.connect(copy, key, read_only=True)
    try:
        with engine.connected(database, str(copy)) as connection, connection.begin():
            lengths = View(connection).chains()
            current = migrations.schema_of(connection) == tables.SCHEMA
    finally:
        database.dispose()
    broken: tuple[str, ...] = ()
    if current:
        store = Store.open(copy, key, realm=realm, read_only=True)
        try:
            broken = tuple(device for device in lengths if verify_seen(store, device) is not None)
        finally:
            store.close()
    _forget_beside(copy)
    return Kept(realm, sum(lengths.values()), broken)


def _fit(path: Path, key: bytes, realm: str) -> Kept:
    """Open it as a desk does, which brings it up to date; it is a desk of its own from now on."""
    store = Store.open(path, key, realm=realm)
    try:
        Handshake(lambda fn: fn(store)).copied()
    finally:
        store.close()
    return _read(path, key, realm)


def _forget_beside(path: Path) -> None:
    """What the driver leaves beside a database that it has closed."""
    for suffix in ("-wal", "-shm", ".lock"):
        with suppress(FileNotFoundError):
            path.with_name(f"{path.name}{suffix}").unlink()
