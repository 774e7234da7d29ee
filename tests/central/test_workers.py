"""Several workers on one PostgreSQL: what one is told wakes the others, and killing any of it loses nothing."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from console.central import notices, push
from console.central.realms import Realm, Realms
from console.domain.operation import Actor, OpenIncident
from console.domain.words import Label
from console.store.store import Store
from console.sync.messages import Live, PushRequest
from tests.central.test_postgres import operations
from tests.support_pack import START, incident, sender
from tests.support_platform import ROOT, Desk, until
from tests.support_postgres import SECRET, Postgres
from tests.support_wait import WAIT_S

WHO = Label("王", "Wang")
USER, PASSWORD, AREA = "duty", "yiping-demo", "dongguan/houjie"  # of the shipped pack
NEVER_S = 1e9


# Wake-ups

TELL = """
import sys, pathlib
from console.central import push
from console.central.realms import Realms
from console.sync.messages import PushRequest
from tests.central.test_postgres import operations
from tests.support_pack import START, sender
realms = Realms(sys.argv[1])
realm = realms.get("live")
device, sent = operations(pathlib.Path(sys.argv[2]), 2)
push.take(realm.store, sender(device), PushRequest(operations=sent))
if len(sys.argv) > 3:
    realm.tell(moved=True)
realms.close()
"""


@pytest.fixture
def realms(postgres: Postgres) -> Iterator[Realms]:
    realms = Realms(postgres.fresh_database())
    yield realms
    realms.close()


def live(realms: Realms) -> Realm:
    realm = realms.get("live", create=True)
    assert realm
    return realm


def listeners(realms: Realms, postgres: Postgres) -> list[int]:
    """The server's processes that serve the listeners of this database."""
    database = realms._address.database
    asked = f"SELECT pid FROM pg_stat_activity WHERE query = 'LISTEN yiping' AND datname = '{database}'"
    return [row[0] for row in postgres.sql(asked)]


def in_another_process(realms: Realms, folder: Path, *more: str) -> None:
    command = [sys.executable, "-W", "error", "-c", TELL, realms._url, str(folder), *more]
    subprocess.run(command, cwd=ROOT, check=True, timeout=WAIT_S)


async def heard(stream: AsyncIterator[Live], true: Any) -> Live:
    async with asyncio.timeout(WAIT_S):
        async for said in stream:
            if true(said):
                return said
    raise AssertionError("it ended")


def test_a_listener_hears_what_another_process_tells(
    realms: Realms, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "REREAD_S", NEVER_S)
    realm = live(realms)
    until(lambda: listeners(realms, postgres))

    async def follow() -> None:
        stream = realm.listen()
        first = await anext(stream)
        await asyncio.to_thread(in_another_process, realms, tmp_path / "a")
        grown = await heard(stream, lambda said: said.head > first.head)
        await asyncio.to_thread(in_another_process, realms, tmp_path / "b", "moved")
        assert (await heard(stream, lambda said: said.positions > grown.positions)).head > grown.head

    asyncio.run(follow())


def test_one_realm_is_not_woken_for_another(
    realms: Realms, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "REREAD_S", NEVER_S)
    one, other = live(realms), realms.get("drill-1", create=True)
    assert other
    until(lambda: listeners(realms, postgres))
    before, elsewhere = one.moved, other.moved
    for _ in range(3):
        here = one.moved
        one.tell(moved=True)
        until(lambda here=here: one.moved > here)
    # when it began to listen, it woke both of them once
    assert (one.moved - before) - (other.moved - elsewhere) >= 2


def test_a_lost_notification_costs_only_delay(realms: Realms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "REREAD_S", 0.1)
    realm = live(realms)
    monkeypatch.setattr(realm.store, "on_grown", lambda: None)

    async def follow() -> None:
        stream = realm.listen()
        first = await anext(stream)
        device, sent = await asyncio.to_thread(operations, tmp_path, 2)
        await asyncio.to_thread(push.take, realm.store, sender(device), PushRequest(operations=sent))
        await heard(stream, lambda said: said.head > first.head)

    asyncio.run(follow())


