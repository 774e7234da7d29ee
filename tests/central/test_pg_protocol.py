"""The protocol on a real PostgreSQL: as on a file, and with many writers whose commits take their time."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from console.central import feed, push
from console.central.audit import audit
from console.central.realms import Realm
from console.domain.assignment import Assignment, Status
from console.domain.incident import Incident
from console.domain.log import Kind, Note
from console.domain.operation import Dispatch, OpenIncident, ReportStatus, WriteNote
from console.domain.operations import buckets
from console.domain.words import Label
from console.store import tables
from console.store.check import verify_chain
from console.store.codec import encode
from console.store.store import Store
from console.store.sums import Sum, counts, row_hash
from console.sync import outbox, own, rebase
from console.sync.messages import Page, PushRequest
from tests.support_pack import START, TOWN, actor, assignment, incident, sender
from tests.support_pack import page as a_page
from tests.support_postgres import Postgres
from tests.support_wait import WAIT_S
from tests.sync.test_convergence import converge

WHO = Label("王", "Wang")
WRITERS, OWN = 8, 4
STATUSES = [*Status][:WRITERS]
# Runs as the last thing before a commit, while the feed's counter is held: what a slow disk does.
SLOW_COMMITS = """
    CREATE FUNCTION "yiping_live".late() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_sleep(random() * 0.02); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER late AFTER INSERT ON "yiping_live".outcome DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.n % 3 = 0) EXECUTE FUNCTION "yiping_live".late();
"""


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_all_come_to_hold_the_same(postgres: Postgres, data: st.DataObject) -> None:
    converge(data, lambda _folder: Store.connect(postgres.fresh_database()))


class Follower(threading.Thread):
    """Reads the feed page by page, as fast as it can, and keeps what it saw."""

    def __init__(self, platform: Store, limit: int) -> None:
        super().__init__()
        self.platform, self.limit = platform, limit
        self.seen: set[tuple[str, str, str | None]] = set()
        self.numbers: list[int] = []
        self.done = threading.Event()

    def run(self) -> None:
        cursor = 0
        while True:
            last = self.done.is_set()  # asked before the page, so that the page after the end is read too
            with self.platform.read() as view:
                page = a_page(view, "follower", cursor, self.limit, [TOWN])
                table = tables.feed
                passed = table.c.sequence > cursor, table.c.sequence <= page.cursor
                self.numbers += view.connection.scalars(
                    select(table.c.sequence).where(*passed).order_by(table.c.sequence)
                )
            self.seen |= {(row.table, row.id, row.row) for row in page.rows}
            cursor = page.cursor
            if last and cursor == page.head:
                return


def exchange(desk: Store, platform: Store) -> None:
    """Push what is pending and pull all there is, as a client does; whatever is raised, a client would see."""
    for lane in outbox.LANES:
        while (batch := outbox.to_send(desk, lane, None, 3)).bodies:
            request = PushRequest.model_validate_json(f'{{"operations":[{",".join(batch.bodies)}]}}')
            push.take(platform, sender(desk.device), request)
            pull(desk, platform)
    pull(desk, platform)


def pull(desk: Store, platform: Store) -> None:
    while True:
        at = rebase.cursor(desk)
        with platform.read() as view:
            page = a_page(view, desk.device, at, 50, [TOWN])
        rebase.apply(desk, Page.model_validate_json(page.model_dump_json()))
        if page.cursor == page.head:
            return


def sums(store: Store) -> dict[str, tuple[int, int]]:
    """What each bucket holds, counted from the rows themselves."""
    found: dict[str, Sum] = {}
    with store.read() as view:
        read: Any = view
        for kind in tables.FEED_KINDS.values():
            every: list[Any] = view.every(kind)
            for row in every:
                if counts(row):
                    for path in buckets(row, read, ""):
                        found.setdefault(path, Sum()).add(row_hash(tables.KINDS[kind].name, row.id, encode(row)))
    return {path: (one.count, one.hash) for path, one in found.items()}


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_eight_desks_write_at_once_and_all_of_it_is_everywhere(
    postgres: Postgres, tmp_path: Path, stack: ExitStack
) -> None:
    url = postgres.fresh_database()
    platforms = [Store.connect(url) for _ in range(3)]  # as many workers
    desks = [Store.open(tmp_path / f"{n}.db", None) for n in range(WRITERS)]
    for store in (*platforms, *desks):
        stack.callback(store.close)
    Realm(platforms[0])
    shared = [incident(n) for n in range(3)]
    sent = [assignment(of) for of in shared]
    for of, one in zip(shared, sent, strict=True):
        outbox.perform(desks[0], OpenIncident(of, WHO), actor())
        outbox.perform(desks[0], Dispatch(of.id, "fire", WHO, None, (one,), ()), actor())
    exchange(desks[0], platforms[0])
    for desk in desks:
        pull(desk, platforms[0])
    postgres.sql(SLOW_COMMITS, url.rpartition("/")[2])
    followers = [Follower(platforms[0], 7), Follower(platforms[1], 200)]
    for follower in followers:
        follower.start()
    began = threading.Barrier(WRITERS)

    def work(n: int) -> None:
        desk, platform, second = desks[n], platforms[n % 3], n
        began.wait(WAIT_S)
        for of, one, number in zip(cycle(shared), cycle(sent), range(OWN), strict=False):
            second += WRITERS
            mine = incident(10 + number, second)  # all of them give the same numbers
            outbox.perform(desk, OpenIncident(mine, WHO), actor(second))
            outbox.perform(desk, ReportStatus(one.id, STATUSES[n], START, WHO), actor(second))
            outbox.perform(desk, WriteNote(Note(Kind.NOTE, WHO, text=f"{n}/{number}", incident=of.id)), actor(second))
            exchange(desk, platform)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(work, range(WRITERS)))
    for follower in followers:
        follower.done.set()
        follower.join(WAIT_S)
    for desk in desks:
        pull(desk, platforms[2])

    platform = platforms[0]
    with platform.read() as view:
        table = tables.feed
        numbers = list(view.connection.scalars(select(table.c.sequence).order_by(table.c.sequence)))
        last = feed.end(view)
        told = feed.check(view, last, [TOWN]).buckets
        refused = view.connection.scalar(
            select(func.count()).select_from(tables.outcome).where(tables.outcome.c.refusal.is_not(None))
        )
        incidents = view.every(Incident)
        times = [view.get(Assignment, one.id) for one in sent]
        texts = Counter(entry.note.text for entry in view.entries(limit=10_000) if entry.note.kind is Kind.NOTE)
        truth = {(name, row.id, encode(row)) for name, kind in tables.FEED_KINDS.items() for row in view.every(kind)}
        reports = [audit(view, desk.device) for desk in desks]
    for follower in followers:
        assert follower.numbers == numbers
        assert truth <= follower.seen
    assert sums(platform) == told and told
    assert refused == 0
    assert len(incidents) == len({one.code for one in incidents}) == 3 + WRITERS * OWN
    assert [set(row.times) if row else None for row in times] == [
        {STATUSES[n].value for n in range(WRITERS)} for _ in sent
    ]
    assert texts == {f"{n}/{number}": 1 for n in range(WRITERS) for number in range(OWN)}
    for desk, report in zip(desks, reports, strict=True):
        assert report.held == dict.fromkeys(outbox.performed_ids(desk), 1)
        assert report.doubled == report.breaches == 0
        assert outbox.pending(desk) == {"command": 0, "bulk": 0}
        held = own.own_sums(desk)
        assert held and (held.cursor, held.sums) == (last, told)
        assert verify_chain(platform, desk.device) is None
