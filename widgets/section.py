"""A section's header inside a panel: title, quiet words, key hints at the right."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from widgets.keycap import Hint
from widgets.paint import elide, face, ink


class Section(QWidget):
    """The line above a part of a panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = ""
        self._words = ""
        self._role = "quiet"
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(12, 0, 12, 0)
        self._line.setSpacing(10)
        self._line.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_title(self, text: str) -> None:
        self._title = text
        self.setAccessibleName(text)
        self.update()

    def set_words(self, text: str, role: str = "quiet") -> None:
        """What stands after the title."""
        if (text, role) != (self._words, self._role):
            self._words, self._role = text, role
            self.setAccessibleDescription(text)
            self.update()

    def words(self) -> str:
        return self._words

    def add_hint(self, key: str, text: str, slot: Callable[[], object]) -> Hint:
        hint = Hint(key, text, slot, self)
        self._line.addWidget(hint)
        return hint

    def sizeHint(self) -> QSize:
        return QSize(120, face("title").metrics.height() + 11)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        title, quiet = face("title", bold=True), face("quiet")
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        inside = QRectF(self.rect()).adjusted(12, 0, -12, 0)
        painter.setPen(ink("strong"))
        title.draw(painter, inside, flags, self._title)
        inside.setLeft(inside.left() + title.metrics.horizontalAdvance(self._title) + 10)
        hints = [hint.x() - 8 for hint in self.findChildren(Hint) if hint.isVisible()]
        inside.setRight(min([inside.right(), *hints]))
        painter.setPen(ink(self._role))
        quiet.draw(painter, inside, flags, elide(self._words, quiet.metrics, inside.width()))
