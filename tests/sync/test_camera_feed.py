"""A camera that is changed or removed is so on every desk that may see it, whenever that comes by the catalogue.

The real outbox, platform, rebase and loader; the network is a function call, so that a test can stop it anywhere.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select

from console.central import catalogue as central
from console.central import feed, push
from console.central.realms import Realm
from console.domain.camera import Camera
from console.domain.catalogue import MOST, PutCameras, RemoveCameras
from console.domain.errors import Refused
from console.domain.operation import Operation
from console.domain.place import Point
from console.domain.words import Label
from console.store import catalogue, tables
from console.store.store import Store
from console.sync import inbox, outbox, own, rebase
from console.sync.catalogue import load
from console.sync.link import LinkDown
from console.sync.messages import Page, PushRequest
from tests.support_pack import CITY, HERE, OTHER, TOWN, VILLAGE, actor, sender
from tests.support_pack import page as a_page
from tests.support_platform import Desk as LiveDesk
from tests.support_platform import Platform, api, until
from tests.support_platform import Platform as LivePlatform
from tests.support_wait import WAIT_S

T = TypeVar("T")
USERS = {CITY: "city", TOWN: "u1", OTHER: "other", VILLAGE: "village"}


def make(n: int, area: str = TOWN, zh: str = "东桥", **different: Any) -> Camera:
    at = Point(HERE.lon + n * 1e-4, HERE.lat)
    return replace(
        Camera(f"c{n}", Label(f"{zh}{n}号", f"East {n}"), "road", at, f"rtsp://h/{n}", "", area), **different
    )


class World:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.desks: list[Desk] = []
        self.open("platform.db")

    def open(self, name: str) -> None:
        self.store = Store.open(self.folder / name, None, side="platform")
        self.incarnation = Realm(self.store).incarnation

    def publish(self, *cameras: Camera) -> None:
        central.publish(self.store, cameras, central.number(self.store))

    def desk(self, scope: str = TOWN) -> "Desk":
        desk = Desk(self, self.folder / f"desk{len(self.desks)}.db", scope)
        self.desks.append(desk)
        return desk

    def kept(self) -> dict[str, Camera]:
        """The platform's own cameras."""
        with self.store.read() as view:
            return {camera.id: camera for camera in catalogue.every(view)}

    def close(self) -> None:
        for desk in self.desks:
            desk.store.close()
        self.store.close()


class Desk:
    def __init__(self, world: World, file: Path, scope: str) -> None:
        self.world, self.scopes = world, [scope]
        self.store = Store.open(file, None)

    def do(self, operation: Operation) -> None:
        user = USERS[self.scopes[0]]
        outbox.perform(self.store, operation, replace(actor(user=user), area=self.scopes[0]))

    def push(self) -> None:
        for lane in outbox.LANES:
            bodies = outbox.to_send(self.store, lane, None).bodies
            if bodies:
                request = PushRequest.model_validate_json(f'{{"operations":[{",".join(bodies)}]}}')
                push.take(self.world.store, sender(self.store.device, USERS[self.scopes[0]]), request)

    def page(self, limit: int = 50) -> Page:
        with self.world.store.read() as view:
            page = a_page(view, self.store.device, rebase.cursor(self.store), limit, self.scopes)
        return Page.model_validate_json(page.model_dump_json(exclude_unset=True))

    def pull(self, limit: int = 50) -> None:
        for _ in range(1000):
            page = self.page(limit)
            rebase.apply(self.store, page)
            if page.cursor == page.head == rebase.cursor(self.store):
                break
        else:
            raise AssertionError("it does not come to an end")
        with self.world.store.begin() as tx:
            row = {"device": self.store.device, "user": "u", "nonce": "", "incarnation": "", "version": 2}
            row |= {"scopes": self.scopes, "cursor": page.cursor, "pending": 0, "error": None, "pending_since": None}
            tx.upsert(tables.desk, [row | {"first_at": datetime.now(UTC), "seen_at": datetime.now(UTC)}])

    def load(self, before: Callable[[str], None] = lambda path: None) -> None:
        def fetch(path: str) -> bytes:
            before(path)
            with self.world.store.read() as view:
                if path == "/v1/catalogue":
                    return central.manifest_of(view, self.scopes).model_dump_json().encode()
                found = central._part(view, path.rpartition("/")[2], self.scopes)
                assert found is not None
                return bytes(found.data)

        load(lambda fn: fn(self.store), fetch, area=TOWN)

    def come(self) -> None:
        """All that a desk does when it has the link."""
        self.push()
        self.pull()
        self.load()

    def cameras(self) -> dict[str, Camera]:
        with self.store.read() as view:
            found = {camera.id: camera for camera in catalogue.every(view)}
            assert catalogue.count(view) == len(found)
            if catalogue.searchable(view):  # the indexes hold what the table holds
                assert {c.id for c in catalogue.find_cameras(view, "号", 1000)} == set(found)
                assert {c.id for c in catalogue.cameras_in(view, -180, -90, 180, 90, 1000)} == set(found)
        return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