def test_a_listener_whose_connection_was_lost_makes_another(
    realms: Realms, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "REREAD_S", NEVER_S)
    monkeypatch.setattr(notices, "RETRY_S", 0.1)
    realm = live(realms)
    until(lambda: listeners(realms, postgres))
    before = realm.moved
    monkeypatch.setattr(realm.store, "on_grown", lambda: None)
    device, sent = operations(tmp_path, 2)
    push.take(realm.store, sender(device), PushRequest(operations=sent))
    head = realm.head
    postgres.sql(f"SELECT pg_terminate_backend({listeners(realms, postgres)[0]})")
    until(lambda: realm.head > head and realm.moved > before)
    again = realm.moved
    realm.tell(moved=True)
    until(lambda: realm.moved > again)


# The whole platform


class Central:
    """`yiping central --workers 2` as an administrator starts it."""

    def __init__(self, url: str, folder: Path, *options: str) -> None:
        self.log = folder / "central.log"
        command = ["-m", "console", "central", "--workers", "2", "--port", "0", "--parent", str(os.getpid()), *options]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "error", *command],
                cwd=ROOT,
                env={**os.environ, "YIPING_DATABASE": url},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout
        said = self.process.stdout.readline()
        assert said, self.log.read_text()
        self.url = f"http://127.0.0.1:{json.loads(said)['port']}"

    def workers(self) -> list[psutil.Process]:
        """Those that run; multiprocessing has a helper beside them."""
        found = []
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):  # a zombie too
                if "spawn_main" in " ".join(child.cmdline()):
                    found.append(child)
        return found

    def lose(self, which: int) -> None:
        """Kill a worker; another takes its place."""
        until(lambda: len(self.workers()) == 2)
        workers = self.workers()
        workers[which].kill()
        until(lambda: len(self.workers()) == 2 and workers[which] not in self.workers())

    def login(self, device: str = "probe") -> requests.Response:
        body = {"user": USER, "password": PASSWORD, "realm": "live", "device": device, "nonce": "1", "next_nonce": "1"}
        return requests.post(f"{self.url}/v1/login", json=body, timeout=WAIT_S)

    def api(self, device: str = "probe") -> requests.Session:
        http = requests.Session()
        http.trust_env = False
        answer = self.login(device)
        assert answer.status_code == 200, answer.text
        http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return http

    def end(self, how: int = signal.SIGTERM) -> None:
        workers = self.workers()
        self.process.send_signal(how)
        self.process.wait(WAIT_S)
        assert self.process.stdout
        self.process.stdout.close()
        _, left = psutil.wait_procs(workers, timeout=WAIT_S)
        assert not left
        assert SECRET not in self.log.read_text()


