"""Databases of the first release are brought up to date whole, or stay as they were."""

import json
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event, select

from console.central import feed
from console.central.realms import Realm, Realms
from console.domain.conflict import Conflict
from console.domain.drill import Exercise
from console.domain.errors import KnownError
from console.domain.incident import Incident
from console.domain.indicator import Reading
from console.domain.operations import about, buckets
from console.domain.phrases import both
from console.store import migrations, tables
from console.store.check import verify_chain, verify_file
from console.store.codec import decode, encode, read_sent
from console.store.copies import copies
from console.store.derived import ANEW
from console.store.engine import connect
from console.store.store import Store
from console.store.sums import Sum, counts, row_hash
from console.sync import outbox
from console.sync.inbox import inbox
from tests.support_old import old_desk, old_platform, opened, raw, rows
from tests.support_pack import TOWN, incident
from tests.support_platform import KEY, ROOT

SIDES = list(tables.SIDES)


def said(error: pytest.ExceptionInfo[KnownError]) -> str:
    """The code, once both languages could be read."""
    label = both(error.value.phrase)
    assert label.zh and label.en
    return error.value.phrase.code


# Two ways to the same tables


def differences(context: MigrationContext, side: tables.Side) -> list[Any]:
    """Between a database and `tables`; what an SQLite search index keeps for itself is left out."""
    found = compare_metadata(context, list(tables.SIDES[side]))
    return [step for step in found if not (step[0] == "remove_table" and step[1].name.startswith("camera_"))]


def shape(connection: Connection) -> list[tuple[str, str]]:
    """Tables, columns, indexes as SQLite has them, in no order of columns."""
    found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").all()
    plain = [(name, re.sub(r'["\s,()]+', " ", sql.replace(" IF NOT EXISTS", ""))) for name, sql in found]
    return [(name, " ".join(sorted(sql.split()))) for name, sql in plain]


@pytest.mark.parametrize("side", SIDES)
def test_new_and_migrated_databases_have_the_same_tables(tmp_path: Path, side: tables.Side) -> None:
    shapes = []
    for name in ("new", "migrated"):
        engine = connect(tmp_path / name, None, False)
        with engine.connect().execution_options(writes=True, reshapes=True) as connection, connection.begin():
            if name == "new":
                migrations.create(connection, side)
            else:
                migrations.migrate(connection, side)
            assert migrations.schema_of(connection) == tables.SCHEMA
            context = MigrationContext.configure(connection)
            assert context.get_current_revision() == f"{tables.SCHEMA:04}"
            assert differences(context, side) == []
            shapes.append(shape(connection))
        engine.dispose()
    assert shapes[0] == shapes[1]


def test_the_comparison_sees_what_differs(tmp_path: Path) -> None:
    engine = connect(tmp_path / "a", None, False)
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        migrations.create(connection, "desk")
        connection.exec_driver_sql("DROP INDEX assignment_unit")
        connection.exec_driver_sql("ALTER TABLE task ADD COLUMN more TEXT")
        found = differences(MigrationContext.configure(connection), "desk")
    engine.dispose()
    assert {step[0] for step in found} == {"add_index", "remove_column"}


def test_the_newest_migration_is_the_schema() -> None:
    scripts = ScriptDirectory(migrations.FOLDER)
    assert scripts.get_heads() == [f"{tables.SCHEMA:04}"]
    assert len(list(scripts.walk_revisions())) == tables.SCHEMA


def test_the_first_migration_is_the_first_release(tmp_path: Path) -> None:
    for made, side in ((old_desk(tmp_path), "desk"), (old_platform(tmp_path), "platform")):
        key = KEY if side == "desk" else None
        shapes = []
        for path in (made, tmp_path / f"{side}.first"):
            engine = connect(path, key, False)
            with engine.connect().execution_options(writes=True) as connection, connection.begin():
                if path != made:
                    migrations.migrate(connection, side, to=1)
                    connection.exec_driver_sql("DROP TABLE alembic_version")
                shapes.append(shape(connection))
            engine.dispose()
        assert shapes[0] == shapes[1]


# What was kept is there


def as_area(values: dict[str, Any]) -> dict[str, Any]:
    """A row of the first schema as it is expected to be."""
    told = {"area" if name == "town" else name: value for name, value in values.items()}
    if told.get("area") == "qinghe":
        told["area"] = TOWN
    return told


def assert_kept(before: Path, after: Path, names: tuple[str, ...]) -> None:
    for name in names:
        old, new = rows(before, name), rows(after, name)
        assert old and len(old) == len(new), name
        for was, row in zip(old, new, strict=True):
            assert as_area(was).items() <= row.items(), name