def test_what_one_desk_changes_all_have_and_the_next_catalogue_too(world: World) -> None:
    world.publish(*(make(n) for n in range(4)))
    a, b = world.desk(), world.desk(CITY)
    for desk in (a, b):
        desk.come()
    moved, new = make(1, at=Point(104.5, 30.6)), make(9, zh="西桥")
    a.do(PutCameras((moved, new)))
    a.do(RemoveCameras(("c2", "c2", "no-such")))
    wanted = {"c0": make(0), "c1": moved, "c3": make(3), "c9": new}
    assert a.cameras() == wanted  # at once
    assert set(b.cameras()) == {"c0", "c1", "c2", "c3"}
    a.come()
    b.come()
    assert a.cameras() == b.cameras() == world.kept() == wanted
    assert outbox.pending(a.store) == {"command": 0, "bulk": 0} and inbox.inbox(a.store) == []
    late = world.desk()
    late.come()
    assert late.cameras() == wanted
    central.republish(world.store)
    later = world.desk()
    later.load()  # by the catalogue alone
    assert later.cameras() == wanted
    for desk in (a, b, late, later):
        desk.come()
        assert desk.cameras() == wanted


def test_cameras_are_changed_where_one_commands(world: World) -> None:
    world.publish(make(0), make(1, OTHER))
    other, town = world.desk(OTHER), world.desk()
    for desk in (other, town):
        desk.come()
    # its own, but to a place that is not; and one that it does not even know
    refused: list[Operation] = [
        PutCameras((make(1, TOWN),)),
        PutCameras((make(0, OTHER),)),
        PutCameras((make(5, TOWN),)),
        RemoveCameras(("c0",)),
        PutCameras((make(6, ""),)),
    ]
    for operation in refused:
        other.do(operation)
    other.come()
    town.come()
    assert [refusal.phrase.code for refusal in inbox.inbox(other.store)] == ["not_allowed"] * len(refused)
    assert other.cameras() == {"c1": make(1, OTHER)}
    assert town.cameras() == {"c0": make(0)}
    assert world.kept() == {"c0": make(0), "c1": make(1, OTHER)}
    with pytest.raises(Refused):
        town.do(RemoveCameras(tuple(f"c{n}" for n in range(MOST + 1))))


def test_a_refused_change_is_undone_to_what_the_platform_says_by_then(world: World) -> None:
    world.publish(make(0, OTHER), make(1, OTHER))
    city, town = world.desk(CITY), world.desk(TOWN)
    city.come()
    town.scopes = [CITY]  # its user may look at all of it, and commands the town
    town.come()
    town.scopes = [CITY]

    def mine(operation: Operation) -> None:
        outbox.perform(town.store, operation, replace(actor(user="u1"), area=TOWN))

    mine(PutCameras((make(0, OTHER, zh="我的"), make(1, OTHER, zh="我的"), make(7, OTHER, zh="我的"))))
    city.do(PutCameras((make(0, OTHER, zh="他的"),)))
    city.come()
    world.publish(make(0, OTHER, zh="他的"), make(1, OTHER, zh="新的"))
    town.pull()
    town.load()  # what is pending lies over it all
    assert {camera.name.zh[:2] for camera in town.cameras().values()} == {"我的"}
    for lane in outbox.LANES:
        if bodies := outbox.to_send(town.store, lane, None).bodies:
            request = PushRequest.model_validate_json(f'{{"operations":[{",".join(bodies)}]}}')
            push.take(world.store, sender(town.store.device, "u1"), request)
    town.pull()
    assert len(inbox.inbox(town.store)) == 1
    assert town.cameras() == {"c0": make(0, OTHER, zh="他的"), "c1": make(1, OTHER, zh="新的")}


