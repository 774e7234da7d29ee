"""Two-line rows: what, and why it matters now. One model, one delegate, one list for every board.

The model knows ids; what a row says is worked out when the row is looked at. So a refresh of thousands of
rows costs a comparison of ids, and selection and scroll position stay where they are.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from console.domain.level import Level

Index = QModelIndex | QPersistentModelIndex


def is_header(id: str) -> bool:
    """Headers of groups have ids of their own kind: `#busy`."""
    return id.startswith("#")


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it is shown. Roles are colour roles of the theme."""

    id: str
    title: str
    detail: str = ""
    alert: str = ""  # the abnormal end of the second line
    alert_role: str = "yellow"
    undecided: str = ""  # the word for what two said differently, before the alert
    chips: tuple[str, ...] = ()  # outlined, before the detail
    tip: str = ""  # what the chips mean, one line each
    right: str = ""
    right_less: tuple[str, ...] = ()  # the same in fewer words, where there is no room for it
    right_role: str = "text"
    right_mark: Level | None = None  # the shape beside it, where it is abnormal
    mark: Level | str | None = ""  # a level, a role for a dot, None for an open circle, "" for nothing
    word: str = ""  # the mark in words
    bar: float | None = None  # time used, 0 to 1
    bar_role: str = "series"
    quiet: bool = False
    blink: bool = False

    @property
    def header(self) -> bool:
        return is_header(self.id)

    @property
    def spoken(self) -> str:
        said = (self.word, self.title, *self.chips, self.detail, self.undecided, self.alert, self.right)
        return ", ".join(filter(None, said))


class RowModel(QAbstractListModel):
    """Rows by id."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: list[str] = []
        self._where: dict[str, int] = {}
        self._made: dict[str, Row] = {}
        self._build: Callable[[str], Row] = lambda id: Row(id, id)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._ids)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or is_header(self._ids[index.row()]):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.row(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.spoken
        if role == Qt.ItemDataRole.ToolTipRole and not row.header:
            second = " · ".join(filter(None, (row.detail, row.undecided, row.alert)))
            return "\n".join(filter(None, (row.title, second, row.tip)))
        return None

    def row(self, at: int) -> Row:
        """What the row says; worked out when first asked after a refresh."""
        id = self._ids[at]
        made = self._made.get(id)
        if made is None:
            made = self._made[id] = self._build(id)
        return made

    def id(self, at: int) -> str:
        return self._ids[at]

    def ids(self) -> list[str]:
        return self._ids

    def find(self, id: str) -> int | None:
        """Where the row with this id is."""
        return self._where.get(id)

    def refresh(self, ids: Iterable[str], build: Callable[[str], Row]) -> dict[str, Row] | None:
        """Show these ids, in place. Answers the rows as they were, or None when rows came, went or moved."""
        ids = list(ids)
        before, self._made, self._build = self._made, {}, build
        if ids == self._ids:
            return before
        self._remove(set(ids))
        kept = [id for id in ids if id in self._where]
        if kept != self._ids:
            self._reorder(kept)
        self._insert(ids)
        return None

    def _number(self) -> None:
        self._where = {id: at for at, id in enumerate(self._ids)}

    def _remove(self, wanted: set[str]) -> None:
        last = len(self._ids) - 1
        while last >= 0:
            if self._ids[last] in wanted:
                last -= 1
                continue
            first = last
            while first > 0 and self._ids[first - 1] not in wanted:
                first -= 1
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._ids[first : last + 1]
            self.endRemoveRows()
            last = first - 1
        self._number()

    def _reorder(self, kept: list[str]) -> None:
        self.layoutAboutToBeChanged.emit()
        before, self._ids = self._ids, kept
        self._number()
        for index in self.persistentIndexList():
            self.changePersistentIndex(index, self.index(self._where[before[index.row()]]))
        self.layoutChanged.emit()

    def _insert(self, ids: list[str]) -> None:
        at = 0
        while at < len(ids):
            if ids[at] in self._where:
                at += 1
                continue
            end = at
            while end < len(ids) and ids[end] not in self._where:
                end += 1
            self.beginInsertRows(QModelIndex(), at, end - 1)
            self._ids[at:at] = ids[at:end]
            self.endInsertRows()
            at = end
        self._number()
