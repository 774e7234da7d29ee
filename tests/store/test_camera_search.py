"""A camera is found by what an operator types, and a list from elsewhere is read row by row."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.central.camera_file import read_csv
from console.central.catalogue import publish
from console.domain.camera import Camera, nearest
from console.domain.place import Point
from console.store import catalogue
from console.store.catalogue import apply_changes, cameras_in, cameras_near, find_cameras
from console.store.finding import fold, initials
from console.store.plain import FileProblems, Problem
from console.store.queries import View
from console.store.store import Store
from tests.support_catalogue import make
from tests.support_platform import KEY

CAMERAS = [
    make("44190000001310000001", zh="立沙桥上游", en="Lisha Bridge Upstream"),
    make("44190000001310000002", zh="２号泵站", en="Pump Station 2"),
    make("44190000001310000003", zh="厚街重阳路口K12+300枪机"),
    make("44190000001310000004", zh="长安沙头立交桥"),
    make("44190000001310000005", zh="桥"),
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "live.db", KEY)
    with store.begin() as tx:
        apply_changes(tx, CAMERAS, [], 1)
    yield store
    store.close()


def found(store: Store, text: str, limit: int = 10) -> list[int]:
    """The last figure of each id."""
    with store.read() as view:
        return [int(one.id[-1]) for one in find_cameras(view, text, limit)]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("立沙桥", [1]),
        ("沙桥上", [1]),
        ("立", [1, 4]),
        ("桥", [1, 4, 5]),
        ("立沙", [1]),
        ("立桥", []),  # both characters, not side by side
        ("lsq", [1]),
        ("LSQ", [1]),
        ("lsqsy", [1]),
        ("sqsy", [1]),
        ("sy", [1]),
        ("ljq", [4]),
        ("cylk", [3]),  # 重 as it is read in 重阳
        ("cast", [4]),
        ("2号泵站", [2]),
        ("2 号", [2]),
        ("２hbz", [2]),
        ("k12", [3]),
        ("K12+300", [3]),
        ("厚街 枪机", [3]),
        ("厚街 球机", []),
        ("桥 up", [1]),
        ("lish", [1]),
        ("isha", []),  # words are found by their beginning
        ("station", [2]),
        ("44190000001310000004", [4]),
        ("", []),
        ("+ -", []),
        ('"立*" OR', []),
    ],
)
def test_a_camera_is_found(store: Store, typed: str, wanted: list[int]) -> None:
    assert found(store, typed) == wanted


def test_no_more_than_asked_for(store: Store) -> None:
    assert found(store, "桥", 2) == [1, 4]


def test_what_the_feed_renames_moves_and_removes(store: Store) -> None:
    moved = make(CAMERAS[0].id, zh="溪头水闸", at=Point(113.9, 22.7))
    with store.begin() as tx:
        apply_changes(tx, [moved], [CAMERAS[3].id], 2)
        apply_changes(tx, [CAMERAS[1], CAMERAS[0]], [], 1)  # old news
    assert found(store, "立沙") == []
    assert found(store, "立交") == []
    assert found(store, "xtsz") == [1]
    with store.read() as view:
        assert catalogue.count(view) == 4
        assert catalogue.camera_of(view, CAMERAS[3].id) is None
        assert catalogue.camera_of(view, moved.id) == moved
        assert [one.id for one in cameras_in(view, 113.89, 22.69, 113.91, 22.71, 10)] == [moved.id]
    with store.begin() as tx:
        apply_changes(tx, [CAMERAS[3]], [], 3)  # it is put back
    assert found(store, "立交") == [4]


def test_old_news_does_not_bring_back_what_is_gone(store: Store) -> None:
    with store.begin() as tx:
        apply_changes(tx, [], ["later"], 9)
        apply_changes(tx, [make("later", zh="立沙桥")], [], 8)
    with store.read() as view:
        assert catalogue.count(view) == len(CAMERAS)
    assert found(store, "立沙桥") == [1]


def test_the_nearest_are_those_that_a_full_comparison_finds(store: Store) -> None:
    grid = [make(f"g{n}", at=Point(113.0 + n % 40 * 0.013, 22.5 + n // 40 * 0.017)) for n in range(1000)]
    with store.begin() as tx:
        apply_changes(tx, grid, [], 2)

    def both(view: View, at: Point, count: int) -> tuple[list[tuple[Camera, float]], list[tuple[Camera, float]]]:
        return cameras_near(view, at, count), nearest([*CAMERAS, *grid], at, count)

    with store.read() as view:
        for at in (Point(113.2, 22.7), Point(113.67, 22.9), Point(120.0, 30.0), Point(-60.0, -89.0)):
            near, compared = both(view, at, 20)
            assert [away for _, away in near] == [away for _, away in compared]
        assert len(cameras_near(view, Point(113.2, 22.7), 5000)) == 1005


def test_names_are_folded_and_read_as_words() -> None:
    assert fold("Ｋ12+300 桥") == "k12300桥"
    assert initials("重阳路3号") == "cyl3h"
    assert initials("Gate 7") == "gate7"


HEAD = "id,name_zh,name_en,kind,lon,lat,main_url,sub_url,area,indicator\n"


def test_a_list_is_read_and_bad_rows_are_told(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    rows = [
        "c1,立沙桥,Lisha Bridge,road,113.67,22.91,rtsp://h/1,,city/houjie,",
        "c2,两列",
        "c3,纬度反了,,road,22.91,113.67,rtsp://h/3,,city/houjie,",
        "c1,又一个,,road,113.67,22.91,rtsp://h/4,,city/houjie,",
        "",
        "c5,没有区域,,road,113.67,22.91,rtsp://h/5,,,",
        "c6,地址不对,,road,113.67,22.91,h/6,,city/houjie,",
        'c7,"引号"x,,road,113.67,22.91,rtsp://h/7,,city/houjie,',
        '坏 号,"名,字",,road,113.67,22.91,rtsp://h/8,,city/houjie,',
        '"c9","沙田,""新""桥",,road,113.68,22.92,rtsp://h/9,rtsp://h/9s,city/shatian,level',
    ]
    file.write_text(HEAD + "\n".join(rows) + "\n", "utf-8-sig")
    problems: list[Problem] = []
    taken = list(read_csv(file, problems))
    assert [(one.id, one.name.zh, one.name.en) for one in taken] == [
        ("c1", "立沙桥", "Lisha Bridge"),
        ("c9", '沙田,"新"桥', '沙田,"新"桥'),
    ]
    assert taken[1].at == Point(113.68, 22.92)
    assert taken[1].indicator == "level"
    assert [problem.line for problem in problems] == [3, 4, 5, 7, 8, 9, 10]
    assert all(problem.message.zh != problem.message.en for problem in problems)
    assert "line 2" in problems[2].message.en
    platform = Store.open(tmp_path / "platform.db", None, side="platform")
    assert publish(platform, taken, 1).rows == 2
    platform.close()


def test_addresses_are_made_right_or_told_with_their_line(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(
        """id,name_zh,kind,main_url,lon,lat,area