def test_the_last_word_holds_within_one_push_and_across_areas(world: World) -> None:
    world.publish(make(0), make(1))
    a, village, city = world.desk(), world.desk(VILLAGE), world.desk(CITY)
    for desk in (a, village, city):
        desk.come()
    a.do(PutCameras((make(2),)))
    a.do(RemoveCameras(("c2",)))
    a.do(RemoveCameras(("c0",)))
    a.do(PutCameras((make(0, VILLAGE),)))  # it comes back, elsewhere
    a.do(PutCameras((make(1, VILLAGE),)))
    a.do(PutCameras((make(1),)))
    wanted = {"c0": make(0, VILLAGE), "c1": make(1)}
    assert a.cameras() == wanted
    for desk in (a, village, city):
        desk.come()
    assert a.cameras() == city.cameras() == world.kept() == wanted
    assert village.cameras() == {"c0": make(0, VILLAGE)}
    a.do(PutCameras((make(0),)))  # and away from the village
    for desk in (a, village, city):
        desk.come()
    assert village.cameras() == {}
    assert a.cameras() == city.cameras() == {"c0": make(0), "c1": make(1)}


def test_two_desks_remove_the_same_one(world: World) -> None:
    world.publish(make(0), make(1))
    a, b = world.desk(), world.desk()
    for desk in (a, b):
        desk.come()
        desk.do(RemoveCameras(("c0",)))
    a.come()
    b.pull()  # it is told of the other's first
    assert set(b.cameras()) == {"c1"}
    b.come()
    assert a.cameras() == b.cameras() == world.kept() == {"c1": make(1)}


def feed_rows(world: World) -> int:
    of_cameras = select(func.count()).where(tables.feed.c.table == "camera")
    with world.store.read() as view:
        return int(view.connection.scalar(of_cameras) or 0)


def tidy(world: World) -> None:
    with world.store.begin() as tx:
        feed.forget(tx, datetime.now(UTC), timedelta(days=30))


def test_a_removed_camera_stays_removed(world: World) -> None:
    world.publish(*(make(n) for n in range(3)), *(make(n, VILLAGE) for n in range(3, 6)))
    a, away, amid = world.desk(), world.desk(), world.desk()
    a.come()
    away.come()  # and then it is offline

    def broken(path: str) -> None:
        if fetched:
            raise LinkDown(rebase.Phrase("link_down"))
        if path != "/v1/catalogue":
            fetched.append(path)

    fetched: list[str] = []
    with pytest.raises(LinkDown):
        amid.load(broken)  # a part of it is in
    assert 0 < len(amid.cameras()) < 6
    a.do(RemoveCameras(("c1", "c4")))
    a.come()
    wanted = {f"c{n}" for n in (0, 2, 3, 5)}
    assert set(a.cameras()) == wanted
    amid.pull()  # the feed first, then the older part
    amid.load()
    assert set(amid.cameras()) == wanted
    tidy(world)
    assert feed_rows(world) == 2  # one desk has not passed them
    away.pull()
    assert set(away.cameras()) == wanted
    tidy(world)
    late = world.desk()
    for step in (late.load, late.pull):  # the catalogue is the one from before
        step()
    assert set(late.cameras()) == wanted
    other = world.desk()
    for step in (other.pull, other.load):
        step()
    assert set(other.cameras()) == wanted
    offline = world.desk()
    offline.load()
    assert len(offline.cameras()) == 6  # it has not heard of it
    central.republish(world.store)
    assert feed_rows(world) == 0
    tidy(world)
    for desk in (a, away, amid, late, other, offline, world.desk()):
        desk.come()
        assert set(desk.cameras()) == wanted


def test_it_stays_removed_wherever_the_feed_comes_between_the_parts(world: World, tmp_path: Path) -> None:
    world.publish(*(make(n) for n in range(3)), *(make(n, VILLAGE) for n in range(3, 6)))
    a = world.desk()
    a.come()
    a.do(RemoveCameras(("c1", "c4")))
    a.do(PutCameras((make(3, VILLAGE, zh="新的"), make(8))))
    a.come()
    wanted = a.cameras()
    for at in range(4):  # requests of a bootstrap
        desk = world.desk()
        asked: list[str] = []

        def between(path: str, asked: list[str] = asked, desk: Desk = desk, at: int = at) -> None:
            if len(asked) == at:
                desk.pull(1)
            asked.append(path)

        desk.load(between)
        desk.pull()
        assert desk.cameras() == wanted, at


