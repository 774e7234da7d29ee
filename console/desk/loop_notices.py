"""Over the panels: what was just done and how to undo it, and the limits that come near. Heard once, then quiet."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer

from console.desk.control import Controller
from console.desk.loop import jump_words
from console.desk.timing import Notice
from console.domain.timers import Pace
from widgets.lang import show
from widgets.notice_pill import NoticePill
from widgets.timer_list import MARKS, named

if TYPE_CHECKING:
    from console.desk.desk import Desk

SHOWN_S = 15.0  # a limit that comes near
BELOW_TITLE = 38


class LoopNotices(QObject):
    def __init__(self, desk: "Desk", control: Controller, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._control, self._window = desk, control, desk.window
        self.undo, self.limits = NoticePill("Ctrl+Z", self._window), NoticePill("F12", self._window)
        self._near: list[Notice] = []
        self._late = 0
        self._until_s = 0.0
        self.undo.acted.connect(control.loop.undo.undo)
        self.limits.acted.connect(self.look)
        control.loop.undo.changed.connect(self._show)
        timing = control.session.timing
        timing.noticed.connect(self._noticed)
        timing.late.connect(self._were_late)
        timing.jumped.connect(lambda jump: desk.chrome.warn(lambda: jump_words(jump)))
        self._clock = QTimer(self, interval=500)
        self._clock.timeout.connect(self._show)
        self._clock.start()
        self._window.installEventFilter(self)
        timing.begin()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._place()
        elif event.type() == QEvent.Type.LanguageChange:
            self._show()
        return super().eventFilter(watched, event)

    def _noticed(self, notices: list[Notice]) -> None:
        """Past a limit it rings; near one it only says so."""
        if any(notice.pace is Pace.OVERDUE for notice in notices):
            self._desk.ring()
        self._near, self._late = notices, 0
        self._control.countsChanged.emit()
        self._until_s = time.monotonic() + SHOWN_S
        self._show()

    def _were_late(self, count: int) -> None:
        self._near, self._late = [], count
        self._until_s = time.monotonic() + SHOWN_S
        self._show()

    def look(self) -> None:
        """F12: to the incident whose limit was noticed last, or to the list of what is overdue."""
        board = self._control.panels.incidents
        if len(self._near) == 1:
            self._control.open(self._near[0].incident.id)
        else:
            while board.order() != "overdue":
                board.next_order()
            self._window.go_to("incidents")
        self._until_s = 0.0
        self._show()

    def _show(self) -> None:
        undo = self._control.loop.undo
        last = undo.last()
        if last is None:
            self.undo.show_notice("")
        else:
            self.undo.show_notice(last.said(), self.tr("撤销"), self.tr("{n} s").format(n=undo.left_s()))
        if time.monotonic() >= self._until_s:
            self.limits.show_notice("")
        else:
            self._show_limits()
        self._place()

    def _show_limits(self) -> None:
        over = [notice for notice in self._near if notice.pace is Pace.OVERDUE]
        if self._late:
            words = self.tr("开机时已有 {n} 项超时").format(n=self._late)
        elif len(self._near) == 1:
            notice = self._near[0]
            whose = self._control.session.whose(notice.timer)
            words = f"{notice.incident.code} {show(notice.incident.title)} · "
            words += f"{show(whose)} " if whose else ""
            words += named(notice.timer, self._control.session.timing.now())
        else:
            parts = [self.tr("{n} 项超时").format(n=len(over))] if over else []
            parts += [self.tr("{n} 项将超时").format(n=soon)] if (soon := len(self._near) - len(over)) else []
            words = " · ".join(parts)
        pace = Pace.OVERDUE if over or self._late else Pace.WARN
        self.limits.show_notice(words, self.tr("查看"), level=MARKS[pace])

    def _place(self) -> None:
        """Over the upper edge of what is in the middle, below its title, one below the other."""
        head = self._window.menuWidget()
        y = (head.height() if head is not None else 0) + BELOW_TITLE
        for pill in (self.undo, self.limits):
            if not pill.isHidden():
                if pill.y() != y:
                    pill.move(pill.x(), y)
                pill.place()
                y += pill.height() + 3
