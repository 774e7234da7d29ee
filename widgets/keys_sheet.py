"""The keys of the moment: what each key does now, panel by panel. A click does the same; Esc closes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from widgets.keycap import Hint
from widgets.paint import chip_width, elide, face, ink
from widgets.section import Section

COLUMNS = 3
WIDE = 280  # pixels of a key and its word


@dataclass(frozen=True)
class KeyRow:
    """A key, what it does, why it cannot be done now (empty when it can), and how it is done."""

    key: str
    word: str
    why_not: str
    act: Callable[[], object]


@dataclass(frozen=True)
class KeyGroup:
    """The keys of one panel."""

    title: str
    rows: Sequence[KeyRow]


class KeysSheet(QDialog):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keys")
        self._page: QWidget | None = None
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._scroll)
        self.resize(1020, 760)
        self._retranslate()

    def show_groups(self, groups: Sequence[KeyGroup]) -> None:
        """These, each whole in the column that is shortest so far."""
        page = QWidget()
        columns = [QVBoxLayout() for _ in range(COLUMNS)]
        line = QHBoxLayout(page)
        line.setContentsMargins(8, 6, 8, 10)
        line.setSpacing(12)
        heights = [0] * COLUMNS
        for column in columns:
            column.setSpacing(0)
            line.addLayout(column, 1)
        for group in groups:
            at = heights.index(min(heights))
            heights[at] += len(group.rows) + 2
            columns[at].addWidget(self._group(group))
        for column in columns:
            column.addStretch(1)
        self._page = page
        self._scroll.setWidget(page)

    def words(self) -> dict[str, str]:
        """What is on show, by key."""
        hints = self._page.findChildren(Hint) if self._page else []
        return {hint.key(): hint.text() for hint in hints}

    def _group(self, group: KeyGroup) -> QWidget:
        box = QWidget()
        head = Section(box)
        head.set_title(group.title)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(1)
        column.addWidget(head)
        for row in group.rows:
            word = f"{row.word} · {row.why_not}" if row.why_not else row.word
            room = WIDE - chip_width(row.key)
            hint = Hint(row.key, elide(word, face("quiet").metrics, room), partial(self._do, row), box, hears=False)
            hint.setEnabled(not row.why_not)
            hint.setToolTip(word)
            line = QHBoxLayout()
            line.setContentsMargins(12, 0, 4, 0)
            line.addWidget(hint)
            line.addStretch(1)
            column.addLayout(line)
        return box

    def _do(self, row: KeyRow) -> None:
        self.close()
        row.act()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), ink("panel"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("此刻的按键"))
        self.setAccessibleName(self.windowTitle())
        self._scroll.setAccessibleName(self.windowTitle())


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = KeysSheet()
        rows = [KeyRow("C", "确认", "", print), KeyRow("K", "核查", "还有 2 项任务未完成", print)]
        made.show_groups([KeyGroup("告警", rows[:1]), KeyGroup("事件详情", rows), KeyGroup("窗口", rows)])
        made.setWindowFlag(Qt.WindowType.Widget)
        return made

    samples.run(_build)
