"""The message log in full: what narrows it, its rows, and what can be done with one."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets.flow import FlowLayout
from widgets.keycap import KeyButton
from widgets.keys import on_key
from widgets.log_filter import LogFilterBar
from widgets.log_table import LogRow, LogTable
from widgets.paint import ink
from widgets.section import Section


class MessageLog(QWidget):
    """Rows come from whoever owns it; what the operator wants goes out as signals."""

    wanted = Signal(object)  # LogFilter: begin anew
    moreWanted = Signal()
    noteWanted = Signal()
    correctWanted = Signal(object)  # LogRow
    fileWanted = Signal(object)  # LogRow
    incidentWanted = Signal(str)
    exportWanted = Signal(str)  # "ics309", "ics214", "handover", or "" to choose

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filter, self.table, self._head = LogFilterBar(self), LogTable(self), Section(self)
        self._note, self._correct = KeyButton("N", primary=True), KeyButton("C")
        self._file, self._open = KeyButton("O"), KeyButton("I")
        self._ics309, self._ics214, self._handover = KeyButton("Ctrl 1"), KeyButton("Ctrl 2"), KeyButton("Ctrl 3")
        self._more = False
        self._indexing = 0
        self._failed = ""
        buttons = FlowLayout()
        buttons.setContentsMargins(12, 7, 12, 9)
        acts = (
            (self._note, self.noteWanted.emit),
            (self._correct, lambda: self._with_row(self.correctWanted)),
            (self._file, lambda: self._with_row(self.fileWanted)),
            (self._open, self._open_incident),
            (self._ics309, lambda: self.exportWanted.emit("ics309")),
            (self._ics214, lambda: self.exportWanted.emit("ics214")),
            (self._handover, lambda: self.exportWanted.emit("handover")),
        )
        for button, act in acts:
            button.clicked.connect(act)
            buttons.addWidget(button)
        on_key(self.table, QKeySequence.StandardKey.Copy, self.table.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self.filter)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)
        self._search = self._head.add_hint("/", "", self.search)
        self.filter.changed.connect(self.wanted)
        self.filter.left.connect(lambda: self.table.setFocus(Qt.FocusReason.OtherFocusReason))
        self.table.moreWanted.connect(self.moreWanted)
        self.table.picked.connect(self._allow)
        self.table.opened.connect(self._act)
        self.setFocusProxy(self.filter)
        self._retranslate()

    def show_rows(self, rows: Sequence[LogRow], more: bool) -> None:
        """The newest that fit; `more` when there are older ones."""
        self._more, self._failed = more, ""
        self.table.show_rows(rows, more)
        self._retell()

    def add_rows(self, rows: Sequence[LogRow], more: bool) -> None:
        self._more = more
        self.table.add_rows(rows, more)
        self._retell()

    def show_indexing(self, waiting: int) -> None:
        """How many entries the search does not find yet."""
        self._indexing = waiting
        self._retell()

    def show_failed(self, words: str) -> None:
        """Why the log could not be read; what is shown stays."""
        self._failed = words
        self._retell()

    def search(self) -> None:
        """/: to the words."""
        self.filter.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.text.selectAll()

    def words(self) -> str:
        """What the head says."""
        return self._head.words()

    def _with_row(self, signal: object) -> None:
        if (row := self.table.current()) is not None:
            signal.emit(row)  # type: ignore[attr-defined]

    def _open_incident(self) -> None:
        row = self.table.current()
        if row is not None and row.entry.note.incident:
            self.incidentWanted.emit(row.entry.note.incident)

    def _act(self) -> None:
        """Enter: the file of the entry, else its incident."""
        for button in (self._file, self._open):
            if button.isEnabled():
                button.click()
                return

    def _allow(self) -> None:
        row = self.table.current()
        none = self.tr("先选一条记录") if row is None else ""
        self._correct.allow(none)
        self._file.allow(none or ("" if row and row.file else self.tr("这条记录没有附件")))
        self._open.allow(none or ("" if row and row.entry.note.incident else self.tr("这条记录不关联事件")))

    def _retell(self) -> None:
        if self._failed:
            self._head.set_words(self._failed, "red")
            return
        shown = len(self.table.rows())
        words = (
            self.tr("已载入 {n} 条,下翻继续").format(n=shown) if self._more else self.tr("共 {n} 条").format(n=shown)
        )
        if self._indexing:
            words += " · " + self.tr("正在建索引,还有 {n} 条搜不到").format(n=self._indexing)
        self._head.set_words(words)
        narrowed = self.filter.narrowed()
        title = self.tr("没有符合的记录") if narrowed else self.tr("还没有记录")
        action = self.tr("换个词,或按 Esc 清除筛选") if narrowed else self.tr("按 N 记第一条")
        self.table.set_empty(title, action)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), ink("panel"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self._head.set_title(self.tr("通讯记录"))
        self._search.set_text(self.tr("搜索"))
        self._note.set_word(self.tr("记一条"))
        self._correct.set_word(self.tr("更正"), self.tr("写一条更正;原记录不变"))
        self._file.set_word(self.tr("打开附件"))
        self._open.set_word(self.tr("打开事件"))
        self._ics309.set_word("ICS 309", self.tr("导出通信日志"))
        self._ics214.set_word("ICS 214", self.tr("导出行动日志"))
        self._handover.set_word(self.tr("交接班"), self.tr("导出交接班记录"))
        self.table.setAccessibleName(self.tr("通讯记录"))
        self._allow()
        self._retell()


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = MessageLog()
        made.show_rows([LogRow(entry, incident="I34") for entry in samples.ENTRIES], False)
        return made

    samples.run(_build)
