"""Databases as files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlcipher3 import dbapi2

from console.store import store


def copy_database(of: Path, to: Path) -> None:
    """A copy of what is committed, taken while it is in use."""
    to.unlink(missing_ok=True)
    source, target = dbapi2.connect(str(of)), dbapi2.connect(str(to))
    source.backup(target)
    source.close()
    target.close()


def lay_down(file: Path, at: Path) -> None:
    """Put a copy in the place of a database that nobody has open."""
    for beside in ("-wal", "-shm"):
        at.with_name(at.name + beside).unlink(missing_ok=True)
    at.write_bytes(file.read_bytes())


@contextmanager
def compiled_once() -> Iterator[None]:
    """All stores share what SQLAlchemy made of their statements; else a sixth of the time goes into that."""
    made: list[Any] = []
    connect = store.engine.connect

    def connected(*given: Any) -> Any:
        made.append(engine := connect(*given))
        engine._compiled_cache = made[0]._compiled_cache
        engine.dialect = engine.pool._dialect = made[0].dialect
        return engine

    with patch.object(store.engine, "connect", connected):
        yield
