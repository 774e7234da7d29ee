"""What the desk knows: rows go in over their ids, series go forward, the log is newest first."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from console.desk.keep import load_state
from console.desk.state import SERIES_LENGTH, Series, State
from console.domain.alarm import AlarmState
from console.domain.assignment import Status
from console.domain.incident import Stage
from console.domain.indicator import Reading
from console.domain.level import Level
from console.domain.log import Entry, Kind, Note
from console.domain.words import Label
from console.store.store import Store
from tests.support_pack import START, alarm, assignment, incident, make_pack, task


def entry(number: int, at: datetime = START, device: str = "d1", of: str | None = None) -> Entry:
    return Entry(f"{device}-{number}", device, number, at, "u1", Note(Kind.NOTE, Label("王", "Wang"), incident=of), "")


def test_a_row_comes_over_the_one_with_its_id() -> None:
    from dataclasses import replace

    state, row = State(), incident()
    mine, todo = assignment(row), task(row)
    state.take([row, mine, todo, Reading("river", START, 3.0)])
    state.take([replace(row, stage=Stage.DISPATCHED), mine.recorded(Status.EN_ROUTE, START)])
    assert state.incidents == {row.id: replace(row, stage=Stage.DISPATCHED)}
    assert state.assignments_of(row.id)[0].status is Status.EN_ROUTE
    assert state.tasks_of(row.id) == [todo]
    assert state.series["river"].values[-1, 1] == 3.0
    assert state.open_assignments() == state.assignments_of(row.id)


def test_series_go_forward_only() -> None:
    series = Series()
    for second, value in ((0, 1.0), (10, 2.0), (5, 9.0), (10, 9.0), (20, 3.0)):
        series.add(START + timedelta(seconds=second), value)
    assert series.values[:, 1].tolist() == [1.0, 2.0, 3.0]
    assert series.last_at == (START + timedelta(seconds=20)).timestamp()


def test_a_series_keeps_its_newest_values_through_every_wrap() -> None:
    series, count = Series(), 3 * SERIES_LENGTH + 7
    for second in range(count):
        series.add(START + timedelta(seconds=second), float(second))
        assert series.values[-1, 1] == second
    assert len(series.values) == SERIES_LENGTH
    assert series.values[:, 1].tolist() == list(np.arange(count - SERIES_LENGTH, count))
    assert Series().last_at is None
    assert len(Series().values) == 0


def test_the_log_is_newest_first_and_nothing_is_doubled() -> None:
    state = State()
    state.log([entry(2, START + timedelta(seconds=2)), entry(1)])
    state.log([entry(3, START + timedelta(seconds=2)), entry(1), entry(2)])
    assert [e.number for e in state.entries] == [3, 2, 1]
    state.log([entry(4, START + timedelta(seconds=9), of="i1")])
    assert [e.number for e in state.entries_of("i1")] == [4]


def test_an_alarm_is_active_whatever_was_decided_and_listed_while_it_matters() -> None:
    from dataclasses import replace

    state, now = State(), START + timedelta(hours=5)
    old = alarm()
    waiting = replace(old, id="waiting")
    running = replace(old, id="running", state=AlarmState.FILTERED)
    over = replace(old, id="over", state=AlarmState.CONFIRMED, returned_at=START)
    recent = replace(over, id="recent", raised_at=now - timedelta(hours=1))
    state.take([waiting, running, over, recent])
    assert {a.id for a in state.listed_alarms(now)} == {"waiting", "running", "recent"}
    state.alarms.pop("waiting")
    active = state.active_alarm("river")
    assert active is not None
    assert active.id == "running"
    river = make_pack().indicators["river"]
    assert state.level(river) is Level.YELLOW
    state.alarms.pop("running")
    assert state.level(river) is None


def test_open_incidents_come_gravest_first_then_newest() -> None:
    from dataclasses import replace

    grave = replace(incident(1), level=Level.RED)
    older, newer = incident(2), incident(3, second=60)
    closed = replace(incident(4), stage=Stage.CLOSED)
    state = State()
    state.take([older, closed, newer, grave])
    assert [i.number for i in state.open_incidents()] == [1, 3, 2]


@pytest.mark.usefixtures("app")
def test_a_desk_that_starts_reads_what_it_had(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "desk.db", bytes(range(32)))
    row, ring = incident(), alarm()
    now = datetime.now(UTC)
    values = [Reading("river", now - timedelta(minutes=m), 3.0 + m) for m in range(5, 0, -1)]
    with store.begin() as tx:
        tx.put(row, assignment(row), task(row), ring, entry(1), *values)
    with store.read() as view:
        state = load_state(view, make_pack(), now)
    store.close()
    assert set(state.incidents) == {row.id}
    assert set(state.alarms) == {ring.id}
    assert len(state.assignments_of(row.id)) == len(state.tasks_of(row.id)) == len(state.entries) == 1
    assert state.series["river"].values[:, 1].tolist() == [8.0, 7.0, 6.0, 5.0, 4.0]


@pytest.mark.usefixtures("app")
def test_every_open_incident_is_there_however_many_and_all_that_was_said_of_the_shown_one(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "desk.db", bytes(range(32)))
    many = [incident(n, second=n) for n in range(1, 701)]
    with store.begin() as tx:
        tx.put(*many, assignment(many[0]), task(many[0]))
        tx.put(*(entry(n, START + timedelta(seconds=n), of=many[0].id if n <= 20 else None) for n in range(1, 1201)))
    with store.read() as view:
        state = load_state(view, make_pack(), datetime.now(UTC))
        assert len(state.open_incidents()) == 700
        assert len(state.assignments_of(many[0].id)) == len(state.tasks_of(many[0].id)) == 1
        state.log_whole([many[0].id], view.entries_of(many[0].id))
        assert [one.id for one in view.coded("i3")] == [many[2].id]
    store.close()
    assert len(state.entries_of(many[0].id)) == 20
    state.log(entry(n, START + timedelta(seconds=n)) for n in range(1201, 7000))
    assert len(state.entries_of(many[0].id)) == 20, "it stays however much is said"
