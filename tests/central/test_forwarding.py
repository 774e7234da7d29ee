"""What a relay passes down of what came from above."""

from pathlib import Path

from sqlalchemy import select

from console.central import feed, forwarding, push
from console.central.copies import note_copy
from console.central.feed import Placed
from console.central.pages import Asked
from console.central.realms import Realm
from console.domain.log import Kind, Note, seal
from console.domain.operation import OpenIncident
from console.domain.words import Label, Phrase
from console.store import tables
from console.store.codec import encode
from console.store.store import Store
from console.sync import outbox
from console.sync.messages import FeedRow, PushRequest
from console.sync.outbox import Applied
from tests.support_pack import START, TOWN, actor, incident, sender

WHO = Label("现场", "Field")
NOTE = Note(Kind.RADIO, WHO, text="说过的话")


def test_what_left_and_came_back_is_told_again(tmp_path: Path) -> None:
    """A relay that was shown other areas for a while: its rows went, and came again."""
    entry = seal(NOTE, id="e1", device="d1", author="u1", at=START, area="", last=None)  # of the first version
    came = FeedRow(table="entry", id=entry.id, row=encode(entry), bucket=TOWN)
    store = Store.open(tmp_path / "relay.db", None, side="relay")
    Realm(store)

    def told() -> list[bool]:
        with store.read() as view:
            table = tables.feed
            return [
                body is not None for body in view.connection.scalars(select(table.c.body).order_by(table.c.sequence))
            ]

    with store.begin() as tx:
        forwarding.pass_on(tx, Applied(), (), (came,))
    with store.begin() as tx:
        forwarding.pass_on(tx, Applied(), (), (came,))  # again, by another page
    assert told() == [True]
    with store.begin() as tx:
        feed.place(tx, [Placed("entry", entry.id, None, TOWN)])
    with store.begin() as tx:
        forwarding.pass_on(tx, Applied(), (), (came,))
    assert told() == [True, False, True]
    store.close()


def test_a_copy_hears_what_above_refuses_of_the_desk_that_it_is_a_copy_of(tmp_path: Path) -> None:
    """Its operation was taken here under the id that it had; by the time the city refuses it, it has another."""
    store = Store.open(tmp_path / "relay.db", None, side="relay")
    Realm(store)
    desk = Store.open(tmp_path / "desk.db", None)
    outbox.perform(desk, OpenIncident(incident(1), WHO), actor())
    (body,) = outbox.to_send(desk, "command", None, 3).bodies
    request = PushRequest.model_validate_json(f'{{"operations":[{body}]}}')
    push.take(store, sender(desk.device), request)
    with store.begin() as tx:
        note_copy(tx, "second", desk.device)
        note_copy(tx, "third", "second")
        at = feed.end(tx)
        feed.tell_back(tx, request.operations[0].id, Phrase("not_allowed", {"name": "incident.open"}))
    with store.read() as view:
        common = feed.common(view, Asked(at, 50), [TOWN])
        pages = {client: feed.with_outcomes(view, client, common.page) for client in ("second", "third", "other")}
    assert common.told == {desk.device, "second", "third"}
    assert {client: [one.id for one in page.refused] for client, page in pages.items()} == {
        "second": [request.operations[0].id],
        "third": [request.operations[0].id],
        "other": [],
    }
    desk.close()
    store.close()
