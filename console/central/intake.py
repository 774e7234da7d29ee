"""The platform behind the open door: what comes in is decided, kept and told in the feed, all of a request at once."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial

from console.central import feed
from console.central.auth import realm_of
from console.central.feed import Placed
from console.central.realms import Realm
from console.central.service import Service
from console.domain.log import End, Entry, seal
from console.domain.operation import Operation
from console.domain.phrases import say
from console.domain.words import Phrase
from console.store import postgres
from console.store.draft import Draft
from console.store.ids import new_id
from console.store.keepable import keepable
from console.store.queries import Tx
from console.sync import keys
from console.sync.answers import problem
from console.sync.door import Take
from console.sync.intake import IntakeRequest, IntakeResponse
from console.sync.keys import ServiceKey
from console.sync.receive import Receiver, Source


class Decider:
    """Operations decided over one draft for a platform, with their log and their places in the feed; a `Doer`."""

    def __init__(self, tx: Tx, source: Source, device: str, now: datetime) -> None:
        self.tx, self.draft = tx, Draft(tx)
        self._source, self._device, self._now = source, device, now
        self._placed: list[Placed] = []
        self._entries: list[Entry] = []

    def hold(self, keys: Iterable[str]) -> None:
        if self.tx.connection.dialect.name == "postgresql":  # SQLite has one writer
            postgres.hold(self.tx.connection, keys)

    def do(self, operation: Operation, area: str) -> None:
        actor = self._source.actor(self._now, area)
        changes = operation.decide(self.draft, actor)
        rows = tuple(keepable(row) for row in changes.rows)
        self.draft.put(*rows)
        self._placed += [one for row in rows for one in feed.placed(row, self.draft, area)]
        for said in changes.notes:
            entry = seal(
                said, id=new_id(), device=self._device, author=actor.user, at=actor.at, area=area, last=self._last()
            )
            self._entries.append(entry)
            self._placed += feed.placed(entry, self.draft, area)

    def write(self) -> None:
        """Everything into the transaction; nothing else may be written after it."""
        rows = self.draft.written.values()
        self.tx.put(*rows, *self._entries)
        feed.place(self.tx, self._placed)

    def _last(self) -> Entry | End | None:
        if self._entries:
            return self._entries[-1]
        self.hold([f"log:{self._device}"])
        return self.tx.last_entry(self._device)


def receive(realm: Realm, service: Service, source: Source, request: IntakeRequest) -> IntakeResponse:
    """Take a request in; it is on disk when this returns. Raises what a `Store` does; nothing has changed then."""
    now = datetime.now(UTC)
    with realm.store.begin() as tx:
        # a restored platform begins another chain: what it wrote after its backup, others still have
        doer = Decider(tx, source, realm.incarnation, now)
        receiver = Receiver(doer, source, service.directory.pack, now)
        answer = receiver.take(request)
        doer.write()
    if receiver.positions:
        realm.tell(moved=True)
    return answer


def find(service: Service, text: str) -> tuple[ServiceKey, Take] | None:
    """Who has this key, and what takes in what they bring."""
    if service.relay is not None:
        raise problem(404, "intake_relay", say(Phrase("intake_relay"), "en"))
    realm = service.realms.get(realm_of(text))
    if realm is None:
        return None
    with realm.store.read() as view:
        found = keys.find(view, text)
    return None if found is None else (found, partial(receive, realm, service, found.source))
