"""One camera's tile: the picture, whose it is, and an honest word when it is not live.

Opens alone with drawn data: `python -m widgets.video_tile`.
"""

from datetime import datetime
from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
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


def placed(picture: QSize, tile: QRect, cover: bool) -> tuple[QRectF, QRectF]:
    """Where in `tile` which part of a picture is painted, never distorted: (target, source).

    Filling the tile cuts the longer side. With `cover` off, or where too much would be lost, all is shown.
    """
    wide, high = tile.width() / picture.width(), tile.height() / picture.height()
    if cover and min(wide, high) >= max(wide, high) * (1 - COVER_CROP):
        scale = max(wide, high)
        source = QRectF(0, 0, tile.width() / scale, tile.height() / scale)
        source.moveCenter(QPointF(picture.width() / 2, picture.height() / 2))
        return QRectF(tile), source
    scale = min(wide, high)
    target = QRectF(0, 0, picture.width() * scale, picture.height() * scale)
    target.moveCenter(QRectF(tile).center())
    return target, QRectF(0, 0, picture.width(), picture.height())


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
        self._caption: QPixmap | None = None
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

    def set_status(self, picture: Picture, since: datetime | None = None) -> None:
        """What the stream is doing, and since when (an aware time)."""
        if (picture, since) == (self._picture, self._since):
            return
        if picture is not Picture.LIVE and self._picture is Picture.LIVE:
            # Keep the last picture: in grey, and in memory of our own, for the stream's goes away.
            self._keep_grey()
        self._picture, self._since = picture, since
        self._renew()

    def set_frame(self, frame: FrameLike | QImage) -> None:
        """The picture to paint. A buffer is looked at, not copied: it must stay until the next is set."""
        if isinstance(frame, QImage):
            self._pixels, self._image = None, frame
        else:
            self._image = QImage(
                frame.pixels, frame.width, frame.height, frame.pitch, QImage.Format.Format_RGB32
            )
            self._pixels = frame.pixels
        self.update()

    def set_badge(self, text: str) -> None:
        """A word in the corner such as 模拟 or 演练; empty for none."""
        self._badge = text
        self._renew()

    def set_selected(self, selected: bool) -> None:
        if selected != self._selected:
            self._selected = selected
            self.update()

    def set_alarm(self, role: str) -> None:
        """Outline in a warning's colour role (`"orange"`); empty for none."""
        if role != self._alarm:
            self._alarm = role
            self.update()

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
        self._caption = None
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._renew()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        whole = self.rect()
        live = self._picture is Picture.LIVE
        if self._image.isNull():
            painter.fillRect(whole, look.color("panel"))
        else:
            target, source = placed(self._image.size(), whole, self._cover)
            if target.size() != QRectF(whole).size():
                painter.fillRect(whole, look.color("window"))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._smooth)
            painter.drawImage(target, self._image, source)
            if not live:
                painter.fillRect(whole, look.color("window", 0.62))
        if not live:
            self._paint_words(painter)
        if self._caption is None:
            self._caption = self._draw_caption()
        painter.drawPixmap(QPointF(0, self.height() - _CAPTION), self._caption)
        if self._badge:
            self._paint_badge(painter)
        self._paint_outline(painter)
        painter.end()

    def _renew(self) -> None:
        """The words have changed."""
        self._caption = None
        name = lang.show(self._camera.name) if self._camera else self.tr("空画面")
        self.setAccessibleName(f"{name} · {self._state_word()}")
        self.setAccessibleDescription(" ".join(filter(None, [self._words()[1], self._note, self._badge])))
        self.update()

    def _keep_grey(self) -> None:
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

    def _draw_caption(self) -> QPixmap:
        """The strip along the bottom, drawn once and laid over every picture."""
        look, ratio = theme.current(), self.devicePixelRatioF()
        strip = QPixmap(QSize(round(self.width() * ratio), round(_CAPTION * ratio)))
        strip.setDevicePixelRatio(ratio)
        strip.fill(Qt.GlobalColor.transparent)
        if self._camera is None:
            return strip
        painter = QPainter(strip)
        shade = QLinearGradient(0, 0, 0, _CAPTION)
        shade.setColorAt(0, look.color("window", 0.0))
        shade.setColorAt(0.55, look.color("window", 0.62))
        shade.setColorAt(1, look.color("window", 0.85))
        painter.fillRect(0, 0, self.width(), _CAPTION, shade)
        painter.setFont(look.font("quiet"))
        metrics = QFontMetricsF(painter.font())
        line = QRectF(_MARGIN, _CAPTION - 24, self.width() - 2 * _MARGIN, 22)
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
        painter.end()
        return strip

    def _paint_badge(self, painter: QPainter) -> None:
        look = theme.current()
        painter.setFont(look.font("quiet"))
        box = painter.fontMetrics().boundingRect(self._badge).adjusted(-6, -2, 6, 2)
        box.moveTopRight(self.rect().topRight() + QPointF(-6, 6).toPoint())
        painter.fillRect(box, look.color("window", 0.7))
        painter.setPen(look.color("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._badge)

    def _paint_outline(self, painter: QPainter) -> None:
        look = theme.current()
        color, width = look.color("hairline"), 1
        if self._alarm:
            color, width = look.color(self._alarm), 2
        elif self._selected:
            color, width = look.color("accent"), 2
        pen = QPen(QColor(color), width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        half = width / 2
        painter.drawRect(QRectF(self.rect()).adjusted(half, half, -half, -half))


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
    timer.timeout.connect(
        lambda: live.set_frame(sample_picture(240, (datetime.now() - begin).total_seconds()))
    )
    timer.start(40)
    window.resize(960, 420)
    window.show()
    app.exec()


if __name__ == "__main__":
    _main()
