"""What a workbook would change, before anything is: the refused rows first, each with the reason."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from console.domain.level import Level
from widgets.keycap import KeyButton
from widgets.lang import show
from widgets.list_data import ImportRow, ImportSummary
from widgets.row_list import RowList
from widgets.rows import Row
from widgets.section import Section
from widgets.words import Words

MOST = 400  # rows that are shown


class ImportPreview(QDialog):
    taken = Signal()  # the rows that can be taken are to be

    def __init__(self, summary: ImportSummary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._summary = summary
        self.head = Section(self)
        self._words = QVBoxLayout()
        self._words.setContentsMargins(14, 0, 12, 4)
        self.list = RowList(self)
        self.list.set_uniform()
        self.accept_button = KeyButton("Ctrl ↵", primary=True)
        self.close_button = KeyButton("Esc", hears=False)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(14, 6, 12, 10)
        buttons.addWidget(self.accept_button)
        buttons.addWidget(self.close_button)
        buttons.addStretch(1)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 6, 0, 0)
        inside.setSpacing(2)
        inside.addWidget(self.head)
        inside.addLayout(self._words)
        inside.addWidget(self.list, 1)
        inside.addLayout(buttons)
        self.accept_button.clicked.connect(self._take)
        self.close_button.clicked.connect(self.reject)
        self.resize(820, 560)
        self._retranslate()
        self.list.setFocus()

    def _take(self) -> None:
        self.taken.emit()
        self.accept()

    def _row(self, row: ImportRow) -> Row:
        where = f"{show(row.kind)} · {self.tr('第 {n} 行').format(n=row.row)}"
        return Row(
            id=row.id,
            title=show(row.name) or where,
            detail="" if row.refused else " · ".join(filter(None, (where, show(row.detail)))),
            alert=f"{where} · {show(row.detail)}" if row.refused else "",
            right=show(row.change),
            right_role="yellow" if row.refused else "quiet",
            mark=Level.YELLOW if row.refused else "done",
            word=show(row.change),
        )

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            return  # only Ctrl+Return takes them
        super().keyPressEvent(event)

    def _retranslate(self) -> None:
        summary = self._summary
        self.setWindowTitle(self.tr("导入清单"))
        self.head.set_title(summary.file)
        counts = [f"{show(word)} {count}" for word, count in summary.counts]
        self.head.set_words(" · ".join([*counts, self.tr("未收 {n}").format(n=summary.refused)]))
        while item := self._words.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        said = [show(problem) for problem in summary.problems]
        if summary.refused:
            said.append(self.tr("未收的行会另存为一个工作簿,改正后可再导入;其余各行不受影响。"))
        if len(summary.rows) > MOST:
            said.append(self.tr("下面列出前 {most} 处,共有 {n} 处变化").format(most=MOST, n=len(summary.rows)))
        for text in said:
            self._words.addWidget(Words(text, "yellow", self))
        self.list.setAccessibleName(self.tr("会有的变化"))
        self.list.set_empty(self.tr("没有变化"), self.tr("工作簿里的内容和现在的清单一样"))
        made = {row.id: self._row(row) for row in summary.rows[:MOST]}
        self.list.refresh(made, made.__getitem__)
        self.accept_button.set_word(self.tr("导入 {n} 行").format(n=summary.lines))
        self.accept_button.allow("" if summary.lines else self.tr("没有要改的"))
        self.close_button.set_word(self.tr("不导入"))
