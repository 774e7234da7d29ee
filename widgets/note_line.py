"""The line to write the next word. Enter sends; what is not sent is kept by whoever owns the line."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from widgets.keys import belongs_to_field, keeps


class NoteLine(QLineEdit):
    written = Signal(str)
    left = Signal()  # written, or Esc: the keyboard goes back to where it was

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._retranslate()

    def send(self) -> None:
        """Tell what is written, and clear the line."""
        if text := self.text().strip():
            self.clear()
            self.written.emit(text)
            self.left.emit()

    def event(self, event: QEvent) -> bool:
        return keeps(event, belongs_to_field) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.send()
            return
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.setPlaceholderText(self.tr("记一条通话、口令或备注,回车写入,不可改只可更正"))
        self.setAccessibleName(self.tr("记一条"))
