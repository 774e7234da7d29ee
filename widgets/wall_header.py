"""The head of the wall: whose town, how things stand in four figures, and the time."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.domain.level import Level
from widgets.paint import face, ink, paint_chip, paint_mark

_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


@dataclass(frozen=True)
class Figure:
    """A word and its value; a level gives it a mark and a colour."""

    word: str
    value: str
    level: Level | None = None


class WallHeader(QWidget):
    """No controls. `show_state` for the usual four, `show_figures` for any others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._town = ""
        self._badge = ""
        self._clock = ""
        self._state: tuple[str, Level | None, int, int, int] | None = None
        self._figures: tuple[Figure, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_town(self, text: str) -> None:
        """厚街镇 城市运行."""
        self._set("_town", text)
        self.setAccessibleName(text)

    def set_badge(self, text: str) -> None:
        """The watermark of what is not live: 模拟, 演练."""
        self._set("_badge", text)

    def set_clock(self, text: str) -> None:
        self._set("_clock", text)

    def show_state(self, response: str, level: Level | None, open: int, overdue: int, units: int) -> None:
        """The response level in words (empty for none), open and overdue incidents, units on duty."""
        self._state = (response, level, open, overdue, units)
        figures = [Figure(self.tr("应急响应"), response, level)] if response else []
        figures += [
            Figure(self.tr("进行中"), str(open)),
            Figure(self.tr("超时"), str(overdue), Level.RED if overdue else None),
            Figure(self.tr("在岗力量"), str(units)),
        ]
        self.show_figures(figures)

    def show_figures(self, figures: Sequence[Figure]) -> None:
        self._set("_figures", tuple(figures))
        self.setAccessibleDescription(", ".join(f"{each.word} {each.value}" for each in figures))

    def figures(self) -> tuple[Figure, ...]:
        return self._figures

    def sizeHint(self) -> QSize:
        return QSize(800, round(face("figure").metrics.height() * 1.5))

    def minimumSizeHint(self) -> QSize:
        return QSize(400, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._state is not None:
            self.show_state(*self._state)
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = QRectF(self.rect()).adjusted(12, 0, -12, 0)
        big = face("figure")
        painter.setPen(ink("strong"))
        big.draw(painter, rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._clock)
        right = rect.right() - big.metrics.horizontalAdvance(self._clock) - 24
        town = QFont(face("figure", bold=True).font)
        town.setPixelSize(round(big.font.pixelSize() * 0.97))
        town.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, big.font.pixelSize() * 0.12)
        painter.setFont(town)
        drawn = painter.boundingRect(rect, _LEFT, self._town)
        painter.drawText(rect, _LEFT, self._town)
        x = drawn.right() + 20
        if self._badge:
            x = paint_chip(painter, x, rect.center().y(), self._badge, "accent") + 24
        else:
            x += 16
        self._paint_figures(painter, rect, x, right)

    def _paint_figures(self, painter: QPainter, rect: QRectF, x: float, right: float) -> None:
        body, strong = face(), face("body", bold=True)
        for each in self._figures:
            word, value = body.metrics.horizontalAdvance(each.word), strong.metrics.horizontalAdvance(each.value)
            side = body.metrics.ascent() * 0.8 if each.level else 0.0
            if x + word + value + side + 20 > right:
                break
            painter.setPen(ink("quiet"))
            body.draw(painter, QRectF(x, rect.top(), word + 4, rect.height()), _LEFT, each.word)
            x += word + 10
            if each.level:
                paint_mark(painter, QRectF(x, rect.center().y() - side / 2, side, side), each.level)
                x += side + 8
            painter.setPen(ink(each.level.value if each.level else "strong"))
            strong.draw(painter, QRectF(x, rect.top(), value + 4, rect.height()), _LEFT, each.value)
            x += value + 36

    def _set(self, what: str, value: object) -> None:
        if getattr(self, what) != value:
            setattr(self, what, value)
            self.update()


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = WallHeader()
        made.set_town("厚街镇 城市运行")
        made.show_state("防汛 III 级", Level.ORANGE, 12, 1, 86)
        made.set_badge("模拟")
        made.set_clock("14:32")
        return made

    samples.run(_build)
