"""What goes on between the levels about one incident: who was whistled for and is late, who sent it back, and what
was reported upwards; and the form that hands it on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from console.domain.duty import Limit
from console.domain.incident import Incident, Stage
from console.domain.level import Level
from console.domain.levels import reported_in
from console.domain.situation import ReportKind, SituationReport
from console.domain.timers import Pace, Timer
from widgets.assignment_table import AssignmentRow
from widgets.keys import keeps
from widgets.lang import show
from widgets.paint import elide, face, ink, paint_mark
from widgets.section import Section
from widgets.send_form import SendForm
from widgets.times import clock, span, time_left

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
REPORTS = (Limit.PHONE, Limit.WRITTEN, Limit.FOLLOW_UP, Limit.FINAL)


@dataclass(frozen=True)
class LevelFacts:
    """What the levels have to do with an incident."""

    called: tuple[AssignmentRow, ...] = ()  # by a whistle, of this round
    returned: tuple[AssignmentRow, ...] = ()  # that nobody has taken on since
    reports: tuple[SituationReport, ...] = ()  # the oldest first
    timers: tuple[Timer, ...] = ()  # of the reports that are due
    handing: str = ""  # why it cannot be handed on from here; empty when it can
    elsewhere: str = ""  # why it is moved, changed and reported elsewhere; empty where it is one's own


class Line(QAbstractButton):
    """One line: a mark, what it is about, what is said, and the time. Enter, space or a click does what it offers."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._level: Level | None = None
        self._parts: tuple[tuple[str, str], ...] = ()  # words and their colour roles
        self._right, self._right_role = "", "quiet"
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hide()

    def say(
        self, *parts: tuple[str, str], level: Level | None = None, right: str = "", right_role: str = "quiet"
    ) -> None:
        """Show these words; `level` is the mark of what is abnormal."""
        if (parts, level, right, right_role) == (self._parts, self._level, self._right, self._right_role):
            return
        self._parts, self._level, self._right, self._right_role = parts, level, right, right_role
        told = " ".join(filter(None, (*(words for words, _ in parts), right)))
        self.setAccessibleName(told)
        self.setToolTip(told)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Enter is its own here, not the panel's."""
        return keeps(event, lambda key: key.key() in _ENTER) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self.click()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(160, face().metrics.height() + 8)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        body = face()
        inside = QRectF(self.rect()).adjusted(12, 0, -12, 0)
        if self.hasFocus() or (self.underMouse() and self.isEnabled()):
            painter.fillRect(self.rect(), ink("selected", 0.7))
        if self.hasFocus():
            painter.fillRect(0, 0, 3, self.height(), ink("accent"))
        if self._right:
            painter.setPen(ink(self._right_role))
            body.draw(painter, inside, _RIGHT, self._right)
            inside.setRight(inside.right() - body.metrics.horizontalAdvance(self._right) - 10)
        if self._level is not None:
            side = body.metrics.ascent() * 0.8
            paint_mark(painter, QRectF(inside.left(), inside.center().y() - side / 2, side, side), self._level)
            inside.setLeft(inside.left() + side + 7)
        for words, role in self._parts:
            shown = elide(words, body.metrics, inside.width())
            painter.setPen(ink(role))
            body.draw(painter, inside, _LEFT, shown)
            inside.setLeft(inside.left() + body.metrics.horizontalAdvance(shown) + 8)


