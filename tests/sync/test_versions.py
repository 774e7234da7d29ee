"""An older desk may always push: operations of the versions before this one are read, others wait in the inbox."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import select, update

from console.central import feed, push
from console.central.audit import audit
from console.central.realms import Realm
from console.domain.errors import Refused
from console.domain.incident import Incident
from console.domain.log import Kind, Note
from console.domain.operation import OpenIncident, WriteNote
from console.domain.operations import OLDEST, OPERATIONS, VERSION
from console.domain.words import Label
from console.store import tables
from console.store.check import verify_chain
from console.store.codec import read_sent
from console.store.store import Store
from console.sync import outbox, own, rebase
from console.sync.inbox import inbox, resend
from console.sync.messages import Page, PushRequest, PushResponse, canonical, fingerprint
from tests.support_old import old_desk, old_platform, opened, rows
from tests.support_pack import AREAS, PASSWORD, TOWN, actor, incident, sender
from tests.support_pack import page as a_page
from tests.support_platform import Platform
from tests.support_wait import WAIT_S

WHO = Label("现场", "Field")


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    store = opened(old_desk(tmp_path))
    yield store
    store.close()


@pytest.fixture
def platform(tmp_path: Path) -> Any:
    """As the first release left it, migrated."""
    store = opened(old_platform(tmp_path))
    Realm(store)
    yield store
    store.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Any:
    store = opened(tmp_path / "new" / "platform.db")
    Realm(store)
    yield store
    store.close()


def send(desk: Store, platform: Store) -> list[Any]:
    """Push what is pending; what became of it."""
    outcomes = []
    for lane in outbox.LANES:
        batch = outbox.to_send(desk, lane, None)
        if batch.bodies:
            sent = f'{{"operations":[{",".join(batch.bodies)}],"oldest":{batch.oldest}}}'
            taken = push.take(platform, sender(desk.device), PushRequest.model_validate_json(sent))
            outcomes += PushResponse.model_validate({"outcomes": taken}).outcomes
    return outcomes


def fetch(desk: Store, platform: Store) -> None:
    while True:
        with platform.read() as view:
            page = a_page(view, desk.device, rebase.cursor(desk), 20, [TOWN])
        rebase.apply(desk, Page.model_validate_json(page.model_dump_json()))
        with desk.read() as view:
            if page.cursor == page.head and not view.setting("sync.anew"):
                return


def everything(store: Store, area: Callable[[Any], bool] = lambda row: True) -> dict[tuple[str, str], Any]:
    with store.read() as view:
        found = ((name, row) for name, kind in tables.FEED_KINDS.items() for row in view.every(kind))
        return {(name, row.id): row for name, row in found if area(row)}


def assert_same(desk: Store, platform: Store) -> None:
    """All that may be seen of the platform is on the desk, and the sums say so too."""
    seen = everything(platform, lambda row: getattr(row, "area", "") in ("", TOWN))
    assert everything(desk) == seen
    assert outbox.pending(desk) == {"command": 0, "bulk": 0}
    held = own.own_sums(desk)
    assert held is not None
    with platform.read() as view:
        assert held.sums == feed.check(view, held.cursor, [TOWN]).buckets
        report = audit(view, desk.device)
    assert report.doubled == 0 and set(report.held.values()) == {1}
    assert verify_chain(desk, desk.device) is None and verify_chain(platform, desk.device) is None


def bodies(path: Path) -> list[dict[str, Any]]:
    return [json.loads(row["body"]) for row in rows(path, "outbox")]


def test_the_hash_of_the_first_version_is_its_own(tmp_path: Path) -> None:
    sent = bodies(old_desk(tmp_path))
    assert len(sent) > 20
    for body in sent:
        assert "version" not in body and fingerprint(body) == body["hash"]
        read = PushRequest.model_validate({"operations": [body]}).operations[0]
        assert read.version == 1 and fingerprint(read.model_dump()) == read.hash
        changed = body | {"realm": "drill"}
        assert fingerprint(changed) != body["hash"]


def test_every_operation_of_the_first_version_is_read(tmp_path: Path) -> None:
    sent = bodies(old_desk(tmp_path))
    for body in sent:
        operation, who = read_sent(body, AREAS)
        assert who.area == TOWN
        for row in (getattr(operation, "incident", None), getattr(operation, "alarm", None)):
            assert getattr(row, "area", TOWN) in (TOWN, "elsewhere")
    new = {
        "call.ring",
        "call.take",
        "call.join",
        "call.dismiss",
        "incident.edit",
        "casualty.report",
        "conflict.settle",
        "attachment.add",
        "lane.void",
    }
    first = set(OPERATIONS) - {kind for kind in OPERATIONS if kind in new}
    assert {body["name"] for body in sent} <= first | {"incident.check", "incident.close"}  # which are moves now


def test_a_migrated_desk_and_platform_come_to_hold_the_same(desk: Store, platform: Store) -> None:
    before = {row.id for row in everything(desk).values()}
    assert all(outcome.refusal is None for outcome in send(desk, platform))
    fetch(desk, platform)
    assert_same(desk, platform)
    gone = before - {row.id for row in everything(desk).values()}
    assert len(gone) == 1  # the alarm of a town that is not the caller's
    assert [refusal.phrase.code for refusal in inbox(desk)] == ["alarm_decided"]
    outbox.perform(desk, OpenIncident(incident(50), WHO), actor(900))
    send(desk, platform)
    fetch(desk, platform)
    assert_same(desk, platform)


NEW_FIELDS = {"assignment": ["by"], "incident": ["moved", "entered", "last", "twin"]}  # that the first version lacked


def test_what_is_pending_shows_while_the_platform_goes_on(desk: Store, platform: Store) -> None:
    """The desk takes in what others did before its own is pushed."""
    before = everything(desk)
    fetch(desk, platform)
    after = everything(desk)
    assert outbox.pending(desk) == {"command": 8, "bulk": 2}
    here = {row["table"]: row for row in rows(desk.path, "base_row")}
    assert {"alarm", "incident", "assignment", "task"} <= set(here)
    for row in rows(desk.path, "base_row"):
        was, now = before[row["table"], row["id"]], after[row["table"], row["id"]]
        new = NEW_FIELDS.get(row["table"], ())
        assert now == replace(was, **{name: getattr(now, name) for name in new})
    send(desk, platform)
    fetch(desk, platform)
    assert_same(desk, platform)


def test_a_fresh_platform_is_given_everything_again(desk: Store, fresh: Store) -> None:
    fetch(desk, fresh)  # another incarnation: what was told back is pending again
    with desk.read() as view:
        kept = view.connection.scalars(select(tables.outbox.c.id)).all()
    assert sum(outbox.pending(desk).values()) == len(kept) == 28
    outcomes = send(desk, fresh)
    assert len(outcomes) == 28
    # the alarm of a town where the user may do nothing; and this time its own confirmation came first
    assert [outcome.refusal.code for outcome in outcomes if outcome.refusal] == ["not_allowed"]
    fetch(desk, fresh)
    assert_same(desk, fresh)


def test_an_old_desk_pushes_to_a_new_platform(tmp_path: Path, fresh: Store) -> None:
    """Its bodies as they are, nothing of it migrated."""
    sent = bodies(old_desk(tmp_path))
    lanes: dict[str, list[Any]] = {}
    for body in sent:
        lanes.setdefault(body["lane"], []).append(body)
    for operations in lanes.values():
        request = PushRequest.model_validate({"operations": operations})
        first = push.take(fresh, sender("old"), request)
        again = push.take(fresh, sender("old"), request)
        assert first == again and len(first) == len(operations)
        refused = {one.refusal.code for one in first if one.refusal}
        assert refused <= {"not_allowed"}
    with fresh.read() as view:
        assert {one.area for one in view.every(Incident)} == {TOWN}


def remade(desk: Store, version: int) -> str:
    """An operation that the desk did, as if its program were of another version; its id."""
    table = tables.outbox
    with desk.begin() as tx:
        query = select(table.c.sequence, table.c.body).order_by(table.c.sequence.desc()).limit(1)
        sequence, body = tx.connection.execute(query).one()
        fields = json.loads(body) | {"version": version}
        text = canonical(fields | {"hash": fingerprint(fields)})
        tx.connection.execute(update(table).where(table.c.sequence == sequence).values(body=text))
    return str(fields["id"])


@pytest.mark.parametrize("version", [OLDEST - 1, VERSION + 1])
def test_another_version_lands_in_the_inbox_and_holds_nothing_up(tmp_path: Path, fresh: Store, version: int) -> None:
    desk = opened(tmp_path / "desk.db")
    outbox.perform(desk, OpenIncident(of := incident(), WHO), actor())
    refused = remade(desk, version)
    outbox.perform(desk, WriteNote(Note(Kind.RADIO, WHO, text="后来")), actor(1))
    outcomes = send(desk, fresh)
    assert [outcome.refusal and outcome.refusal.code for outcome in outcomes] == ["op_version", None]
    fetch(desk, fresh)
    (waiting,) = inbox(desk)
    assert waiting.id == refused and waiting.phrase.code == "op_version"
    assert waiting.args["incident"]["id"] == of.id  # its content is kept
    with desk.read() as view:
        assert view.every(Incident) == []
    resend(desk, refused, actor(2))
    send(desk, fresh)
    fetch(desk, fresh)
    assert_same(desk, fresh)
    with desk.read() as view:
        assert view.incident(of.id).area == TOWN
    assert inbox(desk) == []
    desk.close()


def test_the_versions_that_are_taken() -> None:
    assert max(1, VERSION - 2) == OLDEST


def test_an_old_refusal_can_be_sent_again(desk: Store) -> None:
    (refusal,) = inbox(desk)
    with pytest.raises(Refused) as error:  # by the rules, not for its form
        resend(desk, refusal.id, actor(1000))
    assert error.value.phrase.code == "alarm_decided"


def test_a_program_of_the_first_version_signs_in_and_pushes(desk: Store, tmp_path: Path) -> None:
    """As it asked: no nonce, no version; and it takes no field more than it knows."""
    served = Platform(tmp_path / "served")
    try:
        with requests.Session() as http:
            asked = {"user": "u1", "password": PASSWORD, "realm": "live", "device": desk.device}
            said = http.post(f"{served.url}/v1/login", json=asked, timeout=WAIT_S).json()
            assert set(said) == {"token", "expires_at", "incarnation", "now"}
            bodies = outbox.to_send(desk, "command", 0).bodies
            http.headers.update({"Authorization": f"Bearer {said['token']}", "Content-Type": "application/json"})
            body = f'{{"operations":[{",".join(bodies)}]}}'
            answer = http.post(f"{served.url}/v1/push", data=body.encode(), timeout=WAIT_S)
            assert answer.status_code == 200 and len(answer.json()["outcomes"]) == len(bodies)
            # its program is brought up to date: that is no copy, and from then on nobody signs in without the nonce
            newer = asked | {"nonce": "first", "next_nonce": "second", "version": VERSION}
            assert http.post(f"{served.url}/v1/login", json=newer, timeout=WAIT_S).status_code == 200
            assert http.post(f"{served.url}/v1/login", json=asked, timeout=WAIT_S).status_code == 409
    finally:
        served.kill()
