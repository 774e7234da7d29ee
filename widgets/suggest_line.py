"""A line in which something known is chosen by typing a part of its name or its pinyin initials."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from widgets.completions import Completion, CompletionPopup

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class SuggestLine(QLineEdit):
    """The first row is lit as one types: Tab or Enter takes it and goes on, the arrows go to another, Esc to none."""

    taken = Signal(object)  # the Completion

    def __init__(self, find: Callable[[str], list[Completion]], parent: QWidget | None = None) -> None:
        """`find` answers what a text may mean, the best first."""
        super().__init__(parent)
        self._find = find
        self._popup: CompletionPopup | None = None
        self.textEdited.connect(self._offer)

    def offered(self) -> list[Completion]:
        """The rows on show."""
        return self._popup.rows if self._popup and self._popup.isVisible() else []

    def offer_again(self) -> None:
        """What can be found is different now."""
        if self.offered():
            self._offer(self.text())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and self.offered():
            if event.type() == QEvent.Type.ShortcutOverride and event.key() in (*_ENTER, Qt.Key.Key_Escape):
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab:
                self._take(self._lit())
                self.focusNextChild()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        rows, popup = self.offered(), self._popup
        if not rows or popup is None:
            super().keyPressEvent(event)
            return
        match event.key():
            case Qt.Key.Key_Down | Qt.Key.Key_Up:
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                popup.at = (popup.at + step) % len(rows)
                popup.update()
                self._describe()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._take(self._lit())
                self.focusNextChild()
            case Qt.Key.Key_Escape:
                popup.hide()
            case _:
                super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._popup is not None:
            self._popup.hide()

    def _lit(self) -> int:
        return max(0, self._popup.at) if self._popup else 0

    def _offer(self, typed: str) -> None:
        rows = self._find(typed.strip()) if typed.strip() else []
        if self._popup is None or self._popup.parent() is not self.window():
            self._popup = CompletionPopup(self.window())
            self._popup.picked.connect(self._take)
        self._popup.at = 0
        self._popup.show_under(self, rows if self.hasFocus() else [])
        self._describe()

    def _describe(self) -> None:
        """A screen reader hears the lit row."""
        rows = self.offered()
        self.setAccessibleDescription(f"{rows[self._lit()].title} {rows[self._lit()].hint}" if rows else "")

    def _take(self, at: int) -> None:
        row = self.offered()[at]
        self.setText(row.insert)
        if self._popup is not None:
            self._popup.hide()
        self.taken.emit(row)
