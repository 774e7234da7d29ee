"""The message log: time, who to whom, what was said. Newest on top, text wraps and can be copied."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QGuiApplication,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QListView, QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from console.domain.log import Entry, Kind
from console.domain.phrases import say
from widgets.keys import on_key
from widgets.lang import language, show
from widgets.paint import face, ink, paint_empty
from widgets.times import clock_seconds

_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Said:
    """An entry as it is shown."""

    id: str
    time: str
    who: str
    text: str
    system: bool
    corrects: bool
    struck: bool = False  # it was corrected

    @property
    def line(self) -> str:
        return f"{self.time}\t{self.who}\t{self.text}"


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.said: list[Said] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.said)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if index.isValid() and role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.said[index.row()].line.replace("\t", " ")
        return None

    def show(self, said: list[Said]) -> None:
        """Newest first: what is new goes on top, the rest stays; anything else begins anew."""
        new = len(said) - len(self.said)
        if new >= 0 and said[new:] == self.said:
            if new:
                self.beginInsertRows(QModelIndex(), 0, new - 1)
                self.said = said
                self.endInsertRows()
            return
        self.beginResetModel()
        self.said = said
        self.endResetModel()


class _Columns(QStyledItemDelegate):
    """Measures and paints an entry; heights are kept by entry and width."""

    def __init__(self, parent: "LogView") -> None:
        super().__init__(parent)
        self._heights: dict[str, int] = {}
        self._width = -1

    def forget(self) -> None:
        self._heights.clear()

    def columns(self, width: int) -> tuple[int, int, int]:
        """Left edges of time, who and text."""
        quiet = face("quiet").metrics
        who = 12 + quiet.horizontalAdvance("00-00 00:00" if width > 560 else "00:00:00") + 12
        return 12, who, who + min(150, max(72, int(width * 0.2))) + 8

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        view = self.parent()
        assert isinstance(view, LogView)
        width = view.viewport().width()
        if width != self._width:
            self._heights.clear()
            self._width = width
        model = index.model()
        assert isinstance(model, _Model)
        said = model.said[index.row()]
        height = self._heights.get(said.id)
        if height is None:
            _, who, text = self.columns(width)
            body, quiet = face("body").metrics, face("quiet").metrics
            tall = max(
                tall_of(quiet if said.system else body, said.text, width - text - 12),
                tall_of(quiet, said.who, text - who - 8),
                body.height(),
            )
            height = self._heights[said.id] = tall + 7
        return QSize(80, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, _Model)
        said = model.said[index.row()]
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, ink("selected"))
        when, who, text = self.columns(rect.width())
        body, quiet = face("body"), face("quiet")
        top = rect.top() + 3
        lower = top + body.metrics.ascent() - quiet.metrics.ascent()  # one base line for all three
        painter.setPen(ink("faint" if said.system else "quiet"))
        quiet.draw(painter, QRect(rect.left() + when, lower, who - when, rect.height()), _WRAP, said.time)
        painter.setPen(ink("quiet" if said.system else "text"))
        quiet.draw(painter, QRect(rect.left() + who, lower, text - who - 8, rect.height()), _WRAP, said.who)
        used = face("quiet" if said.system else "body", struck=said.struck)
        painter.setPen(ink("quiet" if said.system or said.struck else "strong"))
        used.draw(
            painter,
            QRect(rect.left() + text, lower if said.system else top, rect.width() - text - 12, rect.height()),
            _WRAP,
            said.text,
        )


def tall_of(metrics: QFontMetrics, text: str, width: int) -> int:
    """The height of a text wrapped to a width."""
    if "\n" not in text and metrics.horizontalAdvance(text) <= width:
        return metrics.height()
    return metrics.boundingRect(QRect(0, 0, max(30, width), 10_000), int(_WRAP), text).height()


class LogView(QListView):
    """Entries, newest first. Ctrl+C copies those selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: Sequence[Entry] = ()
        self._whole = True
        self._said: dict[tuple[str, str, bool], Said] = {}
        self._corrected: frozenset[str] = frozenset()
        self._model = _Model(self)
        self._columns = _Columns(self)
        self.setModel(self._model)
        self.setItemDelegate(self._columns)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.verticalScrollBar().setSingleStep(20)
        on_key(self, QKeySequence.StandardKey.Copy, self.copy)
        self._retranslate()

    def show_entries(self, entries: Sequence[Entry], chain_whole: bool) -> None:
        """Show these entries, newest first; the reader's place is kept when new ones come."""
        if entries == self._entries and chain_whole == self._whole:
            return
        self._entries, self._whole = entries, chain_whole
        self._corrected = frozenset(entry.note.corrects for entry in entries if entry.note.corrects)
        bar = self.verticalScrollBar()
        below = bar.maximum() - bar.value()
        reading = bar.value() > 0
        self._model.show([self._tell(entry) for entry in entries])
        if reading:
            self.executeDelayedItemsLayout()
            bar.setValue(bar.maximum() - below)

    def sizeHint(self) -> QSize:
        return QSize(200, 90)

    def struck(self) -> list[str]:
        """What is struck through: it was corrected."""
        return [said.text for said in self._model.said if said.struck]

    def chain_whole(self) -> bool:
        return self._whole

    def texts(self) -> list[str]:
        """The lines as shown."""
        return [said.line for said in self._model.said]

    def copy(self) -> None:
        """The selected lines, or all, to the clipboard in the order they happened."""
        picked = sorted({index.row() for index in self.selectedIndexes()}, reverse=True)
        rows = picked or range(len(self._model.said) - 1, -1, -1)
        QGuiApplication.clipboard().setText("\n".join(self._model.said[row].line for row in rows))

    def keyboardSearch(self, search: str) -> None:
        """Letters are commands here, not a search."""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.addAction(self.tr("复制") + "\tCtrl+C", self.copy)
        menu.addAction(self.tr("全选") + "\tCtrl+A", self.selectAll)
        menu.popup(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.scheduleDelayedItemsLayout()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._model.said:
            painter = QPainter(self.viewport())
            paint_empty(
                painter,
                QRectF(self.viewport().rect()),
                self.tr("还没有记录"),
                self.tr("每次派单、状态和通话都记在这里;按 N 记第一条"),
            )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and hasattr(self, "_columns"):
            self._columns.forget()
            self.scheduleDelayedItemsLayout()

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("通讯记录"))
        self._said.clear()
        self._columns.forget()
        self._model.show([self._tell(entry) for entry in self._entries])

    def _tell(self, entry: Entry) -> Said:
        key = (entry.id, entry.hash, entry.id in self._corrected)
        said = self._said.get(key)
        if said is None:
            said = self._said[key] = self._word(entry)
        return said

    def _word(self, entry: Entry) -> Said:
        note = entry.note
        who = show(note.sender)
        if note.kind in (Kind.RADIO, Kind.PHONE):
            who = f"{show(note.kind.label)} {who}"
        if note.receiver is not None:
            who = f"{who} → {show(note.receiver)}"
        text = say(note.phrase, language()) if note.phrase else note.text
        if note.corrects:
            text = self.tr("更正:{text}").format(text=text)
        system = note.kind is Kind.SYSTEM
        struck = entry.id in self._corrected
        return Said(entry.id, clock_seconds(entry.at), who, text, system, note.corrects is not None, struck)


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = LogView()
        made.show_entries(samples.ENTRIES, True)
        return made

    samples.run(_build)