def test_a_desk_is_migrated(tmp_path: Path) -> None:
    path = old_desk(tmp_path)
    before = rows(path, "outbox")
    store = opened(path)
    (kept,) = copies(path)
    shared = ("alarm", "incident", "assignment", "task", "reading", "entry", "position", "exercise")
    assert_kept(kept, path, (*shared, "outbox", "inbox"))
    assert verify_file(store) == []
    with store.read() as view:
        assert view.setting(ANEW) == {"cursor": 0} and view.setting("layouts") == {"一": [1, 2.5, None]}
        assert {one.area for one in view.every(Incident)} == {TOWN}
        assert {one.area for one in view.alarms(99)} == {TOWN, "elsewhere"}  # no such place in the tree
        assert len(view.every(Reading)) > 9 and view.every(Exercise) and view.every(Conflict) == []
        for device in view.chains():
            assert verify_chain(store, device) is None
        for kind in tables.FEED_KINDS.values():
            view.every(kind)  # each can be read
        keys: dict[int, set[str]] = {}
        for key, sequence in view.connection.execute(select(tables.pending_key)):
            keys.setdefault(sequence, set()).add(key)
        assert len(keys) > 20
        for row in before:
            operation, who = read_sent(json.loads(row["body"]), store.areas)
            assert who.area == TOWN
            assert keys.get(row["sequence"], set()) == about(operation, view)
        for name, id, key, body in view.connection.execute(select(tables.base_row)):
            kind = tables.FEED_KINDS[name]
            row = view.get(kind, id)
            assert key == (row.incident if name in ("assignment", "task") else id)
            assert body is None or decode(kind, body).area == TOWN
    assert outbox.pending(store) == {"command": 8, "bulk": 2}
    (refusal,) = inbox(store)
    assert refusal.phrase.code == "alarm_decided" and refusal.args["incident"]["area"] == TOWN
    store.close()
    opened(path).close()
    assert copies(path) == [kept]  # once


def test_a_platform_is_migrated(tmp_path: Path) -> None:
    path = old_platform(tmp_path)
    store = opened(path)
    (kept,) = copies(path)
    shared = ("alarm", "incident", "assignment", "task", "reading", "entry", "position")
    assert_kept(kept, path, (*shared, "outcome", "lane", "breach", "token", "head"))
    assert verify_file(store) == []
    held: dict[str, Sum] = {}
    with store.read() as view:
        for name, kind in tables.FEED_KINDS.items():
            for row in view.every(kind):
                for bucket in buckets(row, view, "") if counts(row) else ():
                    held.setdefault(bucket, Sum()).add(row_hash(name, row.id, encode(row)))
        end = feed.end(view)
        told = feed.check(view, end, ["chengdu", "elsewhere"]).buckets
        assert told == {bucket: (one.count, one.hash) for bucket, one in held.items()}
        assert set(told) == {TOWN, "elsewhere"}
        last: dict[tuple[str, str], str] = {}
        taken = {row["sequence"]: row["at"] for row in rows(path, "outcome")}
        for one in rows(path, "feed"):
            assert one["at"] == taken[one["txn"]]
            assert one["bucket"] in (TOWN, "elsewhere")
            last[one["table"], one["id"]] = one["body"]
        for (name, id), body in last.items():
            kind = tables.FEED_KINDS[name]
            if kind is not Reading:
                assert body == encode(view.get(kind, id))
    assert all(row["again"] == 0 for row in rows(path, "outcome"))
    assert all(row["area"] == "" for row in rows(path, "entry"))
    assert {row["user"] for row in rows(path, "sign_in")} == {"u1", "u2"}
    Realm(store)
    store.close()


def test_sums_are_kept_for_every_transaction(tmp_path: Path) -> None:
    path = old_platform(tmp_path)
    store = opened(path)
    with store.read() as view:
        for cursor in sorted({row["txn"] for row in rows(path, "feed")}):
            here = {}
            for row in rows(path, "feed"):
                if row["sequence"] <= cursor and row["table"] not in ("reading", "entry"):
                    here[row["bucket"], row["table"], row["id"]] = row["body"]
            total: dict[str, Sum] = {}
            for (bucket, name, id), body in here.items():
                total.setdefault(bucket, Sum()).add(row_hash(name, id, body))
            expected = {bucket: (one.count, one.hash) for bucket, one in total.items()}
            assert feed.check(view, cursor, ["chengdu", "elsewhere"]).buckets == expected
    store.close()


def test_a_realm_names_its_areas(tmp_path: Path) -> None:
    old_platform(tmp_path).rename(tmp_path / "live.db")
    realms = Realms(tmp_path, areas=[TOWN])
    realm = realms.get("live")
    assert realm is not None
    with realm.store.read() as view:
        assert {one.area for one in view.every(Incident)} == {TOWN}
    realms.close()


# Copies


def test_the_copy_is_whole_and_encrypted(tmp_path: Path) -> None:
    path = old_desk(tmp_path)
    reader, writer = raw(path), raw(path)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM setting").fetchone()  # a wall is reading: the log cannot be emptied
    writer.execute("INSERT INTO setting VALUES ('late', '1')")
    store = opened(path)
    reader.close()
    writer.close()
    (kept,) = copies(path)
    assert re.fullmatch(r"live\.db\.schema1-\d{8}-\d{6}", kept.name)
    assert b"SQLite" not in kept.read_bytes()[:16] and kept.stat().st_mode & 0o077 == 0
    found = {row["key"]: row["value"] for row in rows(kept, "setting")}
    assert found["store.schema"] == "1" and found["late"] == "1"
    assert len(rows(kept, "outbox")) == len(rows(path, "outbox"))
    store.close()
    kept.rename(path)  # going back is putting the copy in its place
    opened(path).close()


