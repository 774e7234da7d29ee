"""What a relay passes down of what came from above."""

from pathlib import Path

from sqlalchemy import select

from console.central import feed, forwarding
from console.central.feed import Placed
from console.central.realms import Realm
from console.domain.log import Kind, Note, seal
from console.domain.words import Label
from console.store import tables
from console.store.codec import encode
from console.store.store import Store
from console.sync.messages import FeedRow
from console.sync.outbox import Applied
from tests.support_pack import START, TOWN

NOTE = Note(Kind.RADIO, Label("现场", "Field"), text="说过的话")


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
