"""What the desk does is kept, sealed and queued in one transaction."""

import json
from collections.abc import Iterator
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select, update

from console.domain.errors import KnownError, Refused
from console.domain.indicator import Reading
from console.domain.level import Level
from console.domain.log import Kind, Note
from console.domain.moving import MoveIncident
from console.domain.operation import AddReadings, FollowAlarm, OpenIncident, RaiseAlarm, WriteNote
from console.domain.stages import Move
from console.domain.words import Label
from console.store import tables
from console.store.check import verify_chain
from console.store.store import Store
from console.sync import inbox, outbox, rebase
from console.sync.messages import MAX_PUSH_BYTES, Outcome, Page, Sent, fingerprint
from tests.bench.away import one_incident
from tests.support_pack import START, TOWN, actor, alarm, incident
from tests.support_platform import KEY

WHO = Label("王", "Wang")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "live.db", KEY)
    yield store
    store.close()


def queued(store: Store, lane: str = "command") -> list[Sent]:
    bodies = outbox.to_send(store, lane, None).bodies  # type: ignore[arg-type]
    return [Sent.model_validate_json(body) for body in bodies]


def page(store: Store, incarnation: str = "i", **given: object) -> Page:
    at = rebase.cursor(store)
    fields = {
        "after": at,
        "cursor": at + 1,
        "head": at + 1,
        "floor": 0,
        "rows": [],
        "device": store.device,
        "settled": {},
        "last": {},
        "refused": [],
        "scopes": [TOWN],
        "version": 2,
    }
    return Page.model_validate({"incarnation": incarnation, **fields, **given})


def test_an_operation_is_written_sealed_and_queued(store: Store) -> None:
    of = incident()
    changes = outbox.perform(store, OpenIncident(of, WHO), actor())
    assert changes.rows == (of,)
    outbox.perform(store, WriteNote(Note(Kind.NOTE, WHO, text="a")), actor(1))
    outbox.perform(store, AddReadings((Reading("river", START, 1.0),)), actor(2))
    assert [(sent.lane, sent.n) for sent in queued(store)] == [("command", 1), ("command", 2)]
    assert [(sent.lane, sent.n) for sent in queued(store, "bulk")] == [("bulk", 1)]
    for sent in (*queued(store), *queued(store, "bulk")):
        assert sent.hash == fingerprint(sent.model_dump())
    with store.read() as view:
        chain = list(view.chain(store.device))
    assert [entry.number for entry in chain] == [1, 2] and verify_chain(store, store.device) is None
    assert [entry["id"] for sent in queued(store) for entry in sent.entries] == [entry.id for entry in chain]
    assert outbox.pending(store) == {"command": 2, "bulk": 1}
    assert len(outbox.performed_ids(store)) == 3


def test_a_refusal_changes_nothing(store: Store) -> None:
    with pytest.raises(Refused):
        outbox.perform(store, MoveIncident("nowhere", Move.CLOSE), actor())
    assert outbox.pending(store) == {"command": 0, "bulk": 0}


def test_many_operations_in_one_go_are_what_they_are_one_by_one(tmp_path: Path) -> None:
    """Rows, log, outbox, what lies underneath and what each is about: the same but for ids that are made anew."""
    told = []
    made = [list(one_incident(number, 60.0 * number, f"u{number % 2}")) for number in range(3)]
    for together in (False, True):
        store = Store.open(tmp_path / f"{together}.db", None)
        outbox.perform(store, made[0][0], actor())  # something is there already
        with store.begin() as tx:
            work = outbox.Work(tx, store)
            for operation in [*made[0][1:], MoveIncident("nowhere", Move.CLOSE), *made[1], *made[2]]:
                try:
                    outbox.perform_in(tx, store, operation, actor(5.0)) if not together else work.perform(
                        operation, actor(5.0)
                    )
                except Refused:
                    assert isinstance(operation, MoveIncident)
            work.write()
        assert verify_chain(store, store.device) is None
        assert [sent.hash for sent in queued(store)] == [fingerprint(sent.model_dump()) for sent in queued(store)]
        with store.read() as view:
            rows = {
                table.name: sorted(map(str, map(tuple, view.connection.execute(select(table)))))
                for table in (tables.incident, tables.assignment, tables.task, tables.conflict, tables.base_row)
            }
            keys = view.connection.execute(select(tables.pending_key).order_by("sequence", "key")).all()
            notes = [entry.note for entry in view.chain(store.device)]
        told.append((rows, keys, notes, [(sent.n, sent.name, sent.args) for sent in queued(store)]))
        store.close()
    assert told[0] == told[1] and len(told[0][2]) > 30


