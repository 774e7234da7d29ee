"""What runs against the clock for one incident: each limit by name, its count-down in the colour of its pace."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.domain.duty import Limit
from console.domain.level import Level
from console.domain.timers import Pace, Timer
from console.domain.words import Label
from widgets.lang import show
from widgets.paint import elide, face, ink, paint_mark
from widgets.times import span

translate = QCoreApplication.translate
MARKS = {Pace.WARN: Level.YELLOW, Pace.OVERDUE: Level.RED}
ROLES = {Pace.WARN: "yellow", Pace.OVERDUE: "red", Pace.STOPPED: "quiet", Pace.RUNNING: "text"}


@dataclass(frozen=True)
class TimerRow:
    """A timer and whose it is, where it is not the incident's own."""

    timer: Timer
    who: Label | None = None
    escalated: bool = False  # somebody was told that it has passed


def countdown(timer: Timer, now: datetime) -> str:
    """00:42 before the limit, 超时 03:10 after it, 停表 while it is stopped."""
    left = timer.left(now)
    if left is None:
        return show(Pace.STOPPED.label)
    if left < timedelta(0):
        return f"{show(Pace.OVERDUE.label)} {span(-left)}"
    return span(left)


def bare(timer: Timer, now: datetime) -> str:
    """00:42 before the limit and after it, where a shape and a colour say which."""
    left = timer.left(now)
    return show(Pace.STOPPED.label) if left is None else span(abs(left))


def named(timer: Timer, now: datetime) -> str:
    """签收 00:42."""
    return f"{show(timer.limit.label)} {countdown(timer, now)}"


class TimerList(QWidget):
    """Timers in lines like words, several of one kind as one; the tooltip has each. Nothing when none runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given: tuple[tuple[TimerRow, ...], datetime] | None = None
        self._shown: list[tuple[str, Pace]] = []
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()

    def show_timers(self, rows: tuple[TimerRow, ...], now: datetime) -> None:
        before, self._given = self._shown, (rows, now)
        self._shown = self._grouped(rows, now)
        every = self.texts()
        self.setAccessibleName(self.tr("时限:{all}").format(all=", ".join(every)))
        self.setToolTip("\n".join(every))
        self.setVisible(bool(rows))
        if [len(word) for word, _ in before] != [len(word) for word, _ in self._shown]:
            self.updateGeometry()
        if before != self._shown:
            self.update()

    def texts(self) -> list[str]:
        """Each timer as it is written."""
        if self._given is None:
            return []
        rows, now = self._given
        return [self._text(row, now) for row in rows]

    def _grouped(self, rows: tuple[TimerRow, ...], now: datetime) -> list[tuple[str, Pace]]:
        """What is painted: of several of one limit at one pace the next due, and how many there are."""
        found: dict[tuple[Limit, Pace], list[TimerRow]] = {}
        for row in rows:
            found.setdefault((row.timer.limit, row.timer.pace(now)), []).append(row)
        shown = []
        for (limit, pace), alike in found.items():
            text = self._text(alike[0], now)
            if len(alike) > 1:
                text = f"{show(limit.label)} ×{len(alike)} {countdown(alike[0].timer, now)}"
                if any(row.escalated for row in alike):
                    text += " " + self.tr("已升级")
            shown.append((text, pace))
        return shown

    def _text(self, row: TimerRow, now: datetime) -> str:
        parts = [show(row.timer.limit.label), show(row.who) if row.who else "", countdown(row.timer, now)]
        if row.escalated:
            parts.append(self.tr("已升级"))
        return " ".join(filter(None, parts))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._draw(None, width)

    def sizeHint(self) -> QSize:
        return QSize(200, self._draw(None, max(self.width(), 200)))

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._given is not None:
            self.show_timers(*self._given)
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._draw(QPainter(self), self.width())

    def _draw(self, painter: QPainter | None, width: int) -> int:
        """Paint, or only measure; answers the height."""
        if not self._shown:
            return 0
        used = face("quiet")
        side, line = used.metrics.ascent() * 0.72, used.metrics.height() + 3
        x, y, right = 12.0, 2.0, width - 12.0
        for text, pace in self._shown:
            mark = MARKS.get(pace)
            text = elide(text, used.metrics, right - 12 - (side + 5))
            wide = used.metrics.horizontalAdvance(text) + (side + 5 if mark else 0)
            if x > 12 and x + wide > right:
                x, y = 12.0, y + line
            if painter is not None:
                at = x
                if mark is not None:
                    paint_mark(painter, QRectF(at, y + (line - side) / 2, side, side), mark)
                    at += side + 5
                painter.setPen(ink(ROLES[pace]))
                box = QRectF(at, y, right - at + 2, line)
                used.draw(painter, box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
            x += wide + 16
        return round(y + line + 3)


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = TimerList()
        made.show_timers(samples.timer_rows(), samples.NOW)
        return made

    samples.run(_build)