class LevelPart(QWidget):
    """`transferWanted` for an assignment that was sent back; `reportOpened` for a report."""

    transferWanted = Signal(str)
    reportOpened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given: tuple[LevelFacts, datetime] | None = None
        self.form = SendForm(self)
        self._whistle = Line(self)
        self._whistle.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._whistle.setEnabled(False)
        self._head = Section(self)
        self._returned: list[Line] = []
        self._reports: list[Line] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._back = QVBoxLayout()
        self._told = QVBoxLayout()
        column.addWidget(self.form)
        column.addWidget(self._whistle)
        column.addLayout(self._back)
        column.addWidget(self._head)
        column.addLayout(self._told)
        self._head.hide()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_levels(self, incident: str, facts: LevelFacts, now: datetime) -> None:
        """Show what is known of an incident."""
        self._given = (facts, now)
        self.form.turn_to(incident)
        self._show_whistle(facts.called, now)
        self._show_returned(facts.returned, now)
        self._show_reports(facts, now)

    def lines(self) -> list[str]:
        """What is shown, line by line."""
        lines = (self._whistle, *self._returned, *self._reports)
        return [line.accessibleName() for line in lines if not line.isHidden()]

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and self._given is not None:
            facts, now = self._given
            self._show_whistle(facts.called, now)
            self._show_returned(facts.returned, now)
            self._show_reports(facts, now)

    def _show_whistle(self, called: Sequence[AssignmentRow], now: datetime) -> None:
        """吹哨 报到 2/4, and who is not there yet: the latest first."""
        self._whistle.setVisible(bool(called))
        if not called:
            return
        there = sum(reported_in(row.assignment) for row in called)
        waited = [row for row in called if not reported_in(row.assignment)]
        waited.sort(key=lambda row: row.assignment.ack_due_at or now)
        late = [row for row in waited if row.assignment.unacknowledged(now)]
        count = self.tr("报到 {n}/{m}").format(n=there, m=len(called))
        parts = [(self.tr("吹哨"), "quiet"), (count, "done" if there == len(called) else "strong")]
        if late:
            names = self.tr("、").join(show(row.agency) for row in late)
            parts.append((self.tr("迟到:{names}").format(names=names), "orange"))
        elif waited:
            names = self.tr("、").join(show(row.agency) for row in waited)
            parts.append((self.tr("等 {names}").format(names=names), "quiet"))
        due = (late or waited)[0].assignment.ack_due_at if waited else None
        right = time_left(due - now) if due else ""
        self._whistle.say(
            *parts, level=Level.ORANGE if late else None, right=right, right_role="orange" if late else "text"
        )

    def _show_returned(self, rows: Sequence[AssignmentRow], now: datetime) -> None:
        self._fit(self._returned, self._back, len(rows), self._transfer)
        for line, row in zip(self._returned, rows, strict=True):
            line.setProperty("id", row.assignment.id)
            name, reason = show(row.unit or row.agency), row.assignment.reason or self.tr("没有写原因")
            told = self.tr("{name} 退回:{reason}").format(name=name, reason=reason)
            line.say((told, "yellow"), level=Level.YELLOW, right=self.tr("转派"), right_role="accent")
            line.show()

    def _show_reports(self, facts: LevelFacts, now: datetime) -> None:
        self._head.setVisible(bool(facts.reports or facts.timers))
        self._head.set_title(self.tr("信息报告"))
        running = [timer for timer in facts.timers if timer.due_at is not None]
        if running and (left := running[0].left(now)) is not None:
            role = {Pace.OVERDUE: "red", Pace.WARN: "yellow"}.get(running[0].pace(now), "quiet")
            self._head.set_words(f"{show(running[0].limit.label)} {time_left(left)}", role)
        else:
            self._head.set_words(str(len(facts.reports)))
        self._fit(self._reports, self._told, len(facts.reports), self._open)
        for line, report in zip(self._reports, facts.reports, strict=True):
            line.setProperty("id", report.id)
            way = self.tr("电话") if report.by_phone else self.tr("书面")
            told = self.tr("{kind} · {way} → {to}").format(kind=show(report.kind.label), way=way, to=show(report.to))
            line.say(
                (told, "text"),
                (show(report.by.name), "quiet"),
                right=clock(report.reported_at, now),
            )
            line.show()

    def _fit(self, lines: list[Line], column: QVBoxLayout, count: int, slot: object) -> None:
        """So many lines, those that stay kept."""
        while len(lines) > count:
            line = lines.pop()
            line.hide()
            line.deleteLater()
        while len(lines) < count:
            line = Line(self)
            line.clicked.connect(slot)
            column.addWidget(line)
            lines.append(line)

    def _transfer(self) -> None:
        self.transferWanted.emit(self.sender().property("id"))

    def _open(self) -> None:
        self.reportOpened.emit(self.sender().property("id"))


def next_report(facts: LevelFacts, incident: Incident) -> ReportKind:
    """What is to be reported next. A call does not stand for the first report in writing."""
    if not any(not report.by_phone for report in facts.reports):
        return ReportKind.FIRST
    return ReportKind.FINAL if incident.stage.rank >= Stage.REPORTED_BACK.rank else ReportKind.FOLLOW_UP


def report_word(facts: LevelFacts, now: datetime) -> tuple[str, bool]:
    """What the button for the next report says: its name and the time left; and whether it is overdue."""
    running = [timer for timer in facts.timers if timer.due_at is not None]
    if not running or (left := running[0].left(now)) is None:
        return "", False
    return span(abs(left)), left.total_seconds() < 0


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = LevelPart()
        made.show_levels("i34", samples.level_facts(), samples.NOW)
        return made

    samples.run(_build)