def test_what_would_not_arrive_as_it_was_is_not_kept(store: Store) -> None:
    raised = RaiseAlarm(alarm())
    outbox.perform(store, raised, actor())
    strange = FollowAlarm(raised.alarm.id, Level.RED, float("nan"), WHO)
    large = WriteNote(Note(Kind.NOTE, WHO, text="水" * MAX_PUSH_BYTES))
    for operation in (strange, large, WriteNote(Note(Kind.NOTE, WHO, text="\ud800"))):
        with pytest.raises(ValueError):
            outbox.perform(store, operation, actor())  # type: ignore[arg-type]
    assert outbox.pending(store)["command"] == 1
    with store.read() as view:
        assert view.open_alarms() == [raised.alarm] and view.chains() == {store.device: 1}


def test_a_full_disk_leaves_no_half_operation(store: Store) -> None:
    with store.begin() as tx:
        pages = int(tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one())
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
    done = 0
    with pytest.raises(KnownError) as error:
        for number in range(10_000):
            outbox.perform(store, OpenIncident(incident(number), WHO), actor())
            done += 1
    assert error.value.phrase.code == "disk_full"
    with store.read() as view:
        assert len(view.incidents()) == view.chains()[store.device] == outbox.pending(store)["command"] == done
    assert verify_chain(store, store.device) is None


def test_times_go_out_in_utc(store: Store) -> None:
    there = START.astimezone(timezone(timedelta(hours=8)))
    who = actor()
    who = type(who)(who.user, who.name, there, who.area)
    outbox.perform(store, WriteNote(Note(Kind.NOTE, WHO, text="a")), who)
    with store.read() as view:
        (entry,) = view.entries()
    assert entry.at == START and verify_chain(store, store.device) is None


def test_a_push_is_cut_to_size(store: Store) -> None:
    note = WriteNote(Note(Kind.NOTE, WHO, text="x" * 100_000))
    for second in range(5):
        outbox.perform(store, note, actor(second))
    batch = outbox.to_send(store, "command", None)
    assert (batch.first, batch.oldest) == (1, 1)
    assert len(batch.bodies) == 2 and sum(map(len, batch.bodies)) <= MAX_PUSH_BYTES
    batch = outbox.to_send(store, "command", 2)
    assert (batch.first, json.loads(batch.bodies[0])["n"]) == (3, 3)
    assert outbox.to_send(store, "command", 5).bodies == []


def test_pages_are_taken_in_once_and_in_order(store: Store) -> None:
    outbox.perform(store, OpenIncident(incident(), WHO), actor())
    settled = page(store, settled={"command": 1})
    rebase.apply(store, settled)
    assert outbox.pending(store)["command"] == 0 and rebase.cursor(store) == 1
    assert not rebase.apply(store, settled)  # again
    assert not rebase.apply(store, page(store, after=7, cursor=8, head=8))  # one is missing before it
    assert rebase.cursor(store) == 1


def test_a_page_that_cannot_be_read_changes_nothing(store: Store) -> None:
    outbox.perform(store, OpenIncident(incident(), WHO), actor())
    bad = [{"table": "incident", "id": "x", "row": {"id": "x"}}, {"table": "users", "id": "x", "row": {}}]
    for row in bad:
        with pytest.raises(ValueError):
            rebase.apply(store, page(store, rows=[row], settled={"command": 1}))
    assert outbox.pending(store)["command"] == 1 and rebase.cursor(store) == 0


def test_a_refused_operation_is_undone_and_kept_for_a_person(store: Store) -> None:
    of = incident()
    outbox.perform(store, OpenIncident(of, WHO), actor())
    id = next(iter(outbox.performed_ids(store)))
    no = Outcome.model_validate(
        {"lane": "command", "n": 1, "id": id, "refusal": {"code": "op_failed", "args": {"name": "incident.open"}}}
    )
    applied = rebase.apply(store, page(store, settled={"command": 1}, refused=[no]))
    assert applied.gone == (("incident", of.id),)
    (refusal,) = inbox.inbox(store)
    assert refusal.id == id and refusal.args["incident"]["id"] == of.id
    with store.read() as view:
        assert view.incidents() == [] and view.chains() == {store.device: 1}  # what was said was said


def test_what_was_told_back_is_kept_thirty_days(store: Store) -> None:
    for second in range(3):
        outbox.perform(store, WriteNote(Note(Kind.NOTE, WHO, text="a")), actor(second))
    with store.begin() as tx:
        tx.connection.execute(update(tables.outbox).values(settled_at=START))
    assert outbox.forget(store, START + timedelta(days=29)) == 0
    assert outbox.forget(store, START + timedelta(days=31)) == 2
    outbox.perform(store, WriteNote(Note(Kind.NOTE, WHO, text="a")), actor(4))
    assert [sent.n for sent in queued(store)] == [4]
