"""When a bug shows itself: what happened, what was kept, what to do, and details to copy."""

import traceback
from types import TracebackType

from PySide6.QtCore import QEvent
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from widgets.keycap import KeyButton
from widgets.paint import face


class ErrorDialog(QDialog):
    """The desk goes on while it is open. More of the same are counted, not stacked."""

    def __init__(self, details: str, parent: QWidget | None = None, *, log_file: str = "") -> None:
        super().__init__(parent)
        self._count = 1
        self._log_file = log_file
        self._title, self._kept, self._todo = QLabel(self), QLabel(self), QLabel(self)
        self._title.setFont(face("title", bold=True).font)
        self._title.setProperty("role", "strong")
        for label in (self._title, self._kept, self._todo):
            label.setWordWrap(True)
        self._details = QPlainTextEdit(details, self)
        self._details.setReadOnly(True)
        self._details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._copy, self._close = KeyButton("Ctrl C", hears=False), KeyButton("Esc", primary=True, hears=False)
        self._copy.setShortcut("Ctrl+C")
        inside = QVBoxLayout(self)
        inside.setContentsMargins(24, 20, 24, 18)
        inside.setSpacing(8)
        for part in (self._title, self._kept, self._todo):
            inside.addWidget(part)
        inside.addWidget(self._details, 1)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self._copy)
        line.addWidget(self._close)
        inside.addLayout(line)
        self._copy.clicked.connect(self.copy)
        self._close.clicked.connect(self.accept)
        self._close.setDefault(True)
        self._close.setFocus()
        self.resize(640, 380)
        self._retranslate()

    @classmethod
    def of(
        cls,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
        parent: QWidget | None = None,
        *,
        log_file: str = "",
    ) -> "ErrorDialog":
        """The dialog for what `sys.excepthook` was given."""
        return cls("".join(traceback.format_exception(kind, error, trace)), parent, log_file=log_file)

    def another(self, details: str) -> None:
        """One more while the dialog is open."""
        self._count += 1
        if details not in self._details.toPlainText():
            self._details.appendPlainText("\n" + details)
        self._retranslate()

    def details(self) -> str:
        return self._details.toPlainText()

    def copy(self) -> None:
        """The details to the clipboard."""
        QGuiApplication.clipboard().setText(self.details())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("程序出错"))
        told = self.tr("刚才的操作没有完成,程序里有一处错误。")
        if self._count > 1:
            told += " " + self.tr("共 {n} 次。").format(n=self._count)
        self._title.setText(told)
        self._kept.setText(self.tr("已写入的记录、派单和待上传的内容都在,控制台仍可使用。"))
        todo = self.tr("请再试一次;若还出现,复制下面的详情发给维护人员。")
        if self._log_file:
            todo += " " + self.tr("日志:{file}").format(file=self._log_file)
        self._todo.setText(todo)
        self._details.setAccessibleName(self.tr("错误详情"))
        self._copy.set_word(self.tr("复制详情"))
        self._close.set_word(self.tr("继续工作"))


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        return ErrorDialog("Traceback (most recent call last):\n  ...\nValueError: example", log_file="yiping.log")

    samples.run(_build)
