"""A copy of a database file as it was, beside it, before it is brought up to a newer schema."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from console.domain.errors import KnownError
from console.domain.words import Label, Phrase

KEPT = 2  # the newest


def keep(source: Any, path: Path, key: bytes | None, schema: int) -> Path:
    """Copy the database `path` that `source`, a connection of the driver, is open on; the verified copy.

    It is encrypted with the same key. Older copies than the newest two go. Raises `KnownError` store_not_copied;
    nothing has changed then.
    """
    kept = path.with_name(f"{path.name}.schema{schema}-{datetime.now(UTC):%Y%m%d-%H%M%S}")
    part = path.with_name(f"{path.name}.copying")
    try:
        part.unlink(missing_ok=True)  # of one that was killed
        part.touch(0o600)
        copy(source, part, key, schema)
        _sync(part)
        part.replace(kept)
        _sync(path.parent)
    except (OSError, dbapi2.Error) as error:
        part.unlink(missing_ok=True)
        need, free = path.stat().st_size, shutil.disk_usage(path.parent).free
        told: dict[str, str | int | float | Label] = {"path": str(path), "text": str(error)}
        told |= {"need": need // 2**20 + 1, "free": free // 2**20}
        raise KnownError(Phrase("store_not_copied", told)) from error
    for old in copies(path)[:-KEPT]:
        old.unlink(missing_ok=True)
    return kept


def copies(path: Path) -> list[Path]:
    """The copies there are of a database, oldest first."""
    return sorted(path.parent.glob(f"{path.name}.schema*-*"), key=lambda file: file.name.partition("-")[2])


def copy(source: Any, part: Path, key: bytes | None, schema: int) -> None:
    """Page by page in one snapshot, so that what only its log has is in it; then read whole.

    Raises what the driver raises, also for a copy that is not whole.
    """
    copy = dbapi2.connect(str(part), isolation_level=None)
    try:
        copy.execute("PRAGMA cipher_log_level = NONE")
        if key is not None:
            copy.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, whole by itself
    finally:
        copy.close()
    copy = dbapi2.connect(f"{part.absolute().as_uri()}?mode=ro", uri=True)
    try:
        if key is not None:
            copy.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        wrong = [line for (line,) in copy.execute("PRAGMA integrity_check") if line != "ok"]
        if key is not None:
            wrong += [line for (line,) in copy.execute("PRAGMA cipher_integrity_check")]
        found = copy.execute("SELECT value FROM setting WHERE \"key\" = 'store.schema'").fetchone()
        if wrong or found != (str(schema),):
            raise dbapi2.DatabaseError(f"the copy is not whole: {wrong[:1] or found}")
    finally:
        copy.close()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