@pytest.fixture(scope="module")
def central(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    named = ("--proxy", "127.0.0.2", "--proxy", "10.0.0.0/8")
    central = Central(postgres.fresh_database(), tmp_path_factory.mktemp("central"), *named)
    yield central
    central.end()


def all_held(central: Central, desk: Desk, sent: int) -> None:
    """Each of the desk's operations is on the platform once, and its rows are in the feed."""
    until(desk.settled)
    assert desk.client
    held = desk.client.audit()
    assert len(held) == sent and set(held.values()) == {1}
    http = central.api()
    said = http.get(f"{central.url}/v1/audit", timeout=WAIT_S).json()
    assert said["doubled"] == said["breaches"] == 0
    page = http.get(f"{central.url}/v1/pull?limit=5000", timeout=WAIT_S).json()
    opened = {row["id"] for row in page["rows"] if row["table"] == "incident"}
    assert opened == {row.id for row in desk.see(lambda view: view.incidents())}


def test_two_workers_serve_desks_and_a_killed_one_loses_nothing(central: Central, tmp_path: Path) -> None:
    desk, other = Desk(tmp_path / "desk.db"), Desk(tmp_path / "other.db")
    for one in (desk, other):
        one.connect(central.url, USER, PASSWORD)
    for part in range(3):
        for number in range(10):
            desk.do(OpenIncident(replace(incident(number), area=AREA), WHO), Actor(USER, WHO, START, AREA))
        if part < 2:
            central.lose(part)
    for _ in range(3):
        central.lose(-1)  # before it has begun
    all_held(central, desk, 30)
    until(lambda: len(other.see(lambda view: view.incidents())) == 30)
    place = {"id": "xf1", "at": {"lon": 104.0, "lat": 30.0}, "seen_at": "2026-07-01T08:00:00Z", "heading": None}
    answer = central.api().post(f"{central.url}/v1/positions", json={"positions": [place]}, timeout=WAIT_S)
    assert answer.status_code == 200
    for one in (desk, other):
        until(lambda one=one: one.see(lambda view: view.positions()))
        one.close()


def scheme(central: Central, client: str) -> str:
    """What the platform takes the scheme for, when a client of this address says it came by https."""
    http = HTTPConnection(central.url.removeprefix("http://"), source_address=(client, 0), timeout=WAIT_S)
    http.request("GET", "/healthz/", headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"})
    location = http.getresponse().headers["Location"]
    http.close()
    return str(location).partition(":")[0]


def test_only_a_named_proxy_is_believed(central: Central) -> None:
    assert (scheme(central, "127.0.0.1"), scheme(central, "127.0.0.2")) == ("http", "https")


def test_nobody_is_believed_unnamed_and_workers_end_with_a_killed_supervisor(
    postgres: Postgres, tmp_path: Path
) -> None:
    central = Central(postgres.fresh_database(), tmp_path)
    assert scheme(central, "127.0.0.1") == "http"
    central.end(signal.SIGKILL)


def test_a_database_that_is_killed_and_comes_back(tmp_path: Path) -> None:
    with Postgres(tmp_path) as server:
        central = Central(server.fresh_database(), tmp_path)
        http = central.api()
        desk = Desk(tmp_path / "desk.db")
        desk.connect(central.url, USER, PASSWORD)
        for number in range(5):
            desk.do(OpenIncident(replace(incident(number), area=AREA), WHO), Actor(USER, WHO, START, AREA))
        until(lambda: desk.pending() < 5)
        server.kill()
        for number in range(5, 10):
            desk.do(OpenIncident(replace(incident(number), area=AREA), WHO), Actor(USER, WHO, START, AREA))
        for _ in range(10):  # both workers, with and without old connections
            for answer in (central.login(), http.get(f"{central.url}/v1/pull", timeout=WAIT_S)):
                assert answer.status_code in (503, 507), answer.text
                assert answer.json()["code"] in ("database_unreachable", "database_lost"), answer.text
        assert requests.get(f"{central.url}/healthz", timeout=WAIT_S).status_code == 200
        central.lose(0)  # a worker starts though there is no database
        server.start()
        all_held(central, desk, 10)
        assert http.get(f"{central.url}/v1/pull", timeout=WAIT_S).status_code == 200
        desk.close()
        central.end()


# What cannot be started


def test_workers_need_a_server_and_a_server_its_address(postgres: Postgres) -> None:
    def said(*options: str) -> str:
        command = [sys.executable, "-m", "console", "central", "--port", "0", *options]
        ended = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=WAIT_S)
        assert ended.returncode == 2 and not ended.stdout and SECRET not in ended.stderr
        return ended.stderr

    assert "--database" in said("--workers", "2")
    assert "用户或密码" in said("--database", postgres.url(user="nobody"))
    assert "--proxy" in said("--proxy", "nowhere")


def test_a_store_of_another_version_is_refused(postgres: Postgres) -> None:
    url = postgres.fresh_database()
    store = Store.connect(url)
    with store.begin() as tx:
        tx.set_setting("store.schema", 999)
    store.close()
    with pytest.raises(Exception, match="store_newer"):
        Store.connect(url)
