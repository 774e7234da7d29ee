"""All indicator cards in one painted widget: name, figure, change, and a small line. Colour means abnormal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from console.domain.indicator import Indicator
from console.domain.level import Level
from widgets.lang import placed, show
from widgets.paint import elide, face, ink, level_role, paint_empty, paint_mark, pen
from widgets.sparkline import change, grid, near_limit, place
from widgets.times import ago

if TYPE_CHECKING:
    import numpy as np  # the window is painted before it is needed

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, eq=False)
class Card:
    """One indicator as it stands. `values` has a row each of epoch seconds and value, oldest first."""

    indicator: Indicator
    values: "np.ndarray"
    level: Level | None
    stale: bool
    note: str


class SparklineBoard(QAbstractScrollArea):
    """Cards in as many columns as fit. `selected` when the user goes to one."""

    selected = Signal(str)
    activated = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: list[Card] = []
        self._keys: list[tuple[object, ...]] = []
        self._shape = (1, 0, 1)
        self._now: datetime | None = None
        self._lines: dict[int, tuple[object, QPolygonF, float | None]] = {}
        self._at: int | None = None
        self._wanted: str | None = None
        self._hover: int | None = None
        self._wall = False
        self._page = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self._retranslate()

    def show_cards(self, cards: Sequence[Card], now: datetime) -> None:
        """Show these cards in the order given."""
        if self._now is None:
            self.viewport().update()  # it was being read
        self._cards, self._now = list(cards), now
        keys = [self._key(card) for card in cards]
        before, self._keys = self._keys, keys
        if [key[0] for key in keys] != [key[0] for key in before]:
            ids = [card.indicator.id for card in self._cards]
            self._at = ids.index(self._wanted) if self._wanted in ids else None
            self._measure()
            return
        for at, (new, old) in enumerate(zip(keys, before, strict=True)):
            if new != old:
                self.viewport().update(self.card_rect(at).toAlignedRect())

    def select(self, id: str | None) -> None:
        """Go to a card without telling."""
        self._wanted = id
        ids = [card.indicator.id for card in self._cards]
        self._at = ids.index(id) if id in ids else None
        self.viewport().update()

    def selected_id(self) -> str | None:
        return None if self._at is None else self._cards[self._at].indicator.id

    def set_wall(self, wall: bool) -> None:
        """The wall's face: no controls, bigger charts; `rotate` turns the pages."""
        self._wall = wall
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policy.ScrollBarAlwaysOff if wall else policy.ScrollBarAsNeeded)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if wall else Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(not wall)
        self._measure()

    def rotate(self) -> None:
        """The next page of what does not fit."""
        _, rows, fit = self._grid()
        pages = max(1, -(-rows // fit))
        self._page = (self._page + 1) % pages
        self.verticalScrollBar().setValue(self._page * fit * self._card_height())

    def card_rect(self, at: int) -> QRectF:
        """Where a card is in the viewport."""
        columns, _, _ = self._grid()
        width, height = self.viewport().width() / columns, self._card_height()
        top = (at // columns) * height - self.verticalScrollBar().value()
        left = round((at % columns) * width)
        return QRectF(left, top, round((at % columns + 1) * width) - left, height)

    def sizeHint(self) -> QSize:
        least = self._least()
        return QSize(round(least[0] * 4), round(least[1]))

    def minimumSizeHint(self) -> QSize:
        least = self._least()
        return QSize(round(least[0]), round(least[1]))

    def _least(self) -> tuple[float, float]:
        """The least size of a card."""
        figure, quiet = face("figure").metrics, face("quiet").metrics
        width = figure.horizontalAdvance("0,000") + quiet.horizontalAdvance("▲0.0") + 32.0
        return width, quiet.height() + figure.height() + figure.height() + 16.0

    def _grid(self) -> tuple[int, int, int]:
        """Columns, rows, and rows that fit."""
        return self._shape

    def _card_height(self) -> int:
        _, rows, fit = self._shape
        return self.viewport().height() // max(1, min(rows, fit))

    def _measure(self) -> None:
        port = self.viewport()
        self._shape = grid(len(self._cards), port.width(), port.height(), self._least())
        _, rows, _ = self._shape
        height = self._card_height()
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(height)
        bar.setRange(0, max(0, rows * height - self.viewport().height()))
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave and self._hover is not None:
            self._hover = None
            self.viewport().update()
        return super().viewportEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self._card_at(event.position())
        if at != self._hover and not self._wall:
            self._hover = at
            self.viewport().setToolTip("" if at is None else self._spoken(self._cards[at]))
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._card_at(event.position())
        if at is not None and not self._wall and event.button() == Qt.MouseButton.LeftButton:
            self._go(at)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at = self._card_at(event.position())
        if at is not None and not self._wall:
            self.activated.emit(self._cards[at].indicator.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        columns, _, _ = self._grid()
        key = Qt.Key(event.key())
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: columns, Qt.Key.Key_Up: -columns}.get(key)
        if step is not None and self._cards:
            self._go(0 if self._at is None else min(len(self._cards) - 1, max(0, self._at + step)))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at is not None:
            self.activated.emit(self._cards[self._at].indicator.id)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self._cards:
            self._go(0 if key == Qt.Key.Key_Home else len(self._cards) - 1)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and hasattr(self, "_page"):
            self._measure()

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("指标"))
        self.viewport().update()

    def _card_at(self, where: QPointF) -> int | None:
        for at in range(len(self._cards)):
            if self.card_rect(at).contains(where):
                return at
        return None

    def _go(self, at: int) -> None:
        rect = self.card_rect(at)
        bar = self.verticalScrollBar()
        if rect.top() < 0:
            bar.setValue(bar.value() + int(rect.top()))
        elif rect.bottom() > self.viewport().height():
            bar.setValue(bar.value() + int(rect.bottom() - self.viewport().height()))
        self.viewport().update()
        if at == self._at:
            return
        self._at = at
        card = self._cards[at]
        self._wanted = card.indicator.id
        self.setAccessibleDescription(self._spoken(card))
        self.selected.emit(card.indicator.id)

    def _spoken(self, card: Card) -> str:
        word = show(card.level.label) if card.level else ""
        word = self.tr("停更") if card.stale else word
        parts = (placed(card.indicator.place, card.indicator.name), self.figure(card), word)
        return ", ".join(filter(None, (*parts, self.second(card), self.tr("涨落比一小时前"))))

    def figure(self, card: Card) -> str:
        """The last value as the card shows it."""
        if not len(card.values) or not isfinite(card.values[-1, 1]):
            return "–"
        return f"{card.values[-1, 1]:,.{card.indicator.decimals}f}"

    def second(self, card: Card) -> str:
        """What stands after the figure: staleness first, then the change of the last hour, then the note."""
        if card.stale or not len(card.values):
            if not len(card.values) or self._now is None:
                return self.tr("无数据")
            return ago(self._now.timestamp() - float(card.values[-1, 0]))
        moved = change(card.indicator, card.values)
        if moved is None:
            return card.note
        delta, percent = moved
        told = f"{abs(delta):.0f}%" if percent else f"{abs(delta):,.{card.indicator.decimals}f}"
        if float(told.rstrip("%").replace(",", "")) == 0:
            word = self.tr("持平")
        else:
            word = f"{'▲' if delta > 0 else '▼'}{told}"
        return f"{word} · {card.note}" if card.note else word

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        if not self._cards:
            title, action = self.tr("没有读数"), self.tr("专题包里的指标,有了读数就显示在这里")
            if self._now is None:
                title, action = self.tr("正在读取…"), ""
            paint_empty(painter, QRectF(self.viewport().rect()), title, action)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = QRectF(event.rect())
        columns, _, _ = self._grid()
        for at, card in enumerate(self._cards):
            rect = self.card_rect(at)
            if rect.intersects(shown):
                self._card(painter, at, card, rect, last=at % columns == columns - 1)

    def _card(self, painter: QPainter, at: int, card: Card, rect: QRectF, *, last: bool) -> None:
        if at == self._at and not self._wall:
            painter.fillRect(rect, ink("selected"))
            painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), 2), ink("accent"))
        elif at == self._hover:
            painter.fillRect(rect, ink("raised", 0.6))
        if not last:
            painter.fillRect(QRectF(rect.right() - 1, rect.top(), 1, rect.height()), ink("hairline"))
        painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), ink("hairline"))
        inside = rect.adjusted(12, 7, -12, -8)
        y = self._name(painter, card, inside)
        y = self._value(painter, card, inside, y)
        box = QRectF(inside.left(), y + 4, inside.width(), inside.bottom() - y - 4)
        if (spare := box.height() - box.width() * 0.42) > 0:
            box.adjust(0, spare / 2, 0, -spare / 2)
        if box.height() >= 10:
            self._line(painter, at, card, box)

    def _name(self, painter: QPainter, card: Card, inside: QRectF) -> float:
        quiet = face("quiet")
        line = QRectF(inside.left(), inside.top(), inside.width(), quiet.metrics.height())
        if card.level is not None or card.stale:
            level = None if card.stale else card.level
            word = show(level.label) if level else self.tr("停更")
            width = quiet.metrics.horizontalAdvance(word)
            side = quiet.metrics.ascent() * 0.72
            painter.setPen(ink(level_role(level)))
            quiet.draw(painter, line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, word)
            left = line.right() - width - side - 5
            paint_mark(painter, QRectF(left, line.center().y() - side / 2, side, side), level)
            line.setRight(left - 6)
        told = show(card.indicator.name)  # where it stands is said to a screen reader and on the chart
        measure = f" {card.indicator.measure}" if card.indicator.measure else ""
        painter.setPen(ink("quiet"))
        room = line.width() - quiet.metrics.horizontalAdvance(measure)
        if quiet.metrics.horizontalAdvance(told) > room:
            room, measure = line.width(), ""
        quiet.draw(painter, line, _LEFT, elide(told, quiet.metrics, room) + measure)
        return line.bottom()

    def _value(self, painter: QPainter, card: Card, inside: QRectF, y: float) -> float:
        big, quiet = face("figure"), face("quiet")
        line = QRectF(inside.left(), y + 1, inside.width(), big.metrics.height())
        figure = self.figure(card)
        painter.setPen(ink("faint" if card.stale else "strong"))
        big.draw(painter, line, _LEFT, figure)
        after = line.adjusted(big.metrics.horizontalAdvance(figure) + 8, 0, 0, 0)
        base = line.top() + (line.height() + big.metrics.ascent() - big.metrics.descent()) / 2
        painter.setPen(ink("quiet"))
        for words in (self.second(card), self.second(card).partition(" · ")[0]):
            if quiet.metrics.horizontalAdvance(words) <= after.width():  # half a number is a wrong number
                painter.setFont(quiet.font)
                painter.drawText(QPointF(after.left(), base), words)
                break
        return line.bottom()

    def _line(self, painter: QPainter, at: int, card: Card, box: QRectF) -> None:
        limit = near_limit(card.indicator, card.values, card.level)
        key = (self._keys[at], box.width(), box.height())
        known = self._lines.get(at)
        if known is None or known[0] != key:
            local = QRectF(0, 1, box.width(), box.height() - 2)
            known = self._lines[at] = (key, *place(card.values, local, limit, self._until(card)))
        painter.save()
        painter.translate(box.topLeft())
        if known[2] is not None and limit is not None:
            dashes = QPen(ink(limit.level.value, 0.55), 1)
            dashes.setDashPattern([5, 4])
            painter.setPen(dashes)
            height = round(box.top() + known[2]) + 0.5 - box.top()
            painter.drawLine(QPointF(0, height), QPointF(box.width(), height))
        role = "faint" if card.stale else (card.level.value if card.level else "series")
        painter.setPen(pen(role, 2.0 if self._wall else 1.5))
        painter.drawPolyline(known[1])
        painter.restore()

    def _until(self, card: Card) -> float:
        """Where time ends in the line of a silent sensor: at this minute."""
        return self._now.timestamp() // 60 * 60 if self._now and card.stale else 0.0

    def _key(self, card: Card) -> tuple[object, ...]:
        """What a card looks like, without comparing every value."""
        values = card.values
        ends = (float(values[0, 0]), float(values[-1, 0]), float(values[-1, 1])) if len(values) else ()
        silent = (self.second(card), self._until(card)) if card.stale else ()
        return (card.indicator.id, card.level, card.stale, card.note, len(values), *ends, *silent)


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = SparklineBoard()
        made.show_cards(samples.cards(), samples.NOW)
        return made

    samples.run(_build)
