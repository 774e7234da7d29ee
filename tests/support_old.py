"""Databases as the first release left them, see tests/store/old/README.md."""

import shutil
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from console.store.store import Store
from tests.support_pack import AREAS
from tests.support_platform import KEY, ROOT

OLD = ROOT / "tests" / "store" / "old"


def old_desk(folder: Path) -> Path:
    return Path(shutil.copy(OLD / "desk.db", folder / "live.db"))


def old_platform(folder: Path) -> Path:
    return Path(shutil.copy(OLD / "platform.db", folder / "platform.db"))


def opened(path: Path, **more: Any) -> Store:
    """The desk's or the platform's, by this program."""
    if path.name == "platform.db":
        return Store.open(path, None, side="platform", areas=AREAS, **more)
    return Store.open(path, KEY, areas=AREAS, **more)


def raw(path: Path) -> Any:
    """A connection of the driver to a desk's file or a platform's."""
    connection = dbapi2.connect(str(path), isolation_level=None)
    if "platform" not in path.name:
        connection.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
    connection.row_factory = dbapi2.Row
    return connection


def rows(path: Path, table: str) -> list[dict[str, Any]]:
    """What a table holds, as the file has it."""
    connection = raw(path)
    try:
        return [dict(row) for row in connection.execute(f'SELECT * FROM "{table}"')]
    finally:
        connection.close()
