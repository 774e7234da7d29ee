"""A long backlog comes back in many pages, and is not decided anew over each of them."""

import json
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
import requests
from sqlalchemy import select

from console.central import push
from console.central.realms import Realm
from console.domain.incident import Incident
from console.domain.words import Phrase
from console.store import tables
from console.store.codec import encode
from console.store.store import Store
from console.sync import exchange, outbox, own, rebase
from console.sync.exchange import Call, Exchange
from console.sync.handshake import Handshake
from console.sync.link import Line, LinkDown
from console.sync.messages import PushRequest
from tests.bench.away import work
from tests.support_pack import PASSWORD, sender
from tests.support_platform import KEY, Platform

OPERATIONS = 48  # four incidents, from the call to the close


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "desk.db", KEY)
    work(store, OPERATIONS, 1, units=2)
    yield store
    store.close()


@pytest.fixture
def call(store: Store, tmp_path: Path) -> Iterator[Call]:
    """The platform, which has all that was done, in pages of ten rows."""
    platform = Platform(tmp_path / "platform")
    line = Line(platform.url, "u1", PASSWORD, "live", Handshake(lambda fn: fn(store)))
    with (
        requests.Session() as http,
        patch.object(exchange, "PAGE_ROWS", 10),
        patch.object(outbox, "MAX_PUSH_BYTES", 5000),
    ):
        ask: Call = lambda method, path, body=None: line.call(http, method, path, body)  # noqa: E731
        sending = Exchange(lambda fn: fn(store))
        while sending.push(ask, "command"):
            pass
        yield ask
    platform.kill()


def waiting(store: Store) -> int:
    return sum(outbox.pending(store).values())


def test_pages_that_tell_back_are_taken_in_together(store: Store, call: Call) -> None:
    asked: list[str] = []

    def ask(method: str, path: str, body: str | bytes | None = None) -> bytes:
        asked.append(path)
        return call(method, path, body)

    taken = []
    real = rebase.apply
    pulling = Exchange(lambda fn: fn(store))
    with patch.object(rebase, "apply", lambda *given: taken.append(1) or real(*given)):
        while pulling.pull(ask):
            pass
    assert waiting(store) == 0
    assert len(asked) > 2 * len(taken)
    assert pulling.check(call, lambda: own.own_sums(store)) == []
    whole = own.own_sums(store)
    assert whole is not None
    assert whole.sums


def test_what_came_before_the_link_broke_is_taken_in(store: Store, call: Call) -> None:
    asked = 0

    def ask(method: str, path: str, body: str | bytes | None = None) -> bytes:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise LinkDown(Phrase("link_down"))
        return call(method, path, body)

    pulling = Exchange(lambda fn: fn(store))
    assert pulling.pull(ask)
    at, left = rebase.cursor(store), waiting(store)
    assert at > 0
    assert 0 < left < OPERATIONS
    while pulling.pull(ask):
        assert rebase.cursor(store) > at
    assert waiting(store) == 0
    assert pulling.check(call, lambda: own.own_sums(store)) == []


def test_the_feed_has_of_each_push_what_is_told_in_the_end(store: Store, tmp_path: Path) -> None:
    platform = Store.open(tmp_path / "platform.db", None, side="platform")
    Realm(platform)
    batch = outbox.to_send(store, "command", None)
    push.take(platform, sender(store.device), PushRequest(operations=[json.loads(body) for body in batch.bodies]))
    place = tables.feed.c.bucket, tables.feed.c.table, tables.feed.c.id
    with platform.read() as view:
        rows = view.connection.execute(select(*place, tables.feed.c.body)).all()
        incidents = view.every(Incident)
    platform.close()
    assert len({row[:3] for row in rows}) == len(rows)
    told = {row.id: row.body for row in rows if row.table == tables.incident.name}
    assert told == {incident.id: encode(incident) for incident in incidents}
    assert len(incidents) == OPERATIONS // 12
