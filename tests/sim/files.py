"""Databases as files."""

from pathlib import Path

from sqlcipher3 import dbapi2


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
