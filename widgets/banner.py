"""One calm line under the top bar, for what holds for the whole desk. Hidden when there is nothing to say."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from console.domain.level import Level
from widgets.keycap import KeyButton
from widgets.paint import elide, face, ink, level_role, paint_mark


class Banner(QWidget):
    """`show_message("平台已断开,本地照常", Level.YELLOW, "重试")`; an empty text hides it."""

    actionTriggered = Signal()

    def __init__(self, parent: QWidget | None = None, *, key: str = "", loud: bool = False) -> None:
        """`key` is shown on its button and heard elsewhere; a loud one has the colour of its level."""
        super().__init__(parent)
        self._text = ""
        self._loud = loud
        self._level: Level | None = None
        self._button = KeyButton(key, hears=False)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 2, 8, 2)
        line.addStretch(1)
        line.addWidget(self._button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._button.clicked.connect(self.actionTriggered)
        self.hide()

    def show_message(self, text: str, level: Level | None = None, action: str | None = None) -> None:
        """Say something, with a mark when it is abnormal and a button when something can be done."""
        if (text, level, action or "") == (self._text, self._level, self._button.text()):
            return
        self._text, self._level = text, level
        self._button.set_word(action or "")
        self._button.setVisible(bool(action))
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.setVisible(bool(text))
        self.update()

    def clear(self) -> None:
        """Nothing to say."""
        self.show_message("")

    def text(self) -> str:
        return self._text

    def button(self) -> KeyButton:
        return self._button

    def sizeHint(self) -> QSize:
        return QSize(200, face().metrics.height() + 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), ink("raised"))
        if self._loud and self._level is not None:
            painter.fillRect(self.rect(), ink(level_role(self._level), 0.28))
        painter.fillRect(0, 0, 3, self.height(), ink(level_role(self._level) if self._level else "line"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, ink("hairline"))
        body = face()
        x = 14.0
        if self._level is not None:
            side = body.metrics.ascent() * 0.82
            paint_mark(painter, QRectF(x, (self.height() - side) / 2, side, side), self._level)
            x += side + 10
        room = self.width() - x - (self._button.width() + 20 if self._button.isVisible() else 12)
        painter.setPen(ink("strong"))
        body.draw(
            painter,
            QRectF(x, 0, room, self.height()),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            elide(self._text, body.metrics, room),
        )

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
        super().changeEvent(event)


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = Banner()
        made.show_message("平台已断开 2 分钟,本地照常工作,12 条待上传", Level.YELLOW, "重试")
        return made

    samples.run(_build)
