"""Many cameras at once: as large as the room allows, one enlarged on demand, nothing played that is not seen.

Opens alone with drawn data: `python -m widgets.tile_grid [COUNT]`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from math import ceil
from typing import Protocol

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from console.domain.camera import Camera, Picture, StreamFault
from console.domain.place import Point
from console.domain.words import Label
from widgets import theme
from widgets.keys import keeps
from widgets.video_tile import FrameLike, KeptPicture, VideoTile, sample_picture

POLL_MS = 20  # twice as often as pictures come, so that none is missed
STATUS_POLLS = 5  # polls between looks at what the streams say of themselves
SETTLE_MS = 300  # after a resize, before another stream is asked for
SMOOTH_TILES = 9  # more tiles than this are scaled the cheap way
KEPT_PICTURES = 64  # of cameras that left the grid, for when they come back


class StatusLike(Protocol):
    @property
    def picture(self) -> Picture: ...
    @property
    def since(self) -> datetime: ...
    @property
    def fault(self) -> StreamFault | None: ...


class FrameSource(Protocol):
    """Where pictures come from. None of it may wait."""

    def show(self, stream_id: str, source: str | Callable[[], str]) -> None:
        """Begin to play, or count one more user."""

    def hide(self, stream_id: str) -> None:
        """One user less."""

    def status(self, stream_id: str) -> StatusLike: ...

    def frame(self, stream_id: str, seen: int) -> FrameLike | None:
        """The newest picture unless it is number `seen`; it is valid until the next call."""


def best_columns(count: int, width: int, height: int, gap: int = 0) -> int:
    """The columns that make `count` pictures of 16:9 largest in `width` x `height`."""

    def picture_width(columns: int) -> float:
        rows = ceil(count / columns)
        return min((width - gap * (columns - 1)) / columns, (height - gap * (rows - 1)) / rows * 16 / 9)

    return max(range(1, count + 1), key=picture_width, default=1)


@dataclass(eq=False)
class _Slot:
    tile: VideoTile
    camera: Camera
    shown: str = ""  # the stream painted
    wanted: str = ""  # the stream asked for; painted once it is live
    seen: int = -1


class TileGrid(QWidget):
    """A grid of video tiles, fed from one `FrameSource`."""

    clicked = Signal(str)  # camera id
    enlarged = Signal(str)  # camera id, or empty when back to the grid
    snapshot = Signal(str, QImage)

    def __init__(
        self, source: FrameSource, parent: QWidget | None = None, *, resolve: Callable[[str], str] | None = None
    ) -> None:
        """`resolve` turns a camera's URL into a playable one at every try; it runs in the source's threads."""
        super().__init__(parent)
        self._source, self._resolve = source, resolve
        self._slots: list[_Slot] = []
        self._kept: dict[str, KeptPicture] = {}  # by camera, the one that left last at the end
        self._selected = 0
        self._large: _Slot | None = None
        self._badge = ""
        self._polls = 0
        self._playing = False
        self._timer = QTimer(self, interval=POLL_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._poll)
        self._settle = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self._ask)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("视频"))
        self.setMinimumSize(160, 90)

    # Plain data in

    def cameras(self) -> list[Camera]:
        return [slot.camera for slot in self._slots]

    def tile(self, camera_id: str) -> VideoTile | None:
        return next((slot.tile for slot in self._slots if slot.camera.id == camera_id), None)

    def set_cameras(self, cameras: Sequence[Camera], notes: Mapping[str, str] | None = None) -> None:
        """Show `cameras` in this order, each with its note by id. One shown already plays on undisturbed."""
        notes = notes or {}
        old = {slot.camera.id: slot for slot in self._slots}
        large = self._large and self._large.camera.id
        slots = []
        for camera in cameras:
            slot = old.pop(camera.id, None)
            if slot is None:
                slot = _Slot(self._new_tile(), camera)
            elif (slot.camera.main_url, slot.camera.sub_url) != (camera.main_url, camera.sub_url):
                self._release(slot)
            slot.camera = camera
            slot.tile.set_camera(camera, notes.get(camera.id, ""))
            if kept := self._kept.pop(camera.id, None):
                slot.tile.set_kept(kept)
            slots.append(slot)
        for slot in old.values():
            self._release(slot)
            self._keep(slot)
            slot.tile.deleteLater()
            slot.tile.hide()
        self._slots = slots
        self._large = next((slot for slot in slots if slot.camera.id == large), None)
        self._select(min(self._selected, max(0, len(slots) - 1)))
        self._arrange()
        self._ask()

    def set_alarm(self, camera_id: str, role: str) -> None:
        """Outline a camera in a warning's colour role; empty for none."""
        if tile := self.tile(camera_id):
            tile.set_alarm(role)

    def set_badge(self, text: str) -> None:
        """The word in the corner of every tile: 模拟, 演练, or none."""
        self._badge = text
        for slot in self._slots:
            slot.tile.set_badge(text)

    def enlarge(self, camera_id: str) -> None:
        """One camera over the whole grid, in its main stream; back to the grid with the same id again or ""."""
        current = self._large.camera.id if self._large else ""
        wanted = "" if camera_id == current else camera_id
        self._large = next((slot for slot in self._slots if slot.camera.id == wanted), None)
        if self._large:
            self._select(self._slots.index(self._large))
        self._arrange()
        self._ask()
        self.enlarged.emit(self._large.camera.id if self._large else "")

    # Keys

    def event(self, event: QEvent) -> bool:
        """In here a digit is a tile, whatever another panel prints on its buttons."""
        return keeps(event, lambda key: 0 <= key.key() - Qt.Key.Key_1 < len(self._slots)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, count = event.key(), len(self._slots)
        if not count:
            super().keyPressEvent(event)
            return
        chosen = self._slots[self._selected]
        columns = self._columns()
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns}
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_9 and key - Qt.Key.Key_1 < count:
            self.enlarge(self._slots[key - Qt.Key.Key_1].camera.id)
        elif key in steps and 0 <= self._selected + steps[Qt.Key(key)] < count:
            self._select(self._selected + steps[Qt.Key(key)])
            if self._large:  # leaf through the cameras, enlarged
                self.enlarge(self._slots[self._selected].camera.id)
            self.clicked.emit(self._slots[self._selected].camera.id)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enlarge(chosen.camera.id)
        elif key == Qt.Key.Key_Escape and self._large:
            self.enlarge("")
        elif key == Qt.Key.Key_S and not (picture := chosen.tile.picture()).isNull():
            self.snapshot.emit(chosen.camera.id, picture)
        else:
            super().keyPressEvent(event)

    # Layout

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        self._settle.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._ask()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.setAccessibleName(self.tr("视频"))
            self.update()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.color("panel"))
        if self._slots:
            return
        middle = self.rect().center().y()
        painter.setFont(look.font("body"))
        painter.setPen(look.color("quiet"))
        line = QRect(8, middle - 22, self.width() - 16, 20)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, self.tr("这里显示选中事件附近的实时视频"))
        painter.setFont(look.font("quiet"))
        painter.setPen(look.color("faint"))
        painter.drawText(
            line.translated(0, 24), Qt.AlignmentFlag.AlignCenter, self.tr("选中一个事件或告警,或在地图上点选摄像机")
        )

    def _columns(self) -> int:
        return best_columns(len(self._slots), self.width(), self.height(), theme.current().gap)

    def _arrange(self) -> None:
        gap, columns = theme.current().gap, self._columns()
        rows = max(1, ceil(len(self._slots) / columns))
        for number, slot in enumerate(self._slots):
            tile = slot.tile
            tile.set_cover(slot is not self._large)
            tile.set_smooth(len(self._slots) <= SMOOTH_TILES or slot is self._large)
            if self._large:
                tile.setGeometry(self.rect())
            else:
                row, column = divmod(number, columns)
                left, right = (round((self.width() + gap) * at / columns) for at in (column, column + 1))
                top, bottom = (round((self.height() + gap) * at / rows) for at in (row, row + 1))
                tile.setGeometry(left, top, right - left - gap, bottom - top - gap)
            tile.setVisible(self._large in (None, slot))
        self.update()

    def _new_tile(self) -> VideoTile:
        tile = VideoTile(self)
        tile.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys are the grid's
        tile.set_badge(self._badge)
        tile.clicked.connect(self._on_clicked)
        tile.enlarged.connect(self.enlarge)
        return tile

    def _on_clicked(self, camera_id: str) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._select(next(n for n, slot in enumerate(self._slots) if slot.camera.id == camera_id))
        self.clicked.emit(camera_id)

    def _select(self, number: int) -> None:
        self._selected = number
        for other, slot in enumerate(self._slots):
            slot.tile.set_selected(other == number)

    # Streams

    def _ask(self) -> None:
        """Ask the source for what is seen now, and give back the rest."""
        self._playing = self.isVisible() and not self.window().isMinimized()
        for slot in self._slots:
            if not self._playing or (self._large and slot is not self._large):
                self._release(slot)
                continue
            url = slot.camera.url(round(slot.tile.picture_width() * self.devicePixelRatioF()))
            wanted = f"{slot.camera.id}/{'sub' if url == slot.camera.sub_url else 'main'}"
            if wanted == slot.wanted:
                continue
            if slot.wanted not in ("", slot.shown):
                self._source.hide(slot.wanted)
            if wanted != slot.shown:
                self._source.show(wanted, partial(self._resolve, url) if self._resolve else url)
            slot.wanted = wanted
            if not slot.shown:
                slot.shown = wanted
                slot.tile.set_status(Picture.CONNECTING)  # before the next look at what the stream says
        if self.isVisible() and self._slots:
            self._timer.start()
        else:
            self._timer.stop()

    def _release(self, slot: _Slot) -> None:
        for stream in {slot.shown, slot.wanted} - {""}:
            self._source.hide(stream)
        slot.shown = slot.wanted = ""
        slot.seen = -1
        slot.tile.set_status(Picture.IDLE)

    def _keep(self, slot: _Slot) -> None:
        if kept := slot.tile.kept():
            self._kept[slot.camera.id] = kept
            if len(self._kept) > KEPT_PICTURES:
                del self._kept[next(iter(self._kept))]

    def _poll(self) -> None:
        self._polls += 1
        source = self._source
        for slot in self._slots:
            if slot.shown and (frame := source.frame(slot.shown, slot.seen)):
                slot.seen = frame.counter
                slot.tile.set_frame(frame)
        if self._polls % STATUS_POLLS == 0:
            if self._playing == self.window().isMinimized():  # which hides no child
                self._ask()
            self._poll_status()

    def _poll_status(self) -> None:
        for slot in self._slots:
            if not slot.shown:
                continue
            status = self._source.status(slot.shown)
            if slot.shown != slot.wanted:
                # The larger stream takes over when it has a picture, so that enlarging never goes black.
                coming = self._source.status(slot.wanted)
                if coming.picture is Picture.LIVE or status.picture is not Picture.LIVE:
                    self._source.hide(slot.shown)
                    slot.shown, slot.seen, status = slot.wanted, -1, coming
            slot.tile.set_status(status.picture, status.since, status.fault)


