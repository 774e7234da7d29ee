"""The list that shows two-line rows: selection by id, keys, empty state, a wall face without controls."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QWidget,
)

from widgets.paint import face, ink, paint_empty
from widgets.row_delegate import RowDelegate
from widgets.rows import Row, RowModel, is_header

BLINK_MS = 900


class RowList(QListView):
    """Rows by id. `chosen` when the user goes to another row, `opened` on Enter, Space or double click."""

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = RowModel(self)
        self._delegate = RowDelegate(self)
        self._selected: str | None = None
        self._silent = False
        self._empty = ("", "")
        self._wall = False
        self._page = 0
        self._blinks = False
        self.setModel(self._model)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalScrollBar().setSingleStep(20)
        self._blink = QTimer(self)
        self._blink.setInterval(BLINK_MS)
        self._blink.timeout.connect(self._tick)
        self.doubleClicked.connect(lambda index: self.opened.emit(self._model.id(index.row())))

    def set_rows(self, rows: list[Row]) -> None:
        """Show these rows."""
        self.refresh([row.id for row in rows], {row.id: row for row in rows}.__getitem__)

    def refresh(self, ids: Iterable[str], build: Callable[[str], Row], *, blinks: bool = False) -> None:
        """Show the rows of these ids; what is selected and what is on top stay where they are.

        `build` says what a row says; it is asked for the rows that are looked at. `blinks`: some of them do.
        """
        anchor = self._anchor()
        self._silent = True
        try:
            before = self._model.refresh(ids, build)
            if before is None:
                self._restore_selection()
                if anchor is not None:
                    self._return_to(*anchor)
                if self._wall:
                    self._show_page()
        finally:
            self._silent = False
        self._blinks = blinks
        self._mind_blink()
        if before is None:
            self.viewport().update()
            return
        for at in self._shown():
            was, row = before.get(self._model.id(at)), self._model.row(at)
            if row != was:  # not by `dataChanged`: Qt paints the whole list for it
                rect = self.visualRect(self._model.index(at))
                self.viewport().update(rect if was is None else self.changed(rect, was, row))

    def changed(self, rect: QRect, was: Row, row: Row) -> QRegion:
        """Where in its `rect` a row looks different now."""
        return self._delegate.changed(rect, was, row)

    def set_bars(self, bars: bool) -> None:
        """Whether rows have a bar of time used."""
        self._delegate.bars = bars

    def set_uniform(self) -> None:
        """All rows are of one height: no headers among them."""
        self.setUniformItemSizes(True)

    def rows(self) -> list[Row]:
        return [self._model.row(at) for at in range(self._model.rowCount())]

    def _shown(self) -> range:
        """The rows in sight."""
        count = self._model.rowCount()
        if not count:
            return range(0)
        port = self.viewport().rect()
        first, last = self.indexAt(port.topLeft()), self.indexAt(port.bottomLeft())
        start = first.row() if first.isValid() else 0
        return range(start, last.row() + 1 if last.isValid() else count)

    def row_rect(self, id: str) -> QRect:
        """Where a row is in the viewport."""
        at = self._model.find(id)
        return QRect() if at is None else self.visualRect(self._model.index(at))

    def select(self, id: str | None) -> None:
        """Go to a row without telling; it is remembered when it is not (yet) shown."""
        self._selected = id
        self._silent = True
        try:
            self._restore_selection()
            if id is not None and self._model.find(id) is not None:
                self.scrollTo(self.currentIndex())
        finally:
            self._silent = False

    def selected_id(self) -> str | None:
        """The row the user is on, if it is shown."""
        return self._selected if self._selected and self._model.find(self._selected) is not None else None

    def set_empty(self, title: str, action: str) -> None:
        """What an empty list says: what would be here, and what fills it."""
        if self._empty != (title, action):
            self._empty = (title, action)
            self.viewport().update()

    def set_wall(self, wall: bool) -> None:
        """The wall's face: no controls, no hover, no scroll bars, no selection."""
        self._wall = self._delegate.wall = wall
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policy.ScrollBarAlwaysOff if wall else policy.ScrollBarAsNeeded)
        self.setMouseTracking(not wall)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, wall)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.NoSelection if wall else mode.SingleSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if wall else Qt.FocusPolicy.StrongFocus)
        self.scheduleDelayedItemsLayout()
        self._show_page()

    def page(self) -> tuple[int, int]:
        """The page on show, from 1, and how many there are."""
        count = len(self._page_starts())
        return min(self._page, count - 1) + 1, count

    def next_page(self) -> None:
        """Turn to the next page of whole rows, or back to the first."""
        shown, count = self.page()
        self._page = shown % count
        self._show_page()

    def _show_page(self) -> None:
        """The wall shows whole rows of one page only."""
        starts = [*self._page_starts(), self._model.rowCount()]
        shown, _ = self.page()
        for at in range(self._model.rowCount()):
            hidden = self._wall and not starts[shown - 1] <= at < starts[shown]
            if self.isRowHidden(at) != hidden:
                self.setRowHidden(at, hidden)
        self.viewport().update()

    def _page_starts(self) -> list[int]:
        """The first row of each page of whole rows."""
        heights = [self._delegate.height(id) for id in self._model.ids()]
        room = self.viewport().height()
        if sum(heights) <= room:
            return [0]
        room -= face("quiet").metrics.height() + 8  # for the number of the page
        starts, left = [0], room
        for at, height in enumerate(heights):
            if height > left and at > starts[-1]:
                starts.append(at)
                left = room
                if is_header(self._model.id(at - 1)) and at - 1 > starts[-2]:
                    starts[-1] -= 1  # a header goes with its rows
                    left -= heights[at - 1]
            left -= height
        return starts

    def _anchor(self) -> tuple[str, int] | None:
        """The row on top and how far it is scrolled, unless the list is at its beginning."""
        if self.verticalScrollBar().value() == 0:
            return None
        top = self.indexAt(self.viewport().rect().topLeft())
        if not top.isValid():
            return None
        return self._model.id(top.row()), self.visualRect(top).top()

    def _return_to(self, id: str, offset: int) -> None:
        at = self._model.find(id)
        if at is None:
            return
        self.executeDelayedItemsLayout()
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self.visualRect(self._model.index(at)).top() - offset)

    def _restore_selection(self) -> None:
        at = self._model.find(self._selected) if self._selected else None
        index = QModelIndex() if at is None else self._model.index(at)
        if self.currentIndex() != index:
            scroll = self.verticalScrollBar().value()
            self.setCurrentIndex(index)
            if not index.isValid():
                self.clearSelection()
            self.verticalScrollBar().setValue(scroll)

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().currentChanged(current, previous)
        if self._silent or not current.isValid():
            return
        self._selected = self._model.id(current.row())
        self.chosen.emit(self._selected)

    def keyboardSearch(self, search: str) -> None:
        """Letters are commands here, not a search."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.selected_id():
            self.opened.emit(self._selected)
            return
        word = event.text().strip()
        if word and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            event.ignore()  # a letter or Esc is a command of whoever holds the list
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        if self._wall and (page := self.page())[1] > 1:
            foot = self.viewport().rect().adjusted(0, 0, -18, -4)
            painter.setFont(face("quiet").font)
            painter.setPen(ink("faint"))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
            painter.drawText(foot, int(right), f"{page[0]} / {page[1]}")
        if self._model.rowCount() or not self._empty[0]:
            return
        paint_empty(painter, QRectF(self.viewport().rect()), *self._empty)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._wall:
            self._show_page()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Coming to the list selects nothing by itself."""
        self._silent = True
        try:
            super().focusInEvent(event)
            self._restore_selection()
        finally:
            self._silent = False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._mind_blink()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._blink.stop()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.scheduleDelayedItemsLayout()

    def _mind_blink(self) -> None:
        wanted = self._blinks and self.isVisible()
        if wanted and not self._blink.isActive():
            self._blink.start()
        elif not wanted:
            self._blink.stop()
            self._delegate.lit = True

    def _tick(self) -> None:
        self._delegate.lit = not self._delegate.lit
        for at in self._shown():
            if self._model.row(at).blink:
                rect = self.visualRect(self._model.index(at))
                self.viewport().update(self._delegate.mark_rect(rect).toAlignedRect())
