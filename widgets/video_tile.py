"""One camera's tile: the picture, whose it is, and an honest word when it is not live.

Opens alone with drawn data: `python -m widgets.video_tile`.
"""

from collections.abc import Callable
from datetime import datetime
from math import ceil
from typing import Protocol

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from console.domain.camera import Camera, Picture
from widgets import lang, theme

COVER_CROP = 0.34  # of the picture's width or height that may be cut off to fill the tile
_CAPTION = 34  # logical pixels, of which the upper part only darkens
_MARGIN = 8
_WORDS_MIN_HEIGHT = 76  # a lower tile has room for one line of words only


class FrameLike(Protocol):
    """A picture in a buffer: B, G, R, X bytes, `pitch` bytes a row, valid until the next one is set."""

    @property
    def counter(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def pitch(self) -> int: ...
    @property
    def pixels(self) -> memoryview: ...


def placed(picture: QSize, tile: QRect, cover: bool) -> tuple[QRect, QRect]:
    """Where in `tile` which part of a picture is painted, never distorted: (target, source).

    Filling the tile cuts the longer side. With `cover` off, or where too much would be lost, all is shown.
    """
    wide, high = tile.width() / picture.width(), tile.height() / picture.height()
    if cover and min(wide, high) >= max(wide, high) * (1 - COVER_CROP):
        scale = max(wide, high)
        source = QRect(0, 0, round(tile.width() / scale), round(tile.height() / scale))
        source.moveCenter(QRect(QPoint(0, 0), picture).center())
        return tile, source
    scale = min(wide, high)
    target = QRect(0, 0, round(picture.width() * scale), round(picture.height() * scale))
    target.moveCenter(tile.center())
    return target, QRect(QPoint(0, 0), picture)


class VideoTile(QWidget):
    """Shows pictures it is given; knows no stream. Intent goes out by signals, with the camera's id."""

    clicked = Signal(str)
    enlarged = Signal(str)  # double click or Enter: larger, or back
    snapshot = Signal(str, QImage)  # S: a copy of the picture shown

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._camera: Camera | None = None
        self._note = self._badge = self._alarm = ""
        self._picture = Picture.IDLE
        self._since: datetime | None = None
        self._selected, self._cover, self._smooth = False, True, True
        self._image = QImage()
        self._pixels: memoryview | None = None  # what `_image` looks at
        self._over: list[tuple[QPoint, QPixmap]] | None = None  # caption, badge and outline, drawn once
        self._place_key: tuple[QSize, QSize, bool] | None = None
        self._place = (QRect(), QRect())
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMinimumSize(96, 54)
        self._renew()

    # Plain data in

    def camera(self) -> Camera | None:
        return self._camera

    def set_camera(self, camera: Camera | None, note: str = "") -> None:
        """Whose tile this is, and a word beside it such as a distance. Another camera's picture goes away."""
        if (camera and camera.id) != (self._camera and self._camera.id):
            self.set_frame(QImage())
        self._camera, self._note = camera, note
        self._renew()

    @property
    def status(self) -> Picture:
        return self._picture

    def set_status(self, picture: Picture, since: datetime | None = None) -> None:
        """What the stream is doing, and since when (an aware time)."""
        if (picture, since) == (self._picture, self._since):
            return
        if picture is not Picture.LIVE:
            self._keep_grey()
        self._picture, self._since = picture, since
        self._renew()

    def set_frame(self, frame: FrameLike | QImage) -> None:
        """The picture to paint. A buffer is looked at, not copied: it must stay until the next is set."""
        if isinstance(frame, QImage):
            self._pixels, self._image = None, frame
        else:
            self._image = QImage(frame.pixels, frame.width, frame.height, frame.pitch, QImage.Format.Format_RGB32)
            self._pixels = frame.pixels
        self.update()

    def set_badge(self, text: str) -> None:
        """A word in the corner such as 模拟 or 演练; empty for none."""
        self._badge = text
        self._renew()

    def set_selected(self, selected: bool) -> None:
        if selected != self._selected:
            self._selected = selected
            self._renew()

    def set_alarm(self, role: str) -> None:
        """Outline in a warning's colour role (`"orange"`); empty for none."""
        if role != self._alarm:
            self._alarm = role
            self._renew()

    def set_cover(self, cover: bool) -> None:
        """Fill the tile, cutting a little, as a grid does; or show all of the picture."""
        self._cover = cover
        self.update()

    def set_smooth(self, smooth: bool) -> None:
        """Scale with care; a large grid saves it."""
        self._smooth = smooth
        self.update()

    def picture(self) -> QImage:
        """A copy of the picture shown, at the stream's own size; null if there is none."""
        return self._image.copy()

    def picture_width(self) -> float:
        """How wide, in logical pixels, a 16:9 picture is painted here, with what is cut off."""
        target, source = placed(QSize(1600, 900), self.rect(), self._cover)
        return target.width() / source.width() * 1600

    def sizeHint(self) -> QSize:
        return QSize(320, 180)

    # Intent out

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._camera and event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit(self._camera.id)
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._camera and event.button() is Qt.MouseButton.LeftButton:
            self.enlarged.emit(self._camera.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._camera and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enlarged.emit(self._camera.id)
        elif self._camera and event.key() == Qt.Key.Key_S and not self._image.isNull():
            self.snapshot.emit(self._camera.id, self.picture())
        else:
            super().keyPressEvent(event)

    # Painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._over = None
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._renew()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        # Runs for every picture of every tile: what does not change between two pictures is kept.
        if self._over is None:
            self._over = self._draw_over()
        painter = QPainter(self)
        if self._image.isNull():
            painter.fillRect(self.rect(), theme.current().color("panel"))
        else:
            key = (self._image.size(), self.size(), self._cover)
            if key != self._place_key:
                self._place_key, self._place = key, placed(self._image.size(), self.rect(), self._cover)
            target, source = self._place
            if target.size() != self.size():
                painter.fillRect(self.rect(), theme.current().color("window"))
            if self._smooth:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(target, self._image, source)
        if self._picture is not Picture.LIVE:
            painter.fillRect(self.rect(), theme.current().color("window", 0.62))
            self._paint_words(painter)
        for at, pixmap in self._over:
            painter.drawPixmap(at, pixmap)
        painter.end()

    def _renew(self) -> None:
        """The words have changed."""
        self._over = None
        name = lang.show(self._camera.name) if self._camera else self.tr("空画面")
        self.setAccessibleName(f"{name} · {self._state_word()}")
        self.setAccessibleDescription(" ".join(filter(None, [self._words()[1], self._note, self._badge])))
        self.update()

    def _keep_grey(self) -> None:
        """Keep the last picture without its colours, in memory of our own: the stream's goes away."""
        if not self._image.isNull():
            self._image = self._image.convertToFormat(QImage.Format.Format_Grayscale8)
        self._pixels = None

    def _state_word(self) -> str:
        if self._camera is None:
            return self.tr("未选摄像机")
        return {
            Picture.IDLE: self.tr("未播放"),
            Picture.CONNECTING: self.tr("正在连接"),
            Picture.LIVE: self.tr("实时"),
            Picture.STALLED: self.tr("画面停滞"),
            Picture.OFFLINE: self.tr("离线"),
            Picture.FORBIDDEN: self.tr("无权查看"),
        }[self._picture]

    def _words(self) -> tuple[str, str]:
        """What is said over a picture that is not live: the state, and what follows from it."""
        if self._camera is None:
            return self._state_word(), self.tr("在地图或列表中点选一路,画面显示在这里")
        second = ""
        if self._picture in (Picture.STALLED, Picture.OFFLINE):
            second = self.tr("正在重连")
            if self._since:
                second = self.tr("自 {time} 起 · 正在重连").replace("{time}", _clock(self._since))
        elif self._picture is Picture.FORBIDDEN:
            second = self.tr("请向平台管理员申请权限")
        return self._state_word(), second

    def _paint_words(self, painter: QPainter) -> None:
        look = theme.current()
        title, second = self._words()
        if self.height() < _WORDS_MIN_HEIGHT:
            second = ""
        middle = self.rect().adjusted(_MARGIN, 0, -_MARGIN, -_CAPTION // 2)
        painter.setFont(look.font("title", bold=True))
        line = painter.fontMetrics().height()
        top = QRect(middle.left(), middle.center().y() - (line if second else line // 2), middle.width(), line)
        known = self._picture in (Picture.STALLED, Picture.OFFLINE, Picture.FORBIDDEN)
        painter.setPen(look.color("strong" if known else "quiet"))
        painter.drawText(top, Qt.AlignmentFlag.AlignCenter, title)
        if second:
            painter.setFont(look.font("quiet"))
            painter.setPen(look.color("text" if known else "faint"))
            words = painter.fontMetrics().elidedText(second, Qt.TextElideMode.ElideRight, middle.width())
            painter.drawText(top.translated(0, line + 2), Qt.AlignmentFlag.AlignCenter, words)

    def _draw_over(self) -> list[tuple[QPoint, QPixmap]]:
        """What lies over every picture: only small pixmaps, for each is blended again with each picture."""
        width, height = self.width(), self.height()
        over = []
        if self._camera:
            over.append((QPoint(0, height - _CAPTION), self._sheet(width, _CAPTION, self._paint_caption)))
        if self._badge:
            metrics = QFontMetrics(theme.current().font("quiet"))
            box = QSize(metrics.horizontalAdvance(self._badge) + 12, metrics.height() + 4)
            at = QPoint(width - box.width() - 6, 6)
            over.append((at, self._sheet(box.width(), box.height(), self._paint_badge)))
        line, color = (2, self._alarm or "accent") if self._alarm or self._selected else (1, "hairline")
        for x, y, wide, high in (
            (0, 0, width, line),
            (0, height - line, width, line),
            (0, line, line, height - 2 * line),
            (width - line, line, line, height - 2 * line),
        ):
            edge = self._sheet(wide, high, lambda painter, area: painter.fillRect(area, theme.current().color(color)))
            over.append((QPoint(x, y), edge))
        return over

    def _sheet(self, width: int, height: int, paint: Callable[[QPainter, QRect], None]) -> QPixmap:
        ratio = self.devicePixelRatioF()
        sheet = QPixmap(QSize(max(1, ceil(width * ratio)), max(1, ceil(height * ratio))))
        sheet.setDevicePixelRatio(ratio)
        sheet.fill(Qt.GlobalColor.transparent)
        painter = QPainter(sheet)
        painter.setFont(theme.current().font("quiet"))
        paint(painter, QRect(0, 0, width, height))
        painter.end()
        return sheet

    def _paint_caption(self, painter: QPainter, area: QRect) -> None:
        assert self._camera
        look, metrics = theme.current(), painter.fontMetrics()
        shade = QLinearGradient(0, 0, 0, area.height())
        shade.setColorAt(0, look.color("window", 0.0))
        shade.setColorAt(0.55, look.color("window", 0.62))
        shade.setColorAt(1, look.color("window", 0.85))
        painter.fillRect(area, shade)
        line = QRect(_MARGIN, area.height() - 24, area.width() - 2 * _MARGIN, 22)
        live = self._picture is Picture.LIVE
        right = " · ".join(filter(None, [self._state_word() if live else "", self._note]))
        room = line.width() - (metrics.horizontalAdvance(right) + _MARGIN if right else 0)
        if right and room < line.width() / 3:
            right, room = "", line.width()
        name = metrics.elidedText(lang.show(self._camera.name), Qt.TextElideMode.ElideRight, room)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(look.color("strong"))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | middle, name)
        painter.setPen(look.color("text"))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | middle, right)

    def _paint_badge(self, painter: QPainter, area: QRect) -> None:
        painter.fillRect(area, theme.current().color("window", 0.7))
        painter.setPen(theme.current().color("text"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._badge)


def _clock(at: datetime) -> str:
    local = at.astimezone()
    return local.strftime("%H:%M:%S" if local.date() == datetime.now().date() else "%m-%d %H:%M:%S")


def sample_picture(hue: int, second: float, size: QSize = QSize(640, 360)) -> QImage:  # noqa: B008
    """A drawn picture for when a widget is opened alone."""
    image = QImage(size, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    sky = QLinearGradient(0, 0, 0, size.height())
    sky.setColorAt(0, QColor.fromHsv(hue % 360, 40, 70))
    sky.setColorAt(1, QColor.fromHsv(hue % 360, 60, 120))
    painter.fillRect(image.rect(), sky)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor.fromHsv((hue + 20) % 360, 90, 190))
    across = (second * 60) % (size.width() + 80) - 40
    painter.drawEllipse(QPointF(across, size.height() * 0.45), 40, 40)
    painter.end()
    return image


def _main() -> None:
    import sys
    from datetime import timedelta

    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QGridLayout

    from console.domain.place import Point
    from console.domain.words import Label

    app = QApplication(sys.argv)
    theme.use(theme.current())
    window = QWidget()
    window.setStyleSheet(f"background: {theme.current().window}")
    layout = QGridLayout(window)
    now = datetime.now().astimezone()
    tiles = []
    for number, picture in enumerate(Picture):
        tile = VideoTile()
        camera = Camera(f"c{number}", Label("立沙桥 上游", "Lisha bridge, upstream"), "road", Point(113.6, 22.9), "")
        tile.set_camera(camera, "180 m")
        tile.set_badge("模拟")
        tile.set_status(Picture.LIVE, now)
        tile.set_frame(sample_picture(200 + number * 20, 3))
        tile.set_status(picture, now - timedelta(seconds=116))
        layout.addWidget(tile, number // 3, number % 3)
        tiles.append(tile)
    tiles[2].set_alarm("orange")
    tiles[1].set_selected(True)
    begin = datetime.now()
    timer = QTimer(window)
    live = tiles[list(Picture).index(Picture.LIVE)]
    timer.timeout.connect(lambda: live.set_frame(sample_picture(240, (datetime.now() - begin).total_seconds())))
    timer.start(40)
    window.resize(960, 420)
    window.show()
    app.exec()


if __name__ == "__main__":
    _main()
