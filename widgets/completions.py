"""What can follow a text, as rows under its line."""

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets.paint import chip_width, elide, face, ink, paint_chip, pen

MOST = 10


@dataclass(frozen=True)
class Completion:
    """One thing that can be entered: what is put in the line, how it is called, more about it, its key."""

    insert: str
    title: str
    hint: str = ""
    key: str = ""
    data: object = None  # what it stands for


class CompletionPopup(QWidget):
    """The rows under the line; a child of the window, so that focus stays in the line."""

    picked = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[Completion] = []
        self.at = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def row_height(self) -> int:
        return face().metrics.height() + 10

    def show_under(self, line: QWidget, rows: list[Completion]) -> None:
        """Right below a line of the same window, above it where there is no room."""
        window = line.window()
        width = max(line.width(), min(420, window.width()))
        height = min(len(rows), MOST) * self.row_height() + 8
        corner = line.mapTo(window, QPoint(0, line.height() + 3))
        above = line.mapTo(window, QPoint(0, -height - 3))
        x = max(0, min(corner.x(), window.width() - width))
        y = corner.y() if corner.y() + height <= window.height() or above.y() < 0 else above.y()
        self.setGeometry(x, y, width, height)
        self.fill(rows)
        self.raise_()

    def fill(self, rows: list[Completion]) -> None:
        self.rows = rows[:MOST]
        self.at = min(self.at, len(self.rows) - 1)
        self.setVisible(bool(self.rows))
        self.update()

    def row_at(self, y: float) -> int:
        row = int((y - 4) // self.row_height())
        return row if 0 <= row < len(self.rows) else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.at = self.row_at(event.position().y())
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if (row := self.row_at(event.position().y())) >= 0:
            self.picked.emit(row)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen("line"))
        painter.setBrush(ink("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        body, quiet, height = face(), face("quiet"), self.row_height()
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        for at, row in enumerate(self.rows):
            rect = QRect(4, 4 + at * height, self.width() - 8, height)
            if at == self.at:
                painter.fillRect(rect, ink("primary"))
            inside = rect.adjusted(10, 0, -10, 0)
            if row.key:
                width = chip_width(row.key)
                paint_chip(painter, inside.right() - width, rect.center().y() + 1, row.key)
                inside.setRight(inside.right() - width - 10)
            title = elide(row.title, body.metrics, inside.width() * 0.62)
            painter.setPen(ink("strong"))
            body.draw(painter, inside, left, title)
            inside.setLeft(inside.left() + body.metrics.horizontalAdvance(title) + 12)
            painter.setPen(ink("text" if at == self.at else "quiet"))
            quiet.draw(painter, inside, left, elide(row.hint, quiet.metrics, inside.width()))
