"""The tile grid: its layout, its keys, and which streams it asks for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.domain.camera import Picture, StreamFault
from tests.support_qt import until
from widgets.tile_grid import SampleSource, TileGrid, best_columns, sample_cameras

SHOTS = Path("build/shots")


@dataclass
class Status:
    picture: Picture
    since: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    fault: StreamFault | None = None


class Source:
    """Counts users of streams; every stream is what `pictures` says, live if nothing."""

    def __init__(self) -> None:
        self.users: dict[str, int] = {}
        self.urls: dict[str, str | Callable[[], str]] = {}
        self.pictures: dict[str, Picture] = {}

    def show(self, stream_id: str, source: str | Callable[[], str]) -> None:
        self.users[stream_id] = self.users.get(stream_id, 0) + 1
        self.urls[stream_id] = source

    def hide(self, stream_id: str) -> None:
        self.users[stream_id] -= 1
        if not self.users[stream_id]:
            del self.users[stream_id]

    def status(self, stream_id: str) -> Status:
        return Status(self.pictures.get(stream_id, Picture.LIVE))

    def frame(self, stream_id: str, seen: int) -> None:
        return None


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def grid(app: QApplication, source: Source) -> Iterator[TileGrid]:
    grid = TileGrid(source)
    grid.resize(1000, 600)
    grid.set_cameras(sample_cameras(6), {"0": "180 m"})
    yield grid
    grid.close()


def visible(grid: TileGrid) -> list[str]:
    return [camera.id for camera in grid.cameras() if (tile := grid.tile(camera.id)) and tile.isVisible()]


def test_columns_make_the_pictures_largest() -> None:
    assert best_columns(16, 1920, 1080) == 4
    assert best_columns(4, 1090, 215) == 4
    assert best_columns(4, 1920, 1080) == 2
    assert best_columns(6, 400, 1200) == 1
    assert best_columns(3, 300, 1000) == 1
    assert best_columns(1, 100, 100) == 1
    assert best_columns(0, 100, 100) == 1


def test_tiles_fill_the_grid_and_do_not_overlap(grid: TileGrid) -> None:
    grid.show()
    areas = [tile.geometry() for camera in grid.cameras() if (tile := grid.tile(camera.id))]
    assert len(areas) == 6
    for n, area in enumerate(areas):
        assert grid.rect().contains(area)
        assert not any(area.intersects(other) for other in areas[n + 1 :])
    assert max(area.right() for area in areas) == grid.rect().right()
    assert max(area.bottom() for area in areas) == grid.rect().bottom()


def test_a_hidden_grid_plays_nothing(grid: TileGrid, source: Source) -> None:
    assert source.users == {}
    grid.show()
    assert source.users == {f"{n}/sub": 1 for n in range(6)}
    assert source.urls["0/sub"] == "sub"
    grid.hide()
    assert source.users == {}
    grid.show()
    grid.set_cameras([])
    assert source.users == {}


def test_a_minimised_window_plays_nothing(grid: TileGrid, source: Source) -> None:
    grid.show()
    grid.showMinimized()
    until(lambda: source.users == {})
    grid.showNormal()
    until(lambda: len(source.users) == 6)


def test_enlarging_takes_the_main_stream_once_it_lives(grid: TileGrid, source: Source) -> None:
    source.pictures["2/main"] = Picture.CONNECTING
    grid.show()
    told: list[str] = []
    grid.enlarged.connect(told.append)
    tile = grid.tile("2")
    assert tile is not None
    QTest.mouseDClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    assert visible(grid) == ["2"] and tile.geometry() == grid.rect()
    assert source.users == {"2/sub": 1, "2/main": 1}, "the small picture stays until the large one is there"
    QTest.qWait(250)
    assert source.users == {"2/sub": 1, "2/main": 1}
    source.pictures["2/main"] = Picture.LIVE
    until(lambda: source.users == {"2/main": 1})
    QTest.mouseDClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    assert len(visible(grid)) == 6
    until(lambda: source.users == {f"{n}/sub": 1 for n in range(6)})
    assert told == ["2", ""]


def test_keys(grid: TileGrid) -> None:
    grid.show()
    clicked: list[str] = []
    grid.clicked.connect(clicked.append)
    QTest.keyClick(grid, Qt.Key.Key_3)
    assert visible(grid) == ["2"]
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert visible(grid) == ["3"]
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    assert len(visible(grid)) == 6
    QTest.keyClick(grid, Qt.Key.Key_Left)
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert visible(grid) == ["2"]
    QTest.keyClick(grid, Qt.Key.Key_Return)
    QTest.keyClick(grid, Qt.Key.Key_9)  # no ninth
    assert len(visible(grid)) == 6
    assert clicked == ["3", "2"]


def test_a_camera_that_stays_plays_on(grid: TileGrid, source: Source) -> None:
    grid.show()
    kept = grid.tile("1")
    asked = dict(source.users)
    cameras = sample_cameras(6)
    grid.set_cameras([cameras[1], cameras[5]])
    assert grid.tile("1") is kept
    assert source.users == {"1/sub": 1, "5/sub": 1} and asked["1/sub"] == 1


def test_a_camera_that_comes_back_is_not_black(app: QApplication) -> None:
    source = SampleSource()
    grid = TileGrid(source)
    grid.resize(700, 400)
    cameras = sample_cameras(2)
    grid.set_cameras(cameras)
    grid.show()
    until(lambda: all((tile := grid.tile(one.id)) and tile.status is Picture.LIVE for one in cameras))
    grid.set_cameras(cameras[:1])  # another incident was chosen
    grid.set_cameras(cameras)
    tile = grid.tile("1")
    assert tile is not None and not tile.picture().isNull() and tile.status is not Picture.LIVE
    assert tile.picture().isGrayscale() and "最后画面" in tile.accessibleDescription()
    grid.hide()  # another workspace
    assert all((tile := grid.tile(one.id)) and tile.picture().isGrayscale() for one in cameras)
    grid.close()


def test_urls_are_resolved_by_the_source(app: QApplication, source: Source) -> None:
    grid = TileGrid(source, resolve=lambda url: f"rtsp://fresh/{url}")
    grid.set_cameras(sample_cameras(1))
    grid.resize(300, 200)
    grid.show()
    asked = source.urls["0/sub"]
    assert not isinstance(asked, str) and asked() == "rtsp://fresh/sub"
    grid.close()


def test_pictures_and_states_reach_the_tiles(app: QApplication) -> None:
    grid = TileGrid(SampleSource())
    grid.resize(1100, 620)
    grid.set_cameras(sample_cameras(6), {str(n): f"{180 + n * 40} m" for n in range(6)})
    grid.set_badge("模拟")
    grid.set_alarm("0", "orange")
    grid.show()
    until(lambda: (tile := grid.tile("4")) and "画面停滞" in tile.accessibleName() and not tile.picture().isNull())
    tile = grid.tile("0")
    assert tile is not None and "实时" in tile.accessibleName()
    SHOTS.mkdir(parents=True, exist_ok=True)
    grid.grab().save(str(SHOTS / "video_grid.png"))
    saved = []
    grid.snapshot.connect(lambda camera, image: saved.append((camera, image.width())))
    QTest.keyClick(grid, Qt.Key.Key_S)
    assert saved == [("0", 640)]
    grid.close()


def test_an_empty_grid_says_what_would_be_here(app: QApplication, source: Source) -> None:
    grid = TileGrid(source)
    grid.resize(600, 200)
    grid.show()
    SHOTS.mkdir(parents=True, exist_ok=True)
    shot = grid.grab().toImage()
    shot.save(str(SHOTS / "video_grid_empty.png"))
    colours = {shot.pixel(x, y) for x in range(150, 450, 2) for y in range(70, 140, 2)}
    assert len(colours) > 3, "there are words"
    grid.close()


def test_a_camera_that_is_asked_for_says_so_at_once(app: QApplication) -> None:
    grid = TileGrid(SampleSource())
    grid.resize(700, 400)
    grid.show()
    grid.set_cameras(sample_cameras(1))
    tile = grid.tile("0")
    assert tile is not None and tile.status is Picture.CONNECTING
