"""The platform's stores on a real PostgreSQL: kept apart, refused in words, written by many at once."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select, text

from console.central import feed, push
from console.central.realms import Realm, Realms
from console.domain.assignment import Status
from console.domain.errors import KnownError
from console.domain.log import Kind, Note
from console.domain.operation import OpenIncident, ReportStatus, WriteNote
from console.domain.phrases import both
from console.domain.words import Label
from console.store import postgres as engine
from console.store import tables
from console.store.store import Store
from console.sync import outbox
from console.sync.messages import PushRequest, Sent
from tests.support_pack import START, actor, alarm, assignment, incident, sender
from tests.support_pack import page as a_page
from tests.support_platform import until
from tests.support_postgres import SECRET, Postgres
from tests.support_wait import WAIT_S

WHO = Label("王", "Wang")


def refused(do: Callable[[], object]) -> str:
    """The code it is refused with, once both languages could be read; neither tells the password."""
    with pytest.raises(KnownError) as error:
        do()
    said = both(error.value.phrase)
    assert said.zh and said.en and SECRET not in said.zh + said.en
    return error.value.phrase.code


@pytest.fixture
def url(postgres: Postgres) -> str:
    return postgres.fresh_database()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store.connect(url)
    yield store
    store.close()


def test_what_was_put_is_there_when_it_is_opened_again(url: str) -> None:
    rows = [incident(), alarm()]
    first = Store.connect(url)
    with first.begin() as tx:
        tx.put(*rows)
        tx.set_setting("一", [1, 2.5, None])
    first.close()
    again = Store.connect(url)
    assert (again.dialect, again.path, again.realm, again.device) == ("postgresql", None, "live", first.device)
    with again.read() as view:
        assert [view.every(type(row)) for row in rows] == [[row] for row in rows]
        assert view.setting("一") == [1, 2.5, None]
    with pytest.raises(RuntimeError):
        again.version()
    again.close()


def test_many_workers_make_one_realm(url: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(Store.connect, [url] * 8))
        realms = list(pool.map(Realm, stores))
    assert len({store.device for store in stores}) == 1
    assert len({realm.incarnation for realm in realms}) == 1
    for store in stores:
        store.close()


def test_realms_do_not_see_each_other(postgres: Postgres, url: str) -> None:
    live, drill = Store.connect(url), Store.connect(url, realm="drill-7")
    with live.begin() as tx:
        tx.put(incident())
    with drill.read() as view:
        assert view.incidents() == [] and view.setting("store.realm") == "drill-7"
    assert live.device != drill.device
    schemas = postgres.sql("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'yiping%'", url.rpartition("/")[2])
    assert {row[0] for row in schemas} == {"yiping_live", "yiping_drill-7"}
    for store in (live, drill):
        store.close()


def test_a_reader_keeps_its_snapshot_and_cannot_write(store: Store) -> None:
    with store.read() as view:
        assert view.incidents() == []
        with store.begin() as tx:
            tx.put(incident())
        assert view.incidents() == []
        with store.read() as later:
            assert len(later.incidents()) == 1
    with store.read() as view:
        assert refused(lambda: view.connection.execute(text("DELETE FROM incident"))) == "database_standby"


def test_a_transaction_is_all_or_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.begin() as tx:
        tx.put(incident())
        raise RuntimeError
    with store.read() as view:
        assert view.incidents() == []


def test_another_device_is_minted_with_its_transaction(store: Store, tmp_path: Path) -> None:
    file = Store.open(tmp_path / "desk.db", None)
    for one in (store, file):
        old = one.device
        with pytest.raises(RuntimeError), one.begin() as tx:
            assert one.mint_device(tx) == one.device != old
            raise RuntimeError
        assert one.device == old
        with one.read() as view:
            assert view.setting("store.device") == old
        new = one.mint_device()
        with one.read() as view:
            assert view.setting("store.device") == new == one.device != old
    file.close()


# Servers that will not do


def test_what_cannot_be_reached_is_said(postgres: Postgres, url: str) -> None:
    wrong = {
        "database_password": postgres.url(secret="guess"),
        "database_absent": postgres.url("nowhere"),
        "database_unreachable": url.replace(str(postgres.port), "1"),
        "database_encoding": postgres.fresh_database(
            "ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
        ),
    }
    for code, address in wrong.items():
        assert refused(partial(Store.connect, address)) == code
    assert refused(partial(Store.connect, postgres.url(user="nobody"))) == "database_password"
    unquoted = f"postgresql://u:{SECRET}@h/x"
    for address in ("", "rubbish", "sqlite:///x.db", unquoted, "postgresql://u:p@h:port/x", "postgresql://h"):
        assert refused(partial(Store.connect, address)) == "database_url"


def test_a_user_without_rights_is_told(postgres: Postgres, url: str) -> None:
    postgres.sql("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    assert refused(lambda: Store.connect(postgres.url(url.rpartition("/")[2], "guest", "guest"))) == "database_rights"


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_server_that_may_lose_something_is_refused(postgres: Postgres, url: str, setting: str) -> None:
    def set_to(change: str, wanted: str) -> None:
        postgres.sql(f"ALTER SYSTEM {change}")
        postgres.sql("SELECT pg_reload_conf()")
        until(lambda: postgres.sql(f"SHOW {setting}") == [(wanted,)])

    set_to(f"SET {setting} = off", "off")
    try:
        assert refused(lambda: Store.connect(url)) == f"database_{setting}"
    finally:
        set_to(f"RESET {setting}", "on")
    Store.connect(url).close()


def test_a_server_that_is_too_old_is_refused(store: Store, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "OLDEST", 99)
    assert refused(lambda: Store.connect(url)) == "database_old"


def test_a_server_that_drops_a_sessions_settings_is_refused(
    url: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "LIMITS_MS", {})  # what a pooler makes of them
    assert refused(lambda: Store.connect(url)) == "database_limits"


def test_a_standby_is_refused(tmp_path: Path) -> None:
    with Postgres(tmp_path) as server:
        url = server.fresh_database()
        store = Store.connect(url)
        server.stop()
        (server.data / "standby.signal").touch()
        server.start()

        def write() -> None:
            with store.begin() as tx:
                tx.put(incident())

        assert refused(lambda: Store.connect(url)) == refused(write) == "database_standby"
        store.close()


def test_a_session_has_its_limits(store: Store, postgres: Postgres) -> None:
    with store.begin() as tx:
        shown = [str(tx.connection.scalar(text(f"SHOW {name}"))) for name in (*engine.LIMITS_MS, "timezone")]
        assert shown == ["10s", "5s", "30s", "UTC"]
        assert postgres.sql("SELECT 1 FROM pg_stat_activity WHERE application_name = 'yiping live'")


def test_a_transaction_that_hangs_is_ended_and_the_next_goes_on(store: Store, postgres: Postgres) -> None:
    def hang() -> None:
        with store.begin() as tx:
            tx.put(incident())
            tx.connection.execute(text("SET idle_in_transaction_session_timeout = '50ms'"))
            pid = tx.connection.scalar(text("SELECT pg_backend_pid()"))
            until(lambda: not postgres.sql(f"SELECT 1 FROM pg_stat_activity WHERE pid = {pid}"))
            tx.put(incident())

    assert refused(hang) == "database_lost"
    with store.read() as view:
        assert view.incidents() == []


def test_a_lock_that_is_held_too_long_and_a_deadlock_are_busy(store: Store) -> None:
    one, other = incident(1), incident(2)
    with store.begin() as tx:
        tx.put(one, other)

    def impatient() -> None:
        with store.begin() as tx:
            tx.connection.execute(text("SET LOCAL lock_timeout = '50ms'"))
            engine.hold(tx.connection, [one.id])

    with store.begin() as tx:
        engine.hold(tx.connection, [one.id])
        assert refused(impatient) == "store_busy"

    both_hold = threading.Barrier(2)

    def cross(first: str, second: str) -> str:
        try:
            with store.begin() as tx:
                tx.connection.execute(text("SET LOCAL deadlock_timeout = '50ms'"))
                engine.hold(tx.connection, [first])
                both_hold.wait(WAIT_S)
                engine.hold(tx.connection, [second])
        except KnownError as error:
            return error.phrase.code
        return "done"

    with ThreadPoolExecutor(2) as pool:
        ends = pool.map(cross, (one.id, other.id), (other.id, one.id))
    assert sorted(ends) == ["done", "store_busy"]


def test_more_threads_than_connections_wait_and_then_are_told(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "POOL_WAIT_S", 0.1)
    monkeypatch.setattr(engine, "CONNECTIONS", 1)
    store = Store.connect(url)

    def second() -> None:
        with store.read():
            pass

    with store.begin():
        assert refused(second) == "store_busy"
    second()
    store.close()


# Many writers


def test_nobodys_fact_about_an_assignment_is_undone_by_another(store: Store, tmp_path: Path) -> None:
    """Eight desks report on one assignment at a time: the domain writes back whole rows, and none is lost."""
    of = incident()
    sent = assignment(of)
    with store.begin() as tx:
        tx.put(of, sent)
    Realm(store)
    statuses = [*Status][:8]

    def report(n: int) -> None:
        desk = Store.open(tmp_path / f"{n}.db", None)
        with desk.begin() as tx:
            tx.put(of, sent)
        outbox.perform(desk, ReportStatus(sent.id, statuses[n], START, WHO), actor(n))
        bodies = outbox.to_send(desk, "command", None).bodies
        desk.close()
        time.sleep(random.random() / 100)
        request = PushRequest(operations=[Sent.model_validate_json(body) for body in bodies])
        assert push.take(store, sender(desk.device), request)[0].refusal is None

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(report, range(8)))
    with store.read() as view:
        assert set(view.assignment(sent.id).times) == {status.value for status in statuses}


def operations(folder: Path, count: int, first: int = 0) -> tuple[str, list[Sent]]:
    """What a desk would send: its device, and so many operations; its incidents are numbered from `first`."""
    desk = Store.open(folder / "desk.db", None)
    for number in range(first, first + count // 2):
        outbox.perform(desk, OpenIncident(incident(number), WHO), actor(number))
        outbox.perform(desk, WriteNote(Note(Kind.PHONE, WHO, text=str(number))), actor(number))
    bodies = outbox.to_send(desk, "command", 0).bodies
    desk.close()
    return desk.device, [Sent.model_validate_json(body) for body in bodies]


class Poller(threading.Thread):
    """Follows the feed as a desk does, page by page, and keeps what it saw."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.cursor = 0
        self.seen: list[tuple[str, str]] = []
        self.done = threading.Event()

    def run(self) -> None:
        while True:
            last = self.done.is_set()  # asked before the page, so that the page after the end is read too
            with self.store.read() as view:
                page = a_page(view, "poller", self.cursor, 7, ["chengdu", "t"])
            self.seen += [(row.table, row.id) for row in page.rows]
            self.cursor = page.cursor
            if last and page.cursor == page.head:
                return


