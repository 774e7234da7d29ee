"""Is what is kept still whole? For `yiping check`."""

from console.domain.log import Entry, first_broken
from console.store.store import Store


def verify_chain(store: Store, device: str) -> Entry | None:
    """The first broken entry of a device's log, or None for a whole chain."""
    with store.read() as view:
        return first_broken(view.chain(device))


def verify_file(store: Store) -> list[str]:
    """What SQLite's own integrity check complains of; empty for a sound file."""
    with store.read() as view:
        said = view.connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    return [str(line) for line in said if line != "ok"]
