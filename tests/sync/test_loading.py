"""Calls of another system: every fact of a hostile file is kept, once, by the operations that a desk does."""

import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from console.domain.assignment import Status
from console.domain.conflict import Conflict
from console.domain.incident import Incident, Stage
from console.domain.phrases import say
from console.domain.record import IMPORT, Odd, Record
from console.store import tables
from console.store.check import verify_chain
from console.store.store import Store
from console.sync import loading, outbox
from console.sync.loading import Loading, Person
from tests.support_calls import BASE, CallRow, Cell, Told, incident_id, kept, write
from tests.support_calls import tables as rows_of
from tests.support_pack import make_pack

ME = Person("import", IMPORT)
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking takes minutes: the files are small as it is
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@cache
def empty() -> bytes:
    """A store's file: making one takes longer than a load."""
    with tempfile.TemporaryDirectory() as name:
        Store.open(Path(name) / "calls.db", None, realm="calls").close()
        return (Path(name) / "calls.db").read_bytes()


def store_in(folder: Path) -> Store:
    (folder / "calls.db").write_bytes(empty())
    return Store.open(folder / "calls.db", None, realm="calls")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = store_in(tmp_path)
    yield store
    store.close()


def everything(store: Store) -> dict[str, list[str]]:
    """All that a load could change."""
    with store.read() as view:
        names = (tables.incident, tables.assignment, tables.entry, tables.outbox, tables.base_row, tables.pending_key)
        return {t.name: sorted(str(tuple(row)) for row in view.connection.execute(select(t))) for t in names}


def assert_told(store: Store, told: Told) -> None:
    facts, incidents = kept(store)
    for call, expected in told.calls.items():
        assert facts.pop(incident_id(call)) == expected
    # those without an id: as many, with the same facts
    assert Counter(frozenset(one.items()) for one in facts.values()) == Counter(
        frozenset(one.items()) for one in told.alone
    )
    for id, incident in incidents.items():
        with store.read() as view:
            held = any(one.status.open for one in view.assignments_of(id))
        assert incident.open == held and (incident.closed_at is not None) == (not held)
    with store.read() as view:
        assert view.every(Conflict) == []
        operations = view.connection.scalar(select(func.count()).select_from(tables.outbox))
        assert view.chains() == {store.device: operations}
    assert verify_chain(store, store.device) is None


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=PHASES)
@given(data=st.data(), encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "latin-1"]), cut=st.integers(0, 5))
def test_every_fact_is_kept_once(data: st.DataObject, encoding: str, cut: int) -> None:
    rows = data.draw(rows_of("utf-8" if encoding == "utf-8-sig" else encoding))
    told = Told(rows)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = store_in(folder)
        # killed in the middle: the first transactions are kept
        calls, first = write(folder, rows, encoding), Loading(store, make_pack(), ME)
        first.load(list(calls.records(NOW))[:cut])
        calls, second = write(folder, rows, encoding), Loading(store, make_pack(), ME)
        second.load(calls.records(NOW))
        assert calls.rows == len(rows) and first.refused == second.refused == []
        assert first.done.facts + second.done.facts == told.facts
        assert first.done.incidents + second.done.incidents == len(told.calls) + len(told.alone)
        assert_told(store, told)
        before = everything(store)
        again = Loading(store, make_pack(), ME)
        again.load(write(folder, rows, encoding).records(NOW))
        assert everything(store) == before and again.done.known == len(told.calls) + len(told.alone)
        store.close()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=PHASES)
