"""A realm on PostgreSQL is brought up to date as a file is, once, however many open it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, insert, select

from console.central import feed
from console.domain.errors import KnownError
from console.store import migrations, tables
from console.store import postgres as database
from console.store.engine import connect
from console.store.store import Store
from tests.support_old import old_platform, opened
from tests.support_pack import AREAS
from tests.support_postgres import Postgres

SHAPE = """
SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
WHERE table_schema = current_schema()
UNION ALL SELECT tablename, indexname, indexdef, '', '' FROM pg_indexes WHERE schemaname = current_schema()
UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), contype::text, ''
FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND contype <> 'n'
"""


def realm_of(url: str) -> Engine:
    """An engine in the schema of the realm `live`, which is made."""
    engine = database.connect(database.address(url), "live")
    with engine.begin() as connection:
        database.make_realm(connection, "live")
    return engine


def first_release(url: str, tmp_path: Path) -> None:
    """The platform of the first release, moved to PostgreSQL as it is."""
    source, target, metadata = connect(old_platform(tmp_path), None, True), realm_of(url), MetaData()
    with source.connect() as old, target.begin() as new:
        migrations.migrate(new, "platform", to=1)
        new.exec_driver_sql("DROP TABLE alembic_version")
        new.exec_driver_sql("DELETE FROM setting")
        metadata.reflect(new)
        for table in metadata.sorted_tables:
            if rows := [dict(row._mapping) for row in old.execute(select(table))]:
                new.execute(insert(table), rows)
    source.dispose()
    target.dispose()


def test_new_and_migrated_realms_have_the_same_tables(postgres: Postgres) -> None:
    shapes = []
    for way in (migrations.create, migrations.migrate):
        engine = realm_of(postgres.fresh_database())
        with engine.begin() as connection:
            way(connection, "platform")
            context = MigrationContext.configure(connection)
            assert compare_metadata(context, list(tables.SIDES["platform"])) == []
            shapes.append(sorted(map(str, connection.exec_driver_sql(SHAPE))))
        engine.dispose()
    assert shapes[0] == shapes[1]
    assert len(shapes[0]) > 150


def test_a_platform_is_migrated_once_by_all_who_open_it(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.fresh_database()
    first_release(url, tmp_path)
    file = opened(tmp_path / "platform.db")
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: Store.connect(url, areas=AREAS), range(4)))
    names = ("feed", "bucket_sum", "member", "alarm", "incident", "assignment", "outcome", "breach", "lane", "head")
    for store in stores:
        assert store.device == file.device
        with store.read() as view, file.read() as same:
            for name in names:
                table = tables.SIDES["platform"][name in tables.PLATFORM.tables].tables[name]
                found = view.connection.execute(select(table).order_by(*table.primary_key)).all()
                assert found == same.connection.execute(select(table).order_by(*table.primary_key)).all(), name
            end = feed.end(view)
            assert feed.check(view, end, ["chengdu"]) == feed.check(same, end, ["chengdu"])
        store.close()
    file.close()


def test_a_failed_migration_leaves_the_realm_as_it_was(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.fresh_database()
    first_release(url, tmp_path)
    engine = realm_of(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("""UPDATE feed SET body = '{"id":"x"}' WHERE "table" = 'incident'""")
    with pytest.raises(KnownError) as error:
        Store.connect(url, areas=AREAS)
    assert error.value.phrase.code == "store_not_migrated"
    with engine.begin() as connection:
        assert migrations.schema_of(connection) == 1
        assert connection.exec_driver_sql("SELECT town FROM incident").all()
    engine.dispose()