def everything(store: Store) -> list[tuple[str, str]]:
    with store.read() as view:
        rows = view.connection.execute(select(tables.feed.c.table, tables.feed.c.id)).all()
    return sorted((row[0], row[1]) for row in rows)


def test_eight_writers_at_once_and_no_reader_misses_a_row(url: str, tmp_path: Path) -> None:
    stores = [Store.connect(url) for _ in range(3)]  # as many workers
    Realm(stores[0])
    for store in stores:
        event.listen(store._engine, "commit", lambda _: time.sleep(random.random() / 200))
    desks = [operations(tmp_path / str(n), 20) for n in range(8)]
    pollers = [Poller(store) for store in stores[:2]]
    for poller in pollers:
        poller.start()

    def send(n: int) -> None:
        device, sent = desks[n]
        for at in range(0, len(sent), 2):
            push.take(stores[n % 3], sender(device), PushRequest(operations=sent[at : at + 2]))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(8)))
    for poller in pollers:
        poller.done.set()
        poller.join()
    there = everything(stores[0])
    assert len(there) == 8 * (10 * 2 + 10)  # an incident and its log line, and a note
    assert [sorted(poller.seen) for poller in pollers] == [there, there]
    for store in stores:
        store.close()


def test_a_first_push_that_comes_several_times_at_once_is_taken_once(store: Store, tmp_path: Path) -> None:
    Realm(store)
    device, sent = operations(tmp_path, 20)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: push.take(store, sender(device), PushRequest(operations=sent)), range(4)))
    assert answers[0] and all(answer == answers[0] for answer in answers)
    with store.read() as view:
        assert view.connection.scalar(select(func.count()).select_from(tables.outcome)) == 20


