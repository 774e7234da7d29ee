"""What comes by the open door of a desk that works alone: decided and kept here, queued like all that is done here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from console.domain.log import Entry
from console.domain.operation import Actor, Operation, Row
from console.domain.pack import Pack
from console.domain.words import Label
from console.store.draft import Draft
from console.store.queries import Tx
from console.store.store import Store
from console.sync.intake import IntakeRequest, IntakeResponse
from console.sync.outbox import Applied, Work
from console.sync.receive import Receiver, Source, forget


@dataclass
class _Keeper:
    """Decides for a desk; a `Doer`. One process writes here, so nothing is held."""

    tx: Tx
    work: Work
    source: Source
    user: str
    now: datetime
    entries: list[Entry] = field(default_factory=list)

    @property
    def draft(self) -> Draft:
        return self.work.draft

    def do(self, operation: Operation, area: str) -> None:
        # a platform that this desk meets later knows the person who let it in, not the account
        actor = Actor(self.user, Label(self.source.name, self.source.name), self.now, area)
        changes, _ = self.work.perform(operation, actor)
        self.entries += changes.entries

    def hold(self, keys: Iterable[str]) -> None:
        pass


def take(store: Store, pack: Pack, source: Source, user: str, request: IntakeRequest) -> tuple[IntakeResponse, Applied]:
    """Take a request in, for the person at the desk; on disk when it returns, with what is different on the desk.

    Raises what a `Store` does; nothing has changed then.
    """
    now = datetime.now(UTC)
    with store.begin() as tx:
        keeper = _Keeper(tx, Work(tx, store), source, user, now)
        receiver = Receiver(keeper, source, pack, now)
        answer = receiver.take(request)
        keeper.work.write()
    rows = cast("tuple[Row, ...]", tuple(keeper.draft.written.values()))
    return answer, Applied(rows, tuple(keeper.entries), tuple(receiver.positions))


def tidy(store: Store) -> None:
    """Drop the senders' ids that are past their time."""
    with store.begin() as tx:
        forget(tx, datetime.now(UTC))