def test_the_catalogue_that_is_imported_meanwhile_wins_over_what_was_before(world: World) -> None:
    world.publish(make(0), make(1))
    a, b = world.desk(), world.desk()
    a.come()
    b.come()
    a.do(PutCameras((make(0, zh="早先"), make(1, zh="早先"))))
    a.push()
    early = b.page()  # on its way while the next catalogue is published
    sequence = central.number(world.store)
    a.do(PutCameras((make(1, zh="后来"),)))
    a.push()
    central.publish(world.store, [make(0, zh="导入"), make(1, zh="导入")], sequence)
    rebase.apply(b.store, early)
    wanted = {"c0": make(0, zh="导入"), "c1": make(1, zh="后来")}
    for desk in (a, b, world.desk()):
        desk.load()
        desk.come()
        assert desk.cameras() == wanted
    assert world.kept() == wanted
    assert feed_rows(world) == 1


def test_what_may_no_longer_be_seen_leaves_and_comes_back(world: World) -> None:
    world.publish(make(0), make(1, VILLAGE), make(2, OTHER), make(3, CITY))
    city, a = world.desk(CITY), world.desk(CITY)
    a.come()
    city.come()
    city.do(PutCameras((make(4, OTHER), make(5, TOWN))))  # known from the feed alone
    city.come()
    a.come()
    assert set(a.cameras()) == {f"c{n}" for n in range(6)}
    a.scopes = [TOWN]
    a.pull()
    with pytest.raises(LinkDown):
        a.load(lambda path: no_link())  # it needs no link to forget
    assert set(a.cameras()) == {"c0", "c1", "c5"}
    a.load()
    assert set(a.cameras()) == {"c0", "c1", "c5"}
    a.scopes = [CITY]
    a.pull()
    a.load()
    assert set(a.cameras()) == {f"c{n}" for n in range(6)}
    a.scopes = [OTHER]
    a.pull()
    with pytest.raises(LinkDown):
        a.load(lambda path: no_link())
    a.scopes = [CITY]  # before the loader has asked
    a.pull()
    a.load()
    assert set(a.cameras()) == {f"c{n}" for n in range(6)}


def no_link() -> None:
    raise LinkDown(rebase.Phrase("link_down"))


def test_a_part_that_comes_when_it_may_no_longer_be_seen_is_not_kept(world: World) -> None:
    world.publish(make(0), make(1, OTHER))
    a = world.desk(CITY)
    a.pull()

    def narrowed(path: str) -> None:
        if path != "/v1/catalogue" and a.scopes == [CITY]:
            a.scopes = [TOWN]
            page = a.page()
            a.scopes = [CITY]  # what was asked for before is still given
            rebase.apply(a.store, page)
            a.scopes = [TOWN, "no-such"]

    original, a.scopes = a.scopes, [CITY]
    assert original == [CITY]
    with world.store.read() as view:
        shas = [part.sha for part in central.manifest_of(view, [CITY]).parts]
        parts = {sha: bytes(found.data) for sha in shas if (found := central._part(view, sha, [CITY]))}
        manifests = [central.manifest_of(view, scope) for scope in ([CITY], [TOWN])]

    def fetch(path: str) -> bytes:
        if path == "/v1/catalogue":
            return manifests.pop(0).model_dump_json().encode()
        narrowed(path)
        return parts[path.rpartition("/")[2]]

    load(lambda fn: fn(a.store), fetch, area=TOWN)
    assert set(a.cameras()) == {"c0"}


def test_a_platform_that_goes_back_in_time_is_followed(world: World, tmp_path: Path) -> None:
    world.publish(make(0), make(1))
    a = world.desk()
    a.come()
    world.store.close()
    backup = (tmp_path / "platform.db").read_bytes()
    world.open("platform.db")
    a.do(PutCameras((make(0, zh="丢了"), make(2))))
    a.come()
    a.do(RemoveCameras(("c1",)))
    a.come()
    world.publish(make(0, zh="也丢了"), make(5))
    a.come()
    assert set(a.cameras()) == {"c0", "c5"}
    with a.store.begin() as tx:  # pushed by a desk that is no more
        tx.connection.execute(tables.outbox.delete())
    world.store.close()
    (tmp_path / "restored.db").write_bytes(backup)
    world.open("restored.db")
    with world.store.begin() as tx:
        tx.set_setting("central.incarnation", "another")
    a.load()  # before it has noticed
    a.pull()
    a.load()
    assert a.cameras() == {"c0": make(0), "c1": make(1)}
    b = world.desk()
    b.come()
    b.do(PutCameras((make(0, zh="新的"),)))  # under a number that there was before
    b.do(RemoveCameras(("c1",)))
    b.come()
    a.come()
    assert a.cameras() == b.cameras() == {"c0": make(0, zh="新的")}


