"""One camera's tile: the picture, whose it is, and an honest word when it is not live.

Opens alone with drawn data: `python -m widgets.video_tile`.
"""

from collections.abc import Callable
from datetime import datetime
from math import ceil
from typing import NamedTuple, Protocol

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

from console.domain.camera import Camera, Picture, StreamFault
from widgets import lang, theme

COVER_CROP = 0.34  # of the picture's width or height that may be cut off to fill the tile
_CAPTION = 34  # logical pixels, of which the upper part only darkens
_MARGIN = 8
_VEIL = 0.62  # over a tile without a live picture
_VEIL_KEPT = 0.45  # over the grey picture of before, which is still to be seen
_KEPT_WIDTH = 640  # pixels; a picture kept for later is no wider


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
    def display_width(self) -> int: ...
    @property
    def pixels(self) -> memoryview: ...


class KeptPicture(NamedTuple):
    """The last picture of a camera, grey, and when it came."""

    image: QImage
    at: datetime


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
        self._fault: StreamFault | None = None
        self._kept_at: datetime | None = None  # when the grey picture came
        self._selected, self._cover, self._smooth = False, True, True
        self._image = QImage()
        self._pixels: memoryview | None = None  # what `_image` looks at
        self._over: list[tuple[QPoint, QPixmap]] | None = None  # caption, badge and outline, drawn once
        self._shape = QSize()  # of the picture as it is to be seen, with square pixels
        self._place_key: tuple[QSize, QSize, QSize, bool] | None = None
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
            self._kept_at = None
        self._camera, self._note = camera, note
        self._renew()

    @property
    def status(self) -> Picture:
        return self._picture

    def set_status(self, picture: Picture, since: datetime | None = None, fault: StreamFault | None = None) -> None:
        """What the stream is doing, since when (an aware time), and why it does not play."""
        if (picture, since, fault) == (self._picture, self._since, self._fault):
            return
        if self._picture is Picture.LIVE and picture is not Picture.LIVE:
            self._kept_at = since if picture is Picture.STALLED and since else datetime.now().astimezone()
        if picture is not Picture.LIVE:
            self._keep_grey()
        self._picture, self._since, self._fault = picture, since, fault
        self._renew()

    def set_frame(self, frame: FrameLike | QImage) -> None:
        """The picture to paint. A buffer is looked at, not copied: it must stay until the next is set."""
        if isinstance(frame, QImage):
            self._pixels, self._image, self._shape = None, frame, frame.size()
        else:
            self._image = QImage(frame.pixels, frame.width, frame.height, frame.pitch, QImage.Format.Format_RGB32)
            self._pixels, self._shape = frame.pixels, QSize(frame.display_width, frame.height)
        self.update()

    def kept(self) -> KeptPicture | None:
        """The grey picture of a stream that is not live, for a tile that shows this camera later."""
        if self._kept_at is None or self._image.isNull() or self._picture is Picture.LIVE:
            return None
        width = min(self._shape.width(), _KEPT_WIDTH)
        height = max(1, self._shape.height() * width // self._shape.width())
        return KeptPicture(self._image.scaled(width, height), self._kept_at)

    def set_kept(self, kept: KeptPicture) -> None:
        """Begin with the picture of before, grey, until the stream is live."""
        self.set_frame(kept.image)
        self._kept_at = kept.at
        self._renew()

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
        """A copy of the picture shown, at the stream's own size but with square pixels; null if there is none."""
        if self._shape == self._image.size():
            return self._image.copy()
        return self._image.scaled(
            self._shape, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )

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
            key = (self._image.size(), self._shape, self.size(), self._cover)
            if key != self._place_key:
                self._place_key, self._place = key, self._place_picture()
            target, source = self._place
            if target.size() != self.size():
                painter.fillRect(self.rect(), theme.current().color("window"))
            if self._smooth:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(target, self._image, source)
        if self._picture is not Picture.LIVE:
            veil = _VEIL if self._image.isNull() else _VEIL_KEPT
            painter.fillRect(self.rect(), theme.current().color("window", veil))
            self._paint_words(painter)
        for at, pixmap in self._over:
            painter.drawPixmap(at, pixmap)
        painter.end()

    def _place_picture(self) -> tuple[QRect, QRect]:
        """As `placed`, the source in the picture's own pixels, which need not be square."""
        target, source = placed(self._shape, self.rect(), self._cover)
        stretch = self._image.width() / self._shape.width()
        source.setRect(round(source.x() * stretch), source.y(), round(source.width() * stretch), source.height())
        return target, source

    def _renew(self) -> None:
        """The words have changed."""
        self._over = None
        name = lang.show(self._camera.name) if self._camera else self.tr("空画面")
        self.setAccessibleName(f"{name} · {self._state_word()}")
        self.setAccessibleDescription(" ".join(filter(None, [*self._words()[1:], self._note, self._badge])))
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

    def _words(self) -> list[str]:
        """What is said over a picture that is not live: the state, why, and since when."""
        if self._camera is None:
            return [self._state_word(), self.tr("在地图或列表中点选一路,画面显示在这里")]
        words = [self._state_word()]
        if self._fault:
            words.append(lang.show(self._fault.label))
        elif self._picture is Picture.FORBIDDEN:
            words.append(self.tr("请向平台管理员申请权限"))
        if self._picture in (Picture.STALLED, Picture.OFFLINE):
            again = self.tr("正在重连")
            if self._since:
                again = self.tr("自 {time} 起 · 正在重连").replace("{time}", _clock(self._since))
            words.append(again)
        elif self._picture is not Picture.LIVE and self._kept_at and not self._image.isNull():
            words.append(self.tr("最后画面 {time}").replace("{time}", _clock(self._kept_at)))
        return words

    def _paint_words(self, painter: QPainter) -> None:
        look = theme.current()
        middle = self.rect().adjusted(_MARGIN, 0, -_MARGIN, -_CAPTION // 2)
        known = self._picture in (Picture.STALLED, Picture.OFFLINE, Picture.FORBIDDEN)
        painter.setFont(look.font("title", bold=True))
        high, line = painter.fontMetrics().height(), QFontMetrics(look.font("quiet")).height() + 2
        words = self._words()[: 1 + max(0, middle.height() - high) // line]
        top = QRect(middle.left(), 0, middle.width(), high)
        top.moveTop(middle.center().y() - (high + line * (len(words) - 1)) // 2)
        painter.setPen(look.color("strong" if known else "quiet"))
        for number, text in enumerate(words):
            if number == 1:
                painter.setFont(look.font("quiet"))
                painter.setPen(look.color("text" if known else "quiet"))
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, middle.width())
            painter.drawText(top, Qt.AlignmentFlag.AlignCenter, shown)
            top.translate(0, high if number == 0 else line)

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
        refused = picture in (Picture.OFFLINE, Picture.FORBIDDEN)
        why = (StreamFault.PASSWORD if picture is Picture.FORBIDDEN else StreamFault.UNREACHABLE) if refused else None
        tile.set_status(picture, now - timedelta(seconds=116), why)
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
