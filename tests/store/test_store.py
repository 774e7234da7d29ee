"""A store keeps what it is given, opens only for its key, and fails in words."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, update

from console.domain.agency import Position
from console.domain.alarm import AlarmState
from console.domain.assignment import Status
from console.domain.drill import Exercise, ExerciseState
from console.domain.errors import KnownError, Refused
from console.domain.incident import Stage
from console.domain.indicator import Reading
from console.domain.log import Kind, Note, seal
from console.domain.phrases import both
from console.domain.words import Label, Phrase
from console.store import tables
from console.store.check import verify_chain, verify_file
from console.store.codec import decode, encode
from console.store.ids import new_id
from console.store.store import Store
from tests.support_pack import HERE, START, alarm, assignment, incident, task
from tests.support_platform import KEY, ROOT


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "live.db", KEY)
    yield store
    store.close()


def said(error: pytest.ExceptionInfo[KnownError]) -> str:
    """The code, once both languages could be read."""
    label = both(error.value.phrase)
    assert label.zh and label.en
    return error.value.phrase.code


def test_every_kind_of_row_comes_back_as_it_was(store: Store) -> None:
    of = replace(incident(), due_at=START, lead="fire", stage=Stage.DISPATCHED)
    sent = assignment(of).recorded(Status.EN_ROUTE, START)
    phrase = Phrase("said", {"text": Label("好", "ok"), "count": 3, "metres": 3.0, "who": "x"})
    entry = seal(
        Note(Kind.ORDER, Label("甲", "A"), Label("乙", "B"), "字", phrase, of.id),
        id=new_id(), device="d", author="u1", at=START, last=None,
    )  # fmt: skip
    exercise = Exercise("e1", "rain", 3.5, 2.0, ExerciseState.PAUSED, (1, 2))
    rows = [of, sent, alarm(), task(of), Reading("river", START, 3.1), entry]
    with store.begin() as tx:
        tx.put(*rows, exercise, Position("xf1", HERE, START, 90.0))
        tx.set_setting("layouts", {"一": [1, 2.5, None]})
    with store.read() as view:
        for row in rows:
            assert view.every(type(row)) == [row]
        assert view.exercise("e1") == exercise and view.exercises() == [exercise]
        assert view.setting("layouts") == {"一": [1, 2.5, None]} and view.setting("none", 7) == 7
        found = view.entries()[0].note.phrase
        kinds = {key: type(value) for key, value in found.args.items()} if found else {}
        assert kinds == {"text": Label, "count": int, "metres": float, "who": str}


def test_a_transaction_is_all_or_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.begin() as tx:
        tx.put(incident(), alarm())
        raise RuntimeError
    with store.read() as view:
        assert view.incidents(open_only=False) == [] and view.alarms(9) == []


def test_lists_show_what_is_open_newest_first(store: Store) -> None:
    old, new = incident(1, 0), incident(2, 60)
    closed = replace(incident(7, 30), stage=Stage.CLOSED)
    done = assignment(old).recorded(Status.DONE, START)
    busy = assignment(old)
    seen = replace(alarm(0), state=AlarmState.FILTERED)
    over = replace(alarm(1), state=AlarmState.FILTERED, returned_at=START)
    fresh = alarm(2)
    with store.begin() as tx:
        tx.put(old, new, closed, done, busy, seen, over, fresh)
    with store.read() as view:
        assert view.incidents() == [new, old]
        assert view.incidents(open_only=False, limit=2) == [new, closed]
        assert view.next_incident_number() == 8
        assert view.assignments() == [busy] and view.assignments_of(old.id) == [done, busy]
        assert view.open_alarms() == [fresh, seen] and view.alarms(2) == [fresh, over]
        with pytest.raises(Refused):
            view.incident("none")


def test_open_lists_do_not_read_the_past(store: Store) -> None:
    """The planner goes by the indexes of open rows, however many closed ones there are."""
    with store.read() as view:
        for name in ("incident", "alarm", "assignment"):
            plan = view.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN SELECT * FROM {name} WHERE open").all()
            assert f"{name}_open" in str(plan)


def test_readings_by_series_since(store: Store) -> None:
    rows = [Reading(id, START + timedelta(minutes=m), float(m)) for id in ("a", "b") for m in (3, 1, 2)]
    with store.begin() as tx:
        tx.put(*rows)
        tx.put(Reading("a", START + timedelta(minutes=3), 9.0))
    with store.read() as view:
        since = START + timedelta(minutes=2)
        assert view.readings(["a", "c"], since) == {"a": [(since, 2.0), (START + timedelta(minutes=3), 9.0)], "c": []}
    with store.begin() as tx:
        assert tx.prune_readings(START + timedelta(minutes=3)) == 4


def test_the_newest_of_many_series_is_one_question(store: Store) -> None:
    rows = [Reading(f"s{n}", START + timedelta(minutes=m), 1.0) for n in range(700) for m in (2, 1)]
    asked: list[str] = []
    with store.begin() as tx:
        tx.put(*rows)
        event.listen(tx.connection, "before_cursor_execute", lambda *args: asked.append(args[2]))
        found = tx.last_readings([f"s{n}" for n in range(800)])
    assert found == {f"s{n}": START + timedelta(minutes=2) for n in range(700)}
    assert len(asked) == 1


def test_an_older_position_does_not_replace_a_newer_one(store: Store) -> None:
    new = Position("xf1", HERE, START + timedelta(seconds=5))
    with store.begin() as tx:
        tx.put(new)
        tx.put(Position("xf1", HERE, START))
    with store.read() as view:
        assert view.positions() == {"xf1": new}


def test_a_written_log_entry_stays_as_it_is(store: Store) -> None:
    note = Note(Kind.NOTE, Label("甲", "A"), text="one")
    first = seal(note, id=new_id(), device="d", author="u1", at=START, last=None)
    second = seal(note, id=new_id(), device="d", author="u1", at=START, last=first)
    with store.begin() as tx:
        tx.put(first, second)
        tx.put(replace(first, author="someone else"))
    with store.read() as view:
        assert list(view.chain("d")) == [first, second] and view.chains() == {"d": 2}
        assert view.last_entries("d", 1) == [second]
    assert verify_chain(store, "d") is None
    with store.begin() as tx:
        tx.connection.execute(update(tables.entry).where(tables.entry.c.id == second.id).values(author="x"))
    broken = verify_chain(store, "d")
    assert broken is not None and broken.id == second.id


def test_a_wrong_key_or_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "live.db"
    Store.open(path, KEY).close()
    assert b"incident" not in path.read_bytes()
    for key in (bytes(32), None):
        with pytest.raises(KnownError) as error:
            Store.open(path, key)
        assert said(error) == "store_key"
    (tmp_path / "text.db").write_text("not a database\n" * 999)
    with pytest.raises(KnownError) as error:
        Store.open(tmp_path / "text.db", KEY)
    assert said(error) == "store_key"
    Store.open(path, KEY).close()  # nothing was hurt, and no lock is left


def test_one_desk_per_database(tmp_path: Path) -> None:
    """The lock is given back by the system when its holder is killed."""
    path = tmp_path / "live.db"
    hold = (
        "import sys, time; from pathlib import Path; from console.store.store import Store;"
        f"s = Store.open(Path(sys.argv[1]), {KEY!r}); print('held', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", hold, str(path)], cwd=ROOT, stdout=subprocess.PIPE)
    with other:
        assert other.stdout and other.stdout.readline() == b"held\n"
        with pytest.raises(KnownError) as error:
            Store.open(path, KEY)
        assert said(error) == "store_taken"
        other.send_signal(signal.SIGKILL)
    Store.open(path, KEY).close()


def test_a_follower_reads_along(tmp_path: Path) -> None:
    path = tmp_path / "live.db"
    with pytest.raises(KnownError) as error:
        Store.open(path, KEY, read_only=True)
    assert said(error) == "store_missing"
    desk = Store.open(path, KEY)
    wall = Store.open(path, KEY, read_only=True)
    before = wall.version()
    assert wall.version() == before
    with desk.begin() as tx:
        tx.put(incident())
    assert wall.version() != before
    with wall.read() as view:
        assert len(view.incidents()) == 1
    with pytest.raises(Exception, match="readonly"), wall.begin() as tx:
        tx.put(incident())
    wall.close()
    desk.close()


def test_a_full_disk_is_told_and_hurts_nothing(store: Store) -> None:
    kept = incident()
    with store.begin() as tx:
        tx.put(kept)
        pages = int(tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one())
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 3}")
    many = [Reading("river", START + timedelta(seconds=s), 1.0) for s in range(5000)]
    with pytest.raises(KnownError) as error, store.begin() as tx:
        tx.put(alarm(), *many)
    assert said(error) == "disk_full"
    with store.read() as view:
        assert view.incidents() == [kept] and view.alarms(9) == [] and view.every(Reading) == []
    with store.begin() as tx:
        tx.connection.exec_driver_sql("PRAGMA max_page_count = 100000")
        tx.put(*many)
    assert verify_file(store) == []


def test_newer_and_foreign_databases_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "drill.db"
    store = Store.open(path, KEY, realm="drill-1")
    device = store.device
    store.close()
    with pytest.raises(KnownError) as error:
        Store.open(path, KEY)
    assert said(error) == "store_realm"
    store = Store.open(path, KEY, realm="drill-1")
    assert store.device == device
    with store.begin() as tx:
        tx.set_setting("store.schema", tables.SCHEMA + 1)
    store.close()
    with pytest.raises(KnownError) as error:
        Store.open(path, KEY, realm="drill-1")
    assert said(error) == "store_newer"


def test_the_codec_takes_nothing_but_what_it_wrote() -> None:
    of = incident()
    text = encode(of)
    assert decode(type(of), text) == of
    wrong = [
        text[:-1] + ',"more":1}',
        text.replace('"number":1', '"number":"1"'),
        text.replace('"area"', '"aera"'),
        text.replace('"yellow"', '"purple"'),
        "null",
        "[]",
    ]
    for bad in wrong:
        assert bad != text
        with pytest.raises(ValueError):
            decode(type(of), bad)


def test_times_without_a_zone_are_refused(store: Store) -> None:
    with pytest.raises(Exception, match="without a zone"), store.begin() as tx:
        tx.put(Reading("river", START.replace(tzinfo=None), 1.0))


def test_key_length() -> None:
    with pytest.raises(ValueError):
        Store.open(Path(os.devnull), b"short")
