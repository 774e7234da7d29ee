"""Is what is kept still whole? For `yiping check`."""

from console.domain.log import Entry, first_broken, torn
from console.store.store import Store

PURGED = "sync.purged"  # how many rows left a desk with its scope: its own log has gaps since


def verify_chain(store: Store, device: str) -> Entry | None:
    """The first broken entry of a device's log, or None for a whole chain."""
    with store.read() as view:
        return first_broken(view.chain(device))


def verify_seen(store: Store, device: str) -> Entry | None:
    """The first entry of a device's log that was changed or does not fit, in what may be seen of it here.

    Only a desk's own log is here from its first entry on; of others' it has what lies in its scope.
    """
    with store.read() as view:
        if device == store.device and not view.setting(PURGED, 0):
            return first_broken(view.chain(device))
        seen = list(view.chain(device))
    wrong = torn(seen)
    return next((entry for entry in seen if entry.id in wrong), None)


def verify_file(store: Store) -> list[str]:
    """What SQLite's own integrity check complains of; empty for a sound file."""
    with store.read() as view:
        said = view.connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    return [str(line) for line in said if line != "ok"]
