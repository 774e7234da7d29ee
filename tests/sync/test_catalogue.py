"""The catalogue comes to the desk whole, nearest first, goes on after a kill, and never goes back behind the feed."""

import gzip
import hashlib
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import pytest
import requests

from console.central import catalogue as central
from console.domain.camera import Camera
from console.domain.place import Point
from console.domain.words import Phrase
from console.store import catalogue
from console.store.catalogue import FIELDS, apply_changes, fields_of
from console.store.store import Store
from console.sync import catalogue as loading
from console.sync.link import LinkDown
from console.sync.parts import COLUMNS, pack, unpack
from tests.support_catalogue import CHANGAN, HOUJIE, HUMEN, Desk, Platform, cameras, make
from tests.support_platform import ROOT
from tests.support_wait import WAIT_S

T = TypeVar("T")
ALL = [*cameras(CHANGAN, 300), *cameras(HUMEN, 300), *cameras(HOUJIE, 300)]


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    platform = Platform(tmp_path)
    yield platform
    platform.close()


@pytest.fixture
def desk(tmp_path: Path, platform: Platform) -> Iterator[Desk]:
    desk = Desk(tmp_path / "desk.db", platform.url)
    yield desk
    desk.close()


class Stopped(Exception):
    """As if the desk were killed here."""


def content(rows: list[Camera], sequence: int = 1) -> dict[str, tuple[object, ...]]:
    return {row.id: (*fields_of(row), sequence) for row in rows}


def names(desk: Desk, text: str) -> list[str]:
    return [one.id for one in desk.see(lambda view: catalogue.find_cameras(view, text, 1000))]


def test_all_of_it_arrives_own_area_first(platform: Platform, desk: Desk) -> None:
    manifest = platform.publish(ALL)
    desk.load()
    assert desk.rows() == content(ALL)
    assert desk.see(catalogue.count) == 900
    assert desk.see(catalogue.searchable)
    by_path = {f"/v1/catalogue/{part.sha}": part.area for part in manifest.parts}
    assert [by_path[path] for path in desk.fetched[1:]] == [HOUJIE, HUMEN, CHANGAN]
    own = next(told for told in desk.told if told.own)
    assert (own.rows, own.total, own.done) == (300, 900, False)
    assert desk.told[-1].done
    assert desk.told[-1].rows == 900
    found = desk.see(lambda view: catalogue.find_cameras(view, "立沙桥", 400))
    assert [one.id.partition("-")[0] for one in found] == ["shanmei"] * 300 + ["weiyuan"] * 100


def test_the_own_area_is_found_before_the_rest_is_in(platform: Platform, desk: Desk) -> None:
    manifest = platform.publish(ALL)
    far = [part.sha for part in manifest.parts if part.area != HOUJIE]

    def away(path: str, data: bytes) -> bytes:
        if path.rpartition("/")[2] in far:
            raise LinkDown(Phrase("link_down"))
        return data

    desk.spoil = away
    with pytest.raises(LinkDown):
        desk.load()
    assert len(names(desk, "lsq")) == 300
    desk.spoil = lambda path, data: data
    desk.load()
    assert len(names(desk, "lsq")) == 900
    assert len(desk.fetched) == 2 + 1 + 3  # the manifest twice, one that failed, each part once


def test_what_is_in_is_found_while_the_link_is_down(platform: Platform, desk: Desk) -> None:
    manifest = platform.publish(ALL)
    last = next(part.sha for part in manifest.parts if part.area == CHANGAN)

    def away(path: str, data: bytes) -> bytes:
        if path.endswith(last):
            raise LinkDown(Phrase("link_down"))
        return data

    desk.spoil = away
    with pytest.raises(LinkDown):
        desk.load()
    assert len(names(desk, "立沙")) == 600
    assert desk.see(catalogue.searchable)
    assert not any(told.done for told in desk.told)


def test_a_database_from_before_there_was_a_catalogue_gets_one(platform: Platform, desk: Desk) -> None:
    with desk.store.begin() as tx:
        for table in ("camera", "catalogue_held", "camera_words", "camera_places"):
            tx.connection.exec_driver_sql(f"DROP TABLE {table}")
    with platform.store.begin() as tx:
        tx.connection.exec_driver_sql("DROP TABLE catalogue_part")
    platform.publish(ALL)
    desk.load()
    assert desk.rows() == content(ALL)


def test_nothing_is_fetched_twice(platform: Platform, desk: Desk) -> None:
    platform.publish(ALL)
    desk.load()
    desk.load()
    assert desk.fetched.count("/v1/catalogue") == 2
    assert len(desk.fetched) == 2 + 3


