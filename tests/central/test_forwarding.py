"""What a relay passes down of what came from above, and in which order it sends up what came from below."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from console.central import feed, forwarding, push
from console.central.copies import note_copy
from console.central.feed import Decided, Placed
from console.central.pages import Asked
from console.central.realms import Realm
from console.domain.log import Kind, Note, seal
from console.domain.operation import OpenIncident
from console.domain.words import Label, Phrase
from console.store import tables
from console.store.codec import encode
from console.store.store import Store
from console.sync import outbox
from console.sync.messages import FeedRow, PushRequest, Sent
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


@pytest.mark.parametrize("refused", [False, True])
@pytest.mark.parametrize("written", ["", "s", "e", "es", "se", "ese", "-ssee-s-"])
def test_what_goes_up_is_in_the_order_it_was_written(tmp_path: Path, written: str, refused: bool) -> None:
    """`s` was its sender's to say, `e` is kept as evidence, `-` is neither."""
    store = Store.open(tmp_path / "relay.db", None, side="relay")
    desk = Store.open(tmp_path / "desk.db", None)
    outbox.perform(desk, OpenIncident(incident(1), WHO), actor())
    (body,) = outbox.to_send(desk, "command", None, 3).bodies
    entries = [{"id": f"{kind}{place}"} for place, kind in enumerate(written)]
    sent = Sent.model_validate_json(body).model_copy(update={"entries": entries})
    said, evidence = ({one["id"] for one in entries if one["id"][0] == kind} for kind in "se")
    refusal = Phrase("not_allowed", {"name": sent.name}) if refused else None
    with store.begin() as tx:
        forwarding.forward(tx, desk.device, [Decided(sent, "u1", (), refusal, said=said, evidence=evidence)], {})
    with store.read() as view:
        going = [json.loads(one) for one in view.connection.scalars(select(tables.outbox.c.body).order_by("n"))]
    above = [(one["id"], each["args"].get("evidence", False)) for each in going for one in each["entries"]]
    assert above == [(one["id"], one["id"] in evidence) for one in entries if one["id"] in said | evidence]
    assert [each["id"] for each in going].count(sent.id) == (not refused)
    store.close()
    desk.close()
