"""Two-line rows: what, and why it matters now. One model, one delegate, one list for every board.

The model is changed in place: selection and scroll position stay where they are when data comes in, and a
refresh with the same rows costs a comparison.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from console.domain.level import Level

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it is shown. Roles are colour roles of the theme."""

    id: str
    title: str
    detail: str = ""
    alert: str = ""  # the abnormal end of the second line
    alert_role: str = "yellow"
    right: str = ""
    right_role: str = "text"
    mark: Level | str | None = ""  # a level, a role for a dot, None for an open circle, "" for nothing
    word: str = ""  # the mark in words
    bar: float | None = None  # time used, 0 to 1
    bar_role: str = "series"
    quiet: bool = False
    blink: bool = False
    header: bool = False

    @property
    def spoken(self) -> str:
        return ", ".join(filter(None, (self.word, self.title, self.detail, self.alert, self.right)))


class RowModel(QAbstractListModel):
    """Rows by id."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._where: dict[str, int] = {}

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or self._rows[index.row()].header:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.spoken
        if role == Qt.ItemDataRole.ToolTipRole and not row.header:
            second = " · ".join(filter(None, (row.detail, row.alert)))
            return "\n".join(filter(None, (row.title, second)))
        return None

    def row(self, at: int) -> Row:
        return self._rows[at]

    def rows(self) -> Sequence[Row]:
        return self._rows

    def find(self, id: str) -> int | None:
        """Where the row with this id is."""
        return self._where.get(id)

    def set_rows(self, rows: list[Row]) -> bool:
        """Show these rows, in place; answers whether anything changed."""
        if rows == self._rows:
            return False
        wanted = {row.id for row in rows}
        self._remove(wanted)
        kept = [row for row in rows if row.id in self._where]
        if [row.id for row in kept] != [row.id for row in self._rows]:
            self._reorder(kept)
        self._insert(rows)
        self._update(rows)
        return True

    def _index_ids(self) -> None:
        self._where = {row.id: at for at, row in enumerate(self._rows)}

    def _remove(self, wanted: set[str]) -> None:
        last = len(self._rows) - 1
        while last >= 0:
            if self._rows[last].id in wanted:
                last -= 1
                continue
            first = last
            while first > 0 and self._rows[first - 1].id not in wanted:
                first -= 1
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._rows[first : last + 1]
            self.endRemoveRows()
            last = first - 1
        self._index_ids()

    def _reorder(self, kept: list[Row]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self._rows
        self._rows = [before[self._where[row.id]] for row in kept]
        self._index_ids()
        for index in self.persistentIndexList():
            to = self._where[before[index.row()].id]
            self.changePersistentIndex(index, self.index(to))
        self.layoutChanged.emit()

    def _insert(self, rows: list[Row]) -> None:
        at = 0
        while at < len(rows):
            if rows[at].id in self._where:
                at += 1
                continue
            end = at
            while end < len(rows) and rows[end].id not in self._where:
                end += 1
            self.beginInsertRows(QModelIndex(), at, end - 1)
            self._rows[at:at] = rows[at:end]
            self.endInsertRows()
            at = end
        self._index_ids()

    def _update(self, rows: list[Row]) -> None:
        for at, row in enumerate(rows):
            if self._rows[at] != row:
                self._rows[at] = row
                index = self.index(at)
                self.dataChanged.emit(index, index)
