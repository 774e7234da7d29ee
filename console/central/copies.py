"""Which desks are copies of which: a database that was copied became a desk of its own."""

from collections.abc import Set

from sqlalchemy import select

from console.store import tables
from console.store.queries import Tx, View

_PREFIX = "copy."


def copied_from(view: View, device: str) -> list[str]:
    """The devices that one is a copy of, the last first."""
    return list(view.setting(_PREFIX + device, []))


def copies_of(view: View, devices: Set[str]) -> frozenset[str]:
    """The devices that are copies of any of these."""
    table = tables.setting
    query = select(table.c.key).where(table.c.key.startswith(_PREFIX))
    known = [key.removeprefix(_PREFIX) for key in view.connection.scalars(query)]
    return frozenset(device for device in known if not devices.isdisjoint(copied_from(view, device)))


def note_copy(tx: Tx, device: str, was: str) -> None:
    """`device` is a copy of `was`, and of what that is a copy of."""
    tx.set_setting(_PREFIX + device, [was, *copied_from(tx, was)])