class _SampleFrame:
    """A drawn picture as a `FrameLike`."""

    def __init__(self, counter: int, image: QImage) -> None:
        self.counter, self.pitch = counter, image.bytesPerLine()
        self.width, self.height, self.display_width = image.width(), image.height(), image.width()
        self.pixels = memoryview(bytes(image.constBits()))


@dataclass(frozen=True)
class _SampleStatus:
    picture: Picture
    since: datetime
    fault: StreamFault | None = None


class SampleSource:
    """A `FrameSource` that draws its pictures: every fifth camera has stalled."""

    def __init__(self) -> None:
        self._shown: dict[str, datetime] = {}

    def show(self, stream_id: str, source: str | Callable[[], str]) -> None:
        self._shown[stream_id] = datetime.now().astimezone()

    def hide(self, stream_id: str) -> None:
        self._shown.pop(stream_id, None)

    def status(self, stream_id: str) -> _SampleStatus:
        number, begin = int(stream_id.split("/")[0]), self._shown[stream_id]
        stalled = number % 5 == 4 and (datetime.now().astimezone() - begin).total_seconds() > 1
        return _SampleStatus(Picture.STALLED if stalled else Picture.LIVE, begin)

    def frame(self, stream_id: str, seen: int) -> _SampleFrame | None:
        seconds = (datetime.now().astimezone() - self._shown[stream_id]).total_seconds()
        counter = int(seconds * 25) + 1
        number = int(stream_id.split("/")[0])
        if counter == seen or (number % 5 == 4 and seconds > 1):
            return None
        size = QSize(640, 360) if stream_id.endswith("sub") else QSize(1280, 720)
        return _SampleFrame(counter, sample_picture(180 + number * 17, seconds, size))


def sample_cameras(count: int) -> list[Camera]:
    """Made-up cameras for `SampleSource`."""
    names = [("立沙桥 上游", "Lisha bridge"), ("2 号泵站", "Pump 2"), ("立沙桥 东", "East"), ("珊美广场", "Plaza")]
    labels = [Label(*names[number % len(names)]) for number in range(count)]
    return [
        Camera(str(number), label, "road", Point(113.6, 22.9), "main", "sub") for number, label in enumerate(labels)
    ]


def _main() -> None:
    import sys

    from PySide6.QtWidgets import QApplication

    app = QApplication(sys.argv)
    theme.use(theme.current())
    cameras = sample_cameras(int(sys.argv[1]) if len(sys.argv) > 1 else 6)
    grid = TileGrid(SampleSource())
    grid.set_cameras(cameras, {camera.id: f"{180 + 40 * n} m" for n, camera in enumerate(cameras)})
    grid.set_badge("模拟")
    grid.set_alarm("0", "orange")
    grid.resize(1100, 620)
    grid.show()
    app.exec()


if __name__ == "__main__":
    _main()
