"""The command line: one line that reaches everything, with what can follow shown below it."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from widgets.completions import Completion, CompletionPopup
from widgets.paint import chip_width, paint_chip


class CommandLine(QLineEdit):
    """Completes as one types. `entered` with what stands in the line on Enter."""

    entered = Signal(str)
    left = Signal()  # the line was left: the keyboard goes back to where it was

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._complete: Callable[[str], list[Completion]] = lambda _text: []
        self._popup: CompletionPopup | None = None
        self._past: list[str] = []
        self._past_at = 0
        self.textEdited.connect(self._offer)
        self._retranslate()

    def set_completer(self, complete: Callable[[str], list[Completion]]) -> None:
        """Who answers what can follow a text; the first ten are shown."""
        self._complete = complete

    def begin(self, text: str = "") -> None:
        """Ctrl+K: go to the line."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if text:
            self.setText(text)
        else:
            self.selectAll()
        self._offer()

    def offered(self) -> list[Completion]:
        """The rows on show."""
        return self._popup.rows if self._popup and self._popup.isVisible() else []

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Tab:
            if event.type() == QEvent.Type.KeyPress and self.offered():
                self._take(max(0, self._popup.at if self._popup else 0))
                return True
            if event.type() == QEvent.Type.ShortcutOverride and self.offered():
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        rows, popup = self.offered(), self._popup
        match event.key():
            case Qt.Key.Key_Down | Qt.Key.Key_Up if rows and popup:
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                popup.at = (popup.at + step) % len(rows) if popup.at >= 0 else (0 if step > 0 else len(rows) - 1)
                popup.update()
                self.setAccessibleDescription(f"{rows[popup.at].title} {rows[popup.at].hint}")
            case Qt.Key.Key_Up | Qt.Key.Key_Down if self._past:
                step = -1 if event.key() == Qt.Key.Key_Up else 1
                self._past_at = min(len(self._past), max(0, self._past_at + step))
                self.setText(self._past[self._past_at] if self._past_at < len(self._past) else "")
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                if popup and rows and popup.at >= 0:
                    self._take(popup.at)
                else:
                    self._enter()
            case Qt.Key.Key_Escape:
                if rows and popup:
                    popup.hide()
                elif self.text():
                    self.clear()
                else:
                    self.left.emit()
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:  # its window came to the front: nobody asked
            self._offer()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._popup is not None:
            self._popup.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        paint_chip(QPainter(self), 8, self.height() / 2, "Ctrl K")

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.setPlaceholderText(self.tr("输入命令或拼音首字母,如 I34 · xf1 到场"))
        self.setAccessibleName(self.tr("命令行"))
        self.setToolTip(self.tr("命令行  Ctrl+K"))
        self.setTextMargins(chip_width("Ctrl K") + 4, 0, 0, 0)
        if self.offered():
            self._offer()

    def _offer(self, _text: str = "") -> None:
        rows = self._complete(self.text())
        if self._popup is None or self._popup.parent() is not self.window():
            self._popup = CompletionPopup(self.window())
            self._popup.picked.connect(self._take)
        popup = self._popup
        popup.at = -1
        popup.show_under(self, rows if self.hasFocus() else [])

    def _take(self, at: int) -> None:
        """Put a completion in the line; one that ends with a space waits for more."""
        taken = self.offered()[at]
        if taken.insert == self.text():
            self._enter()
            return
        self.setText(taken.insert)
        self._offer()

    def _enter(self) -> None:
        text = self.text().strip()
        if self._popup is not None:
            self._popup.hide()
        if text:
            self._past = [*[past for past in self._past if past != text], text][-50:]
            self._past_at = len(self._past)
            self.clear()
            self.entered.emit(text)
            if self.hasFocus() and not self.text():
                self.left.emit()  # what was entered gave the keyboard to nobody


if __name__ == "__main__":
    from PySide6.QtWidgets import QVBoxLayout

    from widgets import samples

    def _build() -> QWidget:
        window = QWidget()
        line = CommandLine()
        known = [
            Completion("D ", "D 派单", "D I34 xf1 120-3", "D"),
            Completion("S ", "S 状态", "S xf1 到场", "S"),
            Completion("W 防汛", "W 防汛", "放上大屏"),
        ]
        line.set_completer(lambda text: [row for row in known if row.insert.lower().startswith(text.lower())])
        inside = QVBoxLayout(window)
        inside.addWidget(line)
        inside.addStretch(1)
        return window

    samples.run(_build)
