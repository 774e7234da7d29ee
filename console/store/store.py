"""One database of one realm: a desk's own, or the platform's.

    store = Store.open(path, key)                 # the desk; `key` is 32 random bytes
    with store.read() as view: view.open_alarms() # one consistent snapshot
    with store.begin() as tx: tx.put(row)         # one transaction: all of it, or nothing
    follower = Store.open(path, key, read_only=True)   # a wall on the same machine
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from console.store.queries import Tx, View

Side = Literal["desk", "platform"]


class Store:
    """Use it from one thread for writing; reads may run beside it (WAL).

    `realm` is "live" or a drill's id. `device` is this database's own id, minted when it is created: the
    device of its log chain and the client of its outbox are one and the same.
    """

    realm: str
    device: str

    @classmethod
    def open(
        cls,
        path: Path,
        key: bytes | None,
        *,
        realm: str = "live",
        side: Side = "desk",
        read_only: bool = False,
    ) -> "Store":
        """Open the database, creating it when it is not there.

        `key` is 32 bytes; None keeps it unencrypted. `read_only` opens a follower: it takes no lock, and
        `version` tells it that something changed.

        Raises `KnownError`: store_key (wrong key, or no database), store_taken (another desk holds it),
        store_newer (written by a newer Yiping), store_realm, store_missing (a follower, and nothing there).
        """
        raise NotImplementedError

    def read(self) -> "contextmanager[View]":  # type: ignore[valid-type]
        """One consistent snapshot to ask."""
        raise NotImplementedError

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        """One transaction; an exception rolls all of it back. Raises `KnownError` disk_full."""
        raise NotImplementedError

    def version(self) -> int:
        """A number that changes when another process has written."""
        raise NotImplementedError

    def close(self) -> None:
        """Give the database and its lock back."""
        raise NotImplementedError
