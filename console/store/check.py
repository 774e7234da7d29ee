"""Is what is kept still whole? For `yiping check`."""

from console.domain.log import Entry
from console.store.store import Store


def verify_chain(store: Store, device: str) -> Entry | None:
    """The first broken entry of a device's log, or None for a whole chain."""
    raise NotImplementedError


def verify_file(store: Store) -> list[str]:
    """What SQLite's own integrity check complains of; empty for a sound file."""
    raise NotImplementedError
