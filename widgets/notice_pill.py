"""A short notice over the panels that goes by itself: something was done and can be undone, or a limit is near.

It takes no room from the panels, never takes the keyboard, and nothing in it must be read.
"""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.domain.level import Level
from widgets.keycap import Hint
from widgets.paint import RADIUS, elide, face, ink, paint_mark, pen


class NoticePill(QWidget):
    """`show_notice("I34 已核查", "撤销", "28 s")`; an empty text hides it."""

    acted = Signal()

    def __init__(self, key: str, parent: QWidget) -> None:
        """`key` is shown beside what can be done."""
        super().__init__(parent)
        self._over = parent
        self._text, self._after = "", ""
        self._level: Level | None = None
        self._hint = Hint(key, "", self.acted.emit, self, hears=False)
        self._hint.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 10, 0)
        line.addStretch(1)
        line.addWidget(self._hint)
        self.hide()

    def show_notice(self, text: str, action: str = "", after: str = "", level: Level | None = None) -> None:
        """`after` stands quietly behind the words: the seconds that are left."""
        shown = (text, action, after, level)
        if shown == (self._text, self._hint.text(), self._after, self._level):
            return
        resized = (text, action, len(after), level) != (
            self._text, self._hint.text(), len(self._after), self._level
        )  # fmt: skip
        self._text, self._after, self._level = text, after, level
        self._hint.set_text(action)
        self._hint.setVisible(bool(action))
        self.setAccessibleName(text)
        self.setAccessibleDescription(f"{action} {self._hint.key()}".strip())
        self.setVisible(bool(text))
        if resized:
            self.place()
            self.update()
        else:  # the seconds go on: what can be done stays as it is
            self.update(0, 0, self._hint.x() if action else self.width(), self.height())

    def text(self) -> str:
        return self._text

    def hint(self) -> Hint:
        return self._hint

    def sizeHint(self) -> QSize:
        words, quiet = face().metrics, face("quiet").metrics
        mark = 20 if self._level is not None else 0
        after = quiet.horizontalAdvance(self._after) + 14 if self._after else 0
        wide = 14 + mark + words.horizontalAdvance(self._text) + after + 16
        wide += self._hint.sizeHint().width() + 10 if self._hint.text() else 0
        return QSize(wide, face().metrics.height() + 10)

    def place(self) -> None:
        """At the size of its words, in the middle; whoever owns it says how far down."""
        size = self.sizeHint()
        self.resize(min(size.width(), max(240, self._over.width() // 2)), size.height())
        self.move((self._over.width() - self.width()) // 2, self.y())
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen("line"))
        painter.setBrush(ink("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        body, quiet = face(), face("quiet")
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        x = 14.0
        if self._level is not None:
            side = body.metrics.ascent() * 0.8
            paint_mark(painter, QRectF(x, (self.height() - side) / 2, side, side), self._level)
            x += 20
        room = self.width() - x - (self._hint.width() + 20 if self._hint.text() else 14)
        after = quiet.metrics.horizontalAdvance(self._after) + 14 if self._after else 0
        words = elide(self._text, body.metrics, room - after)
        painter.setPen(ink("strong"))
        body.draw(painter, QRectF(x, 0, room, self.height()), middle, words)
        x += body.metrics.horizontalAdvance(words) + 10
        painter.setPen(ink("quiet"))
        quiet.draw(painter, QRectF(x, 0, max(0, after), self.height()), middle, self._after)


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        page = QWidget()
        page.resize(700, 60)
        made = NoticePill("Ctrl+Z", page)
        made.move(0, 12)
        made.show_notice("I34 已核查", "撤销", "28 s")
        return page

    samples.run(_build)