k1,甲,road,RTSP://127.0.0.1:8554/a,113.66,22.93,dongguan/houjie
k2,乙,road,rtsps://127.0.0.1:8322/a,113.66,22.93,dongguan/houjie
k3,丙,road,rtsp://u:a#b@127.0.0.1/a,113.66,22.93,dongguan/houjie
k4,丁,road,rtsp://u:a%23b@127.0.0.1/a,113.66,22.93,dongguan/houjie
k5,戊,road,gb28181://34020000001320000001,113.66,22.93,dongguan/houjie
""",
        "utf-8",
    )
    problems: list[Problem] = []
    taken = {one.id: one.main_url for one in read_csv(file, problems)}
    assert taken == {
        "k1": "rtsp://127.0.0.1:8554/a",
        "k2": "rtsps://127.0.0.1:8322/a",
        "k4": "rtsp://u:a%23b@127.0.0.1/a",
    }
    assert [(one.file, one.line) for one in problems] == [("list.csv", 4), ("list.csv", 6)]
    assert "main_url" in problems[0].message.zh and "# 要写成 %23" in problems[0].message.zh
    assert "gb28181://" in problems[1].message.en and "rtsp://" in problems[1].message.en
    assert "a#b" not in str(problems)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"id,name_zh\n", "is missing"),
        (HEAD.replace("kind", "colour").encode(), "colour is not known"),
        ((HEAD + "c1,立沙桥").encode("gbk"), "UTF-8"),
    ],
)
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    with pytest.raises(FileProblems) as refused:
        list(read_csv(file, []))
    assert said in refused.value.problems[0].message.en


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileProblems):
        list(read_csv(tmp_path / "none.csv", []))