@given(data=st.data())
def test_a_replay_ends_as_a_load_does(data: st.DataObject) -> None:
    rows = data.draw(rows_of("utf-8"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = store_in(folder)
        replay = Loading(store, make_pack(), ME)
        replay.replay(write(folder, rows).records(BASE), 1e9)
        assert replay.refused == []
        assert_told(store, Told(rows))
        store.close()


def at(minute: float) -> Cell:
    moment = BASE + timedelta(minutes=minute)
    return Cell(moment.isoformat(), moment)


NONE = Cell("", None)
WORDS = ("Water", "1", "East bridge", "104.06", "30.67")


def row(call: str, unit: str, *minutes: float | None) -> CallRow:
    return CallRow(call, unit, tuple(NONE if m is None else at(m) for m in minutes), WORDS)


def loaded(store: Store, folder: Path, rows: list[CallRow]) -> tuple[Loading, Counter[Odd]]:
    calls, load = write(folder, rows), Loading(store, make_pack(), ME)
    load.on_odd = lambda odd, what: calls.odd.note(odd, 0, what)
    load.load(calls.records(NOW))
    return load, calls.odd.counts


def test_a_call_goes_the_whole_way(store: Store, tmp_path: Path) -> None:
    load, odd = loaded(store, tmp_path, [row("C1", "E9", 0, 1, 2, 5, 30), row("C1", "xf1", 0, 1, 3, 6, 20)])
    assert odd == {Odd.UNIT_UNKNOWN: 1}
    _, incidents = kept(store)
    incident = incidents[incident_id("C1")]
    assert incident.stage is Stage.CLOSED
    assert (incident.opened_at, incident.closed_at) == (BASE, BASE + timedelta(minutes=30))
    assert (incident.lead, incident.area, incident.level.value) == ("fire", make_pack().area, "red")
    with store.read() as view:
        sent = {one.unit: one for one in view.assignments_of(incident.id)}
        entries = view.entries_of(incident.id)
    assert {one.status for one in sent.values()} == {Status.DONE} and sent["E9"].scope == sent["xf1"].scope
    # one call, one dispatch of both, six reports, and closed: by the clock of the record
    assert len(entries) == 9 and [entry.at for entry in reversed(entries)] == sorted(entry.at for entry in entries)
    assert {entry.author for entry in entries} == {"import"}
    assert outbox.pending(store)["command"] == 9 and load.done.facts == 8


def test_units_on_several_calls_make_no_conflict(store: Store, tmp_path: Path) -> None:
    rows = [row("C1", "E1", 0, 1, 2, 5, 60), row("C2", "E1", 10, 11, 12, 15, 40)]
    _, odd = loaded(store, tmp_path, [*rows, row("C3", "E1", 20, 21, None, None, None)])
    assert odd[Odd.UNIT_OVERLAP] == 2 and odd[Odd.NOT_CLEARED] == 1
    with store.read() as view:
        assert view.every(Conflict) == []
        assert [one.incident for one in view.open_assignments_of("E1")] == [incident_id("C3")]


def test_very_many_units_on_one_call(store: Store, tmp_path: Path) -> None:
    """A wrong column for the call's id, or the worst day of a city: it fits what is sent all the same."""
    rows = [row("C1", f"E{number}", 0, 1, None, None, 9) for number in range(250)]
    load, _ = loaded(store, tmp_path, rows)
    assert_told(store, Told(rows))
    batch = outbox.to_send(store, "command", None)
    assert [body.count('"name":"incident.dispatch"') for body in batch.bodies[:5]] == [0, 1, 1, 1, 0]
    assert load.done.assignments == 250 and len(batch.bodies) > 100


def test_what_came_later_is_added(store: Store, tmp_path: Path) -> None:
    loaded(store, tmp_path, [row("C1", "E1", 0, 1, 2, None, None)])
    assert kept(store)[1][incident_id("C1")].stage is Stage.IN_PROGRESS
    load, _ = loaded(store, tmp_path, [row("C1", "E1", 0, 1, 2, 5, 30), row("C1", "E2", 0, 4, None, None, 6)])
    assert (load.done.incidents, load.done.assignments, load.done.facts) == (0, 1, 4)
    assert kept(store)[1][incident_id("C1")].stage is Stage.CLOSED
    load, odd = loaded(store, tmp_path, [row("C1", "E1", 0, 1, 2, 5, 31)])  # what was said first stays
    assert odd[Odd.KNOWN_DIFFERS] == 1 and load.done.known == load.done.facts == 0
    with store.read() as view:
        words = [say(one.note.phrase, "en") for one in view.entries_of(incident_id("C1")) if one.note.phrase]
    assert "Another record says besides: E1 Done 2026-03-01 00:31:00 UTC" in words
    load, odd = loaded(store, tmp_path, [row("C1", "E1", 0, 1, 2, 5, 31)])
    assert odd[Odd.KNOWN_DIFFERS] == 1 and load.done.known == 1


def test_a_kill_between_transactions_loses_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "TOGETHER", 3)
    rows = [row(f"C{n}", "E1", n, n + 1, n + 2, n + 3, n + 4) for n in range(10)]

    def broken(records: Iterator[Record]) -> Iterator[Record]:
        for number, record in enumerate(records):
            if number == 7:
                raise KeyboardInterrupt
            yield record

    with pytest.raises(KeyboardInterrupt):
        Loading(store, make_pack(), ME).load(broken(write(tmp_path, rows).records(NOW)))
    assert len(kept(store)[1]) == 6
    load, _ = loaded(store, tmp_path, rows)
    assert (load.done.known, load.done.incidents) == (6, 4)
    assert_told(store, Told(rows))
    with store.read() as view:
        assert sorted(one.number for one in view.every(Incident)) == list(range(1, 11))


def test_a_replay_keeps_its_time_and_goes_on_where_it_was(store: Store, tmp_path: Path) -> None:
    rows = [row("C1", "E1", 0, 1, 2, 5, 30), row("C2", "E2", 3, 4, 6, 7, 8)]
    replay, stop, seen = Loading(store, make_pack(), ME), threading.Event(), []

    def look(_calls: int) -> None:
        with store.read() as view:
            seen.append(view.entries(limit=1)[0].at)
        if len(seen) == 5:
            stop.set()

    replay.on_progress = look
    replay.replay(write(tmp_path, rows).records(NOW), 1e6, stop)
    assert seen == [BASE + timedelta(minutes=minute) for minute in (0, 1, 2, 3, 4)]
    replay = Loading(store, make_pack(), ME)
    replay.replay(write(tmp_path, rows).records(NOW), 1e6)
    assert_told(store, Told(rows))
