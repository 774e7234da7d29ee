"""The video tile: what it paints, what it says, what it emits."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.domain.camera import Camera, Picture, StreamFault
from console.domain.place import Point
from console.domain.words import Label
from widgets import theme
from widgets.video_tile import VideoTile, placed

CAMERA = Camera("c1", Label("立沙桥 上游", "Lisha bridge, upstream"), "river_gauge", Point(113.6, 22.9), "m", "s")
SHOTS = Path("build/shots")


class Buffer:
    """A picture in a buffer, as a stream gives it."""

    def __init__(
        self, color: tuple[int, int, int], width: int = 640, height: int = 360, display_width: int = 0
    ) -> None:
        red, green, blue = color
        self.counter, self.width, self.height, self.pitch = 1, width, height, width * 4
        self.display_width = display_width or width
        self.pixels = memoryview(bytearray(bytes((blue, green, red, 0)) * (width * height)))


@pytest.fixture
def tile(app: QApplication) -> VideoTile:
    tile = VideoTile()
    tile.resize(320, 180)
    tile.set_camera(CAMERA, "180 m")
    return tile


def middle(tile: VideoTile, dy: int = -40) -> QColor:
    return tile.grab().toImage().pixelColor(tile.width() // 2, tile.height() // 2 + dy)


def test_a_live_picture_is_painted_in_its_colours(tile: VideoTile) -> None:
    tile.set_status(Picture.LIVE, datetime.now(UTC))
    tile.set_frame(Buffer((200, 60, 20)))
    assert middle(tile).getRgb()[:3] == (200, 60, 20)
    assert tile.accessibleName() == "立沙桥 上游 · 实时"
    assert tile.picture().size() == QSize(640, 360)


def test_a_stalled_picture_is_grey_and_says_since_when(tile: VideoTile) -> None:
    tile.set_status(Picture.LIVE, datetime.now(UTC))
    tile.set_frame(Buffer((200, 60, 20)))
    since = datetime.now(UTC) - timedelta(seconds=90)
    tile.set_status(Picture.STALLED, since)
    red, green, blue, _ = middle(tile).getRgb()
    assert max(red, green, blue) - min(red, green, blue) < 12, "no colour is left"
    assert tile.accessibleName() == "立沙桥 上游 · 画面停滞"
    assert f"自 {since.astimezone():%H:%M:%S} 起 · 正在重连" in tile.accessibleDescription()
    tile.set_status(Picture.LIVE, datetime.now(UTC))
    tile.set_frame(Buffer((20, 60, 200)))
    assert middle(tile).getRgb()[:3] == (20, 60, 200)


def test_the_streams_memory_is_let_go_when_it_is_not_live(tile: VideoTile) -> None:
    frame = Buffer((200, 60, 20))
    tile.set_status(Picture.LIVE, datetime.now(UTC))
    tile.set_frame(frame)
    tile.set_status(Picture.STALLED, datetime.now(UTC))
    frame.pixels.release()  # raises BufferError while anyone looks at it
    assert not tile.picture().isNull()
    tile.grab()


def test_a_tile_that_connects_shows_the_last_picture_grey_with_its_time(tile: VideoTile) -> None:
    tile.set_status(Picture.LIVE, datetime.now(UTC))
    tile.set_frame(Buffer((200, 60, 20)))
    tile.set_status(Picture.IDLE)
    left = datetime.now().astimezone()
    tile.set_status(Picture.CONNECTING, datetime.now(UTC))
    red, green, blue, _ = middle(tile).getRgb()
    empty = VideoTile()
    empty.resize(320, 180)
    assert max(red, green, blue) - min(red, green, blue) < 12, "no colour is left"
    assert red > middle(empty).red() + 20, "but it is to be seen"
    assert tile.accessibleName().endswith("正在连接")
    assert f"最后画面 {left:%H:%M}" in tile.accessibleDescription()
    tile.set_frame(Buffer((20, 60, 200)))
    tile.set_status(Picture.LIVE, datetime.now(UTC))
    assert middle(tile).getRgb()[:3] == (20, 60, 200) and "最后" not in tile.accessibleDescription()


@pytest.mark.parametrize("fault", list(StreamFault))
def test_a_tile_says_why_it_does_not_play(tile: VideoTile, fault: StreamFault) -> None:
    refused = fault in (StreamFault.PASSWORD, StreamFault.REFUSED)
    tile.set_status(Picture.FORBIDDEN if refused else Picture.OFFLINE, datetime.now(UTC), fault)
    assert fault.label.zh in tile.accessibleDescription()
    SHOTS.mkdir(parents=True, exist_ok=True)
    tile.grab().save(str(SHOTS / f"video_tile_fault_{fault.value}.png"))


@pytest.mark.parametrize("display_width", [1024, 352])
def test_pixels_that_are_not_square_keep_their_shape(tile: VideoTile, display_width: int) -> None:
    tile.resize(400, 400)
    tile.set_cover(False)
    tile.set_status(Picture.LIVE, datetime.now(UTC))
    tile.set_frame(Buffer((200, 60, 20), 704, 576, display_width))
    shot = tile.grab().toImage()
    red = [(x, y) for x in range(400) for y in range(360) if shot.pixelColor(x, y).getRgb()[:3] == (200, 60, 20)]
    wide, high = (max(one) - min(one) + 1 for one in zip(*red, strict=True))
    if display_width == 1024:
        assert (wide, high) == (398, 225), "all of the width but the tile's edges"
    else:
        assert wide == 244, "352 of 576 of the height"
    assert tile.picture().size() == QSize(display_width, 576), "a snapshot has square pixels"


@pytest.mark.parametrize("picture", list(Picture))
def test_every_state_has_a_word(tile: VideoTile, picture: Picture) -> None:
    tile.set_status(picture, datetime.now(UTC))
    tile.set_badge("模拟")
    tile.set_alarm("orange")
    assert tile.accessibleName().split(" · ")[1]
    SHOTS.mkdir(parents=True, exist_ok=True)
    shot = tile.grab().toImage()
    shot.save(str(SHOTS / f"video_tile_{picture.value}.png"))
    assert shot.pixelColor(0, 90) == theme.current().color("orange")
    tile.set_alarm("")
    tile.set_selected(True)
    assert tile.grab().toImage().pixelColor(0, 90) == theme.current().color("accent")


def test_an_empty_tile_says_what_to_do(app: QApplication) -> None:
    tile = VideoTile()
    assert tile.accessibleName() == "空画面 · 未选摄像机"
    assert "点选" in tile.accessibleDescription()


def test_another_camera_never_shows_the_last_ones_picture(tile: VideoTile) -> None:
    tile.set_frame(Buffer((200, 60, 20)))
    tile.set_camera(CAMERA, "190 m")
    assert not tile.picture().isNull()
    tile.set_camera(Camera("c2", Label("二", "two"), "road", Point(113.6, 22.9), "m"))
    assert tile.picture().isNull()


def test_intent_goes_out_with_the_cameras_id(tile: VideoTile) -> None:
    said: list[object] = []
    tile.clicked.connect(lambda camera: said.append(("clicked", camera)))
    tile.enlarged.connect(lambda camera: said.append(("enlarged", camera)))
    tile.snapshot.connect(lambda camera, image: said.append(("snapshot", camera, image.size())))
    QTest.mouseClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    QTest.mouseDClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    QTest.keyClick(tile, Qt.Key.Key_Return)
    QTest.keyClick(tile, Qt.Key.Key_S)  # nothing to keep yet
    tile.set_frame(QImage(640, 360, QImage.Format.Format_RGB32))
    QTest.keyClick(tile, Qt.Key.Key_S)
    assert said == [
        ("clicked", "c1"), ("enlarged", "c1"), ("enlarged", "c1"), ("snapshot", "c1", QSize(640, 360)),
    ]  # fmt: skip


def test_no_picture_is_distorted() -> None:
    for size in (QSize(640, 360), QSize(704, 576), QSize(360, 640)):
        for tile in (QRect(0, 0, 320, 180), QRect(0, 0, 262, 215), QRect(0, 0, 900, 200), QRect(0, 0, 100, 400)):
            for cover in (True, False):
                target, source = placed(size, tile, cover)
                assert tile.contains(target) and QRect(QPoint(0, 0), size).contains(source)
                stretch = (target.width() / source.width()) / (target.height() / source.height())
                assert abs(stretch - 1) < 0.02, (size, tile, cover)
    target, source = placed(QSize(640, 360), QRect(0, 0, 262, 215), True)
    assert target == QRect(0, 0, 262, 215) and source.height() == 360, "fills the tile of the drawing"
    assert placed(QSize(640, 360), QRect(0, 0, 262, 215), False)[1] == QRect(0, 0, 640, 360)
