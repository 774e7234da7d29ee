"""Desks and the real platform over the real network, with the link going away and coming back."""

import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from console.domain.agency import Position
from console.domain.alarm import FilterReason
from console.domain.errors import KnownError
from console.domain.indicator import Reading
from console.domain.operation import AddReadings, ConfirmAlarm, FilterAlarm, OpenIncident, RaiseAlarm
from console.domain.words import Label
from console.store import tables
from console.store.check import verify_chain
from console.store.store import Store
from console.sync import inbox, outbox
from console.sync.client import Link
from console.sync.login import login_offline
from tests.support_burst import one
from tests.support_pack import HERE, PASSWORD, START, actor, alarm, incident
from tests.support_platform import Desk, Platform, until

WHO = Label("王", "Wang")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    platform = Platform(tmp_path_factory.mktemp("platform"))
    yield platform
    platform.kill()


@pytest.fixture
def platform(shared: Platform) -> Platform:
    if shared.process.poll() is not None:
        shared.start()
    return shared


@pytest.fixture
def desks(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[list[Desk]]:
    realm = f"t{abs(hash(request.node.name)) % 10**9}"  # its own, so that tests do not see each other
    desks = [Desk(tmp_path / f"{name}.db", realm) for name in ("a", "b")]
    yield desks
    for desk in desks:
        desk.close()


def numbers(desk: Desk) -> set[int]:
    return {row.number for row in desk.see(lambda view: view.incidents(open_only=False))}


def held_once(desk: Desk) -> bool:
    assert desk.client
    performed = desk.submit(outbox.performed_ids).result()
    return desk.client.audit() == dict.fromkeys(performed, 1)


def test_two_desks_see_each_other(platform: Platform, desks: list[Desk]) -> None:
    a, b = desks
    a.connect(platform.url)
    b.connect(platform.url, "u2")
    of = one(a, 1)
    one(b, 2)
    until(lambda: numbers(a) == numbers(b) == {1, 2} and a.settled() and b.settled())
    until(lambda: len(b.see(lambda view: view.entries_of(of.id))) == 3)
    assert any(row.id == of.id for applied in b.applied for row in applied.rows)
    assert not any(applied.gone for applied in a.applied + b.applied)
    a.do(AddReadings((Reading("river", START, 3.0),)), actor())
    until(lambda: b.see(lambda view: view.readings(["river"], START)) == {"river": [(START, 3.0)]})
    here = Position("xf1", HERE, START)
    a.client.send_positions([here])  # type: ignore[union-attr]
    until(lambda: b.see(lambda view: view.positions()) == {"xf1": here})
    for desk in desks:
        assert desk.submit(lambda store: [verify_chain(store, d.store.device) for d in desks]).result() == [None, None]


def test_work_goes_on_while_the_platform_is_killed_and_restarted(platform: Platform, desks: list[Desk]) -> None:
    a, b = desks
    a.connect(platform.url)
    b.connect(platform.url, "u2")
    until(lambda: a.online() and b.online())
    for number in range(1, 21):
        one(a, number)
        if number in (6, 14):
            platform.kill()
        if number in (10, 18):
            platform.start()
    until(lambda: a.settled() and len(numbers(b)) == 20)
    assert held_once(a)
    assert {state.link for state in a.links} == {Link.ONLINE, Link.OFFLINE}
    assert a.online()


def test_a_cut_link_is_mended(platform: Platform, desks: list[Desk]) -> None:
    a, b = desks
    a.connect(platform.url)
    b.connect(platform.url, "u2")
    until(lambda: a.online() and b.online())
    assert a.client
    a.client.set_cut(True)
    assert not a.online() and a.client.state.detail and a.client.state.detail.code == "link_cut"
    one(a, 1)
    one(b, 2)
    until(b.settled)
    assert a.pending() == 3 and numbers(a) == {1} and numbers(b) == {2}
    a.client.set_cut(False)
    until(lambda: a.online() and a.settled() and numbers(a) == numbers(b) == {1, 2})
    assert held_once(a) and held_once(b)


def test_a_refusal_of_the_platform_lands_in_the_inbox(platform: Platform, desks: list[Desk]) -> None:
    """Both decide on one alarm while apart: the platform takes the first, and the second is told why."""
    a, b = desks
    about = alarm()
    for desk in desks:
        desk.connect(platform.url)
    a.do(RaiseAlarm(about), actor())
    until(lambda: len(b.see(lambda view: view.open_alarms())) == 1 and a.settled())
    assert b.client
    b.client.set_cut(True)
    ghost = incident(9)
    b.do(ConfirmAlarm(about.id, ghost), actor(1))
    a.do(FilterAlarm(about.id, FilterReason.STEAM), actor(2))
    until(a.settled)
    b.client.set_cut(False)
    until(lambda: len(b.submit(inbox.inbox).result()) == 1)
    (refusal,) = b.submit(inbox.inbox).result()
    assert (refusal.name, refusal.user, refusal.phrase.code) == ("alarm.confirm", "u1", "alarm_decided")
    assert refusal.args["incident"]["id"] == ghost.id and refusal.at == START + timedelta(seconds=1)
    assert numbers(b) == set()
    until(lambda: ("incident", ghost.id) in [gone for one in b.applied for gone in one.gone])  # told once it is kept
    assert b.settled() and held_once(b)
    b.submit(lambda store: inbox.discard(store, refusal.id, actor(3), "已过滤")).result()
    assert b.submit(inbox.inbox).result() == []
    one(b, 3)
    until(b.settled)


def test_a_desk_put_back_from_a_copy_becomes_a_desk_of_its_own(platform: Platform, desks: list[Desk]) -> None:
    """What it does now takes numbers that the platform knows otherwise: nothing is stuck, and nothing is lost."""
    a, _ = desks
    a.connect(platform.url)
    one(a, 1)
    until(a.settled)
    assert a.client
    a.client.close()

    def forget(store: Store) -> None:
        with store.begin() as tx:
            tx.connection.execute(delete(tables.outbox).where(tables.outbox.c.n > 1))

    before = a.store.device
    a.submit(forget).result()
    a.do(OpenIncident(incident(2), WHO), actor(5))  # takes number 2 for the second time
    a.connect(platform.url)
    until(lambda: a.settled() and numbers(a) == {1, 2})
    assert a.store.device != before and held_once(a)
    assert a.submit(inbox.inbox).result() == []


def test_a_platform_made_anew_is_given_everything_again(platform: Platform, desks: list[Desk], tmp_path: Path) -> None:
    a, b = desks
    a.connect(platform.url)
    one(a, 1)
    until(a.settled)
    platform.kill()
    for file in platform.data.glob(f"{a.store.realm}.db*"):
        file.unlink()
    one(a, 2)
    platform.start()
    b.connect(platform.url)
    until(lambda: a.settled() and numbers(b) == {1, 2})
    assert held_once(a)


def test_the_wrong_password_is_told_and_not_tried_again(platform: Platform, desks: list[Desk]) -> None:
    a, _ = desks
    client = a.connect(platform.url, "u2", "wrong")
    until(lambda: client.state.link is Link.DENIED)
    assert client.state.detail and client.state.detail.code == "login_wrong"
    one(a, 1)
    time.sleep(0.5)
    assert a.pending() == 3 and client.state.link is Link.DENIED
    client.sign_in("u2", PASSWORD)
    until(lambda: a.online() and a.settled())


def test_signing_in_without_the_link(platform: Platform, desks: list[Desk]) -> None:
    a, _ = desks

    def try_(password: str, user: str = "u1") -> str:
        try:
            a.submit(lambda store: login_offline(store, user, password)).result()
        except KnownError as error:
            return error.phrase.code
        return "in"

    assert try_(PASSWORD) == "login_unknown"
    a.connect(platform.url)
    until(lambda: try_(PASSWORD) == "in")
    assert [try_("wrong") for _ in range(5)] == ["login_wrong"] * 4 + ["login_locked"]
    assert try_(PASSWORD) == "login_locked"
    later = datetime.now(UTC) + timedelta(minutes=6)
    a.submit(lambda store: login_offline(store, "u1", PASSWORD, later)).result()
    assert PASSWORD not in str(a.see(lambda view: view.setting("login.u1")))


def test_threads_end_and_errors_do_not_end_them(
    platform: Platform, desks: list[Desk], caplog: pytest.LogCaptureFixture
) -> None:
    a, _ = desks
    client = a.connect(platform.url)
    until(a.online)

    def broken(_: object) -> None:
        raise RuntimeError("the desk's fault")

    client.on_changes = broken
    b = desks[1]
    b.connect(platform.url)
    with caplog.at_level(logging.CRITICAL, "console.sync"):
        one(b, 1)
        one(a, 2)
        until(lambda: a.settled() and numbers(a) == {1, 2})
    client.close()
    assert not any(thread.is_alive() for thread in client._threads)
