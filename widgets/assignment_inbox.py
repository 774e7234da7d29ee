"""待办: what was sent to one's own agency: to accept, under way, done; who sent it, why and by when.

One key each to accept, return with a reason, say how far it is, feed back with photos, and send on below.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from console.domain.assignment import Assignment, Role, Status, Way
from console.domain.incident import Incident
from console.domain.words import Label
from widgets.flow import FlowLayout
from widgets.keycap import KeyButton
from widgets.keys import keeps
from widgets.lang import show
from widgets.paint import ink
from widgets.row_list import RowList
from widgets.rows import Row
from widgets.times import clock, time_left
from widgets.words import Words
from widgets.work_forms import FeedbackForm, ReturnForm

WAITING, UNDER_WAY, DONE = "#waiting", "#under_way", "#done"
STEPS = (Status.ACKNOWLEDGED, Status.EN_ROUTE, Status.ON_SCENE, Status.WORKING)


@dataclass(frozen=True)
class WorkRow:
    """An assignment to one's own agency, with its incident and the names it is shown by."""

    assignment: Assignment
    incident: Incident
    sender: Label
    unit: Label | None = None
    sends_on: bool = False  # whoever is signed in may send units on

    @property
    def group(self) -> str:
        if not self.assignment.status.open or not self.incident.open:
            return DONE
        return WAITING if self.assignment.status is Status.NOTIFIED else UNDER_WAY

    @property
    def due_at(self) -> datetime | None:
        """What is to happen next by when: accepted, arrived, done."""
        assignment = self.assignment
        match assignment.status:
            case Status.NOTIFIED if assignment.ack_due_at is not None:
                return assignment.ack_due_at
            case Status.ACKNOWLEDGED | Status.EN_ROUTE if assignment.arrive_due_at is not None:
                return assignment.arrive_due_at
        return None if assignment.role is Role.SUPERVISE else self.incident.due_at

    def overdue(self, now: datetime) -> bool:
        return self.group != DONE and self.due_at is not None and now > self.due_at


