"""What the desk did and the platform has not told back yet.

A write of the desk is one transaction: the rows as they are after it, the log entries sealed into the
device's chain, and the operation in the outbox. `apply` takes in what the platform says, again in one
transaction, and decides the pending operations anew over it.
"""

from dataclasses import dataclass
from datetime import datetime

from console.domain.agency import Position
from console.domain.log import Entry
from console.domain.operation import Actor, Changes, Lane, Operation, Row
from console.domain.words import Phrase
from console.store.store import Store


@dataclass(frozen=True, slots=True)
class Applied:
    """What is different on the desk after something came from the platform."""

    rows: tuple[Row, ...] = ()
    entries: tuple[Entry, ...] = ()
    positions: tuple[Position, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()  # (table, id) of rows that are no more: a refused operation's


@dataclass(frozen=True, slots=True)
class Refusal:
    """待处理: an operation the platform did not take. Its payload is kept until someone dismisses it."""

    id: str  # of the operation
    name: str  # "incident.dispatch"
    payload: dict[str, object]  # its arguments
    user: str
    at: datetime  # when it was done, by the desk's clock
    phrase: Phrase  # why


def perform(store: Store, operation: Operation, actor: Actor) -> Changes:
    """Do it here and now, and queue it for the platform. One transaction.

    Raises `Refused` when the rules do not allow it and `KnownError` disk_full; nothing has changed then.
    """
    raise NotImplementedError


def pending(store: Store) -> dict[Lane, int]:
    """How many operations the platform has not told back yet, per lane."""
    raise NotImplementedError


def inbox(store: Store) -> list[Refusal]:
    """What waits for a person, oldest first."""
    raise NotImplementedError


def dismiss(store: Store, id: str) -> None:
    """A person has dealt with this refusal."""
    raise NotImplementedError


def performed_ids(store: Store) -> set[str]:
    """The ids of every operation kept here (acknowledged ones are kept 30 days)."""
    raise NotImplementedError
