"""The open door with several workers on one PostgreSQL: each sees what the others took, and none takes it twice."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import requests

from console.central.directory import Directory
from console.central.intake import receive
from console.central.realms import Realm, Realms, opened
from console.central.service import Service
from console.domain.alarm import Alarm
from console.domain.incoming import IncomingCall
from console.domain.indicator import Reading
from console.store.check import verify_chain
from console.store.store import Store
from console.sync.intake import KINDS, IntakeRequest, IntakeResponse
from console.sync.receive import Source
from tests.central.test_workers import AREA, PASSWORD, USER, Central
from tests.support_pack import TOWN, make_pack
from tests.support_platform import ROOT, Desk, until
from tests.support_postgres import Postgres
from tests.support_wait import WAIT_S

SOURCE = Source("scada", TOWN, frozenset(KINDS))
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def workers(postgres: Postgres) -> Iterator[list[tuple[Realm, Service]]]:
    """Two of them, each with its own connections."""
    url = postgres.fresh_database()
    opened = [Realms(url) for _ in range(2)]
    found = []
    for realms in opened:
        realm = realms.get("live", create=True)
        assert realm
        found.append((realm, Service(realms, Directory(make_pack()))))
    yield found
    for realms in opened:
        realms.close()


def at_once(workers: list[tuple[Realm, Service]], *requests: dict[str, Any]) -> list[IntakeResponse]:
    """Each request at another worker, at the same moment."""
    start = Barrier(len(requests))

    def send(n: int) -> IntakeResponse:
        realm, service = workers[n % len(workers)]
        body = IntakeRequest.model_validate(requests[n])
        start.wait(WAIT_S)
        return receive(realm, service, SOURCE, body)

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, range(len(requests))))


def every(store: Store, kind: type) -> list[Any]:
    with store.read() as view:
        return view.every(kind)


def call(id: str, text: str = "桥上有水") -> dict[str, Any]:
    return {"id": id, "channel": "12345", "text": text, "place": "东桥"}


def reading(value: float, second: float) -> dict[str, Any]:
    return {"indicator": "river", "at": (NOW - timedelta(seconds=60 - second)).isoformat(), "value": value}


def test_one_id_at_two_workers_at_once_is_taken_once(workers: list[tuple[Realm, Service]]) -> None:
    store = workers[0][0].store
    for n in range(10):
        same = {"calls": [call(f"c-{n}-{m}") for m in range(3)]}
        answers = at_once(workers, same, same, same, same)
        assert sum(one.accepted for one in answers) == 3 and sum(one.again for one in answers) == 9
        assert not any(one.refused for one in answers)
    assert len(every(store, IncomingCall)) == 30
    two = at_once(workers, {"calls": [call("d", "甲")]}, {"calls": [call("d", "乙")]})
    assert sorted((one.accepted, len(one.refused)) for one in two) == [(0, 1), (1, 0)]
    for realm, _ in workers:
        with store.read() as view:
            devices = view.chains()
        assert realm.incarnation in devices
    assert all(verify_chain(store, device) is None for device in devices)


def test_two_workers_watch_one_series_as_one(workers: list[tuple[Realm, Service]]) -> None:
    store = workers[0][0].store
    over = [{"readings": [reading(3.2 + n / 100, n)]} for n in range(6)]
    answers = at_once(workers, *over, *over)
    assert sum(one.accepted for one in answers) == 6 and sum(one.again for one in answers) == 6
    (raised,) = every(store, Alarm)
    assert raised.active and len(every(store, Reading)) == 6
    at_once(workers, {"readings": [reading(1.0, 30)]}, {"readings": [reading(1.0, 29)]})
    (raised,) = every(store, Alarm)
    assert not raised.active


def test_the_newest_position_holds_whichever_worker_hears_it(workers: list[tuple[Realm, Service]]) -> None:
    def position(second: float) -> dict[str, Any]:
        at = (NOW - timedelta(seconds=60 - second)).isoformat()
        return {"positions": [{"unit": "xf1", "lon": 104.0 + second / 1000, "lat": 30.6, "at": at}]}

    for n in range(0, 24, 4):
        at_once(workers, *(position(n + m) for m in (3, 1, 2, 0)))
        with workers[0][0].store.read() as view:
            assert view.positions()["xf1"].at.lon == pytest.approx(104.0 + (n + 3) / 1000)


def test_workers_killed_in_batches_lose_nothing_and_double_nothing(postgres: Postgres, tmp_path: Path) -> None:
    """A sender that has no answer sends the same again, to whichever worker then hears it."""
    url = postgres.fresh_database()
    central = Central(url, tmp_path)
    added = subprocess.run(
        [
            *(sys.executable, "-m", "console", "central", "key", "add", "scada", "--at", AREA),
            *("--kind", "calls,readings", "--database", url),
        ],
        cwd=ROOT, check=True, capture_output=True, text=True, timeout=WAIT_S,
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {added.stdout.split()[0]}"}
    desk = Desk(tmp_path / "desk.db")
    desk.connect(central.url, USER, PASSWORD)

    def ask(body: Any) -> requests.Response | None:
        with suppress(requests.RequestException):
            return requests.post(f"{central.url}/v1/intake", json=body, headers=headers, timeout=WAIT_S)
        return None

    def sure(body: Any) -> bool:
        answer = ask(body)
        assert answer is None or answer.status_code in (200, 503), answer.text
        assert answer is None or answer.status_code == 503 or not answer.json()["refused"]
        return answer is not None and answer.status_code == 200

    def rows(batch: int) -> dict[str, Any]:
        at = [(NOW - timedelta(minutes=batch, milliseconds=n)).isoformat() for n in range(200)]
        return {
            "calls": [call(f"k-{batch}-{n}") for n in range(20)],
            "readings": [{"indicator": "lisha_level", "at": one, "value": 1.0} for one in at],
        }

    with ThreadPoolExecutor(2) as pool:
        for batch in range(6):
            sent = [pool.submit(ask, rows(batch)) for _ in range(2)]  # the same twice, and a worker dies under it
            central.lose(batch % 2)
            for one in sent:
                one.result()
            until(lambda batch=batch: sure(rows(batch)))
    until(lambda: len(desk.see(lambda view: view.every(IncomingCall))) >= 120)
    ids = [one.source_id for one in desk.see(lambda view: view.every(IncomingCall))]
    assert len(ids) == len(set(ids)) == 120
    desk.close()
    central.end(signal.SIGTERM)
    with opened(url, "live") as store:
        assert len(every(store, IncomingCall)) == 120
        brought = [one for one in every(store, Reading) if one.value == 1.0]
        assert len(brought) == 1200
        with store.read() as view:
            devices = view.chains()
        assert all(verify_chain(store, device) is None for device in devices)
