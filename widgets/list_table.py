"""The lines of one list: a table that is narrowed by name, code or pinyin initials."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from console.domain.lists import Origin
from widgets.lang import show
from widgets.list_data import ListRow
from widgets.paint import face, ink
from widgets.pinyin import matches

Index = QModelIndex | QPersistentModelIndex
_NOBODY = QModelIndex()
ROOMY = 620  # pixels


def _words(row: ListRow) -> list[str]:
    return [word for cell in row.cells for word in (cell.zh, cell.en)]


class _Model(QAbstractTableModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[ListRow] = []
        self.headings: tuple[str, ...] = ()
        self.drafts: frozenset[str] = frozenset()

    def rowCount(self, parent: Index = _NOBODY) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOBODY) -> int:
        return 0 if parent.isValid() else len(self.headings)

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole and section < len(self.headings):
            return self.headings[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            text = show(row.cells[index.column()]) if index.column() < len(row.cells) else ""
            return f"{text} *" if row.id in self.drafts and index.column() == 0 else text
        if role == Qt.ItemDataRole.ToolTipRole:
            return show(row.cells[index.column()])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return (
                ", ".join(show(cell) for cell in row.cells) if index.column() == 0 else show(row.cells[index.column()])
            )
        if role == Qt.ItemDataRole.ForegroundRole:
            struck = row.origin is Origin.STRUCK
            return ink("faint" if struck else "strong" if index.column() < 2 else "text")
        if role == Qt.ItemDataRole.FontRole and row.origin is Origin.STRUCK:
            font = face().font
            font.setStrikeOut(index.column() < 2)
            return font
        return None


class ListTable(QTableView):
    """Rows by id. `chosen` when another row is gone to, `opened` on Enter or double click."""

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Model(self)
        self._all: tuple[ListRow, ...] = ()
        self._query = ""
        self._silent = False
        self.setModel(self._model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(face().metrics.height() + 9)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.doubleClicked.connect(lambda _index: self._open())

    def show_rows(
        self, rows: Sequence[ListRow], headings: Sequence[str], widths: Sequence[int], spare: int | None = None
    ) -> None:
        """Show these; `widths` are shares of the room there is, `spare` the column that goes where there is little."""
        self._all = tuple(rows)
        fresh = tuple(headings) != self._model.headings
        self._fill(tuple(headings))
        if fresh:
            self._widths, self._spare = tuple(widths), spare
            self._spread()

    def narrow(self, query: str) -> None:
        self._query = query.strip()
        self._fill(self._model.headings)

    def mark(self, drafts: frozenset[str]) -> None:
        """The rows that have words which were not kept."""
        if drafts != self._model.drafts:
            self._model.drafts = drafts
            self.viewport().update()

    def rows(self) -> list[ListRow]:
        """Those in sight of the filter."""
        return list(self._model.rows)

    def selected_id(self) -> str | None:
        index = self.currentIndex()
        return self._model.rows[index.row()].id if index.isValid() else None

    def select(self, id: str | None) -> None:
        """Go to a row without telling."""
        at = next((at for at, row in enumerate(self._model.rows) if row.id == id), None)
        self._silent = True
        try:
            self.setCurrentIndex(QModelIndex() if at is None else self._model.index(at, 0))
            if at is not None:
                self.selectRow(at)
                self.scrollTo(self._model.index(at, 0))
            else:
                self.clearSelection()
        finally:
            self._silent = False

    def _fill(self, headings: tuple[str, ...]) -> None:
        before = self.selected_id()
        wanted = self._query
        self._silent = True
        try:
            self._model.beginResetModel()
            self._model.headings = headings
            self._model.rows = [
                row
                for row in self._all
                if matches(wanted, *(word for cell in row.cells for word in (cell.zh, cell.en)))
            ]
            self._model.endResetModel()
        finally:
            self._silent = False
        self.select(before)

    def _spread(self) -> None:
        header, room = self.horizontalHeader(), max(self.viewport().width(), 360)
        hidden = self._spare if room < ROOMY else None
        shares = sum(share for at, share in enumerate(self._widths) if at != hidden)
        for at, share in enumerate(self._widths):
            header.setSectionHidden(at, at == hidden)
            if at != hidden:
                header.resizeSection(at, room * share // shares)
        header.setStretchLastSection(True)

    def _open(self) -> None:
        if (id := self.selected_id()) is not None:
            self.opened.emit(id)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if not self._silent and current.isValid():
            self.chosen.emit(self._model.rows[current.row()].id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._open()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        if self._model.headings:
            self._spread()