def test_a_reader_of_numbers_taken_early_would_miss_rows(url: str) -> None:
    """What the counter row is for: with numbers taken outside the lock, the same reader does miss some."""
    store = Store.connect(url)
    Realm(store)
    seen_head = threading.Event()

    def late() -> None:
        with store.begin() as tx:
            number(1)
            insert(tx, 1)
            assert seen_head.wait(WAIT_S)

    def number(sequence: int) -> None:
        with store.begin() as early:
            early.connection.execute(tables.head.update().values(sequence=sequence))

    def insert(tx: Any, sequence: int) -> None:
        row = {
            "sequence": sequence,
            "txn": sequence,
            "table": "task",
            "id": str(sequence),
            "body": None,
            "bucket": "t",
            "at": START,
        }
        tx.connection.execute(tables.feed.insert(), row)

    poller = Poller(store)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(late)

        def numbered() -> bool:
            with store.read() as view:
                return feed.end(view) == 1

        until(numbered)
        number(2)
        with store.begin() as tx:
            insert(tx, 2)
        poller.done.set()
        poller.run()
        seen_head.set()
        slow.result()
    poller.run()
    assert poller.seen == [("task", "2")] and everything(store) == [("task", "1"), ("task", "2")]
    store.close()


def test_the_head_is_held_until_the_commit(url: str, tmp_path: Path) -> None:
    store = Store.connect(url)
    Realm(store)
    # nothing in common: two with one number would wait for that
    (first, [one, *_]), (second, [other, *_]) = (operations(tmp_path / str(n), 2, n) for n in (1, 2))
    commit, committing = threading.Event(), threading.Event()

    def wait(_: object) -> None:
        if not committing.is_set():
            committing.set()
            assert commit.wait(WAIT_S)

    event.listen(store._engine, "commit", wait)
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(push.take, store, sender(first), PushRequest(operations=[one]))
        assert committing.wait(WAIT_S)
        fast = pool.submit(push.take, store, sender(second), PushRequest(operations=[other]))
        waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%UPDATE head%'"

        def waiting() -> bool:
            with store.read() as view:
                return view.connection.scalar(text(waits)) is not None

        until(waiting)
        assert not fast.done()
        commit.set()
        assert slow.result() and fast.result()
    with store.read() as view:
        numbers = view.connection.scalars(select(tables.feed.c.sequence).order_by(tables.feed.c.sequence)).all()
        assert numbers == [1, 2, 4, 5]  # each operation ends with its outcome's number
        assert view.connection.scalar(select(func.count()).select_from(tables.outcome)) == 2
    store.close()


def test_no_realm_is_made_by_asking_for_it(url: str) -> None:
    realms = Realms(url)
    assert realms.get("live") is None and realms.get("../x", create=True) is None
    made = realms.get("live", create=True)
    other = Realms(url)
    found = other.get("live")
    assert made and found and found is not made and found.incarnation == made.incarnation
    realms.close()
    other.close()
