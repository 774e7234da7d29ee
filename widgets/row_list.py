"""The list that shows two-line rows: selection by id, keys, empty state, a wall face without controls."""

from collections.abc import Callable, Iterable
from typing import cast

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from console.domain.level import Level
from widgets.paint import elide, face, ink, paint_dot, paint_mark
from widgets.rows import Row, RowModel, is_header
from widgets.theme import current

BLINK_MS = 900
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RowDelegate(QStyledItemDelegate):
    """Paints a row from the theme."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.lit = True  # of the blinking marks
        self.wall = False
        self.bars = False  # whether rows of this list have a time bar

    def height(self, id: str) -> int:
        """How tall the row with this id is."""
        body, quiet = face("body").metrics.height(), face("quiet").metrics.height()
        pad = self._pad()
        if is_header(id):
            return quiet + pad + 2
        return max(current().row, body + quiet + 2 * pad + (self._bar() + 4 if self.bars else 0))

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(80, self.height(cast(RowModel, index.model()).id(index.row())))

    def _pad(self) -> int:
        return 12 if self.wall else 8

    def _bar(self) -> int:
        return 3 if self.wall else 2

    def mark_rect(self, rect: QRect) -> QRectF:
        """Where the mark of a row is."""
        body = face("body").metrics
        side = body.ascent() * (0.86 if self.wall else 0.82)
        left = 14 if not self.wall else 18
        top = rect.top() + self._pad() + (body.height() - side) / 2
        return QRectF(rect.left() + left, top, side, side)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = cast(RowModel, index.model()).row(index.row())
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if row.header:
            self._header(painter, rect, row)
            return
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, ink("selected"))
            focused = bool(state & QStyle.StateFlag.State_Active and state & QStyle.StateFlag.State_HasFocus)
            edge = QRect(rect.left(), rect.top(), 3, rect.height())
            painter.fillRect(edge, ink("accent", 1.0 if focused else 0.75))
        elif not self.wall and state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, ink("raised", 0.6))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, ink("hairline"))
        self._mark(painter, rect, row)
        self._words(painter, rect, row, selected)

    def _header(self, painter: QPainter, rect: QRect, row: Row) -> None:
        quiet = face("quiet")
        painter.setFont(quiet.font)
        inside = rect.adjusted(14, 0, -12, 0)
        painter.setPen(ink("quiet"))
        painter.drawText(inside, _LEFT, row.title)
        painter.setPen(ink("faint"))
        painter.drawText(inside, _RIGHT, row.right)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, ink("hairline"))

    def _mark(self, painter: QPainter, rect: QRect, row: Row) -> None:
        if row.mark == "":
            return
        alpha = 0.3 if row.blink and not self.lit else 1.0
        box = self.mark_rect(rect)
        if row.mark is None or isinstance(row.mark, Level):
            paint_mark(painter, box, row.mark, alpha)
        else:
            paint_dot(painter, box, row.mark, alpha)

    def _words(self, painter: QPainter, rect: QRect, row: Row, selected: bool) -> None:
        body, quiet = face("body"), face("quiet")
        pad, left = self._pad(), rect.left() + (48 if self.wall else 38)
        right = rect.right() - (18 if self.wall else 12)
        first = QRect(left, rect.top() + pad, right - left, body.metrics.height())
        second = QRect(left, first.bottom() + 1, right - left, quiet.metrics.height())
        room = right - left
        if row.right:
            painter.setFont(body.font)
            painter.setPen(ink(row.right_role))
            painter.drawText(first, _RIGHT, row.right)
            room -= body.metrics.horizontalAdvance(row.right) + 12
        painter.setFont(body.font)
        painter.setPen(ink("quiet" if row.quiet else ("strong" if selected or self.wall else "text")))
        painter.drawText(first, _LEFT, elide(row.title, body.metrics, room))
        painter.setFont(quiet.font)
        room = right - left
        alert = elide(row.alert, quiet.metrics, room * 0.6) if row.alert else ""
        if alert:
            room -= quiet.metrics.horizontalAdvance(alert)
        detail = row.detail + (" · " if row.detail and alert else "")
        shown = elide(detail, quiet.metrics, room)
        painter.setPen(ink("faint" if row.quiet else "quiet"))
        painter.drawText(second, _LEFT, shown)
        if alert:
            second.setLeft(left + quiet.metrics.horizontalAdvance(shown))
            painter.setPen(ink(row.alert_role))
            painter.drawText(second, _LEFT, alert)
        if row.bar is not None:
            y = rect.bottom() - pad - self._bar() + 1
            painter.fillRect(left, y, right - left, self._bar(), ink("hairline"))
            painter.fillRect(left, y, round((right - left) * row.bar), self._bar(), ink(row.bar_role))


class RowList(QListView):
    """Rows by id. `chosen` when the user goes to another row, `opened` on Enter or double click."""

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
            if self._model.row(at) != before.get(self._model.id(at)):
                self._model.tell(at)

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

    def _page_starts(self) -> list[int]:
        """The first row of each page of whole rows."""
        starts, left = [0], self.viewport().height()
        for at, id in enumerate(self._model.ids()):
            height = self._delegate.height(id)
            if height > left and at > starts[-1]:
                starts.append(at)
                left = self.viewport().height()
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
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selected_id():
            self.opened.emit(self._selected)
            return
        word = event.text().strip()
        if word and word.isprintable() and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            event.ignore()  # a letter is a command of whoever holds the list
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._model.rowCount() or not self._empty[0]:
            return
        painter = QPainter(self.viewport())
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


def paint_empty(painter: QPainter, rect: QRectF, title: str, action: str) -> None:
    """What would be here, and under it what fills it."""
    body, quiet = face("body"), face("quiet")
    flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
    inside = rect.adjusted(20, 12, -20, -12)
    top = inside.adjusted(0, max(0.0, inside.height() * 0.3 - body.metrics.height()), 0, 0)
    painter.setFont(body.font)
    painter.setPen(ink("quiet"))
    said = painter.boundingRect(top, flags, title)
    painter.drawText(top, flags, title)
    painter.setFont(quiet.font)
    painter.setPen(ink("faint"))
    painter.drawText(top.adjusted(0, said.height() + 4, 0, 0), flags, action)
