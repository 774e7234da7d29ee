"""How a two-line row looks: mark, title, time, why it matters now, and the bar of time used."""

from dataclasses import replace
from typing import cast

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from console.domain.level import Level
from widgets.paint import (
    chip_width,
    elide,
    face,
    ink,
    paint_chip,
    paint_dot,
    paint_mark,
    paint_split_word,
    split_width,
)
from widgets.rows import Row, RowModel, is_header
from widgets.theme import current

MOST_RIGHT = 0.55  # of a row: the title comes first
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

    def changed(self, rect: QRect, was: Row, row: Row) -> QRegion:
        """Where in `rect` a row looks different from before: most often it is only the time at its right."""
        then, now = self._right(rect, was), self._right(rect, row)
        if replace(was, right=row.right, right_less=row.right_less, bar=row.bar) != row or then[1] != now[1]:
            return QRegion(rect)
        region = QRegion(now[1]) if then[0] != now[0] else QRegion()
        return region if was.bar == row.bar else region + self._bar_rect(rect)

    def _right(self, rect: QRect, row: Row) -> tuple[str, QRect]:
        """The words at the right of the first line, as long as there is room for, and where they are."""
        line, body = self._first(rect), face("body").metrics
        forms = (row.right, *row.right_less)
        told = next((form for form in forms if body.horizontalAdvance(form) < line.width() * MOST_RIGHT), forms[-1])
        return told, line.adjusted(line.width() - body.horizontalAdvance(told), 0, 0, 0)

    def _first(self, rect: QRect) -> QRect:
        left, right = rect.left() + (48 if self.wall else 38), rect.right() - (18 if self.wall else 12)
        return QRect(left, rect.top() + self._pad(), right - left, face("body").metrics.height())

    def _bar_rect(self, rect: QRect) -> QRect:
        line = self._first(rect)
        return QRect(line.left(), rect.bottom() - self._pad() - self._bar() + 1, line.width(), self._bar())

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
        inside = rect.adjusted(14, 0, -12, 0)
        painter.setPen(ink("quiet"))
        quiet.draw(painter, inside, _LEFT, row.title)
        painter.setPen(ink("faint"))
        quiet.draw(painter, inside, _RIGHT, row.right)
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
        first = self._first(rect)
        left, right = first.left(), first.left() + first.width()
        second = QRect(left, first.bottom() + 1, right - left, quiet.metrics.height())
        room = right - left
        if row.right:
            told, place = self._right(rect, row)
            painter.setPen(ink(row.right_role))
            body.draw(painter, first, _RIGHT, told)
            room -= place.width() + 12
            if row.right_mark is not None:
                side = body.metrics.ascent() * 0.66
                edge = first.left() + room + 12 - side - 5
                paint_mark(painter, QRectF(edge, first.center().y() - side / 2, side, side), row.right_mark)
                room -= round(side) + 5
        painter.setPen(ink("quiet" if row.quiet else ("strong" if selected or self.wall else "text")))
        body.draw(painter, first, _LEFT, elide(row.title, body.metrics, room))
        for word in row.chips:
            if left + chip_width(word) > right - 40:
                break
            left = round(paint_chip(painter, left, second.center().y() + 0.5, word)) + 5
        second.setLeft(left)
        room = right - left
        alert = elide(row.alert, quiet.metrics, room * 0.6) if row.alert else ""
        if alert:
            room -= quiet.metrics.horizontalAdvance(alert)
        dot = quiet.metrics.horizontalAdvance(" · ")
        gap = dot if alert and row.undecided else 0
        if row.undecided:
            room -= round(split_width(row.undecided)) + gap
        shown = row.detail
        if row.detail and (alert or row.undecided):
            shown = elide(row.detail, quiet.metrics, room - dot) + " · "
        shown = elide(shown, quiet.metrics, room)
        painter.setPen(ink("faint" if row.quiet else "quiet"))
        quiet.draw(painter, second, _LEFT, shown)
        second.setLeft(left + quiet.metrics.horizontalAdvance(shown))
        if row.undecided:
            end = round(paint_split_word(painter, second.left(), QRectF(second), row.undecided))
            second.setLeft(end)
            painter.setPen(ink("quiet"))
            quiet.draw(painter, second, _LEFT, " · " if gap else "")
            second.setLeft(end + gap)
        if alert:
            painter.setPen(ink(row.alert_role))
            quiet.draw(painter, second, _LEFT, alert)
        if row.bar is not None:
            bar = self._bar_rect(rect)
            painter.fillRect(bar, ink("hairline"))
            bar.setWidth(round(bar.width() * row.bar))
            painter.fillRect(bar, ink(row.bar_role))
