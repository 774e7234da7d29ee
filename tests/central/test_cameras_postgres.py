"""The catalogue of cameras on a real PostgreSQL: published, changed by the feed, and published again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.central import catalogue as central
from console.central import feed, push
from console.central.realms import Realm
from console.domain.camera import Camera
from console.domain.catalogue import PutCameras, RemoveCameras
from console.domain.words import Label
from console.store import catalogue
from console.store.store import Store
from console.sync import outbox
from console.sync.messages import PushRequest
from console.sync.parts import unpack
from tests.support_pack import HERE, OTHER, TOWN, actor, sender
from tests.support_pack import page as a_page
from tests.support_postgres import Postgres


@pytest.fixture
def store(postgres: Postgres) -> Iterator[Store]:
    store = Store.connect(postgres.fresh_database())
    Realm(store)
    yield store
    store.close()


def make(n: int, zh: str = "东桥", area: str = TOWN) -> Camera:
    return Camera(f"c{n}", Label(f"{zh}{n}号", f"East {n}"), "road", HERE, f"rtsp://h/{n}", "", area)


def kept(store: Store) -> dict[str, Camera]:
    with store.read() as view:
        return {one.id: one for one in catalogue.every(view)}


def published(store: Store) -> set[str]:
    with store.read() as view:
        parts = [central._part(view, part.sha, [TOWN]) for part in central.manifest_of(view).parts]
        return {row[0] for part in parts if part is not None for row in unpack(part.data)}


def test_published_changed_and_published_again(store: Store, tmp_path: Path) -> None:
    central.publish(store, [make(n) for n in range(4)], central.number(store))
    desk = Store.open(tmp_path / "desk.db", None)
    for operation in (
        PutCameras((make(0, "新的"), make(9))),
        RemoveCameras(("c1", "c2", "no-such")),
        PutCameras((make(2, "又来"),)),
        PutCameras((make(3, area=OTHER),)),
    ):
        outbox.perform(desk, operation, actor())
    bodies = outbox.to_send(desk, "bulk", None).bodies
    desk.close()
    request = PushRequest.model_validate_json(f'{{"operations":[{",".join(bodies)}]}}')
    outcomes = push.take(store, sender(desk.device), request)
    assert [outcome.refusal and outcome.refusal.code for outcome in outcomes] == [None, None, None, "not_allowed"]
    wanted = {"c0": make(0, "新的"), "c2": make(2, "又来"), "c3": make(3), "c9": make(9)}
    assert kept(store) == wanted
    assert published(store) == {"c0", "c1", "c2", "c3"}
    with store.read() as view:
        page = a_page(view, "probe", 0, 100, [TOWN])
    assert {row.id: row.row is not None for row in page.rows} == {"c0": True, "c1": False, "c2": True, "c9": True}
    assert {row.sequence for row in page.rows} == {page.head}
    with store.begin() as tx:
        feed.forget(tx, datetime.now(UTC), timedelta(days=30))
    with store.read() as view:
        assert {row.id for row in a_page(view, "probe", 0, 100, [TOWN]).rows} == {"c0", "c1", "c2", "c9"}
    central.republish(store)
    assert published(store) == set(wanted) and kept(store) == wanted
    with store.read() as view:
        assert a_page(view, "probe", 0, 100, [TOWN]).rows == []
    central.publish(store, [make(0), make(5)], central.number(store))
    assert kept(store) == {"c0": make(0), "c5": make(5)} and published(store) == {"c0", "c5"}
