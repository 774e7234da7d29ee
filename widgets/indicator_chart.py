"""One large chart of one indicator: history, limits in words, events, a readout under the cross-hair.

pyqtgraph and numpy cost much of a second to import, so they are imported when a chart is first shown.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from console.domain.indicator import Indicator
from console.domain.level import Level
from widgets.keys import keeps
from widgets.lang import placed, show
from widgets.paint import elide, face, ink, level_role
from widgets.times import clock_seconds

if TYPE_CHECKING:
    import numpy as np

RANGES_H = (1.0, 6.0, 24.0, None)
Events = list[tuple[float, str]]


class Readout(QWidget):
    """One line of figures; what does not fit is cut at its end."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.setToolTip(text)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        body = face()
        painter = QPainter(self)
        painter.setPen(ink("strong"))
        words = elide(self._text, body.metrics, self.width())
        body.draw(painter, self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)


class IndicatorChart(QWidget):
    """`show_series` may be called before it is shown; keys 1 to 4 choose the range."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given: tuple[Indicator, np.ndarray, Level | None, Events] | None = None
        self._plot: Any = None
        self._parts: list[Any] = []
        self._retired: list[Any] = []
        self._hours: float | None = RANGES_H[0]
        self._by_hand = False  # zoomed or moved with the mouse: then new values do not move the view
        self._hover: float | None = None
        self._marked: object = None
        self._readout = Readout(self)
        self._ranges = QButtonGroup(self)
        head = QHBoxLayout()
        head.setContentsMargins(12, 6, 8, 2)
        head.addWidget(self._readout, 1)
        for at in range(len(RANGES_H)):
            button = QToolButton(self)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._ranges.addButton(button, at)
            head.addWidget(button)
        self._ranges.idClicked.connect(self.set_range)
        self._inside = QVBoxLayout(self)
        self._inside.setContentsMargins(6, 0, 4, 4)
        self._inside.setSpacing(0)
        self._inside.addLayout(head)
        self._empty = QLabel(self)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("role", "quiet")
        self._inside.addWidget(self._empty, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._retranslate()
        self.set_range(0)

    def show_series(self, indicator: Indicator, values: "np.ndarray", level: Level | None, events: Events) -> None:
        """Show a series: a row each of epoch seconds and value, oldest first; events are marked with a word."""
        before = self._given
        if before is not None and before[0] is indicator and before[1] is values and before[2:] == (level, events):
            return
        self._given = (indicator, values, level, events)
        if self.isVisible():
            self._by_hand = self._by_hand and before is not None and before[0].id == indicator.id
            self._draw()

    def set_wall(self, wall: bool) -> None:
        """The wall's face: no controls."""
        for button in self._ranges.buttons():
            button.setVisible(not wall)

    def set_range(self, at: int) -> None:
        """Show the last 1, 6 or 24 hours, or all."""
        self._hours = RANGES_H[at]
        self._ranges.button(at).setChecked(True)
        self._by_hand = False
        self._to_range()

    def plot(self) -> Any:
        """The pyqtgraph widget; None before the first show."""
        return self._plot

    def readout(self) -> str:
        return self._readout.text()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._given is not None:
            self._draw()

    def event(self, event: QEvent) -> bool:
        """In here a digit is a range of time, whatever another panel prints on its buttons."""
        return keeps(event, lambda key: 0 <= key.key() - Qt.Key.Key_1 < len(RANGES_H)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at = event.key() - Qt.Key.Key_1
        if 0 <= at < len(RANGES_H):
            self.set_range(at)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("指标曲线"))
        words = (self.tr("1 小时"), self.tr("6 小时"), self.tr("24 小时"), self.tr("全部"))
        for at, word in enumerate(words):
            button = self._ranges.button(at)
            button.setText(word)
            button.setToolTip(f"{word}  {at + 1}")
            button.setAccessibleName(word)
        self._empty.setText(self.tr("没有选中指标。在指标板上选一个,曲线画在这里"))
        if self._given is not None and self._plot is not None:
            self._marked = None
            self._draw()

    def _make(self) -> None:
        import pyqtgraph as pg

        axis = pg.DateAxisItem(orientation="bottom")
        self._plot = pg.PlotWidget(axisItems={"bottom": axis}, background=None)
        self._plot.setAntialiasing(False)
        self._plot.setFrameShape(self._plot.Shape.NoFrame)
        self._plot.setMenuEnabled(False)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        item = self._plot.getPlotItem()
        item.hideButtons()
        item.showGrid(x=True, y=True, alpha=0.12)
        for side in ("left", "bottom"):
            made = item.getAxis(side)
            made.setPen(ink("line"))
            made.setTextPen(ink("quiet"))
            made.setStyle(tickFont=face("quiet").font, tickLength=-4)
        item.setDownsampling(auto=True, mode="peak")
        item.setClipToView(True)
        self._line = self._plot.plot([], [], pen=pg.mkPen(ink("series"), width=1), skipFiniteCheck=True)
        self._across = pg.InfiniteLine(angle=0, pen=pg.mkPen(ink("line"), width=1))
        self._along = pg.InfiniteLine(angle=90, pen=pg.mkPen(ink("line"), width=1))
        for line in (self._across, self._along):
            line.hide()
            self._plot.addItem(line, ignoreBounds=True)
        self._plot.scene().sigMouseMoved.connect(self._moved)
        item.vb.sigRangeChangedManually.connect(self._moved_by_hand)
        self._empty.hide()
        self._inside.addWidget(self._plot, 1)

    def _moved_by_hand(self, _axes: object) -> None:
        self._by_hand = True

    def leaveEvent(self, event: QEvent) -> None:
        if self._plot is not None and self._given is not None:
            self._hover = None
            self._read()
        super().leaveEvent(event)

    def _draw(self) -> None:
        if self._plot is None:
            self._make()
        import numpy as np
        import pyqtgraph as pg

        assert self._given is not None
        indicator, values, level, events = self._given
        finite = values[np.isfinite(values[:, 1])].astype(np.float64) if len(values) else np.empty((0, 2))
        self._line.setPen(pg.mkPen(ink(level_role(level) if level else "series"), width=1))
        self._line.setData(finite[:, 0], finite[:, 1])
        if self._marked != (indicator, events):
            self._marked = (indicator, list(events))
            self._mark(indicator, events)
        self._read()
        if not self._by_hand:
            self._to_range()

    def _mark(self, indicator: Indicator, events: Events) -> None:
        """The limits and the events, each with its word."""
        import pyqtgraph as pg

        for part in self._parts:
            part.label.hide()
            self._plot.removeItem(part)
        self._retired, self._parts = self._parts, []  # kept a while: the scene may still tell them of a paint
        for limit in indicator.limits:
            self._parts.append(
                pg.InfiniteLine(
                    limit.at,
                    angle=0,
                    pen=pg.mkPen(ink(limit.level.value, 0.6), width=1, style=Qt.PenStyle.DashLine),
                    label=self.tr("{level} {value} {measure}").format(
                        level=show(limit.level.label),
                        value=f"{limit.at:,.{indicator.decimals}f}",
                        measure=indicator.measure,
                    ),
                    labelOpts={
                        "position": 0.03,
                        "color": ink(limit.level.value),
                        "fill": ink("panel", 0.75),
                        "anchors": [(0, 1), (0, 1)],
                    },
                )
            )
        for at, word in events:
            self._parts.append(
                pg.InfiniteLine(
                    at,
                    angle=90,
                    pen=pg.mkPen(ink("accent", 0.6), width=1),
                    label=word,
                    # its word stands before it: the newest is at the right edge
                    labelOpts={"position": 0.94, "color": ink("accent"), "anchors": [(1, 0.5), (1, 0.5)]},
                )
            )
        for part in self._parts:
            part.label.setFont(face("quiet").font)
            self._plot.addItem(part, ignoreBounds=True)

    def _to_range(self) -> None:
        """The chosen hours up to the last value; the height takes in the values shown and a near limit."""
        if self._plot is None or self._given is None or not len(self._given[1]):
            return
        import numpy as np

        indicator, values, _, _ = self._given
        end = float(values[-1, 0])
        start = float(values[0, 0]) if self._hours is None else end - self._hours * 3600
        seen = values[(values[:, 0] >= start) & np.isfinite(values[:, 1])][:, 1]
        self._plot.setXRange(start, end + (end - start) * 0.02, padding=0)
        if not len(seen):
            return
        low, high = float(seen.min()), float(seen.max())
        span = max(high - low, 1e-6)
        for limit in indicator.limits:
            if low - span <= limit.at <= high + span:
                low, high = min(low, limit.at), max(high, limit.at)
        self._plot.setYRange(low, high, padding=0.12)

    def _moved(self, where: Any) -> None:
        item = self._plot.getPlotItem()
        inside = item.sceneBoundingRect().contains(where)
        self._hover = item.vb.mapSceneToView(where).x() if inside else None
        self._read()

    def _read(self) -> None:
        """The value under the cross-hair, else the last."""
        if self._given is None:
            return
        indicator, values, level, _ = self._given
        hover = self._hover if len(values) else None
        for line in (self._across, self._along):
            line.setVisible(hover is not None)
        name = placed(indicator.place, indicator.name)
        if not len(values):
            nothing = self.tr("无数据")
            self._readout.set_text(f"{name}  {nothing}")
            return
        at, value = values[-1 if hover is None else int(abs(values[:, 0] - hover).argmin())]
        if hover is not None:
            self._along.setPos(at)
            self._across.setPos(value)
        told = f"{value:,.{indicator.decimals}f} {indicator.measure}".strip()
        when = clock_seconds(datetime.fromtimestamp(at).astimezone())
        word = f"  {show(level.label)}" if level and hover is None else ""
        self._readout.set_text(f"{told}{word}  {when}  {name}")


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = IndicatorChart()
        card = samples.cards()[0]
        made.show_series(card.indicator, card.values, card.level, [(samples.before(18).timestamp(), "I34 立案")])
        return made

    samples.run(_build)