def test_a_restored_platform_is_given_the_changes_again(world: World, tmp_path: Path) -> None:
    world.publish(make(0), make(1))
    a, b = world.desk(), world.desk()
    a.come()
    world.store.close()
    backup = (tmp_path / "platform.db").read_bytes()
    world.open("platform.db")
    a.do(RemoveCameras(("c0",)))
    a.do(PutCameras((make(2),)))
    a.come()
    b.come()
    world.store.close()
    (tmp_path / "restored.db").write_bytes(backup)
    world.open("restored.db")
    with world.store.begin() as tx:
        tx.set_setting("central.incarnation", "another")
    for desk in (a, b, a, b):
        desk.come()
    assert a.cameras() == b.cameras() == world.kept() == {"c1": make(1), "c2": make(2)}


def test_the_buckets_agree_whatever_the_cameras_are(world: World) -> None:
    world.publish(make(0))
    a = world.desk()
    a.come()
    a.do(PutCameras((make(1),)))
    a.come()
    held = own.own_sums(a.store)
    assert held is not None and held.sums == {}
    with world.store.read() as view:
        assert feed.check(view, held.cursor, a.scopes).buckets == {}
    rebase.begin_anew(a.store)
    a.pull(1)
    assert a.cameras() == {"c0": make(0), "c1": make(1)}


def test_over_the_real_link(tmp_path: Path) -> None:
    with_cameras = tmp_path / "platform"
    store = Store.open(with_cameras / "live.db", None, side="platform")
    Realm(store)
    central.publish(store, [make(n) for n in range(3)], central.number(store))
    store.close()
    platform = LivePlatform(with_cameras)
    desks = [LiveDesk(tmp_path / f"{name}.db") for name in "ab"]
    try:
        a, b = desks
        done: list[bool] = []
        a.connect(platform.url).on_catalogue = lambda progress: done.append(progress.done)
        b.connect(platform.url, "u2")
        until(lambda: len(names(a)) == len(names(b)) == 3)
        until(lambda: any(done))
        a.do(PutCameras((make(7),)), actor())
        a.do(RemoveCameras(("c1",)), actor())
        until(lambda: names(b) == {"c0", "c2", "c7"})
        with api(platform.url, user="other") as other:
            assert other.get(f"{platform.url}/v1/catalogue", timeout=WAIT_S).json()["parts"] == []
            rows = other.get(f"{platform.url}/v1/pull", timeout=WAIT_S).json()["rows"]
            assert rows == []
    finally:
        for desk in desks:
            desk.close()
        platform.kill()


def test_a_relay_passes_the_catalogue_down_and_changes_both_ways(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "city" / "live.db", None, side="platform")
    Realm(store)
    central.publish(store, [make(n) for n in range(3)], central.number(store))
    store.close()
    city = LivePlatform(tmp_path / "city")
    town = Platform(tmp_path / "town", city.url)
    desks = [LiveDesk(tmp_path / f"{name}.db") for name in ("below", "beside", "above", "late")]
    try:
        below, beside, above, late = desks
        with api(town.url) as probe:  # desks ask for it when they come and every ten minutes
            until(lambda: probe.get(f"{town.url}/v1/catalogue", timeout=WAIT_S).json()["parts"])
        below.connect(town.url)
        beside.connect(town.url, "u2")
        above.connect(city.url, "city")
        until(lambda: all(names(desk) == {"c0", "c1", "c2"} for desk in (below, beside, above)))
        below.do(PutCameras((make(7),)), actor())
        below.do(RemoveCameras(("c1",)), actor())
        until(lambda: all(names(desk) == {"c0", "c2", "c7"} for desk in (below, beside, above)))
        above.do(RemoveCameras(("c0",)), replace(actor(user="city"), area=CITY))
        until(lambda: all(names(desk) == {"c2", "c7"} for desk in (below, beside, above)))
        late.connect(town.url)
        until(lambda: names(late) == {"c2", "c7"})
    finally:
        for desk in desks:
            desk.close()
        town.kill()
        city.kill()


def names(desk: LiveDesk) -> set[str]:
    return {camera.id for camera in desk.see(lambda view: list(catalogue.every(view)))}