def test_the_newest_two_copies_stay(tmp_path: Path) -> None:
    path = old_desk(tmp_path)
    for day in ("20250101", "20250301", "20250201"):
        (tmp_path / f"live.db.schema1-{day}-080000").touch()
    (tmp_path / "live.db.copying").write_bytes(b"of one that was killed")
    opened(path).close()
    first, second = copies(path)
    assert first.name == "live.db.schema1-20250301-080000" and second.stat().st_size > 100_000
    assert not (tmp_path / "live.db.copying").exists()


# When it cannot be done


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file grows past this: the disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_without_room_for_a_copy_nothing_is_migrated(tmp_path: Path) -> None:
    path = old_desk(tmp_path)
    before = path.read_bytes()
    with files_up_to(100_000), pytest.raises(KnownError) as error:
        opened(path)
    assert said(error) == "store_not_copied"
    assert error.value.phrase.args["need"] == 1
    assert path.read_bytes() == before
    assert copies(path) == [] and not list(tmp_path.glob("*.copying*"))
    opened(path).close()


@pytest.mark.parametrize("make", [old_desk, old_platform])
def test_without_room_for_the_rest_all_is_as_it_was(tmp_path: Path, make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make(tmp_path)
    before = rows(path, "setting"), rows(path, "incident")
    migrate = Store._migrate

    def full(store: Store, side: tables.Side) -> None:
        with files_up_to(50_000):  # the copy was just made
            migrate(store, side)

    with monkeypatch.context() as patch, pytest.raises(KnownError) as error:
        patch.setattr(Store, "_migrate", full)
        opened(path)
    assert said(error) == "store_not_migrated"
    assert (rows(path, "setting"), rows(path, "incident")) == before
    store = opened(path)
    assert verify_file(store) == []
    store.close()


def test_rows_that_refer_to_nothing_are_told_before_anything_changed(tmp_path: Path) -> None:
    path = old_platform(tmp_path)
    connection = raw(path)
    connection.execute("UPDATE breach SET entry = 'none'")
    connection.close()
    with pytest.raises(KnownError) as error:
        opened(path)
    assert said(error) == "store_not_migrated"
    assert "town" in rows(path, "incident")[0]


def test_foreign_keys_hold_after_a_migration(tmp_path: Path) -> None:
    store = opened(old_platform(tmp_path))
    with store.read() as view:
        assert view.connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    store.close()


def test_a_follower_of_an_older_database_says_so(tmp_path: Path) -> None:
    path = old_desk(tmp_path)
    with pytest.raises(KnownError) as error:
        opened(path, read_only=True)
    assert said(error) == "store_older"
    opened(path).close()
    opened(path, read_only=True).close()


def test_another_realms_database_is_not_touched(tmp_path: Path) -> None:
    path = old_desk(tmp_path)
    before = path.read_bytes()
    with pytest.raises(KnownError) as error:
        opened(path, realm="drill-1")
    assert said(error) == "store_realm"
    assert path.read_bytes() == before and copies(path) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from console.store.store import Store

left = int(sys.argv[2])

def count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

def counted(self, side, migrate=Store._migrate):
    event.listen(Engine, "before_cursor_execute", count)
    migrate(self, side)

Store._migrate = counted
key = None if "platform" in sys.argv[1] else bytes(range(32))
Store.open(Path(sys.argv[1]), key, side="desk" if key else "platform")
"""


def statements(path: Path) -> int:
    """How many a migration takes."""
    ran: list[int] = []
    event.listen(Engine, "before_cursor_execute", count := lambda *_: ran.append(1))
    opened(path).close()
    event.remove(Engine, "before_cursor_execute", count)
    return len(ran)


@pytest.mark.parametrize("make", [old_desk, old_platform])
def test_a_kill_in_the_middle_leaves_what_was(tmp_path: Path, make: Any) -> None:
    (tmp_path / "whole").mkdir()
    whole = statements(make(tmp_path / "whole"))
    assert whole > 100
    path = make(tmp_path)
    before = rows(path, "setting"), rows(path, "incident"), rows(path, "entry")
    for share in (0.3, 0.85):
        command = [sys.executable, "-c", KILLED, str(path), str(int(whole * share))]
        killed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert (rows(path, "setting"), rows(path, "incident"), rows(path, "entry")) == before
    store = opened(path)
    assert verify_file(store) == []
    with store.begin() as tx:
        tx.put(incident(99))
    store.close()
    assert 1 <= len(copies(path)) <= 2


def test_two_stores_migrate_at_once(tmp_path: Path) -> None:
    """Each its own file: Alembic's state is the process's."""
    folders = [tmp_path / str(n) for n in range(4)]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor(4) as pool:
        stores: list[Store] = list(pool.map(opened, [old_desk(f) for f in folders]))
    for store in stores:
        assert verify_file(store) == []
        store.close()
