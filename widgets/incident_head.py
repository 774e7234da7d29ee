"""The head of the incident's panel: what and where, its level, its source and the time left."""

from datetime import datetime

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.domain.conflict import Casualties
from console.domain.incident import Incident, SideState, Stage
from console.domain.incoming import IncomingCall
from console.domain.merging import told
from console.domain.timers import Pace
from widgets.lang import show
from widgets.paint import elide, face, ink, paint_mark, paint_split_word, split_width
from widgets.times import clock_seconds, lasting, span, time_left, used, used_role

_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class _Line(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.update()
        super().changeEvent(event)


class HeadLine(_Line):
    """I34 河道水位超警 · 立沙桥, and ◐ 待裁定 and ▲ 橙色 at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._incident: Incident | None = None
        self._undecided = False

    def show_incident(self, incident: Incident, undecided: bool = False) -> None:
        shown = (incident, undecided)
        if shown != (self._incident, self._undecided) or self.title() != self.toolTip():
            self._incident, self._undecided = shown
            self.setAccessibleName(" ".join(filter(None, (self.title(), self.tr("待裁定") if undecided else ""))))
            self.setToolTip(self.title())
            self.update()

    def title(self) -> str:
        incident = self._incident
        return f"{incident.code} {show(incident.title)} · {show(incident.place)}" if incident else ""

    def sizeHint(self) -> QSize:
        return QSize(160, face("title").metrics.height() + 14)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._incident is None:
            return
        painter = QPainter(self)
        title, body = face("title", bold=True), face()
        inside = QRectF(self.rect()).adjusted(12, 0, -12, 0)
        level = self._incident.level
        word = show(level.label)
        width = body.metrics.horizontalAdvance(word)
        painter.setPen(ink(level.value))
        body.draw(painter, inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, word)
        side = body.metrics.ascent() * 0.8
        mark = QRectF(inside.right() - width - side - 6, inside.center().y() - side / 2, side, side)
        paint_mark(painter, mark, level)
        room = inside.width() - width - side - 20
        if self._undecided:
            word = self.tr("待裁定")
            room -= split_width(word) + 12
            paint_split_word(painter, inside.left() + room + 8, inside, word)
        painter.setPen(ink("strong"))
        title.draw(painter, inside, _LEFT, elide(self.title(), title.metrics, room))
        painter.fillRect(0, self.height() - 1, self.width(), 1, ink("hairline"))


class FactLine(_Line):
    """来源 水情告警 · 14:29:41 · 处置时限 30 分钟, and the time left in its colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given: tuple[Incident, datetime] | None = None
        self._said = ("", "", "")

    def show_incident(self, incident: Incident, now: datetime) -> None:
        self._given = (incident, now)
        if (said := self.words()) != self._said:
            self._said = said
            self.setAccessibleName(f"{said[0]} {said[1]}")
            self.update()

    def words(self) -> tuple[str, str, str]:
        """The facts, the time left, and its colour role."""
        if self._given is None:
            return "", "", "text"
        incident, now = self._given
        told = self.tr("来源 {source} · {time}").format(
            source=show(incident.source), time=clock_seconds(incident.opened_at, now)
        )
        if incident.declined:
            return told, show(SideState.DECLINED.label), "text"
        if incident.closed_at is not None:
            took = span(incident.closed_at - incident.opened_at)
            return told, self.tr("结案,用时 {time}").format(time=took), "text"
        if incident.due_at is None or incident.stage.rank >= Stage.REPORTED_BACK.rank:
            return told, self.tr("已 {time}").format(time=span(now - incident.opened_at)), "text"
        limit = lasting(incident.due_at - incident.opened_at)
        told += " · " + self.tr("处置时限 {time}").format(time=limit)
        if incident.held:
            return told, show(Pace.STOPPED.label), "quiet"
        part = used(incident.opened_at, incident.due_at, now)
        role = used_role(part, now > incident.due_at)
        return told, time_left(incident.due_at - now), "text" if role == "series" else role

    def sizeHint(self) -> QSize:
        return QSize(160, face("quiet").metrics.height() + 10)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        told, left, role = self.words()
        quiet, bold = face("quiet"), face("quiet", bold=True)
        inside = QRectF(self.rect()).adjusted(12, 0, -12, 0)
        width = bold.metrics.horizontalAdvance(left)
        words = elide(told, quiet.metrics, inside.width() - width - 8)
        painter.setPen(ink("quiet"))
        quiet.draw(painter, inside, _LEFT, words)
        inside.setLeft(inside.left() + quiet.metrics.horizontalAdvance(words) + 8)
        painter.setPen(ink(role))
        bold.draw(painter, inside, _LEFT, left)


class CallerLine(_Line):
    """来电 何女士 13800000000, and how many more there were. Hidden when nobody called."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._calls: tuple[IncomingCall, ...] = ()
        self.hide()

    def show_calls(self, calls: tuple[IncomingCall, ...]) -> None:
        self._calls = tuple(call for call in calls if call.caller or call.number)
        self.setAccessibleName(self.words())
        self.setToolTip("\n".join(map(self._named, self._calls)))
        self.setVisible(bool(self._calls))
        self.update()

    def words(self) -> str:
        return self.tr("来电 {who}").format(who=" · ".join(map(self._named, self._calls)))

    def _named(self, call: IncomingCall) -> str:
        who = [show(call.caller) if call.caller else show(call.channel.label), call.number]
        return " ".join(filter(None, who))

    def sizeHint(self) -> QSize:
        return QSize(160, face("quiet").metrics.height() + 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        quiet = face("quiet")
        inside = QRectF(self.rect()).adjusted(12, 0, -12, 0)
        painter.setPen(ink("text"))
        quiet.draw(painter, inside, _LEFT, elide(self.words(), quiet.metrics, inside.width()))


class CasualtyLine(_Line):
    """伤亡 亡 1 伤 3 失联 0 被困 2, marked while two counts disagree. Hidden when nothing was reported."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given: tuple[Casualties | None, bool] = (None, False)
        self.hide()

    def show_count(self, count: Casualties | None, disputed: bool) -> None:
        if (count, disputed) == self._given:
            return
        self._given = (count, disputed)
        self.setAccessibleName(" ".join(filter(None, self.words())))
        self.setVisible(count is not None)
        self.update()

    def words(self) -> tuple[str, str, str]:
        """伤亡, the count, and 待裁定 where it is so."""
        count, disputed = self._given
        said = show(told(count)) if count is not None else ""
        return self.tr("伤亡"), said, self.tr("待裁定") if disputed else ""

    def sizeHint(self) -> QSize:
        return QSize(160, face().metrics.height() + 8)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        name, said, word = self.words()
        quiet, bold = face("quiet"), face("body", bold=True)
        inside = QRectF(self.rect()).adjusted(12, 0, -12, 0)
        disputed = bool(word)
        if bold.metrics.horizontalAdvance(said) > inside.width() - split_width(word) - 12:
            word, bold = "", face("quiet", bold=True)  # the mark alone: the figures say more
        room = inside.width() - (split_width(word) + 12 if disputed else 0)
        named = quiet.metrics.horizontalAdvance(name) + 8
        if bold.metrics.horizontalAdvance(said) + named <= room:  # the figures say it alone where there is no room
            painter.setPen(ink("quiet"))
            quiet.draw(painter, inside, _LEFT, name)
            inside.setLeft(inside.left() + named)
            room -= named
        said = elide(said, bold.metrics, room)
        painter.setPen(ink("strong"))
        bold.draw(painter, inside, _LEFT, said)
        if disputed:
            paint_split_word(painter, inside.left() + bold.metrics.horizontalAdvance(said) + 12, inside, word)


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = FactLine()
        made.show_incident(samples.INCIDENTS[0], samples.NOW)
        return made

    samples.run(_build)