class AssignmentInbox(QWidget):
    """Shows work and says what is answered to it."""

    acknowledged = Signal(str)  # assignment
    returned = Signal(str, str)  # assignment, reason
    statusSet = Signal(str, str)  # assignment, status code
    fedBack = Signal(str, str, object)  # assignment, words, list of paths
    photosWanted = Signal(str)  # assignment
    sendOnWanted = Signal(str)  # assignment
    opened = Signal(str)  # incident
    draftChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given: tuple[Sequence[WorkRow], datetime] | None = None
        self._rows: dict[str, WorkRow] = {}
        self._menu: QMenu | None = None
        self._shown: str | None = None
        self._list = RowList(self)
        self._list.setMinimumSize(236, 96)
        self._why = QWidget(self)
        self._why_line = QVBoxLayout(self._why)
        self._why_line.setContentsMargins(14, 6, 12, 2)
        self._told = ""
        self.back, self.feedback = ReturnForm(self), FeedbackForm(self)
        self._accept = KeyButton("Shift+A", primary=True)
        self._status = KeyButton("Shift+S")
        self._feed = KeyButton("Shift+F")
        self._on = KeyButton("Shift+G")
        self._return = KeyButton("Shift+T")
        buttons = FlowLayout()
        buttons.setContentsMargins(12, 4, 12, 8)
        self._bar = QWidget(self)
        self._bar.setLayout(buttons)
        for button in self._buttons():
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._list, 1)
        for part in (self._why, self.back, self.feedback, self._bar):
            column.addWidget(part)
        self.setFocusProxy(self._list)
        self._wire()
        self._retranslate()

    def _wire(self) -> None:
        self._list.chosen.connect(lambda _id: self._show_selected())
        self._list.opened.connect(lambda id: self.opened.emit(self._rows[id].incident.id))
        for button, slot in (
            (self._accept, self.accept),
            (self._status, self.ask_status),
            (self._feed, self.feed_back),
            (self._on, lambda: self.sendOnWanted.emit(self.selected_id() or "")),
            (self._return, self.give_back),
        ):
            button.clicked.connect(slot)
        self.back.returned.connect(self.returned)
        self.feedback.fedBack.connect(self.fedBack)
        self.feedback.photosWanted.connect(self.photosWanted)
        for form in (self.back, self.feedback):
            form.left.connect(lambda: self._list.setFocus(Qt.FocusReason.OtherFocusReason))
            form.draftChanged.connect(self.draftChanged)

    def show_work(self, rows: Sequence[WorkRow], now: datetime) -> None:
        """Show these: what waits first and the next due first, what is done last."""
        self._given = (rows, now)
        self._rows = {row.assignment.id: row for row in rows}
        shown: list[Row] = []
        for group, title in self._groups():
            mine = [row for row in rows if row.group == group]
            if group == DONE:
                mine.sort(key=lambda row: max(row.assignment.times.values(), default=now), reverse=True)
            else:
                mine.sort(key=lambda row: (row.due_at is None, row.due_at or now, row.assignment.id))
            if mine:
                shown.append(Row(group, title, right=str(len(mine))))
            shown += [self._row(row, now) for row in mine]
        self._list.set_rows(shown)
        if self._list.selected_id() is None:
            first = next((row.id for row in shown if not row.header), None)
            self._list.select(first)
        self._show_selected()

    def rows(self) -> list[Row]:
        """The rows as shown."""
        return self._list.rows()

    def counts(self) -> tuple[int, int]:
        """How many wait to be accepted, and how many are overdue."""
        if self._given is None:
            return 0, 0
        rows, now = self._given
        return sum(row.group == WAITING for row in rows), sum(row.overdue(now) for row in rows)

    def select(self, id: str | None) -> None:
        """Go to an assignment without telling."""
        self._list.select(id)
        self._show_selected()

    def selected_id(self) -> str | None:
        return self._list.selected_id()

    def buttons(self) -> list[KeyButton]:
        """Those that do something about the selected assignment now."""
        if self._bar.isHidden():
            return []
        return [button for button in self._buttons() if not button.isHidden() and button.isEnabled()]

    def accept(self) -> None:
        """签收."""
        if (row := self._selected()) and row.group == WAITING:
            self.acknowledged.emit(row.assignment.id)

    def give_back(self) -> None:
        """退回, and why."""
        if row := self._open():
            self.back.open(row.assignment.id, row.incident.code)

    def feed_back(self) -> None:
        """It is done, and what was found."""
        if row := self._open():
            self.feedback.open(row.assignment.id, row.incident.code)

    def ask_status(self) -> None:
        """How far it is, 1 to 4."""
        if row := self._open():
            rect = self._list.row_rect(row.assignment.id)
            self._menu = self.statuses(row.assignment.id)
            self._menu.popup(self._list.viewport().mapToGlobal(rect.bottomLeft()))

    def statuses(self, id: str) -> QMenu:
        """The steps of an assignment; to return it or to feed back has a key of its own."""
        menu = QMenu(self)
        menu.setAccessibleName(self.tr("改状态"))
        present = self._rows[id].assignment.status
        for number, status in enumerate(STEPS, 1):
            action = menu.addAction(
                f"&{number}  {show(status.label)}",
                partial(self.statusSet.emit, id, status.value),
            )
            action.setEnabled(status.rank > present.rank)
        return menu

    def drafts(self) -> dict[str, Any]:
        """What was typed and not sent, as plain data."""
        return {"return": self.back.drafts(), "feedback": self.feedback.drafts()}

    def set_drafts(self, drafts: Mapping[str, Any]) -> None:
        """As `drafts` gave them."""
        self.back.set_drafts(drafts.get("return", {}))
        self.feedback.set_drafts(drafts.get("feedback", {}))

    def set_shown(self, incident: str | None) -> None:
        """Which incident the desk shows: Enter on a row of another goes there first."""
        self._shown = incident

    def event(self, event: QEvent) -> bool:
        """Enter opens the row's incident where that is not the one on screen."""
        return keeps(event, self._goes_first) or super().event(event)

    def _goes_first(self, event: QKeyEvent) -> bool:
        row = self._selected()
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        return enter and self._list.hasFocus() and row is not None and row.incident.id != self._shown

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), ink("panel"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _groups(self) -> tuple[tuple[str, str], ...]:
        return (WAITING, self.tr("待签收")), (UNDER_WAY, self.tr("办理中")), (DONE, self.tr("已办"))

    def _buttons(self) -> tuple[KeyButton, ...]:
        return self._accept, self._status, self._feed, self._on, self._return

    def _selected(self) -> WorkRow | None:
        return self._rows.get(self.selected_id() or "")

    def _open(self) -> WorkRow | None:
        row = self._selected()
        return row if row and row.group != DONE else None

    def _show_selected(self) -> None:
        row = self._selected()
        for form in (self.back, self.feedback):
            form.turn_to(row.assignment.id if row and row.group != DONE else None)
        self._bar.setVisible(row is not None and row.group != DONE)
        self._say_why(self._why_of(row) if row else "")
        if row is None:
            return
        waits = row.group == WAITING
        self._accept.setVisible(waits)
        self._feed.set_primary(not waits)
        self._status.setVisible(not waits and row.assignment.role is not Role.SUPERVISE)
        self._on.setVisible(row.sends_on)

    def _say_why(self, told: str) -> None:
        """Who sent it and why, in full."""
        if told == self._told:
            return
        self._told = told
        while item := self._why_line.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for at, line in enumerate(filter(None, told.split("\n"))):
            self._why_line.addWidget(Words(line, "quiet" if at == 0 else "text", self._why))
        self._why.setVisible(bool(told))

    def _why_of(self, row: WorkRow) -> str:
        sent = row.assignment.at(Status.NOTIFIED)
        assert self._given is not None
        when = clock(sent, self._given[1]) if sent else ""
        way = show(row.assignment.way.label)
        head = self.tr("{sender} {way} {time}").format(sender=show(row.sender), way=way, time=when).strip()
        return f"{head}\n{row.assignment.reason}"

    def _row(self, row: WorkRow, now: datetime) -> Row:
        assignment, incident = row.assignment, row.incident
        done, status = row.group == DONE, assignment.status
        way = show(assignment.way.label) if assignment.way is not Way.DISPATCH else show(assignment.role.label)
        parts = [show(row.unit)] if row.unit else []
        parts += [way, show(status.label) if row.group != WAITING else show(row.sender), assignment.reason]
        late = row.overdue(now)
        due = row.due_at
        ended = max(assignment.times.values(), default=None)
        right = time_left(due - now) if due and not done else ""
        if done and ended is not None:
            right = clock(ended, now)
        return Row(
            id=assignment.id,
            title=f"{incident.code} {show(incident.title)} · {show(incident.place)}",
            detail=" · ".join(filter(None, parts)),
            alert=self._late_word(status) if late else "",
            alert_role="red",
            right=right,
            right_role="red" if late else ("quiet" if done else "text"),
            mark=None if done else incident.level,
            word=show(incident.level.label),
            quiet=done,
        )

    def _late_word(self, status: Status) -> str:
        """Shape and word of what is overdue."""
        if status is Status.NOTIFIED:
            return self.tr("● 签收超时")
        return self.tr("● 到场超时") if status.rank < Status.ON_SCENE.rank else self.tr("● 处置超时")

    def _retranslate(self) -> None:
        self._list.setAccessibleName(self.tr("待办"))
        self._list.set_empty(self.tr("没有待办"), self.tr("派给本单位的事件出现在这里"))
        self._accept.set_word(self.tr("签收"))
        self._status.set_word(self.tr("状态"), self.tr("出动、到场、处置中"))
        self._feed.set_word(self.tr("反馈"), self.tr("办完了,写结果、附照片"))
        self._on.set_word(self.tr("派力量"), self.tr("二级派遣:派本单位的力量去"))
        self._return.set_word(self.tr("退回"), self.tr("不能办理,写明原因"))
        self._told = "\n"
        if self._given is not None:
            self.show_work(*self._given)


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = AssignmentInbox()
        made.show_work(samples.work(), samples.NOW)
        return made

    samples.run(_build)
