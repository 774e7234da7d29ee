"""What is still to do on an incident: boxes to tick, those that gate its close marked 必做."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QVBoxLayout, QWidget

from console.domain.incident import Task
from console.domain.timers import Pace, Timer
from widgets.lang import show
from widgets.paint import chip_width, elide, face, ink, paint_chip, pen
from widgets.timer_list import ROLES, countdown
from widgets.times import clock, time_left


def paint_box(painter: QPainter, rect: QRectF, ticked: bool, *, lit: bool, enabled: bool = True) -> None:
    """A check box."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen("accent" if lit else ("faint" if enabled else "line"), 1.2))
    painter.setBrush(ink("primary") if ticked and enabled else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect, 2.5, 2.5)
    if ticked:
        painter.setPen(QPen(ink("strong" if enabled else "faint"), 1.6))
        x, y, side = rect.x(), rect.y(), rect.width()
        painter.drawPolyline(
            [
                QPointF(x + side * 0.22, y + side * 0.52),
                QPointF(x + side * 0.43, y + side * 0.73),
                QPointF(x + side * 0.80, y + side * 0.28),
            ]
        )
    painter.restore()


class TaskBox(QCheckBox):
    """One task: box, words, chips."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.chips: tuple[tuple[str, str], ...] = ()
        self.after = ""

    def hitButton(self, pos: object) -> bool:
        return True

    def sizeHint(self) -> QSize:
        return QSize(160, face().metrics.height() + 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        body, quiet = face(), face("quiet")
        middle = self.height() / 2
        side = round(body.metrics.ascent() * 0.95)
        lit = self.hasFocus() or self.underMouse()
        box = QRectF(0.5, round(middle - side / 2) + 0.5, side, side)
        paint_box(painter, box, self.isChecked(), lit=lit, enabled=self.isEnabled())
        x = side + 9.0
        right = self.width()
        if self.after:
            width = quiet.metrics.horizontalAdvance(self.after)
            painter.setPen(ink("faint"))
            quiet.draw(
                painter, QRect(right - width, 0, width, self.height()), Qt.AlignmentFlag.AlignVCenter, self.after
            )
            right -= width + 8
        taken = sum(chip_width(word) + 6 for word, _ in self.chips)
        words = elide(self.text(), body.metrics, right - x - taken)
        painter.setPen(ink("quiet" if self.isChecked() else "strong"))
        body.draw(
            painter,
            QRectF(x, 0, right - x, self.height()),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            words,
        )
        x += body.metrics.horizontalAdvance(words) + 6
        for word, role in self.chips:
            x = paint_chip(painter, x, middle, word, role) + 6
        if self.hasFocus():
            painter.fillRect(QRectF(side + 9, self.height() - 2, max(0.0, x - side - 15), 1), ink("accent"))


class TaskList(QWidget):
    """Tasks in their order. `ticked` when the operator sets or clears one."""

    ticked = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._boxes: dict[str, TaskBox] = {}
        self._given: tuple[Sequence[Task], datetime, Mapping[str, Timer]] | None = None
        self._inside = QVBoxLayout(self)
        self._inside.setContentsMargins(12, 2, 12, 4)
        self._inside.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_tasks(self, tasks: Sequence[Task], now: datetime, timers: Mapping[str, Timer] | None = None) -> None:
        """Show these tasks, with what runs for them by id; boxes that stay are kept, so that focus stays."""
        self._given = (tasks, now, timers or {})
        ordered = sorted((task for task in tasks if not task.void), key=lambda task: task.order)
        for gone in self._boxes.keys() - {task.id for task in ordered}:
            box = self._boxes.pop(gone)
            self._inside.removeWidget(box)
            box.hide()
            box.deleteLater()
        for at, task in enumerate(ordered):
            made = self._boxes.get(task.id)
            if made is None:
                made = self._boxes[task.id] = self._box(task.id)
                self._inside.insertWidget(at, made)
            elif self._inside.indexOf(made) != at:
                self._inside.insertWidget(at, made)
            self._fill(made, task, now, self._given[2].get(task.id))

    def box(self, id: str) -> TaskBox:
        """The box of a task."""
        return self._boxes[id]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        boxes = sorted(self._boxes.values(), key=self._inside.indexOf)
        here = next((at for at, box in enumerate(boxes) if box.hasFocus()), None)
        if step is None or here is None or not 0 <= here + step < len(boxes):
            super().keyPressEvent(event)
            return
        boxes[here + step].setFocus(Qt.FocusReason.TabFocusReason)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._given is not None:
            self.show_tasks(*self._given)
        super().changeEvent(event)

    def _box(self, id: str) -> TaskBox:
        box = TaskBox(self)
        box.clicked.connect(lambda on: self.ticked.emit(id, on))
        return box

    def _fill(self, box: TaskBox, task: Task, now: datetime, timer: Timer | None) -> None:
        done = task.done_at is not None
        chips: list[tuple[str, str]] = []
        if task.gate and not done:
            chips.append((self.tr("必做"), "quiet"))
        if timer is not None and timer.due_at is not None:
            pace = timer.pace(now)
            chips.append((time_left(timer.due_at - now), "quiet" if pace is Pace.RUNNING else ROLES[pace]))
        elif timer is not None:
            chips.append((countdown(timer, now), "quiet"))
        after = clock(task.done_at, now) if task.done_at else ""
        shown = (show(task.text), done, tuple(chips), after)
        if shown == (box.text(), box.isChecked(), box.chips, box.after):
            return
        box.setText(shown[0])
        box.setChecked(done)
        box.chips, box.after = tuple(chips), after
        box.setToolTip(" · ".join([shown[0], *(word for word, _ in chips)]))
        box.setAccessibleName(box.toolTip())
        box.update()


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = TaskList()
        made.show_tasks(samples.TASKS, samples.NOW, {each.of: each for each in samples.running(samples.INCIDENTS[0])})
        return made

    samples.run(_build)
