"""The strip of an exercise: its name, how far it is, what comes next, and pause, resume, finish."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from console.domain.drill import ExerciseState
from console.domain.words import Label
from widgets.keycap import KeyButton
from widgets.lang import show
from widgets.paint import elide, face, ink, paint_chip
from widgets.times import stopwatch


@dataclass(frozen=True)
class DrillState:
    """How an exercise stands. `next_in_s` is in the exercise's own time."""

    name: Label
    state: ExerciseState
    elapsed_s: float
    length_s: float
    speed: float = 1.0
    next_subject: Label | None = None
    next_in_s: float | None = None


class DrillStrip(QWidget):
    """Hidden while there is no exercise."""

    paused = Signal()
    resumed = Signal()
    finished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drill: DrillState | None = None
        self._go = KeyButton("")
        self._end = KeyButton("")
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 2, 8, 2)
        line.setSpacing(6)
        line.addStretch(1)
        line.addWidget(self._go)
        line.addWidget(self._end)
        self._go.clicked.connect(self.toggle)
        self._end.clicked.connect(self.finished)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_drill(self, drill: DrillState | None) -> None:
        """Show how the exercise stands; None hides the strip."""
        if drill == self._drill:
            return
        self._drill = drill
        self.setVisible(drill is not None)
        self._tell()

    def toggle(self) -> None:
        """Pause or go on."""
        if self._drill is None:
            return
        if self._drill.state is ExerciseState.RUNNING:
            self.paused.emit()
        elif self._drill.state is ExerciseState.PAUSED:
            self.resumed.emit()

    def texts(self) -> tuple[str, str]:
        """What it says first, and of what comes next."""
        drill = self._drill
        if drill is None:
            return "", ""
        along = f"{stopwatch(drill.elapsed_s)} / {stopwatch(drill.length_s)}"
        told = f"{show(drill.name)} · {show(drill.state.label)} {along}"
        if drill.speed != 1.0:
            told += f" · ×{drill.speed:g}"
        if drill.next_subject is None or drill.next_in_s is None or drill.state is ExerciseState.FINISHED:
            return told, ""
        after = stopwatch(drill.next_in_s)
        return told, self.tr("{time} 后:{what}").format(time=after, what=show(drill.next_subject))

    def buttons(self) -> tuple[KeyButton, KeyButton]:
        return self._go, self._end

    def sizeHint(self) -> QSize:
        return QSize(300, face().metrics.height() + 14)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._tell()
        super().changeEvent(event)

    def _tell(self) -> None:
        drill = self._drill
        if drill is None:
            return
        paused = drill.state is ExerciseState.PAUSED
        self._go.set_word(self.tr("继续") if paused else self.tr("暂停"))
        self._end.set_word(self.tr("结束"))
        over = self.tr("演练已结束") if drill.state is ExerciseState.FINISHED else ""
        self._go.allow(over)
        self._end.allow(over)
        self.setAccessibleName(", ".join(filter(None, self.texts())))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        drill = self._drill
        if drill is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), ink("raised"))
        part = min(1.0, drill.elapsed_s / drill.length_s) if drill.length_s else 0.0
        painter.fillRect(QRectF(0, self.height() - 2, self.width(), 2), ink("hairline"))
        painter.fillRect(QRectF(0, self.height() - 2, self.width() * part, 2), ink("accent"))
        body, quiet = face(), face("quiet")
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        x = paint_chip(painter, 12, self.height() / 2, self.tr("演练"), "accent") + 10
        right = self._go.x() - 12
        told, following = self.texts()
        words = elide(told, body.metrics, right - x)
        painter.setPen(ink("strong"))
        body.draw(painter, QRectF(x, 0, right - x, self.height()), flags, words)
        x += body.metrics.horizontalAdvance(words) + 16
        painter.setPen(ink("quiet"))
        quiet.draw(painter, QRectF(x, 0, right - x, self.height()), flags, elide(following, quiet.metrics, right - x))


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = DrillStrip()
        made.show_drill(
            DrillState(
                Label("厚街防汛演练", "Houjie flood drill"),
                ExerciseState.RUNNING,
                754,
                2700,
                2.0,
                Label("2 号泵站停电", "Pump station 2 loses power"),
                95,
            )
        )
        return made

    samples.run(_build)