def test_a_killed_desk_goes_on_with_the_next_part(tmp_path: Path, platform: Platform) -> None:
    here = Point(113.67, 22.9)
    every = [make(f"{n}-{row}", f"{HOUJIE}/{n}", at=here) for n in range(40) for row in range(50)]
    platform.publish(every)
    command = [sys.executable, "-m", "tests.support_catalogue", str(tmp_path / "desk.db"), platform.url]
    rows = 0
    for kill_at in (500, 1200):
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout
            said = [int(child.stdout.readline())]
            assert said[0] >= rows
            while said[-1] < kill_at:
                said.append(int(child.stdout.readline()))
            child.send_signal(signal.SIGKILL)
        rows = said[-1]
    desk = Desk(tmp_path / "desk.db", platform.url)
    desk.load()
    assert desk.rows() == content(every)
    assert len(desk.fetched) - 1 <= 40 - rows // 50  # only what was not in
    assert desk.see(catalogue.searchable)
    assert len(names(desk, "立沙")) == 1000
    desk.close()


def test_it_goes_on_from_wherever_it_stopped(
    tmp_path: Path, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before each of its transactions in turn: inside a part, between parts, while it indexes or sweeps."""
    monkeypatch.setattr(loading, "SLICE_ROWS", 15)
    monkeypatch.setattr(loading, "INDEX_ROWS", 40)
    before, after = [*cameras(HOUJIE, 40), *cameras(CHANGAN, 30)], [*cameras(HUMEN, 30), *cameras(HOUJIE, 35)]
    stop, stopped = 0, True
    while stopped:  # until there is nothing left to stop before
        stop, asked, stopped = stop + 1, 0, False
        desk = Desk(tmp_path / f"desk{stop}.db", platform.url)

        def ask(fn: Callable[[Store], T], /, desk: Desk = desk, stop: int = stop) -> T:
            nonlocal asked, stopped
            asked += 1
            if asked == stop:
                stopped = True
                raise Stopped
            return fn(desk.store)

        for sequence, published in enumerate((before, after), 1):
            platform.publish(published, sequence)
            with suppress(Stopped):
                loading.load(ask, desk.fetch, area=HOUJIE)
        desk.load()
        assert {id: row[:-1] for id, row in desk.rows().items()} == {one.id: fields_of(one) for one in after}
        assert sorted(names(desk, "lsq")) == sorted(one.id for one in after)
        assert (
            desk.see(lambda view: view.connection.exec_driver_sql("SELECT count(*) FROM camera_places").scalar()) == 65
        )
        desk.close()
    assert stop > 30


def test_another_town_is_neither_listed_nor_given(platform: Platform, tmp_path: Path) -> None:
    manifest = platform.publish(ALL)
    village = Desk(tmp_path / "village.db", platform.url, scope=HOUJIE)
    village.load()
    assert set(village.rows()) == {one.id for one in cameras(HOUJIE, 300)}
    for part in manifest.parts:
        answer = requests.get(f"{platform.url}/v1/catalogue/{part.sha}", headers={"scope": HOUJIE}, timeout=WAIT_S)
        assert answer.status_code == (200 if part.area == HOUJIE else 404)
    town = requests.get(f"{platform.url}/v1/catalogue", headers={"scope": "city/houj"}, timeout=WAIT_S)
    assert town.json()["parts"] == []  # not a path above, only its beginning
    village.close()


def test_a_part_is_what_its_name_says_and_is_cached_for_ever(platform: Platform) -> None:
    part = platform.publish(ALL).parts[0]
    url, scope = f"{platform.url}/v1/catalogue/{part.sha}", {"scope": "city"}
    answer = requests.get(url, headers=scope, timeout=WAIT_S)
    assert hashlib.sha256(answer.content).hexdigest() == part.sha
    assert len(answer.content) == part.bytes
    assert "immutable" in answer.headers["Cache-Control"]
    assert (
        requests.get(url, headers=scope | {"If-None-Match": answer.headers["ETag"]}, timeout=WAIT_S).status_code == 304
    )


def test_a_damaged_part_is_fetched_again_and_never_used(platform: Platform, desk: Desk) -> None:
    platform.publish(cameras(HOUJIE, 50))
    spoilt: list[str] = []

    def once(path: str, data: bytes) -> bytes:
        if path == "/v1/catalogue" or path in spoilt:
            return data
        spoilt.append(path)
        return data[:-9] + b"x" + data[-8:]

    desk.spoil = once
    desk.load()
    assert desk.rows() == content(cameras(HOUJIE, 50))
    assert len(desk.fetched) == 3

    platform.publish(cameras(HOUJIE, 60), 2)
    desk.spoil = lambda path, data: data if path == "/v1/catalogue" else data[:-1]
    with pytest.raises(LinkDown):
        desk.load()
    assert desk.rows() == content(cameras(HOUJIE, 50))


def test_another_catalogue_brings_only_what_changed_and_takes_away_the_rest(platform: Platform, desk: Desk) -> None:
    platform.publish(ALL)
    desk.load()
    renamed = [make(one.id, HOUJIE, "重阳路口", at=one.at) for one in cameras(HOUJIE, 300)[:2]]
    after = [*cameras(HUMEN, 300), *renamed, *cameras(HOUJIE, 300)[2:290]]  # Chang'an is gone, ten of Houjie too
    platform.publish(after, 5)
    desk.fetched.clear()
    desk.load()
    assert len(desk.fetched) == 2
    assert desk.rows() == content(cameras(HUMEN, 300)) | content(after[300:], 5)
    assert names(desk, "cyl") == [one.id for one in renamed]
    assert len(names(desk, "立沙桥")) == 588
    assert not set(names(desk, "立沙桥")) & {one.id for one in renamed}
    near = desk.see(lambda view: catalogue.cameras_near(view, Point(113.80, 22.9), 1))
    assert near[0][0].id == "weiyuan-00299"


def test_a_catalogue_that_is_replaced_meanwhile_is_begun_anew(platform: Platform, desk: Desk) -> None:
    platform.publish(ALL)
    after = [*cameras(HUMEN, 200), *cameras(HOUJIE, 300)]

    def replace(path: str, data: bytes) -> bytes:
        if len(desk.fetched) == 2:
            platform.publish(after, 7)
        return data

    desk.spoil = replace
    desk.load()
    assert set(desk.rows()) == {one.id for one in after}
    assert desk.fetched.count("/v1/catalogue") == 2


def test_the_feed_is_newer_than_a_part(platform: Platform, desk: Desk) -> None:
    platform.publish(ALL, 10)
    first, second, *others = cameras(HOUJIE, 300)
    newer = make(first.id, HOUJIE, "新围水闸")
    with desk.store.begin() as tx:
        apply_changes(tx, [newer, make("new", HOUJIE, "溪头桥")], [second.id, cameras(HUMEN, 1)[0].id], 12)
    desk.load()
    rows = desk.rows()
    assert rows[first.id] == (*fields_of(newer), 12)
    assert rows["new"][-1] == 12
    assert second.id not in rows
    assert len(rows) == 899
    assert names(desk, "xwsz") == [first.id]
    assert names(desk, "溪头") == ["new"]

    # A later catalogue knows what the feed said before it.
    platform.publish([newer, *others], 20)
    desk.load()
    assert set(desk.rows()) == {first.id, *(one.id for one in others)}
    with desk.store.read() as view:
        assert view.connection.exec_driver_sql("SELECT count(*) FROM camera").scalar() == 299  # no tombstones


def test_a_part_that_the_feed_changed_is_fetched_again_for_a_later_catalogue(platform: Platform, desk: Desk) -> None:
    platform.publish(ALL, 10)
    desk.load()
    one = cameras(HOUJIE, 1)[0]
    with desk.store.begin() as tx:
        apply_changes(tx, [make(one.id, HOUJIE, "新围水闸")], ["weiyuan-00001"], 12)
    assert names(desk, "新围") == [one.id]
    assert len(desk.rows()) == 899
    platform.publish(ALL, 11)  # the same parts, from before the change
    desk.load()
    assert names(desk, "新围") == [one.id]
    with desk.store.begin() as tx:
        apply_changes(tx, [make(one.id, HOUJIE, "新围水闸")], [], 22)  # once more
    desk.fetched.clear()
    platform.publish(ALL, 20)  # the same parts, and it was taken back
    desk.load()
    assert len(desk.fetched) == 2  # Humen; Houjie is newer here
    assert names(desk, "新围") == [one.id]
    desk.fetched.clear()
    platform.publish(ALL, 30)
    desk.load()
    assert len(desk.fetched) == 2
    assert {id: row[:-1] for id, row in desk.rows().items()} == {id: row[:-1] for id, row in content(ALL).items()}
    assert names(desk, "新围") == []
    assert len(names(desk, "立沙桥")) == 900


def test_publishing_refuses_an_id_that_is_there_twice(platform: Platform) -> None:
    with pytest.raises(ValueError, match="x is there twice"):
        platform.publish([make("x"), make("x", HUMEN)])


def test_a_large_area_has_several_parts_and_an_area_never_shares_one(
    platform: Platform, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(central, "MAX_ROWS", 100)
    manifest = platform.publish([*cameras(HOUJIE, 101), *cameras(HUMEN, 1)])
    sizes = sorted((part.area, part.rows) for part in manifest.parts)
    assert sizes == [(HOUJIE, 50), (HOUJIE, 51), (HUMEN, 1)]
    desk.load()
    assert desk.see(catalogue.count) == 102


def test_a_part_comes_out_as_it_went_in() -> None:
    rows = [fields_of(one) for one in cameras(HOUJIE, 3)]
    at = FIELDS.index("area")
    packed = pack(HOUJIE, [row[:at] + row[at + 1 :] for row in rows])
    assert unpack(packed) == rows
    assert len(COLUMNS) == len(FIELDS) - 1
    for wrong in (b"", b"no gzip", packed[:-20], gzip.compress(b'{"area": "a"}'), gzip.compress(b"[1]")):
        with pytest.raises(ValueError, match="part"):
            unpack(wrong)
