"""Where an incident is on its way: a line of dots, the present one lit."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.domain.incident import Stage
from widgets.lang import show
from widgets.paint import face, ink, pen


class StageTrack(QWidget):
    """`show_stage(stages, stage)`; stages are those of the incident's matter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stages: tuple[Stage, ...] = ()
        self._stage: Stage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_stage(self, stages: tuple[Stage, ...], stage: Stage) -> None:
        if (stages, stage) == (self._stages, self._stage):
            return
        self._stages, self._stage = stages, stage
        self._tell()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, 22 + face("quiet").metrics.height() + 8)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._tell()
            self.update()
        super().changeEvent(event)

    def _tell(self) -> None:
        if self._stage is not None:
            self.setAccessibleName(self.tr("阶段:{stage}").format(stage=show(self._stage.label)))
            self.setToolTip(" → ".join(show(each.label) for each in self._stages))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._stage is None or not self._stages:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        quiet, bold = face("quiet"), face("quiet", bold=True)
        step = (self.width() - 24) / len(self._stages)
        y = 15.0
        # A matter may skip the stage an incident is in: then the dot before it is the present one.
        room = step - 4
        cramped = any(bold.metrics.horizontalAdvance(show(each.label)) > room for each in self._stages)
        now = max((at for at, each in enumerate(self._stages) if each.rank <= self._stage.rank), default=0)
        for at, each in enumerate(self._stages):
            x = 12 + step * (at + 0.5)
            if at:
                painter.setPen(pen("accent" if at <= now else "line", 1.5))
                painter.drawLine(QPointF(x - step + 6, y), QPointF(x - 6, y))
            painter.setPen(Qt.PenStyle.NoPen)
            if at == now:
                painter.setBrush(ink("strong", 0.25))
                painter.drawEllipse(QPointF(x, y), 7, 7)
                painter.setBrush(ink("strong"))
                painter.drawEllipse(QPointF(x, y), 4, 4)
            else:
                painter.setBrush(ink("accent" if at < now else "line"))
                painter.drawEllipse(QPointF(x, y), 3.5, 3.5)
            if cramped and at != now:
                continue
            used = bold if at == now else quiet
            wide = max(step, float(used.metrics.horizontalAdvance(show(each.label))) + 2)
            left = min(max(x - wide / 2, 6.0), self.width() - 6 - wide)
            painter.setPen(ink("strong" if at == now else ("text" if at < now else "faint")))
            used.draw(
                painter,
                QRectF(left, y + 9, wide, used.metrics.height()),
                Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter,
                show(each.label),
            )


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = StageTrack()
        made.show_stage(samples.WAY, samples.WAY[3])
        return made

    samples.run(_build)
