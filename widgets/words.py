"""Words that wrap in the width they are given, no taller than they need."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.paint import face, ink

_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft)


class Words(QWidget):
    """A text in a colour role; quiet ones are set smaller."""

    def __init__(self, text: str, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._role = text, role
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(text)

    def text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        """Other words; without any it is not there."""
        self._text = text
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        box = QRect(0, 0, max(40, width), 10_000)
        return self._metrics().boundingRect(box, _WRAP, self._text).height() + 4

    def sizeHint(self) -> QSize:
        return QSize(120, self._metrics().height() + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(ink(self._role))
        face("quiet" if self._role == "quiet" else "body").draw(
            painter, self.rect().adjusted(0, 1, 0, 0), _WRAP, self._text
        )

    def _metrics(self) -> QFontMetrics:
        return face("quiet" if self._role == "quiet" else "body").metrics
