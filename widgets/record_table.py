"""A small table in a form: a line for each part of a list, edited in place, with lines added, removed and moved."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from console.domain.dotted import put, take
from widgets.form_block import ChoiceBox
from widgets.keycap import KeyButton
from widgets.keys import on_key
from widgets.lang import show
from widgets.list_data import Options
from widgets.paint import face

VALUE = Qt.ItemDataRole.UserRole
MOST_LINES = 7  # of height; then it scrolls
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Part:
    """A column: `key` is the way to its value in a line, with dots."""

    key: str
    name: str
    options: Options | None = None
    flag: bool = False
    share: int = 3  # of the width
    write: Callable[[Any], str] = str
    read: Callable[[str], Any] = lambda text: text


class _Editor(QStyledItemDelegate):
    """A list of choices where there are some."""

    def __init__(self, parts: Sequence[Part], parent: QWidget) -> None:
        super().__init__(parent)
        self._parts = parts

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        options = self._parts[index.column()].options
        if options is None:
            made = super().createEditor(parent, option, index)
            made.setAccessibleName(self._parts[index.column()].name)
            return made
        box = ChoiceBox(parent)
        box.setAccessibleName(self._parts[index.column()].name)
        box.addItem("—", None)
        for code, word in options:
            box.addItem(show(word), code)
        box.activated.connect(lambda _at: self.commitData.emit(box))
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, ChoiceBox):
            editor.setCurrentIndex(max(0, editor.findData(index.data(VALUE))))
        else:
            super().setEditorData(editor, index)

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        if isinstance(editor, ChoiceBox):
            model.setData(index, editor.currentData(), VALUE)
            model.setData(index, editor.currentText() if editor.currentData() else "", Qt.ItemDataRole.EditRole)
        else:
            super().setModelData(editor, model, index)


class RecordTable(QWidget):
    changed = Signal()

    def __init__(self, parts: Sequence[Part], single: bool = False, parent: QWidget | None = None) -> None:
        """`single`: a line is its one value, not a record of it."""
        super().__init__(parent)
        self._parts, self._single, self._silent = tuple(parts), single, False
        self.table = QTableWidget(0, len(parts), self)
        self.table.setItemDelegate(_Editor(self._parts, self.table))
        self.table.setHorizontalHeaderLabels([part.name for part in parts])
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(face().metrics.height() + 12)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        trigger = QAbstractItemView.EditTrigger
        self.table.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed)
        self.table.itemChanged.connect(self._changed)
        self.add, self.remove, self.up = (KeyButton(key, hears=False) for key in ("Alt Ins", "Alt Del", "Alt ↑"))
        self.add.clicked.connect(self.add_line)
        self.remove.clicked.connect(self.remove_line)
        self.up.clicked.connect(self.move_up)
        for key, slot in (("Alt+Ins", self.add_line), ("Alt+Del", self.remove_line), ("Alt+Up", self.move_up)):
            on_key(self, key, slot)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.add, self.remove, self.up):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 4)
        column.setSpacing(4)
        column.addWidget(self.table)
        column.addLayout(buttons)
        self.setFocusProxy(self.table)
        self._name_buttons()
        self._fit()

    def name(self, name: str) -> None:
        self.table.setAccessibleName(name)
        for button in (self.add, self.remove, self.up):
            button.setAccessibleName(f"{name} · {button.text()}")

    def set_value(self, value: Any) -> None:
        self._silent = True
        self.table.setRowCount(0)
        for line in value or ():
            self._append(line)
        self._silent = False
        self._fit()

    def value(self) -> Any:
        found = []
        for row in range(self.table.rowCount()):
            line: dict[str, Any] = {}
            for at, part in enumerate(self._parts):
                if (given := self._cell(row, at, part)) is not None:
                    put(line, part.key, given)
            if line:
                found.append(line[self._parts[0].key] if self._single else line)
        return found or None

    def _cell(self, row: int, at: int, part: Part) -> Any:
        item = self.table.item(row, at)
        if item is None:
            return None
        if part.flag:
            return True if item.checkState() == Qt.CheckState.Checked else None
        if part.options is not None:
            return item.data(VALUE)
        text = item.text().strip()
        kept = item.data(VALUE)
        if kept is not None and text == part.write(kept):
            return kept  # untouched: as it was
        return part.read(text) if text else None

    def _append(self, line: Any) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        record = {self._parts[0].key: line} if self._single else line
        for at, part in enumerate(self._parts):
            value = take(record, part.key)
            item = QTableWidgetItem()
            if part.flag:
                item.setFlags((item.flags() | Qt.ItemFlag.ItemIsUserCheckable) & ~Qt.ItemFlag.ItemIsEditable)
                item.setCheckState(Qt.CheckState.Checked if value else Qt.CheckState.Unchecked)
            elif part.options is not None:
                known = dict(part.options)
                item.setText(show(known[value]) if value in known else str(value or ""))
                item.setData(VALUE, value)
            else:
                item.setText("" if value is None else part.write(value))
                item.setData(VALUE, value)
            item.setToolTip(item.text())
            self.table.setItem(row, at, item)

    def add_line(self) -> None:
        self._silent = True
        self._append({} if not self._single else None)
        self._silent = False
        self._fit()
        self.table.setCurrentCell(self.table.rowCount() - 1, 0)
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.changed.emit()

    def remove_line(self) -> None:
        if (row := self.table.currentRow()) >= 0:
            self.table.removeRow(row)
            self._fit()
            self.changed.emit()

    def move_up(self) -> None:
        row = self.table.currentRow()
        lines = self.value() or []
        if not 0 < row < len(lines):
            return
        lines[row - 1], lines[row] = lines[row], lines[row - 1]
        self.set_value(lines)
        self.table.setCurrentCell(row - 1, 0)
        self.changed.emit()

    def _changed(self, item: QTableWidgetItem) -> None:
        if not self._silent:
            self.changed.emit()

    def _fit(self) -> None:
        """As tall as its lines, up to some."""
        line = self.table.verticalHeader().defaultSectionSize()
        rows = min(max(self.table.rowCount(), 1), MOST_LINES)
        self.table.setFixedHeight(self.table.horizontalHeader().sizeHint().height() + rows * line + 4)

    def _name_buttons(self) -> None:
        self.add.set_word(self.tr("加一行"))
        self.remove.set_word(self.tr("删一行"))
        self.up.set_word(self.tr("上移"))

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        total = sum(part.share for part in self._parts)
        room = max(self.table.viewport().width(), 200)
        for at, part in enumerate(self._parts):
            self.table.horizontalHeader().resizeSection(at, room * part.share // total)
